//! Who says that two databases are the same: pg_dump, or where there is none, the catalogue as `rev` reads it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use rev_engine::catalog;
use rev_engine::pg::{Address, ConnectOptions, connect};
use rev_schema::Scope;
use rev_testkit::{Database, Server};

/// What a database holds, one text an object, whatever their order.
pub type Entries = BTreeMap<String, String>;

/// Who looks at databases.
pub enum Witness {
    /// A pg_dump that is no older than the server.
    Dump(PathBuf),
    /// The catalogue queries of `rev` itself: a weaker witness, since what they miss they miss on both sides.
    Catalog,
}

impl Witness {
    /// Looks for a pg_dump; says so where there is none that can read the server.
    pub fn find(server: &Server) -> Witness {
        let own = server.cluster().binaries().directory.clone();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let packaged = (server.major()..server.major() + 10)
            .map(|major| PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")));
        let found = std::iter::once(own)
            .chain(std::env::split_paths(&path))
            .chain(packaged)
            .map(|folder| folder.join("pg_dump"))
            .find(|program| major_of(program).is_some_and(|major| major >= server.major()));
        found.map_or_else(
            || {
                eprintln!(
                    "no pg_dump reads PostgreSQL {}: `rev` itself compares, which proves less",
                    server.major()
                );
                Witness::Catalog
            },
            Witness::Dump,
        )
    }

    /// Returns what a database holds.
    pub fn look(&self, database: &Database) -> Result<Entries, String> {
        match self {
            Witness::Dump(program) => {
                let output = Command::new(program)
                    .args(["--schema-only", "--no-owner", "-d", &database.url()])
                    .output()
                    .map_err(|error| error.to_string())?;
                if !output.status.success() {
                    return Err(String::from_utf8_lossy(&output.stderr).into_owned());
                }
                Ok(entries(&String::from_utf8_lossy(&output.stdout)))
            }
            Witness::Catalog => catalogue(database),
        }
    }
}

/// Returns the major of a pg_dump; none where there is no such program.
fn major_of(program: &PathBuf) -> Option<u32> {
    if !program.exists() {
        return None;
    }
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Cuts a dump into its objects, leaving out what belongs to the session and to `rev`.
fn entries(dump: &str) -> Entries {
    let lines: Vec<&str> = dump.lines().collect();
    let mut found = Entries::new();
    let mut current: Option<(String, Vec<&str>)> = None;
    let mut at = 0;
    while at < lines.len() {
        let head = (lines[at] == "--" && lines.get(at + 2) == Some(&"--"))
            .then(|| lines[at + 1].strip_prefix("-- "))
            .flatten();
        if let Some(head) = head {
            keep(&mut found, current.take());
            current = title(head).map(|title| (title, Vec::new()));
            at += 3;
            continue;
        }
        let of_the_session = lines[at].starts_with("SET default_")
            || lines[at].starts_with("\\restrict")
            || lines[at].starts_with("\\unrestrict");
        if let Some((_, body)) = &mut current
            && !of_the_session
        {
            body.push(lines[at]);
        }
        at += 1;
    }
    keep(&mut found, current);
    found
}

/// Returns the name of an object from the line above it: `Name: a; Type: TABLE; Schema: public; Owner: b`.
fn title(head: &str) -> Option<String> {
    let (name, rest) = head.strip_prefix("Name: ")?.split_once("; Type: ")?;
    let (kind, rest) = rest.split_once("; Schema: ")?;
    let (schema, _) = rest.split_once("; Owner: ")?;
    let own = name.split(' ').any(|word| word.starts_with("rev_"));
    (!own).then(|| format!("{kind} {schema} {name}"))
}

fn keep(found: &mut Entries, entry: Option<(String, Vec<&str>)>) {
    let Some((title, body)) = entry else {
        return;
    };
    let text = if title.contains("ACL ") {
        sorted(body)
    } else if title.starts_with("TABLE ") || title.starts_with("FOREIGN TABLE ") {
        columns_sorted(&body)
    } else {
        body.join("\n")
    };
    let text = text.trim().to_owned();
    // Objects may share a name, as functions and their grants in two schemas do not: texts are added up.
    let known = found.entry(title).or_default();
    known.push_str(&text);
}

fn sorted(mut lines: Vec<&str>) -> String {
    lines.sort_unstable();
    lines.join("\n")
}

/// The order of a table's columns is no difference: a column comes at the end of a table that is there.
fn columns_sorted(lines: &[&str]) -> String {
    let start = lines.iter().position(|line| line.ends_with('('));
    let end = lines.iter().position(|line| line.starts_with(')'));
    let (Some(start), Some(end)) = (start, end) else {
        return lines.join("\n");
    };
    if start >= end {
        return lines.join("\n");
    }
    let mut columns: Vec<&str> = lines[start + 1..end]
        .iter()
        .map(|line| line.trim_end_matches(','))
        .collect();
    columns.sort_unstable();
    [&lines[..=start], &columns, &lines[end..]]
        .concat()
        .join("\n")
}

/// Reads the catalogue as `rev` does, one text an object.
fn catalogue(database: &Database) -> Result<Entries, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let scope = Scope {
        own_tables: ["rev_version", "rev_history", "rev_progress"]
            .map(|name| ("public".to_owned(), name.to_owned()))
            .to_vec(),
        default_schema: "public".to_owned(),
        ..Scope::default()
    };
    let catalog = runtime.block_on(async {
        let address =
            Address::parse(Some(&database.url()), &|_| None).map_err(|e| e.to_string())?;
        let mut session = connect(&ConnectOptions::new(address))
            .await
            .map_err(|error| error.to_string())?;
        let catalog = catalog::read(&mut session, &scope).await;
        session.close().await;
        catalog.map_err(|error| error.to_string())
    })?;
    let texts = catalog.objects().iter().map(|object| {
        let columns = object.id.kind.get().columns();
        let properties: Vec<String> = columns
            .iter()
            .zip(&object.values)
            // What begins with `~` describes and does not count.
            .filter(|(name, _)| !name.starts_with('~'))
            .map(|(name, value)| format!("{name} {}", value.as_deref().unwrap_or("-")))
            .collect();
        (object.id.to_string(), properties.join("\n"))
    });
    Ok(texts.collect())
}

/// Returns the first few objects that differ, with both texts; none when nothing does.
pub fn difference(got: &Entries, wanted: &Entries) -> Option<String> {
    const SHOWN: usize = 4;
    let mut titles: Vec<&String> = got.keys().chain(wanted.keys()).collect();
    titles.sort_unstable();
    titles.dedup();
    let different: Vec<&String> = titles
        .into_iter()
        .filter(|title| got.get(*title) != wanted.get(*title))
        .collect();
    if different.is_empty() {
        return None;
    }
    let side = |entries: &Entries, title: &str| {
        entries
            .get(title)
            .map_or("(not there)".to_owned(), Clone::clone)
    };
    let mut texts: Vec<String> = different
        .iter()
        .take(SHOWN)
        .map(|title| {
            format!(
                "{title}\n  wanted: {}\n  got:    {}",
                side(wanted, title),
                side(got, title)
            )
        })
        .collect();
    if different.len() > SHOWN {
        texts.push(format!("and {} more", different.len() - SHOWN));
    }
    Some(texts.join("\n"))
}
