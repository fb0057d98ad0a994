//! A catalogue: every object of a database that is ours, and what depends on what.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::context::{Scope, Server};
use crate::kinds::{self, Kind};
use crate::object::{Address, Identity, Object};

/// A query whose rows, as text, go to [`Catalog::load`].
#[derive(Debug, Clone)]
pub struct CatalogQuery {
    /// What it reads.
    pub name: &'static str,
    /// The text; it takes no parameters.
    pub sql: String,
}

/// Why rows could not be read as a catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The caller ran other queries than those given.
    #[error("the catalogue needs the rows of {expected} queries, not {found}")]
    QueryCount {
        /// How many there are.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A row does not fit its query.
    #[error(
        "a row of the catalogue query `{query}` has {found} columns where {expected} were asked for"
    )]
    RowWidth {
        /// The query.
        query: &'static str,
        /// Columns asked for.
        expected: usize,
        /// Columns found.
        found: usize,
    },
}

/// The kind of edge in `pg_depend`.
type DependencyType = char;

const LEAD: usize = 5;
const DEPENDENCIES: &str = "dependencies";
const SESSION: &str = "session";
const CASTS: &str = "casts";

/// Every object of a database that is ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Catalog {
    version: u32,
    default_schema: String,
    current_user: String,
    objects: Vec<Object>,
    edges: Vec<Vec<(u32, DependencyType)>>,
    #[serde(with = "cast_list")]
    casts: HashMap<(String, String), char>,
    unmodelled: Vec<String>,
    /// Names of the default schema that the system's schema has too.
    #[serde(default)]
    shadowed: Vec<String>,
    #[serde(skip)]
    index: HashMap<Identity, u32>,
    /// Tables with children.
    #[serde(skip)]
    parents: HashSet<(String, String)>,
    /// What each child inherits from.
    #[serde(skip)]
    lineage: HashMap<(String, String), Vec<(String, String)>>,
}

/// Returns the queries that read a catalogue, to be run in one repeatable-read snapshot with `search_path` set to
/// the default schema alone.
pub fn catalog_script(server_version_num: u32, scope: &Scope) -> Vec<CatalogQuery> {
    let server = Server {
        version: server_version_num,
        scope,
    };
    let mut script: Vec<_> = kinds::LIST
        .iter()
        .filter_map(|kind| {
            let width = LEAD + kind.columns().len();
            let casts: Vec<_> = (0..width).map(|i| format!("c{i}::text")).collect();
            let names: Vec<_> = (0..width).map(|i| format!("c{i}")).collect();
            Some(CatalogQuery {
                name: kind.name(),
                sql: format!(
                    "SELECT {} FROM ({}) AS q ({})",
                    casts.join(", "),
                    kind.query(&server)?,
                    names.join(", ")
                ),
            })
        })
        .collect();
    script.push(CatalogQuery {
        name: DEPENDENCIES,
        // Objects below 16384 come with the server; what rests on them rests on rock. Namespaces are known by name.
        // What belongs to an extension is read as well, so that a column of its type leads to the extension.
        sql: "SELECT classid::text, objid::text, objsubid::text, refclassid::text, refobjid::text, refobjsubid::text, deptype::text \
              FROM pg_depend WHERE refobjid >= 16384 AND refclassid <> 2615 AND deptype <> 'p' \
              AND NOT (classid = 1247 AND refclassid = 1247 AND deptype = 'e')"
            .to_owned(),
    });
    script.push(CatalogQuery {
        name: SESSION,
        // A name that the system has too means the system's, wherever it is written without its schema.
        sql: "SELECT current_user::text, current_schema()::text, (SELECT json_agg(DISTINCT ours.name) FROM ( \
              SELECT relname::text, 'relation', relnamespace FROM pg_class \
              UNION ALL SELECT typname, 'type', typnamespace FROM pg_type \
              UNION ALL SELECT proname, 'function', pronamespace FROM pg_proc) ours (name, space, schema) \
              WHERE ours.schema = to_regnamespace(quote_ident(current_schema())) AND EXISTS (SELECT FROM ( \
              SELECT relname::text, 'relation' FROM pg_class WHERE relnamespace = 11 \
              UNION ALL SELECT typname, 'type' FROM pg_type WHERE typnamespace = 11 \
              UNION ALL SELECT proname, 'function' FROM pg_proc WHERE pronamespace = 11) theirs (name, space) \
              WHERE theirs.name = ours.name AND theirs.space = ours.space))::text"
            .to_owned(),
    });
    script.push(CatalogQuery {
        name: CASTS,
        sql: "SELECT format_type(castsource, NULL), format_type(casttarget, NULL), castcontext::text FROM pg_cast".to_owned(),
    });
    script.push(CatalogQuery {
        name: "coverage",
        sql: crate::coverage::query(&server),
    });
    script
}

