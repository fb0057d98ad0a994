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
    if let Some(inside) = text.strip_prefix('"') {
        return unquote(inside);
    }
    match text
        .strip_prefix(['u', 'U'])
        .and_then(|rest| rest.strip_prefix("&\""))
    {
        Some(inside) => unescape(&unquote(inside)),
        None => text.to_ascii_lowercase(),
    }
}

fn unquote(inside: &str) -> String {
    inside
        .strip_suffix('"')
        .unwrap_or(inside)
        .replace("\"\"", "\"")
}

/// Resolves the `\0061` and `\+000061` of a `U&"…"` name. A `UESCAPE` other than the usual backslash is not seen.
fn unescape(text: &str) -> String {
    let mut name = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        name.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (skip, digits) = if escape.starts_with('+') {
            (1, 6)
        } else {
            (0, 4)
        };
        let code = escape.get(skip..skip + digits);
        match code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32)
        {
            Some(c) => {
                name.push(c);
                rest = &escape[skip + digits..];
            }
            None => {
                name.push('\\');
                rest = escape.strip_prefix('\\').unwrap_or(escape);
            }
        }
    }
    name + rest
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn names_fold_as_on_the_server() {
        assert_eq!(fold("Users"), "users");
        assert_eq!(fold("\"A\"\"b\""), "A\"b");
        assert_eq!(fold("U&\"d\\0061t\\+000061\""), "data");
        assert_eq!(fold("u&\"a\\\\b\\x\""), "a\\b\\x");
        assert_eq!(fold("ÄB"), "Äb");
    }
}
