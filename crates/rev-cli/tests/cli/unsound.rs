//! Histories that cannot be used: one sentence, the place, the next step, exit code 8.

use crate::{project, session};

#[test]
fn two_files_with_one_id() {
    let project = project(&[("aaaa", "null")]);
    project.write("revisions/copy.sql", &project.read("revisions/aaaa.sql"));
    insta::assert_snapshot!(session(
        &project,
        &[&["heads"], &["heads", "--format", "json"]]
    ));
}

#[test]
fn a_parent_that_is_not_there() {
    insta::assert_snapshot!(session(
        &project(&[("aaaa", "null"), ("bbbb", "aaab")]),
        &[&["heads"]]
    ));
}

#[test]
fn a_cycle() {
    insta::assert_snapshot!(session(
        &project(&[("aaaa", "bbbb"), ("bbbb", "aaaa")]),
        &[&["heads"]]
    ));
}

#[test]
fn headers_that_cannot_be_read() {
    let project = project(&[("aaaa", "null")]);
    for text in [
        "CREATE TABLE t ();\n",
        "/*\nrevision: bbbb\ndown_revision: [aaaa\n*/\n",
        "/*\nrevision: bbbb\nmessage: no parent\ncreate_date: 2026-01-01\n*/\n",
        "/*\nrevision: bbbb\ndown_revsion: aaaa\nmessage: m\ncreate_date: 2026-01-01\n*/\n",
        "/*\nrevision: bbbb\ndown_revision: aaaa\nmessage: m\ncreate_date: yesterday\n*/\n",
        "/*\nrevision: bbbb\n",
    ] {
        project.write("revisions/bbbb.sql", text);
        let name = text
            .lines()
            .nth(2)
            .unwrap_or(text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join("_")
            .replace([':', '[', ';', '(', ')'], "");
        insta::assert_snapshot!(
            format!("header_{name}_{}", text.len()),
            session(&project, &[&["heads"]])
        );
    }
}

#[test]
fn no_folder() {
    let project = project(&[]);
    insta::assert_snapshot!(session(&project, &[&["heads"]]));
}
