//! Servers of other kinds than the shared one: a hot standby, one that is too old, one that speaks TLS and asks for
//! passwords.

use rev_testkit::{Output, TestProject, server, skipped};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server with a data directory and a port of its own, on this machine's loopback; it ends with this value.
pub struct OwnServer {
    binaries: PathBuf,
    pub folder: tempfile::TempDir,
    pub port: u16,
    process: Option<Child>,
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl OwnServer {
    /// Makes a data directory; the server is not started yet.
    pub fn new() -> Option<OwnServer> {
        let binaries = server()?.cluster().binaries().directory.clone();
        Some(OwnServer::of(binaries))
    }

    fn of(binaries: PathBuf) -> OwnServer {
        let own = OwnServer::empty(binaries);
        let output = Output::of(own.command("initdb").args([
            "-D",
            &own.data(),
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]));
        assert_eq!(output.code, 0, "{}", output.stderr);
        own
    }

    fn empty(binaries: PathBuf) -> OwnServer {
        let folder = tempfile::Builder::new()
            .prefix("rs-")
            .tempdir_in("/tmp")
            .expect("a folder");
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let own = OwnServer {
            binaries,
            folder,
            port: port.expect("a free port").port(),
            process: None,
        };
        own.give_away(own.folder.path());
        own
    }

    /// The account that the shared server runs as: Postgres refuses root.
    fn account() -> Option<(u32, u32)> {
        let there = server()?.socket_directory().metadata().ok()?;
        let here = std::fs::metadata("/proc/self").ok()?;
        (there.uid() != here.uid()).then_some((there.uid(), there.gid()))
    }

    fn give_away(&self, path: &Path) {
        if let Some((user, group)) = OwnServer::account() {
            std::os::unix::fs::chown(path, Some(user), Some(group)).expect("root may");
        }
    }

    /// One of the server's programs, run as its account.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        command.current_dir("/").stdin(Stdio::null());
        if let Some((user, group)) = OwnServer::account() {
            command.uid(user).gid(group);
        }
        command
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Writes a file of the data directory, closed to others.
    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = Path::new(&self.data()).join(name);
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        self.give_away(&path);
    }

    fn start(&mut self, settings: &str) {
        self.write(
            "postgresql.auto.conf",
            &format!(
                "{}\nlisten_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nfsync = off\n{settings}\n",
                std::fs::read_to_string(Path::new(&self.data()).join("postgresql.auto.conf")).unwrap_or_default(),
                self.port,
                self.folder.path().display()
            ),
        );
        let log = std::fs::File::create(self.folder.path().join("log")).expect("a log");
        let errors = log.try_clone().expect("a log");
        let mut command = self.command("postgres");
        command
            .args(["-D", &self.data()])
            .stdout(log)
            .stderr(errors);
        self.process = Some(command.spawn().expect("postgres starts"));
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            if log.contains("ready to accept") {
                return;
            }
            assert!(Instant::now() < deadline, "{log}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = Command::new("kill")
                .args(["-INT", &process.id().to_string()])
                .status();
            let _ = process.wait();
        }
    }

    fn reload(&self) {
        let process = self.process.as_ref().expect("a server that runs");
        let _ = Command::new("kill")
            .args(["-HUP", &process.id().to_string()])
            .status();
        std::thread::sleep(Duration::from_millis(300));
    }

    /// The URL over its socket, as superuser.
    fn url(&self) -> String {
        format!(
            "postgres:///postgres?host={}&port={}&user=postgres",
            self.folder.path().display(),
            self.port
        )
    }

    fn project(&self) -> TestProject {
        let project = TestProject::with_database(&self.url());
        project.revision(
            "aaaa1111",
            "null",
            "CREATE TABLE a (id int);",
            "DROP TABLE a;",
        );
        project
    }
}

