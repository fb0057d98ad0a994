//! A dropped column takes its data along, and running code breaks.
//!
//! ## Problem
//!
//! The values are gone, with the indexes and constraints on the column. Code that still selects or inserts the
//! column fails from that moment on.
//!
//! ## Safe way
//!
//! Stop using the column, deploy that, and drop it in a later revision.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users DROP COLUMN nickname;
//! ```
//!
//! ```sql
//! -- safe
//! COMMENT ON COLUMN users.nickname IS 'not used any more; to be dropped';
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let columns: Vec<String> = at
        .actions()
        .filter_map(|(table, action)| match &action.action {
            TableAction::DropColumn { name, .. } => Some(format!("`{table}.{name}`")),
            _ => None,
        })
        .collect();
    if !columns.is_empty() {
        problems.push(problem(
            format!(
                "the data of {} is lost, and code that still uses the column fails",
                columns.join(", ")
            ),
            "drop it only after the code that uses it is gone everywhere",
        ));
    }
}
