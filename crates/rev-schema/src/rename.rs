//! Renames, as questions and as answers.
//!
//! An answered rename is carried out first, on a copy of the old state: names change, what mentions them is read with
//! the new name, and the difference is taken from there. A constraint, index or owned sequence that differs by name
//! alone needs no question: nothing is lost either way, so it is renamed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::context::Context;
use crate::diff::{DiffError, DiffOptions, SummaryLine};
use crate::kinds::Kind;
use crate::name::{ident, literal};
use crate::object::{Identity, Object};
use crate::statement::Draft;

/// An answer: this is that, under another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The kind (`table`, `column` …), empty when the names say it.
    pub kind: String,
    /// The old name: `table`, `table.column`, `schema.table.column`, `type.value` …
    pub from: String,
    /// The new name, the last part alone or in full.
    pub to: String,
}

/// A likely rename that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenameQuestion {
    /// The kind (`table`, `column` …).
    pub kind: String,
    /// The old name, as `--rename` takes it.
    pub from: String,
    /// The new name.
    pub to: String,
    /// How sure it is, 0 to 100.
    pub score: u8,
}

/// The old state with its renames carried out.
pub(crate) struct Renamed {
    pub catalog: Option<Catalog>,
    pub drafts: Vec<(String, Draft)>,
    pub summary: Vec<SummaryLine>,
}

/// Kinds that can be renamed by an answer, in the order in which answers are taken.
pub(crate) const ANSWERED: &[Kind] = &[
    Kind::Schema,
    Kind::EnumType,
    Kind::Domain,
    Kind::CompositeType,
    Kind::RangeType,
    Kind::Table,
    Kind::ForeignTable,
    Kind::View,
    Kind::MaterializedView,
    Kind::Sequence,
    Kind::Function,
    Kind::Column,
    Kind::Constraint,
    Kind::Index,
    Kind::Trigger,
    Kind::Policy,
    Kind::Rule,
    Kind::Statistics,
];

/// Carries out what was answered, and what needs no question.
pub(crate) fn apply(
    from: &Catalog,
    to: &Catalog,
    options: &DiffOptions,
) -> Result<Renamed, DiffError> {
    let mut renamed = Renamed {
        catalog: None,
        drafts: Vec::new(),
        summary: Vec::new(),
    };
    let mut open: Vec<_> = options.renames.iter().collect();
    for &kind in ANSWERED {
        let mut rest = Vec::new();
        for rename in open {
            let current = renamed.catalog.as_ref().unwrap_or(from);
            match find(kind, rename, current, from, to) {
                Some((old, new)) => carry_out(&old, &new, &mut renamed, from, to, options),
                None => rest.push(rename),
            }
        }
        open = rest;
    }
    for rename in open {
        let current = renamed.catalog.as_ref().unwrap_or(from);
        let Some(value) = enum_value(rename, current, to) else {
            return Err(DiffError::UnknownRename {
                kind: if rename.kind.is_empty() {
                    "object".to_owned()
                } else {
                    rename.kind.clone()
                },
                from: rename.from.clone(),
                to: rename.to.clone(),
            });
        };
        rename_value(value, &mut renamed, from, to, options);
    }
    for (old, new) in silent(renamed.catalog.as_ref().unwrap_or(from), to) {
        carry_out(&old, &new, &mut renamed, from, to, options);
    }
    Ok(renamed)
}

fn spellings(id: &Identity, catalog: &Catalog) -> Vec<String> {
    let own = match (id.part.is_empty(), id.kind.has_signature()) {
        (true, _) => vec![id.name.clone()],
        (false, true) => vec![format!("{}({})", id.name, id.part), id.name.clone()],
        (false, false) => vec![format!("{}.{}", id.name, id.part)],
    };
    let mut all: Vec<_> = own
        .iter()
        .map(|name| format!("{}.{name}", id.schema))
        .collect();
    if id.schema.is_empty() || id.schema == catalog.default_schema() {
        all.extend(own);
    }
    all
}