/// G11: a real hot standby is refused before anything starts, named as a replica; looking at it is fine, and among several
/// hosts the primary is found.
#[test]
fn a_hot_standby_is_refused() {
    let Some(mut primary) = OwnServer::new() else {
        return;
    };
    if !primary.binaries.join("pg_basebackup").exists() {
        return skipped("pg_basebackup is not among this machine's Postgres programs");
    }
    primary.start("wal_level = replica\nmax_wal_senders = 4\nhot_standby = on");
    let mut standby = OwnServer::empty(primary.binaries.clone());
    let source = format!(
        "host={} port={} user=postgres",
        primary.folder.path().display(),
        primary.port
    );
    let copied = Output::of(standby.command("pg_basebackup").args([
        "-D",
        &standby.data(),
        "-d",
        &source,
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
    ]));
    assert_eq!(copied.code, 0, "{}", copied.stderr);
    standby.start("");
    let project = primary.project();
    let on_standby = |arguments: &[&str]| {
        let url = standby.url();
        project.rev(["-d", url.as_str()].iter().chain(arguments))
    };
    for arguments in [
        &["upgrade", "head"][..],
        &["stamp", "head"],
        &["ensure-version"],
        &["upgrade", "head", "--dry-run"],
    ] {
        let output = on_standby(arguments);
        assert_eq!(output.code, 6, "{arguments:?}: {}", output.stderr);
        assert!(
            output
                .stderr
                .contains("is a replica, which takes no changes"),
            "{}",
            output.stderr
        );
    }
    assert_eq!(on_standby(&["current"]).code, 0);
    assert_eq!(on_standby(&["status"]).code, 0);
    let both = format!(
        "host={},{} port={},{} user=postgres dbname=postgres target_session_attrs=read-write",
        standby.folder.path().display(),
        primary.folder.path().display(),
        standby.port,
        primary.port
    );
    project.ok(["-d", &both, "upgrade", "head"]);
    // What has arrived is nothing to do, on a replica as well.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !on_standby(&["upgrade", "head"])
        .stdout
        .contains("nothing to do")
    {
        assert!(Instant::now() < deadline, "the standby does not follow");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(on_standby(&["downgrade", "base", "--yes"]).code, 6);
}

/// G11: a server older than 13 is refused before anything is asked of it. Where no such server is at hand
/// (`REV_OLD_POSTGRES_BIN`), this server says in its greeting that it is one.
#[test]
fn a_server_that_is_too_old_is_refused() {
    if let Some(binaries) = std::env::var_os("REV_OLD_POSTGRES_BIN") {
        let mut old = OwnServer::of(binaries.into());
        old.start("");
        let project = old.project();
        refused_as_too_old(&project.rev(["upgrade", "head"]));
        refused_as_too_old(&project.rev(["current"]));
        return;
    }
    let Some(world) = crate::world::world() else {
        return;
    };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    let proxy = crate::proxy::Proxy::claiming(&world, "12.22");
    world.project.write(
        "rev.yaml",
        &format!("database: \"{}\"\n", proxy.url(&world)),
    );
    refused_as_too_old(&world.project.rev(["upgrade", "head"]));
    refused_as_too_old(&world.project.rev(["upgrade", "head", "--wait", "20s"]));
    assert_eq!(proxy.queries(), Vec::<String>::new());
}

fn refused_as_too_old(output: &Output) {
    assert_eq!(output.code, 6, "{}", output.stderr);
    let said = "runs PostgreSQL 12, and PostgreSQL 13 is the oldest that is supported";
    assert!(output.stderr.contains(said), "{}", output.stderr);
}

/// Certificates of an own authority, made by openssl.
struct Authority(tempfile::TempDir);

impl Authority {
    fn new() -> Option<Authority> {
        let folder = tempfile::tempdir().expect("a folder");
        let version = Command::new("openssl").arg("version").output();
        if !version.is_ok_and(|output| output.status.success()) {
            skipped("openssl is not installed");
            return None;
        }
        let authority = Authority(folder);
        for name in ["ca", "other"] {
            authority.openssl(&format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN={name} -keyout {name}.key -out {name}.crt"
            ));
        }
        authority.issue("server", "localhost", "30");
        authority.issue("expired", "localhost", "-1");
        authority.issue("client", "tls_cert", "30");
        Some(authority)
    }

    fn issue(&self, name: &str, subject: &str, days: &str) {
        std::fs::write(self.path("names"), "subjectAltName=DNS:localhost\n").expect("a file");
        self.openssl(&format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={subject} -keyout {name}.key -out {name}.csr"
        ));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days {days} -extfile names -out {name}.crt"
        ));
    }

    fn openssl(&self, arguments: &str) {
        let mut command = Command::new("openssl");
        command
            .args(arguments.split(' '))
            .current_dir(self.0.path());
        let output = Output::of(&mut command);
        assert_eq!(output.code, 0, "openssl {arguments}: {}", output.stderr);
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }
}

