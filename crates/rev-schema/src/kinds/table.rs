//! Tables, plain and partitioned. What makes up a table (columns, constraints …) are objects of their own, which
//! its CREATE carries along where it can.

use crate::context::{Context, Server};
use crate::kinds::{Kind, column, options};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Table;

impl ObjectKind for Table {
    fn kind(&self) -> Kind {
        Kind::Table
    }

    fn name(&self) -> &'static str {
        "table"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "partition_key",
            "key_types",
            "unlogged",
            "access_method",
            "options",
            "tablespace",
            "of_type",
            "row_security",
            "force_row_security",
            "replica_identity",
        ]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.relname, '', CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END, \
             CASE c.relkind WHEN 'p' THEN (SELECT string_agg(format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_partitioned_table k \
             JOIN pg_attribute a ON a.attrelid = k.partrelid AND a.attnum = ANY (k.partattrs) WHERE k.partrelid = c.oid) END, \
             c.relpersistence = 'u', CASE WHEN am.amname <> 'heap' THEN am.amname END, \
             CASE WHEN c.reloptions IS NOT NULL OR toast.reloptions IS NOT NULL THEN array_to_json(coalesce(c.reloptions, '{{}}') || \
             ARRAY(SELECT 'toast.' || o FROM unnest(toast.reloptions) o)) END, s.spcname, \
             CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, c.relrowsecurity, c.relforcerowsecurity, \
             CASE WHEN c.relreplident IN ('n', 'f') THEN c.relreplident END \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam \
             LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND c.reltoastrelid <> 0 \
             WHERE c.relkind IN ('r', 'p') AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        create_with(object, &[], context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![
            Draft::new(format!("DROP TABLE {}", context.of(&object.id)))
                .losing(format!("all rows of {}", context.words(&object.id))),
        ]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        // A partitioned table has no rows of its own; its partitions keep theirs.
        if old.get("partition_key") != new.get("partition_key") || old.get("key_types") != new.get("key_types") {
            return Change::Rebuild;
        }
        let head = format!("ALTER TABLE {}", context.of(&new.id));
        let mut drafts = Vec::new();
        let mut clause = |text: String| drafts.push(Draft::clause(&head, text));
        for property in old.differences(new) {
            match property {
                "unlogged" => clause(format!("SET {}", if new.is("unlogged") { "UNLOGGED" } else { "LOGGED" })),
                "access_method" => clause(format!("SET ACCESS METHOD {}", ident(new.get("access_method").unwrap_or("heap")))),
                "options" => options::change(old, new).into_iter().for_each(&mut clause),
                "tablespace" => clause(format!("SET TABLESPACE {}", ident(new.get("tablespace").unwrap_or("pg_default")))),
                "of_type" => clause(match new.get("of_type") {
                    Some(of) => format!("OF {of}"),
                    None => "NOT OF".to_owned(),
                }),
                "row_security" | "force_row_security" | "replica_identity" => {
                    clause(security_clause(property, new));
                }
                _ => {}
            }
        }
        drafts.retain(|draft| !draft.sql.is_empty());
        if old.is("unlogged") != new.is("unlogged") && context.since(15) {
            drafts.extend(sequences_left(new, context));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        rename("TABLE", old, new, context)
    }

    fn loss(&self, _object: &Object) -> Option<&'static str> {
        Some("all its rows")
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "CREATE TABLE sale (id integer);",
            changed: "CREATE UNLOGGED TABLE sale (id integer) WITH (fillfactor = 70);",
        }]
    }
}

/// Returns the statements that rename or move a relation.
pub(super) fn rename(word: &str, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
    let mut drafts = Vec::new();
    if old.id.schema != new.schema {
        let (name, schema) = (context.of(&old.id), ident(&new.schema));
        drafts.push(Draft::new(format!("ALTER {word} {name} SET SCHEMA {schema}")));
    }
    if old.id.name != new.name {
        let (name, to) = (context.name(&new.schema, &old.id.name), ident(&new.name));
        drafts.push(Draft::new(format!("ALTER {word} {name} RENAME TO {to}")));
    }
    Some(drafts)
}

/// Returns what gives the table's sequences their own persistence back: the server changes it with the table's.
fn sequences_left(table: &Object, context: &Context<'_>) -> Vec<Draft> {
    let owned = |object: &Object| {
        object.text("owner_schema") == table.id.schema && object.text("owner_table") == table.id.name
    };
    let objects = context.to.objects().iter();
    objects
        .filter(|object| object.id.kind == Kind::Sequence && owned(object))
        .filter(|sequence| context.from.get(&sequence.id).is_some_and(owned))
        .filter(|sequence| sequence.is("unlogged") != table.is("unlogged"))
        .map(|sequence| {
            let word = if sequence.is("unlogged") { "UNLOGGED" } else { "LOGGED" };
            Draft::new(format!("ALTER SEQUENCE {} SET {word}", context.of(&sequence.id)))
        })
        .collect()
}