fn find(
    kind: Kind,
    rename: &Rename,
    current: &Catalog,
    from: &Catalog,
    to: &Catalog,
) -> Option<(Identity, Identity)> {
    if !rename.kind.is_empty() && rename.kind != kind.get().name() {
        return None;
    }
    let parted = |id: &Identity| !id.part.is_empty() && !id.kind.has_signature();
    let matches = |id: &Identity, name: &str, catalog: &Catalog| {
        spellings(id, catalog)
            .iter()
            .any(|spelling| spelling == name)
    };
    // The old name of a part may still carry the old name of its table.
    let named = from
        .objects()
        .iter()
        .filter(|object| object.id.kind == kind && matches(&object.id, &rename.from, from))
        .map(|object| object.id.clone());
    let moved = current
        .objects()
        .iter()
        .filter(|object| object.id.kind == kind && matches(&object.id, &rename.from, current))
        .map(|object| object.id.clone());
    let tables: HashMap<_, _> = if parted(&Identity::part(kind, "", "", "x")) {
        same_address(from, current)
    } else {
        HashMap::new()
    };
    for old in moved.chain(named) {
        let old = match tables.get(&(old.schema.clone(), old.name.clone())) {
            Some((schema, name)) if parted(&old) => Identity {
                schema: schema.clone(),
                name: name.clone(),
                ..old
            },
            _ => old,
        };
        if !current.has(&old) || to.has(&old) {
            continue;
        }
        let target = to.objects().iter().map(|object| &object.id).find(|id| {
            id.kind == kind
                && !current.has(id)
                && if parted(id) {
                    (id.schema == old.schema && id.name == old.name && id.part == rename.to)
                        || matches(id, &rename.to, to)
                } else {
                    (id.part == old.part)
                        && (matches(id, &rename.to, to)
                            || (id.schema == old.schema && id.name == rename.to))
                }
        });
        if let Some(target) = target {
            return Some((old, target.clone()));
        }
    }
    None
}

/// Returns what tables are called now, by what they were called.
fn same_address(from: &Catalog, current: &Catalog) -> HashMap<(String, String), (String, String)> {
    let tables = |catalog: &Catalog| -> HashMap<u32, (String, String)> {
        catalog
            .objects()
            .iter()
            .filter(|object| {
                object.id.kind.is_table_like()
                    || matches!(object.id.kind, Kind::View | Kind::MaterializedView)
            })
            .map(|object| {
                (
                    object.address.oid,
                    (object.id.schema.clone(), object.id.name.clone()),
                )
            })
            .collect()
    };
    let now = tables(current);
    tables(from)
        .into_iter()
        .filter_map(|(oid, old)| Some((old, now.get(&oid)?.clone())))
        .collect()
}

fn carry_out(
    old: &Identity,
    new: &Identity,
    renamed: &mut Renamed,
    from: &Catalog,
    to: &Catalog,
    options: &DiffOptions,
) {
    let current = renamed.catalog.as_ref().unwrap_or(from);
    let context = Context::new(current, to, options);
    let Some(object) = current.get(old) else {
        return;
    };
    let Some(drafts) = old.kind.get().rename(object, new, &context) else {
        return;
    };
    let about = format!("{}.{}", new.schema, new.name);
    let line = SummaryLine {
        sign: '>',
        kind: old.kind.get().name().to_owned(),
        name: context.words(old),
        detail: format!("to {}", context.words(new)),
    };
    let catalog = current.renamed(old, new);
    renamed
        .drafts
        .extend(drafts.into_iter().map(|draft| (about.clone(), draft)));
    renamed.summary.push(line);
    renamed.catalog = Some(catalog);
}

