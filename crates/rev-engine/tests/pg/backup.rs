//! Backups: what is damaged is found, what is restored is equal, and what was there before stays.

use chrono::{DateTime, Utc};
use rev_engine::EngineError;
use rev_engine::backup::{
    Backup, BackupError, CreateOptions, Place, RestoreOptions, RestoreReport, Retention, Store,
    VerifyOptions, VerifyReport, create, restore, verify,
};
use rev_engine::events::ignore;
use rev_engine::pg::{Address, Books, ConnectOptions, connect};
use rev_engine::ports::TickingClock;
use rev_engine::runner::{Consent, Interrupt};
use rev_testkit::{Database, fresh_database};
use std::time::Duration;

const SHOP: &str = "
CREATE TYPE mood AS ENUM ('fine', 'odd');
CREATE TABLE customers (id serial PRIMARY KEY, name text UNIQUE, mood mood DEFAULT 'fine', at timestamptz DEFAULT '2026-01-01Z');
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer REFERENCES customers, total numeric);
CREATE TABLE events (at date, what jsonb) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW totals AS SELECT customer_id, sum(total) FROM orders GROUP BY 1;
CREATE TABLE rev_version (version_num text PRIMARY KEY);
INSERT INTO rev_version VALUES ('3f2a9c1b7d10');
INSERT INTO customers (name) SELECT 'c' || n FROM generate_series(1, 500) n;
INSERT INTO orders (customer_id, total) SELECT n, n * 1.5 FROM generate_series(1, 500) n;
INSERT INTO events VALUES ('2026-05-05', '{\"a\": [1, 2]}');
";

fn now() -> TickingClock {
    let start: DateTime<Utc> = "2026-11-20T14:30:00Z".parse().unwrap();
    TickingClock::starting_at(start)
}

fn books() -> Books {
    Books {
        schema: "public".to_owned(),
        version_table: "rev_version".to_owned(),
        role: None,
    }
}

