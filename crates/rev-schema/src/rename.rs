//! Renames, as questions and as answers.

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::diff::{DiffError, DiffOptions, SummaryLine};
use crate::statement::Draft;

/// An answer: this is that, under another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The kind (`table`, `column` …), empty when the names say it.
    pub kind: String,
    /// The old name: `table`, `table.column`, `schema.table.column`, `type.value` …
    pub from: String,
    /// The new name, the last part alone or in full.
    pub to: String,
}

/// A likely rename that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenameQuestion {
    /// The kind (`table`, `column` …).
    pub kind: String,
    /// The old name, as `--rename` takes it.
    pub from: String,
    /// The new name.
    pub to: String,
    /// How sure it is, 0 to 100.
    pub score: u8,
}

/// The old state with its answered renames carried out.
pub(crate) struct Renamed {
    pub catalog: Option<Catalog>,
    pub drafts: Vec<(String, Draft)>,
    pub summary: Vec<SummaryLine>,
}

/// Carries out what was answered, and what needs no question.
pub(crate) fn apply(
    _from: &Catalog,
    _to: &Catalog,
    _options: &DiffOptions,
) -> Result<Renamed, DiffError> {
    Ok(Renamed {
        catalog: None,
        drafts: Vec::new(),
        summary: Vec::new(),
    })
}

/// Returns the renames that look likely.
pub(crate) fn questions(_from: &Catalog, _to: &Catalog) -> Vec<RenameQuestion> {
    Vec::new()
}
