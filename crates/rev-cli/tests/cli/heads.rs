use crate::{project, session};

#[test]
fn one_none_and_several() {
    insta::assert_snapshot!(session(
        &project(&[]),
        &[
            &["revision", "-q", "-m", "", "--rev-id", "aaaa"],
            &["heads"]
        ]
    ));
    let project = project(&[("aaaa", "null"), ("bbbb", "aaaa"), ("cccc", "aaaa")]);
    insta::assert_snapshot!(session(
        &project,
        &[&["heads"], &["heads", "--format", "json"]]
    ));
}

#[test]
fn a_pipe_that_closes_is_no_error() {
    let project = project(&[("aaaa", "null")]);
    let mut child = project
        .command()
        .arg("heads")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    assert!(child.wait().expect("ends").success());
}
