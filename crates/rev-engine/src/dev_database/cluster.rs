//! A throw-away Postgres server: made from this machine's binaries in a tenth of a second, gone for sure afterwards.
//!
//! *Quick*, because its data directory is a copy of a cached template (see `template.rs`), the server is started
//! directly rather than through `pg_ctl` (which polls every 100 ms), and nothing is ever synced to disk.
//!
//! *Gone for sure*, because the server is not our child but that of a small shell that waits for the end of a pipe we
//! hold. However this process ends, `kill -9` included, the kernel closes the pipe; the shell then stops the server and
//! removes its folder. Should the shell die too (a machine that reboots), the next start finds the folder
//! without a living owner, stops what still runs in it and removes it.
//!
//! As root the server runs as `postgres`, or `nobody` where there is no such account: Postgres refuses root.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use super::binaries::Binaries;
use super::sys::{self, Account, Signal};
use super::template;

/// The port in the name of the socket file; nothing listens on the network.
pub const PORT: u16 = 5432;

/// The superuser of every throw-away server.
pub const USER: &str = "postgres";

/// Folders of throw-away servers start with this in the temporary folder.
const PREFIX: &str = "rev-dev-";

/// And with this until they are locked, so that no sweeping start takes a new one for an abandoned one.
const NEW_PREFIX: &str = "rev-new-";

/// How long a server may take until it answers: a loaded machine is slow, a broken start ends by itself.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// How old a folder that is not locked yet must be before it counts as left behind and not as just being made.
const GRACE: Duration = Duration::from_secs(60);

/// What can go wrong with a throw-away server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// This machine has no (fitting) Postgres programs.
    #[error("{}", no_binaries(*.wanted, .found))]
    NoBinaries {
        /// The major asked for.
        wanted: Option<u32>,
        /// The majors that are there.
        found: Vec<u32>,
    },
    /// `REV_POSTGRES_BIN` leads nowhere.
    #[error("`REV_POSTGRES_BIN` is `{value}`, which holds no `postgres` and `initdb`{}", .wanted.map(|m| format!(" of major version {m}")).unwrap_or_default())]
    NotABinDirectory {
        /// The variable's value.
        value: String,
        /// The major asked for.
        wanted: Option<u32>,
    },
    /// The server may not run as root, and the other account cannot read the programs.
    #[error("the programs in `{}` cannot be read by `{account}`, the account that the server runs as (Postgres refuses root)", .directory.display())]
    Unreadable {
        /// Where the programs are.
        directory: PathBuf,
        /// The account.
        account: String,
    },
    /// A program could not be started at all.
    #[error("cannot start `{program}` from `{}`: {source}", .directory.display())]
    Start {
        /// The program.
        program: String,
        /// Where it is.
        directory: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("`initdb` could not make a data directory: {said}")]
    Initdb {
        /// The end of its output.
        said: String,
    },
    /// The server ended, or did not answer in time.
    #[error("the throw-away Postgres did not start: {said}")]
    NotReady {
        /// The end of its log.
        said: String,
    },
    /// The data of the embedded server need binaries that are not here.
    #[error("the embedded database in `{}` was made by Postgres {major}, whose programs this machine does not have", .folder.display())]
    OtherMajor {
        /// The major of the data.
        major: u32,
        /// Where they are.
        folder: PathBuf,
    },
    /// The embedded server did not end when told to.
    #[error("the embedded Postgres (process {pid}) did not stop within 30 s")]
    NotStopped {
        /// Its process.
        pid: i32,
    },
    /// A file or folder refused.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    Io {
        /// The verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

fn no_binaries(wanted: Option<u32>, found: &[u32]) -> String {
    let have = found
        .iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    match wanted {
        Some(major) if found.is_empty() => {
            format!(
                "this machine has no Postgres programs (`postgres` and `initdb` of major version {major})"
            )
        }
        Some(major) => {
            format!(
                "this machine has no Postgres programs of major version {major} (it has {have})"
            )
        }
        None => "this machine has no Postgres programs (`postgres` and `initdb`)".to_owned(),
    }
}

