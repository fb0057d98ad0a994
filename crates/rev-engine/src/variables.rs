//! The environment variables of a command, read once: the process' own, over those of a `.env` file.
//!
//! Everything that reads a variable goes through here, so that `.env` and Docker's `NAME_FILE` count everywhere
//! and tests need no process-wide state.

use std::collections::BTreeMap;
use std::path::Path;

/// A snapshot of environment variables.
#[derive(Clone, Default)]
pub struct Variables {
    process: BTreeMap<String, String>,
    dot_env: BTreeMap<String, String>,
}

impl std::fmt::Debug for Variables {
    /// Shows names only: values may be secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_set()
            .entries(self.process.keys().chain(self.dot_env.keys()))
            .finish()
    }
}

impl Variables {
    /// Returns the variables of this process; names or values that are no UTF-8 are left out.
    pub fn of_process() -> Self {
        let process = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self {
            process: process.collect(),
            dot_env: BTreeMap::new(),
        }
    }

    /// Returns exactly the given variables.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self {
            process: pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            dot_env: BTreeMap::new(),
        }
    }

    /// Adds the contents of a `.env` file; the process' own variables win over it.
    pub fn with_dot_env(mut self, text: &str) -> Self {
        self.dot_env = parse_dot_env(text);
        self
    }

    /// Returns a variable's value. An empty value counts as not set, as in libpq and in shell's `${NAME:-}`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let own = self.process.get(name).filter(|value| !value.is_empty());
        own.or_else(|| self.dot_env.get(name).filter(|value| !value.is_empty()))
            .map(String::as_str)
    }

    /// Returns a variable's value or, where only `NAME_FILE` is set, the trimmed content of that file (Docker secrets).
    ///
    /// # Errors
    /// The path and the reason when `NAME_FILE` names a file that cannot be read.
    pub fn get_or_file(&self, name: &str) -> Result<Option<String>, (String, std::io::Error)> {
        if let Some(value) = self.get(name) {
            return Ok(Some(value.to_owned()));
        }
        match self.get(&format!("{name}_FILE")) {
            None => Ok(None),
            Some(path) => match std::fs::read_to_string(Path::new(path)) {
                Ok(text) => Ok(Some(text.trim().to_owned())),
                Err(error) => Err((path.to_owned(), error)),
            },
        }
    }

    /// Returns all variables whose name starts with `PG`, as libpq reads them.
    pub fn postgres(&self) -> BTreeMap<String, String> {
        let of = |values: &BTreeMap<String, String>| {
            values
                .iter()
                .filter(|(name, value)| name.starts_with("PG") && !value.is_empty())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect::<BTreeMap<_, _>>()
        };
        let mut all = of(&self.dot_env);
        all.extend(of(&self.process));
        all
    }
}

/// Reads `NAME=value` lines: comments, `export`, single quotes (as they stand) and double quotes (with `\n`, `\"`, `\\`).
fn parse_dot_env(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let name = name.trim();
        if name.starts_with('#') || name.is_empty() {
            continue;
        }
        values.insert(name.to_owned(), unquote(value.trim()));
    }
    values
}

fn unquote(value: &str) -> String {
    if let Some(rest) = value.strip_prefix('\'') {
        return rest.split('\'').next().unwrap_or_default().to_owned();
    }
    let Some(rest) = value.strip_prefix('"') else {
        // A comment after an unquoted value needs a space before its `#`: passwords in URLs may hold one.
        return value
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned();
    };
    let mut out = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_env_reads_what_people_write() {
        let variables = Variables::from_pairs([("SHELL_WINS", "shell")]).with_dot_env(
            "# comment\nexport A=1\nB = two words # note\nC='as # is'\nD=\"x\\n\\\"y\\\"\"\nURL=postgres://u:p#w@h/d\nSHELL_WINS=file\nEMPTY=\n",
        );
        assert_eq!(variables.get("A"), Some("1"));
        assert_eq!(variables.get("B"), Some("two words"));
        assert_eq!(variables.get("C"), Some("as # is"));
        assert_eq!(variables.get("D"), Some("x\n\"y\""));
        assert_eq!(variables.get("URL"), Some("postgres://u:p#w@h/d"));
        assert_eq!(variables.get("SHELL_WINS"), Some("shell"));
        assert_eq!(variables.get("EMPTY"), None);
    }

    #[test]
    fn debug_shows_no_values() {
        let variables = Variables::from_pairs([("PGPASSWORD", "hunter2")]);
        assert!(!format!("{variables:?}").contains("hunter2"));
    }
}