/// A server that speaks TLS with a certificate of the authority, and has users of different habits.
fn tls_server(authority: &Authority) -> Option<OwnServer> {
    let mut own = OwnServer::new()?;
    own.write("server.crt", &authority.text("server.crt"));
    own.write("server.key", &authority.text("server.key"));
    own.write("ca.crt", &authority.text("ca.crt"));
    own.write(
        "pg_hba.conf",
        "local all postgres trust\n\
         hostssl all tls_only 127.0.0.1/32 trust\nhostnossl all plain_only 127.0.0.1/32 trust\n\
         hostssl all tls_cert 127.0.0.1/32 cert\nhost all scram 127.0.0.1/32 scram-sha-256\n",
    );
    own.start("ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\nssl_ca_file = 'ca.crt'\npassword_encryption = 'scram-sha-256'");
    let url = own.url();
    let project = TestProject::with_database(&url);
    project.revision(
        "aaaa1111",
        "null",
        "CREATE ROLE tls_only LOGIN; CREATE ROLE plain_only LOGIN; CREATE ROLE tls_cert LOGIN; CREATE ROLE scram LOGIN; GRANT ALL ON SCHEMA public TO scram;",
        "",
    );
    project.ok(["upgrade", "head", "--quiet"]);
    Some(own)
}

