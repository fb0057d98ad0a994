//! `OWNED BY`: the column a sequence goes with.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct SequenceOwner;

impl ObjectKind for SequenceOwner {
    fn kind(&self) -> Kind {
        Kind::SequenceOwner
    }

    fn name(&self) -> &'static str {
        "sequence owner"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["table_schema", "table", "column"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT 0, 0, n.nspname, s.relname, '', cn.nspname, c.relname, a.attname \
             FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace \
             JOIN pg_depend d ON d.classid = 1259 AND d.objid = s.oid AND d.refclassid = 1259 AND d.deptype = 'a' AND d.refobjsubid > 0 \
             JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace cn ON cn.oid = c.relnamespace \
             JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
             WHERE s.relkind = 'S' AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "s.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![
            object.id.whole(Kind::Sequence),
            Identity::part(Kind::Column, object.text("table_schema"), object.text("table"), object.text("column")),
        ]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.whole(Kind::Sequence)]
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let column = format!(
            "{}.{}",
            context.name(object.text("table_schema"), object.text("table")),
            ident(object.text("column"))
        );
        vec![Draft::new(format!("ALTER SEQUENCE {} OWNED BY {column}", context.of(&object.id)))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("ALTER SEQUENCE {} OWNED BY NONE", context.of(&object.id)))]
    }

    fn change(&self, _old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(self.create(new, context))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id bigint, other bigint);",
            create: "CREATE SEQUENCE ticket OWNED BY sale.id;",
            changed: "CREATE SEQUENCE ticket OWNED BY sale.other;",
        }]
    }
}
