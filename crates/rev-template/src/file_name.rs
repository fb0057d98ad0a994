//! The file name of a revision.

use crate::draft::Header;
use crate::error::RenderError;
use crate::render::{header_context, render_with};
use crate::slug::slug;

/// The pattern that is used when a project sets none.
pub const DEFAULT_FILE_NAME: &str =
    "{{ create_date | date(format='%Y%m%d%H%M%S') }}_{{ revision }}_{{ slug }}";

/// Returns the file name for a revision, with `.sql` at its end, relative to the revisions folder.
///
/// The pattern is a tera template over the header's fields and `slug`. It may contain `/` for folders but cannot
/// lead out of the revisions folder.
pub fn file_name(pattern: Option<&str>, header: &Header) -> Result<String, RenderError> {
    let pattern = pattern.unwrap_or(DEFAULT_FILE_NAME);
    let name = render_with("file_name pattern", pattern, &header_context(header))?;
    let name = name.trim();
    let mut stem = name.strip_suffix(".sql").unwrap_or(name);
    if slug(&header.message).is_empty() {
        // A message without a single word leaves the separator behind.
        stem = stem.trim_end_matches(['_', '-']);
    }
    let name = format!("{stem}.sql");
    match complaint(stem) {
        Some(reason) => Err(RenderError::BadFileName { name, reason }),
        None => Ok(name),
    }
}

fn complaint(stem: &str) -> Option<&'static str> {
    if stem.is_empty() {
        return Some("it is empty");
    }
    if stem.contains('\\') || stem.contains(':') {
        return Some("`\\` and `:` do not work on every system");
    }
    if stem.chars().any(char::is_control) {
        return Some("it contains a control character");
    }
    for part in stem.split('/') {
        match part {
            "" => return Some("it starts or ends with `/` or has an empty folder name"),
            "." | ".." => return Some("`.` and `..` are not allowed"),
            _ if part.starts_with('.') => return Some("a hidden file would not be read"),
            // The common limit of file systems, less the ending.
            _ if part.len() > 250 => return Some("it is too long for a file system"),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn header(message: &str) -> Header {
        Header {
            revision: "3f2a9c1b7d10".into(),
            down_revision: vec![],
            message: message.into(),
            create_date: DateTime::parse_from_rfc3339("2026-11-20T14:23:00Z")
                .unwrap()
                .into(),
            branch_labels: vec![],
            depends_on: vec![],
            irreversible: None,
            replaces: vec![],
        }
    }

    #[test]
    fn patterns() {
        let check = |pattern: Option<&str>, message: &str, expected: &str| {
            let got =
                file_name(pattern, &header(message)).unwrap_or_else(|error| error.to_string());
            assert_eq!(got, expected, "{pattern:?}");
        };
        check(
            None,
            "Add users",
            "20261120142300_3f2a9c1b7d10_add_users.sql",
        );
        check(None, "", "20261120142300_3f2a9c1b7d10.sql");
        check(None, "../../etc", "20261120142300_3f2a9c1b7d10_etc.sql");
        check(Some("{{ revision }}.sql"), "x", "3f2a9c1b7d10.sql");
        check(
            Some("{{ create_date | date(format='%Y/%m') }}/{{ revision }}"),
            "x",
            "2026/11/3f2a9c1b7d10.sql",
        );
        check(
            Some("{{ message }}"),
            "../x",
            "the file_name pattern gives `../x.sql`: `.` and `..` are not allowed",
        );
        check(
            Some("/{{ revision }}"),
            "x",
            "the file_name pattern gives `/3f2a9c1b7d10.sql`: it starts or ends with `/` or has an empty folder name",
        );
        check(
            Some("{{ slug }}"),
            "",
            "the file_name pattern gives `.sql`: it is empty",
        );
        assert!(
            file_name(Some("{{ nope }}"), &header("x"))
                .unwrap_err()
                .to_string()
                .contains("nope")
        );
        assert!(file_name(Some("{{ create_date | date(format='%Q') }}"), &header("x")).is_err());
    }
}
