//! Row security that hides everything, or that was written and never switched on.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "row_security",
    about: "row security without a policy, policies without row security",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), t.relrowsecurity, count(p.oid) FROM pg_class t \
         JOIN pg_namespace n ON n.oid = t.relnamespace LEFT JOIN pg_policy p ON p.polrelid = t.oid \
         WHERE {scope} AND t.relkind IN ('r', 'p') GROUP BY 1, 2 ORDER BY 1"
    );
    let rows = probe.catalogue(&query).await?;
    probe.examined(rows.len());
    for row in rows {
        let table = row.text(0);
        let policies: u64 = row.number(2).unwrap_or(0);
        match (row.is_true(1), policies) {
            (true, 0) => {
                probe
                    .found(
                        Severity::Warning,
                        table,
                        "row security is on and there is no policy: all but the owner see no rows",
                    )
                    .hint(format!("CREATE POLICY … ON {table} …"));
            }
            (false, 1..) => {
                probe
                    .found(
                        Severity::Warning,
                        table,
                        format!(
                            "has {policies} {} and row security is off: nothing is protected",
                            if policies == 1 { "policy" } else { "policies" }
                        ),
                    )
                    .hint(format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"));
            }
            _ => {}
        }
    }
    Ok(())
}
