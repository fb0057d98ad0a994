//! A new type for a column rewrites the table unless both types are stored alike.
//!
//! ## Problem
//!
//! The table and all its indexes are written anew under ACCESS EXCLUSIVE. No rewrite happens for text from varchar,
//! for a longer varchar, and for a numeric with more digits and the same scale; the old type is not known to this
//! rule.
//!
//! ## Safe way
//!
//! Add a second column of the new type, keep it in step with a trigger, fill it in batches, build its indexes
//! concurrently, and swap the two by renaming in one transaction.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE orders ALTER COLUMN id TYPE bigint;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE orders ADD COLUMN id_new bigint;
//! ```

use crate::WorkKind;
use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::AlterType {
            column, type_text, ..
        } = &action.action
        else {
            continue;
        };
        let why = at
            .subject
            .locks
            .work
            .iter()
            .find(|work| work.kind == WorkKind::Rewrite)
            .map_or("", |work| work.why);
        problems.push(problem(
            format!("`{table}.{column}` to {type_text} rewrites the table while reads and writes wait, {why}"),
            "fill a second column in batches and swap the two; accept this where the types are stored alike",
        ));
    }
}