impl ClusterError {
    /// Returns the error's name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            ClusterError::NoBinaries { .. } | ClusterError::NotABinDirectory { .. } => {
                "no_postgres_binaries"
            }
            ClusterError::OtherMajor { .. } => "embedded_other_major",
            ClusterError::NotStopped { .. } => "embedded_not_stopped",
            _ => "dev_database_failed",
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            ClusterError::NoBinaries { wanted, .. } => {
                let major = wanted.map(|m| format!("-{m}")).unwrap_or_default();
                Some(format!(
                    "install the server (`apt install postgresql{major}`, `brew install postgresql{}`), set `REV_POSTGRES_BIN` to its bin directory, or set `dev_database` in rev.yaml to the URL of a server you can spare",
                    major.replace('-', "@")
                ))
            }
            ClusterError::NotABinDirectory { .. } => {
                Some("set it to a directory with both programs, or unset it".to_owned())
            }
            ClusterError::OtherMajor { major, .. } => Some(format!(
                "install Postgres {major}, or start anew with `rev dev reset` (its data are lost)"
            )),
            ClusterError::NotStopped { pid } => {
                Some(format!("see what its sessions do, or end it with `kill -QUIT {pid}`"))
            }
            ClusterError::Unreadable { .. } => {
                Some("move them to a folder that every user can read".to_owned())
            }
            _ => Some(
                "set `dev_database` in rev.yaml to the URL of a server you can spare, or look at the free space in the temporary folder (`TMPDIR`)"
                    .to_owned(),
            ),
        }
    }

    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> ClusterError {
        ClusterError::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }

    pub(super) fn start(program: &str, binaries: &Binaries, source: io::Error) -> ClusterError {
        ClusterError::Start {
            program: program.to_owned(),
            directory: binaries.directory.clone(),
            source,
        }
    }
}

/// The account that a server runs as: this process's own, or another when this is root.
#[derive(Clone, Debug)]
pub(super) struct Owner(Option<Account>);

impl Owner {
    pub(super) fn of_servers() -> Owner {
        Owner(sys::is_root().then(sys::unprivileged_account))
    }

    /// Hands a file or folder to the account.
    pub(super) fn take(&self, path: &Path) -> io::Result<()> {
        match &self.0 {
            Some(account) => std::os::unix::fs::lchown(path, Some(account.uid), Some(account.gid)),
            None => Ok(()),
        }
    }

    /// Hands an open file to the account.
    pub(super) fn take_file(&self, file: &fs::File) -> io::Result<()> {
        match &self.0 {
            Some(account) => std::os::unix::fs::fchown(file, Some(account.uid), Some(account.gid)),
            None => Ok(()),
        }
    }

    /// Makes a command run as the account, in a folder that the account can enter.
    pub(super) fn become_in(&self, command: &mut Command) {
        command.current_dir("/").stdin(Stdio::null());
        if let Some(account) = &self.0 {
            command.uid(account.uid).gid(account.gid);
        }
    }

    pub(super) fn uid(&self) -> u32 {
        self.0.as_ref().map_or_else(sys::effective_uid, |a| a.uid)
    }
}

/// The folder of one throw-away server: socket, log, data; removed on drop.
#[derive(Debug)]
pub(super) struct RunDirectory {
    path: PathBuf,
    owner: Owner,
    /// Locked while this process lives: the kernel lets go of it however the process ends.
    _lock: fs::File,
}

