//! What is known about a dump: the file `NAME.json` beside `NAME.dump`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The layout of manifests that this version writes.
pub(super) const FORMAT: u32 = 1;

/// Everything about a backup that is not in the dump itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout of this file.
    pub format: u32,
    /// The backup's name; its files are `NAME.json` and `NAME.dump`.
    pub name: String,
    /// The database that was dumped.
    pub database: String,
    /// `server_version_num`.
    pub server_version: u32,
    /// The identifier of the server's cluster, where the role may read it.
    pub system_identifier: Option<String>,
    /// The write-ahead log's position when the snapshot was taken.
    pub lsn: Option<String>,
    /// The version table.
    pub version_table: String,
    /// Its rows: the revisions that the dump is at.
    pub revisions: Vec<String>,
    /// Whether the dump has no rows.
    pub schema_only: bool,
    /// How the database was created.
    pub creation: Creation,
    /// Statements for what belongs to the database itself and is in no dump: settings, grants, comment.
    pub properties: Vec<Property>,
    /// Roles that own something or were granted something.
    pub roles: Vec<String>,
    /// Rows of every table, as they were in the snapshot; none where that was not asked for.
    pub tables: Option<Vec<TableDigest>>,
    /// Bytes of the dump.
    pub size: u64,
    /// SHA-256 of the dump, in hex.
    pub sha256: String,
    /// Bytes of the database.
    pub database_size: u64,
    /// When it was begun: the state it holds is of this moment.
    pub started_at: DateTime<Utc>,
    /// When it was done.
    pub finished_at: DateTime<Utc>,
    /// The version of `rev`.
    pub rev_version: String,
    /// What `pg_dump --version` printed.
    pub pg_dump_version: String,
    /// What the user noted.
    pub note: Option<String>,
}

/// What CREATE DATABASE needs to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// The encoding's name.
    pub encoding: String,
    /// `datcollate`.
    pub collate: String,
    /// `datctype`.
    pub ctype: String,
    /// `i` for ICU, `b` for the server's own, `c` for the system's; none before 15.
    pub provider: Option<String>,
    /// The locale of the first two.
    pub locale: Option<String>,
    /// The owner.
    pub owner: String,
    /// The tablespace, where it is not the default one.
    pub tablespace: Option<String>,
}

/// A statement with a hole for the database's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// What stands before the name.
    pub before: String,
    /// What stands after it.
    pub after: String,
}

/// The rows of one table, whatever their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDigest {
    /// The table, qualified and quoted where needed.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// The sum of their hashes.
    pub hash: String,
}
