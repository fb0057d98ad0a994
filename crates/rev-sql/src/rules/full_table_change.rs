//! UPDATE or DELETE of a whole table holds every row for long.
//!
//! ## Problem
//!
//! All rows stay locked until the commit, the table grows by as much again, and replicas fall behind.
//!
//! ## Safe way
//!
//! Let `rev` do it in batches, each in its own transaction, and resumable: `-- rev:batch {table: …, key: …}`. To
//! empty a table, TRUNCATE is quicker.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! UPDATE users SET role = 'admin';
//! ```
//!
//! ```sql
//! -- safe
//! -- rev:batch {table: users, key: id}
//! UPDATE users SET role = 'admin';
//! ```

use crate::lint::{At, Problem, Severity, problem};
use crate::{DirectiveKind, LossKind};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let is_batch = at
        .subject
        .statement
        .directives
        .iter()
        .any(|directive| matches!(directive.kind, DirectiveKind::Batch(_)));
    let Some(table) = at.old_table().filter(|_| !is_batch) else {
        return;
    };
    let changes_all = at
        .facts()
        .destructive
        .iter()
        .any(|loss| matches!(loss.kind, LossKind::Rows | LossKind::Overwritten));
    if changes_all && matches!(at.facts().verb.as_str(), "UPDATE" | "DELETE") {
        problems.push(
            problem(
                format!("every row of `{table}` stays locked until the commit"),
                "put `-- rev:batch {table: …, key: …}` before it",
            )
            .safe(format!(
                "-- rev:batch {{table: {table}, key: id}}\n{};",
                at.sql()
            )),
        );
    }
}
