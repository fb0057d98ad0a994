//! `rev dev`: the embedded server by hand.

use rev_testkit::{TestProject, skipped};
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_embedded_server_comes_and_goes() {
    if rev_testkit::server().is_none() {
        skipped("no Postgres programs");
        return;
    }
    let project = TestProject::empty();
    std::fs::set_permissions(project.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    project.write("rev.yaml", "database: embedded\nmodels: []\n");
    assert!(
        project
            .ok(["dev", "status"])
            .stdout
            .starts_with("not made yet\n")
    );
    assert_eq!(project.ok(["dev", "stop"]).stderr, "it was not running\n");

    let url = project.ok(["dev", "start"]).stdout;
    assert!(
        url.starts_with("postgres://postgres@localhost:5432/app?host="),
        "{url}"
    );
    let status = project.ok(["dev", "status", "--format", "json"]).stdout;
    assert!(status.contains("\"running\": true"), "{status}");

    assert_eq!(project.ok(["dev", "stop"]).stderr, "stopped\n");
    assert!(
        project
            .ok(["dev", "status"])
            .stdout
            .starts_with("stopped, Postgres ")
    );
    assert_eq!(project.ok(["dev", "reset"]).code, 0);
    assert!(
        project
            .ok(["dev", "status"])
            .stdout
            .starts_with("not made yet\n")
    );
}
