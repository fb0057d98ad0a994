//! BEGIN, COMMIT and ROLLBACK would break the transaction that rev itself keeps.
//!
//! ## Problem
//!
//! A revision and its row in the version table commit together. A COMMIT inside would tear them apart: half a
//! revision could stay without a trace.
//!
//! ## Safe way
//!
//! Leave them out. Statements that refuse a transaction are found and run alone.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! BEGIN;
//! ALTER TABLE users ADD COLUMN locale text;
//! COMMIT;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD COLUMN locale text;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Error;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at.facts().is_transaction_control {
        problems.push(problem(
            format!(
                "{} inside of a revision is refused: rev keeps the transaction itself",
                at.facts().verb
            ),
            "remove the line",
        ));
    }
}
