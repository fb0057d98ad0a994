//! DISABLE TRIGGER switches rules off for everybody.
//!
//! ## Problem
//!
//! Other sessions do not fire the trigger either until it is enabled again; with ALL that includes foreign keys,
//! and rows that violate them stay.
//!
//! ## Safe way
//!
//! Use deferred constraints, or a trigger function that looks at a setting of the session.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders DISABLE TRIGGER ALL;
//! ```
//!
//! ```sql
//! -- safe
//! SET CONSTRAINTS ALL DEFERRED;
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        if action.action == TableAction::DisableTrigger {
            problems.push(problem(
                format!("triggers of `{table}` stop firing for every session, foreign keys included with ALL"),
                "use deferred constraints instead",
            ));
        }
    }
}
