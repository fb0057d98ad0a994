//! The locks that a statement takes, what they block, and whether the table is read or written anew meanwhile.
//!
//! What stands here was measured: each statement form was run on real servers of several majors and `pg_locks`,
//! the table's file and its scan counters were compared with these answers (`tests/locks.rs` does it again).
//! Where the answer depends on something the text does not say, such as the column's old type, it says so
//! ([`Work::certain`], [`Locks::depends`]); where nothing is known, [`Locks::known`] is false.
//!
//! Locks of plain reading (ACCESS SHARE) are left out: they stand in the way of nothing but ACCESS EXCLUSIVE.

use std::fmt;

use crate::alter_table::{Constraint, ConstraintKind};
use crate::classify::{Class, Facts, facts_of, option_is_on};
use crate::cursor::Cursor;
use crate::name::Name;
use crate::token::{Token, significant};

mod alter;
mod create_table;
mod mode;
mod volatility;

pub use mode::LockMode;
pub(crate) use volatility::{Volatility, is_builtin_type, volatility};

/// What a statement locks and does to the tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locks {
    /// The strongest lock on each relation.
    pub taken: Vec<Lock>,
    /// The long work that is done while the locks are held.
    pub work: Vec<Work>,
    /// What else may be locked, in words: "if it is a foreign key: ACCESS EXCLUSIVE on the table it refers to".
    pub depends: Vec<String>,
    /// Whether the statement is one that this table of locks knows.
    pub known: bool,
}

/// One lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// On what.
    pub relation: Relation,
    /// How strong.
    pub mode: LockMode,
}

/// Something that is locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// A table, view, materialized view, sequence or index by name.
    Named(Name),
    /// One that the statement does not name, in words: "the table of index i".
    Unnamed(String),
}

/// Long work on a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What is done.
    pub kind: WorkKind,
    /// To what.
    pub relation: Relation,
    /// Whether it is done for sure; otherwise `why` says on what it hangs.
    pub certain: bool,
    /// The reason, as the end of a sentence: "because …".
    pub why: &'static str,
}

/// The kinds of long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkKind {
    /// Every row is read.
    Scan,
    /// Every row is read and an index is built.
    IndexBuild,
    /// Every row and every index is written anew.
    Rewrite,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Relation::Named(name) => name.fmt(f),
            Relation::Unnamed(words) => f.write_str(words),
        }
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{} on {} (blocks {})",
            self.mode,
            self.relation,
            self.mode.blocks()
        )
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let may = if self.certain { "" } else { "may " };
        let (does, does_plural) = match self.kind {
            WorkKind::Scan => ("scans", "scan"),
            WorkKind::IndexBuild => ("builds an index on", "build an index on"),
            WorkKind::Rewrite => ("rewrites", "rewrite"),
        };
        let verb = if self.certain { does } else { does_plural };
        write!(f, "{may}{verb} {} ({})", self.relation, self.why)
    }
}

/// Everything in one line, for people.
impl fmt::Display for Locks {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let parts: Vec<String> = self
            .taken
            .iter()
            .map(Lock::to_string)
            .chain(self.work.iter().map(Work::to_string))
            .chain(self.depends.iter().cloned())
            .collect();
        match (parts.is_empty(), self.known) {
            (true, true) => f.write_str("locks nothing that others use"),
            (true, false) => f.write_str("its locks are not known"),
            (false, true) => f.write_str(&parts.join("; ")),
            (false, false) => write!(f, "{}; what else it locks is not known", parts.join("; ")),
        }
    }
}

impl Locks {
    /// Returns the strongest lock on any relation.
    pub fn strongest(&self) -> Option<&Lock> {
        self.taken.iter().max_by_key(|lock| lock.mode)
    }

    /// Returns the heaviest work.
    pub fn heaviest(&self) -> Option<&Work> {
        self.work
            .iter()
            .max_by_key(|work| (work.certain, work.kind))
    }

    /// Tells whether something that is read or written by others waits for long: a strong lock that is held over work
    /// which certainly grows with the table.
    pub fn stalls(&self) -> bool {
        self.taken.iter().any(|lock| lock.mode.blocks_writes())
            && self.work.iter().any(|work| work.certain)
    }

