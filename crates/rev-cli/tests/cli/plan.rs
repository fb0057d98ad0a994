use crate::{project, session};

const FORK: &[(&str, &str)] = &[("aaaa", "null"), ("bbbb", "aaaa"), ("cccc", "aaaa")];

#[test]
fn without_a_database() {
    let project = project(FORK);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["upgrade", "heads", "--plan", "--from", "base"],
            &[
                "upgrade", "heads", "--plan", "--from", "aaaa", "--format", "json"
            ],
            &[
                "upgrade",
                "heads",
                "--plan",
                "--from",
                "bbbb,cccc",
                "--format",
                "json"
            ],
            &[
                "downgrade",
                "-1",
                "--plan",
                "--from",
                "bbbb",
                "--format",
                "json"
            ],
            &["downgrade", "base", "--plan", "--from", "bbbb,cccc"],
            &[
                "stamp", "bbbb", "cccc", "--plan", "--from", "base", "--format", "json"
            ],
            &[
                "stamp", "base", "--plan", "--from", "bbbb", "--format", "json"
            ],
            &[
                "upgrade", "+2", "--plan", "--from", "base", "--format", "json"
            ],
        ]
    ));
}

#[test]
fn errors_are_objects_too() {
    let project = project(FORK);
    insta::assert_snapshot!(session(
        &project,
        &[
            &[
                "upgrade", "head", "--plan", "--from", "aaaa", "--format", "json"
            ],
            &[
                "upgrade", "nosuch", "--plan", "--from", "base", "--format", "json"
            ],
            &[
                "upgrade", "heads", "--plan", "--from", "gone", "--format", "json"
            ],
            &[
                "downgrade",
                "cccc",
                "--plan",
                "--from",
                "bbbb",
                "--format",
                "json"
            ],
            &["downgrade", "-1", "--plan", "--from", "bbbb,cccc"],
            &["upgrade", "bbbb+1xyz", "--plan", "--from", "base"],
        ]
    ));
}