impl Catalog {
    /// Builds a catalogue from the rows of [`catalog_script`], in its order.
    pub fn load(
        server_version_num: u32,
        scope: &Scope,
        rows: Vec<Vec<Vec<Option<String>>>>,
    ) -> Result<Self, CatalogError> {
        let server = Server {
            version: server_version_num,
            scope,
        };
        let readers: Vec<_> = kinds::LIST
            .iter()
            .filter(|kind| kind.query(&server).is_some())
            .collect();
        let (expected, found) = (readers.len() + 4, rows.len());
        if expected != found {
            return Err(CatalogError::QueryCount { expected, found });
        }
        let mut rows = rows.into_iter();
        let mut objects = Vec::new();
        let mut hanging = Vec::new();
        for kind in readers {
            let columns = kind.columns().len();
            for row in rows.next().unwrap_or_default() {
                if row.len() != LEAD + columns {
                    return Err(CatalogError::RowWidth {
                        query: kind.name(),
                        expected: LEAD + columns,
                        found: row.len(),
                    });
                }
                let object = read(kind.kind(), row);
                if object.id.schema == HANGING {
                    hanging.push(object);
                } else {
                    objects.push(object);
                }
            }
        }
        let dependencies = rows.next().unwrap_or_default();
        let session = rows.next().unwrap_or_default();
        let casts = rows.next().unwrap_or_default();
        let coverage = rows.next().unwrap_or_default();

        let mut catalog = Self {
            version: server_version_num,
            default_schema: scope.default_schema.clone(),
            current_user: first(&session, 0),
            objects: Vec::new(),
            edges: Vec::new(),
            casts: casts
                .iter()
                .map(|row| {
                    (
                        (field(row, 0), field(row, 1)),
                        field(row, 2).chars().next().unwrap_or('e'),
                    )
                })
                .collect(),
            unmodelled: coverage.iter().map(|row| field(row, 0)).collect(),
            shadowed: serde_json::from_str(&first(&session, 2)).unwrap_or_default(),
            index: HashMap::new(),
            parents: HashSet::new(),
            lineage: HashMap::new(),
        };
        catalog.adopt(objects, hanging, &dependencies, scope);
        Ok(catalog)
    }

    /// Returns a catalogue with nothing in it, on the server of `like`.
    pub fn empty(like: &Self) -> Self {
        let mut empty = Self {
            objects: Vec::new(),
            edges: Vec::new(),
            unmodelled: Vec::new(),
            index: HashMap::new(),
            parents: HashSet::new(),
            lineage: HashMap::new(),
            ..like.clone()
        };
        // A new database has its default schema.
        let schema = Identity::new(Kind::Schema, "", "public");
        for id in [&schema, &schema.attached(Kind::Comment)] {
            empty.objects.extend(like.get(id).cloned());
        }
        empty.edges = vec![Vec::new(); empty.objects.len()];
        empty.reindex();
        empty
    }

