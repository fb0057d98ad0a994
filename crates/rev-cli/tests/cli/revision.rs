use crate::{project, session};
use rev_testkit::TestProject;

#[test]
fn a_line_of_revisions() {
    let project = project(&[]);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["revision", "-m", "Create users", "--rev-id", "aaaa1111"],
            &[
                "revision",
                "-m",
                "It's: \"quoted\"\nand has a second line",
                "--rev-id",
                "bbbb2222"
            ],
            &["revision", "-m", "made-up id"],
            &["heads", "-v"],
            &["revision", "-q", "-m", "quiet"],
        ]
    ));
}

#[test]
fn branches_are_made_on_purpose_only() {
    let project = project(&[("aaaa", "null"), ("bbbb", "aaaa")]);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["revision", "-m", "x", "--head", "aaaa"],
            &[
                "revision",
                "-m",
                "x",
                "--head",
                "aaaa",
                "--splice",
                "--rev-id",
                "cccc",
                "--branch-label",
                "search"
            ],
            &["revision", "-m", "x"],
            &[
                "revision",
                "-m",
                "x",
                "--head",
                "search@head",
                "--rev-id",
                "dddd",
                "--depends-on",
                "bbbb"
            ],
            &[
                "revision",
                "-m",
                "x",
                "--head",
                "base",
                "--rev-id",
                "eeee",
                "--branch-label",
                "billing",
                "--depends-on",
                "search"
            ],
            &["branches"],
            &["heads"],
        ]
    ));
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is() {
    let project = project(&[("aaaa", "null")]);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["revision", "-m", "x", "--rev-id", "aaaa"],
            &["revision", "-m", "x", "--rev-id", "a@b"],
            &["revision", "-m", "x", "--rev-id", "head"],
            &["revision", "-m", "x", "--branch-label", "aaaa"],
            &["revision", "-m", "x", "--branch-label", "a b"],
            &["revision", "-m", "x", "--depends-on", "nosuch"],
            &["revision", "-m", "x", "--head", "aaab"],
            &["revision", "-m", "x", "--version-path", "elsewhere"],
        ]
    ));
    assert_eq!(project.files("revisions").len(), 1);
}

#[test]
fn a_file_in_the_way_is_named() {
    let project = TestProject::empty();
    project
        .write("rev.yaml", "file_name: '{{ slug }}'\n")
        .write("revisions/first.sql", "");
    project.write(
        "revisions/first.sql",
        &std::fs::read_to_string(make(&project)).expect("reads"),
    );
    insta::assert_snapshot!(session(
        &project,
        &[&[
            "revision", "-m", "first", "--rev-id", "bbbb", "--head", "aaaa"
        ]]
    ));
}

/// Returns a revision file with the id `aaaa`, made outside of the project.
fn make(project: &TestProject) -> std::path::PathBuf {
    project.write("other/rev.yaml", "file_name: made\n");
    project.ok([
        "revision",
        "-c",
        "other/rev.yaml",
        "-m",
        "x",
        "--rev-id",
        "aaaa",
    ]);
    project.path().join("other/revisions/made.sql")
}

#[test]
fn several_folders() {
    let project = TestProject::empty();
    project.write(
        "rev.yaml",
        "revisions: [core, billing]\nfile_name: '{{ revision }}'\n",
    );
    project.write("sub/keep", "");
    insta::assert_snapshot!(session(
        &project,
        &[
            &["revision", "-m", "x", "--rev-id", "aaaa"],
            &[
                "revision",
                "-m",
                "x",
                "--rev-id",
                "bbbb",
                "--head",
                "base",
                "--version-path",
                "billing",
                "--branch-label",
                "billing"
            ],
            &[
                "revision",
                "-m",
                "x",
                "--rev-id",
                "cccc",
                "--head",
                "billing@head"
            ],
            &["heads"],
        ]
    ));
}

#[test]
fn the_teams_own_template_and_file_name() {
    let project = project(&[]);
    project.write(
        "rev.yaml",
        "file_name: \"{{ create_date | date(format='%Y') }}/{{ revision }}\"\n",
    );
    project.write("templates/revision.sql.tera", "/*\nrevision: {{ revision | yaml }}\ndown_revision: {{ down_revision | yaml }}\nmessage: {{ message | yaml }}\ncreate_date: {{ create_date }}\n*/\n-- our house rules\n-- rev:upgrade\n-- rev:downgrade\n");
    insta::assert_snapshot!(session(
        &project,
        &[&["revision", "-m", "x", "--rev-id", "aaaa"], &["heads"]]
    ));
    insta::assert_snapshot!(project.read("revisions/2026/aaaa.sql"));
    project.write("templates/revision.sql.tera", "{{ revisio }}");
    insta::assert_snapshot!(session(
        &project,
        &[&["revision", "-m", "x", "--rev-id", "bbbb"]]
    ));
}
