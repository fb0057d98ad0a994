//! Tables that a crash empties.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "unlogged",
    about: "unlogged tables and sequences, which a crash empties and no replica has",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), t.relpersistence = 'u', \
         CASE t.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END \
         FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace \
         WHERE {scope} AND t.relkind IN ('r', 'S') ORDER BY 1"
    );
    let rows = probe.catalogue(&query).await?;
    probe.examined(rows.len());
    for row in rows.iter().filter(|row| row.is_true(1)) {
        let (name, kind) = (row.text(0), row.text(2));
        probe
            .found(
                Severity::Warning,
                name,
                "is UNLOGGED: a crash empties it, and no replica or base backup has its rows",
            )
            .hint(format!(
                "ALTER {kind} {name} SET LOGGED, or leave this check out with --skip unlogged"
            ));
    }
    Ok(())
}
