//! Directives: the comment lines before a statement that tell `rev` how to carry it out.
//!
//! | directive | meaning |
//! |---|---|
//! | `-- rev:batch {table: t, key: id, size: 5000, where: "…", sleep: 100ms, max_replica_lag: 5s}` | a resumable data change |
//! | `-- rev:only-if SELECT …` | run the statement only where the query is true |
//! | `-- rev:timeout {lock: 2s, statement: 10m}` | other timeouts for this statement |
//! | `-- rev:allow RULE because "…"` | accept one lint finding, with the reason |

use std::time::Duration;

use serde::Deserialize;
use serde::de::Error as _;

use crate::error::SplitError;

/// One directive, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Directive {
    /// The line of the script, counted from 1.
    pub line: u32,
    /// What it asks for.
    pub kind: DirectiveKind,
}

/// What a directive asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum DirectiveKind {
    /// Carry the statement out in ranges of a key, each in its own transaction.
    Batch(Batch),
    /// Run the statement only where this query is true.
    OnlyIf(String),
    /// Use other timeouts for the statement.
    Timeout(Timeout),
    /// Accept one lint finding.
    Allow {
        /// The lint rule.
        rule: String,
        /// Why it is acceptable here.
        because: String,
    },
}

/// How to walk a table in batches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The table to walk, schema-qualified or not, as in SQL.
    pub table: String,
    /// The columns of a unique key to walk along.
    #[serde(deserialize_with = "one_or_many")]
    pub key: Vec<String>,
    /// Rows a batch; adapted while running.
    #[serde(default)]
    pub size: Option<u64>,
    /// What still needs work: a condition that no row meets at the end.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// A pause after each batch.
    #[serde(default, deserialize_with = "optional_duration")]
    pub sleep: Option<Duration>,
    /// Wait while a replica is further behind than this.
    #[serde(default, deserialize_with = "optional_duration")]
    pub max_replica_lag: Option<Duration>,
}

/// Timeouts for one statement; zero means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeout {
    /// The longest wait for a lock.
    #[serde(default, deserialize_with = "optional_duration")]
    pub lock: Option<Duration>,
    /// The longest run of the statement.
    #[serde(default, deserialize_with = "optional_duration")]
    pub statement: Option<Duration>,
}

/// The directives, with an example for messages.
const DIRECTIVES: &[(&str, &str)] = &[
    ("batch", "-- rev:batch {table: users, key: id}"),
    ("only-if", "-- rev:only-if SELECT …"),
    ("timeout", "-- rev:timeout {lock: 2s}"),
    ("allow", "-- rev:allow RULE because \"…\""),
];

/// Returns what stands behind `-- rev:`, if the comment is meant as a directive.
pub(crate) fn text_of(comment: &str) -> Option<&str> {
    comment
        .strip_prefix("--")?
        .trim_start()
        .strip_prefix("rev:")
        .map(str::trim)
}

/// Reads a directive's text.
pub(crate) fn parse(text: &str, line: u32) -> Result<Directive, SplitError> {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '{')
        .unwrap_or(text.len());
    let (name, rest) = (&text[..end], text[end..].trim());
    let kind = match name {
        "batch" => {
            let batch: Batch = settings(name, rest, line)?;
            if batch.key.is_empty()
                || batch.key.iter().any(String::is_empty)
                || batch.table.is_empty()
            {
                return Err(SplitError::new(line, "`rev:batch` needs a table and a key")
                    .hint(example(name)));
            }
            if batch.size == Some(0) {
                return Err(SplitError::new(
                    line,
                    "`rev:batch` cannot work in batches of 0 rows",
                ));
            }
            DirectiveKind::Batch(batch)
        }
        "timeout" => {
            let timeout: Timeout = settings(name, rest, line)?;
            if timeout.lock.is_none() && timeout.statement.is_none() {
                return Err(SplitError::new(line, "`rev:timeout` sets nothing").hint(example(name)));
            }
            DirectiveKind::Timeout(timeout)
        }
        "only-if" => DirectiveKind::OnlyIf(query(rest, line)?),
        "allow" => allow(rest, line)?,
        _ => {
            let error = SplitError::new(line, format!("unknown directive `rev:{name}`"));
            return Err(if name == "upgrade" || name == "downgrade" {
                error.hint("a section starts with this line alone; here it stands inside a section")
            } else {
                error.hint(suggestion(name))
            });
        }
    };
    Ok(Directive { line, kind })
}

