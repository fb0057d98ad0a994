//! A column is set twice.
//!
//! ## Problem
//!
//! The statement is refused when it runs.
//!
//! ## Safe way
//!
//! Set each column once.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! UPDATE users SET name = 'a', name = 'b' WHERE id = 1;
//! ```
//!
//! ```sql
//! -- safe
//! UPDATE users SET name = 'a' WHERE id = 1;
//! ```

use squawk_linter::Rule;

use crate::lint::{At, Problem, Severity};
use crate::{Class, squawk};

pub(super) const SEVERITY: Severity = Severity::Error;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if matches!(at.facts().class, Class::Dml) || at.is("CREATE TABLE") {
        squawk::report(at, Rule::BanDuplicateColumnAssignments, problems);
    }
}
