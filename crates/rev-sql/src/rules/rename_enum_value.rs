//! Running code does not know an enum value's new name.
//!
//! ## Problem
//!
//! From the commit on, writing or comparing with the old name fails.
//!
//! ## Safe way
//!
//! Add a new value, change the rows, and leave the old value alone.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TYPE mood RENAME VALUE 'fine' TO 'good';
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TYPE mood ADD VALUE 'good' AFTER 'fine';
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at.is("ALTER TYPE") && at.cursor().has(&["rename", "value"]) {
        problems.push(problem(
            "code that still uses the old value fails",
            "add a new value and change the rows; the old value may stay",
        ));
    }
}
