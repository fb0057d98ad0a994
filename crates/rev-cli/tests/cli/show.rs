use crate::{project, session};

#[test]
fn whatever_a_target_means() {
    let project = project(&[
        ("aaaa1111", "null"),
        ("aaaa2222", "aaaa1111"),
        ("cccc3333", "aaaa2222"),
    ]);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["show", "head"],
            &["show", "-q", "head-1"],
            &["show", "cccc"],
            &["show", "aaaa"],
            &["show", "cc"],
            &["show", "cccc3334"],
            &["show", "head-9"],
            &["show", "head+1xyz"],
            &["show", "cccc", "--format", "json"],
        ]
    ));
}