/// TLS as libpq means it: what connects, what is refused, and in which words.
#[test]
fn tls_as_libpq_means_it() {
    let Some(authority) = Authority::new() else {
        return;
    };
    let Some(own) = tls_server(&authority) else {
        return;
    };
    let project = TestProject::with_database("postgres:///unused");
    project.revision("aaaa1111", "null", "SELECT 1;", "");
    let (ca, other) = (authority.path("ca.crt"), authority.path("other.crt"));
    let client = format!(
        "sslcert={}&sslkey={}",
        authority.path("client.crt"),
        authority.path("client.key")
    );
    let check = |user: &str, host: &str, parameters: &str, expected: Result<(), &str>| {
        let url = format!(
            "postgres://{user}@{host}:{}/postgres?{parameters}",
            own.port
        );
        let output = project.rev(["-d", &url, "current"]);
        match expected {
            // Who may log in may not read rev's table, and that is an answer of the server behind the channel.
            Ok(()) => assert!(
                output.stderr.contains("permission denied"),
                "{url}: {} {}",
                output.code,
                output.stderr
            ),
            Err(words) => {
                assert!(
                    output.stderr.contains(words),
                    "{url}: {words}: {}",
                    output.stderr
                );
                assert!([1, 7].contains(&output.code), "{url}: {}", output.code);
                let lines = output.stderr.trim_end().lines().count();
                assert!(lines <= 2, "{url}: {}", output.stderr);
                for word in ["Error(", "Custom {", "InvalidCertificate", "os error", "0x"] {
                    assert!(!output.stderr.contains(word), "{url}: {}", output.stderr);
                }
            }
        }
    };
    let no_entry = "no pg_hba.conf entry";
    check("plain_only", "127.0.0.1", "sslmode=disable", Ok(()));
    check("tls_only", "127.0.0.1", "sslmode=disable", Err(no_entry));
    check("tls_only", "127.0.0.1", "sslmode=allow", Ok(()));
    check("plain_only", "127.0.0.1", "sslmode=allow", Ok(()));
    check("tls_only", "127.0.0.1", "sslmode=prefer", Ok(()));
    check("tls_only", "127.0.0.1", "", Ok(()));
    check("plain_only", "127.0.0.1", "sslmode=prefer", Ok(()));
    check("tls_only", "127.0.0.1", "sslmode=require", Ok(()));
    check("plain_only", "127.0.0.1", "sslmode=require", Err(no_entry));
    let unknown = "its certificate is of no authority that is trusted here";
    let misnamed = "its certificate is not for the name `127.0.0.1`";
    check(
        "tls_only",
        "127.0.0.1",
        &format!("sslmode=require&sslrootcert={ca}"),
        Ok(()),
    );
    check(
        "tls_only",
        "127.0.0.1",
        &format!("sslmode=require&sslrootcert={other}"),
        Err(unknown),
    );
    check(
        "tls_only",
        "127.0.0.1",
        &format!("sslmode=verify-ca&sslrootcert={ca}"),
        Ok(()),
    );
    check(
        "tls_only",
        "localhost",
        &format!("sslmode=verify-ca&sslrootcert={other}"),
        Err(unknown),
    );
    check(
        "tls_only",
        "localhost",
        &format!("sslmode=verify-full&sslrootcert={ca}"),
        Ok(()),
    );
    check(
        "tls_only",
        "127.0.0.1",
        &format!("sslmode=verify-full&sslrootcert={ca}"),
        Err(misnamed),
    );
    check(
        "tls_only",
        "localhost",
        &format!("sslmode=verify-full&sslrootcert={other}"),
        Err(unknown),
    );
    check("tls_only", "localhost", "sslmode=verify-full", Err(unknown));
    check("tls_only", "localhost", "sslrootcert=system", Err(unknown));
    check(
        "tls_only",
        "localhost",
        "sslmode=require&sslrootcert=system",
        Err("needs `sslmode=verify-full`"),
    );
    check(
        "tls_only",
        "localhost",
        "sslmode=verify-full&sslrootcert=/no/such/file",
        Err("/no/such/file"),
    );
    check(
        "tls_only",
        "localhost",
        "channel_binding=require",
        Err("`channel_binding=require` is not supported"),
    );
    check(
        "tls_cert",
        "localhost",
        "sslmode=require",
        Err("client certificate"),
    );
    check(
        "tls_cert",
        "localhost",
        &format!("sslmode=require&{client}"),
        Ok(()),
    );
    check(
        "tls_cert",
        "localhost",
        &format!("sslmode=verify-full&sslrootcert={ca}&{client}"),
        Ok(()),
    );
    check(
        "tls_cert",
        "localhost",
        &format!("sslmode=require&sslcert={}", authority.path("client.crt")),
        Err("sslkey"),
    );
    // libpq: a key that others may read is no secret.
    let open_key = authority.path("open.key");
    std::fs::write(&open_key, authority.text("client.key")).expect("a file");
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o644);
    std::fs::set_permissions(&open_key, mode).expect("a mode");
    check(
        "tls_cert",
        "localhost",
        &format!(
            "sslmode=require&sslcert={}&sslkey={open_key}",
            authority.path("client.crt")
        ),
        Err("can be read by others"),
    );
    // The machine's store, as the environment moves it.
    let url = format!(
        "postgres://tls_only@localhost:{}/postgres?sslrootcert=system",
        own.port
    );
    let mut command = project.command();
    let output = Output::of(
        command
            .env("SSL_CERT_FILE", &ca)
            .args(["-d", &url, "current"]),
    );
    assert!(
        output.stderr.contains("permission denied"),
        "{}",
        output.stderr
    );
    // The server's certificate runs out.
    own.write("server.crt", &authority.text("expired.crt"));
    own.write("server.key", &authority.text("expired.key"));
    own.reload();
    check(
        "tls_only",
        "localhost",
        &format!("sslmode=verify-ca&sslrootcert={ca}"),
        Err("its certificate has expired"),
    );
    check("tls_only", "localhost", "sslmode=require", Ok(()));
    // A server that has no TLS at all.
    let Some(mut plain) = OwnServer::new() else {
        return;
    };
    plain.start("ssl = off");
    let url = format!(
        "postgres://postgres@127.0.0.1:{}/postgres?sslmode=require",
        plain.port
    );
    let output = project.rev(["-d", &url, "current"]);
    assert_eq!(output.code, 7, "{}", output.stderr);
    assert!(
        output.stderr.contains("it does not speak TLS"),
        "{}",
        output.stderr
    );
}

