//! One connection, spoken to in the simple protocol.
//!
//! The simple protocol carries several statements in one message, answers each of them in order, and leaves nothing
//! behind on the server: one round trip for a whole revision, and nothing that a pooler could mix up.

use std::pin::pin;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection, Either, Executor, Row as _, ValueRef};

use super::sqlstate::SYNTAX_ERROR;
use crate::error::DatabaseFault;

/// A connection to one database.
pub struct Session {
    connection: PgConnection,
    version: u32,
    place: String,
    broken: bool,
}

/// Why a message did not get through.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The server refused one of the statements.
    #[error("{error}")]
    Refused {
        /// Which statement of the message, from 0.
        part: usize,
        /// What it said; the position counts from that statement's start.
        error: Box<DatabaseFault>,
    },
    /// The connection is gone. What was sent may or may not have been carried out.
    #[error("the connection to {place} was lost: {why}")]
    Lost {
        /// The server, in words.
        place: String,
        /// What the system said.
        why: String,
    },
}

impl SessionError {
    /// What the server said, if it said anything.
    #[must_use]
    pub fn server(&self) -> Option<&DatabaseFault> {
        match self {
            SessionError::Refused { error, .. } => Some(error),
            SessionError::Lost { .. } => None,
        }
    }

    /// Whether the server answered with this SQLSTATE.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.server().is_some_and(|error| error.sqlstate == code)
    }
}

/// What one statement gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The number of rows in its command tag.
    pub affected: u64,
    /// The rows it returned.
    pub rows: Vec<TextRow>,
}

/// A row, every column as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextRow(pub Vec<Option<String>>);

impl TextRow {
    /// A column's text; empty where it is null or missing.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.get(column).unwrap_or("")
    }

    /// A column, or none where it is null or missing.
    #[must_use]
    pub fn get(&self, column: usize) -> Option<&str> {
        self.0.get(column)?.as_deref()
    }

    /// Whether a boolean column is true.
    #[must_use]
    pub fn is_true(&self, column: usize) -> bool {
        self.text(column) == "t"
    }

    /// A number.
    #[must_use]
    pub fn number<T: std::str::FromStr>(&self, column: usize) -> Option<T> {
        self.get(column)?.parse().ok()
    }
}

/// Separates the statements of a message. The line break ends a `--` comment at a statement's end.
const SEPARATOR: &str = "\n;\n";

impl Session {
    pub(super) fn new(connection: PgConnection, version: u32, place: String) -> Session {
        Session {
            connection,
            version,
            place,
            broken: false,
        }
    }

