//! The file formats.

use super::{Foreign, ImportError, Piece, SourceFile, Tool};
use crate::error::Place;

/// A file name taken apart.
struct Name<'a> {
    /// `V`, `U`, `R`, or nothing.
    prefix: &'a str,
    version: &'a str,
    words: &'a str,
    /// `up`, `down`, or nothing.
    direction: &'a str,
}

/// Returns whether a file can only be of this tool (or, for the last one tried, may be).
pub(super) fn is_of(tool: Tool, file: &SourceFile) -> bool {
    match tool {
        Tool::Dbmate => has_marker(&file.text, "migrate:up"),
        Tool::Goose => has_marker(&file.text, "+goose up"),
        Tool::GolangMigrate => numbered(&file.name).is_some_and(|name| !name.direction.is_empty()),
        Tool::Flyway => flyway(&file.name).is_some(),
        Tool::Sqlx => numbered(&file.name).is_some(),
    }
}

/// Returns a folder's migrations in the tool's order.
pub(super) fn migrations(tool: Tool, files: &[SourceFile]) -> Result<Vec<Foreign>, ImportError> {
    let mut all = match tool {
        Tool::Dbmate => marked(files, "migrate:up", "migrate:down")?,
        Tool::Goose => goose(files)?,
        Tool::GolangMigrate | Tool::Sqlx => pairs(files),
        Tool::Flyway => flyway_files(files)?,
    };
    // What the tool repeats has no version and runs last.
    all.sort_by_cached_key(|one| {
        (
            one.version.is_empty(),
            version_key(&one.version),
            one.name.clone(),
        )
    });
    for pair in all.windows(2) {
        if !pair[0].version.is_empty()
            && version_key(&pair[0].version) == version_key(&pair[1].version)
        {
            return Err(ImportError::SameVersion {
                first: pair[0].file.clone(),
                second: pair[1].file.clone(),
            });
        }
    }
    Ok(all)
}

/// `1_2` and `1.10` by their numbers; `001` is `1`, and `1.0` is `1`.
fn version_key(version: &str) -> Vec<u128> {
    let mut parts: Vec<u128> = version
        .split(['.', '_'])
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    while parts.last() == Some(&0) && parts.len() > 1 {
        parts.pop();
    }
    parts
}

/// `20260101_add_users.up.sql`.
fn numbered(file: &str) -> Option<Name<'_>> {
    let stem = file.strip_suffix(".sql")?;
    let (stem, direction) = match stem.rsplit_once('.') {
        Some((stem, direction @ ("up" | "down"))) => (stem, direction),
        _ => (stem, ""),
    };
    let digits = stem
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(stem.len());
    let (version, rest) = stem.split_at(digits);
    let words = rest
        .strip_prefix(['_', '-'])
        .or(rest.is_empty().then_some(""))?;
    (!version.is_empty()).then_some(Name {
        prefix: "",
        version,
        words,
        direction,
    })
}

/// `V1_2__add_users.sql`.
fn flyway(file: &str) -> Option<Name<'_>> {
    let stem = file.strip_suffix(".sql")?;
    let (start, words) = stem.split_once("__")?;
    let prefix = start.get(..1)?;
    let version = &start[1..];
    let digits = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
    };
    let fits = match prefix {
        "V" | "U" => digits(version),
        "R" => version.is_empty(),
        _ => false,
    };
    fits.then_some(Name {
        prefix,
        version,
        words,
        direction: "",
    })
}

fn in_words(text: &str) -> String {
    text.replace(['_', '-'], " ").trim().to_owned()
}

/// The comment line `-- MARKER …`, whatever its spaces and case.
fn is_marker(line: &str, marker: &str) -> bool {
    let Some(rest) = line.trim().strip_prefix("--") else {
        return false;
    };
    let rest = rest.trim_start().to_ascii_lowercase();
    rest.strip_prefix(marker)
        .is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
}

fn has_marker(text: &str, marker: &str) -> bool {
    text.lines().any(|line| is_marker(line, marker))
}

/// Files with both ways, each behind a comment line.
fn marked(files: &[SourceFile], up: &str, down: &str) -> Result<Vec<Foreign>, ImportError> {
    let mut all = Vec::new();
    for file in files {
        let Some(name) = numbered(&file.name) else {
            continue;
        };
        let lines: Vec<&str> = file.text.lines().collect();
        let find = |marker| lines.iter().position(|line| is_marker(line, marker));
        let Some(up_at) = find(up) else {
            return Err(bad(file, 1, format!("there is no `-- {up}` in it")));
        };
        let down_at = find(down);
        let piece = |from: usize, to: usize| Piece {
            text: lines[from + 1..to].join("\n"),
            line: from as u32 + 2,
            file: None,
        };
        let (upgrade, downgrade) = match down_at {
            Some(down_at) if down_at > up_at => {
                (piece(up_at, down_at), Some(piece(down_at, lines.len())))
            }
            Some(down_at) => (piece(up_at, lines.len()), Some(piece(down_at, up_at))),
            None => (piece(up_at, lines.len()), None),
        };
        all.push(Foreign {
            version: name.version.to_owned(),
            name: in_words(name.words),
            file: file.path.clone(),
            upgrade,
            downgrade: downgrade.filter(|piece| !is_empty(&piece.text)),
        });
    }
    Ok(all)
}

