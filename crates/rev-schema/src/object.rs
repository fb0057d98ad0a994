//! What a catalogue is made of: objects with an identity, properties and a place in `pg_depend`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::statement::Draft;

/// Names one object, the same way on both sides of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// The schema it lives in, empty when it lives in none.
    pub schema: String,
    /// Its name, or that of the table, type or function it is part of.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The name within `name`: a column, a constraint, or a function's argument types.
    pub part: String,
    /// For what hangs on another object (comment, grants, owner): the kind of that object.
    pub on: Option<Kind>,
}

impl Identity {
    /// Returns the identity of a top-level object.
    pub fn new(kind: Kind, schema: &str, name: &str) -> Self {
        Self::part(kind, schema, name, "")
    }

    /// Returns the identity of a part (column, constraint …) of `name`.
    pub fn part(kind: Kind, schema: &str, name: &str, part: &str) -> Self {
        Self {
            schema: schema.to_owned(),
            name: name.to_owned(),
            kind,
            part: part.to_owned(),
            on: None,
        }
    }

    /// Returns the identity of what hangs on `self`: its comment, its grants, its owner.
    pub fn attached(&self, kind: Kind) -> Self {
        Self {
            kind,
            on: Some(self.kind),
            ..self.clone()
        }
    }

    /// Returns the object that a comment, grant or owner hangs on.
    pub fn target(&self) -> Option<Self> {
        self.on.map(|kind| Self {
            kind,
            on: None,
            ..self.clone()
        })
    }

    /// Returns another kind's object with the same names: the table of a table's property.
    pub fn sibling(&self, kind: Kind) -> Self {
        Self {
            kind,
            on: None,
            ..self.clone()
        }
    }

    /// Returns the object `self` is part of, as `kind`.
    pub fn whole(&self, kind: Kind) -> Self {
        Self::new(kind, &self.schema, &self.name)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.get().name())?;
        if let Some(on) = self.on {
            write!(f, " on {}", on.get().name())?;
        }
        f.write_str(" ")?;
        if !self.schema.is_empty() {
            write!(f, "{}.", self.schema)?;
        }
        f.write_str(&self.name)?;
        match (
            self.part.is_empty(),
            self.kind.has_signature() || self.on.is_some_and(Kind::has_signature),
        ) {
            (_, true) => write!(f, "({})", self.part),
            (true, false) => Ok(()),
            (false, false) => write!(f, ".{}", self.part),
        }
    }
}

/// Where `pg_depend` knows an object: catalogue, row and, for a column, its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// OID of the system catalogue.
    pub class: u32,
    /// OID of the row.
    pub oid: u32,
    /// Column number, or 0.
    pub sub: i32,
}

/// One thing in the catalogue, as its kind's query returned it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Object {
    /// What it is called.
    pub id: Identity,
    /// Where the server knows it; 0 in what has no row of its own.
    pub address: Address,
    /// The properties, in the order of [`ObjectKind::columns`].
    pub values: Vec<Option<String>>,
}

impl Object {
    /// Returns the property `name`, if it is not null.
    pub fn get(&self, name: &str) -> Option<&str> {
        let columns = self.id.kind.get().columns();
        let at = columns
            .iter()
            .position(|column| column.trim_start_matches('~') == name);
        debug_assert!(at.is_some(), "{:?} has no property {name}", self.id.kind);
        self.values.get(at?)?.as_deref()
    }

    /// Returns the property `name`, empty when it is null.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// Returns whether the boolean property `name` is true.
    pub fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// Returns the numeric property `name`, 0 when it is null.
    pub fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// Returns a property that holds a JSON array of strings.
    pub fn list(&self, name: &str) -> Vec<String> {
        serde_json::from_str::<Vec<Option<String>>>(self.text(name))
            .unwrap_or_default()
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect()
    }

    /// Returns a property that holds a JSON array of arrays of strings.
    pub fn table(&self, name: &str) -> Vec<Vec<String>> {
        serde_json::from_str::<Vec<Vec<Option<String>>>>(self.text(name))
            .unwrap_or_default()
            .into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect()
    }

