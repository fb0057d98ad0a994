//! A new column with a CHECK makes the server read every row while nobody else can.
//!
//! ## Problem
//!
//! A CHECK that comes with the column is verified on all rows under ACCESS EXCLUSIVE, even where every row gets the
//! same default.
//!
//! ## Safe way
//!
//! Add the column without it, then the constraint NOT VALID, then VALIDATE it.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders ADD COLUMN rating int DEFAULT 3 CHECK (rating BETWEEN 1 AND 5);
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE orders ADD COLUMN rating int DEFAULT 3;
//! ALTER TABLE orders ADD CONSTRAINT orders_rating CHECK (rating BETWEEN 1 AND 5) NOT VALID;
//! ALTER TABLE orders VALIDATE CONSTRAINT orders_rating;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns().filter(|(_, column)| column.check) {
        problems.push(problem(
            format!("every row of `{table}` is checked for the new column `{}` while reads and writes wait", column.name),
            "add the column alone, then the CHECK as NOT VALID, then VALIDATE it",
        ));
    }
}
