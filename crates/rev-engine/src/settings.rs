//! `rev.yaml`, resolved once: flags over environment variables over the file, an environment's section over the rest.

mod duration;
mod file;

use crate::near::nearest;
use crate::variables::Variables;
use file::Entry;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use duration::parse_duration;

/// What the command line says about settings.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `-E`.
    pub environment: Option<String>,
    /// `-d`.
    pub database: Option<String>,
    /// `--role`.
    pub role: Option<String>,
}

/// The settings of a project, as one command sees them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The settings file, as a person would type it.
    pub file: PathBuf,
    /// The chosen environment, if any.
    pub environment: Option<String>,
    /// The database, kept as text until a command needs it.
    database: Text,
    /// Folders with revision files, relative to the project; the first gets new ones.
    pub revisions: Vec<PathBuf>,
    /// Where the wanted schema comes from.
    pub models: Vec<ModelSource>,
    /// Where rehearsals happen, kept as text until a command needs it.
    dev_database: Text,
    /// The schemas that are ours; `None` is all but the system's.
    pub schemas: Option<Vec<String>>,
    /// Patterns of objects left alone, such as `table:*_p20*`.
    pub exclude: Vec<String>,
    /// Where the database keeps its current revisions.
    pub version_table: VersionTableName,
    /// Pattern of revision file names; `None` is the built-in one.
    pub file_name: Option<String>,
    /// Whether autogenerate prefers lock-safe forms.
    pub online: bool,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// What one transaction spans.
    pub transaction: TransactionScope,
    /// The role to become on the database; `None` stays who logs in.
    pub role: Option<String>,
    /// The environment variables of this command.
    pub variables: Variables,
}

/// Where the wanted schema comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// SQL files: a glob relative to the project.
    Files(String),
    /// A program, run by the shell in the project's folder, that prints DDL.
    Command(String),
    /// A live database to imitate; see [`Settings::expand`] for its `${NAME}`s.
    Database(String),
}

/// The version table, with its schema if it is qualified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTableName {
    /// The schema; `None` means the default schema.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
}

/// How long to wait for what. Zero means without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a lock on a table.
    pub lock: Duration,
    /// For one statement.
    pub statement: Duration,
    /// For the database to come up, with `--wait` given no value of its own.
    pub wait: Duration,
    /// For another runner to finish.
    pub runner_lock: Duration,
}

/// What one transaction spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionScope {
    /// Each revision its own.
    Revision,
    /// All revisions of one run together.
    Run,
}

/// The database a command works on.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A private server under `.rev/`.
    Embedded,
    /// A connection URL, and the `PG*` variables that fill in what it leaves out.
    Url {
        /// `postgres://…`; may hold a password.
        url: String,
        /// `PG*` variables of the process and `.env`.
        variables: BTreeMap<String, String>,
    },
    /// `PG*` variables alone.
    Variables(BTreeMap<String, String>),
}

impl fmt::Debug for Database {
    /// Shows no URL and no values: both may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Embedded => "Embedded",
            Self::Url { .. } => "Url(…)",
            Self::Variables(_) => "Variables(…)",
        })
    }
}

/// Where rehearsals happen.
#[derive(Clone, PartialEq, Eq)]
pub enum DevDatabaseSetting {
    /// A throw-away server of this machine, or a scratch database on a local one.
    Auto,
    /// This server.
    Url(String),
}

/// A value that may hold `${NAME}`, with the line it stands on.
#[derive(Debug, Clone)]
struct Text {
    text: Option<String>,
    origin: Origin,
}

/// Where a text came from: decides who wins over whom and what an error points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

