//! Row level security without a policy hides every row.
//!
//! ## Problem
//!
//! From the commit on, everyone but the owner sees an empty table and cannot write to it.
//!
//! ## Safe way
//!
//! Create the policies in the same revision, before it is enabled, and try them as the application's role.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ENABLE ROW LEVEL SECURITY;
//! ```
//!
//! ```sql
//! -- safe
//! CREATE POLICY own_rows ON users USING (id = current_setting('app.user')::int);
//! ALTER TABLE users ENABLE ROW LEVEL SECURITY;
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let has_policy = at.script.iter().any(|other| {
            other.facts.verb == "CREATE POLICY"
                && other
                    .facts
                    .targets
                    .iter()
                    .any(|target| target.may_be(table))
        });
        if action.action == (TableAction::RowSecurity { enable: true }) && !has_policy {
            problems.push(problem(
                format!("without a policy nobody but the owner sees rows of `{table}`"),
                "create the policies in this revision, before",
            ));
        }
    }
}
