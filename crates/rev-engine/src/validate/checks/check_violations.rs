//! Rows that break a CHECK or NOT NULL of their table.
//!
//! A constraint that is NOT VALID was never tested against old rows. One that is valid can be broken as well: a function it
//! calls was replaced, or the domain behind a column got a constraint that is not. Such a database works until its dump
//! is restored, which fails. One scan a table tests all its constraints at once.

use crate::pg::SessionError;
use crate::validate::probe::{Probe, estimate, is_denied, rows_in_words};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "check_violations",
    about: "rows that break a CHECK, NOT NULL or domain constraint",
    run: |probe| Box::pin(run(probe)),
};

/// The tests of one scan.
struct Scan {
    table: String,
    /// FROM clause: with or without the tables that inherit.
    from: String,
    estimate: f64,
    tests: Vec<Test>,
}

struct Test {
    constraint: String,
    /// True for rows that break it.
    broken: String,
    repair: String,
}

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    for scan in read(probe).await? {
        probe.examined(scan.tests.len());
        let counts: Vec<_> = scan.tests.iter().map(Test::count).collect();
        let query = scan.query(probe, &counts.join(", "));
        match probe.ask_as_user(&query).await? {
            Ok(rows) => {
                for (column, test) in scan.tests.iter().enumerate() {
                    let count = rows.first().and_then(|row| row.number(column));
                    report(probe, &scan, test, count.unwrap_or(0));
                }
            }
            Err(refusal) if is_denied(&refusal) => {
                probe.not_looked_at(&scan.table, refusal.to_string());
            }
            // One of them raises an error on some row: alone, each shows which.
            Err(_) => one_by_one(probe, &scan).await?,
        }
    }
    Ok(())
}

async fn one_by_one(probe: &mut Probe<'_>, scan: &Scan) -> Result<(), SessionError> {
    for test in &scan.tests {
        let query = scan.query(probe, &test.count());
        match probe.ask_as_user(&query).await? {
            Ok(rows) => {
                let count = rows.first().and_then(|row| row.number(0)).unwrap_or(0);
                report(probe, scan, test, count);
            }
            Err(refusal) => {
                probe.found(
                    Severity::Error,
                    format!("{}.{}", scan.table, test.constraint),
                    format!("cannot be evaluated on every row: {refusal}"),
                );
            }
        }
    }
    Ok(())
}

fn report(probe: &mut Probe<'_>, scan: &Scan, test: &Test, count: u64) {
    if count > 0 {
        let words = rows_in_words(count);
        let verb = if count == 1 { "breaks" } else { "break" };
        probe
            .found(
                Severity::Error,
                format!("{}.{}", scan.table, test.constraint),
                format!("{words} {verb} it"),
            )
            .count(count)
            .hint(test.repair.clone());
    }
}

impl Scan {
    fn query(&self, probe: &Probe<'_>, counts: &str) -> String {
        let sample = probe.sample(self.estimate);
        format!("SELECT {counts} FROM {}{sample}", self.from)
    }
}

impl Test {
    fn count(&self) -> String {
        format!("pg_catalog.count(*) FILTER (WHERE {})", self.broken)
    }
}

async fn read(probe: &mut Probe<'_>) -> Result<Vec<Scan>, SessionError> {
    let scope = probe.in_scope("n");
    let enforced = if probe.major() >= 18 {
        "c.conenforced"
    } else {
        "true"
    };
    // - Constraints that tables inherit are tested with their parent, on all its rows.
    // - `num_nulls` instead of IS NULL: from 17 on the planner knows that a NOT NULL column is never null.
    // - A domain's constraints are tested on its base type, where they are not applied already.
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), x.alone, {estimate}, x.name, x.broken FROM pg_class t \
         JOIN pg_namespace n ON n.oid = t.relnamespace CROSS JOIN LATERAL ( \
          SELECT c.connoinherit AS alone, format('%I', c.conname) AS name, format('(%s) IS FALSE', pg_get_expr(c.conbin, c.conrelid)) AS broken \
          FROM pg_constraint c WHERE c.conrelid = t.oid AND c.contype = 'c' AND c.coninhcount = 0 AND {enforced} \
          UNION ALL SELECT false, format('%I', a.attname), format('pg_catalog.num_nulls(%I) > 0', a.attname) FROM pg_attribute a \
          WHERE a.attrelid = t.oid AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped AND a.attinhcount = 0 \
          UNION ALL SELECT false, format('%I', a.attname) || ' (' || format_type(d.oid, NULL) || '.' || format('%I', c.conname) || ')', \
           format('(SELECT (%s) IS FALSE FROM (SELECT %I::%s AS value) AS v)', pg_get_expr(c.conbin, 0), a.attname, \
           format_type(d.typbasetype, d.typtypmod)) FROM pg_attribute a JOIN pg_type d ON d.oid = a.atttypid AND d.typtype = 'd' \
           JOIN pg_constraint c ON c.contypid = d.oid AND c.contype = 'c' AND {enforced} \
           WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 \
         ) x WHERE {scope} AND t.relkind IN ('r', 'p') ORDER BY 1, 2, 4",
        estimate = estimate("t"),
    );
    let mut scans: Vec<Scan> = Vec::new();
    for row in probe.catalogue(&query).await? {
        let table = row.text(0);
        let only = if row.is_true(1) { "ONLY " } else { "" };
        let from = format!("{only}{table}");
        if scans.last().is_none_or(|scan| scan.from != from) {
            scans.push(Scan {
                table: table.to_owned(),
                from,
                estimate: row.number(2).unwrap_or(0.0),
                tests: Vec::new(),
            });
        }
        if let Some(scan) = scans.last_mut() {
            let broken = row.text(4).to_owned();
            scan.tests.push(Test {
                constraint: row.text(3).to_owned(),
                repair: format!("SELECT * FROM {table} WHERE {broken}"),
                broken,
            });
        }
    }
    Ok(scans)
}
