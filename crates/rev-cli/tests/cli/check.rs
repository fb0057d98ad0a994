use crate::{project, session};
use std::process::Command;

#[test]
fn several_heads_are_named_with_who_added_them() {
    let project = project(&[("aaaa", "null"), ("bbbb", "aaaa"), ("cccc", "aaaa")]);
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "-c",
            "init.defaultBranch=main",
        ]);
        command
            .args(arguments)
            .current_dir(project.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        command
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z");
        command.output().is_ok_and(|output| output.status.success())
    };
    if !(git(&["init", "-q"])
        && git(&["add", "revisions/bbbb.sql"])
        && git(&["commit", "-q", "-m", "x"]))
    {
        eprintln!("skipped: no git");
        return;
    }
    insta::assert_snapshot!(session(
        &project,
        &[&["check"], &["check", "--format", "json"]]
    ));
}

#[test]
fn a_body_without_its_section_is_found() {
    let project = project(&[("aaaa", "null")]);
    project.write("revisions/bbbb.sql", "/*\nrevision: bbbb\ndown_revision: aaaa\nmessage: m\ncreate_date: 2026-01-01\n*/\nSELECT 1;\n");
    insta::assert_snapshot!(session(&project, &[&["heads"], &["check"]]));
}
