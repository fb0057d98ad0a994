//! Two catalogues in, ordered statements out: the heart of autogenerate.
//!
//! [`catalog_script`] gives the queries, [`Catalog::load`] reads their rows, [`diff()`] compares two catalogues. Nothing
//! here opens a connection. Texts are compared as the server prints them, so both sides must come from servers of one
//! version with the same `search_path`.

mod acl;
mod catalog;
mod context;
mod coverage;
mod diff;
mod kinds;
mod name;
mod object;
mod online;
mod order;
#[cfg(test)]
mod page;
mod rebuild;
mod rename;
mod statement;

pub use catalog::{Catalog, CatalogError, CatalogQuery, catalog_script};
pub use context::{Pattern, Scope, Server};
pub use diff::{
    Changes, Destruction, DiffError, DiffOptions, NeedsDefault, PlannedStatement, SummaryLine, diff,
};
pub use kinds::{Kind, LIST as KINDS};
pub use object::{Address, Change, Example, Identity, Object, ObjectKind};
pub use rename::{Rename, RenameQuestion};
pub use statement::{Draft, Hazard};