    /// Leaves out whatever concerns these tables. Nobody else sees a table before the transaction that makes it
    /// commits, so its locks and scans hurt nobody.
    pub fn without(mut self, new_tables: &[Name]) -> Self {
        let is_new = |relation: &Relation| match relation {
            Relation::Named(name) => new_tables.iter().any(|table| table.may_be(name)),
            Relation::Unnamed(_) => false,
        };
        self.taken.retain(|lock| !is_new(&lock.relation));
        self.work.retain(|work| !is_new(&work.relation));
        self
    }

    fn lock(&mut self, relation: Relation, mode: LockMode) {
        match self.taken.iter_mut().find(|lock| lock.relation == relation) {
            Some(lock) => lock.mode = lock.mode.max(mode),
            None => self.taken.push(Lock { relation, mode }),
        }
    }

    fn lock_all(&mut self, names: &[Name], mode: LockMode) {
        for name in names {
            self.lock(Relation::Named(name.clone()), mode);
        }
    }

    fn work(&mut self, kind: WorkKind, relation: Relation, why: &'static str) {
        self.add_work(Work {
            kind,
            relation,
            certain: true,
            why,
        });
    }

    fn may_work(&mut self, kind: WorkKind, relation: Relation, why: &'static str) {
        self.add_work(Work {
            kind,
            relation,
            certain: false,
            why,
        });
    }

    /// Several actions of one statement may do the same.
    fn add_work(&mut self, work: Work) {
        if !self.work.contains(&work) {
            self.work.push(work);
        }
    }

    fn depends_on(&mut self, words: &str) {
        if !self.depends.iter().any(|known| known == words) {
            self.depends.push(words.to_owned());
        }
    }
}

fn unnamed(words: impl Into<String>) -> Relation {
    Relation::Unnamed(words.into())
}

/// Returns the locks that the statement takes on a server of this major version.
pub fn locks(sql: &str, server_major: u32) -> Locks {
    let tokens = significant(sql);
    locks_of(&tokens, &facts_of(&tokens), server_major)
}

pub(crate) fn locks_of(tokens: &[Token], facts: &Facts, major: u32) -> Locks {
    let mut locks = Locks {
        known: true,
        ..Locks::default()
    };
    let mut cursor = Cursor::new(tokens);
    let Some(first) = cursor.next() else {
        return locks;
    };
    match first.text.to_ascii_lowercase().as_str() {
        "create" => create(&mut locks, cursor, facts),
        "alter" => alter(&mut locks, cursor, facts, major),
        "drop" => drop(&mut locks, cursor, facts),
        "comment" | "security" => comment(&mut locks, facts),
        "truncate" => {
            locks.lock_all(&facts.targets, LockMode::AccessExclusive);
            if cursor.has(&["cascade"]) {
                locks.lock(
                    unnamed("every table with a foreign key to it"),
                    LockMode::AccessExclusive,
                );
            }
        }
        "vacuum" | "analyze" | "analyse" | "cluster" | "reindex" | "refresh" | "repack" => {
            maintenance(&mut locks, cursor, facts);
        }
        "lock" => match mode::parse_mode(cursor) {
            Some(mode) => locks.lock_all(&facts.targets, mode),
            None => locks.lock_all(&facts.targets, LockMode::AccessExclusive),
        },
        "reassign" | "import" => locks.known = false,
        "select" if facts.class == Class::Query && cursor.has(&["for"]) => {
            if let Some(mut from) = cursor.find(&["from"]) {
                locks.lock_all(&from.names(), LockMode::RowShare);
            }
        }
        _ => match facts.class {
            Class::Dml => locks.lock_all(&facts.targets, LockMode::RowExclusive),
            Class::Code | Class::Unknown => locks.known = false,
            _ => {}
        },
    }
    locks
}

fn create(locks: &mut Locks, mut cursor: Cursor, facts: &Facts) {
    let table = || facts.targets.first().cloned().map(Relation::Named);
    match facts.object {
        Some("table" | "foreign table") => create_table::locks(locks, cursor),
        Some("index") => {
            let Some(table) = table() else { return };
            if facts.concurrent_index.is_some() {
                locks.lock(table.clone(), LockMode::ShareUpdateExclusive);
            } else {
                locks.lock(table.clone(), LockMode::Share);
            }
            locks.work(WorkKind::IndexBuild, table, "every row goes into the index");
        }
        Some("trigger") => {
            if let Some(table) = table() {
                locks.lock(table, LockMode::ShareRowExclusive);
            }
        }
        Some("policy" | "rule") => {
            if let Some(table) = table() {
                locks.lock(table, LockMode::AccessExclusive);
            }
        }
        Some("view") => {
            if cursor.eat(&["or", "replace"]) {
                // Only where it is there already.
                locks.lock_all(&facts.targets, LockMode::AccessExclusive);
            }
        }
        Some("statistics") => {
            if let Some(mut from) = cursor.find(&["from"]) {
                locks.lock_all(&from.names(), LockMode::ShareUpdateExclusive);
            }
        }
        Some("publication") => publication(locks, cursor),
        Some("extension") => locks.depends_on("and whatever the extension's script locks"),
        Some(_) => {}
        None => locks.known = false,
    }
}

