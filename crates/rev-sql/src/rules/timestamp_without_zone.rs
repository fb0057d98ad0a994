//! timestamp without a time zone does not say which moment it means.
//!
//! ## Problem
//!
//! The same value is another moment for a session in another zone.
//!
//! ## Safe way
//!
//! Use timestamptz, which stores the moment and shows it in the session's zone.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE events (id bigint PRIMARY KEY, at timestamp NOT NULL);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz NOT NULL);
//! ```

use squawk_linter::Rule;

use crate::lint::{At, Problem, Severity};
use crate::squawk;

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at.subject.tokens.iter().any(|token| token.is("timestamp")) {
        squawk::report(at, Rule::PreferTimestampTz, problems);
    }
}
