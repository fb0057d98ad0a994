//! `upgrade|downgrade|stamp --plan --from ROWS`: what would happen to a database with these rows, without one.

use crate::error::EngineError;
use rev_dag::{Plan, RevisionGraph};

/// Which command is planned, with its targets.
#[derive(Debug, Clone, Copy)]
pub enum Planned<'a> {
    /// `upgrade TARGET`.
    Upgrade(&'a str),
    /// `downgrade TARGET`.
    Downgrade(&'a str),
    /// `stamp TARGETS… [--purge]`.
    Stamp {
        /// The targets.
        targets: &'a [String],
        /// Whether the rows are removed first, known or not.
        purge: bool,
    },
}

/// Plans a command for a database with these rows.
///
/// # Errors
/// A row or target that the history does not know, or a target without a plain meaning there.
pub fn plan(
    graph: &RevisionGraph,
    rows: &[String],
    planned: Planned<'_>,
) -> Result<Plan, EngineError> {
    Ok(match planned {
        Planned::Upgrade(target) => graph.plan_upgrade(rows, target)?,
        Planned::Downgrade(target) => graph.plan_downgrade(rows, target)?,
        Planned::Stamp { targets, purge } => {
            let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
            graph.plan_stamp(rows, &targets, purge)?
        }
    })
}

/// Reads the rows of `--from`: identifiers with commas between them; `base` or nothing is an empty database.
pub fn rows_from(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|row| !row.is_empty() && *row != "base")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::rows_from;

    #[test]
    fn rows_are_separated_by_commas() {
        assert_eq!(rows_from("a, b"), ["a", "b"]);
        assert!(rows_from("base").is_empty());
        assert!(rows_from("").is_empty());
    }
}
