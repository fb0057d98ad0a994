use crate::{project, session};

const DIAMOND: &[(&str, &str)] = &[
    ("aaaa", "null"),
    ("bbbb", "aaaa"),
    ("cccc", "aaaa"),
    ("dddd", "[bbbb, cccc]"),
    ("eeee", "dddd"),
    ("ffff", "null"),
];

#[test]
fn the_graph_is_drawn() {
    let project = project(DIAMOND);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["history"],
            &["history", "--ascii"],
            &["history", "-v", "-r", "bbbb:dddd"],
            &["history", "-r", "eeee:bbbb"],
            &["history", "-r", "eeee"],
            &["history", "-r=-1:", "--format", "json"]
        ]
    ));
}

#[test]
fn colours_stay_out_of_a_pipe_unless_asked_for() {
    let project = project(DIAMOND);
    assert!(!project.ok(["history"]).stdout.contains('\u{1b}'));
    assert!(
        project
            .ok(["history", "--color", "always"])
            .stdout
            .contains('\u{1b}')
    );
}

#[test]
fn an_empty_history() {
    let project = project(&[]);
    project.write("revisions/.keep", "");
    insta::assert_snapshot!(session(
        &project,
        &[
            &["history"],
            &["heads"],
            &["branches"],
            &["graph"],
            &["graph", "--format", "mermaid"]
        ]
    ));
}
