//! Which revisions exist, and which steps lead from here to there.
//!
//! A **revision** is one change with an id. It names its **parents** (`down_revision`); a revision without
//! one is a **base**, one without children a **head**, one with several children a **branch point**, one with
//! several parents a **merge point**. It may **depend on** others that must be applied first without being its
//! parents, and it may give the line it stands on a **branch label**.
//!
//! A database keeps its current revisions as **rows** of the version table. A **target** says where to go
//! (`head`, `+1`, `billing@head`, an id), and a [`Plan`] is the way there: ordered **steps**, each with the rows
//! it changes.
//!
//! This crate is pure: it reads no file, knows no database, no clock and no terminal. Everything is a function of
//! the revisions given, and the same input gives the same answer on every machine.
//!
//! ```
//! use rev_dag::{Revision, RevisionGraph};
//!
//! // users ← orders ← merge
//! //    └─── search ────┘
//! let revision = |id: &str, parents: &[&str]| Revision {
//!     down_revisions: parents.iter().map(|&parent| parent.into()).collect(),
//!     ..Revision::new(id)
//! };
//! let graph = RevisionGraph::new([
//!     revision("users", &[]),
//!     revision("orders", &["users"]),
//!     revision("search", &["users"]),
//!     revision("merge", &["orders", "search"]),
//! ])?;
//! assert_eq!(graph.heads(), ["merge"]);
//!
//! let plan = graph.plan_upgrade(&["orders".to_owned()], "head")?;
//! let steps: Vec<&str> = plan.steps.iter().map(|step| step.revision.as_str()).collect();
//! assert_eq!(steps, ["search", "merge"]);
//! assert_eq!(plan.rows_after(1), ["orders", "search"]);
//! assert_eq!(plan.heads_after(), ["merge"]);
//! # Ok::<(), rev_dag::GraphError>(())
//! ```

mod downgrade;
mod draw;
#[cfg(test)]
mod drawing;
mod error;
mod export;
mod graph;
mod id;
mod label;
mod layout;
mod marks;
mod order;
mod plan;
mod query;
mod range;
mod revision;
mod rows;
mod stamp;
mod target;

pub use draw::{Drawn, Node, Pen};
pub use error::GraphError;
pub use export::Standing;
pub use graph::RevisionGraph;
pub use id::RevisionId;
pub use layout::{Layout, Link, Place, PlacedNode};
pub use plan::{Action, Note, Plan, Step};
pub use revision::Revision;
pub use rows::RowChange;
pub use target::parse::{Offset, Range, Symbol, Target, parse as parse_target, parse_range};