    /// Replaces the property `name`.
    pub(crate) fn set(&mut self, name: &str, value: Option<String>) {
        let columns = self.id.kind.get().columns();
        if let Some(at) = columns
            .iter()
            .position(|column| column.trim_start_matches('~') == name)
        {
            self.values[at] = value;
        }
    }

    /// Returns the compared properties. Those whose column starts with `~` are facts for the emitter, not state.
    pub fn state(&self) -> impl Iterator<Item = (&'static str, &Option<String>)> {
        self.id
            .kind
            .get()
            .columns()
            .iter()
            .copied()
            .zip(&self.values)
            .filter(|(column, _)| !column.starts_with('~'))
    }

    /// Returns whether both have the same state.
    pub fn same_state(&self, other: &Self) -> bool {
        self.state().eq(other.state())
    }

    /// Returns the names of the properties that differ.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        self.state()
            .zip(other.state())
            .filter(|(a, b)| a.1 != b.1)
            .map(|(a, _)| a.0)
            .collect()
    }
}

/// How an object of the old state becomes that of the new one.
#[derive(Debug)]
pub enum Change {
    /// By these statements; whatever depends on it may stay, save what [`ObjectKind::disturbs`] names.
    InPlace(Vec<Draft>),
    /// By dropping and creating it, with its dependants.
    Rebuild,
}

/// A worked example of a kind, used by the tests that loop over all of them.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What must stand before.
    pub setup: &'static str,
    /// Creates the object.
    pub create: &'static str,
    /// Creates it in another state.
    pub changed: &'static str,
}

/// One kind of database object: how it is read, written, changed and taken away.
pub trait ObjectKind: Sync {
    /// Returns which kind this is.
    fn kind(&self) -> Kind;

    /// Returns what people call it, as in `COMMENT ON <name>`.
    fn name(&self) -> &'static str;

    /// Returns the OID of the system catalogue that `pg_depend` knows it by; 0 if it has none.
    fn class(&self) -> u32 {
        0
    }

    /// Returns the names of the query's columns after `oid, sub, schema, name, part`.
    fn columns(&self) -> &'static [&'static str];

    /// Returns the query that reads all objects of the kind, if this server has any.
    fn query(&self, server: &Server) -> Option<String>;

    /// Returns whether a row read is state at all. May put it into a comparable form.
    fn normalise(&self, _object: &mut Object) -> bool {
        true
    }

    /// Returns the objects it needs by its very place: its schema, its table. The rest comes from `pg_depend`.
    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        match object.id.schema.as_str() {
            "" => Vec::new(),
            schema => vec![Identity::new(Kind::Schema, "", schema)],
        }
    }

    /// Returns the objects that take it along when they are dropped.
    fn part_of(&self, _object: &Object) -> Vec<Identity> {
        Vec::new()
    }

    /// Returns the object whose CREATE can carry it inline.
    fn inline_in(&self, _object: &Object) -> Option<Identity> {
        None
    }

    /// Returns what creates it.
    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft>;

    /// Returns what drops it. Empty when it goes with the object it is part of.
    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft>;

    /// Returns how `old` becomes `new`; only called when their states differ.
    fn change(&self, _old: &Object, _new: &Object, _context: &Context<'_>) -> Change {
        Change::Rebuild
    }

    /// Returns whether a change in place of `old` needs `dependant` out of the way.
    fn disturbs(
        &self,
        _old: &Object,
        _new: &Object,
        _dependant: &Object,
        _context: &Context<'_>,
    ) -> bool {
        false
    }

    /// Returns what renames it, when Postgres can.
    fn rename(&self, _old: &Object, _new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        None
    }

    /// Returns the words of the summary line after the verb: `sale.external_id uuid`.
    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        context.words(&object.id)
    }

    /// Returns what is lost when it is dropped.
    fn loss(&self, _object: &Object) -> Option<&'static str> {
        None
    }

    /// Returns worked examples.
    fn examples(&self) -> &'static [Example] {
        &[]
    }
}
