//! The project folder: where `rev.yaml` lies, and what it says.

use crate::error::EngineError;
use crate::history::History;
use crate::settings::{Overrides, Settings};
use crate::variables::Variables;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The name of the settings file.
pub const SETTINGS_FILE: &str = "rev.yaml";

/// How a project is found and which settings win over its file.
#[derive(Debug, Clone, Default)]
pub struct ProjectOptions {
    /// The folder the search starts in; the process' current one when empty.
    pub directory: PathBuf,
    /// `--config`: this file, no search.
    pub config: Option<PathBuf>,
    /// `--environment`; otherwise `REV_ENV` chooses.
    pub environment: Option<String>,
    /// `--database`.
    pub database: Option<String>,
    /// `--role`.
    pub role: Option<String>,
    /// The environment variables of this command.
    pub variables: Variables,
}

impl ProjectOptions {
    /// Returns options for the current folder and the environment of this process.
    pub fn of_process() -> Self {
        Self {
            variables: Variables::of_process(),
            ..Self::default()
        }
    }
}

/// A folder with a `rev.yaml`, its settings resolved.
#[derive(Debug, Clone)]
pub struct Project {
    start: PathBuf,
    root: PathBuf,
    shown_root: PathBuf,
    settings: Settings,
}

impl Project {
    /// Finds `rev.yaml` from the starting folder upwards (or takes the one named) and resolves its settings.
    ///
    /// # Errors
    /// No such file, or one that cannot be used.
    pub fn open(options: &ProjectOptions) -> Result<Self, EngineError> {
        let start = if options.directory.as_os_str().is_empty() {
            std::env::current_dir().map_err(|error| EngineError::io("find", ".", error))?
        } else {
            std::path::absolute(&options.directory)
                .map_err(|error| EngineError::io("find", &options.directory, error))?
        };
        let file = match options
            .config
            .as_deref()
            .or(options.variables.get("REV_CONFIG").map(Path::new))
        {
            Some(config) => {
                let file = start.join(config);
                if !file.exists() {
                    return Err(EngineError::NoConfig {
                        path: config.to_owned(),
                    });
                }
                file
            }
            None => match start
                .ancestors()
                .map(|folder| folder.join(SETTINGS_FILE))
                .find(|file| file.exists())
            {
                Some(file) => file,
                None => return Err(EngineError::NoProject { searched: start }),
            },
        };
        let root = file.parent().unwrap_or(Path::new(".")).to_owned();
        let shown_root = shown_from(&start, &root);
        let shown_file = match &options.config {
            Some(config) => config.clone(),
            None => shown_root.join(SETTINGS_FILE),
        };
        let text = std::fs::read_to_string(&file)
            .map_err(|error| EngineError::io("read", &shown_file, error))?;
        let variables = match std::fs::read_to_string(root.join(".env")) {
            Ok(dot_env) => options.variables.clone().with_dot_env(&dot_env),
            Err(_) => options.variables.clone(),
        };
        let overrides = Overrides {
            environment: options.environment.clone(),
            database: options.database.clone(),
            role: options.role.clone(),
        };
        let settings = Settings::parse(&text, &shown_file, &overrides, variables)?;
        Ok(Self {
            start,
            root,
            shown_root,
            settings,
        })
    }

    /// Returns the folder that holds `rev.yaml`, as an absolute path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder the command was given in, as an absolute path.
    pub fn start(&self) -> &Path {
        &self.start
    }

    /// Reads the history: the headers of all revision files.
    ///
    /// # Errors
    /// See [`History::read`].
    pub fn history(&self) -> Result<History, EngineError> {
        History::read(self)
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns a path of the settings file (relative to the project) as an absolute one.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Returns a path as a person in the starting folder would type it.
    pub fn shown(&self, path: &Path) -> PathBuf {
        // Nearly always a file right below: cut as bytes, since this is done for every revision file at every start.
        let inside = path
            .as_os_str()
            .as_bytes()
            .strip_prefix(self.root.as_os_str().as_bytes())
            .and_then(|rest| rest.strip_prefix(b"/"));
        match inside {
            Some(inside) if self.shown_root.as_os_str().is_empty() => {
                PathBuf::from(OsStr::from_bytes(inside))
            }
            Some(inside) => self.shown_root.join(OsStr::from_bytes(inside)),
            None => path.to_owned(),
        }
    }

    /// Returns the project's own revision template, `templates/revision.sql.tera`, if there is one.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn template(&self) -> Result<Option<String>, EngineError> {
        let path = self.path("templates/revision.sql.tera");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EngineError::io("read", self.shown(&path), error)),
        }
    }
}

/// Returns how to get from one folder to another that is it, above it or below it; else the folder as it is.
fn shown_from(start: &Path, folder: &Path) -> PathBuf {
    if let Ok(below) = folder.strip_prefix(start) {
        return below.to_owned();
    }
    match start.strip_prefix(folder) {
        Ok(down) => down.components().map(|_| "..").collect(),
        Err(_) => folder.to_owned(),
    }
}
