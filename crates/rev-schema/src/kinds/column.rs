//! Columns of tables and foreign tables. Defaults and identity are objects of their own.

use crate::context::{Context, Server};
use crate::kinds::{Kind, default_value, identity_column, not_null, options};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Column;

impl ObjectKind for Column {
    fn kind(&self) -> Kind {
        Kind::Column
    }

    fn name(&self) -> &'static str {
        "column"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "type",
            "collation",
            "not_null",
            "not_null_name",
            "not_null_no_inherit",
            "not_null_unchecked",
            "not_null_local",
            "generated",
            "expression",
            "storage",
            "compression",
            "statistics",
            "options",
            "foreign_options",
            "inherited_only",
            "~local",
            "~inherited",
            "~position",
            "~partition",
            "~base",
            "~type_class",
            "~not_null_oid",
            "~not_null_own",
            "~not_null_inherited",
        ]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let (not_null, not_null_oid, not_null_join) = if server.since(18) {
            (
                "nn.conname, nn.connoinherit, NOT nn.convalidated, CASE WHEN NOT c.relispartition AND nn.coninhcount > 0 THEN nn.conislocal END",
                "nn.oid, nn.conislocal, nn.coninhcount",
                "LEFT JOIN pg_constraint nn ON a.attnotnull AND nn.contype = 'n' AND nn.conrelid = a.attrelid AND nn.conkey[1] = a.attnum",
            )
        } else {
            ("NULL, NULL, NULL, NULL", "NULL, NULL, NULL", "")
        };
        let compression = server.pick(14, "nullif(a.attcompression, '')", "NULL");
        Some(format!(
            "SELECT a.attrelid, a.attnum, n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), \
             CASE WHEN a.attcollation <> t.typcollation THEN CASE cn.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(cn.nspname) || '.' END || quote_ident(co.collname) END, \
             a.attnotnull, {not_null}, nullif(a.attgenerated, ''), CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END, \
             CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, {compression}, nullif(a.attstattarget, -1), array_to_json(a.attoptions), \
             array_to_json(a.attfdwoptions), CASE WHEN NOT c.relispartition AND a.attinhcount > 0 AND NOT a.attislocal THEN true END, a.attislocal, a.attinhcount, a.attnum, c.relispartition, \
             CASE WHEN a.atttypmod = -1 THEN NULL ELSE format_type(a.atttypid, NULL) END, t.typcategory, {not_null_oid} \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> '' \
             LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace \
             {not_null_join} WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.whole(Kind::Table), object.id.whole(Kind::ForeignTable)]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn inline_in(&self, object: &Object) -> Option<Identity> {
        Some(object.id.whole(Kind::Table))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        create_with(object, &[], context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        if (context.goes_with_parent(&object.id) && !object.is("local")) || context.follows_type(&object.id) {
            return Vec::new();
        }
        if keeps_place(&object.id, context) {
            let (column, base) = (ident(&object.id.part), object.text("type"));
            // On its own: within one ALTER TABLE the server would change types first.
            let head = head(&object.id, context, false);
            return vec![Draft::new(format!("{head} ALTER COLUMN {column} SET EXPRESSION AS (NULL::{base})"))];
        }
        vec![
            Draft::clause(
                head(&object.id, context, false),
                format!("DROP COLUMN {}", ident(&object.id.part)),
            )
            .losing(format!("the values of {}", context.words(&object.id))),
        ]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let generated = (old.get("generated"), new.get("generated"));
        let retyped = old.text("type") != new.text("type") || old.get("collation") != new.get("collation");
        // The type of a generated column changes with no USING: the expression must fit as it is.
        if generated.1.is_some() && retyped && conversion(old, new, context).is_some() {
            return Change::Rebuild;
        }
        let expression_only = generated.0 == generated.1 && generated.0.is_some();
        match generated {
            (Some("s"), None) | (None, None) => {}
            _ if expression_only && (old.text("expression") == new.text("expression") || context.since(17)) => {}
            _ => return Change::Rebuild,
        }
        let id = &new.id;
        let column = ident(&id.part);
        let mut drafts = Vec::new();
        if matches!(generated, (Some("s"), None)) {
            drafts.push(Draft::clause(
                head(id, context, false),
                format!("ALTER COLUMN {column} DROP EXPRESSION"),
            ));
        }
        if (retyped && !follows(old, new, context) && !context.follows_type(id)) || (context.is_swapped(id) && !parent_is_swapped(id, context))
        {
            drafts.push(retype(old, new, context));
        }
        if expression_only && old.text("expression") != new.text("expression") && !computes_as_parent(old, new, context) {
            let (head, clause) = (head(id, context, false), format!("ALTER COLUMN {column} SET EXPRESSION AS ({})", new.text("expression")));
            // Beside a new type the server loses its way among the column's constraints.
            drafts.push(if retyped { Draft::new(format!("{head} {clause}")) } else { Draft::clause(head, clause) });
        }
        drafts.extend(not_null::change(old, new, context));
        for property in ["storage", "compression", "statistics", "options", "foreign_options"] {
            // A new type comes with its own storage and compression.
            let reset = retyped && matches!(property, "storage" | "compression");
            if (reset && new.get(property).is_some()) || (!reset && old.get(property) != new.get(property)) {
                drafts.extend(setting(property, Some(old), new, context));
            }
        }
        Change::InPlace(drafts)
    }

    fn disturbs(&self, old: &Object, new: &Object, dependant: &Object, context: &Context<'_>) -> bool {
        if dependant.id.kind == Kind::Inheritance {
            return not_null::parts(old, new, dependant, context);
        }
        if new.get("generated") == Some("v") && old.text("expression") != new.text("expression") {
            match dependant.id.kind {
                Kind::Constraint if dependant.text("type") == "c" => return true,
                Kind::PublicationTable => return true,
                _ => {}
            }
        }
        let swapped = context.is_swapped(&new.id);
        let retyped = old.text("type") != new.text("type") || old.get("collation") != new.get("collation");
        if !retyped && !swapped {
            return false;
        }
        let converts = swapped || base(old) != base(new);
        match dependant.id.kind {
            Kind::DefaultValue => converts,
            Kind::Constraint => {
                let foreign = dependant.text("type") == "f" && converts;
                // The server re-reads the text of a check with the new type; after a swap it would find the old one.
                foreign || (swapped && matches!(dependant.text("type"), "c" | "x"))
            }
            Kind::Index => swapped,
            Kind::Column => dependant.id != old.id,
            Kind::Comment | Kind::SequenceOwner | Kind::IdentityColumn => false,
            kind => !kind.survives_retyping(),
        }
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.part), ident(&new.part));
        Some(vec![Draft::new(format!(
            "{} RENAME COLUMN {from} TO {to}",
            head(&old.id, context, false)
        ))])
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        let not_null = if object.is("not_null") { " not null" } else { "" };
        format!("{} {}{not_null}", context.words(&object.id), object.text("type"))
    }

    fn loss(&self, _object: &Object) -> Option<&'static str> {
        Some("its values")
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                setup: "",
                create: "CREATE TABLE sale (id integer, note varchar(10));",
                changed: "CREATE TABLE sale (id bigint NOT NULL, note text COLLATE \"C\");",
            },
            Example {
                setup: "",
                create: "CREATE TABLE sale (net integer, gross integer GENERATED ALWAYS AS (net * 2) STORED);",
                changed: "CREATE TABLE sale (net integer, gross integer GENERATED ALWAYS AS (net * 3) STORED);",
            },
        ]
    }
}