/// A database with a backup of it, in a folder of its own.
struct Scene {
    database: Database,
    folder: tempfile::TempDir,
    backup: Backup,
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn options(database: &Database) -> ConnectOptions {
    ConnectOptions::new(Address::parse(Some(&database.url()), &|_| None).unwrap())
}

impl Scene {
    /// None, said aloud, where this machine has no server or no `pg_dump`.
    fn set() -> Option<Scene> {
        let database = fresh_database()?;
        database.execute(SHOP);
        let folder = tempfile::tempdir().unwrap();
        match take(
            &database,
            &Store::new(folder.path()),
            &CreateOptions::default(),
        ) {
            Ok(backup) => Some(Scene {
                database,
                folder,
                backup,
            }),
            Err(EngineError::Backup(BackupError::NoClient { .. })) => {
                rev_testkit::skipped("this machine has no pg_dump for its server");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn store(&self) -> Store {
        Store::new(self.folder.path())
    }

    fn prove(&self) -> Result<VerifyReport, BackupError> {
        self.prove_with(false, false)
    }

    fn prove_with(&self, quick: bool, schema_only: bool) -> Result<VerifyReport, BackupError> {
        let backup = self.store().find(&self.backup.manifest.name).unwrap();
        let options = VerifyOptions {
            quick,
            schema_only,
            place: Place::Dev(Box::default()),
        };
        of_backup(on_runtime(verify(&backup, &options, &ignore)))
    }

    fn restore(
        &self,
        what: &RestoreOptions,
        consent: Consent<'_>,
    ) -> Result<RestoreReport, EngineError> {
        on_runtime(restore(
            &self.backup,
            &options(&self.database),
            what,
            consent,
            &now(),
            &ignore,
            &Interrupt::default(),
        ))
    }

    /// The databases whose names start with this one's.
    fn databases(&self) -> Vec<String> {
        let query = format!(
            "SELECT datname FROM pg_database WHERE datname = '{0}' OR datname LIKE '{0}\\_%' ORDER BY 1",
            self.database.name()
        );
        let rows = self.database.rows(&query);
        rows.into_iter().map(|row| row[0].clone()).collect()
    }

    fn drop_others(&self) {
        for name in self.databases() {
            if name != self.database.name() {
                let server = self.database.server();
                server.execute("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }

    fn change_manifest(&self, change: impl Fn(&mut serde_json::Value)) {
        let path = self.backup.manifest_path();
        let mut manifest = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut manifest);
        std::fs::write(&path, manifest.to_string()).unwrap();
    }
}

fn take(database: &Database, store: &Store, what: &CreateOptions) -> Result<Backup, EngineError> {
    on_runtime(create(
        &options(database),
        &books(),
        store,
        what,
        &now(),
        &ignore,
    ))
}

fn of_backup<T>(outcome: Result<T, EngineError>) -> Result<T, BackupError> {
    outcome.map_err(|error| match error {
        EngineError::Backup(error) => error,
        other => panic!("{other}"),
    })
}

/// Everything in a database that a person could tell apart: definitions and rows.
fn contents(database: &Database) -> Vec<Vec<String>> {
    [
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid) FROM pg_class c \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT 'c', c::text FROM customers c ORDER BY id",
        "SELECT 'o', o::text FROM orders o ORDER BY id",
        "SELECT 'e', e::text FROM events e",
        "SELECT 'v', v::text FROM rev_version v",
        "SELECT 's', last_value::text, is_called::text FROM customers_id_seq UNION ALL SELECT 't', last_value::text, is_called::text FROM orders_id_seq ORDER BY 1",
    ]
    .iter()
    .flat_map(|query| database.rows(query))
    .collect()
}

#[test]
fn a_backup_describes_itself_and_is_sound() {
    let Some(scene) = Scene::set() else { return };
    let manifest = &scene.backup.manifest;
    assert_eq!(
        manifest.name,
        format!("{}_20261120T143000Z", scene.database.name())
    );
    assert_eq!(manifest.revisions, ["3f2a9c1b7d10"]);
    let tables = manifest.tables.as_ref().unwrap();
    let rows: Vec<_> = tables.iter().map(|t| (t.table.as_str(), t.rows)).collect();
    assert_eq!(
        rows,
        [
            ("public.customers", 500),
            ("public.events_2026", 1),
            ("public.orders", 500),
            ("public.rev_version", 1)
        ]
    );
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(scene.backup.dump())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "a dump is nobody else's business");
    let report = scene.prove().unwrap();
    assert_eq!(report.proved.len(), 4);
    assert_eq!(scene.prove_with(true, false).unwrap().proved.len(), 2);
    assert_eq!(scene.prove_with(false, true).unwrap().proved.len(), 3);
    let files = std::fs::read_dir(scene.folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing else stays in the folder");
}

#[test]
fn a_backup_taken_while_others_write_is_of_one_moment() {
    let Some(scene) = Scene::set() else { return };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let backup = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                scene.database.execute(
                    "INSERT INTO customers (name) SELECT gen_random_uuid()::text; UPDATE orders SET total = total + 1 WHERE id = 7",
                );
            }
        });
        let backup = take(&scene.database, &scene.store(), &CreateOptions::default());
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        backup
    })
    .unwrap();
    assert_ne!(backup.manifest.name, scene.backup.manifest.name);
    let options = VerifyOptions {
        quick: false,
        schema_only: false,
        place: Place::Server(Box::new(options(&scene.database).address)),
    };
    on_runtime(verify(&backup, &options, &ignore)).unwrap();
    assert_eq!(scene.databases(), [scene.database.name()]);
}

#[test]
fn damage_to_the_file_is_found() {
    let Some(scene) = Scene::set() else { return };
    let dump = scene.backup.dump();
    let whole = std::fs::read(&dump).unwrap();
    let damaged = |bytes: &[u8]| {
        std::fs::write(&dump, bytes).unwrap();
        match scene.prove_with(true, false) {
            Err(BackupError::Damaged { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(damaged(&whole[..whole.len() - 100]).contains("bytes"));
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    assert!(damaged(&flipped).contains("SHA-256"));
    std::fs::remove_file(&dump).unwrap();
    assert!(matches!(
        scene.prove_with(true, false),
        Err(BackupError::Damaged { .. })
    ));
}

#[test]
fn a_dump_and_a_manifest_that_do_not_belong_together_are_found() {
    let Some(scene) = Scene::set() else { return };
    scene.database.execute(
        "UPDATE customers SET name = 'other' WHERE id = 3; DELETE FROM orders WHERE id = 4",
    );
    let other = take(&scene.database, &scene.store(), &CreateOptions::default()).unwrap();
    std::fs::copy(other.dump(), scene.backup.dump()).unwrap();
    scene.change_manifest(|manifest| {
        manifest["size"] = other.manifest.size.into();
        manifest["sha256"] = other.manifest.sha256.clone().into();
    });
    match scene.prove() {
        Err(BackupError::Different { differences, .. }) => assert_eq!(
            differences,
            [
                "rows of public.customers differ",
                "public.orders has 499 rows instead of 500"
            ]
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn manifests_that_make_no_sense_are_named() {
    let Some(scene) = Scene::set() else { return };
    scene.change_manifest(|manifest| manifest["format"] = 99.into());
    let error = scene.store().list().unwrap_err();
    assert_eq!(error.code(), "bad_manifest");
    assert!(error.to_string().contains("layout 99"), "{error}");
    std::fs::write(scene.backup.manifest_path(), "{").unwrap();
    assert_eq!(scene.store().list().unwrap_err().code(), "bad_manifest");
}

#[test]
fn a_restored_database_is_equal_and_the_old_one_is_kept() {
    let Some(scene) = Scene::set() else { return };
    let name = scene.database.name();
    scene.database.execute(&format!(
        "ALTER DATABASE {name} SET work_mem = '7MB'; ALTER DATABASE {name} SET search_path = public, \"$user\"; COMMENT ON DATABASE {name} IS 'it''s ours'"
    ));
    let backup = take(&scene.database, &scene.store(), &CreateOptions::default()).unwrap();
    let before = contents(&scene.database);
    scene.database.execute("DELETE FROM orders; DROP VIEW totals; ALTER TABLE customers DROP COLUMN mood; INSERT INTO rev_version VALUES ('later')");
    let report = on_runtime(async {
        // An application that stays connected, and one that keeps coming back.
        let mut connected = connect(&options(&scene.database)).await.unwrap();
        let report = restore(
            &backup,
            &options(&scene.database),
            &RestoreOptions::default(),
            Consent::Given,
            &now(),
            &ignore,
            &Interrupt::default(),
        )
        .await
        .unwrap();
        assert!(connected.ping().await.is_err(), "clients are disconnected");
        report
    });
    assert_eq!(contents(&scene.database), before);
    assert_eq!(scene.database.value("SHOW work_mem"), "7MB");
    assert_eq!(
        scene.database.value("SHOW search_path"),
        "public, \"$user\""
    );
    assert_eq!(
        scene.database.value("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"),
        "it's ours"
    );
    assert!(
        report.outage < Duration::from_secs(5),
        "{:?}",
        report.outage
    );
    let kept = report.kept.unwrap();
    assert_eq!(kept, format!("{name}_before_restore_20261120_143000"));
    assert_eq!(scene.databases(), [name.to_owned(), kept.clone()]);
    let server = scene.database.server();
    // The old one is as it was left: its column is still gone.
    server.execute(
        &kept,
        "SELECT name FROM customers; DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM orders); END $$",
    );
    scene.drop_others();
}

#[test]
fn clients_that_keep_coming_back_do_not_stop_the_swap() {
    let Some(scene) = Scene::set() else { return };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let report = std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                on_runtime(async {
                    while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                        if let Ok(mut session) = connect(&options(&scene.database)).await {
                            let _ = session.rows("SELECT count(*) FROM orders").await;
                        }
                    }
                });
            });
        }
        let report = scene.restore(&RestoreOptions::default(), Consent::Given);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        report
    })
    .unwrap();
    assert!(
        report.outage < Duration::from_secs(5),
        "{:?}",
        report.outage
    );
    assert_eq!(scene.databases().len(), 2);
    scene.drop_others();
}

#[test]
fn nothing_is_replaced_unasked() {
    let Some(scene) = Scene::set() else { return };
    scene.database.execute("DELETE FROM orders");
    let before = contents(&scene.database);
    let whole = RestoreOptions::default();
    let refused = scene.restore(&whole, Consent::Missing).unwrap_err();
    assert_eq!(
        (refused.code(), refused.exit().number()),
        ("needs_consent", 6)
    );
    let no = |_: &[String]| false;
    let refused = scene.restore(&whole, Consent::Ask(&no)).unwrap_err();
    assert_eq!(refused.code(), "needs_consent");
    let other = fresh_database().unwrap();
    let into = RestoreOptions {
        into: Some(other.name().to_owned()),
        ..RestoreOptions::default()
    };
    let refused = scene.restore(&into, Consent::Given).unwrap_err();
    assert_eq!(
        (refused.code(), refused.exit().number()),
        ("other_database", 6)
    );
    assert_eq!(contents(&scene.database), before);
    assert_eq!(scene.databases(), [scene.database.name()]);
}

#[test]
fn a_backup_may_be_restored_beside() {
    let Some(scene) = Scene::set() else { return };
    let name = format!("{}_study", scene.database.name());
    let beside = RestoreOptions {
        into: Some(name.clone()),
        ..RestoreOptions::default()
    };
    let report = scene.restore(&beside, Consent::Missing).unwrap();
    assert_eq!((report.database, report.kept), (name.clone(), None));
    assert_eq!(scene.databases(), [scene.database.name().to_owned(), name]);
    scene.drop_others();
}

#[test]
fn a_restore_that_fails_or_is_stopped_leaves_everything_as_it_was() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    let before = contents(&scene.database);
    let interrupt = Interrupt::default();
    interrupt.trigger(15);
    let stopped = on_runtime(restore(
        &scene.backup,
        &options(&scene.database),
        &RestoreOptions::default(),
        Consent::Given,
        &now(),
        &ignore,
        &interrupt,
    ));
    assert_eq!(stopped.unwrap_err().exit().number(), 143);
    scene.backup.manifest.creation.owner = "nobody_of_that_name".to_owned();
    assert!(
        scene
            .restore(&RestoreOptions::default(), Consent::Given)
            .is_err()
    );
    assert_eq!(contents(&scene.database), before);
    assert_eq!(scene.databases(), [scene.database.name()]);
}

#[test]
fn what_differs_after_a_restore_is_not_put_in_place() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    if let Some(tables) = &mut scene.backup.manifest.tables {
        tables[0].rows += 1;
    }
    let before = contents(&scene.database);
    let error = scene
        .restore(&RestoreOptions::default(), Consent::Given)
        .unwrap_err();
    assert_eq!(error.code(), "backup_differs");
    assert!(
        error.hint().unwrap().contains("_restore_"),
        "the database to look at is named"
    );
    assert_eq!(contents(&scene.database), before);
    scene.drop_others();
}