    fn adopt(
        &mut self,
        objects: Vec<Object>,
        hanging: Vec<Object>,
        dependencies: &[Vec<Option<String>>],
        scope: &Scope,
    ) {
        let mut objects: Vec<_> = objects
            .into_iter()
            .filter_map(|mut object| {
                object
                    .id
                    .kind
                    .get()
                    .normalise(&mut object)
                    .then_some(object)
            })
            .collect();
        // A comment or grant names its target by address; it takes the target's names.
        let mut by_address: HashMap<_, _> = objects
            .iter()
            .map(|object| (object.address, object.id.clone()))
            .collect();
        // Attributes of a composite type are columns of the relation behind it.
        for object in objects
            .iter()
            .filter(|object| object.id.kind == Kind::CompositeType)
        {
            let oid = object.text("relation").parse().unwrap_or(0);
            by_address.insert(
                Address {
                    class: 1259,
                    oid,
                    sub: 0,
                },
                object.id.clone(),
            );
        }
        // NOT NULL is a constraint with a name from 18 on, and a property of its column here.
        let not_null: HashMap<u32, Identity> = objects
            .iter()
            .filter(|object| object.id.kind == Kind::Column && object.get("not_null_oid").is_some())
            .map(|object| {
                (
                    object.text("not_null_oid").parse().unwrap_or(0),
                    object.id.clone(),
                )
            })
            .collect();
        for column in objects
            .iter()
            .filter(|object| object.id.kind == Kind::Column)
        {
            if let (Some(oid), Some(name)) =
                (column.get("not_null_oid"), column.get("not_null_name"))
            {
                let address = Address {
                    class: 2606,
                    oid: oid.parse().unwrap_or(0),
                    sub: 0,
                };
                by_address.insert(
                    address,
                    Identity::part(Kind::Constraint, &column.id.schema, &column.id.name, name),
                );
            }
        }
        for mut object in hanging {
            let whole = Address {
                sub: 0,
                ..object.address
            };
            let target = by_address.get(&object.address).cloned().or_else(|| {
                // A column of a view is not an object, and may still be commented on.
                let whole = by_address.get(&whole)?;
                (object.address.sub > 0).then(|| {
                    Identity::part(Kind::Column, &whole.schema, &whole.name, &object.id.part)
                })
            });
            if let Some(target) = target {
                object.id = target.attached(object.id.kind);
                if object.id.kind == Kind::Comment
                    && object.address.class == 2606
                    && let Some(column) = not_null.get(&object.address.oid)
                {
                    object.set("sub", Some(column.part.clone()));
                }
                object.address = Address {
                    class: 0,
                    oid: 0,
                    sub: 0,
                };
                if object.id.kind.get().normalise(&mut object) {
                    objects.push(object);
                }
            }
        }
        let excluded = excluded(&objects, scope);
        objects.retain(|object| !excluded.contains(&object.id));
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        objects.dedup_by(|a, b| a.id == b.id);
        self.objects = objects;
        self.reindex();
        self.edges = self.resolve(dependencies);
    }

    fn reindex(&mut self) {
        self.index = (0..)
            .zip(&self.objects)
            .map(|(at, object)| (object.id.clone(), at))
            .collect();
        self.parents = self
            .objects
            .iter()
            .filter(|object| object.id.kind == Kind::Inheritance)
            .map(|object| {
                (
                    object.text("parent_schema").to_owned(),
                    object.text("parent").to_owned(),
                )
            })
            .collect();
        self.lineage.clear();
        for object in self
            .objects
            .iter()
            .filter(|object| object.id.kind == Kind::Inheritance)
        {
            let child = (object.id.schema.clone(), object.id.name.clone());
            let parent = (
                object.text("parent_schema").to_owned(),
                object.text("parent").to_owned(),
            );
            self.lineage.entry(child).or_default().push(parent);
        }
    }

