//! For tests: throw-away Postgres, projects in temporary folders, snapshot filters.

mod server;

pub use server::{Database, Server, fresh_database, server, skipped};