/// Returns constraints, indexes and owned sequences that differ by name alone.
fn silent(from: &Catalog, to: &Catalog) -> Vec<(Identity, Identity)> {
    let mut gone: HashMap<String, Vec<&Object>> = HashMap::new();
    let owner = |catalog: &Catalog, object: &Object| {
        let id = object.id.sibling(Kind::SequenceOwner);
        catalog.get(&id).map(|owner| format!("{:?}", owner.values))
    };
    let shape = |catalog: &Catalog, object: &Object| {
        let id = &object.id;
        let state: Vec<_> = object
            .state()
            .map(|(_, value)| value.clone().unwrap_or_default())
            .collect();
        match id.kind {
            Kind::Constraint => Some(format!("{} {} {state:?}", id.schema, id.name)),
            Kind::Index => Some(format!("{} {state:?}", id.schema)),
            Kind::Sequence => Some(format!(
                "{} {} {state:?}",
                id.schema,
                owner(catalog, object)?
            )),
            _ => None,
        }
        .map(|shape| format!("{} {shape}", id.kind as u8))
    };
    for object in from.objects().iter().filter(|object| !to.has(&object.id)) {
        if let Some(shape) = shape(from, object) {
            gone.entry(shape).or_default().push(object);
        }
    }
    if gone.is_empty() {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    for object in to.objects().iter().filter(|object| !from.has(&object.id)) {
        if let Some(shape) = shape(to, object)
            && let Some(list) = gone.get_mut(&shape)
            && !list.is_empty()
        {
            pairs.push((list.remove(0).id.clone(), object.id.clone()));
        }
    }
    // An inherited check is renamed with its parent's.
    pairs.retain(|(old, _)| {
        from.get(old)
            .is_none_or(|object| old.kind != Kind::Constraint || object.number("inherited") == 0)
    });
    pairs
}

struct Value {
    id: Identity,
    old: String,
    new: String,
}

fn enum_value(rename: &Rename, current: &Catalog, to: &Catalog) -> Option<Value> {
    let (name, old) = rename.from.rsplit_once('.')?;
    let new = rename.to.rsplit('.').next().unwrap_or(&rename.to);
    current
        .objects()
        .iter()
        .filter(|object| {
            object.id.kind == Kind::EnumType
                && spellings(&object.id, current)
                    .iter()
                    .any(|spelling| spelling == name)
        })
        .find(|object| {
            let wanted = to
                .get(&object.id)
                .map(|object| object.list("values"))
                .unwrap_or_default();
            object.list("values").iter().any(|value| value == old)
                && wanted.iter().any(|value| value == new)
        })
        .map(|object| Value {
            id: object.id.clone(),
            old: old.to_owned(),
            new: new.to_owned(),
        })
}

fn rename_value(
    value: Value,
    renamed: &mut Renamed,
    from: &Catalog,
    to: &Catalog,
    options: &DiffOptions,
) {
    let current = renamed.catalog.as_ref().unwrap_or(from);
    let context = Context::new(current, to, options);
    let name = context.of(&value.id);
    let (old, new) = (literal(&value.old), literal(&value.new));
    renamed.drafts.push((
        format!("{}.{}", value.id.schema, value.id.name),
        Draft::new(format!("ALTER TYPE {name} RENAME VALUE {old} TO {new}")),
    ));
    renamed.summary.push(SummaryLine {
        sign: '>',
        kind: "value".to_owned(),
        name: format!("{}.{}", context.words(&value.id), value.old),
        detail: format!("to {}", value.new),
    });
    renamed.catalog = Some(current.with_value_renamed(&value.id, &value.old, &value.new, &name));
}

/// Returns the renames that look likely.
pub(crate) fn questions(from: &Catalog, to: &Catalog) -> Vec<RenameQuestion> {
    let mut questions = Vec::new();
    let context_words = |id: &Identity| {
        let name = if id.part.is_empty() {
            id.name.clone()
        } else if id.kind.has_signature() {
            format!("{}({})", id.name, id.part)
        } else {
            format!("{}.{}", id.name, id.part)
        };
        if id.schema.is_empty() || id.schema == to.default_schema() {
            name
        } else {
            format!("{}.{name}", id.schema)
        }
    };
    let mut gone: HashMap<(Kind, String), Vec<&Object>> = HashMap::new();
    let group = |object: &Object| {
        let id = &object.id;
        match id.kind {
            Kind::Column => Some((id.kind, format!("{}.{}", id.schema, id.name))),
            Kind::Table
            | Kind::EnumType
            | Kind::Domain
            | Kind::CompositeType
            | Kind::View
            | Kind::MaterializedView
            | Kind::Sequence => Some((id.kind, id.schema.clone())),
            Kind::Function => Some((id.kind, format!("{} {}", id.schema, id.part))),
            _ => None,
        }
    };
    let stands = |object: &Object| {
        object.id.kind != Kind::Column
            || (from.has(&object.id.whole(Kind::Table)) && to.has(&object.id.whole(Kind::Table)))
    };
    for object in from
        .objects()
        .iter()
        .filter(|object| !to.has(&object.id) && stands(object))
    {
        if let Some(key) = group(object) {
            gone.entry(key).or_default().push(object);
        }
    }
    let mut scored: Vec<(u8, &Object, &Object)> = Vec::new();
    if !gone.is_empty() {
        let (old_columns, new_columns) = (columns(from), columns(to));
        for new in to
            .objects()
            .iter()
            .filter(|object| !from.has(&object.id) && stands(object))
        {
            for old in group(new)
                .and_then(|key| gone.get(&key))
                .into_iter()
                .flatten()
            {
                let score = score(old, new, &old_columns, &new_columns, from, to);
                if score >= 60 {
                    scored.push((score, *old, new));
                }
            }
        }
    }
    // The surest first; each side is asked about once.
    scored.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then_with(|| (&a.1.id, &a.2.id).cmp(&(&b.1.id, &b.2.id)))
    });
    let mut taken: Vec<&Identity> = Vec::new();
    for (score, old, new) in scored {
        if !taken.contains(&&old.id) && !taken.contains(&&new.id) {
            taken.extend([&old.id, &new.id]);
            questions.push(RenameQuestion {
                kind: old.id.kind.get().name().to_owned(),
                from: context_words(&old.id),
                to: context_words(&new.id),
                score,
            });
        }
    }
    questions.extend(value_questions(from, to, &context_words));
    questions.sort_by(|a, b| (&a.kind, &a.from).cmp(&(&b.kind, &b.from)));
    questions
}

