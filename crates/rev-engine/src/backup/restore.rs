//! Restoring a backup: into a new database, proved, and then put in place by two renames.
//!
//! The renames are one transaction. ALTER DATABASE … RENAME takes a lock on the database that new sessions wait for, and
//! then waits up to five seconds for those that are connected; another session of ours ends them meanwhile. So
//! nobody can slip in between, nothing needs to be set and set back, and whoever dies here leaves either state whole.

use super::client::Client;
use super::error::BackupError;
use super::properties;
use super::store::Backup;
use super::verify::{self, VerifyOptions, VerifyReport};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::pg::{Address, ConnectOptions, Session, SessionError, connect};
use crate::ports::Clock;
use crate::runner::{Consent, Interrupt, RunError};
use crate::validate::{Report, ValidateOptions, validate};
use rev_sql::{quote_ident, quote_literal};
use std::time::{Duration, Instant};

/// What is restored, and where to.
#[derive(Debug, Clone, Default)]
pub struct RestoreOptions {
    /// The name of the restored database; `None` is the one that the address names.
    pub into: Option<String>,
    /// Replace a database of another name or cluster than the backup's.
    pub other_database: bool,
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct RestoreReport {
    /// The backup's name.
    pub backup: String,
    /// The database that now holds its state.
    pub database: String,
    /// The name under which the old one is kept.
    pub kept: Option<String>,
    /// How long clients were shut out.
    pub outage: Duration,
    /// How long everything took.
    pub duration: Duration,
    /// What was proved of the restored database before it was put in place.
    pub proof: VerifyReport,
    /// Its health.
    pub health: Report,
}

/// Restores a backup in place of a database, or beside it.
///
/// # Errors
/// The backup is damaged, does not restore, or differs from its manifest; nobody consented; sessions would not end. The
/// database that is to be replaced stays as it is then.
pub async fn restore(
    backup: &Backup,
    connect_options: &ConnectOptions,
    options: &RestoreOptions,
    consent: Consent<'_>,
    clock: &dyn Clock,
    events: EventSink<'_>,
    interrupt: &Interrupt,
) -> Result<RestoreReport, EngineError> {
    let started = Instant::now();
    let client = verify::check_file(backup).await?;
    let server = Server::open(&connect_options.address).await?;
    let target = match (&options.into, &connect_options.address.database) {
        (Some(name), _) | (None, Some(name)) => name.clone(),
        (None, None) => backup.manifest.database.clone(),
    };
    let outcome = tokio::select! {
        outcome = Work { backup, client: &client, options, target: &target, moment: clock.now(), consent, events }
            .carry_out(&server, started) => outcome,
        signal = interrupt.wait() => Err(EngineError::Interrupted { signal }),
    };
    if outcome.is_err() {
        // What differs is kept to be looked at, everything else that was begun goes.
        let keep = matches!(
            &outcome,
            Err(EngineError::Backup(BackupError::Different { .. }))
        );
        if !keep {
            server.drop_unfinished(&target, clock_name(backup)).await;
        }
    }
    outcome
}

/// The mark of one restore in its database's name.
fn clock_name(backup: &Backup) -> String {
    format!(
        "restore_{}_{}",
        std::process::id(),
        &backup.manifest.sha256[..6.min(backup.manifest.sha256.len())]
    )
}

/// A name beside another, within the 63 bytes that a name may have.
fn beside(name: &str, suffix: &str) -> String {
    let mut end = name.len().min(63 - suffix.len() - 1);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{suffix}", &name[..end])
}

struct Work<'a> {
    backup: &'a Backup,
    client: &'a Client,
    options: &'a RestoreOptions,
    target: &'a str,
    moment: chrono::DateTime<chrono::Utc>,
    consent: Consent<'a>,
    events: EventSink<'a>,
}