/// Returns whether a generated column that must let go of what it rests on can do so without being dropped: from 17 on
/// its expression can be put aside for the time.
fn keeps_place(id: &Identity, context: &Context<'_>) -> bool {
    let (Some(old), Some(new)) = (context.from.get(id), context.to.get(id)) else {
        return false;
    };
    let type_goes = context.from.position(id).is_some_and(|at| {
        context.from.depends(at).any(|(on, _)| {
            let on = &context.from.at(on).id;
            on.kind.is_type() && !context.stands(on)
        })
    });
    context.since(17)
        && !type_goes
        && context.is_rebuilt(id)
        && [old, new].iter().all(|column| column.get("generated") == Some("s") && !column.is("not_null"))
        && ["type", "collation", "storage", "compression", "statistics", "options"].iter().all(|name| old.get(name) == new.get(name))
}

/// Returns whether the column becomes the child's own or inherited only in a way that no statement brings about: the
/// server marks a column that it adds, and marks it its own when the last parent goes, and that is all.
pub(crate) fn is_beyond_statements(old: &Object, new: &Object, context: &Context<'_>) -> bool {
    if old.get("inherited_only") == new.get("inherited_only") || !context.stands(&new.id) || !context.stands(&new.id.whole(Kind::Table)) {
        return false;
    }
    new.is("inherited_only") || context.parents_that_stand(&new.id).next().is_some()
}

/// Returns `ALTER TABLE name` for the table of a part.
pub(crate) fn head(id: &Identity, context: &Context<'_>, only: bool) -> String {
    let foreign = context.find(&id.whole(Kind::ForeignTable)).is_some() && context.find(&id.whole(Kind::Table)).is_none();
    let only = if only { context.only(id) } else { "" };
    format!("ALTER {}TABLE {only}{}", if foreign { "FOREIGN " } else { "" }, context.of(id))
}

