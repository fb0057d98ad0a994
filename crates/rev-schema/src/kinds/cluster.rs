//! `CLUSTER ON`: the index a table is clustered by.

use crate::context::{Context, Server};
use crate::kinds::{Kind, replica_identity};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Cluster;

impl ObjectKind for Cluster {
    fn kind(&self) -> Kind {
        Kind::Cluster
    }

    fn name(&self) -> &'static str {
        "clustering"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["index"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(replica_identity::marked_index("i.indisclustered", server))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        replica_identity::index_candidates(object)
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::clause(head(object, context), format!("CLUSTER ON {}", ident(object.text("index"))))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::clause(head(object, context), "SET WITHOUT CLUSTER")]
    }

    fn change(&self, _old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(self.create(new, context))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer, code text); CREATE INDEX a ON sale (id); CREATE INDEX b ON sale (code);",
            create: "ALTER TABLE sale CLUSTER ON a;",
            changed: "ALTER TABLE sale CLUSTER ON b;",
        }]
    }
}

fn head(object: &Object, context: &Context<'_>) -> String {
    let view = context.find(&object.id.whole(Kind::MaterializedView)).is_some();
    let word = if view { "MATERIALIZED VIEW" } else { "TABLE" };
    format!("ALTER {word} {}", context.of(&object.id))
}
