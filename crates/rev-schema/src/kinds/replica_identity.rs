//! `REPLICA IDENTITY USING INDEX`; the other forms are properties of the table.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct ReplicaIdentity;

impl ObjectKind for ReplicaIdentity {
    fn kind(&self) -> Kind {
        Kind::ReplicaIdentity
    }

    fn name(&self) -> &'static str {
        "replica identity"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["index"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(marked_index("i.indisreplident AND t.relreplident = 'i'", server))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        index_candidates(object)
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.whole(Kind::Table)]
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::clause(
            format!("ALTER TABLE {}", context.of(&object.id)),
            format!("REPLICA IDENTITY USING INDEX {}", ident(object.text("index"))),
        )]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        // NOTHING and FULL are said by the table itself.
        let other = context.to.get(&object.id.whole(Kind::Table)).is_some_and(|table| table.get("replica_identity").is_some());
        if other || !context.is_removed(&object.id) {
            return Vec::new();
        }
        vec![Draft::clause(format!("ALTER TABLE {}", context.of(&object.id)), "REPLICA IDENTITY DEFAULT")]
    }

    fn change(&self, _old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(self.create(new, context))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer NOT NULL, code text NOT NULL); CREATE UNIQUE INDEX a ON sale (id); CREATE UNIQUE INDEX b ON sale (code);",
            create: "ALTER TABLE sale REPLICA IDENTITY USING INDEX a;",
            changed: "ALTER TABLE sale REPLICA IDENTITY USING INDEX b;",
        }]
    }
}

/// Returns the query for tables one of whose indexes satisfies `mark`.
pub(super) fn marked_index(mark: &str, server: &Server) -> String {
    format!(
        "SELECT 0, 0, n.nspname, t.relname, '', ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid \
         JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE {mark} AND {} AND {}",
        server.ours("n"),
        server.free("pg_class", "t.oid")
    )
}

/// Returns the identities that the named index may have, on its own or behind a constraint.
pub(super) fn index_candidates(object: &Object) -> Vec<Identity> {
    let index = object.text("index");
    vec![
        object.id.whole(Kind::Table),
        object.id.whole(Kind::MaterializedView),
        Identity::new(Kind::Index, &object.id.schema, index),
        Identity::part(Kind::Constraint, &object.id.schema, &object.id.name, index),
    ]
}