fn security_clause(property: &str, new: &Object) -> String {
    match (property, new.get(property)) {
        ("row_security", Some("true")) => "ENABLE ROW LEVEL SECURITY",
        ("row_security", _) => "DISABLE ROW LEVEL SECURITY",
        ("force_row_security", Some("true")) => "FORCE ROW LEVEL SECURITY",
        ("force_row_security", _) => "NO FORCE ROW LEVEL SECURITY",
        (_, Some("n")) => "REPLICA IDENTITY NOTHING",
        (_, Some("f")) => "REPLICA IDENTITY FULL",
        // The index takes over by a statement of its own, and would be undone by this one.
        _ => "REPLICA IDENTITY DEFAULT",
    }
    .to_owned()
}

/// Returns the CREATE TABLE that carries `inline` (columns, defaults, constraints, parents), and what it cannot say.
pub(crate) fn create_with(object: &Object, inline: &[&Object], context: &Context<'_>) -> Vec<Draft> {
    let name = context.of(&object.id);
    let parents: Vec<_> = inline.iter().copied().filter(|part| part.id.kind == Kind::Inheritance).collect();
    let mut columns: Vec<_> = inline.iter().copied().filter(|part| part.id.kind == Kind::Column).collect();
    columns.sort_by_key(|column| column.number("position"));
    let mut constraints: Vec<_> = inline.iter().copied().filter(|part| part.id.kind == Kind::Constraint).collect();
    constraints.sort_by_key(|constraint| (super::constraint::rank(constraint), constraint.id.part.clone()));
    let mut lines = Vec::new();
    let mut after = Vec::new();
    for column in &columns {
        let parts: Vec<_> = inline.iter().copied().filter(|part| part.id.part == column.id.part).collect();
        let own = parents.is_empty() || column.is("local");
        if own {
            let mut line = column::definition(column, &parts, object.get("of_type").is_some(), context);
            constraints.retain(|constraint| {
                let short = super::constraint::of_column(constraint, &column.id.part, &line);
                if let Some(short) = &short {
                    line.push(' ');
                    line.push_str(short);
                }
                short.is_none()
            });
            if object.get("of_type").is_none() || line != format!("{} WITH OPTIONS", ident(&column.id.part)) {
                lines.push(line.replace(" PRIMARY KEY NOT NULL", " PRIMARY KEY"));
            }
        } else {
            lines.extend(super::not_null::of_table(column, context));
            after.extend(column::inherited(column, &parts, context));
        }
        after.extend(column::after_create(column, context));
    }
    for constraint in constraints {
        if !super::constraint::comes_by_inheritance(constraint, context) {
            lines.push(super::constraint::definition(constraint));
        }
    }
    let mut sql = format!("CREATE {}TABLE {name}", if object.is("unlogged") { "UNLOGGED " } else { "" });
    if let Some(of) = object.get("of_type") {
        sql.push_str(&format!(" OF {of}"));
    }
    if !lines.is_empty() {
        sql.push_str(&format!(" (\n    {}\n)", lines.join(",\n    ")));
    } else if object.get("of_type").is_none() {
        sql.push_str(" ()");
    }
    if !parents.is_empty() {
        let mut parents = parents;
        parents.sort_by_key(|parent| parent.number("position"));
        let names: Vec<_> = parents
            .iter()
            .map(|parent| context.name(parent.text("parent_schema"), parent.text("parent")))
            .collect();
        sql.push_str(&format!("\nINHERITS ({})", names.join(", ")));
    }
    if let Some(key) = object.get("partition_key") {
        sql.push_str(&format!("\nPARTITION BY {key}"));
    }
    if let Some(method) = object.get("access_method") {
        sql.push_str(&format!("\nUSING {}", ident(method)));
    }
    if let Some(with) = options::with(object) {
        sql.push_str(&format!("\n{with}"));
    }
    if let Some(space) = object.get("tablespace") {
        sql.push_str(&format!("\nTABLESPACE {}", ident(space)));
    }
    let mut drafts = vec![Draft::new(sql)];
    for property in ["row_security", "force_row_security", "replica_identity"] {
        if !matches!(object.get(property), None | Some("false")) {
            drafts.push(Draft::clause(format!("ALTER TABLE {name}"), security_clause(property, object)));
        }
    }
    drafts.extend(after);
    drafts
}
