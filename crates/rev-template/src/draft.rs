//! What a revision file holds, as plain data.

use chrono::{DateTime, Utc};

/// The YAML header of a revision file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The identifier of this revision.
    pub revision: String,
    /// The parents: none for a base, several for a merge.
    pub down_revision: Vec<String>,
    /// What the revision is for, in the author's words.
    pub message: String,
    /// When it was written, to the second or finer.
    pub create_date: DateTime<Utc>,
    /// Names given to the line of revisions that starts here.
    pub branch_labels: Vec<String>,
    /// Revisions (or labels) that must be applied first without being parents.
    pub depends_on: Vec<String>,
    /// Why there is no way back, if there is none.
    pub irreversible: Option<String>,
    /// The revisions that this one stands for after a squash.
    pub replaces: Vec<String>,
}

/// A revision that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The header.
    pub header: Header,
    /// SQL of the upgrade section; may be empty.
    pub upgrade: String,
    /// SQL of the downgrade section; may be empty.
    pub downgrade: String,
}

/// A revision file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFile {
    /// The header.
    pub header: Header,
    /// The SQL that leads forward.
    pub upgrade: Section,
    /// The SQL that leads back; `None` when the file has no such section.
    pub downgrade: Option<Section>,
}

/// One section of a revision file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its SQL without blank lines around it.
    pub text: String,
    /// The line of the file on which `text` starts, counted from 1.
    pub line: u32,
}
