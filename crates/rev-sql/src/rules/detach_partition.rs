//! DETACH PARTITION locks the whole partitioned table.
//!
//! ## Problem
//!
//! ACCESS EXCLUSIVE is taken on the parent, the partition and the default partition: it waits for every running
//! query and everyone waits behind it.
//!
//! ## Safe way
//!
//! DETACH PARTITION … CONCURRENTLY (14 and later) takes weak locks. It does not work where there is a default
//! partition.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE events DETACH PARTITION events_2020;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::DetachPartition {
            partition,
            concurrently: false,
            finalize: false,
        } = &action.action
        else {
            continue;
        };
        if at.major < 14 {
            continue;
        }
        let found = problem(
            format!("reads and writes of `{table}` wait for this"),
            "detach it CONCURRENTLY, unless there is a default partition",
        );
        problems.push(match partition {
            Some(partition) => found.safe(format!(
                "ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;"
            )),
            None => found,
        });
    }
}
