//! The table of locks, compared with a real server.
//!
//! Each statement runs in a transaction of its own that is rolled back. Before the end `pg_locks`, the files of the
//! tables and their scan counters are read: what the server did must be what [`rev_sql::locks`] says, no more and no
//! less, on whichever major the test runs.

use std::collections::BTreeMap;
use std::fmt::Write;

use rev_sql::{LockMode, Locks, Relation, WorkKind, locks};
use rev_testkit::{Database, fresh_database};

/// Tables with a few rows, and something of every kind that the statements need.
const FIXTURE: &str = "
CREATE TABLE o (id int PRIMARY KEY, v text);
CREATE TABLE t (
    id int PRIMARY KEY, a int, b int NOT NULL, s varchar(20), x text, n numeric(10, 2), ts timestamp, tz timestamptz,
    u int, o_id int, e int, CONSTRAINT t_b_check CHECK (b > 0), CONSTRAINT t_u_key UNIQUE (u)
);
ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (o_id) REFERENCES o;
ALTER TABLE t ADD CONSTRAINT t_a_valid CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_later CHECK (id > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_fk_later FOREIGN KEY (e) REFERENCES o NOT VALID;
CREATE TABLE proven (a int, CONSTRAINT proven_a CHECK (a IS NOT NULL));
CREATE INDEX t_a ON t (a);
CREATE UNIQUE INDEX t_b ON t (b);
CREATE UNLOGGED TABLE ul (id int);
CREATE TABLE g (id int, i int GENERATED ALWAYS AS IDENTITY, c int GENERATED ALWAYS AS (id + 1) STORED);
CREATE TABLE p (k int, v text) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE pd PARTITION OF p DEFAULT;
CREATE TABLE p2 (k int, v text);
CREATE TABLE parent (id int);
CREATE TABLE child (id int) INHERITS (parent);
CREATE TABLE orphan (id int);
CREATE VIEW w AS SELECT id FROM o;
CREATE MATERIALIZED VIEW m AS SELECT id FROM o;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE SEQUENCE q;
CREATE DOMAIN plain AS int;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN later AS int;
ALTER DOMAIN later ADD CONSTRAINT later_check CHECK (VALUE > 0) NOT VALID;
CREATE TABLE d (id plain, l later);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE pair AS (a int, b int);
CREATE FUNCTION f() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
CREATE POLICY pol ON t USING (true);
CREATE RULE ru AS ON INSERT TO o DO ALSO NOTHING;
CREATE STATISTICS st ON a, b FROM t;
CREATE PUBLICATION pub FOR TABLE o;
CREATE SCHEMA other;
INSERT INTO o SELECT i, 'x' FROM generate_series(1, 3) i;
INSERT INTO t SELECT i, i, i, 'x', 'y', 1, now(), now(), i, i, i FROM generate_series(1, 3) i;
INSERT INTO proven VALUES (1); INSERT INTO ul VALUES (1); INSERT INTO g (id) VALUES (1); INSERT INTO p2 VALUES (2, 'x');
INSERT INTO p VALUES (1, 'x'), (9, 'x'); INSERT INTO d VALUES (1, 1); INSERT INTO orphan VALUES (1); INSERT INTO child VALUES (1);
";

/// The statements, one a line; `16:` in front means from that major on.
const CASES: &str = "
ALTER TABLE t ADD COLUMN c int
ALTER TABLE t ADD c int DEFAULT 5
ALTER TABLE t ADD c timestamptz DEFAULT now()
ALTER TABLE t ADD c timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
ALTER TABLE t ADD c timestamptz DEFAULT clock_timestamp()
ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()
ALTER TABLE t ADD c float8 DEFAULT random()
ALTER TABLE t ADD c int DEFAULT f()
ALTER TABLE t ADD c int DEFAULT (1 + abs(-5))
ALTER TABLE t ADD c text[] DEFAULT ARRAY['a']::varchar(3)[]
ALTER TABLE t ADD c serial
ALTER TABLE t ADD c bigint GENERATED ALWAYS AS IDENTITY
ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1) STORED
18:ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1) VIRTUAL
18:ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1)
ALTER TABLE t ADD c plain
ALTER TABLE t ADD c positive
ALTER TABLE t ADD c mood
ALTER TABLE t ADD c int UNIQUE
ALTER TABLE proven ADD c serial PRIMARY KEY
ALTER TABLE t ADD c int CHECK (c > 0)
ALTER TABLE t ADD c int DEFAULT 1 CHECK (c > 0)
ALTER TABLE t ADD c int REFERENCES o
ALTER TABLE t ADD c int DEFAULT 1 REFERENCES o
ALTER TABLE t DROP COLUMN x
ALTER TABLE t DROP COLUMN o_id
ALTER TABLE t RENAME COLUMN x TO y
ALTER TABLE t RENAME x TO y
ALTER TABLE t RENAME CONSTRAINT t_b_check TO y
ALTER TABLE t ALTER a TYPE bigint
ALTER TABLE t ALTER s TYPE varchar(40)
ALTER TABLE t ALTER s TYPE varchar(10)
ALTER TABLE t ALTER s TYPE text
ALTER TABLE t ALTER x TYPE varchar
ALTER TABLE t ALTER x TYPE varchar(10)
ALTER TABLE t ALTER n TYPE numeric(12, 2)
ALTER TABLE t ALTER n TYPE numeric(12, 3)
ALTER TABLE t ALTER ts TYPE timestamptz
ALTER TABLE t ALTER x TYPE text COLLATE \"C\"
ALTER TABLE t ALTER a TYPE plain
ALTER TABLE t ALTER a TYPE positive
ALTER TABLE t ALTER a TYPE text USING a::text
ALTER TABLE t ALTER a SET NOT NULL
ALTER TABLE proven ALTER a SET NOT NULL
ALTER TABLE t ALTER b DROP NOT NULL
ALTER TABLE t ALTER a SET DEFAULT 5
ALTER TABLE t ALTER a DROP DEFAULT
ALTER TABLE t ALTER a SET STATISTICS 500
ALTER TABLE t ALTER a SET (n_distinct = 5)
ALTER TABLE t ALTER x SET STORAGE EXTERNAL
14:ALTER TABLE t ALTER x SET COMPRESSION pglz
ALTER TABLE g ALTER id SET NOT NULL, ALTER id ADD GENERATED ALWAYS AS IDENTITY
ALTER TABLE g ALTER i SET GENERATED BY DEFAULT
ALTER TABLE g ALTER i DROP IDENTITY
ALTER TABLE g ALTER c DROP EXPRESSION
17:ALTER TABLE g ALTER c SET EXPRESSION AS (id + 2)
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID
ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES o
ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES o NOT VALID
18:ALTER TABLE t ADD CONSTRAINT c NOT NULL a
18:ALTER TABLE t ADD CONSTRAINT c NOT NULL a NOT VALID
ALTER TABLE t ADD UNIQUE (a)
ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX t_b
ALTER TABLE proven ADD PRIMARY KEY (a)
ALTER TABLE t ADD EXCLUDE USING btree (a WITH =)
ALTER TABLE t VALIDATE CONSTRAINT t_later
ALTER TABLE t VALIDATE CONSTRAINT t_fk_later
ALTER TABLE t DROP CONSTRAINT t_b_check
ALTER TABLE t DROP CONSTRAINT t_fk
ALTER TABLE t ALTER CONSTRAINT t_fk DEFERRABLE
ALTER TABLE t SET (fillfactor = 70)
ALTER TABLE t SET (autovacuum_enabled = off)
ALTER TABLE t RESET (fillfactor)
ALTER TABLE t SET (user_catalog_table = true)
ALTER TABLE t CLUSTER ON t_a
ALTER TABLE t SET WITHOUT CLUSTER
ALTER TABLE t SET UNLOGGED
ALTER TABLE ul SET LOGGED
ALTER TABLE t SET TABLESPACE pg_default
15:ALTER TABLE t SET ACCESS METHOD heap
ALTER TABLE t DISABLE TRIGGER tr
ALTER TABLE t ENABLE TRIGGER ALL
ALTER TABLE o DISABLE RULE ru
ALTER TABLE t ENABLE ROW LEVEL SECURITY
ALTER TABLE t FORCE ROW LEVEL SECURITY
ALTER TABLE t OWNER TO CURRENT_USER
ALTER TABLE t REPLICA IDENTITY FULL
ALTER TABLE orphan INHERIT parent
ALTER TABLE child NO INHERIT parent
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2)
ALTER TABLE p DETACH PARTITION p1
ALTER TABLE orphan RENAME TO renamed
ALTER TABLE orphan SET SCHEMA other
ALTER TABLE t ADD c int, ALTER a SET STATISTICS 5
CREATE TABLE n (id int)
CREATE TABLE n (id int REFERENCES o, t int, FOREIGN KEY (t) REFERENCES t)
CREATE TABLE n PARTITION OF p FOR VALUES IN (5)
CREATE TABLE n () INHERITS (parent)
CREATE TABLE n (LIKE t INCLUDING ALL)
CREATE TABLE n AS SELECT * FROM t
CREATE INDEX n ON t (x)
CREATE UNIQUE INDEX n ON t (a)
DROP INDEX t_a
ALTER INDEX t_a RENAME TO y
ALTER INDEX t_a SET (fillfactor = 70)
ALTER INDEX t_a SET TABLESPACE pg_default
REINDEX INDEX t_a
REINDEX TABLE t
CREATE TRIGGER n BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf()
CREATE CONSTRAINT TRIGGER n AFTER INSERT ON t FROM o FOR EACH ROW EXECUTE FUNCTION tf()
ALTER TRIGGER tr ON t RENAME TO y
DROP TRIGGER tr ON t
CREATE POLICY n ON t USING (true)
ALTER POLICY pol ON t USING (false)
ALTER POLICY pol ON t RENAME TO y
DROP POLICY pol ON t
CREATE RULE n AS ON UPDATE TO t DO ALSO NOTHING
ALTER RULE ru ON o RENAME TO y
DROP RULE ru ON o
CREATE STATISTICS n ON a, id FROM t
DROP STATISTICS st
CREATE VIEW n AS SELECT * FROM t
CREATE OR REPLACE VIEW w AS SELECT id FROM o WHERE id > 1
ALTER VIEW w RENAME TO y
ALTER VIEW w SET (security_barrier = true)
ALTER VIEW w OWNER TO CURRENT_USER
DROP VIEW w
CREATE MATERIALIZED VIEW n AS SELECT * FROM t
REFRESH MATERIALIZED VIEW m
REFRESH MATERIALIZED VIEW CONCURRENTLY m
ALTER MATERIALIZED VIEW m RENAME TO y
DROP MATERIALIZED VIEW m
CREATE SEQUENCE n
ALTER SEQUENCE q INCREMENT 5
ALTER SEQUENCE q RENAME TO y
DROP SEQUENCE q
TRUNCATE ul
TRUNCATE o CASCADE
DROP TABLE orphan
DROP TABLE t
DROP TABLE o CASCADE
ALTER TYPE mood ADD VALUE 'new'
ALTER TYPE mood RENAME VALUE 'bad' TO 'worse'
ALTER TYPE pair ADD ATTRIBUTE c int
ALTER TYPE mood RENAME TO y
ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE > 0)
ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID
ALTER DOMAIN plain SET NOT NULL
ALTER DOMAIN plain SET DEFAULT 5
ALTER DOMAIN later VALIDATE CONSTRAINT later_check
GRANT SELECT ON t TO CURRENT_USER
REVOKE ALL ON t FROM PUBLIC
COMMENT ON TABLE t IS 'x'
COMMENT ON COLUMN t.a IS 'x'
COMMENT ON INDEX t_a IS 'x'
COMMENT ON CONSTRAINT t_fk ON t IS 'x'
COMMENT ON TRIGGER tr ON t IS 'x'
COMMENT ON FUNCTION f() IS 'x'
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'
CREATE TYPE n AS ENUM ('a')
CREATE DOMAIN n AS int CHECK (VALUE > 0)
CREATE SCHEMA n
DROP SCHEMA other
CREATE PUBLICATION n FOR TABLE t
ALTER PUBLICATION pub ADD TABLE t
ALTER PUBLICATION pub SET TABLE t
ANALYZE t
CLUSTER t USING t_a
LOCK TABLE t IN SHARE MODE
LOCK t
INSERT INTO orphan VALUES (1)
UPDATE orphan SET id = 2
DELETE FROM orphan
WITH x AS (SELECT 1) DELETE FROM orphan USING x
SELECT * FROM orphan FOR UPDATE
SELECT * FROM orphan
SET LOCAL lock_timeout = '1s'
";