impl Work<'_> {
    async fn carry_out(
        self,
        server: &Server,
        started: Instant,
    ) -> Result<RestoreReport, EngineError> {
        let manifest = &self.backup.manifest;
        let mut admin = server.session().await?;
        let facts = server.facts(&mut admin, self.target).await?;
        let needed = manifest.server_version / 10_000;
        if facts.major < needed {
            return Err(BackupError::OlderServer {
                backup: needed,
                server: facts.major,
            }
            .into());
        }
        if facts.target_exists {
            self.may_replace(&facts)?;
        }
        let new = beside(self.target, &clock_name(self.backup));
        self.note(format!(
            "restoring {} into the new database {new}",
            manifest.name
        ));
        make_database(&mut admin, &new, manifest).await?;
        let address = server.address_of(&new);
        verify::restore_into(self.client, self.backup, &address, false).await?;
        let mut proof = VerifyReport {
            proved: Vec::new(),
            left_out: Vec::new(),
        };
        verify::compare(self.client, self.backup, &address, false, &mut proof)
            .await
            .map_err(|error| name_kept(error, &new))?;
        let health = look_over(&address, self.events).await?;
        for property in &manifest.properties {
            let statement = property.statement(&new);
            if let Err(SessionError::Refused { error, .. }) = admin.execute(&statement).await {
                (self.events)(Event::Warning {
                    message: format!("`{statement}` was refused: {error}"),
                });
            }
        }
        let kept = facts.target_exists.then(|| {
            let moment = self.moment.format("%Y%m%d_%H%M%S");
            beside(self.target, &format!("before_restore_{moment}"))
        });
        self.note(match &kept {
            Some(kept) => format!("putting it in place; the old database stays as {kept}"),
            None => "putting it in place".to_owned(),
        });
        let outage = server
            .swap(&mut admin, self.target, &new, kept.as_deref())
            .await?;
        admin.close().await;
        Ok(RestoreReport {
            backup: manifest.name.clone(),
            database: self.target.to_owned(),
            kept,
            outage,
            duration: started.elapsed(),
            proof,
            health,
        })
    }

    fn may_replace(&self, facts: &Facts) -> Result<(), EngineError> {
        let manifest = &self.backup.manifest;
        let elsewhere = match (&manifest.system_identifier, &facts.system_identifier) {
            (Some(theirs), Some(ours)) => theirs != ours,
            _ => false,
        };
        if (manifest.database != self.target || elsewhere) && !self.options.other_database {
            let on = |name: &str, id: &Option<String>| match id {
                Some(id) if elsewhere => format!("{name} of cluster {id}"),
                _ => name.to_owned(),
            };
            return Err(BackupError::OtherDatabase {
                theirs: on(&manifest.database, &manifest.system_identifier),
                ours: on(self.target, &facts.system_identifier),
            }
            .into());
        }
        let refused = BackupError::NeedsConsent {
            database: self.target.to_owned(),
            moment: manifest
                .started_at
                .format("%Y-%m-%d %H:%M:%S UTC")
                .to_string(),
        };
        let loss = [format!(
            "what `{}` was changed to since {} (it stays under another name)",
            self.target,
            manifest.started_at.format("%Y-%m-%d %H:%M:%S UTC")
        )];
        match &self.consent {
            Consent::Given => Ok(()),
            Consent::Ask(ask) if ask(&loss) => Ok(()),
            _ => Err(refused.into()),
        }
    }

    fn note(&self, message: String) {
        (self.events)(Event::Note { message });
    }
}

fn name_kept(error: EngineError, new: &str) -> EngineError {
    match error {
        EngineError::Backup(BackupError::Different {
            path, differences, ..
        }) => BackupError::Different {
            path,
            differences,
            kept: Some(new.to_owned()),
        }
        .into(),
        other => other,
    }
}

