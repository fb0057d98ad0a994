//! A pair: two schemas, and what their first comment lines say of them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rev_testkit::Server;

/// Two schemas.
pub struct Pair {
    /// The folder's name.
    pub name: String,
    /// What is loaded.
    pub old: String,
    /// What is wanted.
    pub new: String,
    /// `-- postgres: 15..` or `..17`: the majors that both schemas load on.
    pub majors: RangeInclusive<u32>,
    /// `-- roles: app, reader`: the roles that the schemas mention.
    pub roles: Vec<String>,
    /// `-- rename: users.mail=email`: answers for autogenerate.
    pub renames: Vec<String>,
    /// `-- remakes: box.area`: the tables and columns that Postgres has no way to keep.
    pub remakes: Vec<String>,
    /// `-- refused: column \`bus.id\``: what the refusal says, where Postgres has no way.
    pub refused: Option<String>,
    /// `-- keeps: old_idx=new_idx`: relations that are renamed, not made anew.
    pub keeps: Vec<(String, String)>,
}

impl Pair {
    /// Reads all pairs of this repository, sorted by name.
    pub fn all() -> Vec<Pair> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pairs");
        let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
            .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders.iter().map(|folder| Pair::read(folder)).collect()
    }

    fn read(folder: &Path) -> Pair {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let (old, new) = (read("old.sql"), read("new.sql"));
        let either = |key| said(&old, key).or(said(&new, key)).unwrap_or_default();
        let list = |key| {
            let items = either(key).split(',').map(str::trim);
            let items = items.filter(|item| !item.is_empty()).map(str::to_owned);
            items.collect::<Vec<_>>()
        };
        let (first, last) = either("postgres").split_once("..").unwrap_or_default();
        Pair {
            majors: first.trim().parse().unwrap_or(0)..=last.trim().parse().unwrap_or(u32::MAX),
            roles: list("roles"),
            renames: list("rename"),
            remakes: list("remakes"),
            refused: said(&old, "refused").map(|text| text.trim().to_owned()),
            keeps: list("keeps")
                .iter()
                .filter_map(|item| item.split_once('='))
                .map(|(old, new)| (old.to_owned(), new.to_owned()))
                .collect(),
            name: folder
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            old,
            new,
        }
    }
}

/// Returns what one of the leading comment lines says after `key:`.
fn said<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines()
        .map_while(|line| line.strip_prefix("-- "))
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
}

/// Returns the pairs that do not work yet on this major: lines `name | majors | why` of `tests/pairs/FIXME`.
pub fn unfinished(major: u32) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pairs/FIXME");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let fields = lines.filter_map(|line| {
        let mut fields = line.split('|').map(str::trim);
        Some((fields.next()?, fields.next()?))
    });
    fields
        .filter(|(_, majors)| {
            majors
                .split_whitespace()
                .any(|known| known.parse() == Ok(major))
        })
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Makes the roles of all pairs: roles belong to a server, so pairs that run at once share them.
pub fn create_roles(server: &Server, pairs: &[Pair]) {
    let roles: BTreeSet<&String> = pairs.iter().flat_map(|pair| &pair.roles).collect();
    for role in roles {
        server.execute("postgres", &format!("CREATE ROLE \"{role}\""));
    }
}
