//! Databases for rehearsals: what a revision would do is tried here before anybody sees it.
//!
//! [`DevDatabase::acquire`] decides where: the server that `dev_database` in rev.yaml names; else a throw-away server
//! from this machine's binaries ([`Cluster`]); else scratch databases on the project's own server when that runs on
//! this machine and its role may create databases; else an error that says how to get each. A remote server never
//! gets a scratch database unasked: it may be production.

mod binaries;
pub mod cluster;
mod embedded;
mod scratch;
mod sys;
mod template;

pub use binaries::{Binaries, find};
pub(crate) use binaries::{client_directories, major_of};
pub use cluster::{Cluster, ClusterError};
pub use embedded::{Embedded, EmbeddedStatus};
pub(crate) use scratch::Missing;
pub use scratch::ScratchDatabase;
pub(crate) use template::likely_cache_directory;

use crate::error::EngineError;
use crate::pg::{Address, ConnectError, ConnectOptions, Session, SessionError, connect};
use crate::settings::DevDatabaseSetting;

/// What is wanted of a dev database.
#[derive(Clone, Debug, Default)]
pub struct DevOptions {
    /// The server that the setting names; `None` is `auto`.
    pub url: Option<String>,
    /// The project's own database, where one is configured: a place of last resort, and who owns things.
    pub target: Option<Address>,
    /// The major version that is to be rehearsed for, when it is known.
    pub major: Option<u32>,
    /// Whether another major is an error and not only worth a note.
    pub exact_major: bool,
}

impl DevOptions {
    /// Returns options for a setting.
    pub fn of(setting: DevDatabaseSetting) -> DevOptions {
        DevOptions {
            url: match setting {
                DevDatabaseSetting::Auto => None,
                DevDatabaseSetting::Url(url) => Some(url),
            },
            ..DevOptions::default()
        }
    }
}

/// Why there is no place for a rehearsal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevDatabaseError {
    /// Nothing that may be used.
    #[error("there is no database to rehearse on: {why}")]
    NoPlace {
        /// What was tried.
        why: String,
        /// The major that the rehearsal needs.
        major: Option<u32>,
    },
    /// The server that `dev_database` names does not answer.
    #[error("the dev database does not answer: {source}")]
    Connect {
        /// Why not.
        source: ConnectError,
    },
    /// Its role may not create databases.
    #[error("the role of the dev database may not create databases on {place}")]
    NoRights {
        /// The server.
        place: String,
    },
    /// It runs another major than the target, and texts of two majors cannot be compared.
    #[error(
        "the dev database runs Postgres {has} and the database Postgres {wanted}: what two major versions print cannot be compared"
    )]
    OtherMajor {
        /// Its major.
        has: u32,
        /// The target's.
        wanted: u32,
    },
    /// It refused a statement of ours.
    #[error("the dev database could not {action}: {source}")]
    Statement {
        /// What was to be done.
        action: String,
        /// What it said.
        source: SessionError,
    },
}

impl DevDatabaseError {
    /// Returns the error's name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            DevDatabaseError::NoPlace { .. } => "no_dev_database",
            DevDatabaseError::Connect { .. } => "dev_database_unreachable",
            DevDatabaseError::NoRights { .. } => "dev_database_rights",
            DevDatabaseError::OtherMajor { .. } => "dev_database_major",
            DevDatabaseError::Statement { .. } => "dev_database_failed",
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        let one = |major: &Option<u32>| match major {
            Some(major) => format!("Postgres {major}"),
            None => "Postgres".to_owned(),
        };
        match self {
            DevDatabaseError::NoPlace { major, .. } => Some(format!(
                "install {} on this machine (or set `REV_POSTGRES_BIN` to its bin directory), or set `dev_database` in rev.yaml (`REV_DEV_DATABASE`) to the URL of a server you can spare, such as a container",
                one(major)
            )),
            DevDatabaseError::Connect { source } => source.hint(),
            DevDatabaseError::NoRights { .. } => Some(
                "grant it with `ALTER ROLE … CREATEDB`, or name another role in `dev_database`"
                    .to_owned(),
            ),
            DevDatabaseError::OtherMajor { wanted, .. } => {
                Some(format!("use a dev database of {}", one(&Some(*wanted))))
            }
            DevDatabaseError::Statement { source, .. } => {
                source.server().and_then(|fault| fault.hint.clone())
            }
        }
    }
}

/// A server to rehearse on. [`DevDatabase::close`] cleans up; a process that dies before is cleaned up after.
#[derive(Debug)]
pub struct DevDatabase {
    /// Held so that the server lives as long as this value.
    cluster: Option<Cluster>,
    /// In the maintenance database; its life marks the scratch databases on somebody's server as in use.
    admin: Session,
    address: Address,
    tag: String,
    made: Vec<String>,
    number: usize,
    /// Something the user should hear, such as a major that is not the target's.
    notes: Vec<String>,
}