fn base(column: &Object) -> &str {
    column.get("base").unwrap_or_else(|| column.text("type"))
}

/// Returns whether the same change of the parent's column reaches this one.
fn follows(old: &Object, new: &Object, context: &Context<'_>) -> bool {
    context.parents_that_stand(&new.id).any(|parent| {
        let id = Identity::part(Kind::Column, &parent.0, &parent.1, &new.id.part);
        match (context.from.get(&id), context.to.get(&id)) {
            (Some(before), Some(after)) => {
                before.text("type") == old.text("type") && after.text("type") == new.text("type")
                    && after.get("collation") == new.get("collation")
            }
            _ => false,
        }
    })
}

/// Returns whether a parent's column changes its expression likewise, which reaches this one.
fn computes_as_parent(old: &Object, new: &Object, context: &Context<'_>) -> bool {
    context.parents_that_stand(&new.id).any(|(schema, name)| {
        let id = Identity::part(Kind::Column, &schema, &name, &new.id.part);
        let same = |parent: Option<&Object>, child: &Object| parent.is_some_and(|parent| parent.get("expression") == child.get("expression"));
        same(context.from.get(&id), old) && same(context.to.get(&id), new)
    })
}

/// Returns whether a parent's column is handed over to the new type, and this one with it.
fn parent_is_swapped(id: &Identity, context: &Context<'_>) -> bool {
    context
        .parents_that_stand(id)
        .any(|(schema, name)| context.is_swapped(&Identity::part(Kind::Column, &schema, &name, &id.part)))
}

