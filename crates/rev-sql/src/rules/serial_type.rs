//! serial has surprising ownership and rights.
//!
//! ## Problem
//!
//! It makes a sequence with rights of its own, a default that can be dropped and a name that renaming leaves
//! behind.
//!
//! ## Safe way
//!
//! Use an identity column.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE users (id bigserial PRIMARY KEY);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
//! ```

use squawk_linter::Rule;

use crate::lint::{At, Problem, Severity};
use crate::squawk;

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at
        .subject
        .tokens
        .iter()
        .any(|token| token.text.to_ascii_lowercase().contains("serial"))
    {
        squawk::report(at, Rule::PreferIdentity, problems);
    }
}
