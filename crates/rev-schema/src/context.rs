//! What a kind may ask while it writes its query or its statements.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::diff::DiffOptions;
use crate::kinds::{Kind, not_null};
use crate::name::ident;
use crate::object::{Identity, Object};

/// What of a database is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The schemas that are ours; `None`: all but the system's.
    pub schemas: Option<Vec<String>>,
    /// The schema whose names are written unqualified.
    pub default_schema: String,
    /// What is not ours although it lives there.
    pub exclude: Vec<Pattern>,
    /// Tables of the tool itself, as (schema, name).
    pub own_tables: Vec<(String, String)>,
    /// Whether owners are state.
    pub owners: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            schemas: None,
            default_schema: "public".to_owned(),
            exclude: Vec::new(),
            own_tables: Vec::new(),
            owners: false,
        }
    }
}

/// `kind:name` with `*` and `?`; the kind may be left out, the name may be schema-qualified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The kind, empty for any.
    pub kind: String,
    /// The glob over `name` or `schema.name`.
    pub glob: String,
}

impl Pattern {
    /// Reads `table:spatial_*`, `audit.*` and the like.
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some((kind, glob)) => Self {
                kind: kind.trim().to_lowercase(),
                glob: glob.trim().to_owned(),
            },
            None => Self {
                kind: String::new(),
                glob: text.trim().to_owned(),
            },
        }
    }

    /// Returns whether the pattern names `id`.
    pub fn matches(&self, id: &Identity) -> bool {
        (self.kind.is_empty() || self.kind == id.kind.get().name())
            && (glob(&self.glob, &id.name)
                || glob(&self.glob, &format!("{}.{}", id.schema, id.name)))
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    // The classic two-pointer match: on a mismatch, let the last `*` swallow one more character.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// The server a query is written for.
#[derive(Debug, Clone)]
pub struct Server<'a> {
    /// `server_version_num`.
    pub version: u32,
    /// What is ours.
    pub scope: &'a Scope,
}

impl Server<'_> {
    /// Returns whether the server is of major version `major` or newer.
    pub fn since(&self, major: u32) -> bool {
        self.version >= major * 10_000
    }

    /// Returns `expression` on servers that have it, else `otherwise`.
    pub fn pick<'s>(&self, major: u32, expression: &'s str, otherwise: &'s str) -> &'s str {
        if self.since(major) {
            expression
        } else {
            otherwise
        }
    }

    /// Returns the condition that the namespace row `alias` is ours.
    pub fn ours(&self, alias: &str) -> String {
        match &self.scope.schemas {
            Some(names) => {
                let names: Vec<_> = names
                    .iter()
                    .map(|name| crate::name::literal(name))
                    .collect();
                format!(
                    "{alias}.nspname = ANY (ARRAY[{}]::name[])",
                    names.join(", ")
                )
            }
            None => {
                format!("({alias}.nspname !~ '^pg_' AND {alias}.nspname <> 'information_schema')")
            }
        }
    }

    /// Returns the condition that no extension owns the object.
    pub fn free(&self, catalog: &str, oid: &str) -> String {
        format!(
            "NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = '{catalog}'::regclass AND member.objid = {oid} AND member.deptype = 'e')"
        )
    }
}

/// What a kind needs to know to write a statement.
pub struct Context<'a> {
    /// `server_version_num` of the target.
    pub version: u32,
    /// The state before.
    pub from: &'a Catalog,
    /// The state after.
    pub to: &'a Catalog,
    /// How the difference is wanted.
    pub options: &'a DiffOptions,
    /// What is dropped and comes back.
    rebuilt: RefCell<HashSet<Identity>>,
    /// Columns that are handed over from a type to its successor.
    swapped: RefCell<HashSet<Identity>>,
    /// Types that make room for their successors, and what they are called meanwhile.
    aside: RefCell<HashMap<Identity, String>>,
    constraint_names: OnceCell<not_null::Names>,
}

impl<'a> Context<'a> {
    /// Returns the context of a difference, before anything is decided.
    pub(crate) fn new(from: &'a Catalog, to: &'a Catalog, options: &'a DiffOptions) -> Self {
        Self {
            version: to.server_version_num(),
            from,
            to,
            options,
            rebuilt: RefCell::default(),
            swapped: RefCell::default(),
            aside: RefCell::default(),
            constraint_names: OnceCell::new(),
        }
    }

    /// Returns whether a constraint of another table in the schema has the name, so that the server would choose
    /// another one when it is left to choose.
    pub(crate) fn is_name_taken(&self, id: &Identity, name: &str) -> bool {
        let names = self
            .constraint_names
            .get_or_init(|| not_null::names(self.from, self.to));
        let tables = names.get(&(id.schema.clone(), name.to_owned()));
        tables.is_some_and(|tables| tables.iter().any(|table| *table != id.name))
    }

