//! A new column with a default and a foreign key makes the server look up every row.
//!
//! ## Problem
//!
//! All rows get the default at once, so each must find its counterpart. Writes to both tables wait meanwhile, and
//! reads of the first.
//!
//! ## Safe way
//!
//! Add the column, then the foreign key NOT VALID, then VALIDATE it. Without a default there is nothing to look up,
//! and only a short lock on both tables is left.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders ADD COLUMN region_id int DEFAULT 1 REFERENCES regions (id);
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE orders ADD COLUMN region_id int DEFAULT 1;
//! ALTER TABLE orders ADD CONSTRAINT orders_region FOREIGN KEY (region_id) REFERENCES regions (id) NOT VALID;
//! ALTER TABLE orders VALIDATE CONSTRAINT orders_region;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns() {
        let Some(referenced) = &column.references else {
            continue;
        };
        let is_filled = column
            .default
            .as_ref()
            .is_some_and(|default| !default.eq_ignore_ascii_case("null"));
        if is_filled {
            problems.push(problem(
                format!(
                    "every row of `{table}` is looked up in `{referenced}` while both are locked"
                ),
                "add the column alone, then the foreign key as NOT VALID, then VALIDATE it",
            ));
        }
    }
}
