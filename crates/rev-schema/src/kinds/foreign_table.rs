//! Foreign tables.

use crate::context::{Context, Server};
use crate::kinds::{Kind, column, constraint, options, table};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct ForeignTable;

impl ObjectKind for ForeignTable {
    fn kind(&self) -> Kind {
        Kind::ForeignTable
    }

    fn name(&self) -> &'static str {
        "foreign table"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &["server", "foreign_options"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.relname, '', s.srvname, array_to_json(f.ftoptions) \
             FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        create_with(object, &[], context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP FOREIGN TABLE {}", context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.text("server") != new.text("server") {
            return Change::Rebuild;
        }
        let list = options::foreign(old.list("foreign_options"), new.list("foreign_options"));
        let name = context.of(&new.id);
        Change::InPlace(
            list.map(|list| Draft::new(format!("ALTER FOREIGN TABLE {name} OPTIONS ({list})")))
                .into_iter()
                .collect(),
        )
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("FOREIGN TABLE", old, new, context)
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;",
            create: "CREATE FOREIGN TABLE stars (id integer, name text OPTIONS (a 'b')) SERVER away OPTIONS (x '1');",
            changed: "CREATE FOREIGN TABLE stars (id bigint NOT NULL, name text OPTIONS (a 'c', d 'e')) SERVER away OPTIONS (y '2');",
        }]
    }
}

/// Returns the CREATE FOREIGN TABLE that carries `inline`.
pub(crate) fn create_with(object: &Object, inline: &[&Object], context: &Context<'_>) -> Vec<Draft> {
    let parents: Vec<_> = inline.iter().copied().filter(|part| part.id.kind == Kind::Inheritance).collect();
    let mut columns: Vec<_> = inline.iter().copied().filter(|part| part.id.kind == Kind::Column).collect();
    columns.sort_by_key(|column| column.number("position"));
    let mut lines = Vec::new();
    let mut after = Vec::new();
    for column in columns {
        let parts: Vec<_> = inline.iter().copied().filter(|part| part.id.part == column.id.part).collect();
        if parents.is_empty() || column.is("local") {
            lines.push(column::definition(column, &parts, false, context));
        } else {
            after.extend(column::inherited(column, &parts, context));
        }
        after.extend(column::after_create(column, context));
    }
    for part in inline.iter().filter(|part| part.id.kind == Kind::Constraint) {
        if !constraint::comes_by_inheritance(part, context) {
            lines.push(constraint::definition(part));
        }
    }
    let mut sql = format!("CREATE FOREIGN TABLE {} (", context.of(&object.id));
    if !lines.is_empty() {
        sql.push_str(&format!("\n    {}\n", lines.join(",\n    ")));
    }
    sql.push(')');
    if !parents.is_empty() {
        let names: Vec<_> = parents.iter().map(|parent| context.name(parent.text("parent_schema"), parent.text("parent"))).collect();
        sql.push_str(&format!("\nINHERITS ({})", names.join(", ")));
    }
    sql.push_str(&format!("\nSERVER {}", ident(object.text("server"))));
    if let Some(list) = options::foreign(Vec::new(), object.list("foreign_options")) {
        sql.push_str(&format!("\nOPTIONS ({list})"));
    }
    let mut drafts = vec![Draft::new(sql)];
    drafts.extend(after);
    drafts
}
