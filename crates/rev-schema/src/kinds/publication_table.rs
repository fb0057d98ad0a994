//! The tables of a publication, with their filters and column lists.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct PublicationTable;

impl ObjectKind for PublicationTable {
    fn kind(&self) -> Kind {
        Kind::PublicationTable
    }

    fn name(&self) -> &'static str {
        "publication table"
    }

    fn class(&self) -> u32 {
        6106
    }

    fn columns(&self) -> &'static [&'static str] {
        &["columns", "filter", "~table_schema", "~table"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let (columns, filter) = if server.since(15) {
            ("(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))", "pg_get_expr(r.prqual, r.prrelid)")
        } else {
            ("NULL", "NULL")
        };
        Some(format!(
            "SELECT r.oid, 0, '', p.pubname, n.nspname || '.' || c.relname, {columns}, {filter}, n.nspname, c.relname \
             FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {}",
            server.free("pg_publication", "p.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![
            Identity::new(Kind::Publication, "", &object.id.name),
            Identity::new(Kind::Table, object.text("table_schema"), object.text("table")),
        ]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let columns = object.get("columns").map(|columns| format!(" ({columns})")).unwrap_or_default();
        let filter = object.get("filter").map(|filter| format!(" WHERE ({filter})")).unwrap_or_default();
        vec![Draft::new(format!(
            "ALTER PUBLICATION {} ADD TABLE ONLY {}{columns}{filter}",
            ident(&object.id.name),
            context.name(object.text("table_schema"), object.text("table"))
        ))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!(
            "ALTER PUBLICATION {} DROP TABLE ONLY {}",
            ident(&object.id.name),
            context.name(object.text("table_schema"), object.text("table"))
        ))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TABLE sale (id integer PRIMARY KEY); CREATE PUBLICATION news;", create: "ALTER PUBLICATION news ADD TABLE sale;", changed: "" },]
    }
}
