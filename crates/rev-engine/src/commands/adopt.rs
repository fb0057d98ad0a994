//! `adopt`: an existing database taken over: its schema as models, a baseline revision, the stamp, and the proof that
//! all three agree.

use std::path::PathBuf;

use rev_schema::{Catalog, DiffOptions, diff};

use super::autogenerate::{AutogenerateError, version_rows};
use super::inspect::{ModelFile, print, warn_of_unmodelled};
use super::plan::Planned;
use super::run::{RunOptions, Surroundings, run};
use crate::error::EngineError;
use crate::events::Event;
use crate::files;
use crate::history::History;
use crate::models::ModelScript;
use crate::new_revision::{NewRevision, NewRevisionOptions};
use crate::ports::{Clock, IdSource};
use crate::project::Project;
use crate::rehearsal::{Rehearsal, Section, Source, differences, run as run_section};
use crate::runner::Consent;
use crate::settings::ModelSource;

/// How a database is taken over.
#[derive(Clone, Debug, Default)]
pub struct AdoptOptions {
    /// Message, identifier and place of the baseline.
    pub new: NewRevisionOptions,
    /// Go on although something could not be reproduced.
    pub unproved: bool,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct AdoptReport {
    /// The baseline.
    pub baseline: NewRevision,
    /// The model files, as a person would type them.
    pub models: Vec<PathBuf>,
    /// What could not be reproduced on the dev database.
    pub missing: Vec<String>,
}

/// Takes an existing database over.
///
/// # Errors
/// There is a history or a model already, something cannot be reproduced, or a file cannot be written. Nothing is
/// written or stamped then.
pub async fn adopt(
    project: &Project,
    options: &AdoptOptions,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    surroundings: Surroundings<'_>,
) -> Result<AdoptReport, EngineError> {
    let mut rehearsal = Rehearsal::new(project, surroundings.events)?;
    let outcome = prepare(project, options, clock, ids, surroundings, &mut rehearsal).await;
    rehearsal.close().await;
    let prepared = outcome?;
    for (path, text) in &prepared.files {
        files::write_new(path, text)?;
    }
    prepared.report.baseline.write_text(&prepared.baseline)?;
    let target = [prepared.report.baseline.header.revision.clone()];
    let planned = Planned::Stamp {
        targets: &target,
        purge: false,
    };
    let run_options = RunOptions {
        wait: None,
        dry_run: false,
        tag: None,
    };
    run(project, planned, &run_options, Consent::Given, surroundings).await?;
    Ok(prepared.report)
}

struct Prepared {
    report: AdoptReport,
    files: Vec<(PathBuf, String)>,
    baseline: String,
}

async fn prepare(
    project: &Project,
    options: &AdoptOptions,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    surroundings: Surroundings<'_>,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<Prepared, EngineError> {
    let events = surroundings.events;
    let history = History::read_or_empty(project)?;
    let mut session = rehearsal.open_target().await?;
    let rows = version_rows(project, &mut session).await?;
    if let Some(row) = rows.first() {
        return Err(EngineError::AlreadyManaged {
            what: format!("its version table names `{row}`"),
        });
    }
    if !history.graph.is_empty() {
        return Err(EngineError::AlreadyManaged {
            what: "there are revisions already".to_owned(),
        });
    }
    let baseline = NewRevision::plan(project, &history, &options.new, clock, ids)?;
    let live = rehearsal.live(&mut session).await?;
    session.close().await;
    warn_of_unmodelled(&live.catalog, events);
    let fresh = rehearsal.side(&Source::Empty).await?;
    let models = print(&fresh.catalog, &live.catalog)?;
    let files = places(project, &models)?;

    // The models must load to what the database is, and the baseline must make it and take it away.
    rehearsal
        .dev()
        .await?
        .create_roles(&live.catalog.roles())
        .await?;
    let scripts: Vec<ModelScript> = models
        .iter()
        .map(|file| ModelScript {
            name: format!("{}.sql", file.name),
            text: file.text.clone(),
        })
        .collect();
    let loaded = rehearsal.load(&scripts).await?;
    let loaded = rehearsal.read(&loaded).await?;
    let mut missing = differences(&loaded, &live.catalog);
    let (text, more) = prove_baseline(project, &baseline, &live.catalog, rehearsal).await?;
    missing.extend(
        more.into_iter()
            .filter(|name| !loaded_differs(&loaded, &live.catalog, name)),
    );
    missing.dedup();
    if !missing.is_empty() {
        let error = AutogenerateError::CannotReproduce {
            names: missing.clone(),
        };
        if !options.unproved {
            return Err(error.into());
        }
        events(Event::Warning {
            message: error.to_string(),
        });
    }
    let shown = files.iter().map(|(path, _)| project.shown(path)).collect();
    Ok(Prepared {
        report: AdoptReport {
            baseline,
            models: shown,
            missing,
        },
        files,
        baseline: text,
    })
}

fn loaded_differs(loaded: &Catalog, live: &Catalog, name: &str) -> bool {
    differences(loaded, live).iter().any(|known| known == name)
}

/// Runs the baseline in an empty database, up and down, and returns its text and what came out differently.
async fn prove_baseline(
    project: &Project,
    baseline: &NewRevision,
    live: &Catalog,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<(String, Vec<String>), EngineError> {
    let database = rehearsal.scratch().await?;
    let empty = rehearsal.read(&database).await?;
    let up = diff(&empty, live, &DiffOptions::default())?;
    let down = diff(live, &empty, &DiffOptions::default())?;
    let text = baseline.render(
        project,
        &super::autogenerate::section(&up),
        &super::autogenerate::section(&down),
    )?;
    let file = rev_template::parse(&text).map_err(|error| EngineError::Internal {
        message: format!("the baseline cannot be read back: {error}"),
    })?;
    let schema = rehearsal.scope().default_schema.clone();
    let mut session = database.connect().await?;
    let section = Section {
        text: &file.upgrade.text,
        line: file.upgrade.line,
        file: &baseline.shown,
    };
    run_section(&mut session, section, database.ground(&schema)).await?;
    let mut missing = differences(&rehearsal.read(&database).await?, live);
    if let Some(down) = &file.downgrade {
        let section = Section {
            text: &down.text,
            line: down.line,
            file: &baseline.shown,
        };
        run_section(&mut session, section, database.ground(&schema)).await?;
        missing.extend(differences(&rehearsal.read(&database).await?, &empty));
    }
    session.close().await;
    Ok((text, missing))
}

/// Where the models go: beside the first pattern of `models` in rev.yaml. Nothing is overwritten.
fn places(project: &Project, models: &[ModelFile]) -> Result<Vec<(PathBuf, String)>, EngineError> {
    let folder = project
        .settings()
        .models
        .iter()
        .find_map(|source| match source {
            ModelSource::Files(pattern) => Some(PathBuf::from(pattern)),
            _ => None,
        });
    let folder = folder.unwrap_or_else(|| PathBuf::from("schema/*.sql"));
    let folder = project.path(folder.parent().unwrap_or(&folder));
    let files: Vec<(PathBuf, String)> = models
        .iter()
        .map(|file| (folder.join(format!("{}.sql", file.name)), file.text.clone()))
        .collect();
    let there: Vec<PathBuf> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| project.shown(&path))
        .collect();
    // A model that is there already would say everything a second time, whatever its name.
    if there.is_empty() {
        Ok(files)
    } else {
        Err(EngineError::FilesExist { paths: there })
    }
}
