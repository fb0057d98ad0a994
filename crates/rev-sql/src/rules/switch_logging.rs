//! SET LOGGED and SET UNLOGGED write the whole table anew.
//!
//! ## Problem
//!
//! ACCESS EXCLUSIVE is held for as long as the copy takes. An unlogged table is emptied by a crash and is not
//! replicated.
//!
//! ## Safe way
//!
//! Decide when the table is made; later use a maintenance window.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE sessions SET UNLOGGED;
//! ```
//!
//! ```sql
//! -- safe
//! CREATE UNLOGGED TABLE sessions (id bigint PRIMARY KEY);
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::SetLogged { logged } = &action.action else {
            continue;
        };
        let loss = if *logged {
            ""
        } else {
            ", and a crash empties it from now on"
        };
        problems.push(problem(
            format!("`{table}` is written anew while reads and writes wait{loss}"),
            "decide this when the table is made, or use a maintenance window",
        ));
    }
}
