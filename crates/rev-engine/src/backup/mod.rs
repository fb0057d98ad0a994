//! Backups that are proved, and restores that replace nothing before they are.
//!
//! *Taking one.* `pg_dump -Fc` runs under a snapshot that this process exported, and in that same snapshot the version
//! rows are read and every table's rows are counted and hashed. The manifest beside the dump therefore describes
//! exactly what the dump should contain. The manifest is written last: a dump without one is not a backup.
//!
//! *Proving one.* Size and SHA-256 show that the file is the one that was written; reading the whole archive shows that it can
//! be read; restoring it into a scratch database shows that it restores, that the schema reads the same
//! there as in the archive, and that every table has the rows that were hashed.
//!
//! *Restoring one.* The dump goes into a new database on the same server, is compared with the manifest and looked over.
//! Only then two renames in one transaction put it in place, and only for those are clients disconnected. The
//! old database stays under another name. A process that dies at any moment leaves the old database in place or the new one.

mod client;
mod create;
mod digest;
mod error;
mod manifest;
mod properties;
mod restore;
mod schema_text;
mod space;
mod store;
mod verify;

pub use create::{CreateOptions, create};
pub use error::BackupError;
pub use manifest::{Manifest, TableDigest};
pub use restore::{RestoreOptions, RestoreReport, restore};
pub use store::{Backup, Retention, Store};
pub use verify::{Place, VerifyOptions, VerifyReport, verify};

/// Where backups go when nobody says where: in the folder that `rev` keeps out of version control.
pub const DEFAULT_DIRECTORY: &str = ".rev/backups";
