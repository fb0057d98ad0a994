//! A foreign key that is added to a table looks up every row while both tables are locked.
//!
//! ## Problem
//!
//! SHARE ROW EXCLUSIVE is held on the table and on the one it refers to until every row has found its counterpart:
//! writes to both wait.
//!
//! ## Safe way
//!
//! Add it NOT VALID, which takes the same locks for a moment only. Then VALIDATE it, beside reads and writes. On a
//! partitioned table NOT VALID works from PostgreSQL 18 on.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
//! ALTER TABLE orders VALIDATE CONSTRAINT orders_user;
//! ```

use crate::alter_table::{ConstraintKind, TableAction};
use crate::lint::{At, Problem, Severity, problem};
use crate::quote_ident;

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::AddConstraint(constraint) = &action.action else {
            continue;
        };
        if constraint.kind != ConstraintKind::ForeignKey || constraint.not_valid {
            continue;
        }
        let referenced = constraint
            .references
            .as_ref()
            .map_or_else(String::new, |name| format!(" and `{name}`"));
        let found = problem(
            format!(
                "every row of `{table}` is looked up while writes to `{table}`{referenced} wait"
            ),
            "add it NOT VALID, then VALIDATE it in a statement of its own",
        );
        problems.push(match &constraint.name {
            Some(name) => {
                let name = quote_ident(name);
                found.safe(format!(
                    "ALTER TABLE {table} {} NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {name};",
                    action.text
                ))
            }
            None => found,
        });
    }
}
