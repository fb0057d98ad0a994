//! A new enum value without BEFORE or AFTER goes to the end.
//!
//! ## Problem
//!
//! Values compare and sort in the order of the type. At the end may be wrong, and cannot be changed later.
//!
//! ## Safe way
//!
//! Say where it belongs.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TYPE mood ADD VALUE 'fine';
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok';
//! ```

use squawk_linter::Rule;

use crate::lint::{At, Problem, Severity};
use crate::squawk;

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at.facts().adds_enum_value.is_some() {
        squawk::report(at, Rule::RequireEnumValueOrdering, problems);
    }
}