    /// Turns `pg_depend` rows into edges between objects. What stands between two objects without being one (a row
    /// type, an array type, an index that a constraint owns, an extension's member) is passed through.
    fn resolve(&self, dependencies: &[Vec<Option<String>>]) -> Vec<Vec<(u32, DependencyType)>> {
        let mut at: HashMap<Address, u32> = HashMap::new();
        for (position, object) in (0..).zip(&self.objects) {
            if object.address.class != 0 {
                at.insert(object.address, position);
            }
        }
        let place = |address: Address| {
            at.get(&address)
                .or_else(|| at.get(&Address { sub: 0, ..address }))
                .copied()
        };
        let mut between: HashMap<(u32, u32), Vec<(Address, DependencyType)>> = HashMap::new();
        let mut direct = Vec::new();
        for row in dependencies {
            let number = |i: usize| {
                row.get(i)
                    .and_then(Option::as_deref)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0)
            };
            let sub = |i: usize| {
                row.get(i)
                    .and_then(Option::as_deref)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0)
            };
            let from = Address {
                class: number(0),
                oid: number(1),
                sub: sub(2),
            };
            let to = Address {
                class: number(3),
                oid: number(4),
                sub: sub(5),
            };
            let kind = field(row, 6).chars().next().unwrap_or('n');
            match place(from) {
                Some(position) => direct.push((position, to, kind)),
                None => between
                    .entry((from.class, from.oid))
                    .or_default()
                    .push((to, kind)),
            }
        }
        // What is internal to an object speaks for it: the rule behind a view knows what the view reads.
        for list in between.values() {
            for owner in list
                .iter()
                .filter(|(_, kind)| *kind == 'i')
                .filter_map(|(to, _)| place(*to))
            {
                direct.extend(
                    list.iter()
                        .filter(|(_, kind)| *kind != 'i')
                        .map(|(to, kind)| (owner, *to, *kind)),
                );
            }
        }
        let mut edges = vec![Vec::new(); self.objects.len()];
        for (position, to, kind) in direct {
            let mut seen = HashSet::new();
            let mut open = vec![to];
            while let Some(address) = open.pop() {
                if let Some(found) = place(address) {
                    self.add_edge(&mut edges, position, found, kind);
                } else if seen.insert((address.class, address.oid)) {
                    open.extend(
                        between
                            .get(&(address.class, address.oid))
                            .into_iter()
                            .flatten()
                            .map(|(to, _)| *to),
                    );
                }
            }
        }
        for (position, object) in (0..).zip(&self.objects) {
            let mut wanted = object.id.kind.get().depends_on(object);
            wanted.extend(object.id.target());
            for id in wanted {
                if let Some(&found) = self.index.get(&id) {
                    self.add_edge(&mut edges, position, found, 's');
                }
            }
        }
        // The columns of a table `OF` a type follow that type.
        for (position, object) in self.objects.iter().enumerate() {
            if object.id.kind == Kind::Column
                && let Some(table) = self.position(&object.id.whole(Kind::Table))
                && self.objects[table].get("of_type").is_some()
            {
                let types: Vec<_> = edges[table]
                    .iter()
                    .copied()
                    .filter(|(to, _)| self.objects[*to as usize].id.kind.is_type())
                    .collect();
                edges[position].extend(types);
            }
        }
        self.virtual_edges(&mut edges);
        self.inheritance_edges(&mut edges);
        self.whole_key_edges(&mut edges);
        for list in &mut edges {
            list.sort_unstable();
            list.dedup_by_key(|edge| edge.0);
        }
        edges
    }

    /// The server changes a virtual column's expression only in a table that has no check and is in no publication,
    /// so these rest on the column whatever they say.
    fn virtual_edges(&self, edges: &mut [Vec<(u32, DependencyType)>]) {
        let mut columns: HashMap<(&str, &str), Vec<u32>> = HashMap::new();
        for (position, object) in (0..).zip(&self.objects) {
            if object.id.kind == Kind::Column && object.get("generated") == Some("v") {
                let table = (object.id.schema.as_str(), object.id.name.as_str());
                columns.entry(table).or_default().push(position);
            }
        }
        if columns.is_empty() {
            return;
        }
        for (position, object) in (0..).zip(&self.objects) {
            let table = match object.id.kind {
                Kind::Constraint if object.text("type") == "c" => {
                    (object.id.schema.as_str(), object.id.name.as_str())
                }
                Kind::PublicationTable => (object.text("table_schema"), object.text("table")),
                _ => continue,
            };
            for &column in columns.get(&table).into_iter().flatten() {
                self.add_edge(edges, position, column, 's');
            }
        }
    }

    /// A child is attached when both tables have all that must agree, and lets go before any of it is taken away.
    fn inheritance_edges(&self, edges: &mut [Vec<(u32, DependencyType)>]) {
        if self.lineage.is_empty() {
            return;
        }
        let mut parts: HashMap<(&str, &str), Vec<u32>> = HashMap::new();
        for (position, object) in (0..).zip(&self.objects) {
            let table = match object.id.kind {
                Kind::Column | Kind::IdentityColumn => &object.id.name,
                Kind::Constraint if object.text("type") != "f" => &object.id.name,
                Kind::Index => object.text("table"),
                _ => continue,
            };
            parts
                .entry((&object.id.schema, table))
                .or_default()
                .push(position);
        }
        for (position, object) in (0..).zip(&self.objects) {
            if object.id.kind == Kind::Inheritance {
                let child = (object.id.schema.as_str(), object.id.name.as_str());
                let parent = (object.text("parent_schema"), object.text("parent"));
                for &part in parts
                    .get(&child)
                    .into_iter()
                    .chain(parts.get(&parent))
                    .flatten()
                {
                    // A partition's indexes are adopted when it is attached. Its parent's are built over the
                    // partitions, so they rest on these and not the other way.
                    let other = &self.objects[part as usize];
                    let adopted = || {
                        let table = (other.id.schema.as_str(), other.text("table"));
                        object.get("bound").is_some() && table == child
                    };
                    if other.id.kind != Kind::Index || adopted() {
                        self.add_edge(edges, position, part, 's');
                    }
                }
            }
        }
    }

    /// A key of a partitioned table holds once every partition's index is attached to it: a foreign key that refers
    /// to it waits for them all.
    fn whole_key_edges(&self, edges: &mut [Vec<(u32, DependencyType)>]) {
        let mut attached: HashMap<u32, Vec<(u32, Option<u32>)>> = HashMap::new();
        for (position, object) in (0..).zip(&self.objects) {
            if object.id.kind == Kind::IndexAttachment {
                let ends = kinds::index_attachment::ends(object);
                let find = |ids: &[Identity]| ids.iter().find_map(|id| self.index.get(id).copied());
                if let Some(parent) = find(&ends[2..]) {
                    let child = find(&ends[..2]);
                    attached.entry(parent).or_default().push((position, child));
                }
            }
        }
        if attached.is_empty() {
            return;
        }
        for (list, object) in edges.iter_mut().zip(&self.objects) {
            if object.id.kind != Kind::Constraint || object.text("type") != "f" {
                continue;
            }
            let mut open: Vec<u32> = list.iter().map(|&(on, _)| on).collect();
            while let Some(key) = open.pop() {
                for &(attachment, child) in attached.get(&key).into_iter().flatten() {
                    list.push((attachment, 's'));
                    open.extend(child);
                }
            }
        }
    }

    fn add_edge(
        &self,
        edges: &mut [Vec<(u32, DependencyType)>],
        from: u32,
        to: u32,
        kind: DependencyType,
    ) {
        let (a, b) = (&self.objects[from as usize], &self.objects[to as usize]);
        let between_tables = a.id.kind.is_table_like() && b.id.kind.is_table_like();
        // A table rests on its parent through the inheritance object, never directly: it can be detached.
        if from != to
            && !(between_tables && a.id.kind == Kind::Table)
            && !a.id.kind.owns(&a.id, &b.id)
        {
            edges[from as usize].push((to, kind));
        }
    }

    /// Returns `server_version_num` of the server it was read from.
    pub fn server_version_num(&self) -> u32 {
        self.version
    }

    /// Returns the schema whose names are written unqualified.
    pub fn default_schema(&self) -> &str {
        &self.default_schema
    }

    /// Returns whether `name`, written without its schema, would mean an object of the system.
    pub(crate) fn is_shadowed(&self, name: &str) -> bool {
        self.shadowed.iter().any(|shadowed| shadowed == name)
    }

    /// Returns the role it was read as.
    pub fn current_user(&self) -> &str {
        &self.current_user
    }

    /// Returns all objects, ordered by identity.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Returns the object `id`.
    pub fn get(&self, id: &Identity) -> Option<&Object> {
        self.position(id).map(|at| &self.objects[at])
    }

    /// Returns whether there is an object `id`.
    pub fn has(&self, id: &Identity) -> bool {
        self.index.contains_key(id)
    }

    /// Returns the objects of the same kind that are part of the same thing as `id`.
    pub(crate) fn parts(&self, id: &Identity) -> impl Iterator<Item = &Object> + '_ {
        let of = move |object: &Object, id: &Identity| {
            object.id.kind == id.kind && object.id.name == id.name && object.id.schema == id.schema
        };
        let first = id.whole(id.kind);
        let start = self.objects.partition_point(|object| object.id < first);
        self.objects[start..]
            .iter()
            .take_while(move |object| of(object, &first))
    }

    /// Returns whether a table has children, partitions included.
    pub fn has_children(&self, id: &Identity) -> bool {
        !self.parents.is_empty() && self.parents.contains(&(id.schema.clone(), id.name.clone()))
    }

    /// Returns the (schema, name) of the tables that `id`'s table inherits from.
    pub(crate) fn parents_of(&self, id: &Identity) -> impl Iterator<Item = (String, String)> + '_ {
        let key = (id.schema.clone(), id.name.clone());
        let none: &[(String, String)] = &[];
        self.lineage
            .get(&key)
            .map_or(none, Vec::as_slice)
            .iter()
            .cloned()
    }

    pub(crate) fn position(&self, id: &Identity) -> Option<usize> {
        self.index.get(id).map(|&at| at as usize)
    }

    pub(crate) fn at(&self, position: usize) -> &Object {
        &self.objects[position]
    }

    /// Returns the positions of what the object at `position` depends on.
    pub(crate) fn depends(&self, position: usize) -> impl Iterator<Item = (usize, char)> + '_ {
        self.edges[position]
            .iter()
            .map(|&(to, kind)| (to as usize, kind))
    }

    /// Returns the catalogue after `old` has been renamed to `new`: its parts go along, and what mentions it is read
    /// with the new name.
    pub(crate) fn renamed(&self, old: &Identity, new: &Identity) -> Self {
        let whole = old.part.is_empty() || old.kind.has_signature();
        let mut catalog = self.clone();
        let mention = |name: &str| name == if whole { &old.name } else { &old.part };
        let (from, to) = if whole {
            (&old.name, &new.name)
        } else {
            (&old.part, &new.part)
        };
        let position = self.position(old);
        for (at, object) in catalog.objects.iter_mut().enumerate() {
            let mut related = object.id.kind != Kind::Schema
                && position.is_some_and(|on| self.depends(at).any(|(other, _)| other == on));
            // Only relations have parts that carry their name, and only there is a kind no part of the name.
            let relation = matches!(
                old.kind,
                Kind::Table
                    | Kind::View
                    | Kind::MaterializedView
                    | Kind::ForeignTable
                    | Kind::Sequence
                    | Kind::Domain
                    | Kind::CompositeType
                    | Kind::EnumType
                    | Kind::RangeType
            );
            let effective = object.id.on.unwrap_or(object.id.kind);
            let same_name = object.id.schema == old.schema && object.id.name == old.name;
            let is_it = object.id == *old || object.id.target().as_ref() == Some(old);
            if old.kind == Kind::Schema {
                related = object.id.schema == old.name;
                if related {
                    object.id.schema.clone_from(&new.name);
                }
                if is_it {
                    object.id.name.clone_from(&new.name);
                }
            } else if is_it
                || (whole && relation && same_name && effective.is_part_of_relation(old.kind))
            {
                related = true;
                object.id.schema.clone_from(&new.schema);
                object.id.name.clone_from(&new.name);
                if !whole {
                    object.id.part.clone_from(&new.part);
                }
            } else if old.kind == Kind::Column
                && same_name
                && object.id.part == old.part
                && effective.is_of_column()
            {
                related = true;
                object.id.part.clone_from(&new.part);
            }
            let hangs = old.kind.is_table_like()
                && [
                    "table",
                    "parent",
                    "parent_table",
                    "foreign_table",
                    "owner_table",
                ]
                .iter()
                .any(|name| {
                    object
                        .id
                        .kind
                        .get()
                        .columns()
                        .iter()
                        .any(|column| column.trim_start_matches('~') == *name)
                        && object.get(name).is_some_and(mention)
                });
            let of_relation = old.kind == Kind::Column
                && object.id.schema == old.schema
                && object.id.name == old.name;
            if related || hangs || of_relation {
                let columns = object.id.kind.get().columns();
                for (value, column) in object.values.iter_mut().zip(columns) {
                    let name = column.trim_start_matches('~');
                    let Some(text) = value else { continue };
                    *text = match name {
                        // What people wrote, and what is data, is not a mention.
                        "text" | "values" | "entries" | "default" | "body" | "position" => continue,
                        "table" | "parent" | "parent_table" | "foreign_table" | "owner_table"
                        | "owner_column" | "column" | "index" | "sequence" => {
                            if !mention(text) {
                                continue;
                            }
                            to.clone()
                        }
                        _ => crate::rename::replace_identifier(text, from, to),
                    };
                }
                if object.id.kind == Kind::Inheritance {
                    object.id.part =
                        format!("{}.{}", object.text("parent_schema"), object.text("parent"));
                }
            }
        }
        catalog.sort_again()
    }

    /// Returns the catalogue after a value of an enum has been renamed.
    pub(crate) fn with_value_renamed(
        &self,
        id: &Identity,
        old: &str,
        new: &str,
        type_name: &str,
    ) -> Self {
        let mut catalog = self.clone();
        let position = self.position(id);
        let literal = |value: &str| format!("{}::{type_name}", crate::name::literal(value));
        let (from, to) = (literal(old), literal(new));
        for (at, object) in catalog.objects.iter_mut().enumerate() {
            if object.id == *id {
                let values: Vec<_> = object
                    .list("values")
                    .into_iter()
                    .map(|value| if value == old { new.to_owned() } else { value })
                    .collect();
                object.set("values", serde_json::to_string(&values).ok());
            } else if object.id.kind != Kind::Comment
                && position.is_some_and(|on| {
                    self.depends(at).any(|(other, _)| {
                        other == on || self.depends(other).any(|(next, _)| next == on)
                    })
                })
            {
                for value in object.values.iter_mut().flatten() {
                    *value = value.replace(&from, &to);
                }
            }
        }
        catalog
    }

    /// Brings objects whose names changed back into order, and the edges with them.
    fn sort_again(mut self) -> Self {
        let mut order: Vec<u32> = (0..).take(self.objects.len()).collect();
        order.sort_by(|&a, &b| {
            self.objects[a as usize]
                .id
                .cmp(&self.objects[b as usize].id)
        });
        let mut place = vec![0u32; order.len()];
        for (now, &before) in (0..).zip(&order) {
            place[before as usize] = now;
        }
        self.edges = order
            .iter()
            .map(|&before| {
                self.edges[before as usize]
                    .iter()
                    .map(|&(to, kind)| (place[to as usize], kind))
                    .collect()
            })
            .collect();
        self.objects = order
            .iter()
            .map(|&before| self.objects[before as usize].clone())
            .collect();
        self.reindex();
        self
    }

    /// Returns how a value of type `from` becomes one of `to`: `i`mplicit, `a`ssignment or `e`xplicit cast.
    pub fn cast(&self, from: &str, to: &str) -> Option<char> {
        self.casts.get(&(from.to_owned(), to.to_owned())).copied()
    }

    /// Returns what the database holds that no kind models.
    pub fn unmodelled(&self) -> &[String] {
        &self.unmodelled
    }

    /// Returns a SHA-256 over the state of every object.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for object in &self.objects {
            hash.update(object.id.to_string());
            for (name, value) in object.state() {
                hash.update(name);
                match value {
                    Some(value) => {
                        hash.update((value.len() as u64).to_be_bytes());
                        hash.update(value);
                    }
                    None => hash.update([0xff]),
                }
            }
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Returns the roles that the catalogue mentions: grantees, owners, those of policies and default privileges.
    pub fn roles(&self) -> Vec<String> {
        let mut roles: Vec<_> = self
            .objects
            .iter()
            .flat_map(|object| object.id.kind.roles(object))
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }

    /// Returns a script that makes an empty database of this server into this one.
    pub fn print_models(&self) -> Result<String, crate::diff::DiffError> {
        let changes = crate::diff::diff(
            &Self::empty(self),
            self,
            &crate::diff::DiffOptions::default(),
        )?;
        Ok(changes.script())
    }

    /// Reads what serde wrote.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let mut catalog: Self = serde_json::from_str(text)?;
        catalog.reindex();
        Ok(catalog)
    }

    /// Writes it for a later [`Catalog::from_json`].
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// JSON knows no map from pairs, so the casts are written as a list.
mod cast_list {
    use std::collections::HashMap;

