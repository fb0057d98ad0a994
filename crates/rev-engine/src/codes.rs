//! The one table of error codes: what a code means and how the process ends on it.

/// How a command ends, as far as a caller of the process can tell. The CLI turns it into a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExitKind {
    /// Done, or nothing to do.
    Done,
    /// It failed.
    Failed,
    /// The command line made no sense.
    Usage,
    /// Something is pending or different (`check`).
    Pending,
    /// The database is not what the history says.
    Drift,
    /// The lock was not obtained in time.
    Locked,
    /// Refused as unsafe or destructive.
    Refused,
    /// The database could not be reached.
    Unreachable,
    /// The history is unsound.
    Unsound,
    /// Stopped by this signal.
    Interrupted(i32),
}

impl ExitKind {
    /// Returns the process' exit code.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Pending => 3,
            Self::Drift => 4,
            Self::Locked => 5,
            Self::Refused => 6,
            Self::Unreachable => 7,
            Self::Unsound => 8,
            // The shell's convention: 130 for SIGINT, 143 for SIGTERM.
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }
}

/// One line of the table: a code, how the process ends on it, and what it means.
#[derive(Debug, Clone, Copy)]
pub struct ErrorCode {
    /// The snake_case name, as in `--format json`.
    pub code: &'static str,
    /// How the process ends.
    pub exit: ExitKind,
    /// When it is given, in one sentence.
    pub meaning: &'static str,
}

const fn line(code: &'static str, exit: ExitKind, meaning: &'static str) -> ErrorCode {
    ErrorCode {
        code,
        exit,
        meaning,
    }
}

/// Every error code there is, in alphabetical order. A code that is missing here ends the process with 1 and fails a test.
pub const ERROR_CODES: &[ErrorCode] = &[
    line(
        "ambiguous_prefix",
        ExitKind::Failed,
        "The start of an identifier fits several revisions.",
    ),
    line(
        "bad_environment_file",
        ExitKind::Failed,
        "A `NAME_FILE` variable names a file that cannot be read.",
    ),
    line(
        "bad_setting",
        ExitKind::Failed,
        "rev.yaml holds a value that cannot be used.",
    ),
    line(
        "database",
        ExitKind::Failed,
        "The server refused a statement.",
    ),
    line(
        "dev_database_failed",
        ExitKind::Failed,
        "The database for rehearsals could not be made.",
    ),
    line(
        "embedded_not_stopped",
        ExitKind::Failed,
        "The embedded server did not end when told to.",
    ),
    line(
        "embedded_other_major",
        ExitKind::Failed,
        "The embedded database belongs to a Postgres version that is not installed.",
    ),
    line(
        "file_exists",
        ExitKind::Failed,
        "A file that would be written exists already.",
    ),
    line("internal", ExitKind::Failed, "A defect in rev itself."),
    line(
        "interrupted",
        ExitKind::Interrupted(2),
        "A signal stopped the command.",
    ),
    line(
        "io",
        ExitKind::Failed,
        "A file could not be read or written.",
    ),
    line(
        "multiple_heads",
        ExitKind::Unsound,
        "There are several heads and the command needs one.",
    ),
    line(
        "no_config",
        ExitKind::Failed,
        "The file given with --config does not exist.",
    ),
    line(
        "no_database",
        ExitKind::Failed,
        "The command needs a database and none is configured.",
    ),
    line(
        "no_postgres_binaries",
        ExitKind::Failed,
        "This machine has no Postgres programs of the wanted version.",
    ),
    line(
        "no_project",
        ExitKind::Failed,
        "There is no rev.yaml here or in any folder above.",
    ),
    line(
        "unknown_environment",
        ExitKind::Failed,
        "rev.yaml has no environment of that name.",
    ),
    line(
        "unknown_revision",
        ExitKind::Failed,
        "No revision or label has that name.",
    ),
    line(
        "unknown_setting",
        ExitKind::Failed,
        "rev.yaml holds a key that does not exist.",
    ),
    line(
        "unset_variable",
        ExitKind::Failed,
        "rev.yaml asks for an environment variable that is not set.",
    ),
    line(
        "usage",
        ExitKind::Usage,
        "The command line could not be understood.",
    ),
];

/// Returns how the process ends on a code.
pub fn exit_of(code: &str) -> ExitKind {
    ERROR_CODES
        .iter()
        .find(|known| known.code == code)
        .map_or(ExitKind::Failed, |known| known.exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_code_is_there_once() {
        assert!(
            ERROR_CODES
                .windows(2)
                .all(|pair| pair[0].code < pair[1].code)
        );
    }
}
