use crate::{project, session};

#[test]
fn a_branch_moves_with_what_follows_it() {
    let project = project(&[
        ("aaaa", "null"),
        ("bbbb", "aaaa"),
        ("cccc", "aaaa"),
        ("dddd", "cccc"),
    ]);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["rebase", "dddd", "--onto", "bbbb", "--offline"],
            &["heads"],
            &["show", "-q", "cccc"]
        ]
    ));
}

#[test]
fn what_cannot_move_stays() {
    let project = project(&[
        ("aaaa", "null"),
        ("bbbb", "aaaa"),
        ("cccc", "aaaa"),
        ("dddd", "[bbbb, cccc]"),
        ("eeee", "aaaa"),
    ]);
    let before = project.read("revisions/bbbb.sql");
    insta::assert_snapshot!(session(
        &project,
        &[
            &["rebase", "dddd", "--onto", "eeee", "--offline"],
            &["rebase", "bbbb", "--onto", "dddd", "--offline"],
            &["rebase", "dddd", "--onto", "bbbb", "--offline"],
            &["rebase", "nosuch", "--onto", "bbbb", "--offline"],
            &["rebase", "bbbb"],
        ]
    ));
    assert_eq!(project.read("revisions/bbbb.sql"), before);
}
