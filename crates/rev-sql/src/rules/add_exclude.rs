//! An exclusion constraint is built while nobody else can use the table.
//!
//! ## Problem
//!
//! EXCLUDE knows neither NOT VALID nor a concurrent index: the whole build happens under ACCESS EXCLUSIVE.
//!
//! ## Safe way
//!
//! Make a new table with the constraint, copy the rows in batches and swap the two; or run it in a maintenance
//! window and accept the finding.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE bookings_new (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));
//! ```

use crate::alter_table::ConstraintKind;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, constraint) in at.added_constraints() {
        if constraint.kind == ConstraintKind::Exclude {
            problems.push(problem(
                format!("the exclusion constraint's index is built while reads and writes of `{table}` wait"),
                "there is no concurrent form: use a new table and a copy, or a maintenance window",
            ));
        }
    }
}
