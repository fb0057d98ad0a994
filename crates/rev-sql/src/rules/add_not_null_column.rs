//! A NOT NULL column without a default fails on a table that has rows.
//!
//! ## Problem
//!
//! The rows that are there would hold NULL, so the statement is refused. And code that does not know the column yet
//! cannot insert any more.
//!
//! ## Safe way
//!
//! Give it a default, or add it nullable, fill it, and set NOT NULL later.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ADD COLUMN locale text NOT NULL;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD COLUMN locale text NOT NULL DEFAULT 'en';
//! ```

use crate::lint::{At, Problem, Severity, problem};
use crate::lock::is_builtin_type;

pub(super) const SEVERITY: Severity = Severity::Error;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns() {
        let is_serial = column.type_text.to_ascii_lowercase().contains("serial");
        let is_filled =
            column.default.is_some() || column.identity || column.generated.is_some() || is_serial;
        // The type may be a domain with a default of its own.
        if column.not_null && !is_filled && is_builtin_type(&column.type_text) {
            problems.push(problem(
                format!("`{}` is NOT NULL and has no default: this fails as soon as `{table}` has a row", column.name),
                "give it a default, or add it nullable, fill it and set NOT NULL afterwards",
            ));
        }
    }
}
