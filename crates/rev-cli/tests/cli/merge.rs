use crate::{project, session};

const FORK: &[(&str, &str)] = &[("aaaa", "null"), ("bbbb", "aaaa"), ("cccc", "aaaa")];

#[test]
fn heads_become_one() {
    let project = project(FORK);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["merge", "heads", "--rev-id", "dddd"],
            &["show", "dddd"],
            &["merge", "heads"]
        ]
    ));
}

#[test]
fn what_is_no_head_is_refused() {
    let project = project(FORK);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["merge", "aaaa", "bbbb"],
            &["merge", "bbbb"],
            &["merge", "bbbb", "bbbb"],
            &["merge", "bbbb", "nosuch"],
            &["merge"],
            &[
                "merge",
                "bbbb",
                "cccc",
                "-m",
                "Both",
                "--rev-id",
                "dddd",
                "--branch-label",
                "both"
            ],
            &["heads"],
        ]
    ));
}
