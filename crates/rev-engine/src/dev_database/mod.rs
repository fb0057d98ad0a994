//! Databases for rehearsals: throw-away servers and scratch databases, always cleaned up.

mod binaries;
pub mod cluster;
mod sys;
mod template;

pub use binaries::{Binaries, find};
pub use cluster::{Cluster, ClusterError};
