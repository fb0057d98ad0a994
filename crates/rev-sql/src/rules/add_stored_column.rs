//! A stored generated column rewrites the table.
//!
//! ## Problem
//!
//! Its value is computed for every row, so the table and all its indexes are written anew under ACCESS EXCLUSIVE.
//!
//! ## Safe way
//!
//! From PostgreSQL 18 on a VIRTUAL generated column costs nothing. Before, add a plain column, keep it up to date
//! with a trigger, and fill old rows in batches.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE items ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) STORED;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE items ADD COLUMN gross numeric;
//! ```

use crate::alter_table::Generated;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns() {
        let is_stored = match column.generated {
            Some(Generated::Stored) => true,
            Some(Generated::Unsaid) => at.major < 18,
            _ => false,
        };
        if is_stored {
            let help = match at.major {
                18.. => "make it VIRTUAL, or a plain column with a trigger, filled in batches",
                _ => "use a plain column with a trigger, filled in batches",
            };
            problems.push(problem(
                format!("`{table}` is rewritten to compute `{}` for every row while reads and writes wait", column.name),
                help,
            ));
        }
    }
}