impl RunDirectory {
    pub(super) fn create() -> Result<RunDirectory, ClusterError> {
        let owner = Owner::of_servers();
        let base = short_temporary_directory();
        let mut attempt: u32 = 0;
        loop {
            let name = format!("{}-{}", std::process::id(), unique(attempt));
            let new = base.join(format!("{NEW_PREFIX}{name}"));
            let path = base.join(format!("{PREFIX}{name}"));
            match fs::DirBuilder::new().mode(0o700).create(&new) {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => {
                    attempt += 1;
                    continue;
                }
                Err(source) => return Err(ClusterError::io("create", &new, source)),
            }
            let locked = (|| {
                let lock = fs::File::create(new.join("lock"))?;
                lock.lock()?;
                owner.take(&new)?;
                fs::rename(&new, &path)?;
                Ok(lock)
            })();
            return match locked {
                Ok(lock) => Ok(RunDirectory {
                    path,
                    owner,
                    _lock: lock,
                }),
                Err(source) => {
                    let _ = fs::remove_dir_all(&new);
                    Err(ClusterError::io("write into", &new, source))
                }
            };
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    fn socket(&self) -> PathBuf {
        self.path.join(format!(".s.PGSQL.{PORT}"))
    }

    fn log(&self) -> PathBuf {
        self.path.join("log")
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        clear(&self.path);
    }
}

/// Stops whatever server still runs in a folder and removes the folder.
fn clear(path: &Path) {
    let data = path.join("data");
    for signal in [Signal::Quit, Signal::Kill] {
        let Some(pid) = sys::postmaster_of(&data) else {
            break;
        };
        sys::signal(pid, signal);
        let deadline = Instant::now() + Duration::from_secs(6);
        while sys::signal(pid, Signal::Exists) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    // The shell may be removing the same tree at this moment; what it took away first is not an error.
    for _ in 0..3 {
        match fs::remove_dir_all(path) {
            Ok(()) => return,
            Err(_) if !path.exists() => return,
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Returns the temporary folder, or `/tmp` where that would make the socket's path longer than the 107 bytes that
/// the operating systems allow.
fn short_temporary_directory() -> PathBuf {
    let directory = std::env::temp_dir();
    let directory = directory.canonicalize().unwrap_or(directory);
    let fits =
        directory.as_os_str().len() + PREFIX.len() + "4194304-0123456789/.s.PGSQL.5432".len() < 100;
    if fits {
        directory
    } else {
        PathBuf::from("/tmp")
    }
}

/// A name that no other start of this machine uses at the same time; creating the folder is what decides.
fn unique(attempt: u32) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let nanos = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |d| d.subsec_nanos());
    format!(
        "{:x}",
        u64::from(nanos) << 16 | u64::from((number + attempt) & 0xffff)
    )
    .chars()
    .rev()
    .take(10)
    .collect()
}

/// A running throw-away server; stopped and removed when dropped, and also when this process is killed.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    // Fields are dropped in order: the server is stopped before its folder is removed.
    server: Server,
    run: RunDirectory,
}

impl Cluster {
    /// Starts a server of the given binaries.
    pub fn start(binaries: Binaries) -> Result<Cluster, ClusterError> {
        sweep();
        let binaries = binaries.readable()?;
        match Cluster::from_template(&binaries) {
            Err(ClusterError::NotReady { .. } | ClusterError::Io { .. }) => {
                // The cached template may be damaged, by a full disk for one. Made anew, it must do.
                template::discard(&binaries)?;
                Cluster::from_template(&binaries)
            }
            other => other,
        }
    }

    fn from_template(binaries: &Binaries) -> Result<Cluster, ClusterError> {
        let template = template::data_directory(binaries)?;
        let run = RunDirectory::create()?;
        template::copy_tree(&template, &run.data(), Some(run.owner()))
            .map_err(|source| ClusterError::io("copy the template to", &run.data(), source))?;
        let server = Server::start(binaries, &run)?;
        Ok(Cluster {
            binaries: binaries.clone(),
            server,
            run,
        })
    }

    /// Returns the folder of the server's socket.
    pub fn socket_directory(&self) -> &Path {
        &self.run.path
    }

    /// Returns the server's major version.
    pub fn major(&self) -> u32 {
        self.binaries.major
    }

    /// Returns the programs that the server was started from.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// Returns the process that holds the server; a test kills it to see that nothing stays behind.
    pub fn watchdog(&self) -> u32 {
        self.server.shell.id()
    }

    /// Returns the URL of one of the server's databases.
    pub fn url(&self, database: &str) -> String {
        url(&self.run.path, PORT, USER, database)
    }

    /// Returns the end of the server's log.
    pub fn log(&self) -> String {
        log_end(&self.run.log())
    }
}

/// Returns the URL of a database behind a Unix socket.
pub(crate) fn url(directory: &Path, port: u16, user: &str, database: &str) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    format!(
        "postgres://{}@localhost:{port}/{}?host={}",
        encode(user),
        encode(database),
        encode(&directory.to_string_lossy())
    )
}

/// The shell that holds the server, and the pipe that tells it to end.
#[derive(Debug)]
struct Server {
    shell: Child,
    pipe: Option<ChildStdin>,
}

/// Starts the server, waits for the end of the pipe, ends the server and removes its folder.
///
/// `read` returns when the other end is closed, which the kernel does when its holder dies. Ctrl-C in a terminal reaches
/// only the foreground process group, which this is not in.
const WATCHDOG: &str = r#"
dir=$1; shift
"$@" </dev/null >"$dir/log" 2>&1 &
server=$!
trap '' HUP INT TERM
read -r _
kill -QUIT "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$dir"
"#;

impl Server {
    fn start(binaries: &Binaries, run: &RunDirectory) -> Result<Server, ClusterError> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", WATCHDOG, "rev-dev-database"])
            .arg(&run.path)
            .arg(binaries.program("postgres"))
            .args(arguments(&run.data(), &run.path));
        run.owner.become_in(&mut command);
        let mut shell = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|source| ClusterError::start("postgres", binaries, source))?;
        let mut server = Server {
            pipe: shell.stdin.take(),
            shell,
        };
        server.wait_until_ready(run)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, run: &RunDirectory) -> Result<(), ClusterError> {
        let deadline = Instant::now() + START_TIMEOUT;
        let mut seen_alive = false;
        while Instant::now() < deadline {
            if answers(&run.socket()) {
                return Ok(());
            }
            // The pid file goes with the server: gone again, or a complaint without one, means that it gave up.
            let alive = sys::postmaster_of(&run.data()).is_some();
            if !alive && (seen_alive || !complaints(&run.log()).is_empty()) {
                break;
            }
            seen_alive |= alive;
            if !matches!(self.shell.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(ClusterError::NotReady {
            said: log_end(&run.log()),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // The shell is done within milliseconds; should it hang, the folder's own drop does its work.
        let deadline = Instant::now() + Duration::from_secs(6);
        while Instant::now() < deadline {
            match self.shell.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                _ => return,
            }
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

/// Starts and stops a server once in a new data directory, so that the copies find everything settled.
pub(super) fn start_and_stop_once(
    binaries: &Binaries,
    run: &RunDirectory,
) -> Result<(), ClusterError> {
    let mut command = Command::new(binaries.program("postgres"));
    command.args(arguments(&run.data(), &run.path));
    run.owner.become_in(&mut command);
    let log = fs::File::create(run.log())
        .map_err(|source| ClusterError::io("create", &run.log(), source))?;
    let mut server = command
        .stdout(Stdio::null())
        .stderr(log)
        .process_group(0)
        .spawn()
        .map_err(|source| ClusterError::start("postgres", binaries, source))?;
    let deadline = Instant::now() + START_TIMEOUT;
    let ready = loop {
        if answers(&run.socket()) {
            break true;
        }
        if Instant::now() > deadline || !matches!(server.try_wait(), Ok(None)) {
            break false;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    // A fast shutdown writes its checkpoint: the copies must not need recovery.
    sys::signal(server.id() as i32, Signal::Interrupt);
    let stopped = server.wait().is_ok_and(|status| status.success());
    if ready && stopped {
        Ok(())
    } else {
        Err(ClusterError::NotReady {
            said: log_end(&run.log()),
        })
    }
}

/// The server's command line: nothing is synced, nothing listens on the network, limits are generous.
pub(super) fn arguments(data: &Path, socket: &Path) -> Vec<std::ffi::OsString> {
    let mut arguments: Vec<std::ffi::OsString> = vec![
        "-D".into(),
        data.into(),
        "-F".into(),
        "-p".into(),
        PORT.to_string().into(),
    ];
    arguments.extend(["-k".into(), socket.into()]);
    for setting in [
        "listen_addresses=",
        "synchronous_commit=off",
        "full_page_writes=off",
        // Publications warn, and logical slots fail, below this level.
        "wal_level=logical",
        // A subscription in someone's models must never make this server call another one.
        "max_logical_replication_workers=0",
        "max_connections=200",
        // Loading a schema of ten thousand tables in one transaction takes as many locks.
        "max_locks_per_transaction=512",
        "max_wal_size=4GB",
        "checkpoint_timeout=1h",
        // A worker that looks at a template database is in the way of copying it.
        "autovacuum=off",
        "bgwriter_lru_maxpages=0",
        "jit=off",
        "log_min_messages=fatal",
        "log_min_error_statement=panic",
        "timezone=UTC",
        "log_timezone=UTC",
    ] {
        arguments.extend(["-c".into(), setting.into()]);
    }
    arguments
}

/// The first packet of a session: protocol 3.0, the superuser, the maintenance database.
pub(super) fn startup_packet() -> Vec<u8> {
    let mut packet = vec![0, 0, 0, 0, 0, 3, 0, 0];
    packet.extend_from_slice(b"user\0postgres\0database\0postgres\0\0");
    let length = u32::try_from(packet.len()).unwrap_or(0).to_be_bytes();
    packet[..4].copy_from_slice(&length);
    packet
}

/// Returns whether a server takes connections on a socket: it is sent a start-up packet, and anything but "starting
/// up" in answer is a yes.
pub(super) fn answers(socket: &Path) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(&startup_packet())?;
        let mut kind = [0];
        stream.read_exact(&mut kind)?;
        if kind == *b"R" {
            // Said goodbye properly, the session is not logged as lost.
            let _ = stream.write_all(&[b'X', 0, 0, 0, 4]);
            return Ok(true);
        }
        Ok(false)
    };
    ask().unwrap_or(false)
}

/// What the server wrote: with `log_min_messages=fatal` it is silent unless something is wrong. Our own question while
/// it starts is refused, and logged, with a FATAL of its own that does not count.
fn complaints(log: &Path) -> Vec<String> {
    fs::read_to_string(log)
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.contains("the database system is starting"))
        .map(str::to_owned)
        .collect()
}

pub(super) fn log_end(log: &Path) -> String {
    let lines = complaints(log);
    if lines.is_empty() {
        return format!("it did not answer within {} s", START_TIMEOUT.as_secs());
    }
    lines[lines.len().saturating_sub(3)..].join("; ")
}

/// Removes what servers left behind whose owners are gone.
pub fn sweep() {
    let ours = [sys::effective_uid(), Owner::of_servers().uid()];
    let Ok(entries) = fs::read_dir(short_temporary_directory()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_new = name.starts_with(NEW_PREFIX);
        if !is_new && !name.starts_with(PREFIX) {
            continue;
        }
        let path = entry.path();
        // A stranger's folder of that name must not steer what root kills and removes.
        let Ok(meta) = fs::symlink_metadata(&path) else {
            continue;
        };
        if !meta.is_dir() || !ours.contains(&meta.uid()) {
            continue;
        }
        let abandoned = if is_new {
            let age = meta.modified().ok().and_then(|time| time.elapsed().ok());
            age.is_some_and(|age| age > GRACE)
        } else {
            // Who can take the lock knows that its owner is gone.
            fs::File::open(path.join("lock")).is_ok_and(|lock| lock.try_lock().is_ok())
        };
        if abandoned {
            clear(&path);
        }
    }
}
