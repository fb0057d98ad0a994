//! CASCADE drops what the statement does not name.
//!
//! ## Problem
//!
//! Views, foreign keys, defaults and functions that depend on the object go along without a word in the file.
//!
//! ## Safe way
//!
//! Drop each of them by name, before.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! DROP TABLE users CASCADE;
//! ```
//!
//! ```sql
//! -- safe
//! DROP VIEW active_users;
//! DROP TABLE users;
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let actions = at.actions().any(|(_, action)| {
        matches!(
            action.action,
            TableAction::DropColumn { cascade: true, .. }
                | TableAction::DropConstraint { cascade: true, .. }
        )
    });
    let drops = at.facts().verb.starts_with("DROP ") && at.cursor().has(&["cascade"]);
    if actions || drops {
        problems.push(problem(
            "whatever depends on it is dropped too, unnamed",
            "drop the dependent objects by name first",
        ));
    }
}
