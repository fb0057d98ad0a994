//! Constraints that new rows must meet and old rows were never held to.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "constraints",
    about: "constraints that are NOT VALID or NOT ENFORCED",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let enforced = if probe.major() >= 18 {
        "c.conenforced"
    } else {
        "true"
    };
    // The clones of a foreign key on partitions, and inherited checks, follow their parent.
    let query = format!(
        "SELECT format('%I', c.conname), CASE WHEN c.contypid <> 0 THEN format_type(c.contypid, NULL) \
         ELSE format('%I.%I', n.nspname, t.relname) END, c.contypid <> 0, c.convalidated, {enforced}, \
         CASE c.contype WHEN 'f' THEN 'foreign key' WHEN 'n' THEN 'NOT NULL' ELSE 'CHECK' END \
         FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace LEFT JOIN pg_class t ON t.oid = c.conrelid \
         WHERE {scope} AND c.contype IN ('c', 'f', 'n') AND c.conparentid = 0 AND c.coninhcount = 0 ORDER BY 2, 1"
    );
    let rows = probe.catalogue(&query).await?;
    probe.examined(rows.len());
    for row in rows {
        let (name, owner, kind) = (row.text(0), row.text(1), row.text(5));
        let (of_domain, valid, enforced) = (row.is_true(2), row.is_true(3), row.is_true(4));
        let alter = if of_domain {
            "ALTER DOMAIN"
        } else {
            "ALTER TABLE"
        };
        let object = format!("{owner}.{name}");
        if !enforced {
            probe.found(
                Severity::Note,
                object,
                format!("{kind} is NOT ENFORCED: no row is held to it"),
            );
        } else if !valid {
            probe
                .found(
                    Severity::Warning,
                    object,
                    format!("{kind} is NOT VALID: rows from before it were never checked, and an update of a bad one fails"),
                )
                .hint(format!("mend the rows, then {alter} {owner} VALIDATE CONSTRAINT {name}"));
        }
    }
    Ok(())
}