    /// `server_version_num` as the server announced it.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The server and database, in words.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether the connection is known to be gone.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.broken
    }

    /// Sends statements as one message, and collects what each of them gives.
    ///
    /// Without BEGIN among them they are one implicit transaction.
    ///
    /// # Errors
    ///
    /// [`SessionError::Refused`] names the first statement that failed; those after it did not run.
    pub async fn send(&mut self, statements: &[&str]) -> Result<Vec<Answer>, SessionError> {
        self.exchange(statements, true).await
    }

    /// As [`Session::send`], forgetting the rows: for the user's statements, whose results nobody reads.
    ///
    /// # Errors
    ///
    /// As [`Session::send`].
    pub async fn send_discarding(
        &mut self,
        statements: &[&str],
    ) -> Result<Vec<Answer>, SessionError> {
        self.exchange(statements, false).await
    }

    /// The rows of one query.
    ///
    /// # Errors
    ///
    /// As [`Session::send`].
    pub async fn rows(&mut self, query: &str) -> Result<Vec<TextRow>, SessionError> {
        let answers = self.send(&[query]).await?;
        Ok(answers
            .into_iter()
            .next_back()
            .map(|answer| answer.rows)
            .unwrap_or_default())
    }

    /// Runs one statement.
    ///
    /// # Errors
    ///
    /// As [`Session::send`].
    pub async fn execute(&mut self, statement: &str) -> Result<u64, SessionError> {
        let answers = self.send_discarding(&[statement]).await?;
        Ok(answers.last().map_or(0, |answer| answer.affected))
    }

    /// Asks for a sign of life that takes no snapshot, so that it disturbs no CONCURRENTLY.
    ///
    /// # Errors
    ///
    /// [`SessionError::Lost`].
    pub async fn ping(&mut self) -> Result<(), SessionError> {
        match self.connection.ping().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.sort(error, 0, &[])),
        }
    }

    /// Says goodbye; an open transaction is rolled back by the server.
    pub async fn close(self) {
        // Nothing is left to be done about a goodbye that does not arrive.
        let _ = self.connection.close().await;
    }

    async fn exchange(
        &mut self,
        statements: &[&str],
        keep: bool,
    ) -> Result<Vec<Answer>, SessionError> {
        let message = statements.join(SEPARATOR);
        let mut answers = Vec::with_capacity(statements.len());
        let mut current = Answer::default();
        let mut outcome = Ok(());
        {
            let mut stream = pin!(
                self.connection
                    .fetch_many(sqlx::raw_sql(AssertSqlSafe(message)))
            );
            while let Some(item) = next(&mut stream).await {
                match item {
                    Ok(Either::Left(done)) => {
                        current.affected = done.rows_affected();
                        answers.push(std::mem::take(&mut current));
                    }
                    Ok(Either::Right(row)) if keep => current.rows.push(text_row(&row)),
                    Ok(Either::Right(_)) => {}
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                }
            }
        }
        match outcome {
            Ok(()) => Ok(answers),
            Err(error) => Err(self.sort(error, answers.len(), statements)),
        }
    }

    fn sort(&mut self, error: sqlx::Error, done: usize, statements: &[&str]) -> SessionError {
        match error {
            sqlx::Error::Database(error) => {
                let mut error = DatabaseFault::from(sqlx::Error::Database(error));
                if error.ends_session() {
                    self.broken = true;
                    return SessionError::Lost {
                        place: self.place.clone(),
                        why: error.message,
                    };
                }
                // A syntax error anywhere stops the message before its first statement: the position tells whose it is.
                let mut part = done;
                if let Some(position) = error.position {
                    let (at, within) = locate(statements, position.saturating_sub(1));
                    if error.sqlstate == SYNTAX_ERROR || at == done {
                        part = at;
                        error.position = Some(within + 1);
                    } else {
                        error.position = None;
                    }
                }
                SessionError::Refused {
                    part,
                    error: Box::new(error),
                }
            }
            other => {
                self.broken = true;
                let why = match &other {
                    sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                        "the server closed it".to_owned()
                    }
                    other => other.to_string(),
                };
                SessionError::Lost {
                    place: self.place.clone(),
                    why,
                }
            }
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// Which statement of a joined message a character belongs to, and where in it.
fn locate(statements: &[&str], position: usize) -> (usize, usize) {
    let mut start = 0;
    for (index, statement) in statements.iter().enumerate() {
        let length = statement.chars().count() + SEPARATOR.len();
        if position < start + length {
            return (index, position - start);
        }
        start += length;
    }
    (statements.len().saturating_sub(1), 0)
}

fn text_row(row: &PgRow) -> TextRow {
    let columns = (0..row.len())
        .map(|index| {
            let value = row.try_get_raw(index).ok()?;
            if value.is_null() {
                return None;
            }
            // Simple protocol: everything is text already.
            value.as_str().ok().map(str::to_owned)
        })
        .collect();
    TextRow(columns)
}

/// The next item of a stream; spares a dependency for one method.
async fn next<S>(stream: &mut std::pin::Pin<&mut S>) -> Option<S::Item>
where
    S: futures_core::Stream,
{
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_finds_its_statement() {
        let parts = ["select 1", "sälect 2", "x"];
        assert_eq!(locate(&parts, 0), (0, 0));
        assert_eq!(locate(&parts, 11), (1, 0));
        assert_eq!(locate(&parts, 14), (1, 3));
        assert_eq!(locate(&parts, 22), (2, 0));
    }
}
