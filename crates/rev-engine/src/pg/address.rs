//! Where a database is and how to log in, as a user writes it: a URL, a `key=value` string or the `PG*` variables.
//!
//! sqlx reads URLs too, but it ignores or bends what libpq honours (several hosts, `connect_timeout`,
//! `channel_binding`, `sslmode=allow`, `sslrootcert=system`, …), each time with a log line at most. A migration tool
//! that silently talks to another server or over an unverified channel is worse than one that refuses, so the
//! address is read here and every parameter is either honoured or refused by name.

use std::path::PathBuf;
use std::time::Duration;

use super::connect::ConnectError;

/// One database to connect to.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The servers to try, in order.
    pub hosts: Vec<Host>,
    /// The database's name; libpq's default is the user's name.
    pub database: Option<String>,
    /// The role to log in as.
    pub user: Option<String>,
    /// The password, if one was written down.
    pub password: Option<String>,
    /// Where passwords are kept (`passfile`, `PGPASSFILE`).
    pub passfile: Option<PathBuf>,
    /// How the channel is protected.
    pub tls: Tls,
    /// `connect_timeout`: how long one attempt may take.
    pub connect_timeout: Option<Duration>,
    /// `options`: settings for the session (`-c name=value`).
    pub options: Option<String>,
    /// `application_name`.
    pub application_name: Option<String>,
    /// `target_session_attrs`: which of several servers is wanted.
    pub wanted: SessionAttributes,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// A name, an address, or (with a leading `/`) the directory of a Unix socket.
    pub name: String,
    /// The port, also part of a socket's file name.
    pub port: u16,
}

/// libpq's `sslmode` and its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// How much is asked of the server.
    pub mode: TlsMode,
    /// `sslrootcert`; `system` stands for the machine's own store.
    pub root_certificate: Option<String>,
    /// `sslcert`.
    pub certificate: Option<String>,
    /// `sslkey`.
    pub key: Option<String>,
}

/// libpq's `sslmode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TlsMode {
    /// Never TLS.
    Disable,
    /// Plain first, TLS when the server insists.
    Allow,
    /// TLS first, plain when the server has none.
    #[default]
    Prefer,
    /// TLS, the certificate unchecked (checked when a root certificate is named, as in libpq).
    Require,
    /// TLS and a certificate of a known authority.
    VerifyCa,
    /// As [`TlsMode::VerifyCa`], and it must be issued for this host.
    VerifyFull,
}

/// libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SessionAttributes {
    /// Whichever answers first.
    #[default]
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that refuses writes.
    ReadOnly,
    /// Not a replica.
    Primary,
    /// A replica.
    Standby,
}

impl std::fmt::Debug for Address {
    /// Everything but the password: addresses end up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("hosts", &self.hosts)
            .field("database", &self.database)
            .field("user", &self.user)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl Address {
    /// Reads an address; what it leaves open comes from the `PG*` variables through `env`.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Address`] names what cannot be read, never the password.
    pub fn parse(
        text: Option<&str>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Address, ConnectError> {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let written = match text {
            None => Vec::new(),
            Some(text) => match text
                .strip_prefix("postgres://")
                .or_else(|| text.strip_prefix("postgresql://"))
            {
                Some(rest) => url_parameters(rest)?,
                None if text.contains("://") => return Err(foreign_scheme(text)),
                None if text.contains('=') => keyword_parameters(text)?,
                // libpq's rule: a bare word is a database's name.
                None => vec![("dbname".to_owned(), text.to_owned())],
            },
        };
        Address::from_parameters(written, env).map_err(|error| match error {
            // What looks like a parameter may be a piece of the password.
            ConnectError::UnknownParameter { .. } | ConnectError::Unsupported { .. }
                if text.is_some_and(is_doubtful) =>
            {
                unencoded_password()
            }
            other => other,
        })
    }

    /// The place in words, for messages: `shop on db.example.com:5432 as app`.
    #[must_use]
    pub fn describe(&self) -> String {
        let hosts: Vec<String> = self
            .hosts
            .iter()
            .map(|host| {
                if host.is_socket() {
                    format!("{} (port {})", host.name, host.port)
                } else {
                    format!("{}:{}", host.name, host.port)
                }
            })
            .collect();
        let mut text = match &self.database {
            Some(database) => format!("`{database}` on {}", hosts.join(", ")),
            None => hosts.join(", "),
        };
        if let Some(user) = &self.user {
            text.push_str(&format!(" as `{user}`"));
        }
        text
    }

    fn from_parameters(
        written: Vec<(String, String)>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Address, ConnectError> {
        let mut parameters = written;
        // A host in the URL beats PGHOSTADDR: the variable would silently lead elsewhere.
        let names_host = parameters.iter().any(|(key, _)| key == "host");
        for (variable, keyword) in FROM_ENVIRONMENT {
            let is_settled = parameters.iter().any(|(key, _)| key == keyword)
                || (*keyword == "hostaddr" && names_host);
            if let Some(value) = env(variable).filter(|value| !value.is_empty() && !is_settled) {
                parameters.push(((*keyword).to_owned(), value));
            }
        }
        let mut fields = Fields::default();
        for (key, value) in parameters {
            fields.take(&key, value)?;
        }
        fields.finish(env)
    }
}

impl Host {
    /// Whether this is the directory of a Unix socket.
    #[must_use]
    pub fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }
}

/// The variables libpq reads, and the keywords they stand for.
const FROM_ENVIRONMENT: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGOPTIONS", "options"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGSERVICE", "service"),
];

