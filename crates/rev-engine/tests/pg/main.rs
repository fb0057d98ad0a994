//! The engine on a real Postgres.

mod backup;
mod cluster;
mod embedded;
mod models;
mod pieces;
mod proxy;
mod race;
mod upgrade;
mod validate;
mod world;
