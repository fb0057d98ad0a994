//! The lock modes of tables.

use std::fmt;

use crate::cursor::Cursor;

/// A table lock, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// Plain reading.
    AccessShare,
    /// SELECT … FOR UPDATE and its like.
    RowShare,
    /// INSERT, UPDATE, DELETE, MERGE.
    RowExclusive,
    /// VACUUM, CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT …
    ShareUpdateExclusive,
    /// CREATE INDEX.
    Share,
    /// CREATE TRIGGER, ADD FOREIGN KEY.
    ShareRowExclusive,
    /// REFRESH MATERIALIZED VIEW CONCURRENTLY.
    Exclusive,
    /// Most of ALTER TABLE.
    AccessExclusive,
}

const MODES: [(LockMode, &str, &str); 8] = [
    (
        LockMode::AccessShare,
        "ACCESS SHARE",
        "nothing but ACCESS EXCLUSIVE",
    ),
    (LockMode::RowShare, "ROW SHARE", "schema changes"),
    (
        LockMode::RowExclusive,
        "ROW EXCLUSIVE",
        "schema changes and index builds",
    ),
    (
        LockMode::ShareUpdateExclusive,
        "SHARE UPDATE EXCLUSIVE",
        "other schema changes and vacuum, not reads or writes",
    ),
    (LockMode::Share, "SHARE", "writes"),
    (LockMode::ShareRowExclusive, "SHARE ROW EXCLUSIVE", "writes"),
    (LockMode::Exclusive, "EXCLUSIVE", "writes"),
    (
        LockMode::AccessExclusive,
        "ACCESS EXCLUSIVE",
        "reads and writes",
    ),
];

impl LockMode {
    /// Returns the name as in SQL: `ACCESS EXCLUSIVE`.
    pub fn name(self) -> &'static str {
        MODES[self as usize].1
    }

    /// Returns in words what has to wait for it.
    pub fn blocks(self) -> &'static str {
        MODES[self as usize].2
    }

    /// Tells whether INSERT, UPDATE and DELETE wait for it.
    pub fn blocks_writes(self) -> bool {
        self >= LockMode::Share
    }

    /// Tells whether SELECT waits for it.
    pub fn blocks_reads(self) -> bool {
        self == LockMode::AccessExclusive
    }

    /// Returns the mode with the name that `pg_locks` uses, as in `AccessExclusiveLock`.
    pub fn from_catalog(name: &str) -> Option<LockMode> {
        let name = name.strip_suffix("Lock")?;
        MODES
            .iter()
            .map(|(mode, _, _)| *mode)
            .find(|mode| format!("{mode:?}") == name)
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads the mode of `LOCK TABLE … IN … MODE`.
pub(super) fn parse_mode(cursor: Cursor) -> Option<LockMode> {
    let cursor = cursor.find(&["in"])?;
    MODES
        .iter()
        .map(|(mode, name, _)| (*mode, name.to_ascii_lowercase()))
        .find_map(|(mode, name)| {
            let words: Vec<&str> = name.split(' ').chain(["mode"]).collect();
            cursor.sees(&words).then_some(mode)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for (index, (mode, name, _)) in MODES.iter().enumerate() {
            assert_eq!(*mode as usize, index);
            assert_eq!(
                LockMode::from_catalog(&format!("{mode:?}Lock")),
                Some(*mode)
            );
            assert_eq!(mode.name(), *name);
        }
        assert!(LockMode::Share.blocks_writes() && !LockMode::ShareUpdateExclusive.blocks_writes());
    }
}
