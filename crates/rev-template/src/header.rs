//! The YAML header: found in the file, read the quick way where that is safe, and by the YAML parser otherwise.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::draft::Header;
use crate::error::ParseError;
use crate::yaml::{is_plain_name, is_plain_text};

/// The keys a header may have.
const KEYS: [&str; 8] = [
    "revision",
    "down_revision",
    "message",
    "create_date",
    "branch_labels",
    "depends_on",
    "irreversible",
    "replaces",
];

/// Reads only the header of a revision file: what the graph needs.
pub fn parse_header(text: &str) -> Result<Header, ParseError> {
    let comment = find_comment(text)?;
    match quick(comment.yaml) {
        Some(header) => Ok(header),
        None => exact(comment.yaml, comment.line),
    }
}

/// Returns where the header's comment ends: [`parse_header`] needs nothing of what follows. 0 where there is none.
pub fn header_end(text: &str) -> usize {
    find_comment(text).map_or(0, |comment| comment.end)
}

/// The block comment that holds the header.
pub(crate) struct Comment<'a> {
    /// What stands between `/*` and `*/`.
    pub yaml: &'a str,
    /// The line on which `yaml` starts.
    pub line: u32,
    /// The offset just behind `*/`.
    pub end: usize,
}

/// Finds the leading block comment; only blank lines and line comments may stand before it.
pub(crate) fn find_comment(text: &str) -> Result<Comment<'_>, ParseError> {
    let mut start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    loop {
        let rest = text[start..].trim_start();
        start = text.len() - rest.len();
        if rest.starts_with("/*") {
            break;
        }
        if !rest.starts_with("--")
            || crate::parse::section_marker(rest.lines().next().unwrap_or("")).is_some()
        {
            return Err(ParseError::new(line_at(text, start), "the revision header is missing").hint(
                "a revision file starts with a /* … */ comment that holds `revision:`, `down_revision:` and `message:`",
            ));
        }
        start += rest.find('\n').unwrap_or(rest.len());
    }
    let first = line_at(text, start);
    let bytes = text.as_bytes();
    // The server nests block comments, so the header must too if the file is to stay valid SQL.
    let (mut depth, mut at) = (1, start + 2);
    while let Some(found) = memchr::memchr2(b'/', b'*', &bytes[at..]) {
        at += found;
        match bytes.get(at..at + 2) {
            Some(b"/*") => {
                depth += 1;
                at += 2;
            }
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(Comment {
                        yaml: &text[start + 2..at - 2],
                        line: first,
                        end: at,
                    });
                }
            }
            _ => at += 1,
        }
    }
    Err(ParseError::new(first, "the header comment is not closed")
        .hint("block comments nest in SQL: each `/*` inside needs its own `*/`"))
}

/// Returns the line of an offset, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> u32 {
    1 + text.as_bytes()[..offset]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count() as u32
}

/// Reads a header in the shape that [`crate::render()`] writes: one `key: value` a line, nothing unusual.
///
/// Returns `None` whenever it is not sure, also for mistakes: the YAML parser then has the word.
fn quick(yaml: &str) -> Option<Header> {
    let mut revision = None;
    let mut down_revision = None;
    let mut message = None;
    let mut create_date = None;
    let mut branch_labels = None;
    let mut depends_on = None;

    let body = yaml
        .strip_prefix("\r\n")
        .or_else(|| yaml.strip_prefix('\n'))?;
    for line in body.lines() {
        let (key, value) = line.split_once(':')?;
        let value = value.strip_prefix(' ')?;
        let fresh = match key {
            "revision" => revision.replace(name(value)?.to_owned()).is_none(),
            "down_revision" => down_revision.replace(names(value)?).is_none(),
            "message" => message.replace(quick_text(value)?.to_owned()).is_none(),
            "create_date" => create_date.replace(quick_date(value)?).is_none(),
            "branch_labels" => branch_labels.replace(names(value)?).is_none(),
            "depends_on" => depends_on.replace(names(value)?).is_none(),
            _ => return None,
        };
        if !fresh {
            return None;
        }
    }
    Some(Header {
        revision: revision?,
        down_revision: down_revision?,
        message: message?,
        create_date: create_date?,
        branch_labels: branch_labels?,
        depends_on: depends_on?,
        irreversible: None,
        replaces: Vec::new(),
    })
}

