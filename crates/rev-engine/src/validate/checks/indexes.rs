//! Indexes that are not used, and what an interrupted REINDEX CONCURRENTLY left.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "indexes",
    about: "INVALID or unfinished indexes, and leftovers of REINDEX CONCURRENTLY",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    // Toast tables are rebuilt along with theirs and leave `_ccnew` indexes of their own.
    let toast = if probe.is_whole_database() {
        "OR n.nspname = 'pg_toast'"
    } else {
        ""
    };
    let query = format!(
        "SELECT format('%I.%I', n.nspname, i.relname), format('%I.%I', tn.nspname, t.relname), x.indisvalid AND x.indisready \
         AND x.indislive, i.relkind = 'I', i.relname ~ '_cc(new|old)[0-9]*$', \
         EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.oid), \
         (SELECT string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY p.relname) \
          FROM pg_partition_tree(t.oid) tree JOIN pg_class p ON p.oid = tree.relid JOIN pg_namespace pn ON pn.oid = p.relnamespace \
          WHERE tree.isleaf AND i.relkind = 'I' AND p.oid <> t.oid AND NOT EXISTS (SELECT FROM pg_partition_tree(i.oid) it \
          JOIN pg_index ix ON ix.indexrelid = it.relid WHERE ix.indrelid = p.oid AND ix.indisvalid)) \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace \
         JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace \
         WHERE ({scope} {toast}) ORDER BY 1"
    );
    let rows = probe.catalogue(&query).await?;
    probe.examined(rows.len());
    for row in rows {
        let (index, table) = (row.text(0), row.text(1));
        let (sound, partitioned, leftover, building) = (
            row.is_true(2),
            row.is_true(3),
            row.is_true(4),
            row.is_true(5),
        );
        if building {
            probe.found(
                Severity::Note,
                index,
                format!("is being built on {table} at this moment"),
            );
        } else if !sound && partitioned {
            let missing = row.get(6).unwrap_or("some partitions");
            probe
                .found(
                    Severity::Error,
                    index,
                    format!("is INVALID: {missing} of {table} have no valid index attached to it"),
                )
                .hint(format!("build the missing ones concurrently, then ALTER INDEX {index} ATTACH PARTITION …"));
        } else if !sound {
            probe
                .found(
                    Severity::Error,
                    index,
                    format!(
                        "is INVALID: it serves no query on {table} and still costs every write"
                    ),
                )
                .hint(if leftover {
                    format!("DROP INDEX CONCURRENTLY {index}")
                } else {
                    format!("REINDEX INDEX CONCURRENTLY {index}")
                });
        } else if leftover {
            probe
                .found(
                    Severity::Warning,
                    index,
                    format!("looks like a leftover of REINDEX CONCURRENTLY on {table}"),
                )
                .hint(format!(
                    "DROP INDEX CONCURRENTLY {index}, if another index does its work"
                ));
        }
    }
    Ok(())
}
