//! Collations whose rules changed under the indexes that were sorted by them.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "collations",
    about: "collations whose version is not the one indexes were built with",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let database = probe.major() >= 15;
    if database {
        let query = "SELECT format('%I', datname), datcollversion, pg_database_collation_actual_version(oid) \
            FROM pg_database WHERE datname = current_database()";
        for row in probe.catalogue(query).await? {
            probe.examined(1);
            if let (Some(was), Some(is)) = (row.get(1), row.get(2))
                && was != is
            {
                let name = row.text(0);
                probe
                    .found(
                        Severity::Error,
                        name,
                        format!("the default collation was version {was} and is now {is}: indexes on text may be in the wrong order"),
                    )
                    .hint(format!("REINDEX DATABASE {name}, then ALTER DATABASE {name} REFRESH COLLATION VERSION"));
            }
        }
    }
    // A server knows hundreds of collations; only those that something is sorted or partitioned by can do harm.
    let query = "SELECT format('%I.%I', n.nspname, c.collname), c.collversion, pg_collation_actual_version(c.oid), \
        (SELECT count(*) FROM pg_index x WHERE c.oid = ANY (x.indcollation::oid[])) \
        + (SELECT count(*) FROM pg_partitioned_table p WHERE c.oid = ANY (p.partcollation::oid[])) \
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace \
        WHERE c.collversion IS NOT NULL AND c.collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database())) \
        ORDER BY 1";
    let rows = probe.catalogue(query).await?;
    for row in rows {
        let users: u64 = row.number(3).unwrap_or(0);
        if users == 0 {
            continue;
        }
        probe.examined(1);
        if let (Some(was), Some(is)) = (row.get(1), row.get(2))
            && was != is
        {
            let name = row.text(0);
            probe
                .found(
                    Severity::Error,
                    name,
                    format!("the collation was version {was} and is now {is}: {users} indexes or partitioned tables may be in the wrong order"),
                )
                .hint(format!("REINDEX what uses it, then ALTER COLLATION {name} REFRESH VERSION"));
        }
    }
    Ok(())
}
