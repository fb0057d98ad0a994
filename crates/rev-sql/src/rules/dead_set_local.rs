//! SET LOCAL before a statement that runs alone has no effect.
//!
//! ## Problem
//!
//! Outside of a transaction SET LOCAL is only a warning, and the next statement runs with the old setting. CREATE
//! INDEX CONCURRENTLY and its like always run outside of one.
//!
//! ## Safe way
//!
//! Use `-- rev:timeout {…}` before the statement for timeouts, and SET for other settings.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! SET LOCAL statement_timeout = '1h';
//! CREATE INDEX CONCURRENTLY users_email ON users (email);
//! ```
//!
//! ```sql
//! -- safe
//! -- rev:timeout {statement: 1h}
//! CREATE INDEX CONCURRENTLY users_email ON users (email);
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let is_local = at
        .facts()
        .setting
        .as_ref()
        .is_some_and(|setting| setting.local);
    let next = at.script[at.index + 1..]
        .iter()
        .find(|next| next.facts.setting.is_none());
    let Some(refusal) = next
        .and_then(|next| next.facts.refuses_transaction)
        .filter(|_| is_local)
    else {
        return;
    };
    problems.push(problem(
        format!(
            "the setting is gone before {refusal} starts, which runs outside of this transaction"
        ),
        "use `-- rev:timeout` before that statement, or SET without LOCAL",
    ));
}
