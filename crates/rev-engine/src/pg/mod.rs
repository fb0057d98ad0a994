//! Speaking to Postgres: addresses, connections, and `rev`'s own tables.

pub mod address;
pub mod connect;
pub mod lock;
pub mod open;
mod passfile;
pub mod session;
pub mod sqlstate;
pub mod tables;

pub use address::Address;
pub use connect::{ConnectError, ConnectOptions, connect, connect_noting};
pub use open::connect_options;
pub use session::{Answer, Session, SessionError, TextRow};
pub use tables::{Books, State};
