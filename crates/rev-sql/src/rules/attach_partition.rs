//! ATTACH PARTITION reads the new partition, and the default partition, unless a CHECK proves them right.
//!
//! ## Problem
//!
//! The new partition and the default one are locked with ACCESS EXCLUSIVE while their rows are read. The parent
//! gets a weak lock only.
//!
//! ## Safe way
//!
//! Before, give the new partition a CHECK that matches its bounds (NOT VALID, then VALIDATE), and the default
//! partition one that excludes them. Then nothing is read. Drop the CHECKs afterwards.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE events_2026 ADD CONSTRAINT bounds CHECK (at >= '2026-01-01' AND at < '2027-01-01') NOT VALID;
//! ALTER TABLE events_2026 VALIDATE CONSTRAINT bounds;
//! ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
//! ```

use crate::alter_table::TableAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, action) in at.actions() {
        let TableAction::AttachPartition {
            partition: Some(partition),
            default: false,
        } = &action.action
        else {
            continue;
        };
        if at.is_new(partition) {
            continue;
        }
        // A constraint that this script puts on the partition is taken for the proof.
        let is_proved = at.script[..at.index].iter().any(|earlier| {
            earlier
                .facts
                .targets
                .first()
                .is_some_and(|target| target.may_be(partition))
                && earlier.facts.verb == "ALTER TABLE"
                && earlier
                    .statement
                    .sql
                    .to_ascii_lowercase()
                    .contains("constraint")
        });
        if !is_proved {
            problems.push(problem(
                format!("`{partition}` and the default partition of `{table}` are read under ACCESS EXCLUSIVE"),
                "give both a valid CHECK for the bounds first; then nothing is read",
            ));
        }
    }
}
