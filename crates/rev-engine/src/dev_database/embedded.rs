//! `database: embedded`: a private Postgres under `.rev/`, started when needed and left running between commands.
//!
//! It is made like a throw-away server, from the cached template, but it keeps its data and belongs to nobody's life
//! time: commands find it by its data directory, and a file lock lets only one of them start it. Postgres itself
//! ends it within a minute when the folder is removed under it.
//!
//! As root, with a project where no other account may enter (root's home), data and socket live outside of it.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::binaries::{self, Binaries};
use super::cluster::{self, ClusterError, Owner, PORT, USER};
use super::sys::{self, Signal};
use super::template;

/// The database that an embedded server has for the project.
pub const DATABASE: &str = "app";

/// How long a server may take to write its data and end.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// The private server of one project, running or not.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// Holds `data`, `log` and the lock.
    folder: PathBuf,
    /// Holds the socket; the folder itself unless its path is too long for one.
    socket: PathBuf,
    owner: Owner,
}

/// What is known about an embedded server without starting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedStatus {
    /// Where its data are.
    pub data: PathBuf,
    /// Whether there are any.
    pub exists: bool,
    /// The process, when it runs.
    pub pid: Option<i32>,
    /// The major version that the data belong to.
    pub major: Option<u32>,
    /// How to connect when it runs.
    pub url: String,
}

impl Embedded {
    /// Returns the private server of the project in a folder; nothing is made or started.
    pub fn of(root: &Path) -> Embedded {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        let inside = root.join(".rev").join("postgres");
        let owner = Owner::of_servers();
        let name = format!("rev-{}-{}", sys::effective_uid(), short_hash(&root));
        let folder = if sys::is_root() && !binaries::open_to_others(&root) {
            let library = Path::new("/var/lib");
            let base = if library.is_dir() {
                library.to_path_buf()
            } else {
                std::env::temp_dir()
            };
            base.join(&name)
        } else {
            inside
        };
        let fits = folder.as_os_str().len() + "/.s.PGSQL.5432".len() < 100;
        let socket = if fits {
            folder.clone()
        } else {
            Path::new("/tmp").join(&name)
        };
        Embedded {
            folder,
            socket,
            owner,
        }
    }

    /// Makes and starts the server unless it runs, and returns the URL of the project's database.
    pub fn ensure_running(&self) -> Result<String, ClusterError> {
        // The usual case costs one question to the socket and no lock.
        if self.data().join("rev-ready").exists() && cluster::answers(&self.socket_file()) {
            return Ok(self.url());
        }
        let _lock = self.lock()?;
        let binaries = self.binaries()?.readable()?;
        if !self.data().join("PG_VERSION").exists() {
            self.make(&binaries)?;
        }
        if !cluster::answers(&self.socket_file()) {
            self.start(&binaries)?;
        }
        let ready = self.data().join("rev-ready");
        if !ready.exists() {
            self.create_database()?;
            fs::write(&ready, "").map_err(|source| ClusterError::io("write", &ready, source))?;
        }
        Ok(self.url())
    }

    /// Stops the server, its data written; false when it did not run.
    pub fn stop(&self) -> Result<bool, ClusterError> {
        if !self.folder.exists() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        self.stop_locked()
    }