#[test]
fn the_server_does_what_the_table_says() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(FIXTURE);
    let major = database.server().major();
    let mut report = String::new();
    for case in CASES.lines().filter(|line| !line.is_empty()) {
        let (from, sql) = match case.split_once(':') {
            Some((from, sql)) if from.len() == 2 => (from.parse().unwrap(), sql),
            _ => (0, case),
        };
        if major < from {
            continue;
        }
        let predicted = locks(sql, major);
        let mut measured = measure(&database, sql);
        // TRUNCATE gives the table a new, empty file and builds empty indexes, which is no work.
        if sql.starts_with("TRUNCATE") {
            for relation in measured.values_mut() {
                (relation.rewritten, relation.scanned) = (false, false);
            }
        }
        for complaint in compare(&predicted, &measured) {
            writeln!(report, "{sql}\n    {complaint}").unwrap();
        }
    }
    assert!(report.is_empty(), "on major {major}:\n{report}");
}

/// What the server did to one relation.
#[derive(Debug)]
struct Measured {
    kind: String,
    mode: Option<LockMode>,
    rewritten: bool,
    scanned: bool,
}

fn measure(database: &Database, sql: &str) -> BTreeMap<String, Measured> {
    let rows = database.rows(&format!(
        "BEGIN;
         SET LOCAL timezone = 'Europe/Berlin';
         CREATE TEMP TABLE before ON COMMIT DROP AS
             SELECT c.oid, c.relname, c.relkind, pg_relation_filenode(c.oid) AS file, pg_stat_get_xact_numscans(c.oid) AS scans
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public';
         {sql};
         SELECT b.relname, b.relkind, coalesce(string_agg(DISTINCT l.mode, ','), ''),
                c.oid IS NOT NULL AND pg_relation_filenode(c.oid) IS DISTINCT FROM b.file,
                coalesce(pg_stat_get_xact_numscans(b.oid), 0) > b.scans
         FROM before b
         LEFT JOIN pg_class c ON c.oid = b.oid
         LEFT JOIN pg_locks l ON l.relation = b.oid AND l.pid = pg_backend_pid() AND l.mode <> 'AccessShareLock'
         GROUP BY b.oid, b.relname, b.relkind, b.file, b.scans, c.oid;
         ROLLBACK"
    ));
    rows.into_iter()
        // Rows of the statement itself come along.
        .filter(|row| row.len() == 5)
        .map(|row| {
            let mode = row[2].split(',').filter_map(LockMode::from_catalog).max();
            let measured = Measured {
                kind: row[1].clone(),
                mode,
                rewritten: row[3] == "t",
                scanned: row[4] == "t",
            };
            (row[0].clone(), measured)
        })
        .filter(|(_, measured)| measured.mode.is_some() || measured.rewritten || measured.scanned)
        .collect()
}