/// What is wrong with `rev.yaml`.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A key that does not exist.
    #[error("{place}: unknown key `{key}`")]
    UnknownSetting {
        /// Where.
        place: crate::error::Place,
        /// The key as written.
        key: String,
        /// The nearest key there is.
        near: Option<String>,
        /// All keys at that place.
        known: Vec<String>,
    },
    /// A value that cannot be used, or text that is no YAML.
    #[error("{place}: {message}")]
    BadSetting {
        /// Where.
        place: crate::error::Place,
        /// What is wrong.
        message: String,
    },
    /// `-E` or `REV_ENV` names an environment that the file does not have.
    #[error("{} has no environment `{asked}`", file.display())]
    UnknownEnvironment {
        /// The settings file.
        file: PathBuf,
        /// The name asked for.
        asked: String,
        /// The names there are.
        known: Vec<String>,
        /// The nearest of them.
        near: Option<String>,
    },
    /// `${NAME}` without a value.
    #[error("{}: `{key}` asks for the environment variable {name}, which is not set", file.display())]
    UnsetVariable {
        /// The settings file.
        file: PathBuf,
        /// The key whose value asks.
        key: String,
        /// The variable.
        name: String,
    },
    /// `NAME_FILE` names a file that cannot be read.
    #[error("{variable} names {path}, which cannot be read: {reason}")]
    BadEnvironmentFile {
        /// The variable.
        variable: String,
        /// The path it holds.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl SettingsError {
    /// Returns the snake_case name of what went wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSetting { .. } => "unknown_setting",
            Self::BadSetting { .. } => "bad_setting",
            Self::UnknownEnvironment { .. } => "unknown_environment",
            Self::UnsetVariable { .. } => "unset_variable",
            Self::BadEnvironmentFile { .. } => "bad_environment_file",
        }
    }

    /// Returns the next step, where one is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownSetting {
                near: Some(near), ..
            } => Some(format!("did you mean `{near}`?")),
            Self::UnknownSetting { known, .. } => Some(format!("keys are: {}", known.join(", "))),
            Self::UnknownEnvironment {
                near: Some(near), ..
            } => Some(format!("did you mean `{near}`?")),
            Self::UnknownEnvironment { known, .. } if known.is_empty() => {
                Some("add it under `environments:`".into())
            }
            Self::UnknownEnvironment { known, .. } => {
                Some(format!("environments are: {}", known.join(", ")))
            }
            Self::UnsetVariable { name, .. } => Some(format!(
                "set {name} (or {name}_FILE), or write a default: ${{{name}:-…}}"
            )),
            Self::BadSetting { .. } => Some(
                "`rev init` in an empty folder writes a rev.yaml that explains every key".into(),
            ),
            Self::BadEnvironmentFile { .. } => None,
        }
    }
}

impl Settings {
    /// Reads a settings file's text and resolves it for one command.
    ///
    /// # Errors
    /// The first thing in the file that cannot be used, with its line.
    pub fn parse(
        text: &str,
        file: &Path,
        overrides: &Overrides,
        variables: Variables,
    ) -> Result<Self, SettingsError> {
        let mut base = file::parse(text, file)?;
        let mut environments = base.environments.take().unwrap_or_default();
        let asked = overrides
            .environment
            .clone()
            .or_else(|| variables.get("REV_ENV").map(str::to_owned));
        let section = match &asked {
            None => Entry::default(),
            Some(name) => match environments.remove(name) {
                Some(section) => section.unwrap_or_default(),
                None => {
                    let known: Vec<String> = environments.into_keys().collect();
                    let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
                    return Err(SettingsError::UnknownEnvironment {
                        file: file.to_owned(),
                        asked: name.clone(),
                        known,
                        near,
                    });
                }
            },
        };
        let database = choose_database(overrides, &section, &base);
        let entry = base.overlaid(section);
        let timeouts = entry.timeouts.unwrap_or_default();
        let role = entry.role.clone();
        let settings = Self {
            file: file.to_owned(),
            environment: asked,
            database,
            revisions: entry.revisions.unwrap_or_else(|| vec!["revisions".into()]),
            models: entry
                .models
                .unwrap_or_else(|| vec![ModelSource::Files("schema/*.sql".into())]),
            dev_database: Text {
                origin: if entry.dev_database.is_some() {
                    Origin::File
                } else {
                    Origin::Default
                },
                text: entry.dev_database,
            },
            schemas: entry.schemas.filter(|schemas| !schemas.is_empty()),
            exclude: entry.exclude.unwrap_or_default(),
            version_table: entry.version_table.unwrap_or(VersionTableName {
                schema: None,
                name: "rev_version".into(),
            }),
            file_name: entry.file_name,
            online: entry.online.unwrap_or(true),
            timeouts: Timeouts {
                lock: timeouts.lock.unwrap_or(Duration::from_secs(5)),
                statement: timeouts.statement.unwrap_or(Duration::ZERO),
                wait: timeouts.wait.unwrap_or(Duration::from_secs(60)),
                runner_lock: timeouts.runner_lock.unwrap_or(Duration::from_secs(600)),
            },
            transaction: entry.transaction.unwrap_or(TransactionScope::Revision),
            role: None,
            variables,
        };
        settings.with_role(overrides.role.as_deref(), role.as_deref())
    }

    /// Chooses the role: the flag, then `REV_ROLE`, then the file.
    fn with_role(mut self, flag: Option<&str>, file: Option<&str>) -> Result<Self, SettingsError> {
        let role = match (flag, self.variable("REV_ROLE")?, file) {
            (Some(flag), _, _) => Some(flag.to_owned()),
            (None, Some(variable), _) => Some(variable),
            (None, None, Some(text)) => Some(self.expand("role", text)?),
            (None, None, None) => None,
        };
        self.role = role.filter(|role| !role.is_empty());
        Ok(self)
    }

