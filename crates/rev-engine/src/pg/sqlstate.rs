//! The SQLSTATEs that decide something, and what they mean for a runner.

use crate::error::DatabaseFault;

/// `lock_timeout` ran out.
pub const LOCK_NOT_AVAILABLE: &str = "55P03";
/// The server broke a deadlock.
pub const DEADLOCK: &str = "40P01";
/// A serializable transaction lost.
pub const SERIALIZATION_FAILURE: &str = "40001";
/// A statement was cancelled, by hand or by `statement_timeout`.
pub const QUERY_CANCELED: &str = "57014";
/// The table does not exist.
pub const UNDEFINED_TABLE: &str = "42P01";
/// The schema does not exist.
pub const INVALID_SCHEMA: &str = "3F000";
/// The text is no SQL.
pub const SYNTAX_ERROR: &str = "42601";
/// A new enum value is used in the transaction that added it.
pub const UNSAFE_NEW_ENUM_VALUE: &str = "55P04";
/// COMMIT or ROLLBACK inside a procedure that was called within a transaction.
pub const INVALID_TRANSACTION_TERMINATION: &str = "2D000";
/// A statement that refuses to run inside a transaction block.
pub const ACTIVE_SQL_TRANSACTION: &str = "25001";

impl DatabaseFault {
    /// The server is starting, stopping or full: the same attempt may succeed later.
    pub(crate) fn heals(&self) -> bool {
        match self.sqlstate.as_str() {
            "57P01" | "57P02" | "57P03" | "53300" => true,
            // PgBouncer has one code for all it says; these are about the server behind it.
            "08P01" | "58000" => {
                self.message.contains("server login") || self.message.contains("server_login")
            }
            _ => false,
        }
    }

    /// The user or the password was refused.
    pub(crate) fn is_about_login(&self) -> bool {
        matches!(self.sqlstate.as_str(), "28P01" | "28000")
    }

    /// The server has no such database.
    pub(crate) fn names_no_database(&self) -> bool {
        self.sqlstate == "3D000"
    }

    /// The transaction lost against another one, and may win when it is tried again.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self.sqlstate.as_str(),
            LOCK_NOT_AVAILABLE | DEADLOCK | SERIALIZATION_FAILURE
        )
    }

    /// The session is gone with this message.
    pub(crate) fn ends_session(&self) -> bool {
        // Class 08 is what a pooler says when it gives up on a client.
        self.sqlstate.starts_with("08")
            || matches!(
                self.sqlstate.as_str(),
                "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04"
            )
    }
}
