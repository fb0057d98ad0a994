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

#[rustfmt::skip] // a table is read by its columns
/// Every error code there is, in alphabetical order. A code that is missing here ends the process with 1 and fails a test.
pub const ERROR_CODES: &[ErrorCode] = &[
    line("already_applied", ExitKind::Refused, "`rebase` would move a revision that is applied."),
    line("already_managed", ExitKind::Refused, "`adopt` of a database or project that is under rev already."),
    line("already_there", ExitKind::Failed, "`rebase`: the branch stands on that revision already."),
    line("ambiguous_dependency", ExitKind::Unsound, "A `depends_on` fits several revisions."),
    line("ambiguous_prefix", ExitKind::Failed, "The start of an identifier fits several revisions."),
    line("ambiguous_rows", ExitKind::Failed, "A relative target could start from several rows."),
    line("ambiguous_walk", ExitKind::Failed, "A relative target comes to a fork."),
    line("backup_damaged", ExitKind::Failed, "A backup's file is not what was written."),
    line("backup_differs", ExitKind::Failed, "What was restored from a backup is not what its manifest describes."),
    line("bad_batch", ExitKind::Failed, "A `rev:batch` cannot be carried out as written."),
    line("bad_database_url", ExitKind::Failed, "The database address cannot be read."),
    line("bad_environment_file", ExitKind::Failed, "A `NAME_FILE` variable names a file that cannot be read."),
    line("bad_manifest", ExitKind::Failed, "A backup's manifest cannot be read."),
    line("bad_migration", ExitKind::Failed, "`import`: a file says something that has no equal in a revision."),
    line("bad_model", ExitKind::Failed, "A model file cannot be read as SQL text."),
    line("bad_revision_file", ExitKind::Unsound, "A revision file cannot be understood: header, sections or directives."),
    line("bad_script", ExitKind::Unsound, "The SQL of a revision cannot be cut into statements, or a directive cannot be read."),
    line("bad_setting", ExitKind::Failed, "rev.yaml holds a value that cannot be used."),
    line("bad_template", ExitKind::Failed, "The project's revision template or `file_name` pattern does not work."),
    line("became_worse", ExitKind::Drift, "`upgrade --validate --restore-on-failure` found new damage and put the backup back."),
    line("bookkeeping_failed", ExitKind::Failed, "The server refused something that rev does for itself."),
    line("cannot_reproduce", ExitKind::Refused, "With --strict: the dev database could not make the live database again."),
    line("checksum_changed", ExitKind::Unsound, "An applied revision's statements are not those that ran."),
    line("connection_lost", ExitKind::Unreachable, "The connection broke and could not be had again; nothing is half done."),
    line("connection_refused", ExitKind::Unreachable, "The server answered and refused the connection."),
    line("copy_from_stdin", ExitKind::Failed, "A revision holds COPY FROM STDIN."),
    line("cycle", ExitKind::Unsound, "Revisions wait for each other."),
    line("database", ExitKind::Failed, "The server refused a statement."),
    line("database_in_use", ExitKind::Failed, "Sessions that would not end stood in the way of a restored database."),
    line("database_unreachable", ExitKind::Unreachable, "Nobody answers at the database's address."),
    line("destructive", ExitKind::Refused, "Autogenerate would lose data and --allow-destructive was not given."),
    line("dev_database_failed", ExitKind::Failed, "The database for rehearsals could not be made."),
    line("dev_database_major", ExitKind::Failed, "The dev database runs another major version than the database."),
    line("dev_database_rights", ExitKind::Failed, "The role of the dev database may not create databases."),
    line("dev_database_unreachable", ExitKind::Unreachable, "The server that `dev_database` names does not answer."),
    line("done_statement_changed", ExitKind::Unsound, "A statement that an interrupted run carried out was changed in the file since."),
    line("dump_failed", ExitKind::Failed, "`pg_dump` failed."),
    line("duplicate_label", ExitKind::Unsound, "A branch label is taken by a revision or another label."),
    line("duplicate_revision", ExitKind::Unsound, "Two files have one identifier."),
    line("editor_failed", ExitKind::Failed, "The editor ended with an error."),
    line("embedded_not_stopped", ExitKind::Failed, "The embedded server did not end when told to."),
    line("embedded_other_major", ExitKind::Failed, "The embedded database belongs to a Postgres version that is not installed."),
    line("file_exists", ExitKind::Failed, "A file that would be written exists already."),
    line("has_downgrade", ExitKind::Failed, "`--derive-downgrade` of a revision that has a downgrade section."),
    line("illegal_id", ExitKind::Unsound, "An identifier could not be typed as a target."),
    line("illegal_label", ExitKind::Unsound, "A branch label could not be typed as a target."),
    line("internal", ExitKind::Failed, "A defect in rev itself."),
    line("interrupted", ExitKind::Interrupted(2), "A signal stopped the command."),
    line("invalid_range", ExitKind::Usage, "The text is no range of revisions."),
    line("invalid_target", ExitKind::Usage, "The text is no target."),
    line("io", ExitKind::Failed, "A file could not be read or written."),
    line("irreversible", ExitKind::Refused, "A revision says that there is no way back."),
    line("lock_not_obtained", ExitKind::Locked, "Another runner held the lock until `timeouts.runner_lock` ran out."),
    line("login_refused", ExitKind::Unreachable, "The server refused the user or the password."),
    line("merge_cannot_move", ExitKind::Failed, "`rebase` came to a merge revision."),
    line("missing_dependency", ExitKind::Unsound, "A `depends_on` names no revision or label."),
    line("missing_extension", ExitKind::Failed, "The dev database lacks an extension that the models make."),
    line("missing_location", ExitKind::Failed, "None of the revisions folders exists."),
    line("missing_parent", ExitKind::Unsound, "A `down_revision` names no revision."),
    line("missing_rights", ExitKind::Refused, "The role lacks rights that the plan needs; nothing was begun."),
    line("model_command", ExitKind::Failed, "A model command failed or printed nothing."),
    line("model_does_not_load", ExitKind::Failed, "The server does not take a statement of the models."),
    line("multiple_heads", ExitKind::Unsound, "There are several heads and the command needs one."),
    line("needs_consent", ExitKind::Refused, "Data would be lost, or a database replaced, and nobody said yes."),
    line("needs_default", ExitKind::Refused, "A new NOT NULL column without default would fail on a table with rows."),
    line("no_config", ExitKind::Failed, "The file given with --config does not exist."),
    line("no_createdb", ExitKind::Failed, "The role may not create databases, and a restore needs a new one."),
    line("no_database", ExitKind::Failed, "The command needs a database and none is configured."),
    line("no_dev_database", ExitKind::Failed, "There is no place for a rehearsal."),
    line("no_downgrade", ExitKind::Refused, "A revision has no downgrade section."),
    line("no_editor", ExitKind::Failed, "`edit` needs VISUAL or EDITOR."),
    line("no_models", ExitKind::Failed, "No file fits the patterns of `models`."),
    line("no_pg_dump", ExitKind::Failed, "This machine has no `pg_dump` that is new enough for the server."),
    line("no_plan", ExitKind::Failed, "No order of statements leads from one schema to the other."),
    line("no_postgres_binaries", ExitKind::Failed, "This machine has no Postgres programs of the wanted version."),
    line("no_project", ExitKind::Failed, "There is no rev.yaml here or in any folder above."),
    line("no_space", ExitKind::Failed, "The disk has no room for a backup."),
    line("no_statement", ExitKind::Refused, "The schemas differ in something that PostgreSQL has no statement for."),
    line("no_suitable_server", ExitKind::Unreachable, "`target_session_attrs` fits none of the servers."),
    line("not_a_head", ExitKind::Failed, "The parent of a new revision has children and `--splice` was not given."),
    line("not_a_line", ExitKind::Failed, "The ends of a range do not lie on one line."),
    line("not_applied", ExitKind::Failed, "A downgrade to a revision that is not applied."),
    line("not_at_head", ExitKind::Failed, "--from-database, and the database is not at head."),
    line("not_in_catalogue", ExitKind::Failed, "A statement reported success and the catalogue says otherwise."),
    line("not_on_branch", ExitKind::Failed, "The revision is not a member of the branch named before the `@`."),
    line("not_one_revision", ExitKind::Failed, "The target means none or several revisions, and the command needs one."),
    line("not_proved", ExitKind::Failed, "The generated revision did not lead where it should; nothing was written."),
    line("not_text", ExitKind::Unsound, "A revision file is not UTF-8 text."),
    line("nothing_applied", ExitKind::Failed, "A relative target starts from what is applied, and nothing is."),
    line("nothing_on_branch", ExitKind::Failed, "Nothing of the branch is applied above the target."),
    line("nothing_stored", ExitKind::Unsound, "The database is at a revision that has neither a file nor stored SQL."),
    line("nothing_to_merge", ExitKind::Failed, "`merge` was given fewer than two heads."),
    line("older_server", ExitKind::Failed, "A backup of a newer PostgreSQL than the server to restore it on."),
    line("onto_itself", ExitKind::Failed, "`rebase` onto a revision of the branch itself."),
    line("other_database", ExitKind::Refused, "A backup of another database or server would replace this one."),
    line("overlapping_stamps", ExitKind::Failed, "Stamp targets of which one contains another."),
    line("overlapping_targets", ExitKind::Failed, "Targets of which one contains another."),
    line("prefix_too_short", ExitKind::Failed, "The start of an identifier has fewer than four characters."),
    line("program_not_started", ExitKind::Failed, "`pg_dump` or `pg_restore` could not be started."),
    line("read_only", ExitKind::Refused, "The server, database or role takes no changes."),
    line("refuses_transaction", ExitKind::Refused, "With `transaction: run` or `--dry-run`, a statement that refuses a transaction."),
    line("rehearsal_failed", ExitKind::Failed, "A statement of a revision failed on the dev database."),
    line("rename_unanswered", ExitKind::Refused, "Something looks renamed and nobody said whether it is."),
    line("replica", ExitKind::Refused, "The server is a replica."),
    line("restore_failed", ExitKind::Failed, "`pg_restore` failed."),
    line("revision_exists", ExitKind::Failed, "The identifier of a new revision is taken."),
    line("role_changed", ExitKind::Failed, "A revision left the role that `role` in rev.yaml names."),
    line("role_refused", ExitKind::Refused, "The role that `role` in rev.yaml names does not exist, or the login is no member of it."),
    line("rows_moved", ExitKind::Failed, "The version table changed under a running revision, which was rolled back."),
    line("same_version", ExitKind::Failed, "`import`: two files have the same version."),
    line("server_too_old", ExitKind::Refused, "The server is older than PostgreSQL 13."),
    line("sibling_branches", ExitKind::Refused, "A downgrade of one branch would undo other branches too."),
    line("statement_failed", ExitKind::Failed, "The server refused a statement of a revision."),
    line("table_locked", ExitKind::Locked, "A lock on a table was not to be had in time."),
    line("tls_failed", ExitKind::Unreachable, "The channel to the server cannot be protected as asked."),
    line("transaction_control", ExitKind::Failed, "A revision holds BEGIN, COMMIT or their kin."),
    line("unchangeable_header", ExitKind::Failed, "`rebase` cannot change this header in place."),
    line("unknown_backup", ExitKind::Failed, "No backup has that name."),
    line("unknown_branch", ExitKind::Failed, "What stands before an `@` is no branch."),
    line("unknown_connection_parameter", ExitKind::Failed, "The database address holds a parameter that does not exist."),
    line("unknown_database", ExitKind::Unreachable, "The server has no database of that name."),
    line("unknown_environment", ExitKind::Failed, "rev.yaml has no environment of that name."),
    line("unknown_location", ExitKind::Failed, "`--version-path` is not one of the revisions folders."),
    line("unknown_rename", ExitKind::Failed, "`--rename` names what is not there."),
    line("unknown_revision", ExitKind::Failed, "No revision or label has that name."),
    line("unknown_row", ExitKind::Unsound, "The version table names a revision that the history does not have."),
    line("unknown_setting", ExitKind::Failed, "rev.yaml holds a key that does not exist."),
    line("unknown_template", ExitKind::Failed, "`init --template` names a template that does not exist."),
    line("unknown_tool", ExitKind::Failed, "`import`: the folder holds no SQL migrations of a known tool."),
    line("unmodelled", ExitKind::Refused, "With --strict: a database holds what no kind models."),
    line("unset_variable", ExitKind::Failed, "rev.yaml asks for an environment variable that is not set."),
    line("unsupported_connection_parameter", ExitKind::Failed, "The database address holds a parameter that is not supported."),
    line("usage", ExitKind::Usage, "The command line could not be understood."),
    line("walked_too_far", ExitKind::Failed, "A relative target goes past the end."),
    line("wrong_direction", ExitKind::Failed, "`upgrade -N` or `downgrade +N`."),
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
    use std::path::Path;

    #[test]
    fn the_table_is_sorted_and_each_code_is_there_once() {
        for pair in ERROR_CODES.windows(2) {
            assert!(
                pair[0].code < pair[1].code,
                "{} before {}",
                pair[0].code,
                pair[1].code
            );
        }
    }

    /// Reads the sources for what the `code()` functions return: a code that nobody documented is found here.
    #[test]
    fn every_code_that_is_given_is_in_the_table() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut given = Vec::new();
        for name in ["rev-dag", "rev-engine"] {
            collect(&crates.join(name).join("src"), &mut given);
        }
        assert!(given.len() > 50, "the codes are found: {given:?}");
        let missing: Vec<_> = given
            .iter()
            .filter(|code| !ERROR_CODES.iter().any(|line| line.code == **code))
            .collect();
        assert!(
            missing.is_empty(),
            "add a line to ERROR_CODES for {missing:?}"
        );
    }

    fn collect(folder: &Path, given: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder)
            .expect("a source folder")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, given);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                for function in text
                    .split(concat!("pub fn code(&self)", " -> &'static str {"))
                    .skip(1)
                {
                    let body = function.split("\n    }\n").next().unwrap_or_default();
                    given.extend(body.split('"').skip(1).step_by(2).map(str::to_owned));
                }
            }
        }
    }
}
