//! Loading models: any order, whatever a schema file holds, and a plain word on what does not load.

use std::cell::RefCell;

use rev_engine::dev_database::{ClusterError, DevDatabase, DevOptions, ScratchDatabase, find};
use rev_engine::events::Event;
use rev_engine::models::{LoadOptions, ModelError, ModelScript, load};
use rev_engine::{EngineError, ExitKind};

struct Loaded {
    outcome: Result<(), EngineError>,
    notes: Vec<String>,
    found: Vec<String>,
}

/// Loads texts named `1.sql`, `2.sql` … and lists the relations, functions and subscriptions that came of it.
fn check(texts: &[&str]) -> Option<Loaded> {
    if let Err(ClusterError::NoBinaries { .. }) = find(None) {
        rev_testkit::skipped("no Postgres binaries");
        return None;
    }
    let scripts: Vec<ModelScript> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| ModelScript {
            name: format!("{}.sql", at + 1),
            text: (*text).to_owned(),
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    Some(runtime.block_on(async {
        let mut dev = DevDatabase::acquire(&DevOptions::default()).await.unwrap();
        let database = dev.create_database().await.unwrap();
        let notes = RefCell::new(Vec::new());
        let events = |event: Event| match event {
            Event::Note { message } | Event::Warning { message } => {
                notes.borrow_mut().push(message)
            }
            _ => {}
        };
        let options = LoadOptions {
            default_schema: "public",
            events: &events,
        };
        let outcome = load(&scripts, &mut dev, &database, &options).await;
        let found = list(&database).await;
        dev.close().await;
        Loaded {
            outcome,
            notes: notes.into_inner(),
            found,
        }
    }))
}

async fn list(database: &ScratchDatabase) -> Vec<String> {
    let mut session = database.connect().await.unwrap();
    let rows = session
        .rows(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'v', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
             UNION ALL SELECT p.proname || '()' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
             UNION ALL SELECT 'subscription ' || subname || ' ' || subenabled FROM pg_subscription ORDER BY 1",
        )
        .await
        .unwrap();
    session.close().await;
    rows.iter().map(|row| row.text(0).to_owned()).collect()
}

fn loads(texts: &[&str], want: &[&str]) {
    let Some(loaded) = check(texts) else { return };
    if let Err(error) = loaded.outcome {
        panic!("{error}");
    }
    assert_eq!(loaded.found, want);
}

fn refused(texts: &[&str], sentence: &str, code: &str) {
    let Some(loaded) = check(texts) else { return };
    let error = loaded.outcome.unwrap_err();
    assert_eq!(error.to_string(), sentence);
    assert_eq!(error.code(), code);
    assert_eq!(error.exit(), ExitKind::Failed);
}

#[test]
fn any_order_will_do() {
    loads(
        &[
            "CREATE VIEW v AS SELECT id, f(id) AS x FROM a.t;\nCREATE TABLE u (id int REFERENCES a.t (id));",
            "CREATE FUNCTION f(a.id) RETURNS int LANGUAGE sql AS 'SELECT 1';\nCREATE TABLE a.t (id a.id PRIMARY KEY);",
            "CREATE DOMAIN a.id AS int;\nCREATE SCHEMA a;",
        ],
        &["a.t", "f()", "public.u", "public.v"],
    );
}

#[test]
fn a_dump_loads_and_its_settings_stay_in_it() {
    loads(
        &[
            "\\restrict abc\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\nSET check_function_bodies = false;\n\
             SELECT pg_catalog.set_config('search_path', '', false);\n\
             CREATE TABLE public.t (id integer NOT NULL);\nALTER TABLE public.t OWNER TO somebody;\n\
             COPY public.t (id) FROM stdin;\n1\n2\n\\.\n\
             SELECT pg_catalog.setval('public.t_id_seq', 2, true);\n\
             GRANT SELECT ON TABLE public.t TO \"Some One\";\n\\unrestrict abc\n",
            "CREATE TABLE u (id int);",
        ],
        &["public.t", "public.u"],
    );
}

#[test]
fn a_setting_holds_again_when_a_statement_is_tried_again() {
    loads(
        &[
            "SET search_path = app;\nCREATE TABLE b (id int REFERENCES a (id));",
            "CREATE SCHEMA app;\nCREATE TABLE app.a (id int PRIMARY KEY);",
        ],
        &["app.a", "app.b"],
    );
}

#[test]
fn transactions_roles_seeds_and_loops_are_fine() {
    loads(
        &[
            "BEGIN;\nCREATE ROLE app LOGIN PASSWORD 'x';\nSET LOCAL search_path = public;\nCREATE TABLE t (id int);\n\
           SET SESSION AUTHORIZATION app;\nCREATE TABLE mine (id int);\nRESET SESSION AUTHORIZATION;\n\
           DO $$ BEGIN FOR i IN 1..2 LOOP EXECUTE format('CREATE TABLE t%s ()', i); END LOOP; END $$;\n\
           INSERT INTO t VALUES (1);\nALTER TABLE t OWNER TO other;\nCREATE POLICY p ON t TO third;\nCOMMIT;\n\
           CREATE INDEX CONCURRENTLY i ON t (id);\nVACUUM t;",
        ],
        &["public.mine", "public.t", "public.t1", "public.t2"],
    );
}

#[test]
fn enum_values_may_be_used_right_after_they_are_added() {
    loads(
        &[
            "CREATE TYPE e AS ENUM ('a');\nALTER TYPE e ADD VALUE 'b';\nCREATE TABLE t (x e DEFAULT 'b');\nINSERT INTO t VALUES ('b');",
        ],
        &["public.t"],
    );
}

#[test]
fn a_subscription_never_connects() {
    loads(
        &["CREATE SUBSCRIPTION s CONNECTION 'host=192.0.2.1 connect_timeout=1' PUBLICATION p;"],
        &["subscription s true"],
    );
}

#[test]
fn tablespaces_and_event_triggers_do_not_get_in_the_way() {
    loads(
        &[
            "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';\n\
             CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION no();\n",
            "CREATE TABLE t (id int) TABLESPACE fast;",
        ],
        &["no()", "public.t"],
    );
}

#[test]
fn what_belongs_to_the_server_is_said() {
    let Some(loaded) = check(&["CREATE TABLE t ();\nALTER DATABASE shop SET timezone = 'UTC';"])
    else {
        return;
    };
    loaded.outcome.unwrap();
    assert_eq!(
        loaded.notes,
        ["1.sql:2: not part of a schema, ignored: ALTER DATABASE shop SET timezone = 'UTC'"]
    );
}

#[test]
fn a_body_that_does_not_compile_is_a_warning() {
    let Some(loaded) = check(&[
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM nothing';\n\
         CREATE FUNCTION g() RETURNS bigint LANGUAGE sql SET search_path = app AS 'SELECT count(*) FROM t';\n\
         CREATE SCHEMA app;\nCREATE TABLE app.t ();",
    ]) else {
        return;
    };
    loaded.outcome.unwrap();
    assert_eq!(
        loaded.notes,
        ["the body of function f() does not compile: relation \"nothing\" does not exist [42P01]"]
    );
}

#[test]
fn what_does_not_load_is_named_with_its_root() {
    refused(
        &[
            "CREATE VIEW v AS SELECT * FROM t;",
            "CREATE TABLE ok ();\n\nCREATE TABLE t (\n  id int,\n  x no_such_type[\n);",
        ],
        "2.sql:6: syntax error at or near \")\" [42601] (one more statement does not load)",
        "model_does_not_load",
    );
    refused(
        &["CREATE TABLE t (id int);", "CREATE TABLE t (id text);"],
        "2.sql:1: relation \"t\" already exists [42P07]",
        "model_does_not_load",
    );
    refused(
        &["CREATE TABLE ok ();\nCREATE VIEW v AS\n  SELECT *\n  FROM nothing;"],
        "1.sql:4: relation \"nothing\" does not exist [42P01]",
        "model_does_not_load",
    );
    refused(
        &["CREATE EXTENSION IF NOT EXISTS no_such_extension;\nCREATE TABLE t (p geography);"],
        "1.sql:1: the dev database has no extension `no_such_extension`",
        "missing_extension",
    );
    refused(
        &["CREATE TABLE t (x text DEFAULT 'abc);"],
        "1.sql:1: this string is never closed",
        "bad_model",
    );
}

#[test]
fn errors_have_a_next_step() {
    let error = ModelError::NoModels {
        patterns: vec!["schema/*.sql".into()],
    };
    assert_eq!(
        error.to_string(),
        "there are no models: no file fits `schema/*.sql`"
    );
    assert!(error.hint().is_some());
}
