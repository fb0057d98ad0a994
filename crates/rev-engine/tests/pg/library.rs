//! The library's front door, as a service uses it.

use rev_engine::{Embedded, Migrator, embed_revisions};
use rev_testkit::fresh_database;
use std::time::Duration;

static HISTORY: Embedded = embed_revisions!("tests/pg/embedded_revisions");

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// A future that a service may hand to any runtime.
fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn a_service_migrates_itself() {
    let Some(database) = fresh_database() else {
        return;
    };
    let url = database.url();
    on_runtime(async {
        let pool = sqlx::PgPool::connect_lazy(&url).expect("an address");
        let migrator = Migrator::new(&HISTORY).connect(&pool);
        let status = migrator.status().await.expect("a status");
        assert_eq!(status.pending, ["aaaa1111", "bbbb1111"]);
        let report = is_send(migrator.upgrade("head")).await.expect("an upgrade");
        assert_eq!(report.applied, ["aaaa1111", "bbbb1111"]);
        assert_eq!(report.skipped, 0);
        let report = migrator.upgrade("head").await.expect("nothing to do");
        assert_eq!((report.applied.len(), report.skipped), (0, 2));
        let status = migrator.status().await.expect("a status");
        assert_eq!(
            (status.current, status.pending.len()),
            (vec!["bbbb1111".to_owned()], 0)
        );
        let report = migrator.downgrade("base").await.expect("a downgrade");
        assert_eq!(report.applied, ["bbbb1111", "aaaa1111"]);
    });
}

/// Dropping the future stops the work on the server and leaves nothing of it.
#[test]
fn a_dropped_future_rolls_back() {
    static SLOW: Embedded = Embedded::new(&[(
        "slow.sql",
        "/*\nrevision: aaaa1111\ndown_revision: null\nmessage: slow\ncreate_date: 2026-01-01T00:00:00Z\n*/\n\n-- rev:upgrade\n\nCREATE TABLE a (id int);\nSELECT pg_sleep(60);\n",
    )]);
    let Some(database) = fresh_database() else {
        return;
    };
    let url = database.url();
    on_runtime(async {
        let migrator = Migrator::new(&SLOW).connect_to(&url).expect("an address");
        let given_up =
            tokio::time::timeout(Duration::from_millis(700), migrator.upgrade("head")).await;
        assert!(given_up.is_err());
    });
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active' AND datname = current_database()";
    let deadline = std::time::Instant::now() + Duration::from_secs(8);
    while database.value(busy) != "0" {
        assert!(std::time::Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(database.value("SELECT to_regclass('a')"), "");
}