fn name(value: &str) -> Option<&str> {
    is_plain_name(value).then_some(value)
}

fn names(value: &str) -> Option<Vec<String>> {
    if value == "null" || value == "[]" {
        return Some(Vec::new());
    }
    match value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(items) => items
            .split(", ")
            .map(|item| name(item).map(str::to_owned))
            .collect(),
        None => Some(vec![name(value)?.to_owned()]),
    }
}

fn quick_text(value: &str) -> Option<&str> {
    if is_plain_text(value) {
        return Some(value);
    }
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    let plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\' || c.is_alphanumeric();
    inside.chars().all(plain).then_some(inside)
}

fn quick_date(value: &str) -> Option<DateTime<Utc>> {
    // The one spelling that the renderer uses for whole seconds.
    let is_usual = value.len() == 20 && value.ends_with('Z') && is_plain_text(value);
    if is_usual { parse_date(value) } else { None }
}

/// Reads a date as people write it; without a zone it is UTC.
pub(crate) fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.into());
    }
    let naive = [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .or_else(|| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    })?;
    Some(naive.and_utc())
}

/// Reads any YAML header; `first` is the line of the file on which `yaml` starts.
fn exact(yaml: &str, first: u32) -> Result<Header, ParseError> {
    // Two passes: the shapes first, because asking YAML for "text or list" in one go would turn an unquoted
    // 123456789012 or 1e5 into a number and lose how it was written.
    let shapes: Shapes =
        serde_yaml::from_str(yaml).map_err(|error| yaml_error(yaml, first, error))?;
    let mut seen: Vec<&str> = Vec::new();
    for (key, _) in &shapes.0 {
        let key = key.as_str();
        if !KEYS.contains(&key) {
            let error = ParseError::new(
                key_line(yaml, first, key, 0),
                format!("unknown header key `{key}`"),
            );
            return Err(match nearest(key, &KEYS) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!(
                    "the keys are {}",
                    KEYS.map(|key| format!("`{key}`")).join(", ")
                )),
            });
        }
        if seen.contains(&key) {
            let line = key_line(yaml, first, key, 1);
            return Err(ParseError::new(
                line,
                format!("header key `{key}` is given twice"),
            ));
        }
        seen.push(key);
    }
    let values = serde_yaml::Deserializer::from_str(yaml);
    let values = ValuesSeed(&shapes)
        .deserialize(values)
        .map_err(|error| yaml_error(yaml, first, error))?;
    let fields = Fields {
        yaml,
        first,
        values,
    };

    let revision = fields.text("revision")?.unwrap_or_default();
    if revision.is_empty() {
        let line = if seen.contains(&"revision") {
            key_line(yaml, first, "revision", 0)
        } else {
            first
        };
        return Err(ParseError::new(line, "the header has no `revision`")
            .hint("give the identifier of this revision, as in `revision: 3f2a9c1b7d10`"));
    }
    if !seen.contains(&"down_revision") {
        return Err(ParseError::new(first, "the header has no `down_revision`")
            .hint("name the parent revision, or write `down_revision: null` for the first one"));
    }
    let create_date = match fields.text("create_date")? {
        None => DateTime::UNIX_EPOCH,
        Some(text) => parse_date(&text).ok_or_else(|| {
            ParseError::new(
                key_line(yaml, first, "create_date", 0),
                format!("`create_date` is not a date: `{text}`"),
            )
            .hint("write it as 2026-11-20T14:23:00Z")
        })?,
    };
    Ok(Header {
        revision,
        down_revision: fields.list("down_revision")?,
        message: fields.text("message")?.unwrap_or_default(),
        create_date,
        branch_labels: fields.list("branch_labels")?,
        depends_on: fields.list("depends_on")?,
        irreversible: fields.text("irreversible")?,
        replaces: fields.list("replaces")?,
    })
}

