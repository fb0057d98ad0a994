//! Where rehearsals happen, and that nothing of them stays on a server that is somebody's.

use rev_engine::dev_database::{DevDatabase, DevOptions};
use rev_engine::pg::Address;
use rev_testkit::{Database, fresh_database};

fn address(url: &str) -> Address {
    Address::parse(Some(url), &|_| None).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// Scratch databases and the roles made for them. Other tests of this process may have theirs, so only names of one
/// prefix are counted.
fn left(database: &Database, role: &str) -> String {
    database.value(&format!(
        "SELECT count(*) FROM pg_roles WHERE rolname = '{role}'"
    ))
}

fn named(url: &str) -> DevOptions {
    DevOptions {
        url: Some(url.to_owned()),
        ..DevOptions::default()
    }
}

#[test]
fn a_named_server_is_left_as_it_was() {
    let Some(database) = fresh_database() else {
        return;
    };
    let name = block_on(async {
        let mut dev = DevDatabase::acquire(&named(&database.url())).await.unwrap();
        assert!(!dev.is_throw_away());
        let one = dev.create_database().await.unwrap();
        dev.create_roles(&["guest of one".to_owned()])
            .await
            .unwrap();
        let mut session = one.connect().await.unwrap();
        session
            .execute("CREATE TABLE t (id int); GRANT SELECT ON t TO \"guest of one\"")
            .await
            .unwrap();
        session.close().await;
        let copy = dev.copy_database(&one).await.unwrap();
        let mut session = copy.connect().await.unwrap();
        assert_eq!(
            session.rows("SELECT count(*) FROM t").await.unwrap()[0].text(0),
            "0"
        );
        // A subscription holds its database; without a slot and a connection it is easily cut loose.
        session
            .execute("CREATE SUBSCRIPTION s CONNECTION 'host=192.0.2.1' PUBLICATION p WITH (connect = false)")
            .await
            .unwrap();
        session.close().await;
        let name = copy.name().to_owned();
        dev.close().await;
        name
    });
    assert!(name.starts_with("rev_dev_"), "{name}");
    assert_eq!(
        database.value(&format!(
            "SELECT count(*) FROM pg_database WHERE datname = '{name}'"
        )),
        "0"
    );
    assert_eq!(left(&database, "guest of one"), "0");
}

#[test]
fn what_a_killed_run_left_is_dropped_by_the_next() {
    let Some(database) = fresh_database() else {
        return;
    };
    // The name of a maker that never was: no backend has this process and start.
    database.execute("CREATE DATABASE rev_dev_1_0_1");
    let (mine, swept) = block_on(async {
        let mut first = DevDatabase::acquire(&named(&database.url())).await.unwrap();
        let mine = first.create_database().await.unwrap();
        let second = DevDatabase::acquire(&named(&database.url())).await.unwrap();
        let exists = |name: &str| {
            database.value(&format!(
                "SELECT count(*) FROM pg_database WHERE datname = '{name}'"
            ))
        };
        let found = (exists(mine.name()), exists("rev_dev_1_0_1"));
        second.close().await;
        first.close().await;
        found
    });
    assert_eq!(mine, "1", "a database in use was dropped");
    assert_eq!(swept, "0");
}

#[test]
fn without_programs_a_local_server_will_do_and_a_remote_one_will_not() {
    let Some(database) = fresh_database() else {
        return;
    };
    let mut options = DevOptions {
        target: Some(address(&database.url())),
        // No machine has this major.
        major: Some(99),
        ..DevOptions::default()
    };
    block_on(async {
        let dev = DevDatabase::acquire(&options).await.unwrap();
        assert!(!dev.is_throw_away());
        assert_eq!(dev.notes().len(), 1, "the other major is said");
        dev.close().await;

        options.exact_major = true;
        let error = DevDatabase::acquire(&options).await.unwrap_err();
        assert_eq!(error.code(), "dev_database_major");

        options.target = Some(address("postgres://app@db.example.com/shop"));
        let error = DevDatabase::acquire(&options).await.unwrap_err();
        assert_eq!(error.code(), "no_dev_database");
        assert!(
            error.to_string().contains("is not on this machine"),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("dev_database"));
    });
}

#[test]
fn a_role_without_rights_is_named() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN");
    let url = database.url().replacen("postgres@", "poor@", 1);
    let error = block_on(DevDatabase::acquire(&named(&url))).unwrap_err();
    assert_eq!(error.code(), "dev_database_rights");
    database.execute("DROP ROLE poor");
}

#[test]
fn the_targets_role_owns_what_a_rehearsal_makes() {
    let Some(database) = fresh_database() else {
        return;
    };
    let options = DevOptions {
        target: Some(address(&database.url().replacen(
            "postgres@",
            "app%20user@",
            1,
        ))),
        ..DevOptions::default()
    };
    let user = block_on(async {
        let mut dev = DevDatabase::acquire(&options).await.unwrap();
        let scratch = dev.create_database().await.unwrap();
        let mut session = scratch.connect().await.unwrap();
        let rows = session.rows("SELECT current_user").await.unwrap();
        session.close().await;
        dev.close().await;
        rows[0].text(0).to_owned()
    });
    assert_eq!(user, "app user");
}
