//! The embedded server: made once, found by later commands, stopped and removed on request.

use std::os::unix::fs::PermissionsExt;

use rev_engine::dev_database::{ClusterError, Embedded, find};

/// A project folder that the server's account can enter.
fn project() -> Option<tempfile::TempDir> {
    if let Err(ClusterError::NoBinaries { .. }) = find(None) {
        rev_testkit::skipped("no Postgres binaries");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    Some(folder)
}

#[test]
fn is_made_once_and_kept_until_it_is_reset() {
    let Some(folder) = project() else { return };
    let embedded = Embedded::of(folder.path());
    assert!(!embedded.stop().unwrap());
    assert!(!embedded.status().exists);

    let url = embedded.ensure_running().unwrap();
    let first = embedded.status().pid.unwrap();
    assert_eq!(embedded.ensure_running().unwrap(), url);
    assert_eq!(embedded.status().pid, Some(first));

    assert!(embedded.stop().unwrap());
    assert_eq!(embedded.status().pid, None);
    assert!(embedded.status().exists);
    embedded.ensure_running().unwrap();
    assert_ne!(embedded.status().pid, Some(first));

    assert!(embedded.reset().unwrap());
    assert!(!embedded.status().exists);
    assert_eq!(
        std::fs::read_to_string(folder.path().join(".rev/.gitignore")).unwrap(),
        "*\n"
    );
}

#[test]
fn many_commands_at_once_start_one_server() {
    let Some(folder) = project() else { return };
    let embedded = Embedded::of(folder.path());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| embedded.ensure_running().unwrap());
        }
    });
    assert!(embedded.status().pid.is_some());
    embedded.reset().unwrap();
}

#[test]
fn a_long_path_gets_a_short_socket() {
    let Some(folder) = project() else { return };
    let deep = folder
        .path()
        .join("a-folder-with-quite-a-long-name".repeat(4));
    std::fs::create_dir(&deep).unwrap();
    let embedded = Embedded::of(&deep);
    assert!(embedded.ensure_running().unwrap().len() < 110);
    embedded.reset().unwrap();
}

#[test]
fn data_of_a_missing_major_are_named() {
    let Some(folder) = project() else { return };
    let embedded = Embedded::of(folder.path());
    let data = embedded.status().data;
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    assert!(matches!(
        embedded.ensure_running(),
        Err(ClusterError::OtherMajor { major: 9, .. }
            | ClusterError::NotABinDirectory {
                wanted: Some(9),
                ..
            })
    ));
}
