//! A CHECK that is added to a table reads every row while nobody else can.
//!
//! ## Problem
//!
//! The server verifies all rows under an ACCESS EXCLUSIVE lock: reads and writes wait until the scan is done.
//!
//! ## Safe way
//!
//! Add the constraint NOT VALID, which only looks at rows written from now on and is done in a moment. Then
//! VALIDATE it: that scan runs beside reads and writes. `rev` runs the two in transactions of their own.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;
//! ALTER TABLE orders VALIDATE CONSTRAINT orders_total;
//! ```

use crate::alter_table::ConstraintKind;
use crate::lint::{At, Problem, Severity, problem};
use crate::quote_ident;

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, constraint) in at.added_constraints() {
        if constraint.kind != ConstraintKind::Check || constraint.not_valid {
            continue;
        }
        let name = match &constraint.name {
            Some(name) => quote_ident(name).into_owned(),
            None => quote_ident(&format!("{}_check", table.name)).into_owned(),
        };
        problems.push(
            problem(
                format!("every row of `{table}` is checked while reads and writes wait"),
                "add it NOT VALID, then VALIDATE it in a statement of its own",
            )
            .safe(format!(
                "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({}) NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {name};",
                constraint.expression
            )),
        );
    }
}
