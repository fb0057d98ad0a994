//! Names and texts written as the server's own functions write them.

use std::borrow::Cow;

/// The keywords that a name may not be without quotes: every non-"unreserved" keyword of every major from 13 on.
/// Quoting one that an older server does not know yet does no harm. Sorted, for the binary search.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
    "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "graph_table", "greatest",
    "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect",
    "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists",
    "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset",
    "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision",
    "primary", "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time",
    "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values",
    "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

/// Returns the identifier with quotes where it needs them, as the server's `quote_ident`.
pub fn quote_ident(name: &str) -> Cow<'_, str> {
    let mut bytes = name.bytes();
    let is_plain = bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && KEYWORDS.binary_search(&name).is_err();
    if is_plain {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
    }
}

/// Returns `schema.name`, both quoted where needed; just the name without a schema.
pub fn quote_qualified(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quote_ident(schema), quote_ident(name)),
        None => quote_ident(name).into_owned(),
    }
}

/// Returns the text as a string literal, as the server's `quote_literal`: right whatever
/// `standard_conforming_strings` is.
pub fn quote_literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// Returns the text between dollar quotes, with a tag that does not occur in it.
pub fn dollar_quote(body: &str) -> String {
    let fits = |delimiter: &str| {
        // The first end in sight must be the one that is meant, also where the body ends in half a tag.
        format!("{body}{delimiter}").find(delimiter) == Some(body.len())
    };
    let mut delimiter = "$$".to_owned();
    for number in 0.. {
        if fits(&delimiter) {
            break;
        }
        delimiter = match number {
            0 => "$body$".to_owned(),
            _ => format!("$body{number}$"),
        };
    }
    format!("{delimiter}{body}{delimiter}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn identifiers() {
        let check = |name: &str, expected: &str| assert_eq!(quote_ident(name), expected);
        assert!(KEYWORDS.is_sorted());
        check("users", "users");
        check("_x1", "_x1");
        check("Users", "\"Users\"");
        check("1x", "\"1x\"");
        check("a$b", "\"a$b\"");
        check("ä", "\"ä\"");
        check("", "\"\"");
        check("a\"b", "\"a\"\"b\"");
        check("user", "\"user\"");
        check("values", "\"values\"");
        check("name", "name");
        check("system_user", "\"system_user\"");
        assert_eq!(quote_qualified(Some("Shop"), "order"), "\"Shop\".\"order\"");
        assert_eq!(quote_qualified(None, "x"), "x");
    }

    #[test]
    fn literals() {
        assert_eq!(quote_literal("it's"), "'it''s'");
        assert_eq!(quote_literal("a\\b'c"), "E'a\\\\b''c'");
        assert_eq!(dollar_quote("x"), "$$x$$");
        assert_eq!(dollar_quote("x$"), "$body$x$$body$");
        assert_eq!(dollar_quote("x$$y$body"), "$body1$x$$y$body$body1$");
    }

    proptest! {
        #[test]
        fn quoted_texts_are_one_token(text in "[$a-c'\"\\\\ bodyU&E\n]{0,20}") {
            for quoted in [dollar_quote(&text), quote_literal(&text)] {
                prop_assert_eq!(crate::token::tokens(&quoted).count(), 1, "{}", quoted);
            }
            if !text.is_empty() {
                prop_assert_eq!(crate::token::tokens(&quote_ident(&text)).count(), 1);
            }
        }
    }
}
