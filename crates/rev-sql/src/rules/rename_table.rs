//! Running code does not know a table's new name or schema.
//!
//! ## Problem
//!
//! From the commit on, every query with the old name fails.
//!
//! ## Safe way
//!
//! Rename it and put a view under the old name into the same revision. A simple view can be written to as well.
//! Drop it when no code uses it any more.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users RENAME TO accounts;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users RENAME TO accounts;
//! CREATE VIEW users AS SELECT * FROM accounts;
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};
use crate::quote_qualified;

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        if !matches!(
            action.action,
            TableAction::RenameTo { .. } | TableAction::SetSchema { .. }
        ) {
            continue;
        }
        let stands_in = at.script[at.index + 1..].iter().any(|later| {
            later.facts.verb == "CREATE VIEW"
                && later.facts.targets.iter().any(|view| view.may_be(table))
        });
        if !stands_in {
            let found = problem(
                format!("code that still uses `{table}` fails"),
                "put a view under the old name into the same revision",
            );
            problems.push(match &action.action {
                TableAction::RenameTo { to: Some(to) } => {
                    let to = quote_qualified(table.schema.as_deref(), to);
                    found.safe(format!(
                        "{};\nCREATE VIEW {table} AS SELECT * FROM {to};",
                        at.sql()
                    ))
                }
                _ => found,
            });
        }
    }
}
