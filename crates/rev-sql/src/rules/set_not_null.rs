//! SET NOT NULL reads every row while nobody else can.
//!
//! ## Problem
//!
//! All rows are checked under ACCESS EXCLUSIVE, unless a valid CHECK says already that there is no NULL.
//!
//! ## Safe way
//!
//! Add `CHECK (column IS NOT NULL) NOT VALID`, VALIDATE it, then SET NOT NULL, which now reads nothing, and drop
//! the CHECK. From 18 on NOT NULL itself can be added NOT VALID and validated.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ALTER COLUMN email SET NOT NULL;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD CONSTRAINT users_email_not_null CHECK (email IS NOT NULL) NOT VALID;
//! ALTER TABLE users VALIDATE CONSTRAINT users_email_not_null;
//! ALTER TABLE users ALTER COLUMN email SET NOT NULL;
//! ALTER TABLE users DROP CONSTRAINT users_email_not_null;
//! ```

use crate::alter_table::{ConstraintKind, TableAction};
use crate::cursor::Cursor;
use crate::lint::{At, Problem, Severity, problem};
use crate::token::significant;
use crate::{Name, quote_ident};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let column = match &action.action {
            TableAction::SetNotNull { column } => column,
            TableAction::AddConstraint(constraint)
                if constraint.kind == ConstraintKind::NotNull && !constraint.not_valid =>
            {
                match constraint.columns.first() {
                    Some(column) => column,
                    None => continue,
                }
            }
            _ => continue,
        };
        if is_proved(at, table, column) {
            continue;
        }
        let (name, quoted) = (
            quote_ident(&format!("{}_{column}_not_null", table.name)).into_owned(),
            quote_ident(column),
        );
        let safe = if at.major >= 18 {
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {name} NOT NULL {quoted} NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {name};"
            )
        } else {
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL) NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {name};\nALTER TABLE {table} ALTER COLUMN {quoted} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {name};"
            )
        };
        problems.push(
            problem(
                format!("every row of `{table}` is checked for NULL in `{column}` while reads and writes wait"),
                "prove it first with a CHECK that is added NOT VALID and validated",
            )
            .safe(safe),
        );
    }
}

/// Tells whether the script adds and validates a CHECK that excludes NULL.
fn is_proved(at: &At, table: &Name, column: &str) -> bool {
    let actions = || {
        at.script[..at.index]
            .iter()
            .filter(|earlier| {
                earlier
                    .facts
                    .targets
                    .first()
                    .is_some_and(|target| target.may_be(table))
            })
            .flat_map(|earlier| earlier.actions())
    };
    actions().any(|action| {
        let TableAction::AddConstraint(constraint) = &action.action else { return false };
        let tokens = significant(&constraint.expression);
        let mut cursor = Cursor::new(&tokens);
        let excludes_null = cursor.ident().is_some_and(|name| name == column)
            && cursor.eat(&["is", "not", "null"])
            && cursor.is_done();
        let is_validated = !constraint.not_valid
            || actions().any(|later| {
                matches!(&later.action, TableAction::ValidateConstraint { name } if Some(name) == constraint.name.as_ref())
            });
        excludes_null && is_validated
    })
}
