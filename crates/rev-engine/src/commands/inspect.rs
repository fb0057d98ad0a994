//! `inspect`: a schema printed as models.

use rev_schema::{Catalog, DiffOptions, diff};

use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::project::Project;
use crate::rehearsal::{Rehearsal, Source};

/// A file of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name in the models' folder: a schema's, or `database` for what lives in none.
    pub name: String,
    /// Its DDL.
    pub text: String,
}

/// Prints a schema as models, a file for each of its schemas.
///
/// # Errors
/// It cannot be loaded or read.
pub async fn inspect(
    project: &Project,
    source: &Source,
    events: EventSink<'_>,
) -> Result<Vec<ModelFile>, EngineError> {
    let mut rehearsal = Rehearsal::new(project, events)?;
    let side = rehearsal.side(source).await;
    let fresh = rehearsal.fresh().await;
    rehearsal.close().await;
    let catalog = side?.catalog;
    warn_of_unmodelled(&catalog, events);
    print(&fresh.unwrap_or_else(|| Catalog::empty(&catalog)), &catalog)
}

/// Says what the models will not hold.
pub(crate) fn warn_of_unmodelled(catalog: &Catalog, events: EventSink<'_>) {
    if !catalog.unmodelled().is_empty() {
        events(Event::Warning {
            message: format!(
                "not printed, because rev does not model it: {}",
                catalog.unmodelled().join(", ")
            ),
        });
    }
}

/// Prints a catalogue as models, leaving out what a new database holds by itself.
pub(crate) fn print(fresh: &Catalog, catalog: &Catalog) -> Result<Vec<ModelFile>, EngineError> {
    let changes = diff(fresh, catalog, &DiffOptions::default())?;
    let mut files: Vec<ModelFile> = Vec::new();
    for statement in &changes.statements {
        // `about` reads `schema.name`; what lives in no schema has nothing before the point.
        let schema = statement.about.split('.').next().unwrap_or_default();
        let name = file_name(schema);
        let at = files
            .iter()
            .position(|file| file.name == name)
            .unwrap_or_else(|| {
                files.push(ModelFile {
                    name,
                    text: String::new(),
                });
                files.len() - 1
            });
        let text = &mut files[at].text;
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(statement.sql.trim_end());
        text.push_str(";\n");
    }
    Ok(files)
}

/// A schema's name may hold anything; a file's should not.
fn file_name(schema: &str) -> String {
    if schema.is_empty() {
        return "database".to_owned();
    }
    schema
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '_' || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect()
}
