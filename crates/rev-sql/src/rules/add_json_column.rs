//! A json column has no equality.
//!
//! ## Problem
//!
//! DISTINCT, GROUP BY, UNION and an index on such a column fail, and so do queries of frameworks that add DISTINCT
//! by themselves.
//!
//! ## Safe way
//!
//! Use jsonb. Keep json only where the text must come back exactly as it went in.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE events ADD COLUMN payload json;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE events ADD COLUMN payload jsonb;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let defined = at
        .definition()
        .map(|(columns, _)| columns)
        .unwrap_or_default();
    let added = at.added_columns().map(|(_, column)| column.clone());
    for column in defined.into_iter().chain(added) {
        if matches!(
            column.type_text.to_ascii_lowercase().as_str(),
            "json" | "json[]" | "pg_catalog.json"
        ) {
            problems.push(problem(
                format!(
                    "the column `{}` of type json cannot be compared, grouped or indexed",
                    column.name
                ),
                "use jsonb",
            ));
        }
    }
}
