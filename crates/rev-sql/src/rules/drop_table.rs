//! A dropped table takes its data along, and running code breaks.
//!
//! ## Problem
//!
//! The rows are gone. Tables that it refers to, and those that refer to it, are locked with ACCESS EXCLUSIVE
//! meanwhile.
//!
//! ## Safe way
//!
//! Stop using the table and deploy that; drop its foreign keys one by one; move it to a schema for old things; drop
//! it in a later revision.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! DROP TABLE invoices;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE invoices SET SCHEMA attic;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if !(at.is("DROP TABLE") || at.is("DROP FOREIGN TABLE")) {
        return;
    }
    for table in at.facts().targets.iter().filter(|table| !at.is_new(table)) {
        problems.push(problem(
            format!("the data of `{table}` is lost, and code that still uses the table fails"),
            "drop it only after the code that uses it is gone everywhere",
        ));
    }
}
