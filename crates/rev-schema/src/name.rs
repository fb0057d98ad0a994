//! Names as they are written in SQL.

/// Returns `name` as an identifier, quoted only where the server would.
pub fn ident(name: &str) -> String {
    rev_sql::quote_ident(name).into_owned()
}

/// Returns `text` as a string literal.
pub fn literal(text: &str) -> String {
    rev_sql::quote_literal(text)
}

/// Returns `names` as a comma-separated list of identifiers.
pub fn idents<S: AsRef<str>>(names: &[S]) -> String {
    names
        .iter()
        .map(|name| ident(name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns a role as it is written in GRANT and CREATE POLICY: `public` is a keyword there.
pub fn role(name: &str) -> String {
    match name {
        "" | "public" | "-" => "PUBLIC".to_owned(),
        _ => ident(name),
    }
}
