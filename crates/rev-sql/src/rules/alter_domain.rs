//! A constraint that is added to a domain reads every table that uses it.
//!
//! ## Problem
//!
//! SHARE is held on each such table while its rows are checked: writes to all of them wait.
//!
//! ## Safe way
//!
//! Add the constraint NOT VALID, which locks no table. VALIDATE still holds SHARE during its scan: run it when
//! writes can wait, or put the CHECK on the tables instead.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
//! ```
//!
//! ```sql
//! -- safe
//! ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let cursor = at.cursor();
    if !at.is("ALTER DOMAIN") {
        return;
    }
    let adds = cursor.has(&["add"]) && !cursor.has(&["not", "valid"]);
    if adds || cursor.has(&["set", "not", "null"]) {
        problems.push(problem(
            "every table with a column of that domain is read while writes to it wait",
            "add the constraint NOT VALID and VALIDATE it when writes can wait",
        ));
    }
}
