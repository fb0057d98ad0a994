//! Projects of any size, written to disk.

use crate::shell::Outcome;
use std::path::{Path, PathBuf};

/// A folder with rev.yaml and revisions, and the database it speaks to.
pub(crate) struct Project {
    pub(crate) home: PathBuf,
    pub(crate) url: String,
}

impl Project {
    pub(crate) fn create(home: &Path, url: String) -> Outcome<Self> {
        let project = Self {
            home: home.to_path_buf(),
            url,
        };
        project.folder("revisions")?;
        project.folder("schema")?;
        project.write("rev.yaml", "database: ${DATABASE_URL}\n")?;
        Ok(project)
    }

    /// A chain of revisions; `body` gives the upgrade of each.
    pub(crate) fn add_revisions(&self, count: usize, body: &dyn Fn(usize) -> String) -> Outcome {
        for n in 0..count {
            let parents = if n == 0 { "null".to_owned() } else { id(n - 1) };
            self.add(n, &parents, &body(n))?;
        }
        Ok(())
    }

    /// A history whose every tenth revision is a merge of the two before it.
    pub(crate) fn add_woven_revisions(&self, count: usize) -> Outcome {
        for n in 0..count {
            let parents = match n {
                0 => "null".to_owned(),
                _ if n % 10 == 0 => format!("[{}, {}]", id(n - 1), id(n - 2)),
                _ if n % 10 == 9 => id(n - 2),
                _ => id(n - 1),
            };
            let parents = if n == 1 { id(0) } else { parents };
            self.add(n, &parents, "SELECT 1")?;
        }
        Ok(())
    }

    /// Replaces the models by one file.
    pub(crate) fn write_model(&self, text: &str) -> Outcome {
        self.write("schema/schema.sql", text)
    }

    fn add(&self, n: usize, parents: &str, body: &str) -> Outcome {
        let id = id(n);
        let minute = n % 60;
        let hour = n / 60 % 24;
        let day = n / 1440 % 28 + 1;
        let date = format!("2026-01-{day:02}T{hour:02}:{minute:02}:00Z");
        let text = format!(
            "/*\nrevision: {id}\ndown_revision: {parents}\nmessage: Revision number {n}\ncreate_date: {date}\nbranch_labels: []\ndepends_on: []\n*/\n\n-- rev:upgrade\n\n{body};\n\n-- rev:downgrade\n\nDROP TABLE t{n};\n"
        );
        self.write(
            &format!("revisions/{n:06}_{id}_revision_number_{n}.sql"),
            &text,
        )
    }

    fn folder(&self, name: &str) -> Outcome {
        let path = self.home.join(name);
        std::fs::create_dir_all(&path)
            .map_err(|error| format!("cannot make {}: {error}", super::shown(&path)))
    }

    fn write(&self, name: &str, text: &str) -> Outcome {
        let path = self.home.join(name);
        std::fs::write(&path, text)
            .map_err(|error| format!("cannot write {}: {error}", super::shown(&path)))
    }
}

/// The id of the revision with this number.
fn id(n: usize) -> String {
    format!("{:012x}", 0xb000_0000_0000_u64 + n as u64)
}

/// What a careful person would write after the statements of revision `n`.
pub(crate) fn version_update(n: usize) -> String {
    match n {
        0 => format!("INSERT INTO rev_version VALUES ('{}');", id(0)),
        _ => format!(
            "UPDATE rev_version SET version_num = '{}' WHERE version_num = '{}';",
            id(n),
            id(n - 1)
        ),
    }
}
