//! The lock that makes one runner out of many.
//!
//! It is a transaction-level advisory lock held by a connection that does nothing else, in READ COMMITTED. That shape
//! follows from four facts:
//!
//! - A runner that blocks in `pg_advisory_lock` holds a snapshot, and CREATE INDEX CONCURRENTLY of the runner that works
//!   waits for that snapshot: a deadlock that leaves an INVALID index behind. So the lock is polled.
//! - Behind a pooler in transaction mode a session-level lock stays on whatever server connection took it. A
//!   transaction pins its server connection, so a transaction-level lock is right behind any pooler and without one.
//! - An idle transaction in READ COMMITTED holds no snapshot (`backend_xmin` is null), so it holds up neither VACUUM nor
//!   CONCURRENTLY. But a query on it takes one for a moment, and a CONCURRENTLY that looks just then waits for the whole
//!   transaction: nothing but the protocol's own ping may be sent on it.
//! - The first connection of a waiter becomes the holder's lock connection, and only the holder opens a second one: fifty
//!   waiting containers cost fifty connections, not a hundred.
//!
//! A second key, the *work lock*, is taken by every transaction that changes something. Where a runner was killed, its
//! backend may still be busy while its lock connection is already gone; its successor waits on the work lock until that
//! backend has ended, and only then looks at the state.

use super::session::{Session, SessionError};
use super::tables::{Books, State};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The two advisory keys of one set of books in one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockKeys {
    /// Held by the runner from start to end.
    pub runner: i64,
    /// Held by each of its transactions.
    pub work: i64,
}

impl LockKeys {
    /// Derives the keys. Advisory locks are per database already, so the version table's name is all that matters.
    #[must_use]
    pub fn of(books: &Books) -> LockKeys {
        let digest = Sha256::digest(format!("rev:{}.{}", books.schema, books.version_table));
        let mut bytes = [0_u8; 8];
        bytes.copy_from_slice(&digest[..8]);
        // The lowest bit tells the two apart.
        let runner = i64::from_be_bytes(bytes) & !1;
        LockKeys {
            runner,
            work: runner | 1,
        }
    }
}

/// Who holds the lock, as far as this role may see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holder {
    /// The backend.
    pub pid: String,
    /// Its `application_name`.
    pub application: String,
    /// Its role.
    pub user: String,
    /// Where it comes from.
    pub client: String,
    /// For how many seconds.
    pub since: f64,
    /// What the same run executes at this moment, on its other connection.
    pub running: Option<String>,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pid {}", self.pid)?;
        if !self.application.is_empty() {
            write!(f, " ({})", self.application)?;
        }
        if !self.user.is_empty() {
            write!(f, ", role {}", self.user)?;
        }
        if !self.client.is_empty() {
            write!(f, ", from {}", self.client)?;
        }
        write!(f, ", for {:.0} s", self.since)?;
        if let Some(running) = &self.running {
            write!(f, ", running: {running}")?;
        }
        Ok(())
    }
}

/// One attempt at the lock.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// It is ours; the session now sits in the transaction that holds it. The state was read after it was obtained,
    /// unless the tables are missing.
    Obtained(Option<State>),
    /// It is somebody else's.
    Held,
}

/// Tries the lock once.
pub(crate) async fn attempt(
    session: &mut Session,
    books: &Books,
    application_name: &str,
) -> Result<Attempt, SessionError> {
    let keys = LockKeys::of(books);
    let version = session.version();
    let mut settings = vec![
        ("application_name", application_name.to_owned()),
        // Otherwise the server would end the holder for being idle.
        ("idle_in_transaction_session_timeout", "0".to_owned()),
        ("tcp_keepalives_idle", "10".to_owned()),
        ("tcp_keepalives_interval", "5".to_owned()),
        ("tcp_keepalives_count", "3".to_owned()),
    ];
    if version >= 170_000 {
        settings.push(("transaction_timeout", "0".to_owned()));
    }
    let settings = set_local(&settings);
    let take = format!(
        "SELECT pg_catalog.pg_try_advisory_xact_lock({})",
        keys.runner
    );
    let answers = session
        .send(&["BEGIN ISOLATION LEVEL READ COMMITTED", &settings, &take])
        .await?;
    if !answers[2].rows.first().is_some_and(|row| row.is_true(0)) {
        session.execute("ROLLBACK").await?;
        return Ok(Attempt::Held);
    }
    // The savepoint gives back the locks on our tables that reading them takes: the worker may have to alter them.
    let look = books.look();
    let mut message = vec!["SAVEPOINT look"];
    message.extend(look.iter().map(String::as_str));
    message.push("ROLLBACK TO look");
    let looked = session.send(&message).await;
    match looked {
        // The last answer is that of the ROLLBACK.
        Ok(answers) => Ok(Attempt::Obtained(Some(State::of_look(
            &answers[..=look.len()],
        )))),
        Err(SessionError::Refused { .. }) => {
            session.execute("ROLLBACK TO look").await?;
            Ok(Attempt::Obtained(None))
        }
        Err(error) => Err(error),
    }
}

