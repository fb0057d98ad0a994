//! Histories of other tools that are plain SQL: what each file means, in the order in which the tool would run it.
//!
//! | tool | files |
//! |---|---|
//! | dbmate | `20260101120000_name.sql` with `-- migrate:up` and `-- migrate:down` |
//! | goose | `20260101120000_name.sql` with `-- +goose Up` and `-- +goose Down` |
//! | golang-migrate, sqlx (reversible) | `1_name.up.sql` and `1_name.down.sql` |
//! | sqlx (simple) | `1_name.sql` |
//! | Flyway, refinery | `V1_2__name.sql`, `U1_2__name.sql`, `R__name.sql` |
//!
//! A new tool is a line in [`Tool::ALL`] and an arm in [`read`].

mod error;
mod parse;

pub use error::ImportError;

use crate::error::EngineError;
use std::path::{Path, PathBuf};

/// A tool whose histories can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// dbmate.
    Dbmate,
    /// goose, its SQL migrations.
    Goose,
    /// golang-migrate, and sqlx with files for both directions.
    GolangMigrate,
    /// sqlx with one file a migration.
    Sqlx,
    /// Flyway, and refinery.
    Flyway,
}

impl Tool {
    /// All of them, in the order in which a folder is tried.
    pub const ALL: [Tool; 5] = [
        Tool::Dbmate,
        Tool::Goose,
        Tool::GolangMigrate,
        Tool::Flyway,
        Tool::Sqlx,
    ];

    /// Returns the name as typed.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Dbmate => "dbmate",
            Tool::Goose => "goose",
            Tool::GolangMigrate => "golang-migrate",
            Tool::Sqlx => "sqlx",
            Tool::Flyway => "flyway",
        }
    }

    /// Returns where the tool notes what is applied, and in which column.
    pub fn version_table(self) -> &'static str {
        match self {
            Tool::Dbmate | Tool::GolangMigrate => "schema_migrations",
            Tool::Goose => "goose_db_version",
            Tool::Sqlx => "_sqlx_migrations",
            Tool::Flyway => "flyway_schema_history",
        }
    }
}

/// A migration of another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Its version, as the tool writes it; empty for one that the tool repeats.
    pub version: String,
    /// Its name in words.
    pub name: String,
    /// The file, as a person would type it.
    pub file: PathBuf,
    /// The way forward.
    pub upgrade: Piece,
    /// The way back, where there is one.
    pub downgrade: Option<Piece>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Piece {
    /// The SQL.
    pub text: String,
    /// The line on which it starts.
    pub line: u32,
    /// The file, where it is not that of the way forward.
    pub file: Option<PathBuf>,
}

/// A file of the folder.
struct SourceFile {
    name: String,
    path: PathBuf,
    text: String,
}

/// Reads a folder, in the order of the tool. Without a tool the files tell which it is.
///
/// # Errors
/// A file cannot be read, or says something that has no equal; no tool is known by these files.
pub fn read(folder: &Path, tool: Option<Tool>) -> Result<(Tool, Vec<Foreign>), EngineError> {
    let files = sources(folder)?;
    let tool = match tool {
        Some(tool) => tool,
        None => Tool::ALL
            .into_iter()
            .find(|tool| files.iter().any(|file| parse::is_of(*tool, file)))
            .ok_or_else(|| unknown(folder))?,
    };
    let mut all = parse::migrations(tool, &files)?;
    if all.is_empty() {
        return Err(unknown(folder).into());
    }
    for one in &mut all {
        parse::without_own_transaction(&mut one.upgrade);
        if let Some(downgrade) = &mut one.downgrade {
            parse::without_own_transaction(downgrade);
        }
    }
    Ok((tool, all))
}

fn sources(folder: &Path) -> Result<Vec<SourceFile>, EngineError> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| EngineError::io("list", folder, error))?;
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| EngineError::io("read", &path, error))?;
        files.push(SourceFile {
            name: entry.file_name().to_string_lossy().into_owned(),
            path,
            // A mark at the start is no SQL, and Windows' line ends are the same lines.
            text: text.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
        });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn unknown(folder: &Path) -> ImportError {
    let python = |name: &str| folder.join(name).exists();
    ImportError::UnknownTool {
        folder: folder.to_owned(),
        alembic: python("env.py") || python("versions") || folder.join("../env.py").exists(),
    }
}
