//! `edit`: a revision's file in the editor.

use crate::error::EngineError;
use crate::history::History;
use crate::project::Project;
use crate::variables::Variables;
use rev_dag::RevisionId;
use std::path::PathBuf;
use std::process::Command;

/// Opens the files of revisions in `$VISUAL` or `$EDITOR` and checks what came back.
///
/// # Errors
/// No editor, an editor that failed, or a file that is no revision file any more.
pub fn edit(
    project: &Project,
    history: &History,
    revisions: &[RevisionId],
    variables: &Variables,
) -> Result<Vec<PathBuf>, EngineError> {
    let mut files = Vec::new();
    for revision in revisions {
        files.push(history.file(revision)?.path.clone());
    }
    let editor = variables
        .get("VISUAL")
        .or_else(|| variables.get("EDITOR"))
        .ok_or(EngineError::NoEditor)?;
    // The variable may hold arguments (`code --wait`), so a shell reads it, as git's and crontab's do.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(editor)
        .args(&files)
        .status();
    let status = status.map_err(|error| EngineError::io("run", editor, error))?;
    if !status.success() {
        return Err(EngineError::EditorFailed {
            editor: editor.to_owned(),
        });
    }
    for revision in revisions {
        history.body(revision)?;
    }
    // The header may have changed too.
    History::read(project)?;
    Ok(files.iter().map(|file| project.shown(file)).collect())
}
