//! Which index of a partition is part of which index of its parent.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct IndexAttachment;

impl ObjectKind for IndexAttachment {
    fn kind(&self) -> Kind {
        Kind::IndexAttachment
    }

    fn name(&self) -> &'static str {
        "index attachment"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["parent_schema", "parent", "~table_schema", "~table", "~parent_table_schema", "~parent_table"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT 0, 0, n.nspname, ic.relname, '', pn.nspname, pc.relname, tn.nspname, t.relname, ptn.nspname, pt.relname \
             FROM pg_inherits h JOIN pg_class ic ON ic.oid = h.inhrelid AND ic.relkind IN ('i', 'I') JOIN pg_namespace n ON n.oid = ic.relnamespace \
             JOIN pg_index i ON i.indexrelid = ic.oid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace \
             JOIN pg_class pc ON pc.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace \
             JOIN pg_index pi ON pi.indexrelid = pc.oid JOIN pg_class pt ON pt.oid = pi.indrelid JOIN pg_namespace ptn ON ptn.oid = pt.relnamespace \
             WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_class", "t.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        ends(object).into()
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        let mut wholes = self.depends_on(object);
        wholes.truncate(2);
        wholes.push(inheritance(object));
        wholes
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        // Attaching the table adopts its fitting indexes.
        if !context.stands(&inheritance(object)) {
            return Vec::new();
        }
        let parent = context.name(object.text("parent_schema"), object.text("parent"));
        vec![Draft::new(format!("ALTER INDEX {parent} ATTACH PARTITION {}", context.of(&object.id)))]
    }

    fn drop(&self, _object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        // Goes with either index; Postgres has no way to detach one.
        Vec::new()
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TABLE sale (id integer) PARTITION BY RANGE (id); CREATE TABLE sale_a PARTITION OF sale FOR VALUES FROM (0) TO (10); CREATE INDEX by_id ON ONLY sale (id); CREATE INDEX a_by_id ON sale_a (id);", create: "ALTER INDEX by_id ATTACH PARTITION a_by_id;", changed: "" }]
    }
}

/// Returns the index of the partition, as an index and as a key, and then that of the parent.
pub(crate) fn ends(object: &Object) -> [Identity; 4] {
    let (child, parent) = (&object.id.name, object.text("parent"));
    [
        object.id.whole(Kind::Index),
        Identity::part(Kind::Constraint, object.text("table_schema"), object.text("table"), child),
        Identity::new(Kind::Index, object.text("parent_schema"), parent),
        Identity::part(Kind::Constraint, object.text("parent_table_schema"), object.text("parent_table"), parent),
    ]
}

/// Returns the attachment of the tables that the indexes are on.
pub(crate) fn inheritance(object: &Object) -> Identity {
    let parent = format!("{}.{}", object.text("parent_table_schema"), object.text("parent_table"));
    Identity::part(Kind::Inheritance, object.text("table_schema"), object.text("table"), &parent)
}
