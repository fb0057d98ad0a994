//! The engine on a real Postgres.

mod cluster;
mod embedded;
mod models;
mod validate;
