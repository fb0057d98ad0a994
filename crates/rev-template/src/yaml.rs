//! Single values in the header's YAML: which may stand plain, and how the others are quoted.
//!
//! The header lives inside an SQL block comment, and those nest: neither `*/` nor `/*` may appear in it.

/// Returns the value as YAML text that fits on one line and cannot end the comment around it.
pub(crate) fn scalar(value: &str) -> String {
    if is_plain_text(value) {
        value.to_owned()
    } else {
        quoted(value)
    }
}

/// Returns a flow list, `[a, b]`.
pub(crate) fn list<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    // Inside a flow list commas and brackets count, so only names stand plain there.
    let items: Vec<String> = values
        .into_iter()
        .map(|value| {
            if is_plain_name(value) {
                value.to_owned()
            } else {
                quoted(value)
            }
        })
        .collect();
    format!("[{}]", items.join(", "))
}

/// Tells whether the text is a name (of a revision, a label) that reads the same with and without quotes.
pub(crate) fn is_plain_name(value: &str) -> bool {
    let mut bytes = value.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && !is_null(value)
}

/// Tells whether the text may stand unquoted as a value in a block mapping and reads back unchanged.
pub(crate) fn is_plain_text(value: &str) -> bool {
    let Some(first) = value.chars().next() else {
        return false;
    };
    // Most punctuation means something to YAML at the start of a value.
    if !(first.is_alphanumeric() || first == '_') || value.ends_with([' ', ':']) || is_null(value) {
        return false;
    }
    // Digits first may still be a number or a date; those are read as text too, so nothing is lost.
    let mut previous = ' ';
    for c in value.chars() {
        let harmless = matches!(c, ' '..='~') || c.is_alphanumeric();
        let special = match c {
            ' ' => previous == ':',
            '#' => previous == ' ',
            '/' => previous == '*',
            '*' => previous == '/',
            _ => false,
        };
        if !harmless || special {
            return false;
        }
        previous = c;
    }
    true
}

/// Tells whether YAML reads the unquoted text as "nothing".
fn is_null(value: &str) -> bool {
    matches!(value, "" | "~" | "null" | "Null" | "NULL")
}

fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    let mut previous = ' ';
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '/' if previous == '*' => text.push_str("\\/"),
            '*' if previous == '/' => text.push_str("\\x2a"),
            ' '..='~' => text.push(c),
            _ if c.is_alphanumeric() => text.push(c),
            _ if (c as u32) <= 0xff => text.push_str(&format!("\\x{:02x}", c as u32)),
            _ if (c as u32) <= 0xffff => text.push_str(&format!("\\u{:04x}", c as u32)),
            _ => text.push_str(&format!("\\U{:08x}", c as u32)),
        }
        previous = c;
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_only_where_needed() {
        let check = |value: &str, expected: &str| assert_eq!(scalar(value), expected, "{value:?}");
        check("Add user preferences", "Add user preferences");
        check("it's 100% done (again)", "it's 100% done (again)");
        check("fix: this", "\"fix: this\"");
        check("a:b", "a:b");
        check("no # comment", "\"no # comment\"");
        check("- list", "\"- list\"");
        check("null", "\"null\"");
        check("", "\"\"");
        check("end */ of /* it", r#""end *\/ of /\x2a it""#);
        check("two\nlines", "\"two\\nlines\"");
        check("tag 🎉", "\"tag \\U0001f389\"");
        check("größer", "größer");
        assert_eq!(
            list(["a", "b c", "null", "1e5"]),
            "[a, \"b c\", \"null\", 1e5]"
        );
    }
}
