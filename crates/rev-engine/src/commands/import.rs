//! `import`: a history of another tool as revision files, proved by running it on the dev database.

use crate::dev_database::{DevDatabase, DevOptions};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::files;
use crate::history::History;
use crate::import::{Foreign, Piece, Tool, read};
use crate::ports::{Clock, IdSource};
use crate::project::Project;
use crate::rehearsal::{Section, run};
use chrono::{DateTime, Duration, NaiveDateTime, SubsecRound, Utc};
use rev_template::{Draft, Header};
use std::path::{Path, PathBuf};

/// What is imported, and how.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The folder with the other tool's files.
    pub folder: PathBuf,
    /// The tool; `None` lets the files tell.
    pub tool: Option<Tool>,
    /// Do not run anything on the dev database.
    pub unproved: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// What was imported.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// The tool.
    pub tool: Tool,
    /// The revisions, in order.
    pub revisions: Vec<Imported>,
    /// What was proved, one sentence each.
    pub proved: Vec<String>,
    /// Whether files were written.
    pub written: bool,
}

/// One migration and what became of it.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The tool's version; empty for one that the tool repeats.
    pub version: String,
    /// Where it came from.
    pub source: PathBuf,
    /// The revision's identifier.
    pub revision: String,
    /// Its file.
    pub file: PathBuf,
    /// Whether there is a way back.
    pub reversible: bool,
}

/// Writes another tool's migrations as revisions, in a line that follows the project's head.
///
/// # Errors
/// The folder is of no known tool, a file cannot be carried over, or a statement fails on the dev database; no file is
/// written then.
pub async fn import(
    project: &Project,
    options: &ImportOptions,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    events: EventSink<'_>,
) -> Result<ImportReport, EngineError> {
    let (tool, all) = read(&options.folder, options.tool)?;
    let history = History::read_or_empty(project)?;
    let parent = if history.graph.is_empty() {
        None
    } else {
        Some(history.graph.resolve_revision("head")?.to_string())
    };
    let drafts = drafts(&all, parent, clock, ids);
    let planned = places(project, &drafts)?;
    let proved = if options.unproved {
        Vec::new()
    } else {
        prove(project, &history, &all, events).await?
    };
    let template = project.template()?;
    let mut texts = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        texts.push(rev_template::render(draft, template.as_deref())?);
    }
    if !options.dry_run {
        for (path, text) in planned.iter().zip(&texts) {
            files::write_new(path, text)?;
        }
    }
    let revisions = all
        .iter()
        .zip(&drafts)
        .zip(&planned)
        .map(|((foreign, draft), path)| Imported {
            version: foreign.version.clone(),
            source: foreign.file.clone(),
            revision: draft.header.revision.clone(),
            file: project.shown(path),
            reversible: foreign.downgrade.is_some(),
        })
        .collect();
    Ok(ImportReport {
        tool,
        revisions,
        proved,
        written: !options.dry_run,
    })
}

