//! Views that can no longer be queried.

use crate::pg::SessionError;
use crate::validate::probe::{Probe, is_denied};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "views",
    about: "views that no longer run, materialized views without contents",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT format('%I.%I', n.nspname, v.relname), v.relkind = 'm', v.relispopulated, has_table_privilege(v.oid, 'SELECT') \
         AND has_schema_privilege(n.oid, 'USAGE'), \
         CASE WHEN v.relkind = 'm' THEN pg_get_viewdef(v.oid) END \
         FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace \
         WHERE {scope} AND v.relkind IN ('v', 'm') ORDER BY 1"
    );
    for row in probe.catalogue(&query).await? {
        probe.examined(1);
        let view = row.text(0);
        let (materialized, populated, allowed) = (row.is_true(1), row.is_true(2), row.is_true(3));
        if !allowed {
            probe.not_looked_at(view, "no right to read it");
            continue;
        }
        if materialized && !populated {
            probe
                .found(
                    Severity::Warning,
                    view,
                    "the materialized view has no contents: every query of it fails",
                )
                .hint(format!("REFRESH MATERIALIZED VIEW {view}"));
        }
        // What a materialized view holds can be read for ever; it is its definition that can break.
        let explain = match row.get(4) {
            Some(definition) => format!("EXPLAIN {}", definition.trim_end().trim_end_matches(';')),
            None => format!("EXPLAIN SELECT * FROM {view}"),
        };
        if let Err(refusal) = probe.ask_as_user(&explain).await? {
            // The base tables of a materialized view are read with our own rights here, those of a view with its owner's.
            if materialized && is_denied(&refusal) {
                probe.not_looked_at(view, refusal.to_string());
            } else {
                let verb = if materialized {
                    "be refreshed"
                } else {
                    "be queried"
                };
                probe.found(
                    Severity::Error,
                    view,
                    format!("can no longer {verb}: {refusal}"),
                );
            }
        }
    }
    Ok(())
}