fn goose(files: &[SourceFile]) -> Result<Vec<Foreign>, ImportError> {
    for file in files {
        let expands = |line: &str| is_marker(line, "+goose envsub");
        if let Some(at) = file.text.lines().position(expands) {
            let why =
                "goose would put environment variables into this text; write the values".to_owned();
            return Err(bad(file, at as u32 + 1, why));
        }
    }
    let mut all = marked(files, "+goose up", "+goose down")?;
    // Where a statement begins and ends is plain from the SQL itself. The line stays, so that lines keep their numbers.
    let without_notes = |piece: &mut Piece| {
        let line = |line: &str| {
            let note = line
                .trim()
                .strip_prefix("--")
                .is_some_and(|rest| rest.trim_start().starts_with("+goose"));
            if note { String::new() } else { line.to_owned() }
        };
        piece.text = piece.text.lines().map(line).collect::<Vec<_>>().join("\n");
    };
    for one in &mut all {
        without_notes(&mut one.upgrade);
        one.downgrade.iter_mut().for_each(without_notes);
    }
    Ok(all)
}

fn whole(file: &SourceFile) -> Piece {
    Piece {
        text: file.text.clone(),
        line: 1,
        file: Some(file.path.clone()),
    }
}

/// One file a way.
fn pairs(files: &[SourceFile]) -> Vec<Foreign> {
    let names = || {
        files
            .iter()
            .filter_map(|file| Some((file, numbered(&file.name)?)))
    };
    names()
        .filter(|(_, name)| name.direction != "down")
        .map(|(file, name)| Foreign {
            version: name.version.to_owned(),
            name: in_words(name.words),
            file: file.path.clone(),
            upgrade: whole(file),
            downgrade: names()
                .find(|(_, other)| {
                    other.direction == "down"
                        && version_key(other.version) == version_key(name.version)
                })
                .map(|(file, _)| whole(file))
                .filter(|piece| !is_empty(&piece.text)),
        })
        .collect()
}

fn flyway_files(files: &[SourceFile]) -> Result<Vec<Foreign>, ImportError> {
    let names = || {
        files
            .iter()
            .filter_map(|file| Some((file, flyway(&file.name)?)))
    };
    for (file, _) in names() {
        if let Some(at) = file.text.lines().position(|line| line.contains("${")) {
            let why = "Flyway would put a value in the place of `${…}`; write the value".to_owned();
            return Err(bad(file, at as u32 + 1, why));
        }
    }
    Ok(names()
        .filter(|(_, name)| name.prefix != "U")
        .map(|(file, name)| Foreign {
            version: name.version.to_owned(),
            name: in_words(name.words),
            file: file.path.clone(),
            upgrade: whole(file),
            downgrade: names()
                .find(|(_, other)| {
                    other.prefix == "U"
                        && name.prefix == "V"
                        && version_key(other.version) == version_key(name.version)
                })
                .map(|(file, _)| whole(file))
                .filter(|piece| !is_empty(&piece.text)),
        })
        .collect())
}

fn bad(file: &SourceFile, line: u32, why: String) -> ImportError {
    ImportError::BadMigration {
        place: Place::at(&file.path, line),
        why,
    }
}

/// Nothing but comments.
fn is_empty(text: &str) -> bool {
    rev_sql::split(text).is_ok_and(|statements| statements.is_empty())
}

