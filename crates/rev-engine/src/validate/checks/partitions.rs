//! Partitioned tables with holes, and rows that sit in the wrong partition.

use crate::pg::SessionError;
use crate::validate::probe::{Probe, estimate, rows_in_words};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "partitions",
    about: "gaps between partitions, rows in the wrong partition, partitions half detached",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    gaps(probe).await?;
    if probe.major() >= 14 {
        half_detached(probe).await?;
    }
    misplaced(probe).await
}

/// Gaps mean something where one column of an ordered type is split by range and no default partition catches the rest.
async fn gaps(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), format_type(a.atttypid, a.atttypmod), a.atttypid IN ('date'::regtype, \
         'timestamp'::regtype, 'timestamptz'::regtype), string_agg(format('(%s, %L)', regexp_replace(pg_get_expr(c.relpartbound, c.oid), \
         '^FOR VALUES FROM \\((.*)\\) TO \\((.*)\\)$', '\\1, \\2'), c.oid::regclass::text), ', ') \
         FROM pg_partitioned_table p JOIN pg_class t ON t.oid = p.partrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.partattrs[0] AND a.attnum > 0 \
         JOIN pg_inherits i ON i.inhparent = t.oid JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE {scope} AND p.partstrat = 'r' AND p.partnatts = 1 AND p.partdefid = 0 GROUP BY t.oid, 1, 2, 3 ORDER BY 1"
    );
    for row in probe.catalogue(&query).await? {
        probe.examined(1);
        let (table, kind, is_time) = (row.text(0), row.text(1), row.is_true(2));
        // MINVALUE and MAXVALUE are no literals; infinitely far away, they leave no gap on their side.
        let bounds = row
            .text(3)
            .replace("(MINVALUE,", "(NULL,")
            .replace(", MAXVALUE,", ", NULL,");
        let ordered = format!(
            "SELECT name, low, high, pg_catalog.lag(name) OVER w, pg_catalog.lag(high) OVER w, low > pg_catalog.lag(high) OVER w, \
             high IS NOT NULL AND pg_catalog.lead(name) OVER w IS NULL, {ends_in_the_past} \
             FROM (SELECT low::{kind} AS low, high::{kind} AS high, name FROM (VALUES {bounds}) AS b (low, high, name)) b \
             WINDOW w AS (ORDER BY low NULLS FIRST)",
            ends_in_the_past = if is_time {
                "high <= pg_catalog.now()::pg_catalog.timestamp"
            } else {
                "false"
            },
        );
        let Some(partitions) = probe.ask_or_note(table, &ordered).await? else {
            continue;
        };
        for partition in partitions {
            let (name, low) = (partition.text(0), partition.text(1));
            if partition.is_true(5) {
                let (before, high) = (partition.text(3), partition.text(4));
                probe
                    .found(
                        Severity::Warning,
                        table,
                        format!("has a gap from {high} to {low}, between {before} and {name}: inserts there fail"),
                    )
                    .hint("create the missing partition, or a default one");
            }
            if partition.is_true(6) && partition.is_true(7) {
                probe
                    .found(
                        Severity::Warning,
                        table,
                        format!("its last partition {name} ended at {}: inserts with the present time fail", partition.text(2)),
                    )
                    .hint("create the next partitions");
            }
        }
    }
    Ok(())
}

async fn half_detached(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT i.inhrelid::regclass, format('%I.%I', n.nspname, t.relname) FROM pg_inherits i JOIN pg_class t ON t.oid = i.inhparent \
         JOIN pg_namespace n ON n.oid = t.relnamespace WHERE {scope} AND i.inhdetachpending ORDER BY 1"
    );
    for row in probe.catalogue(&query).await? {
        let (partition, table) = (row.text(0), row.text(1));
        probe
            .found(
                Severity::Error,
                partition,
                format!("an interrupted DETACH CONCURRENTLY left it half attached to {table}"),
            )
            .hint(format!(
                "ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE"
            ));
    }
    Ok(())
}

/// Nothing lets a wrong row in by itself, but a constraint that was taken for proof when the partition was attached, or a
/// hash or collation that changed, leaves rows where no query finds them.
async fn misplaced(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), pg_get_partition_constraintdef(t.oid), {} FROM pg_class t \
         JOIN pg_namespace n ON n.oid = t.relnamespace WHERE {scope} AND t.relispartition AND t.relkind = 'r' ORDER BY 1",
        estimate("t")
    );
    for row in probe.catalogue(&query).await? {
        let (partition, Some(constraint)) = (row.text(0), row.get(1)) else {
            continue;
        };
        probe.examined(1);
        let sample = probe.sample(row.number(2).unwrap_or(0.0));
        let count = format!(
            "SELECT pg_catalog.count(*) FROM ONLY {partition}{sample} WHERE ({constraint}) IS FALSE"
        );
        let Some(rows) = probe.ask_or_note(partition, &count).await? else {
            continue;
        };
        let wrong: u64 = rows.first().and_then(|row| row.number(0)).unwrap_or(0);
        if wrong > 0 {
            let words = rows_in_words(wrong);
            let verb = if wrong == 1 { "belongs" } else { "belong" };
            probe
                .found(
                    Severity::Error,
                    partition,
                    format!("{words} {verb} to another partition: queries by the partition key do not see them"),
                )
                .count(wrong)
                .hint("delete them there and insert them through the partitioned table, in one transaction");
        }
    }
    Ok(())
}
