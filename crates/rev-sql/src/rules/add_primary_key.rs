//! A primary key that is added to a table is built while nobody else can use it.
//!
//! ## Problem
//!
//! The index is built under ACCESS EXCLUSIVE, and columns that are not NOT NULL yet are checked as well.
//!
//! ## Safe way
//!
//! Make the columns NOT NULL first (see `set-not-null`), build a unique index CONCURRENTLY, and attach it with
//! USING INDEX.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON orders (id);
//! ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey;
//! ```

use crate::alter_table::ConstraintKind;
use crate::lint::{At, Problem, Severity};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, constraint) in at.added_constraints() {
        if constraint.kind == ConstraintKind::PrimaryKey && !constraint.using_index {
            let name = constraint
                .name
                .clone()
                .unwrap_or_else(|| format!("{}_pkey", table.name));
            problems.push(super::unique_index_first(
                table,
                constraint,
                &name,
                "PRIMARY KEY",
            ));
        }
    }
}