impl DevDatabase {
    /// Finds or makes a server for rehearsals.
    ///
    /// # Errors
    /// There is no place, or the one named cannot be used.
    pub async fn acquire(options: &DevOptions) -> Result<DevDatabase, EngineError> {
        if let Some(url) = &options.url {
            return Ok(DevDatabase::on_named_server(url, options).await?);
        }
        let exact = start_cluster(options.major).await;
        let missing = match exact {
            Ok(cluster) => return DevDatabase::on_cluster(cluster, options).await,
            Err(error @ ClusterError::NoBinaries { .. }) => error,
            // The variable may well lead to programs, of another major than this one.
            Err(
                error @ ClusterError::NotABinDirectory {
                    wanted: Some(_), ..
                },
            ) => error,
            Err(other) => return Err(other.into()),
        };
        let local = options.target.as_ref().filter(|address| is_local(address));
        if let Some(address) = local {
            match DevDatabase::on_server(address, options).await {
                Ok(dev) => return Ok(dev),
                Err(DevDatabaseError::NoRights { .. }) => {}
                Err(other) => return Err(other.into()),
            }
        }
        if options.major.is_some()
            && !options.exact_major
            && let Ok(cluster) = start_cluster(None).await
        {
            return DevDatabase::on_cluster(cluster, options).await;
        }
        let why = match (&options.target, local) {
            (Some(_), Some(address)) => {
                format!(
                    "{missing}, and the role of {} may not create databases",
                    address.describe()
                )
            }
            (Some(address), None) => format!(
                "{missing}, and {} is not on this machine, so no scratch database is made there",
                address.describe()
            ),
            (None, _) => missing.to_string(),
        };
        Err(DevDatabaseError::NoPlace {
            why,
            major: options.major,
        }
        .into())
    }

    async fn on_cluster(
        cluster: Cluster,
        options: &DevOptions,
    ) -> Result<DevDatabase, EngineError> {
        let url = cluster.url("postgres");
        let mut address = own_address(&url)?;
        let mut admin = connect(&ConnectOptions::new(address.clone()))
            .await
            .map_err(|source| DevDatabaseError::Connect { source })?;
        // Who works on the target owns what is made there, and default privileges are that role's: the same name here
        // makes both sides read alike.
        let user = options
            .target
            .as_ref()
            .and_then(|target| target.user.clone());
        if let Some(user) = user.filter(|user| user != cluster::USER) {
            let create = format!(
                "CREATE ROLE {} LOGIN SUPERUSER",
                rev_sql::quote_ident(&user)
            );
            match admin.execute(&create).await {
                Err(error) if !error.is("42710") => {
                    return Err(statement("make a role", error).into());
                }
                _ => {}
            }
            address.user = Some(user);
            admin.close().await;
            admin = connect(&ConnectOptions::new(address.clone()))
                .await
                .map_err(|source| DevDatabaseError::Connect { source })?;
        }
        let mut dev = DevDatabase::new(Some(cluster), admin, address);
        dev.check_major(options)?;
        Ok(dev)
    }

    async fn on_named_server(
        url: &str,
        options: &DevOptions,
    ) -> Result<DevDatabase, DevDatabaseError> {
        let environment = |name: &str| std::env::var(name).ok();
        let address = Address::parse(Some(url), &environment)
            .map_err(|source| DevDatabaseError::Connect { source })?;
        DevDatabase::on_server(&address, options).await
    }

    async fn on_server(
        address: &Address,
        options: &DevOptions,
    ) -> Result<DevDatabase, DevDatabaseError> {
        let mut admin = connect(&ConnectOptions::new(address.clone()))
            .await
            .map_err(|source| DevDatabaseError::Connect { source })?;
        let rights =
            "SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user";
        let rows = admin
            .rows(rights)
            .await
            .map_err(|e| statement("tell its rights", e))?;
        if !rows.first().is_some_and(|row| row.is_true(0)) {
            return Err(DevDatabaseError::NoRights {
                place: address.describe(),
            });
        }
        scratch::sweep(&mut admin)
            .await
            .map_err(|e| statement("drop abandoned scratch databases", e))?;
        let mut dev = DevDatabase::new(None, admin, address.clone());
        dev.tag = scratch::maker_tag(&mut dev.admin)
            .await
            .map_err(|e| statement("tell its own session", e))?;
        dev.check_major(options)?;
        Ok(dev)
    }

    fn new(cluster: Option<Cluster>, admin: Session, address: Address) -> DevDatabase {
        DevDatabase {
            cluster,
            admin,
            address,
            tag: "here".to_owned(),
            made: Vec::new(),
            number: 0,
            notes: Vec::new(),
        }
    }

