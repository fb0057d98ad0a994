use crate::{project, session};

#[test]
fn points_and_what_follows() {
    let project = project(&[
        ("aaaa", "null"),
        ("bbbb", "aaaa"),
        ("cccc", "aaaa"),
        ("dddd", "[bbbb, cccc]"),
    ]);
    insta::assert_snapshot!(session(&project, &[&["branches"], &["branches", "-v"]]));
}