fn drafts(
    all: &[Foreign],
    parent: Option<String>,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Vec<Draft> {
    let now = clock.now().trunc_subsecs(0);
    let mut parent = parent;
    let mut last = None;
    let mut drafts = Vec::with_capacity(all.len());
    for (number, foreign) in all.iter().enumerate() {
        let back = i64::try_from(all.len() - number).unwrap_or(0);
        let said = date_of(&foreign.version).unwrap_or(now - Duration::seconds(back));
        // Dates break ties and sort files by name: they never run backwards.
        let create_date = last.map_or(said, |last: DateTime<Utc>| {
            said.max(last + Duration::seconds(1))
        });
        last = Some(create_date);
        let message = if foreign.name.is_empty() {
            foreign.version.clone()
        } else {
            foreign.name.clone()
        };
        let down_revision: Vec<String> = parent.into_iter().collect();
        let revision = rev_template::new_id(&down_revision, &message, create_date, ids.random());
        parent = Some(revision.clone());
        let name = foreign
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        drafts.push(Draft {
            header: Header {
                revision,
                down_revision,
                message,
                create_date,
                branch_labels: Vec::new(),
                depends_on: Vec::new(),
                // An empty section would pretend that there is nothing to undo.
                irreversible: foreign
                    .downgrade
                    .is_none()
                    .then(|| format!("{name} has no way back")),
                replaces: Vec::new(),
            },
            upgrade: text_of(&foreign.upgrade),
            downgrade: foreign.downgrade.as_ref().map(text_of).unwrap_or_default(),
        });
    }
    drafts
}

fn text_of(piece: &Piece) -> String {
    piece.text.trim().to_owned()
}

/// Versions are often the moment at which a file was made: `20260101120000`, or seconds since 1970.
fn date_of(version: &str) -> Option<DateTime<Utc>> {
    match version.len() {
        14 => Some(
            NaiveDateTime::parse_from_str(version, "%Y%m%d%H%M%S")
                .ok()?
                .and_utc(),
        ),
        10 => DateTime::from_timestamp(version.parse().ok()?, 0),
        _ => None,
    }
}

fn places(project: &Project, drafts: &[Draft]) -> Result<Vec<PathBuf>, EngineError> {
    let settings = project.settings();
    let folder = settings
        .revisions
        .first()
        .map_or(Path::new("revisions"), PathBuf::as_path);
    let mut planned = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let name = rev_template::file_name(settings.file_name.as_deref(), &draft.header)?;
        let path = project.path(folder).join(name);
        if path.exists() || planned.contains(&path) {
            return Err(EngineError::FileExists {
                path: project.shown(&path),
            });
        }
        planned.push(path);
    }
    Ok(planned)
}

/// Runs everything forwards, and backwards as far as there is a way back.
async fn prove(
    project: &Project,
    history: &History,
    all: &[Foreign],
    events: EventSink<'_>,
) -> Result<Vec<String>, EngineError> {
    events(Event::Note {
        message: format!("running {} migrations on the dev database", all.len()),
    });
    let settings = project.settings();
    let options = DevOptions::of(settings.dev_database()?);
    let mut dev = DevDatabase::acquire(&options).await?;
    let schema = settings.default_schema();
    let outcome = async {
        let scratch = dev.create_database().await?;
        let mut session = scratch.connect().await?;
        let ground = scratch.ground(schema);
        if !history.graph.is_empty() {
            for revision in history.graph.in_order() {
                crate::rehearsal::upgrade(history, &revision, &mut session, ground).await?;
            }
        }
        for foreign in all {
            run(&mut session, section(foreign, &foreign.upgrade), ground).await?;
        }
        let mut back = 0;
        for foreign in all.iter().rev() {
            let Some(downgrade) = &foreign.downgrade else {
                break;
            };
            run(&mut session, section(foreign, downgrade), ground).await?;
            back += 1;
        }
        session.close().await;
        Ok::<_, EngineError>(back)
    }
    .await;
    dev.close().await;
    let back = outcome?;
    Ok(vec![
        format!("all {} ways forward run, one after the other", all.len()),
        if back == all.len() {
            "all ways back run".to_owned()
        } else {
            format!(
                "the last {back} ways back run; what lies below has none, or lies below one that has none"
            )
        },
    ])
}

fn section<'a>(foreign: &'a Foreign, piece: &'a Piece) -> Section<'a> {
    Section {
        text: &piece.text,
        line: piece.line,
        file: piece.file.as_deref().unwrap_or(&foreign.file),
    }
}

#[cfg(test)]
mod tests {
    use super::date_of;

    #[test]
    fn versions_that_are_moments() {
        let date = |version| date_of(version).map(|date| date.to_rfc3339());
        assert_eq!(
            date("20260102030405").as_deref(),
            Some("2026-01-02T03:04:05+00:00")
        );
        assert_eq!(
            date("1767323045").as_deref(),
            Some("2026-01-02T03:04:05+00:00")
        );
        assert_eq!(date("20269902030405"), None);
        assert_eq!(date("7"), None);
    }
}