/// The values of a header by key, with what is needed to name a line.
struct Fields<'a> {
    yaml: &'a str,
    first: u32,
    values: Vec<(String, Given)>,
}

impl Fields<'_> {
    fn get(&self, key: &str) -> &Given {
        self.values
            .iter()
            .find(|(name, _)| name == key)
            .map_or(&Given::Null, |(_, value)| value)
    }

    fn text(&self, key: &str) -> Result<Option<String>, ParseError> {
        match self.get(key) {
            Given::Null => Ok(None),
            Given::Text(text) => Ok(Some(text.clone())),
            Given::List(_) => Err(ParseError::new(
                key_line(self.yaml, self.first, key, 0),
                format!("`{key}` takes one text, not a list"),
            )),
        }
    }

    fn list(&self, key: &str) -> Result<Vec<String>, ParseError> {
        let list = match self.get(key) {
            Given::Null => Vec::new(),
            Given::Text(text) => vec![text.clone()],
            Given::List(list) => list.clone(),
        };
        if list.iter().any(String::is_empty) {
            let line = key_line(self.yaml, self.first, key, 0);
            return Err(ParseError::new(
                line,
                format!("`{key}` holds an empty name"),
            ));
        }
        Ok(list)
    }
}

fn yaml_error(yaml: &str, first: u32, error: serde_yaml::Error) -> ParseError {
    let line = error
        .location()
        .map_or(first, |place| first + place.line().saturating_sub(1) as u32);
    // The parser's text ends in a place of its own, counted inside the header.
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    // At the end of the text the parser points one line too far.
    let last = first + yaml.trim_end().matches('\n').count() as u32;
    ParseError::new(
        line.min(last),
        format!("the header is not valid YAML: {message}"),
    )
    .hint("the header is a list of `key: value` lines; quote a value that holds `: ` or ` #`")
}

/// Returns the line of a key's occurrence (0 = first), or the header's first line when it is not to be found.
fn key_line(yaml: &str, first: u32, key: &str, occurrence: usize) -> u32 {
    yaml.split('\n')
        .enumerate()
        .filter(|(_, line)| {
            let line = line.trim_start_matches([' ', '\t', '{', ',', '"', '\'']);
            line.strip_prefix(key).is_some_and(|rest| {
                rest.trim_start_matches(['"', '\'', ' ', '\t'])
                    .starts_with(':')
            })
        })
        .nth(occurrence)
        .map_or(first, |(index, _)| first + index as u32)
}

/// Returns the candidate that `asked` was probably meant to be.
pub(crate) fn nearest<'a>(asked: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|candidate| (distance(asked, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
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

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Null,
    Text,
    List,
}

#[derive(Debug)]
enum Given {
    Null,
    Text(String),
    List(Vec<String>),
}

/// Every key with the shape of its value, in order, duplicates included.
struct Shapes(Vec<(String, Shape)>);

impl<'de> Deserialize<'de> for Shapes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Shapes;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("`key: value` lines")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shapes, A::Error> {
                let mut shapes = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    shapes.push((key, map.next_value::<Shape>()?));
                }
                Ok(Shapes(shapes))
            }
            fn visit_none<E>(self) -> Result<Shapes, E> {
                Ok(Shapes(Vec::new()))
            }
            fn visit_unit<E>(self) -> Result<Shapes, E> {
                Ok(Shapes(Vec::new()))
            }
        }
        deserializer.deserialize_any(Keys)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Shape;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_unit<E>(self) -> Result<Shape, E> {
                Ok(Shape::Null)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_i128<E>(self, _: i128) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_u128<E>(self, _: u128) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
                while let Some(item) = items.next_element::<Shape>()? {
                    if item != Shape::Text {
                        return Err(A::Error::custom("a list may hold texts only"));
                    }
                }
                Ok(Shape::List)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Reads the values, each as the shape found in the first pass.
struct ValuesSeed<'a>(&'a Shapes);

