//! A project in a temporary folder, and the `rev` program run in it with nothing of the caller's environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::filters::Filters;

/// A project in a temporary folder, removed with this value.
#[derive(Debug)]
pub struct TestProject {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    runs: std::cell::Cell<i64>,
}

/// What a run of `rev` left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Data.
    pub stdout: String,
    /// Talk.
    pub stderr: String,
}

impl TestProject {
    /// Makes an empty folder.
    pub fn empty() -> TestProject {
        let folder = tempfile::Builder::new().prefix("rev-test-").tempdir();
        TestProject {
            folder: folder.expect("a temporary folder"),
            environment: Vec::new(),
            runs: std::cell::Cell::new(0),
        }
    }

    /// Makes a project whose `rev.yaml` names the database and `schema/*.sql` as models.
    pub fn with_database(url: &str) -> TestProject {
        let project = TestProject::empty();
        project.write(
            "rev.yaml",
            &format!("database: \"{url}\"\nmodels: [schema/*.sql]\n"),
        );
        project
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the project, with the folders that lead to it.
    pub fn write(&self, name: &str, text: &str) -> &TestProject {
        let path = self.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("a folder in a temporary folder");
        }
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        self
    }

    /// Writes a revision file by hand: `parents` as YAML (`null`, `abc…` or `[abc…, def…]`).
    pub fn revision(
        &self,
        id: &str,
        parents: &str,
        upgrade: &str,
        downgrade: &str,
    ) -> &TestProject {
        let text = format!(
            "/*\nrevision: \"{id}\"\ndown_revision: {parents}\nmessage: {id}\ncreate_date: 2026-01-01T00:00:00Z\nbranch_labels: []\ndepends_on: []\n*/\n\n-- rev:upgrade\n\n{upgrade}\n\n-- rev:downgrade\n\n{downgrade}\n"
        );
        self.write(&format!("revisions/{id}.sql"), &text)
    }

    /// Reads a file of the project.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Returns the files of one of the project's folders, sorted; an absent folder has none.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.path().join(folder)) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        files
    }

    /// Sets an environment variable for every later run.
    pub fn env(&mut self, name: &str, value: &str) -> &mut TestProject {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs `rev` in the folder.
    pub fn rev<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Output {
        Output::of(self.command().args(arguments))
    }

    /// Runs `rev` and fails the test unless it succeeds.
    pub fn ok<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Output {
        let output = self.rev(arguments);
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
        output
    }

    /// Returns the command that [`TestProject::rev`] runs, for a test that needs more of it than its output.
    pub fn command(&self) -> Command {
        let run = self.runs.get();
        self.runs.set(run + 1);
        let mut command = Command::new(rev_program());
        command.current_dir(self.path()).env_clear();
        // What a program needs to find its tools and folders, and nothing that steers `rev`.
        for name in [
            "PATH",
            "HOME",
            "TMPDIR",
            "LANG",
            "REV_POSTGRES_BIN",
            "REV_CACHE_DIR",
        ] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        // Held still, so that a snapshot is the same every day: the clock moves a minute a run. With it,
        // identifiers hang on message and parents alone.
        let clock = format!("2026-01-01T00:{:02}:{:02}Z", run % 60, 0);
        command
            .env("REV_TEST_TIME", clock)
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .envs(self.environment.iter().map(|(n, v)| (n, v)))
            .stdin(Stdio::null());
        command
    }
}

impl Output {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Output {
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().to_string_lossy()));
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Returns exit code, stdout and stderr as one text for a snapshot, with what differs from run to run filtered.
    pub fn snapshot(&self) -> String {
        let text = format!(
            "exit {}\n--- stdout\n{}--- stderr\n{}",
            self.code, self.stdout, self.stderr
        );
        Filters::default().apply(&text)
    }
}

/// Returns the `rev` program that was built together with the running test.
///
/// # Panics
/// When it was not built: `cargo test -p rev-cli` and `--workspace` build it.
pub fn rev_program() -> PathBuf {
    if let Some(path) = std::env::var_os("CARGO_BIN_EXE_rev") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("the path of the running test");
    // target/debug/deps/name-hash lies beside target/debug/rev.
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("a test in target/PROFILE/deps");
    let program = folder.join("rev");
    assert!(
        program.exists(),
        "{} is not built: run `cargo build -p rev-cli`",
        program.display()
    );
    program
}
