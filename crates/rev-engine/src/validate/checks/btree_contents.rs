//! B-tree indexes compared with their table, by the extension amcheck.

use crate::pg::SessionError;
use crate::validate::probe::{Probe, estimate, is_denied};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "btree_contents",
    about: "b-tree indexes that disagree with their table (needs the extension amcheck)",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let Some(schema) =
        super::heap_pages::amcheck(probe, "bt_index_check(regclass,boolean)").await?
    else {
        return Ok(());
    };
    let scope = probe.in_scope("n");
    // A broken index of the system catalogue hides whole tables, and they are small.
    let system = if probe.is_whole_database() {
        "OR n.nspname = 'pg_catalog'"
    } else {
        ""
    };
    let query = format!(
        "SELECT format('%I.%I', n.nspname, i.relname), i.oid, {} FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
         JOIN pg_am am ON am.oid = i.relam JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = i.relnamespace \
         WHERE ({scope} {system}) AND am.amname = 'btree' AND i.relkind = 'i' AND x.indisvalid AND x.indisready \
         AND i.relpersistence <> 't' AND (i.relpersistence = 'p' OR NOT pg_is_in_recovery()) ORDER BY 1",
        estimate("t")
    );
    for row in probe.catalogue(&query).await? {
        probe.examined(1);
        let index = row.text(0);
        let with_table = !probe.is_large(row.number(2).unwrap_or(0.0));
        let call = format!(
            "SELECT {schema}.bt_index_check(index => {}::pg_catalog.oid::pg_catalog.regclass, heapallindexed => {with_table})",
            row.text(1)
        );
        match probe.ask_as_user(&call).await? {
            Ok(_) => {}
            Err(refusal) if is_denied(&refusal) || refusal.sqlstate == "55P03" => {
                probe.not_looked_at(index, refusal.to_string());
            }
            Err(refusal) => {
                probe
                    .found(
                        Severity::Error,
                        index,
                        format!("is damaged: {refusal}"),
                    )
                    .hint(format!("REINDEX INDEX CONCURRENTLY {index}, and find out why: memory, disk, collation"));
            }
        }
    }
    Ok(())
}