    /// Stops the server and removes its data; the next use makes a new one. False when there was none.
    pub fn reset(&self) -> Result<bool, ClusterError> {
        if !self.folder.exists() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        self.stop_locked()?;
        let data = self.data();
        match fs::remove_dir_all(&data) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(ClusterError::io("remove", &data, source)),
        }
    }

    /// Returns what is known without starting anything.
    pub fn status(&self) -> EmbeddedStatus {
        let data = self.data();
        EmbeddedStatus {
            exists: data.join("PG_VERSION").exists(),
            pid: sys::postmaster_of(&data),
            major: self.major(),
            url: self.url(),
            data,
        }
    }

    /// Returns the path of a client program that came with the server's binaries, or the one on PATH.
    pub fn client_program(&self, name: &str) -> PathBuf {
        let beside = binaries::find(self.major()).map(|b| b.program(name));
        beside
            .ok()
            .filter(|path| path.exists())
            .unwrap_or_else(|| PathBuf::from(name))
    }

    /// Returns the URL of the project's database.
    pub fn url(&self) -> String {
        cluster::url(&self.socket, PORT, USER, DATABASE)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn socket_file(&self) -> PathBuf {
        self.socket.join(format!(".s.PGSQL.{PORT}"))
    }

    fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Data of one major can only be used by that major.
    fn binaries(&self) -> Result<Binaries, ClusterError> {
        match (self.major(), binaries::find(self.major())) {
            (Some(major), Err(ClusterError::NoBinaries { .. })) => Err(ClusterError::OtherMajor {
                major,
                folder: self.folder.clone(),
            }),
            (_, found) => found,
        }
    }

    fn make(&self, binaries: &Binaries) -> Result<(), ClusterError> {
        let template = template::data_directory(binaries)?;
        // Copied beside and renamed: a kill in between leaves no half directory that looks whole.
        let partial = self.folder.join("data.partial");
        let result = (|| {
            if partial.exists() {
                fs::remove_dir_all(&partial)?;
            }
            template::copy_tree(&template, &partial, Some(&self.owner))?;
            fs::rename(&partial, self.data())
        })();
        result.map_err(|source| ClusterError::io("write", &self.data(), source))
    }

    fn start(&self, binaries: &Binaries) -> Result<(), ClusterError> {
        let io = |action, path: &Path| {
            let path = path.to_path_buf();
            move |source| ClusterError::io(action, &path, source)
        };
        if self.socket != self.folder {
            self.make_folder(&self.socket)?;
        }
        let log = fs::File::create(self.log()).map_err(io("create", &self.log()))?;
        self.owner
            .take(&self.log())
            .map_err(io("change", &self.log()))?;
        let mut command = Command::new(binaries.program("postgres"));
        command
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.socket)
            .args(["-p", &PORT.to_string()]);
        for setting in [
            "listen_addresses=",
            // A private database may lose the last moment in a power cut, but never its consistency.
            "synchronous_commit=off",
            "wal_level=logical",
            "timezone=UTC",
            "log_timezone=UTC",
        ] {
            command.args(["-c", setting]);
        }
        self.owner.become_in(&mut command);
        let mut server = command
            .stdout(Stdio::null())
            .stderr(log)
            // Its own group: Ctrl-C in the terminal that happened to start it is not meant for it.
            .process_group(0)
            .spawn()
            .map_err(|source| ClusterError::start("postgres", binaries, source))?;
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            if cluster::answers(&self.socket_file()) {
                return Ok(());
            }
            if !matches!(server.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(ClusterError::NotReady {
            said: cluster::log_end(&self.log()),
        })
    }

    fn stop_locked(&self) -> Result<bool, ClusterError> {
        let Some(pid) = sys::postmaster_of(&self.data()) else {
            return Ok(false);
        };
        sys::signal(pid, Signal::Interrupt);
        let deadline = Instant::now() + STOP_TIMEOUT;
        while sys::postmaster_of(&self.data()).is_some() {
            if Instant::now() > deadline {
                return Err(ClusterError::NotStopped { pid });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(true)
    }

    fn create_database(&self) -> Result<(), ClusterError> {
        let exists = format!("database \"{DATABASE}\" already exists");
        match run(&self.socket_file(), &format!("CREATE DATABASE {DATABASE}")) {
            Err(error) if error.to_string().contains(&exists) => Ok(()),
            other => other.map_err(|error| ClusterError::NotReady {
                said: error.to_string(),
            }),
        }
    }

    fn lock(&self) -> Result<fs::File, ClusterError> {
        self.make_folder(&self.folder)?;
        let path = self.folder.join("lock");
        let lock = fs::File::create(&path).and_then(|file| {
            file.lock()?;
            Ok(file)
        });
        lock.map_err(|source| ClusterError::io("lock", &path, source))
    }

    /// Makes a folder that the server's account can use, and refuses a stranger's: `/tmp` belongs to everybody.
    fn make_folder(&self, path: &Path) -> Result<(), ClusterError> {
        let made = (|| {
            let new = !path.exists();
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
                // `.rev` holds nothing that belongs in a repository.
                if parent.file_name().is_some_and(|name| name == ".rev")
                    && !parent.join(".gitignore").exists()
                {
                    fs::write(parent.join(".gitignore"), "*\n")?;
                }
            }
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)?;
            if new {
                self.owner.take(path)?;
            }
            let uid = fs::symlink_metadata(path)?.uid();
            if uid != self.owner.uid() && uid != sys::effective_uid() {
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    "it belongs to another user",
                ));
            }
            Ok(())
        })();
        made.map_err(|source| ClusterError::io("use", path, source))
    }
}

/// Sends one statement over a socket, without a driver: this module is needed before there is anything to drive.
fn run(socket: &Path, statement: &str) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(&cluster::startup_packet())?;
    let mut ready = 0;
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]).saturating_sub(4);
        let mut body = vec![0; length as usize];
        stream.read_exact(&mut body)?;
        match head[0] {
            b'Z' if ready == 0 => {
                ready = 1;
                let mut packet = vec![b'Q'];
                let length = u32::try_from(statement.len() + 5).unwrap_or(u32::MAX);
                packet.extend_from_slice(&length.to_be_bytes());
                packet.extend_from_slice(statement.as_bytes());
                packet.push(0);
                stream.write_all(&packet)?;
            }
            b'Z' => {
                let _ = stream.write_all(&[b'X', 0, 0, 0, 4]);
                return Ok(());
            }
            b'E' => {
                let fields = String::from_utf8_lossy(&body).into_owned();
                let message = fields.split('\0').find_map(|field| field.strip_prefix('M'));
                return Err(io::Error::other(
                    message.unwrap_or("the server refused").to_owned(),
                ));
            }
            _ => {}
        }
    }
}

fn short_hash(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    use std::os::unix::ffi::OsStrExt;
    let digest = Sha256::digest(path.as_os_str().as_bytes());
    digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
