//! Primary keys, unique, foreign key, check and exclusion constraints. An index that backs one is part of it.

use crate::context::{Context, Server};
use crate::kinds::{Kind, column, options};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Constraint;

impl ObjectKind for Constraint {
    fn kind(&self) -> Kind {
        Kind::Constraint
    }

    fn name(&self) -> &'static str {
        "constraint"
    }

    fn class(&self) -> u32 {
        2606
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "type",
            "definition",
            "options",
            "tablespace",
            "local",
            "~inherited",
            "~columns",
            "~parent_schema",
            "~parent_table",
            "~parent",
            "~foreign_schema",
            "~foreign_table",
        ]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT o.oid, 0, n.nspname, c.relname, o.conname, o.contype, pg_get_constraintdef(o.oid), \
             array_to_json(ic.reloptions), s.spcname, CASE WHEN o.contype = 'c' AND NOT c.relispartition THEN o.conislocal END, o.coninhcount, \
             CASE WHEN o.contype IN ('p', 'u', 'f') AND cardinality(o.conkey) = 1 THEN json_build_array(a.attname) END, \
             pn.nspname, pc.relname, po.conname, fn.nspname, fc.relname \
             FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN pg_class ic ON ic.oid = o.conindid AND o.contype IN ('p', 'u', 'x') LEFT JOIN pg_tablespace s ON s.oid = ic.reltablespace \
             LEFT JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1] \
             LEFT JOIN pg_constraint po ON po.oid = o.conparentid AND o.conparentid <> 0 LEFT JOIN pg_class pc ON pc.oid = po.conrelid \
             LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace \
             LEFT JOIN pg_class fc ON fc.oid = o.confrelid AND o.contype = 'f' LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
             WHERE o.contype IN ('p', 'u', 'f', 'c', 'x') AND NOT (o.contype = 'f' AND o.conparentid <> 0) AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        let mut wanted = vec![object.id.whole(Kind::Table), object.id.whole(Kind::ForeignTable)];
        if let Some(table) = object.get("foreign_table") {
            wanted.push(Identity::new(Kind::Table, object.text("foreign_schema"), table));
        }
        if let Some(parent) = parent(object) {
            wanted.push(parent);
        }
        wanted
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        let mut wholes = vec![object.id.whole(Kind::Table), object.id.whole(Kind::ForeignTable)];
        // A check may rest on several columns, and the server refuses to drop one of them under it only by CASCADE
        // rules of its own: keys go with any of their columns, so does a check.
        wholes.extend(parent(object));
        wholes
    }

    fn inline_in(&self, object: &Object) -> Option<Identity> {
        (!object.text("definition").ends_with(" NOT VALID")).then(|| object.id.whole(Kind::Table))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        if comes_by_inheritance(object, context) {
            return Vec::new();
        }
        if context.options.online && context.stood(&object.id) {
            return crate::online::add_constraint(object, context);
        }
        let draft = add(object, context);
        if repeats(object, context) {
            return vec![Draft::new(draft.text())];
        }
        vec![draft]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        if object.number("inherited") > 0 && context.goes_with_parent(&object.id) {
            return Vec::new();
        }
        vec![Draft::clause(
            column::head(&object.id, context, false),
            format!("DROP CONSTRAINT {}", ident(&object.id.part)),
        )]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let head = column::head(&new.id, context, false);
        let name = ident(&new.id.part);
        let (was, is) = (old.text("definition"), new.text("definition"));
        let mut drafts = Vec::new();
        if was != is {
            if was.strip_suffix(" NOT VALID") == Some(is) {
                drafts.push(Draft::clause(&head, format!("VALIDATE CONSTRAINT {name}")));
            } else if new.text("type") == "f" && timing(was).0 == timing(is).0 && !is.contains(" NOT ENFORCED") && !was.contains(" NOT ENFORCED") {
                let timing = match timing(is).1 {
                    "" => " NOT DEFERRABLE",
                    timing => timing,
                };
                drafts.push(Draft::clause(&head, format!("ALTER CONSTRAINT {name}{timing}")));
            } else {
                return Change::Rebuild;
            }
        }
        let index = context.name(&new.id.schema, &new.id.part);
        if old.get("options") != new.get("options") {
            if is_partitioned(new, context) {
                // The server sets them on no index of a partitioned table.
                return Change::Rebuild;
            }
            for clause in options::change(old, new) {
                drafts.push(Draft::clause(format!("ALTER INDEX {index}"), clause));
            }
        }
        if old.get("tablespace") != new.get("tablespace") {
            let space = ident(new.get("tablespace").unwrap_or("pg_default"));
            drafts.push(Draft::new(format!("ALTER INDEX {index} SET TABLESPACE {space}")));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.part), ident(&new.part));
        let head = column::head(new, context, false);
        Some(vec![Draft::new(format!("{head} RENAME CONSTRAINT {from} TO {to}"))])
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        format!("{} {}", context.words(&object.id), object.text("definition"))
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                setup: "",
                create: "CREATE TABLE sale (id integer, n integer, CONSTRAINT k PRIMARY KEY (id), CONSTRAINT c CHECK (n > 0));",
                changed: "CREATE TABLE sale (id integer NOT NULL, n integer NOT NULL, CONSTRAINT k PRIMARY KEY (n), CONSTRAINT c CHECK (n > 1));",
            },
            Example {
                setup: "CREATE TABLE shop (id integer PRIMARY KEY); CREATE TABLE sale (shop integer);",
                create: "ALTER TABLE sale ADD CONSTRAINT f FOREIGN KEY (shop) REFERENCES shop (id);",
                changed: "ALTER TABLE sale ADD CONSTRAINT f FOREIGN KEY (shop) REFERENCES shop (id) ON DELETE CASCADE DEFERRABLE NOT VALID;",
            },
        ]
    }
}

