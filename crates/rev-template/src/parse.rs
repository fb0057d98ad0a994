//! A revision file read whole: the header and the two sections.

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

use crate::draft::{RevisionFile, Section};
use crate::error::ParseError;
use crate::header::{find_comment, line_at, nearest, parse_header, unix_line_ends};

/// The two sections of a revision file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Upgrade,
    Downgrade,
}

impl SectionKind {
    fn marker(self) -> &'static str {
        match self {
            SectionKind::Upgrade => "-- rev:upgrade",
            SectionKind::Downgrade => "-- rev:downgrade",
        }
    }
}

/// Reads a revision file.
///
/// A file that was checked out with Windows line ends gives the same sections as one without.
pub fn parse(text: &str) -> Result<RevisionFile, ParseError> {
    let text = &*unix_line_ends(text);
    let header = parse_header(text)?;
    let start = find_comment(text)?.end;
    let (markers, unclosed) = find_markers(text, start);

    let first = markers.first().map_or(text.len(), |marker| marker.start);
    if let Some(line) = first_sql_line(text, start, first) {
        return Err(match markers.first() {
            Some(marker) => ParseError::new(
                line,
                format!("SQL before the `{}` line", marker.kind.marker()),
            )
            .hint(format!("move it below `{}`", marker.kind.marker())),
            None => missing_upgrade(text, start, line, unclosed),
        });
    }

    let (mut upgrade, mut downgrade) = (None, None);
    for (index, marker) in markers.iter().enumerate() {
        let end = markers.get(index + 1).map_or(text.len(), |next| next.start);
        let slot = match marker.kind {
            SectionKind::Upgrade => &mut upgrade,
            SectionKind::Downgrade => &mut downgrade,
        };
        if slot.is_some() {
            let line = line_at(text, marker.start);
            return Err(ParseError::new(
                line,
                format!("a second `{}` section", marker.kind.marker()),
            ));
        }
        let (body, skipped) = trim_section(&text[marker.end..end]);
        *slot = Some(Section {
            text: body.to_owned(),
            line: line_at(text, marker.end + skipped),
        });
    }
    match upgrade {
        Some(upgrade) => Ok(RevisionFile {
            header,
            upgrade,
            downgrade,
        }),
        None => Err(missing_upgrade(text, start, line_at(text, start), unclosed)),
    }
}

/// Returns the text without blank lines at its start and blank space at its end, and how much was cut in front.
pub(crate) fn trim_section(text: &str) -> (&str, usize) {
    let body = text.trim_end();
    let blank = body.len() - body.trim_start().len();
    // Indentation of the first line stays.
    let skipped = body[..blank].rfind('\n').map_or(0, |at| at + 1);
    (&body[skipped..], skipped)
}

/// Returns which section a line starts, if the line is such a marker.
pub(crate) fn section_marker(line: &str) -> Option<SectionKind> {
    match line.strip_prefix("--")?.trim() {
        "rev:upgrade" => Some(SectionKind::Upgrade),
        "rev:downgrade" => Some(SectionKind::Downgrade),
        _ => None,
    }
}

struct Marker {
    kind: SectionKind,
    /// Where the marker's line starts.
    start: usize,
    /// Where its comment ends.
    end: usize,
}

/// A literal or comment that runs to the end of the file.
struct Unclosed {
    what: &'static str,
    line: u32,
}

/// Finds the marker lines. Tokens decide, so that a marker inside a function body, a string or a block comment
/// is what it looks like: text.
fn find_markers(text: &str, start: usize) -> (Vec<Marker>, Option<Unclosed>) {
    let mut markers = Vec::new();
    let mut at = start;
    for token in tokenize(&text[start..]) {
        let end = at + token.len as usize;
        if token.kind == TokenKind::LineComment {
            let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let stands_alone = text[line_start.max(start)..at].trim().is_empty();
            if let (true, Some(kind)) = (stands_alone, section_marker(&text[at..end])) {
                markers.push(Marker {
                    kind,
                    start: line_start.max(start),
                    end,
                });
            }
        } else if let Some(what) = unclosed(token.kind) {
            return (
                markers,
                Some(Unclosed {
                    what,
                    line: line_at(text, at),
                }),
            );
        }
        at = end;
    }
    (markers, None)
}

fn unclosed(kind: TokenKind) -> Option<&'static str> {
    match kind {
        TokenKind::BlockComment { terminated: false } => Some("comment"),
        TokenKind::QuotedIdent {
            terminated: false, ..
        } => Some("quoted name"),
        TokenKind::Literal {
            kind: LiteralKind::DollarQuotedString { terminated: false },
        } => Some("dollar-quoted text"),
        TokenKind::Literal {
            kind:
                LiteralKind::Str { terminated: false }
                | LiteralKind::EscStr { terminated: false }
                | LiteralKind::UnicodeEscStr { terminated: false }
                | LiteralKind::NationalStr { terminated: false }
                | LiteralKind::BitStr { terminated: false }
                | LiteralKind::ByteStr { terminated: false },
        } => Some("string"),
        _ => None,
    }
}

/// Returns the line of the first token that is neither blank nor a comment.
fn first_sql_line(text: &str, start: usize, end: usize) -> Option<u32> {
    let mut at = start;
    for token in tokenize(&text[start..end]) {
        let is_sql = !matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. }
        );
        if is_sql {
            return Some(line_at(text, at));
        }
        at += token.len as usize;
    }
    None
}