fn suggestion(name: &str) -> String {
    // A name is short: two slips or a common start are close enough.
    let near = DIRECTIVES
        .iter()
        .map(|(known, _)| (slips(name, known), *known))
        .filter(|(slips, known)| *slips <= 2 || (name.len() >= 3 && known.starts_with(name)))
        .min_by_key(|(slips, _)| *slips);
    match near {
        Some((_, known)) => format!("did you mean `rev:{known}`?"),
        None => {
            let names: Vec<String> = DIRECTIVES
                .iter()
                .map(|(known, _)| format!("`rev:{known}`"))
                .collect();
            format!("the directives are {}", names.join(", "))
        }
    }
}

/// Returns how many letters must be inserted, removed or changed.
pub(crate) fn slips(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn example(name: &str) -> String {
    let example = DIRECTIVES
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, example)| example);
    format!("write it as `{example}`")
}

fn settings<T: for<'de> Deserialize<'de>>(
    name: &str,
    text: &str,
    line: u32,
) -> Result<T, SplitError> {
    if !text.starts_with('{') || !text.ends_with('}') {
        return Err(SplitError::new(
            line,
            format!("`rev:{name}` needs its settings in braces, on the same line"),
        )
        .hint(example(name)));
    }
    serde_yaml::from_str(text).map_err(|error| {
        let text = error.to_string();
        // The YAML parser's own line and column count inside the braces.
        let message = text.split(" at line ").next().unwrap_or(&text);
        SplitError::new(line, format!("`rev:{name}`: {message}")).hint(example(name))
    })
}

fn query(text: &str, line: u32) -> Result<String, SplitError> {
    let text = text.trim_end_matches(';').trim_end();
    let statements = crate::split::split(text)
        .map_err(|error| SplitError::new(line, format!("`rev:only-if`: {}", error.message)))?;
    let is_query = ["select", "with", "values"].iter().any(|word| {
        crate::token::significant(text)
            .first()
            .is_some_and(|token| token.is(word))
    });
    if statements.len() != 1 || !is_query {
        return Err(SplitError::new(
            line,
            "`rev:only-if` needs one query that answers true or false",
        )
        .hint("write it as `-- rev:only-if SELECT EXISTS (SELECT FROM …)`"));
    }
    Ok(text.to_owned())
}

fn allow(text: &str, line: u32) -> Result<DirectiveKind, SplitError> {
    let wrong = |message: &str| Err(SplitError::new(line, message).hint(example("allow")));
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (rule, rest) = (&text[..end], text[end..].trim());
    if rule.is_empty() {
        return wrong("`rev:allow` names no rule");
    }
    let Some(reason) = rest
        .strip_prefix("because")
        .filter(|rest| rest.starts_with([' ', '\t', '"', '\'']))
    else {
        return wrong("`rev:allow` gives no reason");
    };
    let reason = reason.trim();
    let quoted = ['"', '\'', '“'].iter().find_map(|quote| {
        let close = if *quote == '“' { '”' } else { *quote };
        reason.strip_prefix(*quote)?.strip_suffix(close)
    });
    match quoted.map(str::trim) {
        Some("") => wrong("`rev:allow` gives no reason"),
        Some(because) => Ok(DirectiveKind::Allow {
            rule: rule.to_owned(),
            because: because.to_owned(),
        }),
        None => wrong("`rev:allow` needs its reason in quotes"),
    }
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(
        match OneOrMany::deserialize(deserializer)
            .map_err(|_| D::Error::custom("`key` is a column or a list of columns"))?
        {
            OneOrMany::One(name) => vec![name],
            OneOrMany::Many(names) => names,
        },
    )
}

fn optional_duration<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match parse_duration(&text) {
        Some(duration) => Ok(Some(duration)),
        None => Err(D::Error::custom(format!(
            "`{text}` is not a duration; write 500ms, 2s, 5min or 1h"
        ))),
    }
}