/// One value gone and one come at the same place, among the same number of values.
fn value_questions(
    from: &Catalog,
    to: &Catalog,
    words: &dyn Fn(&Identity) -> String,
) -> Vec<RenameQuestion> {
    let mut questions = Vec::new();
    for old in from
        .objects()
        .iter()
        .filter(|object| object.id.kind == Kind::EnumType)
    {
        let Some(new) = to.get(&old.id) else { continue };
        let (was, is) = (old.list("values"), new.list("values"));
        if was.len() != is.len() {
            continue;
        }
        for (before, after) in was.iter().zip(&is) {
            if before != after && !is.contains(before) && !was.contains(after) {
                questions.push(RenameQuestion {
                    kind: "value".to_owned(),
                    from: format!("{}.{before}", words(&old.id)),
                    to: after.clone(),
                    score: 70,
                });
            }
        }
    }
    questions
}

type Columns<'a> = HashMap<(&'a str, &'a str), Vec<(&'a str, &'a str)>>;

fn columns(catalog: &Catalog) -> Columns<'_> {
    let mut columns = Columns::new();
    for object in catalog
        .objects()
        .iter()
        .filter(|object| object.id.kind == Kind::Column)
    {
        columns
            .entry((&object.id.schema, &object.id.name))
            .or_default()
            .push((&object.id.part, object.text("type")));
    }
    columns
}