/// Names the holder.
pub(crate) async fn holder(session: &mut Session, books: &Books) -> Option<Holder> {
    let key = LockKeys::of(books).runner;
    let (high, low) = ((key >> 32) as u32, key as u32);
    let query = format!(
        "SELECT a.pid, a.application_name, a.usename, COALESCE(a.client_addr::pg_catalog.text, ''), \
         EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start), \
         (SELECT w.query FROM pg_catalog.pg_stat_activity w WHERE w.datid = a.datid AND w.state = 'active' \
          AND w.application_name = pg_catalog.replace(a.application_name, 'rev lock ', 'rev run ') AND w.pid <> a.pid LIMIT 1) \
         FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {high}::pg_catalog.oid AND l.objid = {low}::pg_catalog.oid \
         AND l.objsubid = 1 AND a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() LIMIT 1"
    );
    let rows = session.rows(&query).await.ok()?;
    let row = rows.first()?;
    Some(Holder {
        pid: row.text(0).to_owned(),
        application: row.text(1).to_owned(),
        user: row.text(2).to_owned(),
        client: row.text(3).to_owned(),
        since: row.number(4).unwrap_or(0.0),
        running: row.get(5).map(one_line),
    })
}

/// `SELECT set_config(…, true), …`: settings for the transaction, whatever the search path and whoever pools.
pub(crate) fn set_local(settings: &[(&str, String)]) -> String {
    set_config(settings, true)
}

/// The same for the session, where a statement refuses a transaction.
pub(crate) fn set_session(settings: &[(&str, String)]) -> String {
    set_config(settings, false)
}

fn set_config(settings: &[(&str, String)], local: bool) -> String {
    let calls: Vec<String> = settings
        .iter()
        .map(|(name, value)| {
            format!(
                "pg_catalog.set_config('{name}', {}, {local})",
                rev_sql::quote_literal(value)
            )
        })
        .collect();
    format!("SELECT {}", calls.join(", "))
}

/// A statement on one line, cut to a length a terminal can show.
pub(crate) fn one_line(sql: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// How long to wait before the next attempt at what another transaction was in the way of: 50 ms at first, up to 2 s,
/// with jitter so that those who start together do not knock together.
pub(crate) fn pause(attempt: u32, dice: u64) -> Duration {
    let ceiling = 50_u64.saturating_mul(1 << attempt.min(6)).min(2_000);
    let floor = ceiling / 2;
    Duration::from_millis(floor + dice % (ceiling - floor + 1))
}

/// How long to wait before the lock is tried again, of one who has waited that long already: a third of it, from 50 ms to
/// 2 s, and up to half as much again. So whoever waits comes late by a part of the time it took, however long that was.
pub(crate) fn lock_pause(waited: Duration, dice: u64) -> Duration {
    let third = u64::try_from(waited.as_millis() / 3).unwrap_or(u64::MAX);
    let floor = third.clamp(50, 1_400);
    Duration::from_millis(floor + dice % (floor / 2))
}

/// A little chance: the clock's nanoseconds, stirred with the process id.
pub(crate) fn dice() -> u64 {
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| u64::from(since.subsec_nanos()));
    nanos ^ (u64::from(std::process::id()).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 17)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_bounds() {
        for attempt in 0..12 {
            for dice in [0, 7, u64::MAX] {
                let pause = pause(attempt, dice).as_millis();
                assert!((25..=2_000).contains(&pause), "{pause}");
            }
        }
        assert!(pause(6, 0) >= Duration::from_secs(1));
    }

    #[test]
    fn waiting_for_the_lock_grows_with_the_time_it_took() {
        for (waited, least, most) in [
            (0, 50, 75),
            (149, 50, 75),
            (600, 200, 300),
            (3_600_000, 1_400, 2_100),
        ] {
            for dice in [0, 7, 49, u64::MAX] {
                let pause = lock_pause(Duration::from_millis(waited), dice).as_millis();
                assert!((least..most).contains(&pause), "{waited}: {pause}");
            }
        }
    }

    #[test]
    fn keys_differ_by_table_and_by_use() {
        let books = |name: &str| Books {
            schema: "public".into(),
            version_table: name.into(),
            role: None,
        };
        let keys = LockKeys::of(&books("rev_version"));
        assert_ne!(keys.runner, keys.work);
        assert_ne!(keys, LockKeys::of(&books("alembic_version")));
        assert_eq!(keys, LockKeys::of(&books("rev_version")));
    }
}
