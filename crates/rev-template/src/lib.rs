//! The text of a revision file, written and read.
//!
//! A revision file is SQL with a YAML header in its first block comment, followed by two sections:
//!
//! ```sql
//! /*
//! revision: 3f2a9c1b7d10
//! down_revision: 9a0b1c2d3e4f
//! message: Add user preferences
//! create_date: 2026-11-20T14:23:00Z
//! branch_labels: []
//! depends_on: []
//! */
//!
//! -- rev:upgrade
//!
//! ALTER TABLE users ADD COLUMN theme text;
//!
//! -- rev:downgrade
//!
//! ALTER TABLE users DROP COLUMN theme;
//! ```
//!
//! Writing and reading live side by side so that one can be tested against the other: [`render()`] followed
//! by [`parse()`] gives the same header and the same sections back, whatever the message holds.
//!
//! A history of many thousand files is read at every start, but only its headers are: [`parse_header`] reads
//! what `rev` itself writes without a YAML parser, and asks the YAML parser about everything else.
//!
//! Nothing here knows files, clocks or the graph.

mod draft;
pub mod embedded;
mod error;
mod file_name;
mod header;
mod id;
mod parse;
mod render;
mod slug;
mod yaml;

pub use draft::{Draft, Header, RevisionFile, Section};
pub use error::{ParseError, RenderError};
pub use file_name::{DEFAULT_FILE_NAME, file_name};
pub use header::{header_end, parse_header};
pub use id::new_id;
pub use parse::parse;
pub use render::{DEFAULT_TEMPLATE, render};
pub use slug::slug;