/// Parameters that change nothing that `rev` relies on, or that other drivers put into a shared URL.
const HARMLESS: &[&str] = &[
    "client_encoding",
    "connection_limit",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "pgbouncer",
    "pool_timeout",
    "schema",
    "socket_timeout",
    "sslcompression",
    "sslsni",
    "statement-cache-capacity",
    "statement_cache_size",
    "tcp_user_timeout",
    "uselibpqcompat",
];

#[derive(Default)]
struct Fields {
    hosts: Vec<String>,
    addresses: Vec<String>,
    ports: Vec<String>,
    database: Option<String>,
    user: Option<String>,
    password: Option<String>,
    passfile: Option<PathBuf>,
    tls: Tls,
    tls_mode_written: bool,
    connect_timeout: Option<Duration>,
    options: Option<String>,
    application_name: Option<String>,
    wanted: SessionAttributes,
}

impl Fields {
    fn take(&mut self, key: &str, value: String) -> Result<(), ConnectError> {
        let list = |value: &str| {
            value
                .split(',')
                .map(|part| part.trim().to_owned())
                .collect()
        };
        match key {
            "host" => self.hosts = list(&value),
            "hostaddr" => self.addresses = list(&value),
            "port" => self.ports = list(&value),
            "dbname" | "database" => self.database = Some(value).filter(|value| !value.is_empty()),
            "user" => self.user = Some(value).filter(|value| !value.is_empty()),
            "password" => self.password = Some(value),
            "passfile" => self.passfile = Some(value.into()),
            "sslmode" | "ssl-mode" => {
                self.tls.mode = tls_mode(&value)?;
                self.tls_mode_written = true;
            }
            "sslrootcert" | "ssl-root-cert" => self.tls.root_certificate = Some(value),
            "sslcert" => self.tls.certificate = Some(value),
            "sslkey" => self.tls.key = Some(value),
            // `ssl=true` is libpq's old spelling of require.
            "ssl" if value == "true" => {
                self.tls.mode = TlsMode::Require;
                self.tls_mode_written = true;
            }
            "requiressl" if value == "0" => {}
            "connect_timeout" => {
                let seconds: i64 = value.trim().parse().map_err(|_| {
                    bad(format!(
                        "`connect_timeout` must be a number of seconds, not `{value}`"
                    ))
                })?;
                self.connect_timeout = u64::try_from(seconds)
                    .ok()
                    .filter(|seconds| *seconds > 0)
                    .map(Duration::from_secs);
            }
            "options" => push_option(&mut self.options, &value),
            "application_name" => self.application_name = Some(value),
            "target_session_attrs" => {
                self.wanted = match value.as_str() {
                    "any" => SessionAttributes::Any,
                    "read-write" => SessionAttributes::ReadWrite,
                    "read-only" => SessionAttributes::ReadOnly,
                    // With no second choice left, libpq falls back to any server.
                    "primary" => SessionAttributes::Primary,
                    "standby" => SessionAttributes::Standby,
                    "prefer-standby" => SessionAttributes::Any,
                    _ => return Err(bad(format!("`target_session_attrs` cannot be `{value}`"))),
                }
            }
            "channel_binding" if value == "require" => return Err(ConnectError::ChannelBinding),
            "channel_binding" => {}
            "require_auth"
            | "ssl_min_protocol_version"
            | "ssl_max_protocol_version"
            | "sslcrl"
            | "sslcrldir"
            | "sslpassword"
            | "sslcertmode"
            | "sslnegotiation"
            | "requirepeer"
            | "replication"
            | "service"
            | "servicefile"
            | "requiressl"
            | "ssl" => {
                return Err(ConnectError::Unsupported {
                    parameter: key.to_owned(),
                });
            }
            _ if HARMLESS.contains(&key) => {}
            _ => match key
                .strip_prefix("options[")
                .and_then(|key| key.strip_suffix(']'))
            {
                Some(name) => push_option(&mut self.options, &format!("-c {name}={value}")),
                None => {
                    return Err(ConnectError::UnknownParameter {
                        parameter: key.to_owned(),
                    });
                }
            },
        }
        Ok(())
    }