fn publication(locks: &mut Locks, cursor: Cursor) {
    let Some(mut tables) = cursor.find(&["table"]) else {
        return;
    };
    loop {
        tables.eat(&["only"]);
        let Some(name) = tables.name() else { break };
        locks.lock(Relation::Named(name), LockMode::ShareUpdateExclusive);
        tables.parenthesized();
        if tables.eat(&["where"]) {
            tables.parenthesized();
        }
        if !tables.eat_kind(squawk_lexer::TokenKind::Comma) {
            break;
        }
        tables.eat(&["table"]);
    }
}

fn alter(locks: &mut Locks, cursor: Cursor, facts: &Facts, major: u32) {
    let target = facts.targets.first().cloned();
    match facts.object {
        Some(
            "table" | "foreign table" | "materialized view" | "view" | "index" | "sequence"
            | "type",
        ) => {
            let Some(target) = target else {
                locks.known = false;
                return;
            };
            alter::locks(locks, cursor, facts, &target, major);
        }
        Some("trigger" | "policy" | "rule") => {
            locks.lock_all(&facts.targets, LockMode::AccessExclusive)
        }
        Some("domain") => {
            let users = || unnamed("every table with a column of that domain");
            let checks = cursor.has(&["add"]) && !cursor.has(&["not", "valid"]);
            if checks || cursor.has(&["set", "not", "null"]) || cursor.has(&["validate"]) {
                locks.lock(users(), LockMode::Share);
                locks.work(WorkKind::Scan, users(), "stored values are checked");
            }
        }
        Some("publication") => {
            publication(locks, cursor);
            if cursor.has(&["set", "table"]) {
                locks.depends_on("if tables leave the publication: SHARE UPDATE EXCLUSIVE on them");
            }
        }
        Some("extension") => locks.depends_on("and whatever the extension's script locks"),
        Some(_) => {}
        None => locks.known = facts.verb == "ALTER DEFAULT PRIVILEGES",
    }
}

fn drop(locks: &mut Locks, cursor: Cursor, facts: &Facts) {
    let cascade = cursor.has(&["cascade"]);
    match facts.object {
        Some("index") => {
            for index in &facts.targets {
                let mode = match facts.concurrent_index {
                    Some(_) => LockMode::ShareUpdateExclusive,
                    None => LockMode::AccessExclusive,
                };
                locks.lock(unnamed(format!("the table of index {index}")), mode);
                locks.lock(Relation::Named(index.clone()), mode);
            }
        }
        Some("table" | "foreign table") => {
            locks.lock_all(&facts.targets, LockMode::AccessExclusive);
            locks
                .depends_on("if it has foreign keys: ACCESS EXCLUSIVE on the tables they refer to");
        }
        Some("view" | "materialized view" | "sequence" | "trigger" | "policy" | "rule") => {
            locks.lock_all(&facts.targets, LockMode::AccessExclusive);
        }
        Some("statistics") => {
            locks.lock(
                unnamed("the table of the statistics"),
                LockMode::ShareUpdateExclusive,
            );
        }
        Some("schema") if cascade => {
            locks.lock(
                unnamed("everything in the schema"),
                LockMode::AccessExclusive,
            );
        }
        Some("owned") => locks.lock(
            unnamed("everything that the role owns"),
            LockMode::AccessExclusive,
        ),
        Some("extension") => {
            locks.depends_on("if tables belong to the extension: ACCESS EXCLUSIVE on them")
        }
        Some(_) => {}
        None => locks.known = false,
    }
    if cascade {
        locks.depends_on("if tables depend on it: ACCESS EXCLUSIVE on them");
    }
}

