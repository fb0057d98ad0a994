//! Which table inherits from which, partitions included: attached and detached without touching the child's rows.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Inheritance;

impl ObjectKind for Inheritance {
    fn kind(&self) -> Kind {
        Kind::Inheritance
    }

    fn name(&self) -> &'static str {
        "inheritance"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["parent_schema", "parent", "bound", "~position", "~foreign"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT 0, 0, n.nspname, c.relname, pn.nspname || '.' || p.relname, pn.nspname, p.relname, pg_get_expr(c.relpartbound, c.oid), i.inhseqno, c.relkind = 'f' \
             FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p', 'f') JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        let parent = parent(object);
        vec![
            object.id.whole(Kind::Table),
            object.id.whole(Kind::ForeignTable),
            parent.sibling(Kind::ForeignTable),
            parent,
        ]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.whole(Kind::Table), object.id.whole(Kind::ForeignTable)]
    }

    fn inline_in(&self, object: &Object) -> Option<Identity> {
        object.get("bound").is_none().then(|| object.id.whole(Kind::Table))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let (child, parent) = (context.of(&object.id), context.of(&parent(object)));
        let mut drafts = vec![match object.get("bound") {
            Some(bound) => Draft::new(format!("ALTER TABLE {parent} ATTACH PARTITION {child} {bound}")),
            None => Draft::clause(format!("ALTER {}TABLE {child}", foreign(object)), format!("INHERIT {parent}")),
        }];
        // The last parent to come takes over from the stand-in.
        let last = context.to.parents_of(&object.id).last();
        let arriving = context.arriving(&object.id);
        if let Some(through) = arriving.first().and_then(|column| context.arrives_through(column))
            && last.is_some_and(|(schema, name)| schema == object.text("parent_schema") && name == object.text("parent"))
        {
            drafts.push(Draft::new(format!("ALTER TABLE {child} NO INHERIT {through}")));
            drafts.push(Draft::new(format!("DROP TABLE {through}")));
        }
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let (child, parent_name) = (context.of(&object.id), context.of(&parent(object)));
        if object.get("bound").is_none() {
            return vec![Draft::clause(
                format!("ALTER {}TABLE {child}", foreign(object)),
                format!("NO INHERIT {parent_name}"),
            )];
        }
        let mut drafts = vec![Draft::new(format!("ALTER TABLE {parent_name} DETACH PARTITION {child}"))];
        // The partition keeps what it had of its parent's foreign keys as keys of its own.
        let parent = parent(object);
        for key in context.from.objects() {
            let of_parent = key.id.kind == Kind::Constraint && key.id.schema == parent.schema && key.id.name == parent.name;
            if of_parent && key.text("type") == "f" {
                drafts.push(Draft::clause(
                    format!("ALTER {}TABLE {child}", foreign(object)),
                    format!("DROP CONSTRAINT IF EXISTS {}", ident(&key.id.part)),
                ));
            }
        }
        drafts
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        let (child, parent) = (context.words(&object.id.whole(Kind::Table)), context.words(&parent(object)));
        match object.get("bound") {
            Some(bound) => format!("{child} of {parent} {bound}"),
            None => format!("{child} from {parent}"),
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                setup: "CREATE TABLE sale (day date) PARTITION BY RANGE (day);",
                create: "CREATE TABLE sale_old PARTITION OF sale FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
                changed: "CREATE TABLE sale_old PARTITION OF sale DEFAULT;",
            },
            Example {
                setup: "CREATE TABLE person (name text); CREATE TABLE payer (name text);",
                create: "CREATE TABLE customer (id integer) INHERITS (person);",
                changed: "CREATE TABLE customer (id integer) INHERITS (payer);",
            },
        ]
    }
}

fn foreign(object: &Object) -> &'static str {
    if object.is("foreign") { "FOREIGN " } else { "" }
}

/// Returns the parent table's identity.
pub(crate) fn parent(object: &Object) -> Identity {
    Identity::new(Kind::Table, object.text("parent_schema"), object.text("parent"))
}