    fn finish(mut self, env: &dyn Fn(&str) -> Option<String>) -> Result<Address, ConnectError> {
        let names = if self.addresses.is_empty() {
            std::mem::take(&mut self.hosts)
        } else if self.tls.mode == TlsMode::VerifyFull && !self.hosts.is_empty() {
            // The certificate is checked against the name, so the name is what must be dialled.
            std::mem::take(&mut self.hosts)
        } else {
            std::mem::take(&mut self.addresses)
        };
        let names = if names.is_empty() {
            vec![String::new()]
        } else {
            names
        };
        if self.ports.len() > 1 && self.ports.len() != names.len() {
            return Err(bad(format!(
                "{} ports are given for {} hosts",
                self.ports.len(),
                names.len()
            )));
        }
        let mut hosts = Vec::with_capacity(names.len());
        for (index, name) in names.into_iter().enumerate() {
            let port = self
                .ports
                .get(index)
                .or(self.ports.first())
                .map_or("", String::as_str);
            let port = match port {
                "" => 5432,
                text => text
                    .parse()
                    // Not echoed: where a URL is garbled this may be a piece of the password.
                    .map_err(|_| bad("the port must be a number up to 65535".to_owned()))?,
            };
            let name = if name.is_empty() {
                default_host(port)
            } else {
                name
            };
            hosts.push(Host { name, port });
        }
        if self.tls.root_certificate.as_deref() == Some("system") {
            // libpq: the system's store says nothing about who may sign for this host unless the name is checked.
            if self.tls_mode_written && self.tls.mode != TlsMode::VerifyFull {
                return Err(bad(
                    "`sslrootcert=system` needs `sslmode=verify-full`, as in libpq".to_owned(),
                ));
            }
            self.tls.mode = TlsMode::VerifyFull;
        }
        let user = self
            .user
            .or_else(|| env("USER"))
            .filter(|user| !user.is_empty());
        Ok(Address {
            database: self.database.or_else(|| user.clone()),
            hosts,
            user,
            password: self.password.filter(|password| !password.is_empty()),
            passfile: self.passfile,
            tls: self.tls,
            connect_timeout: self.connect_timeout,
            options: self.options,
            application_name: self.application_name,
            wanted: self.wanted,
        })
    }
}

/// libpq looks for a socket first and only then for a server on this host.
fn default_host(port: u16) -> String {
    ["/var/run/postgresql", "/tmp"]
        .into_iter()
        .find(|directory| {
            std::path::Path::new(directory)
                .join(format!(".s.PGSQL.{port}"))
                .exists()
        })
        .unwrap_or("localhost")
        .to_owned()
}

fn push_option(options: &mut Option<String>, more: &str) {
    match options {
        Some(options) => {
            options.push(' ');
            options.push_str(more);
        }
        None => *options = Some(more.to_owned()),
    }
}

fn tls_mode(text: &str) -> Result<TlsMode, ConnectError> {
    Ok(match text {
        "disable" => TlsMode::Disable,
        "allow" => TlsMode::Allow,
        "prefer" => TlsMode::Prefer,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        _ => {
            return Err(bad(format!(
                "`sslmode` cannot be `{text}`; it is one of disable, allow, prefer, require, verify-ca, verify-full"
            )));
        }
    })
}