fn compare(predicted: &Locks, measured: &BTreeMap<String, Measured>) -> Vec<String> {
    let mut complaints = Vec::new();
    if !predicted.known {
        complaints.push("is not known".to_owned());
    }
    let named = |relation: &Relation| match relation {
        Relation::Named(name) => Some(name.name.clone()),
        Relation::Unnamed(_) => None,
    };
    let has_unnamed = |mode| {
        predicted
            .taken
            .iter()
            .any(|lock| named(&lock.relation).is_none() && lock.mode == mode)
            || predicted
                .depends
                .iter()
                .any(|text| text.contains(mode.name()))
    };
    for lock in &predicted.taken {
        let Some(name) = named(&lock.relation) else {
            continue;
        };
        let got = measured.get(&name).and_then(|measured| measured.mode);
        // What is made by the statement itself is nobody's business.
        if name != "n" && got != Some(lock.mode) {
            complaints.push(format!("{lock}, the server: {got:?}"));
        }
    }
    for (name, relation) in measured {
        let is_named = predicted
            .taken
            .iter()
            .any(|lock| named(&lock.relation).as_ref() == Some(name));
        // Locks on the indexes of a locked table go without saying.
        if let (Some(mode), false, false) = (relation.mode, is_named, relation.kind == "i")
            && !has_unnamed(mode)
        {
            complaints.push(format!("the server takes {mode} on {name}"));
        }
        let work = |kind: WorkKind| {
            predicted
                .work
                .iter()
                .any(|work| work.kind >= kind && named(&work.relation).is_none_or(|n| n == *name))
        };
        let is_table = matches!(relation.kind.as_str(), "r" | "p" | "m");
        if is_table && relation.rewritten && !work(WorkKind::Rewrite) {
            complaints.push(format!("the server rewrites {name}"));
        }
        let is_reader = predicted
            .taken
            .iter()
            .all(|lock| lock.mode <= LockMode::RowExclusive);
        let is_other = !is_named;
        if is_table && relation.scanned && !work(WorkKind::Scan) && !is_reader && !is_other {
            complaints.push(format!("the server scans {name}"));
        }
    }
    for work in predicted.work.iter().filter(|work| work.certain) {
        let Some(name) = named(&work.relation) else {
            continue;
        };
        let got = measured.get(&name);
        let fits = match work.kind {
            WorkKind::Rewrite => got.is_some_and(|measured| measured.rewritten),
            _ => got.is_some_and(|measured| measured.scanned || measured.rewritten),
        };
        if !fits {
            complaints.push(format!("{work}, the server: {got:?}"));
        }
    }
    complaints
}
