//! A SECURITY DEFINER function without a search_path runs foreign code.
//!
//! ## Problem
//!
//! It runs with its owner's rights but with the caller's search_path: whoever can create a function or table in a
//! schema of that path decides what the names inside mean.
//!
//! ## Safe way
//!
//! Add `SET search_path = …` with the schemas that it needs and pg_temp last.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE FUNCTION promote(int) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE users SET role = 1 WHERE id = $1';
//! ```
//!
//! ```sql
//! -- safe
//! CREATE FUNCTION promote(int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'UPDATE users SET role = 1 WHERE id = $1';
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let cursor = at.cursor();
    if matches!(at.facts().object, Some("function" | "procedure"))
        && cursor.has(&["security", "definer"])
        && !cursor.has(&["set", "search_path"])
    {
        let name = at
            .facts()
            .targets
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        problems.push(problem(
            format!("`{name}` runs with its owner's rights and the caller's search_path"),
            "add `SET search_path = …, pg_temp` to it",
        ));
    }
}