/// Everything after `postgres://`.
fn url_parameters(rest: &str) -> Result<Vec<(String, String)>, ConnectError> {
    let mut parameters = Vec::new();
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (mut authority, mut tail) = rest.split_at(authority_end);
    let mut login = "";
    if let Some(at) = authority.rfind('@') {
        login = &authority[..at];
        authority = &authority[at + 1..];
    }
    // `user:pa/ss@host`: reading on would take half a password for a port or a database, and show it.
    let path = tail.split('?').next().unwrap_or_default();
    let port = authority
        .rsplit_once(':')
        .filter(|_| login.is_empty() && !authority.starts_with('['));
    let is_no_port = |port: &str| port.is_empty() || port.contains(|c: char| !c.is_ascii_digit());
    if path.contains('@') || (tail.contains('@') && port.is_some_and(|(_, port)| is_no_port(port)))
    {
        return Err(unencoded_password());
    }
    if !login.is_empty() {
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };
        parameters.push(("user".to_owned(), decode(user, "user")?));
        if let Some(password) = password {
            parameters.push(("password".to_owned(), decode(password, "password")?));
        }
    }
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for one in authority.split(',').filter(|_| !authority.is_empty()) {
        let (host, port) = split_host(one)?;
        hosts.push(decode(host, "host")?);
        ports.push(port.to_owned());
    }
    if !hosts.is_empty() {
        parameters.push(("host".to_owned(), hosts.join(",")));
    }
    if ports.iter().any(|port| !port.is_empty()) {
        parameters.push(("port".to_owned(), ports.join(",")));
    }
    let mut query = "";
    if let Some((path, rest)) = tail.split_once('?') {
        tail = path;
        query = rest;
    }
    let path = tail.strip_prefix('/').unwrap_or(tail);
    if !path.is_empty() {
        parameters.push(("dbname".to_owned(), decode(path, "database name")?));
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| bad("a parameter of the URL has no `=`".to_owned()))?;
        let key = decode(key, "parameter")?;
        let value = decode(value, &key)?;
        // As in libpq, a parameter replaces what stands before it: `postgres:///shop?host=/run/db`.
        parameters.retain(|(known, _)| *known != key || known == "options");
        parameters.push((key, value));
    }
    Ok(parameters)
}

/// Whether a URL's part behind the hosts holds an `@`: then it may be the rest of a password.
fn is_doubtful(text: &str) -> bool {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.find(['/', '?', '#'])
        .is_some_and(|end| rest[end..].contains('@'))
}

fn unencoded_password() -> ConnectError {
    bad(
        "the password contains `/`, `?` or `#` as it stands; write `%2F`, `%3F` or `%23` instead"
            .to_owned(),
    )
}

fn split_host(text: &str) -> Result<(&str, &str), ConnectError> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest
            .split_once(']')
            .ok_or_else(|| bad("an IPv6 address lacks its closing `]`".to_owned()))?;
        return Ok((host, after.strip_prefix(':').unwrap_or("")));
    }
    Ok(text.rsplit_once(':').unwrap_or((text, "")))
}

/// `host=localhost dbname='my db'`: libpq's other spelling, quotes and backslashes included.
fn keyword_parameters(text: &str) -> Result<Vec<(String, String)>, ConnectError> {
    let mut parameters = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(parameters);
        }
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next() != Some('=') {
            return Err(bad(
                "a keyword of the connection string has no `=`".to_owned()
            ));
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut value = String::new();
        let quoted = chars.next_if_eq(&'\'').is_some();
        loop {
            match chars.next() {
                Some('\\') => value.extend(chars.next()),
                Some('\'') if quoted => break,
                Some(c) if !quoted && c.is_whitespace() => break,
                Some(c) => value.push(c),
                None if quoted => {
                    return Err(bad(
                        "a quote in the connection string is not closed".to_owned()
                    ));
                }
                None => break,
            }
        }
        parameters.push((key, value));
    }
}

fn decode(text: &str, what: &str) -> Result<String, ConnectError> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let hex = text
                .get(at + 1..at + 3)
                .and_then(|hex| u8::from_str_radix(hex, 16).ok())
                .filter(|byte| *byte != 0);
            // The text itself is not shown: it may be the password.
            out.push(hex.ok_or_else(|| bad(format!("the {what} holds a `%` that is not followed by two hex digits; a `%` itself is written `%25`")))?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).map_err(|_| bad(format!("the {what} is not UTF-8")))
}

