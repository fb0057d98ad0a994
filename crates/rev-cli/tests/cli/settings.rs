use crate::session;
use rev_testkit::TestProject;

fn check(name: &str, settings: &str, command: &[&str]) {
    let project = TestProject::empty();
    project
        .write("rev.yaml", settings)
        .revision("aaaa", "null", "", "");
    insta::assert_snapshot!(name, session(&project, &[command]));
}

#[test]
fn no_project() {
    let project = TestProject::empty();
    insta::assert_snapshot!(session(
        &project,
        &[&["heads"], &["heads", "-c", "nosuch.yaml"]]
    ));
}

#[test]
fn what_is_wrong_in_the_file() {
    check("unknown_key", "online: true\nrevsions: [x]\n", &["heads"]);
    check(
        "unknown_nested_key",
        "timeouts:\n  lock: 1s\n  wiat: 1s\n",
        &["heads"],
    );
    check("malformed", "revisions: [x\nonline: true\n", &["heads"]);
    check("no_mapping", "just text\n", &["heads"]);
    check("bad_duration", "timeouts: {lock: soon}\n", &["heads"]);
    check("bad_boolean", "online: sometimes\n", &["heads"]);
    check("duplicate_key", "online: true\nonline: false\n", &["heads"]);
    check(
        "unknown_environment",
        "environments:\n  production: {online: true}\n",
        &["heads", "-E", "prodution"],
    );
}

#[test]
fn the_project_is_found_from_below() {
    let project = TestProject::empty();
    project
        .write("rev.yaml", "")
        .revision("aaaa", "null", "", "")
        .write("deep/down/keep", "");
    let output = project
        .command()
        .current_dir(project.path().join("deep/down"))
        .args(["heads", "-v"])
        .output()
        .expect("runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Path: ../../revisions/aaaa.sql"));
}
