//! Databases for rehearsals: throw-away servers and scratch databases, always cleaned up.

mod binaries;
pub mod cluster;
mod embedded;
mod sys;
mod template;

pub use binaries::{Binaries, find};
pub use cluster::{Cluster, ClusterError};
pub use embedded::{Embedded, EmbeddedStatus};