    use serde::{Deserialize, Deserializer, Serializer};

    type Casts = HashMap<(String, String), char>;

    pub(super) fn serialize<S: Serializer>(casts: &Casts, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(casts)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Casts, D::Error> {
        Ok(Vec::<((String, String), char)>::deserialize(from)?
            .into_iter()
            .collect())
    }
}

/// The schema column of rows that know their target by address only.
pub(crate) const HANGING: &str = "\u{1}";

fn first(rows: &[Vec<Option<String>>], column: usize) -> String {
    rows.first()
        .map(|row| field(row, column))
        .unwrap_or_default()
}

fn field(row: &[Option<String>], column: usize) -> String {
    row.get(column).cloned().flatten().unwrap_or_default()
}

fn read(kind: Kind, mut row: Vec<Option<String>>) -> Object {
    let values = row.split_off(LEAD);
    let mut lead = row.into_iter().map(Option::unwrap_or_default);
    let mut next = || lead.next().unwrap_or_default();
    let (oid, sub, schema, name, part) = (next(), next(), next(), next(), next());
    // A row that hangs on another carries the class of its target as its name.
    let class = if schema == HANGING {
        name.parse().unwrap_or(0)
    } else {
        kind.get().class()
    };
    Object {
        id: Identity::part(kind, &schema, &name, &part),
        address: Address {
            class,
            oid: oid.parse().unwrap_or(0),
            sub: sub.parse().unwrap_or(0),
        },
        values,
    }
}

/// Returns what the scope leaves out: what a pattern names, and whatever is a part of that.
fn excluded(objects: &[Object], scope: &Scope) -> HashSet<Identity> {
    if scope.exclude.is_empty() && scope.own_tables.is_empty() {
        return HashSet::new();
    }
    let own = |id: &Identity| {
        scope.own_tables.iter().any(|(schema, name)| {
            id.schema == *schema
                && (id.name == *name
                    || (id.kind == Kind::Sequence && id.name.starts_with(&format!("{name}_"))))
        })
    };
    let mut out: HashSet<Identity> = objects
        .iter()
        .filter(|object| {
            own(&object.id)
                || scope
                    .exclude
                    .iter()
                    .any(|pattern| pattern.matches(&object.id))
        })
        .map(|object| object.id.clone())
        .collect();
    // Parts of parts: a comment on a column of a table left out. Three rounds reach every depth there is.
    for _ in 0..3 {
        let more: Vec<_> = objects
            .iter()
            .filter(|object| !out.contains(&object.id))
            .filter(|object| {
                object.id.target().is_some_and(|id| out.contains(&id))
                    || object
                        .id
                        .kind
                        .get()
                        .part_of(object)
                        .iter()
                        .any(|id| out.contains(id))
            })
            .map(|object| object.id.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        out.extend(more);
    }
    out
}
