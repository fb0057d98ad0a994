//! A table without a primary key cannot be replicated or walked.
//!
//! ## Problem
//!
//! Logical replication refuses its updates and deletes, batches have no key to go along, and duplicate rows cannot
//! be told apart.
//!
//! ## Safe way
//!
//! Give it one, if need be an identity column.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE visits (at timestamptz NOT NULL);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL);
//! ```

use crate::alter_table::ConstraintKind;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let Some((columns, constraints)) = at.definition() else {
        return;
    };
    let Some(table) = at.facts().targets.first() else {
        return;
    };
    let cursor = at.cursor();
    let has_key = columns.iter().any(|column| column.primary_key)
        || constraints
            .iter()
            .any(|constraint| constraint.kind == ConstraintKind::PrimaryKey);
    let is_other = ["temp", "temporary", "inherits"]
        .iter()
        .any(|word| cursor.has(&[word]));
    // pg_dump adds the key afterwards.
    let comes_later = at.script[at.index + 1..].iter().any(|later| {
        later.facts.verb == "ALTER TABLE"
            && later
                .facts
                .targets
                .iter()
                .any(|target| target.may_be(table))
            && later
                .statement
                .sql
                .to_ascii_lowercase()
                .contains("primary key")
    });
    if !has_key && !is_other && !comes_later && !columns.is_empty() {
        problems.push(problem(
            format!("`{table}` has no primary key"),
            "give it one",
        ));
    }
}
