//! What a schema can be taken from, as a person names it.

use std::path::{Path, PathBuf};

/// A schema's source: `models`, `history`, `history:TARGET`, `database`, `empty`, a URL, or a file with DDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// What `models` in rev.yaml lead to.
    Models,
    /// The replayed history, up to a target.
    History(String),
    /// The project's own database.
    Database,
    /// Nothing but what a new database holds.
    Empty,
    /// A database by its address.
    Url(String),
    /// A file, or a folder of `.sql` files.
    File(PathBuf),
}

impl Source {
    /// Reads a source; relative paths are those of the folder that a person is in.
    ///
    /// # Errors
    /// The text is none of the forms, in a sentence.
    pub fn parse(text: &str, folder: &Path) -> Result<Source, String> {
        Ok(match text {
            "models" => Source::Models,
            "history" => Source::History("heads".to_owned()),
            "database" => Source::Database,
            "empty" => Source::Empty,
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Source::Url(url.to_owned())
            }
            other => match other.strip_prefix("history:") {
                Some(target) => Source::History(target.to_owned()),
                None => {
                    let path = folder.join(other);
                    if !path.exists() {
                        return Err(format!(
                            "`{other}` is none of models, history, history:TARGET, database, empty, a postgres:// URL or a file"
                        ));
                    }
                    Source::File(path)
                }
            },
        })
    }

    /// Returns the source in words, as in "the models agree with the history". No address: it may hold a password.
    pub fn words(&self) -> String {
        match self {
            Source::Models => "the models".to_owned(),
            Source::History(target) if target == "heads" => "the history".to_owned(),
            Source::History(target) => format!("the history at `{target}`"),
            Source::Database => "the database".to_owned(),
            Source::Empty => "an empty database".to_owned(),
            Source::Url(_) => "the database named".to_owned(),
            Source::File(path) => path.display().to_string(),
        }
    }

    /// Returns whether it is a live database, whose server decides what the other side is loaded on.
    pub fn is_live(&self) -> bool {
        matches!(self, Source::Database | Source::Url(_))
    }

    /// Returns the `.sql` files of a file source.
    pub(super) fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
        if !path.is_dir() {
            return Ok(vec![path.to_path_buf()]);
        }
        let mut files: Vec<PathBuf> = std::fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
        files.sort();
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read() {
        let here = Path::new("/");
        let check = |text: &str, want: Source| assert_eq!(Source::parse(text, here), Ok(want));
        check("models", Source::Models);
        check("history", Source::History("heads".into()));
        check("history:3f2a", Source::History("3f2a".into()));
        check("postgres://h/d", Source::Url("postgres://h/d".into()));
        check("tmp", Source::File("/tmp".into()));
        assert!(Source::parse("modles", here).is_err());
    }
}
