//! Carrying plans out, so that nothing is ever half done.

pub mod around;
pub mod carry;
pub mod error;
pub mod execute;
pub mod identity;
pub mod interrupt;
pub(crate) mod load;
pub mod offline;
mod rights;
pub mod script;
pub mod segment;
pub mod settings;
pub mod stored;
mod verify;
mod watch;

pub use carry::{Consent, RunReport, StepReport};
pub use error::RunError;
pub use identity::Identity;
pub use interrupt::Interrupt;
pub use settings::RunSettings;
pub use stored::StoredRevision;