/// Gathers statistics, which a dump may lack, and looks the new database over.
async fn look_over(address: &Address, events: EventSink<'_>) -> Result<Report, EngineError> {
    let mut session = connect(&ConnectOptions::new(address.clone()))
        .await
        .map_err(RunError::from)?;
    session
        .execute("ANALYZE")
        .await
        .map_err(|error| RunError::bookkeeping("gather statistics", error))?;
    let report = validate(&mut session, &ValidateOptions::default(), &|event| {
        if !matches!(event, Event::Progress { .. }) {
            events(event);
        }
    })
    .await?;
    session.close().await;
    Ok(report)
}

/// Makes an empty database like the one that was backed up.
async fn make_database(
    admin: &mut Session,
    name: &str,
    manifest: &super::Manifest,
) -> Result<(), EngineError> {
    let create = properties::create(name, &manifest.creation);
    admin
        .execute(&create)
        .await
        .map_err(|error| RunError::bookkeeping("make the new database", error))?;
    Ok(())
}

/// Restores into a scratch database on a server that the user named, compares, and drops it.
pub(super) async fn rehearse(
    backup: &Backup,
    client: &Client,
    options: &VerifyOptions,
    address: &Address,
    report: &mut VerifyReport,
) -> Result<(), EngineError> {
    let server = Server::open(address).await?;
    let mut admin = server.session().await?;
    let name = beside(
        &backup.manifest.database,
        &format!("verify_{}", std::process::id()),
    );
    make_database(&mut admin, &name, &backup.manifest).await?;
    let scratch = server.address_of(&name);
    let outcome = async {
        verify::restore_into(client, backup, &scratch, options.schema_only).await?;
        verify::compare(client, backup, &scratch, options.schema_only, report).await
    }
    .await;
    server.drop_database(&mut admin, &name).await;
    admin.close().await;
    outcome
}

/// A server, spoken to through a database that is not the one at stake.
struct Server {
    address: Address,
}

struct Facts {
    major: u32,
    target_exists: bool,
    system_identifier: Option<String>,
}

impl Server {
    /// Finds a database to speak from: `postgres`, or `template1` where that is not there.
    async fn open(address: &Address) -> Result<Server, EngineError> {
        let with = |name: &str| Address {
            database: Some(name.to_owned()),
            ..address.clone()
        };
        let mut refused = None;
        for name in ["postgres", "template1"] {
            let address = with(name);
            match connect(&ConnectOptions::new(address.clone())).await {
                Ok(session) => {
                    session.close().await;
                    return Ok(Server { address });
                }
                Err(error) if error.code() == "unknown_database" => refused = Some(error),
                Err(error) => return Err(RunError::from(error).into()),
            }
        }
        match refused {
            Some(error) => Err(RunError::from(error).into()),
            None => Err(EngineError::NoDatabase),
        }
    }

    async fn session(&self) -> Result<Session, EngineError> {
        Ok(connect(&ConnectOptions::new(self.address.clone()))
            .await
            .map_err(RunError::from)?)
    }

    fn address_of(&self, database: &str) -> Address {
        Address {
            database: Some(database.to_owned()),
            ..self.address.clone()
        }
    }

