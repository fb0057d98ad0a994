//! A section of a revision file, ready to run.

use super::error::RunError;
use crate::error::Place;
use crate::pg::tables::GraphPlace;
use rev_sql::{Batch, Class, DirectiveKind, Name, Timeout};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Which way a revision is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Its upgrade section.
    Upgrade,
    /// Its downgrade section.
    Downgrade,
}

impl Direction {
    /// As in events, in the history and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::Upgrade => "upgrade",
            Direction::Downgrade => "downgrade",
        }
    }
}

/// What one step runs, and what the history keeps of it.
#[derive(Debug, Clone)]
pub struct Script {
    /// The revision.
    pub revision: String,
    /// The first line of its message.
    pub message: String,
    /// Which section.
    pub direction: Direction,
    /// Its file, as a person would type it.
    pub file: PathBuf,
    /// The statements.
    pub statements: Vec<ScriptStatement>,
    /// Over the tokens of the upgrade section.
    pub checksum: String,
    /// Over its bytes.
    pub raw_checksum: String,
    /// The upgrade section's text.
    pub upgrade_sql: String,
    /// The downgrade section's text.
    pub downgrade_sql: Option<String>,
    /// Where it stands in the graph.
    pub place: GraphPlace,
}

/// One statement, with what the runner must know of it.
#[derive(Debug, Clone)]
pub struct ScriptStatement {
    /// The SQL, without the semicolon.
    pub sql: String,
    /// Its first line in the file, from 1.
    pub line: u32,
    /// The directives before it.
    pub directives: Vec<rev_sql::Directive>,
    /// What `rev-sql` knows of it.
    pub facts: rev_sql::Facts,
    /// Why it cannot run in a transaction, if it cannot.
    pub refuses_transaction: Option<rev_sql::Refusal>,
    /// The enum value it adds.
    pub enum_value: Option<rev_sql::EnumValue>,
    /// The table it is about, where it is about one.
    pub table: Option<Name>,
    /// Whether it is VALIDATE CONSTRAINT.
    pub validates: bool,
    /// Whether it adds a constraint NOT VALID.
    pub adds_not_valid: bool,
    /// Whether it goes in a message of its own: it counts rows, or may take long.
    pub travels_alone: bool,
    /// Whether it may leave session settings behind.
    pub leaves_settings: bool,
}

impl ScriptStatement {
    /// The batch it is to be done in.
    #[must_use]
    pub fn batch(&self) -> Option<&Batch> {
        self.directives
            .iter()
            .find_map(|directive| match &directive.kind {
                DirectiveKind::Batch(batch) => Some(batch),
                _ => None,
            })
    }

    /// The query that decides whether it runs.
    #[must_use]
    pub fn only_if(&self) -> Option<&str> {
        self.directives
            .iter()
            .find_map(|directive| match &directive.kind {
                DirectiveKind::OnlyIf(query) => Some(query.as_str()),
                _ => None,
            })
    }

    /// Its own timeouts.
    #[must_use]
    pub fn timeout(&self) -> Option<Timeout> {
        self.directives
            .iter()
            .find_map(|directive| match &directive.kind {
                DirectiveKind::Timeout(timeout) => Some(*timeout),
                _ => None,
            })
    }

    /// A digest over its tokens.
    #[must_use]
    pub fn checksum(&self) -> String {
        rev_sql::fingerprint([self.sql.as_str()])
    }
}

/// Splits a section's text; `line` is where it starts in its file.
pub(crate) fn statements(
    text: &str,
    line: u32,
    file: &Path,
) -> Result<Vec<ScriptStatement>, RunError> {
    let split = rev_sql::split(text).map_err(|error| RunError::BadScript {
        place: Place::at(file, line + error.line.saturating_sub(1)),
        message: match error.hint {
            Some(hint) => format!("{} ({hint})", error.message),
            None => error.message,
        },
    })?;
    split
        .into_iter()
        .map(|statement| understand(statement, line, file))
        .collect()
}

fn understand(
    statement: rev_sql::Statement,
    first_line: u32,
    file: &Path,
) -> Result<ScriptStatement, RunError> {
    let line = first_line + statement.line.saturating_sub(1);
    let facts = rev_sql::facts(&statement.sql);
    let words = leading_words(&statement.sql);
    let place = || Place::at(file, line);
    if facts.is_transaction_control {
        return Err(RunError::TransactionControl {
            place: place(),
            statement: statement.sql,
        });
    }
    let lower = statement.sql.to_ascii_lowercase();
    if words.first().is_some_and(|word| word == "copy") && is_copy_from_stdin(&lower) {
        return Err(RunError::CopyFromStdin { place: place() });
    }
    let first = words.first().map_or("", String::as_str);
    Ok(ScriptStatement {
        line,
        directives: statement.directives,
        refuses_transaction: facts.refuses_transaction,
        enum_value: facts.adds_enum_value.clone(),
        table: facts.targets.first().cloned(),
        validates: first == "alter" && lower.contains("validate constraint"),
        adds_not_valid: first == "alter" && lower.contains("not valid"),
        travels_alone: matches!(
            facts.class,
            Class::Dml | Class::Query | Class::Code | Class::Unknown
        ),
        leaves_settings: facts.class == Class::Session || lower.contains("set_config"),
        facts,
        sql: statement.sql,
    })
}

/// The first words of a statement in lower case, comments skipped.
fn leading_words(sql: &str) -> Vec<String> {
    let mut rest = sql.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment
                .split_once('\n')
                .map_or("", |(_, after)| after)
                .trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment
                .split_once("*/")
                .map_or("", |(_, after)| after)
                .trim_start();
        } else {
            break;
        }
    }
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .take(3)
        .map(str::to_ascii_lowercase)
        .collect()
}

fn is_copy_from_stdin(lower: &str) -> bool {
    let words: Vec<&str> = lower.split_whitespace().collect();
    words
        .windows(2)
        .any(|pair| pair[0] == "from" && pair[1].trim_end_matches(';') == "stdin")
}

/// The digest that tells that a file is byte for byte the one that ran.
#[must_use]
pub fn raw_checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
