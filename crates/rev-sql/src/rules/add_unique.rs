//! A unique constraint that is added to a table is built while nobody else can use it.
//!
//! ## Problem
//!
//! The index is built under ACCESS EXCLUSIVE, and the statement fails where duplicates are found.
//!
//! ## Safe way
//!
//! Build a unique index CONCURRENTLY and attach it with USING INDEX.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
//! ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
//! ```

use crate::alter_table::ConstraintKind;
use crate::lint::{At, Problem, Severity};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, constraint) in at.added_constraints() {
        if constraint.kind == ConstraintKind::Unique && !constraint.using_index {
            let default = format!("{}_{}_key", table.name, constraint.columns.join("_"));
            let name = constraint.name.clone().unwrap_or(default);
            problems.push(super::unique_index_first(
                table, constraint, &name, "UNIQUE",
            ));
        }
    }
}
