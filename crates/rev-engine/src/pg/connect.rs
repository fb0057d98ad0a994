//! Opening a connection: hosts in turn, TLS as libpq means it, a time limit, and errors sorted by whether waiting helps.

use std::time::{Duration, Instant};

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};

use super::address::{Address, Host, SessionAttributes, Tls, TlsMode};
use super::passfile;
use super::session::Session;
use crate::error::DatabaseFault;

/// The oldest server that is supported: `pg_current_xact_id` and `pg_xact_status` on `xid8` came with it.
pub const OLDEST_SERVER: u32 = 130_000;

/// One attempt may take this long unless `connect_timeout` says otherwise.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How to reach a database.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Where it is.
    pub address: Address,
    /// How long to go on trying while the failure is one that can heal; `None` tries once.
    pub wait: Option<Duration>,
    /// The driver's own options, where a program has them already; they win over the address.
    driver: Option<Box<PgConnectOptions>>,
}

impl ConnectOptions {
    /// Connects once to the given address.
    #[must_use]
    pub fn new(address: Address) -> ConnectOptions {
        ConnectOptions {
            address,
            wait: None,
            driver: None,
        }
    }

    /// Waits so long for a database that is not up yet.
    #[must_use]
    pub fn waiting(mut self, wait: Option<Duration>) -> ConnectOptions {
        self.wait = wait;
        self
    }

    /// Connects as a pool of the driver would.
    #[must_use]
    pub fn of_driver(driver: PgConnectOptions) -> ConnectOptions {
        let host = Host {
            name: match driver.get_socket() {
                Some(folder) => folder.display().to_string(),
                None => driver.get_host().to_owned(),
            },
            port: driver.get_port(),
        };
        // Only to say in messages where that is.
        let address = Address {
            hosts: vec![host],
            database: driver.get_database().map(str::to_owned),
            user: Some(driver.get_username().to_owned()),
            password: None,
            passfile: None,
            tls: Tls::default(),
            connect_timeout: None,
            options: None,
            application_name: None,
            wanted: SessionAttributes::Any,
        };
        ConnectOptions {
            address,
            wait: None,
            driver: Some(Box::new(
                driver
                    .statement_cache_capacity(0)
                    .application_name("rev")
                    .disable_statement_logging(),
            )),
        }
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address cannot be read.
    #[error("the database address cannot be read: {why}")]
    Address {
        /// What is wrong with it; never the address itself, which may hold a password.
        why: String,
    },
    /// `channel_binding=require`: rustls under sqlx cannot do it, and going on without it is what the user ruled out.
    #[error("`channel_binding=require` is not supported")]
    ChannelBinding,
    /// A parameter that changes what is safe, and is not implemented.
    #[error("the connection parameter `{parameter}` is not supported")]
    Unsupported {
        /// Its name.
        parameter: String,
    },
    /// A parameter that nobody knows; libpq refuses these as well.
    #[error("`{parameter}` is not a connection parameter")]
    UnknownParameter {
        /// Its name.
        parameter: String,
    },
    /// Nobody answers, or not in time.
    #[error("cannot reach {place}: {why}")]
    Unreachable {
        /// The address in words.
        place: String,
        /// What the system said.
        why: String,
        /// Whether waiting may help (it does not against a certificate or a wrong file name).
        heals: bool,
    },
    /// The server answered, and said no.
    #[error("{place} refused the connection: {error}")]
    Refused {
        /// The address in words.
        place: String,
        /// What it said.
        error: Box<DatabaseFault>,
    },
    /// The channel cannot be protected as asked.
    #[error("no TLS connection to {place}: {why}")]
    Tls {
        /// The address in words.
        place: String,
        /// What went wrong.
        why: String,
    },
    /// A server older than [`OLDEST_SERVER`].
    #[error("{place} runs PostgreSQL {}, and PostgreSQL 13 is the oldest that is supported", version / 10_000)]
    TooOld {
        /// The address in words.
        place: String,
        /// `server_version_num`.
        version: u32,
    },
    /// `target_session_attrs` fits none of the servers.
    #[error("no server of {place} is {wanted}")]
    NoneWanted {
        /// The address in words.
        place: String,
        /// What was asked for.
        wanted: &'static str,
    },
}

impl ConnectError {
    /// The name of the variant, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            ConnectError::Address { .. } => "bad_database_url",
            ConnectError::ChannelBinding | ConnectError::Unsupported { .. } => {
                "unsupported_connection_parameter"
            }
            ConnectError::UnknownParameter { .. } => "unknown_connection_parameter",
            ConnectError::Unreachable { .. } => "database_unreachable",
            ConnectError::Refused { error, .. } if error.is_about_login() => "login_refused",
            ConnectError::Refused { error, .. } if error.names_no_database() => "unknown_database",
            ConnectError::Refused { .. } => "connection_refused",
            ConnectError::Tls { .. } => "tls_failed",
            ConnectError::TooOld { .. } => "server_too_old",
            ConnectError::NoneWanted { .. } => "no_suitable_server",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            ConnectError::Address { .. } => {
                "write it as `postgres://user:password@host:5432/database`, with odd characters as %XX".to_owned()
            }
            ConnectError::ChannelBinding => {
                "use `channel_binding=prefer` with `sslmode=verify-full`, which proves the server by its certificate"
                    .to_owned()
            }
            ConnectError::Unsupported { .. } | ConnectError::UnknownParameter { .. } => {
                "leave it out of the address".to_owned()
            }
            ConnectError::Unreachable { heals: true, .. } => {
                "is the server running, and is this its address? `--wait 60s` goes on trying".to_owned()
            }
            ConnectError::Refused { error, .. } => match error.sqlstate.as_str() {
                "28P01" => "check the user and the password".to_owned(),
                "3D000" => "create the database, or correct its name in the address".to_owned(),
                "53300" => "`--wait 60s` goes on trying until a connection is free".to_owned(),
                "57P03" => "`--wait 60s` goes on trying until the server is up".to_owned(),
                _ => return error.hint.clone(),
            },
            ConnectError::Tls { .. } => {
                "`sslmode` and `sslrootcert` in the address say how the server proves itself".to_owned()
            }
            _ => return None,
        })
    }

    /// Whether the same attempt may succeed later: nobody there yet, starting up, no connection left.
    #[must_use]
    pub fn heals(&self) -> bool {
        match self {
            ConnectError::Unreachable { heals, .. } => *heals,
            ConnectError::Refused { error, .. } => error.heals(),
            ConnectError::NoneWanted { .. } => true,
            _ => false,
        }
    }
}