fn score(
    old: &Object,
    new: &Object,
    old_columns: &Columns<'_>,
    new_columns: &Columns<'_>,
    from: &Catalog,
    to: &Catalog,
) -> u8 {
    let same = |property: &str| old.get(property) == new.get(property);
    match old.id.kind {
        Kind::Column => {
            if !same("type") || !same("generated") {
                return 0;
            }
            let default = |catalog: &Catalog, object: &Object| {
                catalog
                    .get(&object.id.sibling(Kind::DefaultValue))
                    .map(|default| default.text("expression").to_owned())
            };
            let place = if same("position") { 15 } else { 0 };
            let null = if same("not_null") { 5 } else { 0 };
            let value = if default(from, old) == default(to, new) {
                10
            } else {
                0
            };
            35 + place + null + value + share(likeness(&old.id.part, &new.id.part), 35)
        }
        Kind::Table => {
            let none = Vec::new();
            let was = old_columns
                .get(&(old.id.schema.as_str(), old.id.name.as_str()))
                .unwrap_or(&none);
            let is = new_columns
                .get(&(new.id.schema.as_str(), new.id.name.as_str()))
                .unwrap_or(&none);
            let shared = was.iter().filter(|column| is.contains(column)).count();
            let all = was.len() + is.len() - shared;
            if shared < 2 || shared * 10 < all * 6 {
                return 0;
            }
            u8::try_from(50 + shared * 35 / all).unwrap_or(85)
                + share(likeness(&old.id.name, &new.id.name), 15)
        }
        Kind::Sequence if from.has(&old.id.sibling(Kind::SequenceOwner)) => 0,
        Kind::Sequence => {
            let alike = likeness(&old.id.name, &new.id.name);
            if old.same_state(new) && alike >= 50 {
                50 + alike / 2
            } else {
                0
            }
        }
        _ if old.same_state(new) => 75 + share(likeness(&old.id.name, &new.id.name), 20),
        _ => 0,
    }
}

/// Returns so many points out of `of` as a hundredth part says.
fn share(percent: u8, of: u16) -> u8 {
    u8::try_from(u16::from(percent) * of / 100).unwrap_or(u8::MAX)
}

/// Returns how much of two names is common, 0 to 100: the share of pairs of neighbouring letters.
fn likeness(a: &str, b: &str) -> u8 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let lower: Vec<char> = text.to_lowercase().chars().collect();
        lower.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let total = a.len() + b.len();
    if total == 0 {
        return 0;
    }
    let mut common = 0;
    for pair in a {
        if let Some(at) = b.iter().position(|other| *other == pair) {
            b.swap_remove(at);
            common += 1;
        }
    }
    u8::try_from(common * 200 / total).unwrap_or(100)
}

/// Replaces `old` by `new` where it stands as a whole identifier; in string literals where the literal is a name.
pub(crate) fn replace_identifier(text: &str, old: &str, new: &str) -> String {
    let (old_quoted, new_quoted) = (ident(old), ident(new));
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => 1 + end_of_quote(&rest[1..], '"'),
            '\'' => 1 + end_of_quote(&rest[1..], '\''),
            c if c.is_alphanumeric() || c == '_' => rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        if c == '\'' {
            let inner = token.trim_matches('\'');
            let named = inner == old_quoted || inner.ends_with(&format!(".{old_quoted}"));
            if named && rest[length..].starts_with("::regclass") {
                out.push('\'');
                out.push_str(&inner[..inner.len() - old_quoted.len()]);
                out.push_str(&new_quoted);
                out.push('\'');
            } else {
                out.push_str(token);
            }
        } else if token == old_quoted {
            out.push_str(&new_quoted);
        } else {
            out.push_str(token);
        }
        rest = &rest[length..];
    }
    out
}

/// Returns how much of `text` belongs to a quoted token whose opening quote has been read, closing quote included.
fn end_of_quote(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_replaced_whole() {
        let check = |text: &str, expected: &str| {
            assert_eq!(replace_identifier(text, "old", "New"), expected)
        };
        check("CHECK ((old > 0))", "CHECK ((\"New\" > 0))");
        check("older 'old' \"old x\"", "older 'old' \"old x\"");
        check("nextval('old'::regclass)", "nextval('\"New\"'::regclass)");
        check(
            "nextval('s.old'::regclass)",
            "nextval('s.\"New\"'::regclass)",
        );
        check("'it''s old'", "'it''s old'");
    }

    #[test]
    fn likeness_is_by_letters() {
        assert_eq!(likeness("name", "name"), 100);
        assert_eq!(likeness("ab", "cd"), 0);
        assert!(likeness("user_name", "username") > 70);
    }
}