    async fn facts(&self, admin: &mut Session, target: &str) -> Result<Facts, EngineError> {
        let query = format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) {}), r.rolcreatedb OR r.rolsuper, \
             r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) current_user",
            quote_literal(target)
        );
        let rows = admin
            .rows(&query)
            .await
            .map_err(|error| RunError::bookkeeping("look at the server", error))?;
        let row = rows.into_iter().next().unwrap_or_default();
        if !row.is_true(1) {
            return Err(BackupError::NoRights {
                role: quote_ident(row.text(2)).into_owned(),
                place: admin.place().to_owned(),
            }
            .into());
        }
        let identifier = admin
            .rows("SELECT system_identifier FROM pg_catalog.pg_control_system()")
            .await;
        Ok(Facts {
            major: admin.version() / 10_000,
            target_exists: row.is_true(0),
            system_identifier: identifier
                .ok()
                .and_then(|rows| rows.first()?.get(0).map(str::to_owned)),
        })
    }

    /// Renames the old database away and the new one into its place, and returns how long clients had neither.
    async fn swap(
        &self,
        admin: &mut Session,
        target: &str,
        new: &str,
        kept: Option<&str>,
    ) -> Result<Duration, EngineError> {
        let rename = |from: &str, to: &str| {
            format!(
                "ALTER DATABASE {} RENAME TO {}",
                quote_ident(from),
                quote_ident(to)
            )
        };
        let mut statements = vec![
            "BEGIN".to_owned(),
            "SET LOCAL lock_timeout = '10s'".to_owned(),
        ];
        statements.extend(kept.map(|kept| rename(target, kept)));
        statements.extend([rename(new, target), "COMMIT".to_owned()]);
        let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
        let mut helper = self.session().await?;
        let mut outcome = Ok(());
        let mut started = Instant::now();
        // One attempt waits five seconds for sessions to end; a backend in a long system call may need more.
        for _ in 0..3 {
            started = Instant::now();
            disconnect(&mut helper, &[target, new]).await;
            let renaming = admin.send_discarding(&statements);
            let ending = async {
                loop {
                    disconnect(&mut helper, &[target, new]).await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            outcome = tokio::select! {
                answer = renaming => answer.map(drop),
                () = ending => Ok(()),
            };
            match &outcome {
                Err(error) if error.is("55006") => {
                    let _ = admin.execute("ROLLBACK").await;
                }
                _ => break,
            }
        }
        let outage = started.elapsed();
        let result = match outcome {
            Ok(()) => Ok(outage),
            Err(error) if error.is("55006") => Err(BackupError::InUse {
                database: target.to_owned(),
                who: who_uses(&mut helper, target).await,
            }
            .into()),
            Err(error) => {
                let _ = admin.execute("ROLLBACK").await;
                Err(RunError::bookkeeping("put the new database in place", error).into())
            }
        };
        helper.close().await;
        result
    }

    /// Drops what a restore that did not end well had made.
    async fn drop_unfinished(&self, target: &str, mark: String) {
        if let Ok(mut admin) = self.session().await {
            self.drop_database(&mut admin, &beside(target, &mark)).await;
            admin.close().await;
        }
    }

    async fn drop_database(&self, admin: &mut Session, name: &str) {
        // pg_restore may just have ended, and its session may still be ending: FORCE.
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote_ident(name));
        // It was made by us alone; what cannot be dropped is named in the server's list of databases.
        let _ = admin.execute(&drop).await;
    }
}

/// Ends the sessions of databases, as far as this role may.
async fn disconnect(helper: &mut Session, databases: &[&str]) {
    let names: Vec<_> = databases.iter().map(|name| quote_literal(name)).collect();
    let query = format!(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname IN ({}) \
         AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()",
        names.join(", ")
    );
    // One that may not be ended shows when the rename fails.
    let _ = helper.execute(&query).await;
}

async fn who_uses(helper: &mut Session, database: &str) -> String {
    let query = format!(
        "SELECT pg_catalog.format('%s (pid %s%s)', usename, pid, CASE WHEN application_name OPERATOR(pg_catalog.<>) '' THEN ', ' || \
         application_name ELSE '' END) FROM pg_catalog.pg_stat_activity WHERE datname OPERATOR(pg_catalog.=) {} \
         UNION ALL SELECT 'the prepared transaction ' || gid FROM pg_catalog.pg_prepared_xacts WHERE database OPERATOR(pg_catalog.=) {0}",
        quote_literal(database)
    );
    let rows = helper.rows(&query).await.unwrap_or_default();
    let names: Vec<_> = rows.iter().map(|row| row.text(0).to_owned()).collect();
    if names.is_empty() {
        "by sessions that this role may not see".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beside_others_fit() {
        assert_eq!(beside("shop", "before"), "shop_before");
        let long = "ä".repeat(31);
        let name = beside(&long, "before_restore_20261120_143000");
        assert!(name.len() <= 63 && name.ends_with("_before_restore_20261120_143000"));
    }
}