/// Returns the constraint of the parent table that this one is a part of.
pub(crate) fn parent(object: &Object) -> Option<Identity> {
    let table = object.get("parent_table")?;
    Some(Identity::part(Kind::Constraint, object.text("parent_schema"), table, object.text("parent")))
}

/// Returns whether the constraint arrives by itself from the table's parent.
pub(crate) fn comes_by_inheritance(object: &Object, context: &Context<'_>) -> bool {
    if object.text("type") != "c" || object.number("inherited") == 0 {
        return false;
    }
    if object.get("local") == Some("false") {
        return true;
    }
    context.comes_with_parent(&object.id)
}

/// Returns a foreign key's definition and its DEFERRABLE part.
fn timing(definition: &str) -> (&str, &str) {
    match definition.find(" DEFERRABLE") {
        Some(at) => definition.split_at(at),
        None => (definition, ""),
    }
}

/// Returns where a constraint stands within CREATE TABLE.
pub(crate) fn rank(object: &Object) -> usize {
    ["p", "u", "x", "c", "f"].iter().position(|kind| *kind == object.text("type")).unwrap_or(5)
}

/// Returns the definition with the storage of the index behind it, which the server's printing leaves out.
pub(crate) fn body(object: &Object) -> String {
    let mut text = object.text("definition").to_owned();
    let mut extra = options::with(object).map(|with| format!(" {with}")).unwrap_or_default();
    if let Some(space) = object.get("tablespace") {
        extra.push_str(&format!(" USING INDEX TABLESPACE {}", ident(space)));
    }
    if !extra.is_empty() {
        let at = [" WHERE (", " DEFERRABLE"].iter().filter_map(|word| text.find(word)).min().unwrap_or(text.len());
        text.insert_str(at, &extra);
    }
    text
}

/// Returns the constraint as a line of CREATE TABLE.
pub(crate) fn definition(object: &Object) -> String {
    format!("CONSTRAINT {} {}", ident(&object.id.part), body(object))
}

/// Returns `ALTER TABLE … ADD CONSTRAINT`.
pub(crate) fn add(object: &Object, context: &Context<'_>) -> Draft {
    let keyed = matches!(object.text("type"), "p" | "u" | "x");
    let head = column::head(&object.id, context, keyed && is_partitioned(object, context));
    Draft::clause(head, format!("ADD {}", definition(object)))
}

/// Returns whether another key of the table has the same columns. Within one statement the server makes one of both.
pub(crate) fn repeats(object: &Object, context: &Context<'_>) -> bool {
    let key = |object: &Object| {
        let text = object.text("definition");
        let words = ["PRIMARY KEY ", "UNIQUE "];
        words.iter().find_map(|word| text.strip_prefix(word)).map(str::to_owned)
    };
    let Some(columns) = key(object) else {
        return false;
    };
    let of_table = Identity::part(Kind::Constraint, &object.id.schema, &object.id.name, "");
    context.to.parts(&of_table).any(|other| {
        (rank(other), &other.id.part) < (rank(object), &object.id.part) && key(other).as_ref() == Some(&columns)
    })
}

fn is_partitioned(object: &Object, context: &Context<'_>) -> bool {
    context.to.get(&object.id.whole(Kind::Table)).is_some_and(|table| table.get("partition_key").is_some())
}

/// Returns the names of a key's columns, where it has but one.
pub(crate) fn column_names(object: &Object) -> Vec<String> {
    object.list("columns")
}

/// Returns the short form of a one-column key that carries the name the server would choose.
pub(crate) fn of_column(object: &Object, column: &str, line: &str) -> Option<String> {
    let id = &object.id;
    if column_names(object) != [column] || line.contains(" REFERENCES ") {
        return None;
    }
    // Only a constraint of the table may carry further columns.
    if object.text("type") != "f" && object.text("definition").contains(" INCLUDE (") {
        return None;
    }
    let (suffix, word) = match object.text("type") {
        "p" => (format!("{}_pkey", id.name), "PRIMARY KEY"),
        "u" => (format!("{}_{column}_key", id.name), "UNIQUE"),
        "f" => (format!("{}_{column}_fkey", id.name), "FOREIGN KEY"),
        _ => return None,
    };
    if id.part != suffix || suffix.len() > 63 {
        return None;
    }
    let rest = body(object);
    let rest = rest.strip_prefix(&format!("{word} ({})", ident(column)))?.to_owned();
    match word {
        "FOREIGN KEY" => Some(rest.trim_start().replacen('(', " (", 1)),
        _ => Some(format!("{word}{rest}")),
    }
}
