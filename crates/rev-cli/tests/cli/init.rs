use crate::session;
use rev_testkit::TestProject;

#[test]
fn a_new_project() {
    let project = TestProject::empty();
    insta::assert_snapshot!(session(
        &project,
        &[&["init"], &["init"], &["heads"], &["check", "--offline"]]
    ));
    assert_eq!(project.read(".gitignore"), ".rev/\n");
}

#[test]
fn a_folder_a_template_and_a_slip() {
    let project = TestProject::empty();
    insta::assert_snapshot!(session(
        &project,
        &[
            &["init", "shop", "--template", "minimal"],
            &["init", "x", "-t", "mininal"],
            &["list-templates"]
        ]
    ));
    assert!(!project.path().join("x").exists());
}

#[test]
fn a_gitignore_keeps_its_lines() {
    let project = TestProject::empty();
    project.write(".gitignore", "target");
    project.ok(["init"]);
    assert_eq!(project.read(".gitignore"), "target\n.rev/\n");
}