fn retype(old: &Object, new: &Object, context: &Context<'_>) -> Draft {
    let column = ident(&new.id.part);
    let mut sql = format!("ALTER COLUMN {column} TYPE {}", new.text("type"));
    if let Some(collation) = new.get("collation") {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    let converts = base(old) != base(new);
    // A foreign table's rows are elsewhere, and nothing is converted here.
    let rows = !context.to.has(&new.id.whole(Kind::ForeignTable));
    if let Some(path) = conversion(old, new, context).filter(|_| rows) {
        sql.push_str(&format!(" USING {column}::{path}"));
    }
    let words = context.words(&new.id);
    let mut draft = Draft::clause(head(&new.id, context, false), sql);
    if converts || context.is_swapped(&new.id) {
        draft = draft.hazard("rewrite", format!("rewrites {} under an exclusive lock", new.id.name));
    }
    if narrows(old.text("type"), new.text("type")) {
        draft = draft.losing(format!("what of {words} does not fit {}", new.text("type")));
    }
    draft
}

/// Returns the casts that bring the old values to the new type where assignment alone does not.
fn conversion(old: &Object, new: &Object, context: &Context<'_>) -> Option<String> {
    let target = new.text("type");
    if context.is_swapped(&new.id) {
        if is_text(base(new)) {
            return None;
        }
        let through = if target.ends_with("[]") { "text[]" } else { "text" };
        return Some(format!("{through}::{target}"));
    }
    let (from, to) = (base(old), base(new));
    if from == to {
        return None;
    }
    let array = from.ends_with("[]") && to.ends_with("[]");
    let (element, wanted) = if array {
        (from.trim_end_matches("[]"), to.trim_end_matches("[]"))
    } else {
        (from, to)
    };
    match context.to.cast(element, wanted).or_else(|| context.from.cast(element, wanted)) {
        Some('i' | 'a') => None,
        Some(_) => Some(target.to_owned()),
        None if is_text(wanted) => None,
        None if is_text(element) => Some(target.to_owned()),
        None if array => Some(format!("text[]::{target}")),
        None => Some(format!("text::{target}")),
    }
}

fn is_text(name: &str) -> bool {
    matches!(name, "text" | "character varying" | "character" | "\"char\"" | "name" | "bpchar")
}

fn narrows(old: &str, new: &str) -> bool {
    let length = |text: &str| {
        text.split_once('(')
            .and_then(|(_, rest)| rest.split([',', ')']).next()?.parse::<u32>().ok())
    };
    let size = |text: &str| match text {
        "smallint" => 2,
        "integer" => 4,
        "bigint" => 8,
        "real" => 14,
        "double precision" => 18,
        _ => 0,
    };
    match (length(old), length(new)) {
        (Some(old), Some(new)) if new < old => return true,
        (None, Some(_)) => return true,
        _ => {}
    }
    (size(old) > size(new) && size(new) > 0) || (is_text(old.split('(').next().unwrap_or(old)) && !is_text(new.split('(').next().unwrap_or(new)))
}

fn setting(property: &str, old: Option<&Object>, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    let id = &new.id;
    let column = ident(&id.part);
    let value = new.get(property);
    let head = head(id, context, true);
    let clauses = match property {
        "storage" => {
            let word = match value {
                Some("p") => "PLAIN",
                Some("e") => "EXTERNAL",
                Some("m") => "MAIN",
                Some("x") => "EXTENDED",
                // DEFAULT is a word from 16 on; before, the type's own storage is EXTENDED unless it cannot be toasted.
                _ if context.since(16) => "DEFAULT",
                _ if new.text("type").starts_with("numeric") || matches!(new.text("type"), "inet" | "cidr") => "MAIN",
                _ => "EXTENDED",
            };
            vec![format!("ALTER COLUMN {column} SET STORAGE {word}")]
        }
        "compression" => {
            let word = match value {
                Some("p") => "pglz",
                Some("l") => "lz4",
                _ => "DEFAULT",
            };
            vec![format!("ALTER COLUMN {column} SET COMPRESSION {word}")]
        }
        "statistics" => vec![format!("ALTER COLUMN {column} SET STATISTICS {}", value.unwrap_or("-1"))],
        "options" => {
            let none = Vec::new();
            let was = old.map_or(none, |old| old.list("options"));
            let is = new.list("options");
            let mut clauses = Vec::new();
            let gone: Vec<_> = was
                .iter()
                .map(|option| options::split(option).0)
                .filter(|name| !is.iter().any(|option| options::split(option).0 == *name))
                .map(ident)
                .collect();
            if !gone.is_empty() {
                clauses.push(format!("ALTER COLUMN {column} RESET ({})", gone.join(", ")));
            }
            let set: Vec<_> = is.iter().filter(|option| !was.contains(option)).cloned().collect();
            if !set.is_empty() {
                clauses.push(format!("ALTER COLUMN {column} SET ({})", options::list(&set)));
            }
            clauses
        }
        _ => options::foreign(old.map(|old| old.list(property)).unwrap_or_default(), new.list(property))
            .map(|list| format!("ALTER COLUMN {column} OPTIONS ({list})"))
            .into_iter()
            .collect(),
    };
    clauses.into_iter().map(|clause| Draft::clause(&head, clause)).collect()
}

/// Returns the settings that a column definition cannot carry.
pub(crate) fn after_create(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let mut drafts: Vec<_> = ["storage", "statistics", "options"]
        .into_iter()
        .filter(|property| object.get(property).is_some())
        .flat_map(|property| setting(property, None, object, context))
        .collect();
    drafts.extend(not_null::after_create(object, context));
    drafts
}

/// Returns a column as it stands in CREATE TABLE, with its default and identity among `parts`.
pub(crate) fn definition(object: &Object, parts: &[&Object], typed: bool, context: &Context<'_>) -> String {
    let mut sql = ident(&object.id.part);
    if typed {
        sql.push_str(" WITH OPTIONS");
    } else {
        sql.push(' ');
        sql.push_str(&default_value::serial(object, parts, context).unwrap_or_else(|| object.text("type").to_owned()));
        if !object.list("foreign_options").is_empty() {
            let list = options::foreign(Vec::new(), object.list("foreign_options")).unwrap_or_default();
            sql.push_str(&format!(" OPTIONS ({list})"));
        }
        if let Some(method) = object.get("compression") {
            sql.push_str(&format!(" COMPRESSION {}", if method == "l" { "lz4" } else { "pglz" }));
        }
        if let Some(collation) = object.get("collation") {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
    }
    if let Some(generated) = object.get("generated") {
        let word = if generated == "v" { "VIRTUAL" } else { "STORED" };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({}) {word}", object.text("expression")));
    }
    for part in parts {
        match part.id.kind {
            Kind::DefaultValue if default_value::serial(object, parts, context).is_none() => {
                sql.push_str(&format!(" DEFAULT {}", part.text("expression")));
            }
            Kind::IdentityColumn => {
                sql.push(' ');
                sql.push_str(&identity_column::definition(part, context));
            }
            _ => {}
        }
    }
    if let Some(not_null) = not_null::of_definition(object, context) {
        sql.push(' ');
        sql.push_str(&not_null);
    }
    sql
}

/// Returns ADD COLUMN with its default and identity among `parts`.
pub(crate) fn create_with(object: &Object, parts: &[&Object], context: &Context<'_>) -> Vec<Draft> {
    if context.comes_with_parent(&object.id) {
        return inherited(object, parts, context);
    }
    if context.follows_type(&object.id) {
        return after_type(object, parts, context);
    }
    if keeps_place(&object.id, context) {
        let column = ident(&object.id.part);
        let head = head(&object.id, context, false);
        let expression = object.text("expression");
        return vec![Draft::new(format!("{head} ALTER COLUMN {column} SET EXPRESSION AS ({expression})"))];
    }
    if let Some(through) = context.arrives_through(object) {
        return arrive(object, parts, &through, context);
    }
    // The rows that are there take the value given for them; new ones must bring their own.
    let given = context.options.defaults.get(&context.words(&object.id));
    let given = given.filter(|_| object.is("not_null") && !parts.iter().any(|part| part.id.kind == Kind::DefaultValue));
    let value = given.map(|value| format!(" DEFAULT {value}")).unwrap_or_default();
    let mut draft = Draft::clause(
        head(&object.id, context, false),
        format!("ADD COLUMN {}{value}", definition(object, parts, false, context)),
    );
    let valued = given.is_some() || parts.iter().any(|part| matches!(part.id.kind, Kind::DefaultValue | Kind::IdentityColumn));
    if parts.iter().any(|part| part.id.kind == Kind::IdentityColumn || default_value::is_volatile(part))
        || object.get("generated") == Some("s")
    {
        draft = draft.hazard("rewrite", format!("rewrites {} under an exclusive lock", object.id.name));
    }
    if object.is("not_null") && !valued && object.get("generated").is_none() && context.stood(&object.id) {
        draft = draft.hazard("fails_on_rows", format!("fails when {} has rows", object.id.name));
    }
    let mut drafts = vec![draft];
    if given.is_some() {
        let (head, column) = (head(&object.id, context, false), ident(&object.id.part));
        drafts.push(Draft::new(format!("{head} ALTER COLUMN {column} DROP DEFAULT")));
    }
    drafts.extend(after_create(object, context));
    drafts
}

/// Returns what hands a column down through a table that stands in for the parent until that is attached.
fn arrive(object: &Object, parts: &[&Object], through: &str, context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    if context.arriving(&object.id).first().is_some_and(|first| first.id == object.id) {
        drafts.push(Draft::new(format!("CREATE TABLE {through} ()")));
        drafts.push(Draft::new(format!("{} INHERIT {through}", head(&object.id, context, false))));
    }
    drafts.push(Draft::clause(
        format!("ALTER TABLE {through}"),
        format!("ADD COLUMN {}", definition(object, parts, false, context)),
    ));
    drafts.extend(after_create(object, context));
    drafts
}

/// Returns what a column that came with its table's type has beyond it.
fn after_type(object: &Object, parts: &[&Object], context: &Context<'_>) -> Vec<Draft> {
    let column = ident(&object.id.part);
    let head = head(&object.id, context, false);
    let mut drafts = Vec::new();
    if object.is("not_null") {
        drafts.push(Draft::clause(&head, format!("ALTER COLUMN {column} SET NOT NULL")));
    }
    for part in parts.iter().filter(|part| part.id.kind == Kind::DefaultValue) {
        drafts.push(Draft::clause(&head, format!("ALTER COLUMN {column} SET DEFAULT {}", part.text("expression"))));
    }
    drafts.extend(after_create(object, context));
    drafts
}

/// Returns what a column that came from a parent has beyond it.
pub(crate) fn inherited(object: &Object, parts: &[&Object], context: &Context<'_>) -> Vec<Draft> {
    let column = ident(&object.id.part);
    let parents: Vec<_> = context
        .to
        .parents_of(&object.id)
        .filter_map(|(schema, name)| context.to.get(&Identity::part(Kind::Column, &schema, &name, &object.id.part)))
        .collect();
    let mut drafts = Vec::new();
    drafts.extend(not_null::inherited(object, &parents, context));
    let parent_default = parents
        .iter()
        .find_map(|parent| context.to.get(&parent.id.sibling(Kind::DefaultValue)))
        .map(|default| default.text("expression"));
    let own_default = parts.iter().find(|part| part.id.kind == Kind::DefaultValue).map(|default| default.text("expression"));
    match (parent_default, own_default) {
        (parent, Some(own)) if parent != Some(own) => drafts.push(Draft::clause(
            head(&object.id, context, true),
            format!("ALTER COLUMN {column} SET DEFAULT {own}"),
        )),
        (Some(_), None) if object.get("generated").is_none() => drafts.push(Draft::clause(
            head(&object.id, context, true),
            format!("ALTER COLUMN {column} DROP DEFAULT"),
        )),
        _ => {}
    }
    drafts
}