fn comment(locks: &mut Locks, facts: &Facts) {
    let is_relation = matches!(
        facts.object,
        Some(
            "table"
                | "column"
                | "view"
                | "materialized view"
                | "index"
                | "sequence"
                | "foreign table"
        )
    );
    if is_relation {
        locks.lock_all(&facts.targets, LockMode::ShareUpdateExclusive);
    }
}

fn maintenance(locks: &mut Locks, mut cursor: Cursor, facts: &Facts) {
    let options = cursor.parenthesized().unwrap_or_default();
    let named = facts.targets.first().cloned().map(Relation::Named);
    let word = facts.verb.split(' ').next().unwrap_or_default();
    let target = || named.clone().unwrap_or_else(|| unnamed("every table"));
    match word {
        "VACUUM" if cursor.sees(&["full"]) || option_is_on(options, "full") => {
            locks.lock(target(), LockMode::AccessExclusive);
            locks.work(
                WorkKind::Rewrite,
                target(),
                "VACUUM FULL writes the table anew",
            );
        }
        "VACUUM" | "ANALYZE" | "ANALYSE" => locks.lock(target(), LockMode::ShareUpdateExclusive),
        "CLUSTER" => {
            locks.lock(target(), LockMode::AccessExclusive);
            locks.work(WorkKind::Rewrite, target(), "CLUSTER writes the table anew");
        }
        "REPACK" => {
            let concurrently = option_is_on(options, "concurrently");
            let mode = if concurrently {
                LockMode::ShareUpdateExclusive
            } else {
                LockMode::AccessExclusive
            };
            locks.lock(target(), mode);
            locks.work(WorkKind::Rewrite, target(), "REPACK writes the table anew");
        }
        "REFRESH" => {
            let concurrently = cursor.has(&["concurrently"]);
            let mode = if concurrently {
                LockMode::Exclusive
            } else {
                LockMode::AccessExclusive
            };
            locks.lock(target(), mode);
            let kind = if concurrently {
                WorkKind::Scan
            } else {
                WorkKind::Rewrite
            };
            locks.work(kind, target(), "the query runs anew");
        }
        _ => {
            let concurrently = facts.concurrent_index.is_some();
            let mode = if concurrently {
                LockMode::ShareUpdateExclusive
            } else {
                LockMode::Share
            };
            match (facts.object, &facts.targets[..]) {
                (Some("index"), [index, ..]) => {
                    let table = || unnamed(format!("the table of index {index}"));
                    locks.lock(table(), mode);
                    if !concurrently {
                        locks.lock(Relation::Named(index.clone()), LockMode::AccessExclusive);
                    }
                    locks.work(WorkKind::IndexBuild, table(), "the index is built anew");
                }
                (Some("table"), [table, ..]) => {
                    locks.lock(Relation::Named(table.clone()), mode);
                    if !concurrently {
                        locks.lock(
                            unnamed(format!("the indexes of {table}")),
                            LockMode::AccessExclusive,
                        );
                    }
                    locks.work(
                        WorkKind::IndexBuild,
                        Relation::Named(table.clone()),
                        "its indexes are built anew",
                    );
                }
                _ => {
                    locks.lock(unnamed("every table"), mode);
                    locks.work(
                        WorkKind::IndexBuild,
                        unnamed("every table"),
                        "all indexes are built anew",
                    );
                }
            }
        }
    }
}

/// What a constraint that joins a table costs.
fn add_constraint(locks: &mut Locks, table: &Name, constraint: &Constraint, major: u32) {
    let this = || Relation::Named(table.clone());
    match constraint.kind {
        ConstraintKind::ForeignKey => {
            locks.lock(this(), LockMode::ShareRowExclusive);
            if !constraint.not_valid {
                locks.work(
                    WorkKind::Scan,
                    this(),
                    "every row must find its counterpart",
                );
            }
            if let Some(referenced) = &constraint.references {
                let other = || Relation::Named(referenced.clone());
                locks.lock(other(), LockMode::ShareRowExclusive);
                if !constraint.not_valid {
                    locks.may_work(
                        WorkKind::Scan,
                        other(),
                        "its keys are looked up for every row",
                    );
                }
            }
        }
        ConstraintKind::Check => {
            locks.lock(this(), LockMode::AccessExclusive);
            if !constraint.not_valid {
                locks.work(WorkKind::Scan, this(), "every row is checked");
            }
        }
        ConstraintKind::NotNull => {
            locks.lock(this(), LockMode::AccessExclusive);
            if !(constraint.not_valid && major >= 18) {
                locks.may_work(
                    WorkKind::Scan,
                    this(),
                    "every row is checked, unless a valid CHECK proves it",
                );
            }
        }
        ConstraintKind::Unique | ConstraintKind::PrimaryKey if constraint.using_index => {
            locks.lock(this(), LockMode::AccessExclusive);
            if constraint.kind == ConstraintKind::PrimaryKey {
                locks.may_work(
                    WorkKind::Scan,
                    this(),
                    "its columns must be NOT NULL, and are checked if they are not yet",
                );
            }
        }
        ConstraintKind::Unique | ConstraintKind::PrimaryKey | ConstraintKind::Exclude => {
            locks.lock(this(), LockMode::AccessExclusive);
            locks.work(
                WorkKind::IndexBuild,
                this(),
                "the constraint's index is built",
            );
        }
    }
}