/// Takes a BEGIN … COMMIT around a whole piece away: the runner's own transaction does its work.
pub(super) fn without_own_transaction(piece: &mut Piece) {
    let Ok(statements) = rev_sql::split(&piece.text) else {
        return;
    };
    let ([first, .., last], true) = (statements.as_slice(), statements.len() > 1) else {
        return;
    };
    let word = |sql: &str| {
        let mut words = sql.split_whitespace().map(str::to_ascii_uppercase);
        words.next().unwrap_or_default()
    };
    let opens = matches!(word(&first.sql).as_str(), "BEGIN" | "START");
    let closes = matches!(word(&last.sql).as_str(), "COMMIT" | "END");
    let others = &statements[1..statements.len() - 1];
    let inner = others
        .iter()
        .any(|statement| rev_sql::facts(&statement.sql).is_transaction_control);
    if !opens || !closes || inner {
        return;
    }
    let ranges =
        [last, first].map(|statement| statement.offset..statement.offset + statement.sql.len());
    for range in ranges {
        let after = &piece.text[range.end..];
        let semicolon = after.find(';').filter(|at| after[..*at].trim().is_empty());
        let end = range.end + semicolon.map_or(0, |at| at + 1);
        piece.text.replace_range(range.start..end, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> SourceFile {
        SourceFile {
            name: name.to_owned(),
            path: name.into(),
            text: text.to_owned(),
        }
    }

    /// Version, name, upgrade, downgrade; `|` for line ends.
    fn check(tool: Tool, files: &[(&str, &str)], expected: &[(&str, &str, &str, Option<&str>)]) {
        let files: Vec<_> = files.iter().map(|(name, text)| file(name, text)).collect();
        assert!(files.iter().any(|file| is_of(tool, file)));
        let found = migrations(tool, &files).expect("reads");
        let flat = |piece: &Piece| piece.text.trim().replace('\n', "|");
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.version.clone(),
                    one.name.clone(),
                    flat(&one.upgrade),
                    one.downgrade.as_ref().map(flat),
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(version, name, up, down)| {
                (
                    (*version).to_owned(),
                    (*name).to_owned(),
                    (*up).to_owned(),
                    down.map(str::to_owned),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn dbmate() {
        check(
            Tool::Dbmate,
            &[
                (
                    "20260102000000_b.sql",
                    "-- migrate:up transaction:false\nCREATE TABLE b ();\n-- migrate:down\n",
                ),
                (
                    "20260101000000_add_a.sql",
                    "-- migrate:up\nCREATE TABLE a ();\n\n-- migrate:down\nDROP TABLE a;\n",
                ),
            ],
            &[
                (
                    "20260101000000",
                    "add a",
                    "CREATE TABLE a ();",
                    Some("DROP TABLE a;"),
                ),
                ("20260102000000", "b", "CREATE TABLE b ();", None),
            ],
        );
    }

    #[test]
    fn goose_notes_go_and_lines_stay() {
        let text = "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a ();\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE a;\n";
        check(
            Tool::Goose,
            &[("00001_a.sql", text)],
            &[("00001", "a", "CREATE TABLE a ();", Some("DROP TABLE a;"))],
        );
        let found = migrations(Tool::Goose, &[file("1_a.sql", text)]).expect("reads");
        assert_eq!(found[0].upgrade.line, 2);
        assert!(found[0].upgrade.text.starts_with("\nCREATE"));
    }

    #[test]
    fn pairs_go_by_number_and_not_by_text() {
        check(
            Tool::GolangMigrate,
            &[
                ("10_ten.up.sql", "SELECT 10;"),
                ("2_two.down.sql", "SELECT -2;"),
                ("2_two.up.sql", "SELECT 2;"),
            ],
            &[
                ("2", "two", "SELECT 2;", Some("SELECT -2;")),
                ("10", "ten", "SELECT 10;", None),
            ],
        );
    }

    #[test]
    fn flyway_versions_undo_and_repeatables() {
        check(
            Tool::Flyway,
            &[
                ("R__views.sql", "SELECT 0;"),
                ("V1.10__ten.sql", "SELECT 10;"),
                ("V1_2__two.sql", "SELECT 2;"),
                ("U1.2__two.sql", "SELECT -2;"),
            ],
            &[
                ("1_2", "two", "SELECT 2;", Some("SELECT -2;")),
                ("1.10", "ten", "SELECT 10;", None),
                ("", "views", "SELECT 0;", None),
            ],
        );
        let placeholder = [file("V1__x.sql", "SELECT 1;\nSELECT '${who}';")];
        let error = migrations(Tool::Flyway, &placeholder).expect_err("has a placeholder");
        assert!(error.to_string().starts_with("V1__x.sql:2: "), "{error}");
        let twice = [
            file("V1__x.sql", "SELECT 1;"),
            file("V1.0__y.sql", "SELECT 1;"),
        ];
        assert_eq!(
            migrations(Tool::Flyway, &twice).expect_err("twice").code(),
            "same_version"
        );
    }

    #[test]
    fn a_transaction_around_everything_goes() {
        let strip = |text: &str| {
            let mut piece = Piece {
                text: text.to_owned(),
                ..Piece::default()
            };
            without_own_transaction(&mut piece);
            piece.text.trim().to_owned()
        };
        assert_eq!(
            strip("BEGIN;\nCREATE TABLE a ();\nCOMMIT;\n"),
            "CREATE TABLE a ();"
        );
        assert_eq!(strip("start transaction ;\nSELECT 1;\nend"), "SELECT 1;");
        assert_eq!(
            strip("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;"),
            "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;"
        );
        assert_eq!(strip("SELECT 1; COMMIT;"), "SELECT 1; COMMIT;");
    }
}
