//! Without NOT NULL readers may meet NULL.
//!
//! ## Problem
//!
//! Code that relies on a value fails at the first NULL.
//!
//! ## Safe way
//!
//! Deploy code that can read NULL first.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ALTER COLUMN locale DROP NOT NULL;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ALTER COLUMN locale SET DEFAULT 'en';
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::DropNotNull { column } = &action.action else {
            continue;
        };
        problems.push(problem(
            format!("code that reads `{table}.{column}` may meet NULL from now on"),
            "make sure that it can before this runs",
        ));
    }
}