fn foreign_scheme(text: &str) -> ConnectError {
    let scheme = text.split("://").next().unwrap_or("");
    bad(format!(
        "the scheme `{scheme}` is not PostgreSQL's; a URL starts with `postgres://` or `postgresql://`"
    ))
}

fn bad(why: String) -> ConnectError {
    ConnectError::Address { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Address {
        Address::parse(Some(text), &|_| None).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn refused(text: &str) -> String {
        match Address::parse(Some(text), &|_| None) {
            Ok(address) => panic!("{text} was read as {address:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn urls_are_read_as_libpq_reads_them() {
        let address = read(
            "postgres://app:s%40crt@db.example.com:6432/shop?sslmode=verify-full&connect_timeout=3",
        );
        assert_eq!(
            address.hosts,
            [Host {
                name: "db.example.com".into(),
                port: 6432
            }]
        );
        assert_eq!(address.database.as_deref(), Some("shop"));
        assert_eq!(address.password.as_deref(), Some("s@crt"));
        assert_eq!(address.tls.mode, TlsMode::VerifyFull);
        assert_eq!(address.connect_timeout, Some(Duration::from_secs(3)));

        assert_eq!(
            read("postgres:///shop?host=/tmp/pgs&port=5415&user=app").hosts[0].name,
            "/tmp/pgs"
        );
        assert_eq!(
            read("postgresql://%2Ftmp%2Fpgs/shop").hosts[0].name,
            "/tmp/pgs"
        );
        assert_eq!(read("postgres://app@[::1]:5433/shop").hosts[0].name, "::1");
        assert_eq!(
            read("postgres://app@localhost").database.as_deref(),
            Some("app")
        );
        assert_eq!(
            read("postgres://a:p@ss@h/db").password.as_deref(),
            Some("p@ss")
        );
    }

    #[test]
    fn several_hosts_share_or_bring_their_ports() {
        let ports =
            |text: &str| -> Vec<u16> { read(text).hosts.iter().map(|host| host.port).collect() };
        assert_eq!(
            ports("postgres://u@a:1,b:2/db?target_session_attrs=read-write"),
            [1, 2]
        );
        assert_eq!(ports("postgres://u@a,b/db?port=7000"), [7000, 7000]);
        assert_eq!(ports("host=a,b port=1,2 user=u"), [1, 2]);
        assert!(refused("host=a,b,c port=1,2").contains("2 ports are given for 3 hosts"));
    }

    #[test]
    fn keyword_strings_are_read() {
        let address = read(r"host=localhost dbname = 'my db' user=app password='it\'s \\ odd'");
        assert_eq!(address.database.as_deref(), Some("my db"));
        assert_eq!(address.password.as_deref(), Some(r"it's \ odd"));
    }

    #[test]
    fn the_environment_fills_what_is_left_open() {
        let env = |name: &str| match name {
            "PGHOST" => Some("db".to_owned()),
            "PGHOSTADDR" => Some("10.0.0.9".to_owned()),
            "PGUSER" => Some("app".to_owned()),
            _ => None,
        };
        let address = Address::parse(Some("postgres://elsewhere/shop"), &env).unwrap();
        assert_eq!(address.hosts[0].name, "elsewhere");
        assert_eq!(address.user.as_deref(), Some("app"));
        assert_eq!(
            Address::parse(None, &env).unwrap().hosts[0].name,
            "10.0.0.9"
        );
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        assert!(refused("postgres://u@h/db?channel_binding=require").contains("channel_binding"));
        assert!(
            refused("postgres://u@h/db?ssl_min_protocol_version=TLSv1.3")
                .contains("ssl_min_protocol_version")
        );
        assert!(refused("postgres://u@h/db?sslmod=require").contains("sslmod"));
        assert!(refused("mysql://u@h/db").contains("mysql"));
        assert!(refused("postgres://u@h:port/db").contains("number"));
    }

    #[test]
    fn no_message_holds_the_password() {
        for password in ["hunter%2", "hun/ter2", "hun?ter2", "hun#ter2", "h%zzunter2"] {
            if let Err(error) = Address::parse(
                Some(&format!("postgres://app:{password}@db/shop/x")),
                &|_| None,
            ) {
                assert!(!error.to_string().contains("hun"), "{error}");
            }
        }
        assert!(!format!("{:?}", read("postgres://app:hunter2@db/shop")).contains("hunter2"));
        assert!(
            !read("postgres://app:hunter2@db/shop")
                .describe()
                .contains("hunter2")
        );
    }
}