impl<'de> DeserializeSeed<'de> for ValuesSeed<'_> {
    type Value = Vec<(String, Given)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.0.0.is_empty() {
            // An empty header is "nothing", not a mapping.
            return IgnoredAny::deserialize(deserializer).map(|_| Vec::new());
        }
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ValuesSeed<'_> {
    type Value = Vec<(String, Given)>;
    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("`key: value` lines")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        for (_, shape) in &self.0.0 {
            let Some(key) = map.next_key::<String>()? else {
                break;
            };
            let value = match shape {
                Shape::Null => {
                    map.next_value::<IgnoredAny>()?;
                    Given::Null
                }
                Shape::Text => Given::Text(map.next_value()?),
                Shape::List => Given::List(map.next_value()?),
            };
            values.push((key, value));
        }
        Ok(values)
    }
}

/// Returns the text with line ends as on Unix, where the file was checked out with the other kind.
pub(crate) fn unix_line_ends(text: &str) -> Cow<'_, str> {
    // The first line tells: a stray carriage return inside a literal of a Unix file is the author's own.
    let is_windows = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    if is_windows {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(header: &str, expected: &str) {
        let text = format!("/*\n{header}\n*/\n");
        let got = match parse_header(&text) {
            Ok(header) => format!(
                "{} <- {:?} {:?} {} {:?} {:?} {:?} {:?}",
                header.revision,
                header.down_revision,
                header.message,
                header.create_date,
                header.branch_labels,
                header.depends_on,
                header.irreversible,
                header.replaces
            ),
            Err(error) => match error.hint {
                Some(hint) => format!("{}: {} ({hint})", error.line, error.message),
                None => format!("{}: {}", error.line, error.message),
            },
        };
        assert_eq!(got, expected, "{header}");
    }

    #[test]
    fn values_are_read_as_written() {
        check(
            "revision: 3f2a\ndown_revision: 9a0b\nmessage: Add it\ncreate_date: 2026-11-20T14:23:00Z\nbranch_labels: []\ndepends_on: [x, y]",
            r#"3f2a <- ["9a0b"] "Add it" 2026-11-20 14:23:00 UTC [] ["x", "y"] None []"#,
        );
        // Unquoted ids that YAML takes for numbers, null-like and boolean words.
        check(
            "revision: 123456789012\ndown_revision: 1e5",
            r#"123456789012 <- ["1e5"] "" 1970-01-01 00:00:00 UTC [] [] None []"#,
        );
        check(
            "revision: 007\ndown_revision: [0x1f, 1_000, 12345678901234567890123, .5]\nmessage: yes",
            r#"007 <- ["0x1f", "1_000", "12345678901234567890123", ".5"] "yes" 1970-01-01 00:00:00 UTC [] [] None []"#,
        );
        check(
            "revision: 'a'\ndown_revision: ~\nmessage: 2026-01-01\nbranch_labels: billing",
            r#"a <- [] "2026-01-01" 1970-01-01 00:00:00 UTC ["billing"] [] None []"#,
        );
        check(
            "{revision: a, down_revision: null, irreversible: \"gone: really\", replaces: [b, c]}",
            r#"a <- [] "" 1970-01-01 00:00:00 UTC [] [] Some("gone: really") ["b", "c"]"#,
        );
        check(
            "  # by hand\n  revision: a\n  down_revision:\n  message: >\n    two\n    lines\n  create_date: 2026-11-20 14:23:00+02:00",
            r#"a <- [] "two lines\n" 2026-11-20 12:23:00 UTC [] [] None []"#,
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        check(
            "down_revision: null",
            "1: the header has no `revision` (give the identifier of this revision, as in `revision: 3f2a9c1b7d10`)",
        );
        check(
            "revision: null\ndown_revision: null",
            "2: the header has no `revision` (give the identifier of this revision, as in `revision: 3f2a9c1b7d10`)",
        );
        check(
            "revision: a",
            "1: the header has no `down_revision` (name the parent revision, or write `down_revision: null` for the first one)",
        );
        check(
            "",
            "1: the header has no `revision` (give the identifier of this revision, as in `revision: 3f2a9c1b7d10`)",
        );
        check(
            "revision: a\ndown_revision: b\ndepend_on: c",
            "4: unknown header key `depend_on` (did you mean `depends_on`?)",
        );
        check(
            "revision: a\ndown_revision: b\ncolour: c",
            "4: unknown header key `colour` (the keys are `revision`, `down_revision`, `message`, `create_date`, `branch_labels`, `depends_on`, `irreversible`, `replaces`)",
        );
        check(
            "revision: a\ndown_revision: b\nrevision: c",
            "4: header key `revision` is given twice",
        );
        check(
            "revision: a\ndown_revision: b\ncreate_date: soon",
            "4: `create_date` is not a date: `soon` (write it as 2026-11-20T14:23:00Z)",
        );
        check(
            "revision: a\ndown_revision: [b, [c]]",
            "3: the header is not valid YAML: down_revision: a list may hold texts only (the header is a list of `key: value` lines; quote a value that holds `: ` or ` #`)",
        );
        check(
            "revision: [a]\ndown_revision: b",
            "2: `revision` takes one text, not a list",
        );
        check(
            "revision: a\ndown_revision: b\nmessage: fix: this",
            "4: the header is not valid YAML: mapping values are not allowed in this context (the header is a list of `key: value` lines; quote a value that holds `: ` or ` #`)",
        );
        check(
            "just words",
            "2: the header is not valid YAML: invalid type: string \"just words\", expected `key: value` lines (the header is a list of `key: value` lines; quote a value that holds `: ` or ` #`)",
        );
    }

    /// Values on the border between what the quick path takes and what it leaves alone.
    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-f0-9]{1,14}",
            "[ -~]{0,24}",
            r#"["']?[a-z0-9:#*/,\[\]{}&!|>%@`~ .-]{0,16}["']?"#,
            r"\[([a-z0-9~]{1,4}(, |,| ,)?){0,3}\]?",
            "\\PC{0,12}",
            prop::sample::select(vec![
                "null",
                "~",
                "",
                "Null",
                "[]",
                "[null]",
                "true",
                "1e5",
                "0x1F",
                ".inf",
                "2026-11-20T14:23:00Z",
                "2026-11-20t14:23:00z",
                "2026-13-40T14:23:00Z",
                "'2026-11-20T14:23:00Z'",
                "a: b",
                "a #b",
                "- a",
                "|",
                ">",
                "&a b",
                "*a",
                "!!str 1",
                "\"a\\tb\"",
                "a\tb",
                "a\u{85}b",
                "a\u{2028}b",
                "\u{feff}",
                "a ",
                " a",
                "[a,b]",
                "[a, b, ]",
                "--- a",
                "... ",
                "a\r",
            ])
            .prop_map(str::to_owned),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn the_quick_path_never_differs(
            values in prop::collection::vec(value(), 6),
            order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
            nudge in 0..12usize,
        ) {
            let mut yaml = "\n".to_owned();
            // Most keys get a good value, so that the quick path is taken often enough to be tested.
            let good = ["abc123", "[a, b]", "Add it", "2026-11-20T14:23:00Z", "[]", "[x]"];
            for key in order {
                let value = if key == nudge % 6 || nudge > 9 { values[key].as_str() } else { good[key] };
                yaml.push_str(&format!("{}: {value}\n", KEYS[key]));
            }
            if let Some(header) = quick(&yaml) {
                prop_assert_eq!(exact(&yaml, 1), Ok(header), "{}", yaml);
            }
        }
    }
}