fn missing_upgrade(text: &str, start: usize, line: u32, unclosed: Option<Unclosed>) -> ParseError {
    let error = ParseError::new(line, "the file has no `-- rev:upgrade` section");
    if let Some(unclosed) = unclosed {
        return error.hint(format!(
            "the {} that opens on line {} is never closed",
            unclosed.what, unclosed.line
        ));
    }
    let slip = text[start..].lines().find_map(|line| {
        let word = line.trim().strip_prefix("--")?.trim();
        nearest(word, &["rev:upgrade", "rev:downgrade"])
            .filter(|near| *near == "rev:upgrade")
            .map(|_| line)
    });
    match slip {
        Some(slip) => error.hint(format!(
            "`{}` looks like it; write `-- rev:upgrade`",
            slip.trim()
        )),
        None => error.hint("put the line `-- rev:upgrade` before the SQL that leads forward"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "/*\nrevision: a\ndown_revision: null\n*/\n";

    fn check(body: &str, expected: &str) {
        let show = |section: &Section| format!("{}:{:?}", section.line, section.text);
        let got = match parse(&format!("{HEADER}{body}")) {
            Ok(file) => match &file.downgrade {
                Some(downgrade) => format!("{} / {}", show(&file.upgrade), show(downgrade)),
                None => show(&file.upgrade),
            },
            Err(error) => match error.hint {
                Some(hint) => format!("{}: {} ({hint})", error.line, error.message),
                None => format!("{}: {}", error.line, error.message),
            },
        };
        assert_eq!(got, expected, "{body}");
    }

    #[test]
    fn sections() {
        check(
            "-- rev:upgrade\nA;\n-- rev:downgrade\nB;\n",
            r#"6:"A;" / 8:"B;""#,
        );
        check(
            "\n\n-- rev:upgrade\n\n\n  A;\n\n--rev:downgrade  \n",
            r#"10:"  A;" / 12:"""#,
        );
        check(
            "-- a note\n/* another */\n-- rev:downgrade\nB;\n-- rev:upgrade\nA;",
            r#"10:"A;" / 8:"B;""#,
        );
        check("-- rev:upgrade", r#"5:"""#);
    }

    #[test]
    fn markers_inside_text_do_not_count() {
        for (open, close) in [
            ("$$", "$$"),
            ("$x$", "$x$"),
            ("'", "'"),
            ("E'\\'", "'"),
            ("/*", "*/"),
            ("\"", "\""),
        ] {
            let body = format!("A {open}\n-- rev:downgrade\n{close};");
            check(
                &format!("-- rev:upgrade\n{body}\n-- rev:downgrade\nB;"),
                &format!("6:{body:?} / 10:\"B;\""),
            );
        }
        check(
            "-- rev:upgrade\nA; -- rev:downgrade\n",
            r#"6:"A; -- rev:downgrade""#,
        );
    }

    #[test]
    fn mistakes() {
        check(
            "A;\n",
            "5: the file has no `-- rev:upgrade` section (put the line `-- rev:upgrade` before the SQL that leads forward)",
        );
        check(
            "-- rev:downgrade\nB;",
            "4: the file has no `-- rev:upgrade` section (put the line `-- rev:upgrade` before the SQL that leads forward)",
        );
        check(
            "-- rev:upgarde\nA;\n-- rev:downgrade",
            "6: SQL before the `-- rev:downgrade` line (move it below `-- rev:downgrade`)",
        );
        check(
            "-- rev: upgrade\nA;",
            "6: the file has no `-- rev:upgrade` section (`-- rev: upgrade` looks like it; write `-- rev:upgrade`)",
        );
        check(
            "-- rev:upgrade\n-- rev:upgrade\n",
            "6: a second `-- rev:upgrade` section",
        );
        check(
            "/* oops\n-- rev:upgrade\n",
            "4: the file has no `-- rev:upgrade` section (the comment that opens on line 5 is never closed)",
        );
    }

    #[test]
    fn the_header_comes_first() {
        let check = |text: &str, expected: &str| {
            let got = parse(text)
                .map(|file| file.header.revision)
                .unwrap_or_else(|error| error.to_string());
            assert_eq!(got, expected, "{text}");
        };
        let rest = "revision: a\ndown_revision: null\n*/\n-- rev:upgrade\n";
        check(&format!("\u{feff}/*\n{rest}"), "a");
        check(&format!("\n-- vim: set sw=4:\n\n/*\n{rest}"), "a");
        check(&format!("/*\n{rest}").replace('\n', "\r\n"), "a");
        check("", "line 1: the revision header is missing");
        check("\n\nSELECT 1;", "line 3: the revision header is missing");
        check(
            "-- rev:upgrade\n/* */",
            "line 1: the revision header is missing",
        );
        check(
            "/*\nrevision: a\nmessage: /* oops\n*/\n",
            "line 1: the header comment is not closed",
        );
    }

    #[test]
    fn windows_line_ends_make_no_difference() {
        let text = format!("{HEADER}-- rev:upgrade\nDO $$\nx\n$$;\n\n-- rev:downgrade\nB;\n");
        assert_eq!(parse(&text.replace('\n', "\r\n")), parse(&text));
    }
}