#[test]
fn old_backups_go_and_the_newest_stays() {
    let Some(scene) = Scene::set() else { return };
    let store = scene.store();
    for _ in 0..3 {
        take(
            &scene.database,
            &store,
            &CreateOptions {
                schema_only: true,
                ..CreateOptions::default()
            },
        )
        .unwrap();
    }
    assert_eq!(store.list().unwrap().len(), 4);
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let names = |retention, now| store.dispensable(retention, now).unwrap().len();
    let keep = |keep| Retention {
        keep: Some(keep),
        older_than: None,
    };
    let day = Duration::from_secs(86_400);
    assert_eq!(names(keep(1), at("2026-11-20T15:00:00Z")), 3);
    assert_eq!(names(keep(0), at("2026-11-20T15:00:00Z")), 3);
    let old = Retention {
        keep: None,
        older_than: Some(day),
    };
    assert_eq!(names(old, at("2026-11-20T15:00:00Z")), 0);
    assert_eq!(names(old, at("2027-11-20T15:00:00Z")), 3);
    for backup in store
        .dispensable(keep(1), at("2026-11-20T15:00:00Z"))
        .unwrap()
    {
        store.remove(&backup).unwrap();
    }
    assert_eq!(store.list().unwrap().len(), 1);
    let unknown = store.find("nosuch").unwrap_err();
    assert_eq!(unknown.code(), "unknown_backup");
}

#[test]
fn a_folder_without_room_is_refused_before_anything_is_written() {
    let Some(scene) = Scene::set() else { return };
    // A device that is always full stands for a full disk.
    let full = Store::new("/dev/full/backups");
    let error = take(&scene.database, &full, &CreateOptions::default()).unwrap_err();
    assert_eq!(error.code(), "io");
    assert!(error.to_string().contains("/dev/full/backups"), "{error}");
}
