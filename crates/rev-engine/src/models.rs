//! The models: the schema that the team wants, as DDL from files, from a program, or as a live database to imitate.
//!
//! This module gathers the texts; [`load()`] brings them into a scratch database.

mod bodies;
mod error;
mod load;
mod subscription;
mod treat;

use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

pub use error::{Failure, ModelError};
pub use load::{LoadOptions, load};

use crate::error::EngineError;
use crate::project::Project;
use crate::settings::ModelSource;

/// Everything that `models:` in rev.yaml leads to.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// DDL texts, in the order of the settings, files of one pattern by name.
    pub scripts: Vec<ModelScript>,
    /// URLs of live databases to imitate.
    pub databases: Vec<String>,
}

/// One text of DDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelScript {
    /// Its file as a person would type it, or the command that printed it.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Models {
    /// Reads the model files and runs the model commands of a project.
    ///
    /// # Errors
    /// Nothing is there, a file cannot be read, or a command fails or prints nothing.
    pub fn read(project: &Project) -> Result<Models, EngineError> {
        let mut models = Models::default();
        let mut patterns = Vec::new();
        let settings = project.settings();
        for source in &settings.models {
            match source {
                ModelSource::Files(pattern) => {
                    patterns.push(pattern.clone());
                    models.add_files(project, pattern)?;
                }
                ModelSource::Command(command) => {
                    let command = settings.expand("models", command)?;
                    models.scripts.push(printed_by(project, &command)?);
                }
                ModelSource::Database(url) => {
                    models.databases.push(settings.expand("models", url)?);
                }
            }
        }
        if models.scripts.is_empty() && models.databases.is_empty() {
            return Err(ModelError::NoModels { patterns }.into());
        }
        Ok(models)
    }

    /// Takes the texts of files named one by one, as `rev diff` is given them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn of_files<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Models, EngineError> {
        let mut models = Models::default();
        for file in files {
            models.scripts.push(script(file, file)?);
        }
        Ok(models)
    }

    fn add_files(&mut self, project: &Project, pattern: &str) -> Result<(), EngineError> {
        let full = project.path(pattern);
        let full = full.to_string_lossy();
        let paths = glob::glob(&full).map_err(|error| ModelError::BadPattern {
            pattern: pattern.to_owned(),
            reason: error.msg.to_owned(),
        })?;
        let mut files: Vec<_> = paths.flatten().filter(|path| path.is_file()).collect();
        // The order of a directory listing differs from machine to machine.
        files.sort();
        if files.is_empty() && !pattern.contains(['*', '?', '[']) {
            let path = project.shown(&project.path(pattern));
            return Err(ModelError::MissingFile { path }.into());
        }
        for file in files {
            let script = script(&file, &project.shown(&file))?;
            // Two patterns may meet in a file; loaded twice it would contradict itself.
            if !self.scripts.iter().any(|known| known.name == script.name) {
                self.scripts.push(script);
            }
        }
        Ok(())
    }

    /// Returns a digest of everything that decides what the texts load to.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for script in &self.scripts {
            digest.update((script.text.len() as u64).to_be_bytes());
            digest.update(&script.text);
        }
        for database in &self.databases {
            digest.update(database);
        }
        digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

fn script(path: &Path, shown: &Path) -> Result<ModelScript, EngineError> {
    let bytes = std::fs::read(path).map_err(|error| EngineError::io("read", shown, error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        ModelError::NotUtf8 {
            name: shown.display().to_string(),
            line,
        }
    })?;
    let text = text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text);
    Ok(ModelScript {
        name: shown.display().to_string(),
        text,
    })
}

/// Runs a model command in the project's folder, by the shell, and takes what it prints.
fn printed_by(project: &Project, command: &str) -> Result<ModelScript, EngineError> {
    let output = Command::new("/bin/sh")
        .args(["-c", command])
        .current_dir(project.root())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| EngineError::io("run", "/bin/sh", error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // The last lines hold the exception of most languages.
        let lines: Vec<&str> = said
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        return Err(ModelError::CommandFailed {
            command: command.to_owned(),
            status: status_words(output.status),
            said: lines[lines.len().saturating_sub(5)..].join("\n"),
        }
        .into());
    }
    let name = format!("`{command}`");
    let Ok(text) = String::from_utf8(output.stdout) else {
        return Err(ModelError::NotUtf8 { name, line: 1 }.into());
    };
    if text.trim().is_empty() {
        return Err(ModelError::CommandSilent {
            command: command.to_owned(),
        }
        .into());
    }
    Ok(ModelScript { name, text })
}

fn status_words(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no exit code".to_owned(),
    }
}
