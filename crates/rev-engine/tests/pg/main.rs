//! The engine on a real Postgres.

mod backup;
mod cluster;
mod dev_database;
mod embedded;
mod first_process;
mod kill;
mod kinds;
mod library;
mod models;
mod pieces;
mod pooler;
mod progress;
mod proxy;
mod race;
mod roles;
mod servers;
mod stored;
mod upgrade;
mod validate;
mod world;