    fn check_major(&mut self, options: &DevOptions) -> Result<(), DevDatabaseError> {
        let has = self.major();
        match options.major {
            Some(wanted) if wanted != has && options.exact_major => {
                Err(DevDatabaseError::OtherMajor { has, wanted })
            }
            Some(wanted) if wanted != has => {
                self.notes.push(format!(
                    "rehearsing on Postgres {has}, while the database runs Postgres {wanted}"
                ));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Returns the server's major version.
    pub fn major(&self) -> u32 {
        self.admin.version() / 10_000
    }

    /// Returns the server's `server_version_num`.
    pub fn version(&self) -> u32 {
        self.admin.version()
    }

    /// Returns what the user should hear about the choice.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns whether the server exists for this run alone.
    pub fn is_throw_away(&self) -> bool {
        self.cluster.is_some()
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn create_database(&mut self) -> Result<ScratchDatabase, DevDatabaseError> {
        self.create("TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
            .await
    }

    /// Makes a copy of a scratch database; nobody may be connected to that.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn copy_database(
        &mut self,
        of: &ScratchDatabase,
    ) -> Result<ScratchDatabase, DevDatabaseError> {
        let template = format!("TEMPLATE {}", rev_sql::quote_ident(of.name()));
        self.create(&template).await
    }

    async fn create(&mut self, how: &str) -> Result<ScratchDatabase, DevDatabaseError> {
        self.number += 1;
        let name = scratch::name(&self.tag, self.number);
        // Noted before it is made: a cancelled future must not forget it.
        self.made.push(name.clone());
        let create = format!("CREATE DATABASE {} {how}", rev_sql::quote_ident(&name));
        self.admin
            .execute(&create)
            .await
            .map_err(|error| statement("make a scratch database", error))?;
        let mut address = self.address.clone();
        address.database = Some(name);
        Ok(ScratchDatabase {
            address,
            throw_away: self.is_throw_away(),
        })
    }

    /// Drops a scratch database now, rather than with the rest; nobody may be connected to it.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn drop_database(
        &mut self,
        database: ScratchDatabase,
    ) -> Result<(), DevDatabaseError> {
        scratch::drop_database(&mut self.admin, database.name())
            .await
            .map_err(|error| statement("drop a scratch database", error))?;
        self.made.retain(|name| name != database.name());
        Ok(())
    }

    /// Makes the roles that are missing, without the right to log in.
    ///
    /// # Errors
    /// The role of the dev database may not create roles.
    pub async fn create_roles(&mut self, roles: &[String]) -> Result<(), DevDatabaseError> {
        let throw_away = self.is_throw_away();
        scratch::create_roles(&mut self.admin, roles, throw_away)
            .await
            .map_err(|error| statement("make the roles that the schema names", error))
    }

    /// Drops everything that was made. A throw-away server just ends.
    pub async fn close(mut self) {
        if self.cluster.is_none() {
            for name in std::mem::take(&mut self.made) {
                if scratch::drop_database(&mut self.admin, &name)
                    .await
                    .is_err()
                {
                    // Most likely a subscription in it.
                    let mut address = self.address.clone();
                    address.database = Some(name.clone());
                    if let Ok(mut session) = connect(&ConnectOptions::new(address)).await {
                        let _ = scratch::drop_subscriptions(&mut session).await;
                        session.close().await;
                    }
                    let _ = scratch::drop_database(&mut self.admin, &name).await;
                }
            }
            let _ = scratch::drop_roles(&mut self.admin).await;
            self.admin.close().await;
        }
    }
}

/// Starts a server off the event loop: it waits for processes and files.
async fn start_cluster(major: Option<u32>) -> Result<Cluster, ClusterError> {
    let started = tokio::task::spawn_blocking(move || find(major).and_then(Cluster::start)).await;
    started.unwrap_or_else(|stopped| {
        Err(ClusterError::NotReady {
            said: stopped.to_string(),
        })
    })
}

/// The address of a throw-away server: the environment's `PG*` variables mean another one.
fn own_address(url: &str) -> Result<Address, DevDatabaseError> {
    Address::parse(Some(url), &|_| None).map_err(|source| DevDatabaseError::Connect { source })
}

/// Returns a function that turns a failed exchange into an error: `.map_err(refused_to("load the models"))`.
pub(crate) fn refused_to(action: &'static str) -> impl Fn(SessionError) -> EngineError {
    move |source| statement(action, source).into()
}

fn statement(action: &str, source: SessionError) -> DevDatabaseError {
    DevDatabaseError::Statement {
        action: action.to_owned(),
        source,
    }
}

/// Returns whether every host of an address is this machine.
fn is_local(address: &Address) -> bool {
    !address.hosts.is_empty()
        && address.hosts.iter().all(|host| {
            host.is_socket()
                || matches!(host.name.as_str(), "localhost" | "::1")
                || host
                    .name
                    .parse::<std::net::Ipv4Addr>()
                    .is_ok_and(|ip| ip.is_loopback())
        })
}
