//! Running code does not know a column's new name.
//!
//! ## Problem
//!
//! From the commit on, every query with the old name fails.
//!
//! ## Safe way
//!
//! Add a column of the new name, keep both in step, deploy code that uses the new one, then drop the old one. Or
//! rename the table too and put an updatable view with both names in its place, in one transaction.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users RENAME COLUMN mail TO email;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD COLUMN email text;
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::RenameColumn { from, .. } = &action.action else {
            continue;
        };
        problems.push(problem(
            format!("code that still uses `{table}.{from}` fails"),
            "add the new column, keep both in step, and drop the old one later",
        ));
    }
}