/// Returns the tables that a statement makes: nobody else sees them before the commit. See [`Locks::without`].
pub fn created_tables(sql: &str) -> Vec<Name> {
    let tokens = significant(sql);
    created_by(&tokens, &facts_of(&tokens))
}

pub(crate) fn created_by(tokens: &[Token], facts: &Facts) -> Vec<Name> {
    let is_create = tokens.first().is_some_and(|token| token.is("create"));
    match facts.object {
        // IF NOT EXISTS may meet an old table.
        Some("table" | "materialized view" | "foreign table")
            if is_create && !Cursor::new(tokens).has(&["if", "not", "exists"]) =>
        {
            facts.targets.clone()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_in_words() {
        let check = |major: u32, sql: &str, expected: &str| {
            assert_eq!(locks(sql, major).to_string(), expected, "{sql}");
        };
        check(
            15,
            "ALTER TABLE s.t ADD COLUMN u uuid DEFAULT gen_random_uuid()",
            "ACCESS EXCLUSIVE on s.t (blocks reads and writes); rewrites s.t (the default gives another value for every row)",
        );
        check(
            15,
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "SHARE UPDATE EXCLUSIVE on t (blocks other schema changes and vacuum, not reads or writes); builds an index on t (every row goes into the index)",
        );
        check(
            15,
            "DROP INDEX i",
            "ACCESS EXCLUSIVE on the table of index i (blocks reads and writes); ACCESS EXCLUSIVE on i (blocks reads and writes)",
        );
        check(
            15,
            "ALTER TABLE t ALTER a TYPE varchar(40)",
            "ACCESS EXCLUSIVE on t (blocks reads and writes); may rewrite t (unless the column is a varchar of at most that length already)",
        );
        check(
            15,
            "GRANT SELECT ON t TO r",
            "locks nothing that others use",
        );
        check(15, "DO $$ BEGIN END $$", "its locks are not known");
        check(
            15,
            "ALTER TABLE t FROBNICATE",
            "ACCESS EXCLUSIVE on t (blocks reads and writes); what else it locks is not known",
        );
    }

    #[test]
    fn majors_differ() {
        let rewrites = |major| {
            !locks("ALTER TABLE t ADD c int GENERATED ALWAYS AS (a)", major)
                .work
                .is_empty()
        };
        assert!(rewrites(17) && !rewrites(18));
        let partition = |major| {
            let locks = locks("ALTER TABLE p DETACH PARTITION c", major);
            let is_partition = |lock: &&Lock| {
                lock.relation
                    == Relation::Named(Name {
                        schema: None,
                        name: "c".into(),
                    })
            };
            locks.taken.iter().find(is_partition).map(|lock| lock.mode)
        };
        assert_eq!(partition(13), Some(LockMode::ShareUpdateExclusive));
        assert_eq!(partition(14), Some(LockMode::AccessExclusive));
    }

    #[test]
    fn new_tables_hurt_nobody() {
        let new = created_tables("CREATE TABLE shop.t (id int)");
        assert_eq!(created_tables("CREATE TABLE IF NOT EXISTS t (id int)"), []);
        let left = locks("ALTER TABLE shop.t ADD FOREIGN KEY (a) REFERENCES o", 15).without(&new);
        assert_eq!(
            left.to_string(),
            "SHARE ROW EXCLUSIVE on o (blocks writes); may scan o (its keys are looked up for every row)"
        );
        assert!(!left.stalls());
    }
}
