//! `init`: a new project folder.

use crate::error::EngineError;
use crate::files;
use crate::near::nearest;
use rev_template::embedded::{GITIGNORE_LINE, INIT_TEMPLATES, InitTemplate, init_template};
use std::path::{Path, PathBuf};

/// What `init` is asked to do.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The folder to set up; made when it is not there.
    pub directory: PathBuf,
    /// Which template; `None` is the default one.
    pub template: Option<String>,
    /// What rev.yaml is to name as the database; `None` leaves that to DATABASE_URL.
    pub database: Option<String>,
}

/// What `init` did.
#[derive(Debug, Clone)]
pub struct InitReport {
    /// The template that was used.
    pub template: &'static str,
    /// The files written, below the folder given.
    pub files: Vec<PathBuf>,
    /// The folders made.
    pub folders: Vec<PathBuf>,
}

/// Writes a template's files. Nothing is written when any of them exists already.
///
/// # Errors
/// No such template, files in the way, or a folder that cannot be written.
pub fn init(options: &InitOptions) -> Result<InitReport, EngineError> {
    let template = choose(options.template.as_deref())?;
    // `./rev.yaml` is nothing that a person would type.
    let directory = options
        .directory
        .strip_prefix(".")
        .unwrap_or(&options.directory);
    let in_the_way: Vec<PathBuf> = template
        .files
        .iter()
        .map(|(name, _)| directory.join(name))
        .filter(|path| path.exists())
        .collect();
    if !in_the_way.is_empty() {
        return Err(EngineError::FilesExist { paths: in_the_way });
    }
    let mut report = InitReport {
        template: template.name,
        files: Vec::new(),
        folders: Vec::new(),
    };
    for folder in template.folders {
        let path = directory.join(folder);
        files::create_folder(&path)?;
        report.folders.push(path);
    }
    for (name, text) in template.files {
        let path = directory.join(name);
        match &options.database {
            Some(database) if *name == "rev.yaml" => {
                files::write_new(&path, &name_database(text, database))?;
            }
            _ => files::write_new(&path, text)?,
        }
        report.files.push(path);
    }
    ignore_private_folder(directory, &mut report)?;
    Ok(report)
}

/// Puts a database in the place of the one that a template names.
fn name_database(settings: &str, database: &str) -> String {
    let quoted = format!("database: {}", serde_json::Value::from(database));
    let plain = database
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_/.@${}".contains(c));
    let line = if plain {
        format!("database: {database}")
    } else {
        quoted
    };
    settings.replace("database: ${DATABASE_URL}", &line)
}

fn choose(asked: Option<&str>) -> Result<&'static InitTemplate, EngineError> {
    let Some(name) = asked else {
        return Ok(&INIT_TEMPLATES[0]);
    };
    init_template(name).ok_or_else(|| EngineError::UnknownTemplate {
        asked: name.to_owned(),
        near: nearest(name, INIT_TEMPLATES.iter().map(|template| template.name)).map(str::to_owned),
        known: INIT_TEMPLATES
            .iter()
            .map(|template| template.name.to_owned())
            .collect(),
    })
}

/// Adds the folder of `rev`'s own cache and private server to `.gitignore`; a file that is there keeps its lines.
fn ignore_private_folder(directory: &Path, report: &mut InitReport) -> Result<(), EngineError> {
    let path = directory.join(".gitignore");
    match std::fs::read_to_string(&path) {
        Ok(text)
            if text
                .lines()
                .any(|line| line.trim().trim_start_matches('/') == GITIGNORE_LINE) =>
        {
            Ok(())
        }
        Ok(text) => {
            let gap = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            files::replace(&path, &format!("{text}{gap}{GITIGNORE_LINE}\n"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            files::write_new(&path, &format!("{GITIGNORE_LINE}\n"))?;
            report.files.push(path);
            Ok(())
        }
        Err(error) => Err(EngineError::io("read", path, error)),
    }
}