/// Connects, waiting as long as `options.wait` allows while the failure can heal.
///
/// # Errors
///
/// The last failure, or at once one that waiting cannot cure (password, unknown database, TLS).
pub async fn connect(options: &ConnectOptions) -> Result<Session, ConnectError> {
    connect_noting(options, &mut |_| ()).await
}

/// [`connect`], calling `note` before each pause.
///
/// # Errors
///
/// As [`connect`].
pub async fn connect_noting(
    options: &ConnectOptions,
    note: &mut dyn FnMut(&ConnectError),
) -> Result<Session, ConnectError> {
    let deadline = options.wait.map(|wait| Instant::now() + wait);
    let mut pause = Duration::from_millis(50);
    loop {
        let error = match connect_once(options).await {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        let left = deadline.map_or(Duration::ZERO, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        });
        if left.is_zero() || !error.heals() {
            return Err(error);
        }
        note(&error);
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn connect_once(options: &ConnectOptions) -> Result<Session, ConnectError> {
    let address = &options.address;
    if let (Some(driver), Some(host)) = (&options.driver, address.hosts.first()) {
        return open(driver, address, host)
            .await
            .and_then(|connection| checked(connection, address, host));
    }
    let mut last = None;
    for host in &address.hosts {
        match connect_host(address, host).await {
            Ok(mut session) => {
                if is_wanted(&mut session, address.wanted).await {
                    return Ok(session);
                }
                last = Some(ConnectError::NoneWanted {
                    place: address.describe(),
                    wanted: wanted_in_words(address.wanted),
                });
            }
            // A password that one server refuses would be refused by the next: libpq stops here too.
            Err(error) if !error.heals() => return Err(error),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or(ConnectError::Address {
        why: "it names no host".to_owned(),
    }))
}

async fn connect_host(address: &Address, host: &Host) -> Result<Session, ConnectError> {
    let mut outcome = Err(ConnectError::Address {
        why: "it allows no kind of channel".to_owned(),
    });
    if !host.is_socket() && address.tls.mode != TlsMode::Disable {
        check_files(&address.tls, &place_of(address, host))?;
    }
    for mode in modes(address.tls.mode, &address.tls, host) {
        let options = driver_options(address, host, mode);
        outcome = open(&options, address, host).await;
        match &outcome {
            // `allow` and `prefer` have a second way only where the first failed for its kind of channel.
            Err(ConnectError::Tls { .. }) => {}
            Err(ConnectError::Refused { error, .. }) if error.sqlstate == "28000" => {}
            _ => break,
        }
    }
    checked(outcome?, address, host)
}

async fn open(
    options: &PgConnectOptions,
    address: &Address,
    host: &Host,
) -> Result<PgConnection, ConnectError> {
    let limit = address.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
    match tokio::time::timeout(limit, options.connect()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(sort(error, &place_of(address, host))),
        Err(_) => Err(ConnectError::Unreachable {
            place: place_of(address, host),
            why: format!("no answer within {} s", limit.as_secs()),
            heals: true,
        }),
    }
}

fn checked(
    connection: PgConnection,
    address: &Address,
    host: &Host,
) -> Result<Session, ConnectError> {
    let version = connection.server_version_num().unwrap_or(0);
    let place = place_of(address, host);
    if version != 0 && version < OLDEST_SERVER {
        return Err(ConnectError::TooOld { place, version });
    }
    Ok(Session::new(connection, version, place))
}

fn place_of(address: &Address, host: &Host) -> String {
    Address {
        hosts: vec![host.clone()],
        ..address.clone()
    }
    .describe()
}

/// The channels to try, in order. libpq never uses TLS on a Unix socket.
fn modes(mode: TlsMode, tls: &Tls, host: &Host) -> Vec<PgSslMode> {
    if host.is_socket() {
        return vec![PgSslMode::Disable];
    }
    match mode {
        TlsMode::Disable => vec![PgSslMode::Disable],
        TlsMode::Allow => vec![PgSslMode::Disable, PgSslMode::Require],
        TlsMode::Prefer => vec![PgSslMode::Prefer, PgSslMode::Disable],
        // libpq: with a root certificate at hand, `require` checks it.
        TlsMode::Require if tls.root_certificate.is_some() => vec![PgSslMode::VerifyCa],
        TlsMode::Require => vec![PgSslMode::Require],
        TlsMode::VerifyCa => vec![PgSslMode::VerifyCa],
        TlsMode::VerifyFull => vec![PgSslMode::VerifyFull],
    }
}

fn driver_options(address: &Address, host: &Host, mode: PgSslMode) -> PgConnectOptions {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(host.port)
        .ssl_mode(mode)
        .statement_cache_capacity(0)
        // PgBouncer refuses start-up parameters that it does not know, and this one changes nothing for text.
        .extra_float_digits(None)
        .application_name(address.application_name.as_deref().unwrap_or("rev"))
        .disable_statement_logging();
    options = if host.is_socket() {
        options.socket(&host.name)
    } else {
        options.host(&host.name)
    };
    if let Some(database) = &address.database {
        options = options.database(database);
    }
    if let Some(user) = &address.user {
        options = options.username(user);
    }
    let password = address
        .password
        .clone()
        .or_else(|| passfile::password_for(address, host));
    if let Some(password) = password {
        options = options.password(&password);
    }
    if !matches!(mode, PgSslMode::Disable) {
        match address.tls.root_certificate.as_deref() {
            // The machine's own store is what the TLS back end reads unasked.
            None | Some("system") => {}
            Some(file) => options = options.ssl_root_cert(file),
        }
        if let Some(file) = &address.tls.certificate {
            options = options.ssl_client_cert(file);
        }
        if let Some(file) = &address.tls.key {
            options = options.ssl_client_key(file);
        }
    }
    // PGOPTIONS is already in; only what the address brought is missing.
    match (&address.options, options.get_options()) {
        (Some(text), None) => with_raw_options(options, text),
        (Some(text), Some(known)) if known != text => with_raw_options(options, text),
        _ => options,
    }
}

/// sqlx takes name and value; libpq's `options` is a command line of `-c name=value` and `--name=value`.
fn with_raw_options(options: PgConnectOptions, text: &str) -> PgConnectOptions {
    let mut pairs = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_start_matches("--").trim_start_matches("-c");
        if let Some((name, value)) = word.split_once('=') {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    options.options(pairs)
}

fn sort(error: sqlx::Error, place: &str) -> ConnectError {
    let place = place.to_owned();
    match error {
        sqlx::Error::Database(error) => ConnectError::Refused {
            place,
            error: Box::new(DatabaseFault::from(sqlx::Error::Database(error))),
        },
        sqlx::Error::Io(error) => {
            use std::io::ErrorKind as Kind;
            let text = error.to_string();
            if let Some(why) = certificate_in_words(&text, &place) {
                return ConnectError::Tls { place, why };
            }
            // A missing socket file is a server that is not up yet; anything but these is a mistake in the address.
            let heals = !matches!(error.kind(), Kind::PermissionDenied | Kind::InvalidInput);
            let why = match error.kind() {
                Kind::ConnectionRefused => "nobody listens there (connection refused)".to_owned(),
                Kind::NotFound => "there is no such socket".to_owned(),
                Kind::UnexpectedEof | Kind::ConnectionReset => {
                    "the server closed the connection".to_owned()
                }
                _ => crate::error::plain_io(&error),
            };
            ConnectError::Unreachable { place, why, heals }
        }
        sqlx::Error::Tls(error) => ConnectError::Tls {
            why: tls_in_words(&error.to_string(), &place),
            place,
        },
        sqlx::Error::Configuration(error) => ConnectError::Tls {
            why: tls_in_words(&error.to_string(), &place),
            place,
        },
        sqlx::Error::Protocol(why) => ConnectError::Unreachable {
            place,
            why: format!("what answers does not speak PostgreSQL's protocol: {why}"),
            heals: false,
        },
        other => ConnectError::Unreachable {
            place,
            why: other.to_string(),
            heals: false,
        },
    }
}

/// What rustls finds wrong with a certificate, as people say it; none where the text is about something else.
fn certificate_in_words(text: &str, place: &str) -> Option<String> {
    let words = if text.contains("UnknownIssuer") {
        "its certificate is of no authority that is trusted here".to_owned()
    } else if text.contains("NotValidForName") || text.contains("not valid for name") {
        let name = place.rsplit(" on ").next().unwrap_or_default();
        let name = name.split(" as ").next().unwrap_or_default();
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        format!("its certificate is not for the name `{name}`")
    } else if text.contains("NotValidYet") || text.contains("not valid yet") {
        "its certificate is not valid yet".to_owned()
    } else if text.contains("Expired") || text.contains("certificate expired") {
        "its certificate has expired".to_owned()
    } else if text.contains("Revoked") {
        "its certificate was revoked".to_owned()
    } else if text.contains("invalid peer certificate") {
        let what = text
            .split("invalid peer certificate")
            .nth(1)
            .unwrap_or_default();
        format!(
            "its certificate cannot be used ({})",
            what.trim_start_matches([':', ' '])
        )
    } else {
        return None;
    };
    Some(words)
}

fn tls_in_words(text: &str, place: &str) -> String {
    if let Some(words) = certificate_in_words(text, place) {
        return words;
    }
    if text.contains("server does not support TLS") || text.contains("upgrade") {
        return "it does not speak TLS".to_owned();
    }
    if text.contains("must be given together") {
        return "`sslcert` and `sslkey` belong together, and one is missing".to_owned();
    }
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The files that the address names must be there, and a key must be a secret, as libpq has it.
fn check_files(tls: &Tls, place: &str) -> Result<(), ConnectError> {
    use std::os::unix::fs::MetadataExt;
    let refuse = |why: String| {
        Err(ConnectError::Tls {
            place: place.to_owned(),
            why,
        })
    };
    let root = tls
        .root_certificate
        .as_ref()
        .filter(|name| *name != "system");
    for file in root.into_iter().chain(&tls.certificate).chain(&tls.key) {
        if let Err(error) = std::fs::File::open(file) {
            let said = crate::error::plain_io(&error);
            return refuse(format!("{file} cannot be read: {said}"));
        }
    }
    let Some(key) = &tls.key else { return Ok(()) };
    let Ok(about) = std::fs::metadata(key) else {
        return Ok(());
    };
    // Of a key that belongs to root the group may read, so that a service account can.
    let too_open = if about.uid() == 0 { 0o027 } else { 0o077 };
    if about.is_file() && about.mode() & too_open != 0 {
        return refuse(format!(
            "the key {key} can be read by others: `chmod 600` it"
        ));
    }
    Ok(())
}

async fn is_wanted(session: &mut Session, wanted: SessionAttributes) -> bool {
    if wanted == SessionAttributes::Any {
        return true;
    }
    let sql = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";
    let Ok(rows) = session.rows(sql).await else {
        return false;
    };
    let replica = rows[0].text(0) == "t";
    let read_only = replica || rows[0].text(1) == "on";
    match wanted {
        SessionAttributes::Any => true,
        SessionAttributes::ReadWrite => !read_only,
        SessionAttributes::ReadOnly => read_only,
        SessionAttributes::Primary => !replica,
        SessionAttributes::Standby => replica,
    }
}

fn wanted_in_words(wanted: SessionAttributes) -> &'static str {
    match wanted {
        SessionAttributes::Any => "up",
        SessionAttributes::ReadWrite => "open for writing",
        SessionAttributes::ReadOnly => "read-only",
        SessionAttributes::Primary => "the primary",
        SessionAttributes::Standby => "a replica",
    }
}