    /// Returns the default schema: the first of ours, or `public`.
    pub fn default_schema(&self) -> &str {
        self.schemas
            .as_ref()
            .and_then(|schemas| schemas.first())
            .map_or("public", String::as_str)
    }

    /// Returns the database to work on, or `None` when nothing says which.
    ///
    /// In this order: `-d`; the chosen environment's `database`; `REV_DATABASE`; the file's `database` where it names a
    /// variable; `DATABASE_URL` (or `DATABASE_URL_FILE`); the file's plain value; the `PG*` variables.
    ///
    /// # Errors
    /// A `${NAME}` without a value, or a `NAME_FILE` that cannot be read.
    pub fn database(&self) -> Result<Option<Database>, SettingsError> {
        let text = match (&self.database.text, self.database.origin) {
            (Some(text), Origin::Flag | Origin::Environment) => {
                Some(self.expand("database", text)?)
            }
            (text, _) => {
                if let Some(url) = self.variable("REV_DATABASE")? {
                    Some(url)
                } else {
                    match text {
                        // The usual `${DATABASE_URL}` unset is no error yet: PG* may say enough.
                        Some(text) if text.contains("${") => {
                            self.expand_unless_default_unset(text)?
                        }
                        plain => self.variable("DATABASE_URL")?.or_else(|| plain.clone()),
                    }
                }
            }
        };
        let variables = self.variables.postgres();
        Ok(match text {
            Some(text) if text == "embedded" => Some(Database::Embedded),
            Some(url) if !url.is_empty() => Some(Database::Url { url, variables }),
            _ if ["PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE"]
                .iter()
                .any(|name| variables.contains_key(*name)) =>
            {
                Some(Database::Variables(variables))
            }
            _ => None,
        })
    }

    /// Returns where rehearsals happen.
    ///
    /// # Errors
    /// A `${NAME}` without a value, or a `NAME_FILE` that cannot be read.
    pub fn dev_database(&self) -> Result<DevDatabaseSetting, SettingsError> {
        if let Some(url) = self.variable("REV_DEV_DATABASE")? {
            return Ok(if url == "auto" {
                DevDatabaseSetting::Auto
            } else {
                DevDatabaseSetting::Url(url)
            });
        }
        match self.dev_database.text.as_deref() {
            None | Some("auto") => Ok(DevDatabaseSetting::Auto),
            Some(text) => Ok(DevDatabaseSetting::Url(self.expand("dev_database", text)?)),
        }
    }

    /// Replaces `${NAME}` and `${NAME:-default}` in a value of the file by environment variables.
    ///
    /// # Errors
    /// A variable without a value and without a default.
    pub fn expand(&self, key: &str, text: &str) -> Result<String, SettingsError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            out.push_str(&rest[..start]);
            let Some(length) = rest[start..].find('}') else {
                break;
            };
            let inner = &rest[start + 2..start + length];
            let (name, default) = inner
                .split_once(":-")
                .map_or((inner, None), |(name, default)| (name, Some(default)));
            match (self.variable(name)?, default) {
                (Some(value), _) => out.push_str(&value),
                (None, Some(default)) => out.push_str(default),
                (None, None) => {
                    return Err(SettingsError::UnsetVariable {
                        file: self.file.clone(),
                        key: key.to_owned(),
                        name: name.to_owned(),
                    });
                }
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn expand_unless_default_unset(&self, text: &str) -> Result<Option<String>, SettingsError> {
        match self.expand("database", text) {
            Ok(text) => Ok(Some(text)),
            Err(SettingsError::UnsetVariable { name, .. }) if name == "DATABASE_URL" => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn variable(&self, name: &str) -> Result<Option<String>, SettingsError> {
        self.variables.get_or_file(name).map_err(|(path, error)| {
            SettingsError::BadEnvironmentFile {
                variable: format!("{name}_FILE"),
                path,
                reason: crate::error::plain_io(&error),
            }
        })
    }
}

/// A flag wins; a section chosen by name is nearly as explicit and must not be overruled by a stray `DATABASE_URL`.
fn choose_database(overrides: &Overrides, section: &Entry, base: &Entry) -> Text {
    let (text, origin) = if let Some(url) = &overrides.database {
        (Some(url), Origin::Flag)
    } else if let Some(url) = &section.database {
        (Some(url), Origin::Environment)
    } else if let Some(url) = &base.database {
        (Some(url), Origin::File)
    } else {
        (None, Origin::Default)
    };
    Text {
        text: text.cloned(),
        origin,
    }
}

#[cfg(test)]
mod tests;
