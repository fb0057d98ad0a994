//! For tests: throw-away Postgres, projects in temporary folders, snapshot filters.

mod filters;
mod project;
mod server;

pub use filters::Filters;
pub use project::{Output, TestProject, rev_program};
pub use server::{Database, Server, fresh_database, server, skipped};
