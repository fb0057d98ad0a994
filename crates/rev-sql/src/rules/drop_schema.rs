//! A dropped schema or database takes everything in it along.
//!
//! ## Problem
//!
//! All tables and their data are gone at once.
//!
//! ## Safe way
//!
//! Drop the objects one by one, or take a verified backup (`--backup`) and accept the finding.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! DROP SCHEMA billing CASCADE;
//! ```
//!
//! ```sql
//! -- safe
//! DROP TABLE billing.invoices;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at.is("DROP SCHEMA") || at.is("DROP DATABASE") || at.is("DROP OWNED") {
        let what: Vec<String> = at
            .facts()
            .targets
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let what = if what.is_empty() {
            "the role's objects".to_owned()
        } else {
            what.join(", ")
        };
        problems.push(problem(
            format!("everything in {what} is lost"),
            "drop the objects by name, or take a backup first",
        ));
    }
}