    pub(crate) fn note_rebuilt(&self, id: &Identity) {
        self.rebuilt.borrow_mut().insert(id.clone());
    }

    pub(crate) fn note_swapped(&self, id: &Identity) {
        self.swapped.borrow_mut().insert(id.clone());
    }

    pub(crate) fn note_aside(&self, id: &Identity) {
        // Names are cut at 63 bytes; the mark must survive.
        let mut name: String = id.name.clone();
        while name.len() > 58 {
            name.pop();
        }
        self.aside
            .borrow_mut()
            .insert(id.clone(), format!("{name}__old"));
    }

    /// Returns whether the column keeps its place while its type is replaced.
    pub(crate) fn is_swapped(&self, id: &Identity) -> bool {
        self.swapped.borrow().contains(id)
    }

    /// Returns whether the object is dropped to come back.
    pub(crate) fn is_rebuilt(&self, id: &Identity) -> bool {
        self.rebuilt.borrow().contains(id)
    }

    /// Returns the SQL name of an old object at the time it is dropped.
    pub(crate) fn dying(&self, id: &Identity) -> String {
        match self.aside.borrow().get(id) {
            Some(aside) => self.name(&id.schema, aside),
            None => self.of(id),
        }
    }

    /// Returns the name an old object is moved to.
    pub(crate) fn aside_name(&self, id: &Identity) -> String {
        self.aside
            .borrow()
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.name.clone())
    }

    /// Returns whether the object is in the old state and not in the new one.
    pub fn is_removed(&self, id: &Identity) -> bool {
        self.from.has(id) && !self.to.has(id)
    }

    /// Returns whether the object is on both sides and never away between.
    pub fn stands(&self, id: &Identity) -> bool {
        self.from.has(id) && self.to.has(id) && !self.is_rebuilt(id)
    }

    /// Returns the tables that `id`'s table inherits from, before, after and all the time between.
    pub(crate) fn parents_that_stand(
        &self,
        id: &Identity,
    ) -> impl Iterator<Item = (String, String)> + '_ {
        let (schema, name) = (id.schema.clone(), id.name.clone());
        self.to
            .parents_of(id)
            .filter(move |(parent_schema, parent)| {
                self.stands(&Identity::part(
                    Kind::Inheritance,
                    &schema,
                    &name,
                    &format!("{parent_schema}.{parent}"),
                ))
            })
    }

    /// Returns whether a column or check arrives because a standing parent gets it.
    pub(crate) fn comes_with_parent(&self, id: &Identity) -> bool {
        self.parents_that_stand(id).any(|(schema, name)| {
            let parent = Identity::part(id.kind, &schema, &name, &id.part);
            self.to.has(&parent) && (!self.from.has(&parent) || self.is_rebuilt(&parent))
        })
    }

    /// Returns whether a column or constraint goes because a standing parent loses it.
    pub(crate) fn goes_with_parent(&self, id: &Identity) -> bool {
        self.parents_that_stand(id).any(|(schema, name)| {
            let parent = Identity::part(id.kind, &schema, &name, &id.part);
            self.from.has(&parent) && (!self.to.has(&parent) || self.is_rebuilt(&parent))
        })
    }

    /// Returns the stand-in through which a new column of a standing child is inherited and not its own: Postgres
    /// makes a column the child's own unless a parent hands it down.
    pub(crate) fn arrives_through(&self, column: &Object) -> Option<String> {
        let id = &column.id;
        let table = id.whole(Kind::Table);
        let arrives = !column.is("local")
            && !column.is("partition")
            && column.number("inherited") > 0
            && !self.from.has(id)
            && self.stands(&table)
            && self.parents_that_stand(id).next().is_none();
        arrives.then(|| self.name(&id.schema, &format!("{}__parent", id.name)))
    }

    /// Returns the columns that arrive at `table` through a stand-in, in order.
    pub(crate) fn arriving(&self, table: &Identity) -> Vec<&Object> {
        let mut columns: Vec<_> = self
            .to
            .objects()
            .iter()
            .filter(|object| {
                object.id.kind == Kind::Column
                    && object.id.name == table.name
                    && object.id.schema == table.schema
            })
            .filter(|column| self.arrives_through(column).is_some())
            .collect();
        columns.sort_by_key(|column| column.number("position"));
        columns
    }

    /// Returns whether dropping `whole` drops `part` too. A partition's index goes with its parent's only while the
    /// partition is attached.
    pub(crate) fn takes_along(&self, whole: &Identity, part: &Object) -> bool {
        let index = |id: &Identity| matches!(id.kind, Kind::Index | Kind::Constraint);
        if !index(whole) || !index(&part.id) {
            return true;
        }
        let table = if part.id.kind == Kind::Index {
            Identity::new(Kind::Table, &part.id.schema, part.text("table"))
        } else {
            part.id.whole(Kind::Table)
        };
        self.parents_that_stand(&table).next().is_some()
    }

    /// Returns whether the target is of major version `major` or newer.
    pub fn since(&self, major: u32) -> bool {
        self.version >= major * 10_000
    }

    /// Returns the schema-qualified name, without the schema where that is the default one.
    pub fn name(&self, schema: &str, name: &str) -> String {
        let shadowed = || self.from.is_shadowed(name) || self.to.is_shadowed(name);
        if schema.is_empty() || (schema == self.to.default_schema() && !shadowed()) {
            ident(name)
        } else {
            format!("{}.{}", ident(schema), ident(name))
        }
    }

    /// Returns the SQL name of the object `id` names, or is part of.
    pub fn of(&self, id: &Identity) -> String {
        self.name(&id.schema, &id.name)
    }

    /// Returns the name as written by the server in `prefix` texts, which are always qualified.
    pub fn qualified(&self, id: &Identity) -> String {
        format!("{}.{}", ident(&id.schema), ident(&id.name))
    }

    /// Returns `id` for a person: `sale.external_id`.
    pub fn words(&self, id: &Identity) -> String {
        let mut words = String::new();
        if !id.schema.is_empty() && id.schema != self.to.default_schema() {
            words = format!("{}.", id.schema);
        }
        words.push_str(&id.name);
        if id.kind.has_signature() || id.on.is_some_and(Kind::has_signature) {
            words.push_str(&format!("({})", id.part));
        } else if !id.part.is_empty() {
            words.push_str(&format!(".{}", id.part));
        }
        words
    }

    /// Returns whether the table of `id` stood before, so that statements on it meet rows and users.
    pub fn stood(&self, id: &Identity) -> bool {
        [Kind::Table, Kind::MaterializedView, Kind::ForeignTable]
            .into_iter()
            .any(|kind| self.from.has(&id.whole(kind)) && self.to.has(&id.whole(kind)))
    }

    /// Returns the object of the new state, or else the old one.
    pub fn find(&self, id: &Identity) -> Option<&Object> {
        self.to.get(id).or_else(|| self.from.get(id))
    }

    /// Returns whether columns of tables hold values of the type, in any way that the server knows of.
    pub(crate) fn columns_rest_on(&self, id: &Identity) -> bool {
        self.rests_on(id, Kind::Column)
    }

    /// Returns whether there are tables `OF` the type.
    pub(crate) fn tables_are_of(&self, id: &Identity) -> bool {
        self.rests_on(id, Kind::Table)
    }

    fn rests_on(&self, id: &Identity, kind: Kind) -> bool {
        self.from.position(id).is_some_and(|on| {
            (0..self.from.objects().len()).any(|at| {
                let object = self.from.at(at);
                object.id.kind == kind
                    && (kind != Kind::Column || !self.is_typed(&object.id))
                    && self.from.depends(at).any(|(other, _)| other == on)
            })
        })
    }

    /// Returns whether columns of tables hold the type inside an array or another type.
    pub(crate) fn columns_contain(&self, id: &Identity) -> bool {
        let name = self.of(id);
        let Some(on) = self.from.position(id) else {
            return false;
        };
        let within = |at: usize| {
            let object = self.from.at(at);
            match object.id.kind {
                Kind::Column => object.text("type") != name,
                kind => kind.is_type(),
            }
        };
        (0..self.from.objects().len())
            .any(|at| self.from.depends(at).any(|(other, _)| other == on) && within(at))
    }

    fn is_typed(&self, id: &Identity) -> bool {
        self.from
            .get(&id.whole(Kind::Table))
            .is_some_and(|table| table.get("of_type").is_some())
    }

    /// Returns whether the object's table is of a type, then and now, and so follows that type's attributes.
    pub(crate) fn follows_type(&self, id: &Identity) -> bool {
        let table = id.whole(Kind::Table);
        let of = |catalog: &Catalog| {
            catalog
                .get(&table)
                .and_then(|table| table.get("of_type").map(str::to_owned))
        };
        of(self.from).is_some() && of(self.from) == of(self.to)
    }

    /// Returns `ONLY ` when the table has children that a statement must leave alone.
    pub fn only(&self, id: &Identity) -> &'static str {
        if self.from.has_children(id) || self.to.has_children(id) {
            "ONLY "
        } else {
            ""
        }
    }
}
