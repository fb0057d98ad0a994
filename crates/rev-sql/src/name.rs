//! Names of objects as a statement writes them.

use std::fmt;

use crate::quote::quote_ident;

/// A possibly schema-qualified name, folded as the server folds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The schema, where the statement gives one.
    pub schema: Option<String>,
    /// The name itself.
    pub name: String,
}

impl Name {
    /// Tells whether both may mean the same object: a missing schema matches any.
    pub fn may_be(&self, other: &Name) -> bool {
        self.name == other.name
            && (self.schema == other.schema || self.schema.is_none() || other.schema.is_none())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", quote_ident(schema))?;
        }
        f.write_str(&quote_ident(&self.name))
    }
}

/// Returns what an identifier token names: unquoted ones fold to lower case (ASCII only, as in a UTF-8 database).
pub(crate) fn fold(text: &str) -> String {
    match text.strip_prefix('"') {
        Some(inside) => inside
            .strip_suffix('"')
            .unwrap_or(inside)
            .replace("\"\"", "\""),
        None => text.to_ascii_lowercase(),
    }
}