/// Reads `500ms`, `2s`, `5m`, `5min`, `1h`, `1d` or a plain `0`; other numbers need a unit.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let seconds = match text[digits..].trim() {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        "d" => number * 86_400.0,
        "" if number == 0.0 => 0.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comment: &str, expected: &str) {
        let text = text_of(comment).expect("a directive");
        let got = match parse(text, 7) {
            Ok(directive) => format!("{:?}", directive.kind),
            Err(error) => format!("{error} ({})", error.hint.as_deref().unwrap_or("-")),
        };
        assert_eq!(got, expected, "{comment}");
    }

    #[test]
    fn directives_are_read() {
        check(
            "-- rev:batch {table: users, key: id, size: 5000, where: \"role = 'primary'\", sleep: 100ms}",
            r#"Batch(Batch { table: "users", key: ["id"], size: Some(5000), condition: Some("role = 'primary'"), sleep: Some(100ms), max_replica_lag: None })"#,
        );
        check(
            "--rev:batch{table: shop.users, key: [a, b], max_replica_lag: 1.5s}",
            r#"Batch(Batch { table: "shop.users", key: ["a", "b"], size: None, condition: None, sleep: None, max_replica_lag: Some(1.5s) })"#,
        );
        check(
            "-- rev:only-if SELECT EXISTS (SELECT 1);",
            r#"OnlyIf("SELECT EXISTS (SELECT 1)")"#,
        );
        check(
            "-- rev:timeout {lock: 2s, statement: 0}",
            "Timeout(Timeout { lock: Some(2s), statement: Some(0ns) })",
        );
        check(
            "-- rev:allow drop-column because \"nobody reads it\"",
            r#"Allow { rule: "drop-column", because: "nobody reads it" }"#,
        );
        assert_eq!(text_of("-- a rev:batch"), None);
        assert_eq!(text_of("-- revision 7"), None);
    }

    #[test]
    fn mistakes_are_explained() {
        check(
            "-- rev:bath {}",
            "line 7: unknown directive `rev:bath` (did you mean `rev:batch`?)",
        );
        check(
            "-- rev:only",
            "line 7: unknown directive `rev:only` (did you mean `rev:only-if`?)",
        );
        check(
            "-- rev:nothing",
            "line 7: unknown directive `rev:nothing` (the directives are `rev:batch`, `rev:only-if`, `rev:timeout`, `rev:allow`)",
        );
        check(
            "-- rev:batch table: users",
            "line 7: `rev:batch` needs its settings in braces, on the same line (write it as `-- rev:batch {table: users, key: id}`)",
        );
        check(
            "-- rev:batch {table: users}",
            "line 7: `rev:batch`: missing field `key` (write it as `-- rev:batch {table: users, key: id}`)",
        );
        check(
            "-- rev:batch {table: users, key: id, sise: 5}",
            "line 7: `rev:batch`: unknown field `sise`, expected one of `table`, `key`, `size`, `where`, `sleep`, `max_replica_lag` (write it as `-- rev:batch {table: users, key: id}`)",
        );
        check(
            "-- rev:timeout {lock: 2}",
            "line 7: `rev:timeout`: `2` is not a duration; write 500ms, 2s, 5min or 1h (write it as `-- rev:timeout {lock: 2s}`)",
        );
        check(
            "-- rev:timeout {}",
            "line 7: `rev:timeout` sets nothing (write it as `-- rev:timeout {lock: 2s}`)",
        );
        check(
            "-- rev:only-if DELETE FROM x",
            "line 7: `rev:only-if` needs one query that answers true or false (write it as `-- rev:only-if SELECT EXISTS (SELECT FROM …)`)",
        );
        check(
            "-- rev:allow x",
            "line 7: `rev:allow` gives no reason (write it as `-- rev:allow RULE because \"…\"`)",
        );
        check(
            "-- rev:allow x because \"\"",
            "line 7: `rev:allow` gives no reason (write it as `-- rev:allow RULE because \"…\"`)",
        );
        check(
            "-- rev:allow x because I say so",
            "line 7: `rev:allow` needs its reason in quotes (write it as `-- rev:allow RULE because \"…\"`)",
        );
    }
}
