//! char(n) pads its values with blanks.
//!
//! ## Problem
//!
//! The padding is stored, sent and compared in ways that surprise, and it is no faster.
//!
//! ## Safe way
//!
//! Use text, with a CHECK on the length where one is needed.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE countries (code char(2) PRIMARY KEY);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE countries (code text PRIMARY KEY);
//! ```

use squawk_linter::Rule;

use crate::lint::{At, Problem, Severity};
use crate::squawk;

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let is_near = at.subject.tokens.iter().any(|token| {
        ["char", "character", "bpchar"]
            .iter()
            .any(|word| token.is(word))
    });
    if is_near {
        squawk::report(at, Rule::BanCharField, problems);
    }
}