/// What every password of the test holds somewhere: found anywhere, it is a leak.
const MARK: &str = "Zq7xK";

/// Passwords of odd characters around the mark; the same every time.
fn odd_passwords(count: usize) -> Vec<String> {
    const ODD: &[&str] = &[
        "@", ":", "/", "#", "?", "%", "'", "\"", " ", "\\", "&", "=", "$", "+", "é", "密", "🔑",
        "%41", "{", "`", "*", "[", ",", ";",
    ];
    let mut state = 20_261_120_u64;
    let mut roll = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ODD[(state >> 33) as usize % ODD.len()]
    };
    (0..count)
        .map(|_| format!("{}{}{MARK}{}{}", roll(), roll(), roll(), roll()))
        .collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// G12: whatever a password is made of, however it is given and whatever comes of it, it is in no output, no row and no
/// child's arguments.
#[test]
fn odd_passwords_work_and_are_never_shown() {
    let Some(authority) = Authority::new() else {
        return;
    };
    let Some(own) = tls_server(&authority) else {
        return;
    };
    if !own.binaries.join("psql").exists() || !own.binaries.join("pg_dump").exists() {
        return skipped("psql and pg_dump are not among this machine's Postgres programs");
    }
    // `rev` here is another role than the one that made the tables, and begins anew.
    let give = "DROP TABLE rev_version, rev_history, rev_progress";
    let given = Output::of(own.command("psql").args(["-qX", &own.url(), "-c", give]));
    assert_eq!(given.code, 0, "{}", given.stderr);
    let mut project = TestProject::with_database("${DATABASE_URL}");
    project
        .revision("aaaa1111", "null", "SELECT 1;", "SELECT 1;")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "CREATE TABLE b (id int);",
            "DROP TABLE b;",
        )
        .revision(
            "cccc1111",
            "bbbb1111",
            "SELECT no_such_column;",
            "SELECT 1;",
        );
    project.write("schema/.keep", "");
    // A pg_dump that writes down how it was called.
    let tools = project.path().join("tools");
    std::fs::create_dir(&tools).expect("a folder");
    let calls = project.path().join("calls");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >> {calls}\nexec {real} \"$@\"\n",
        calls = calls.display(),
        real = own.binaries.join("pg_dump").display()
    );
    project.write("tools/pg_dump", &script);
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(tools.join("pg_dump"), mode).expect("a mode");
    let real = own.binaries.join("pg_restore");
    std::os::unix::fs::symlink(real, tools.join("pg_restore")).expect("a link");
    let path = std::env::var("PATH").unwrap_or_default();
    project.env("PATH", &format!("{}:{path}", tools.display()));
    // It comes before PATH where a run is for one major, and would lead past the pg_dump above.
    let binaries = format!("{}:{}", tools.display(), own.binaries.display());
    project.env("REV_POSTGRES_BIN", &binaries);
    let (port, database) = (own.port, "postgres");
    let url = |password: &str| {
        format!(
            "postgres://scram:{}@127.0.0.1:{port}/{database}",
            percent(password)
        )
    };
    let bare = format!("postgres://scram@127.0.0.1:{port}/{database}");
    for (number, password) in odd_passwords(8).iter().enumerate() {
        let literal = rev_sql_literal(password);
        let set = Output::of(own.command("psql").args([
            "-qX",
            &own.url(),
            "-c",
            &format!("ALTER ROLE scram PASSWORD {literal}"),
        ]));
        assert_eq!(set.code, 0, "{}", set.stderr);
        project.write("url", &format!("{}\n", url(password)));
        let escaped = password.replace('\\', "\\\\").replace(':', "\\:");
        project.write(
            "passes",
            &format!("other:*:*:*:nothing\n127.0.0.1:{port}:{database}:scram:{escaped}\n"),
        );
        let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        std::fs::set_permissions(project.path().join("passes"), mode).expect("a mode");
        let quoted = password.replace('\\', "\\\\").replace('\'', "\\'");
        let dsn =
            format!("host=127.0.0.1 port={port} user=scram dbname={database} password='{quoted}'");
        let file = |name: &str| project.path().join(name).display().to_string();
        let ways: [(&str, String); 5] = [
            ("DATABASE_URL", url(password)),
            ("DATABASE_URL_FILE", file("url")),
            ("DATABASE_URL", dsn),
            ("PGPASSWORD", password.clone()),
            ("PGPASSFILE", file("passes")),
        ];
        for (variable, value) in &ways {
            let run = |arguments: &[&str]| {
                let mut command = project.command();
                if variable.starts_with("PG") {
                    command.env("DATABASE_URL", &bare);
                }
                let output = Output::of(command.env(variable, value).args(arguments));
                let said = format!("{}{}", output.stdout, output.stderr);
                for secret in [MARK, password, &percent(password), &percent(MARK)] {
                    assert!(!said.contains(secret), "{variable} {arguments:?}: {said}");
                }
                output
            };
            let at = run(&["current"]);
            assert_eq!(at.code, 0, "{password} by {variable}: {}", at.stderr);
            if number > 0 || !["DATABASE_URL_FILE", "PGPASSFILE"].contains(variable) {
                continue;
            }
            run(&["upgrade", "bbbb1111", "--backup", "-v"]);
            assert_eq!(run(&["upgrade", "head", "--format", "json"]).code, 1);
            assert_eq!(
                run(&["upgrade", "head", "--log-format", "json", "-v"]).code,
                1
            );
            for arguments in [
                &["upgrade", "head", "--plan"][..],
                &["upgrade", "head", "--sql"],
                &["status"],
                &["status", "--format", "json"],
                &["log", "-v", "--sql"],
                &["check", "--no-database"],
                &["downgrade", "aaaa1111", "--yes", "-v"],
                &["validate"],
            ] {
                run(arguments);
            }
        }
        // The same, and the server says no; and nobody is there.
        for address in [
            format!(
                "postgres://scram:{}@127.0.0.1:{port}/{database}",
                percent(&format!("{password}!"))
            ),
            format!(
                "postgres://scram:{}@127.0.0.1:{port}/no_such_database",
                percent(password)
            ),
            format!(
                "postgres://scram:{}@127.0.0.1:1/{database}",
                percent(password)
            ),
            format!(
                "postgres://scram:{}@127.0.0.1:{port}/{database}?sslmode=verify-full",
                percent(password)
            ),
            // Not encoded at all: it may mean anything, and is shown by nothing.
            format!("postgres://scram:{password}@127.0.0.1:{port}/{database}"),
            format!("postgres://scram:{password}@127.0.0.1:{port}:x/{database}"),
            format!("host=127.0.0.1 port={port} password={password}"),
            format!("mysql://scram:{password}@db/x"),
        ] {
            let format = if number % 2 == 0 { "text" } else { "json" };
            let output = project.rev(["-d", &address, "current", "-v", "--format", format]);
            let said = format!("{}{}", output.stdout, output.stderr);
            assert!(
                !said.contains(MARK) && !said.contains(&percent(MARK)),
                "{address}: {said}"
            );
        }
    }
    let dumped = std::fs::read_to_string(&calls).expect("pg_dump was called");
    assert!(
        dumped.contains("--format=custom") && !dumped.contains(MARK),
        "{dumped}"
    );
    let kept = Output::of(own.command("psql").args(["-qXAt", &own.url(), "-c", "SELECT h::text FROM rev_history h UNION ALL SELECT a::text FROM pg_stat_activity a WHERE pid <> pg_backend_pid()"]));
    assert!(!kept.stdout.contains(MARK), "{}", kept.stdout);
}

fn rev_sql_literal(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "''");
    format!("E'{text}'")
}
