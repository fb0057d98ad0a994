//! Scratch databases: made for one rehearsal, gone afterwards.
//!
//! On a throw-away server there is nothing to clean: the server goes as a whole. On a server that is somebody's, each
//! database carries its maker in its name (backend process and start time of the session that made it), so that a
//! later run can tell an abandoned one from one in use and drop it, without a file and without a lock.

use super::DevDatabaseError;
use crate::error::{DatabaseFault, EngineError};
use crate::pg::{Address, ConnectOptions, Session, SessionError, connect};

/// Scratch databases start with this.
const PREFIX: &str = "rev_dev_";

/// A database for one rehearsal.
///
/// It is dropped with the [`super::DevDatabase`] it came from.
#[derive(Clone, Debug)]
pub struct ScratchDatabase {
    pub(super) address: Address,
    pub(super) throw_away: bool,
}

impl ScratchDatabase {
    /// Opens a connection to it.
    ///
    /// # Errors
    /// The server is gone, or has no connection left.
    pub async fn connect(&self) -> Result<Session, DevDatabaseError> {
        connect(&ConnectOptions::new(self.address.clone()))
            .await
            .map_err(|source| DevDatabaseError::Connect { source })
    }

    /// Returns how to reach it.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        self.address.database.as_deref().unwrap_or_default()
    }

    /// Returns whether its server exists for this run alone, so that roles and settings may be changed freely.
    pub fn is_throw_away(&self) -> bool {
        self.throw_away
    }
}

/// Returns the part of a database's name that tells its maker's session.
pub(super) async fn maker_tag(admin: &mut Session) -> Result<String, SessionError> {
    let rows = admin
        .rows(&format!("SELECT {}{FROM_OWN}", tag_of("a")))
        .await?;
    Ok(rows
        .first()
        .map(|row| row.text(0).to_owned())
        .unwrap_or_default())
}

const FROM_OWN: &str =
    " FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_catalog.pg_backend_pid()";

/// The process alone would be reused one day; with the microsecond of its start it is unique.
fn tag_of(activity: &str) -> String {
    format!(
        "{activity}.pid || '_' || pg_catalog.to_hex((extract(epoch FROM {activity}.backend_start) * 1000000)::bigint)"
    )
}

/// Returns the name of a maker's next database.
pub(super) fn name(tag: &str, number: usize) -> String {
    format!("{PREFIX}{tag}_{number}")
}

/// Drops the scratch databases of this role whose makers are gone, and the roles made for them.
pub(super) async fn sweep(admin: &mut Session) -> Result<(), SessionError> {
    let abandoned = format!(
        "SELECT d.datname FROM pg_catalog.pg_database d \
         WHERE d.datname LIKE 'rev\\_dev\\_%' AND pg_catalog.pg_has_role(d.datdba, 'USAGE') \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a \
                         WHERE d.datname LIKE 'rev\\_dev\\_' || replace({}, '_', '\\_') || '\\_%')",
        tag_of("a")
    );
    for row in admin.rows(&abandoned).await? {
        drop_database(admin, row.text(0)).await?;
    }
    drop_roles(admin).await
}

/// What the comment of a role made for a rehearsal on somebody's server says.
const ROLE_MARK: &str = "made by rev for a rehearsal";

/// Makes roles as far as they are missing; on somebody's server they are marked, to be dropped afterwards.
pub(super) async fn create_roles(
    admin: &mut Session,
    roles: &[String],
    throw_away: bool,
) -> Result<(), SessionError> {
    for role in roles {
        let quoted = rev_sql::quote_ident(role);
        // On a server of our own every role is a superuser: who may own an event trigger or a subscription is not
        // what a rehearsal is about.
        let kind = if throw_away {
            "NOLOGIN SUPERUSER"
        } else {
            "NOLOGIN"
        };
        match admin.execute(&format!("CREATE ROLE {quoted} {kind}")).await {
            Ok(_) if throw_away => {}
            Ok(_) => {
                let mark = format!("COMMENT ON ROLE {quoted} IS '{ROLE_MARK}'");
                admin.execute(&mark).await?;
            }
            Err(error) if error.is("42710") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Drops the roles that were made for rehearsals and that no rehearsal uses any more.
pub(super) async fn drop_roles(admin: &mut Session) -> Result<(), SessionError> {
    let marked = format!(
        "SELECT r.rolname FROM pg_catalog.pg_roles r \
         WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') = '{ROLE_MARK}' \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend d WHERE d.refobjid = r.oid AND d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass)"
    );
    for row in admin.rows(&marked).await? {
        // Another rehearsal may have begun to use it just now: then it is that one's to drop.
        let _ = admin
            .execute(&format!(
                "DROP ROLE IF EXISTS {}",
                rev_sql::quote_ident(row.text(0))
            ))
            .await;
    }
    Ok(())
}

/// Drops a database with everybody in it.
///
/// A subscription would hold it: it is cut loose first, without calling its publisher.
pub(super) async fn drop_database(admin: &mut Session, name: &str) -> Result<(), SessionError> {
    let drop = format!(
        "DROP DATABASE IF EXISTS {} WITH (FORCE)",
        rev_sql::quote_ident(name)
    );
    admin.execute(&drop).await.map(|_| ())
}

/// Drops the subscriptions of the database that a session is in, without calling their publishers.
pub(super) async fn drop_subscriptions(session: &mut Session) -> Result<(), SessionError> {
    let own = "SELECT pg_catalog.quote_ident(subname) FROM pg_catalog.pg_subscription s \
               JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database()";
    for row in session.rows(own).await? {
        let name = row.text(0);
        session
            .send(&[
                &format!("ALTER SUBSCRIPTION {name} DISABLE"),
                &format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"),
                &format!("DROP SUBSCRIPTION {name}"),
            ])
            .await?;
    }
    Ok(())
}

/// Something of the server as a whole that a schema names and that no revision makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// A role.
    Role(String),
    /// A tablespace.
    Tablespace(String),
}

impl Missing {
    /// Reads it out of a refusal.
    pub(crate) fn of(fault: &DatabaseFault) -> Option<Missing> {
        let named = |before: &str| {
            let name = fault
                .message
                .strip_prefix(before)?
                .strip_suffix("\" does not exist")?;
            Some(name.to_owned())
        };
        if fault.sqlstate != "42704" {
            return None;
        }
        named("role \"")
            .map(Missing::Role)
            .or_else(|| named("tablespace \"").map(Missing::Tablespace))
    }

    /// Makes it; false for what is not made on a server that is somebody's.
    pub(crate) async fn make(
        &self,
        session: &mut Session,
        throw_away: bool,
    ) -> Result<bool, EngineError> {
        let refused = super::refused_to("make what the schema names");
        match self {
            Missing::Role(role) => {
                create_roles(session, std::slice::from_ref(role), throw_away)
                    .await
                    .map_err(refused)?;
                Ok(true)
            }
            Missing::Tablespace(_) if !throw_away => Ok(false),
            Missing::Tablespace(name) => {
                create_tablespace(session, name).await.map_err(refused)?;
                Ok(true)
            }
        }
    }
}

/// Makes a tablespace without a directory: the setting is a developer's, and the server is ours.
async fn create_tablespace(session: &mut Session, name: &str) -> Result<(), SessionError> {
    session
        .execute("SET allow_in_place_tablespaces = on")
        .await?;
    let create = format!(
        "CREATE TABLESPACE {} LOCATION ''",
        rev_sql::quote_ident(name)
    );
    match session.execute(&create).await {
        Err(error) if !error.is("42710") => Err(error),
        _ => Ok(()),
    }
}
