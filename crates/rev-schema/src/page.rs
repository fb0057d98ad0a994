//! The reference page of kinds, written from the kinds themselves: what is asked of each is what a difference asks.

use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, catalog_script};
use crate::context::{Context, Scope, Server};
use crate::coverage::GAPS;
use crate::diff::DiffOptions;
use crate::kinds::{Kind, LIST, SOURCES};
use crate::object::{Address, Change, Identity, Object, ObjectKind};

const MAJORS: std::ops::RangeInclusive<u32> = 13..=18;

/// Values that a property may change between: none and some, words, truth, numbers, lists, tables, privileges, and a
/// constraint's promise.
const STEPS: &[(Option<&str>, Option<&str>)] = &[
    (None, Some("a")),
    (Some("a"), None),
    (Some("a"), Some("b")),
    (None, Some("true")),
    (Some("true"), None),
    (Some("1"), Some("2")),
    (Some("[\"a=1\"]"), Some("[\"a=2\",\"b=1\"]")),
    (Some("[\"a\"]"), Some("[\"a\",\"b\"]")),
    (Some("[\"a\",\"b\"]"), Some("[\"b\"]")),
    (
        Some(r#"[["a","integer","",""]]"#),
        Some(r#"[["a","bigint","",""],["b","text","",""]]"#),
    ),
    (
        Some(r#"[["a","","",""],["b","","",""]]"#),
        Some(r#"[["b","","",""],["a","","",""]]"#),
    ),
    (Some(r#"["app\tapp\tr"]"#), Some(r#"["app\tapp\trw"]"#)),
    (Some("a NOT VALID"), Some("a")),
];

/// What another property may be meanwhile.
const BESIDE: &[&str] = &["true", "s", "f"];

#[test]
fn the_reference_page_is_what_the_kinds_do() {
    let path = root().join("docs/src/reference/objects.md");
    let page = page();
    if std::env::var_os("REV_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("writes");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "{} is not what the kinds do: run this test with REV_UPDATE_DOCS=1",
        path.display()
    );
}

#[test]
fn every_kind_says_what_it_is() {
    for (kind, source) in LIST.iter().zip(SOURCES) {
        assert!(
            !essay(source).is_empty(),
            "{}: its file has no `//!` lines",
            kind.name()
        );
        assert!(
            majors(*kind).ends_with("to 18"),
            "{}: not read on PostgreSQL 18",
            kind.name()
        );
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    let mut page = String::from(
        "# Kinds of object\n\nWhat `rev autogenerate`, `rev diff` and `rev check` compare. Each kind of object has its properties, and for \
         each of these Postgres has a way to change it, or none: then the object is dropped and made again, with what hangs on it. Tables \
         and columns are kept wherever Postgres has a way. This page is written from the kinds themselves.\n\n\
         | kind | PostgreSQL | altered in place | made anew | renamed |\n|---|---|---|---|---|\n",
    );
    for kind in LIST {
        let ways = Ways::of(*kind);
        let count = |list: &[String]| {
            if list.is_empty() {
                "–".to_owned()
            } else {
                list.len().to_string()
            }
        };
        page.push_str(&format!(
            "| [{0}](#{1}) | {2} | {3} | {4} | {5} |\n",
            kind.name(),
            anchor(kind.name()),
            majors(*kind),
            count(&ways.in_place),
            count(&ways.anew),
            if ways.renamed { "yes" } else { "–" }
        ));
    }
    page.push_str("\nThe numbers count properties, which are named below. A few are in both columns: it depends on what they change to.\n");
    for (kind, source) in LIST.iter().zip(SOURCES) {
        page.push_str(&section(*kind, source));
    }
    page.push_str("\n## What is named and not compared\n\nThese are found and named in a warning; with `--strict` they are an error.\n\n| what | why |\n|---|---|\n");
    for gap in GAPS {
        page.push_str(&format!("| {} | {} |\n", gap.what, gap.why));
    }
    page.push_str(&no_way());
    page
}

fn section(kind: &dyn ObjectKind, source: &str) -> String {
    let ways = Ways::of(kind);
    let mut text = format!("\n## {}\n\n{}\n", kind.name(), essay(source));
    let mut line = |word: &str, what: String| text.push_str(&format!("\n- {word}: {what}"));
    if majors(kind) != "13 to 18" {
        line("PostgreSQL", majors(kind));
    }
    for (word, list) in [
        ("altered in place", &ways.in_place),
        ("made anew", &ways.anew),
    ] {
        if !list.is_empty() {
            line(word, list.join(", "));
        }
    }
    if ways.in_place.is_empty() && ways.anew.is_empty() {
        line(
            "changed",
            "there is nothing to it but that it is there".to_owned(),
        );
    }
    line(
        "renamed",
        if ways.renamed {
            "with its own statement, when that is answered"
        } else {
            "dropped and made again"
        }
        .to_owned(),
    );
    if let Some(loss) = kind.loss(&object(kind, &[])) {
        line("dropping it loses", loss.to_owned());
    }
    text.push('\n');
    text
}

/// What Postgres cannot do while the table or the column stays: told by the pairs that show it.
fn no_way() -> String {
    let mut text = String::from(
        "\n## Where Postgres has no way\n\nEach line is a pair of schemas in `tests/pairs`, which the tests carry up and down. What is made anew \
         loses its rows or values, and that is said before anything is written; what is refused is refused by name.\n\n\
         | pair | | why |\n|---|---|---|\n",
    );
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join("tests/pairs"))
        .expect("the pairs are there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for folder in folders {
        let old =
            std::fs::read_to_string(folder.join("old.sql")).expect("a pair has its old schema");
        let head: Vec<&str> = old
            .lines()
            .map_while(|line| line.strip_prefix("-- "))
            .collect();
        let said = |key: &str| head.iter().find_map(|line| line.strip_prefix(key));
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let what = match (said("remakes: "), said("refused: ")) {
            (Some(what), _) => format!("`{what}` is made anew"),
            (_, Some(what)) => format!("refused: {what}"),
            _ => continue,
        };
        let why = said("why: ")
            .unwrap_or_else(|| panic!("tests/pairs/{name}/old.sql says no `-- why: `"));
        text.push_str(&format!("| `{name}` | {what} | {why} |\n"));
    }
    text
}

/// Returns the `//!` lines of a kind's file.
fn essay(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines
        .map(str::trim_start)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn server(major: u32, scope: &Scope) -> Server<'_> {
    Server {
        version: major * 10_000,
        scope,
    }
}

/// Returns the majors that have the kind.
fn majors(kind: &dyn ObjectKind) -> String {
    let scope = Scope {
        owners: true,
        ..Scope::default()
    };
    let has: Vec<u32> = MAJORS
        .filter(|major| kind.query(&server(*major, &scope)).is_some())
        .collect();
    match (has.first(), has.last()) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "none".to_owned(),
    }
}

/// How a kind answers to changes.
struct Ways {
    in_place: Vec<String>,
    anew: Vec<String>,
    renamed: bool,
}

impl Ways {
    fn of(kind: &dyn ObjectKind) -> Self {
        let mut ways = Self {
            in_place: Vec::new(),
            anew: Vec::new(),
            renamed: false,
        };
        for property in kind.columns().iter().filter(|name| !name.starts_with('~')) {
            let answers: Vec<(u32, bool, bool)> =
                MAJORS.map(|major| answer(kind, property, major)).collect();
            let since = |wanted: fn(&(u32, bool, bool)) -> bool| {
                let words = property.replace('_', " ");
                let with: Vec<u32> = answers
                    .iter()
                    .filter(|answer| wanted(answer))
                    .map(|answer| answer.0)
                    .collect();
                match (with.first(), with.last()) {
                    (Some(13), Some(18)) => Some(words),
                    (Some(first), Some(18)) => Some(format!("{words} (from {first} on)")),
                    (Some(_), Some(last)) => Some(format!("{words} (up to {last})")),
                    _ => None,
                }
            };
            ways.in_place.extend(since(|answer| answer.1));
            ways.anew.extend(since(|answer| answer.2));
        }
        let (old, catalog) = (object(kind, &[]), catalog(18));
        let options = DiffOptions::default();
        let context = Context::new(&catalog, &catalog, &options);
        let new = Identity {
            name: "b".to_owned(),
            part: "q".to_owned(),
            ..old.id.clone()
        };
        ways.renamed =
            kind.kind().is_renamed_by_answer() && kind.rename(&old, &new, &context).is_some();
        ways
    }
}

/// Returns whether some change of a property is made in place, and whether some makes the object anew.
fn answer(kind: &dyn ObjectKind, property: &'static str, major: u32) -> (u32, bool, bool) {
    let catalog = catalog(major);
    let options = DiffOptions::default();
    let context = Context::new(&catalog, &catalog, &options);
    let (mut in_place, mut anew) = (false, false);
    // What a change of one property means may hang on another: the type of a constraint, whether a column is generated.
    let others = kind
        .columns()
        .iter()
        .map(|column| column.trim_start_matches('~'))
        .filter(|other| *other != property);
    let mut around: Vec<Option<(&str, &str)>> = vec![None];
    around.extend(others.flat_map(|other| BESIDE.iter().map(move |value| Some((other, *value)))));
    for ((from, to), beside) in STEPS
        .iter()
        .flat_map(|step| around.iter().map(move |beside| (step, beside)))
    {
        let state = |value: Option<&'static str>| {
            let mut values = vec![(property, value)];
            values.extend(beside.map(|(other, value)| (other, Some(value))));
            object(kind, &values)
        };
        let (old, new) = (state(*from), state(*to));
        match kind.change(&old, &new, &context) {
            Change::InPlace(drafts) => in_place |= !drafts.is_empty(),
            Change::Rebuild => anew = true,
        }
    }
    (major, in_place, anew)
}

fn object(kind: &dyn ObjectKind, values: &[(&str, Option<&str>)]) -> Object {
    let mut id = Identity::part(kind.kind(), "public", "a", "p");
    if matches!(kind.kind(), Kind::Comment | Kind::Grant | Kind::Owner) {
        id.on = Some(Kind::Table);
        id.part = String::new();
    }
    let value = |column: &&str| {
        values
            .iter()
            .find(|(name, _)| name == column)?
            .1
            .map(str::to_owned)
    };
    Object {
        id,
        address: Address {
            class: 0,
            oid: 0,
            sub: 0,
        },
        values: kind.columns().iter().map(value).collect(),
    }
}

fn catalog(major: u32) -> Catalog {
    let scope = Scope::default();
    let queries = catalog_script(major * 10_000, &scope).len();
    Catalog::load(major * 10_000, &scope, vec![Vec::new(); queries]).expect("an empty catalogue")
}
