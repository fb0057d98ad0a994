//! VACUUM FULL, CLUSTER and a move to another place write the whole table anew.
//!
//! ## Problem
//!
//! ACCESS EXCLUSIVE is held for as long as the copy takes, which needs as much room again.
//!
//! ## Safe way
//!
//! Do it in a maintenance window, or with a tool that copies beside the running system. A plain VACUUM is enough
//! for most tables.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! VACUUM FULL orders;
//! ```
//!
//! ```sql
//! -- safe
//! VACUUM orders;
//! ```

use crate::WorkKind;
use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let moves = at.actions().any(|(_, action)| {
        matches!(
            action.action,
            TableAction::SetTablespace { .. }
                | TableAction::SetAccessMethod
                | TableAction::SetExpression { .. }
        )
    });
    let is_rewritten = matches!(at.facts().verb.as_str(), "VACUUM" | "CLUSTER")
        && at
            .subject
            .locks
            .work
            .iter()
            .any(|work| work.kind == WorkKind::Rewrite);
    if moves || is_rewritten {
        let table = at
            .facts()
            .targets
            .first()
            .map_or("every table".to_owned(), |table| format!("`{table}`"));
        problems.push(problem(
            format!("{table} is written anew while reads and writes wait"),
            "use a maintenance window, or a tool that copies beside the running system",
        ));
    }
}
