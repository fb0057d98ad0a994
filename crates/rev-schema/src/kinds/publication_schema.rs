//! The schemas whose tables a publication carries.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct PublicationSchema;

impl ObjectKind for PublicationSchema {
    fn kind(&self) -> Kind {
        Kind::PublicationSchema
    }

    fn name(&self) -> &'static str {
        "publication schema"
    }

    fn class(&self) -> u32 {
        6237
    }

    fn columns(&self) -> &'static [&'static str] {
        &["~oid"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        if !server.since(15) {
            return None;
        }
        Some(format!(
            "SELECT r.oid, 0, '', p.pubname, n.nspname, r.oid FROM pg_publication_namespace r JOIN pg_publication p ON p.oid = r.pnpubid \
             JOIN pg_namespace n ON n.oid = r.pnnspid WHERE {}",
            server.free("pg_publication", "p.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![
            Identity::new(Kind::Publication, "", &object.id.name),
            Identity::new(Kind::Schema, "", &object.id.part),
        ]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let (publication, schema) = (ident(&object.id.name), ident(&object.id.part));
        vec![Draft::new(format!("ALTER PUBLICATION {publication} ADD TABLES IN SCHEMA {schema}"))]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let (publication, schema) = (ident(&object.id.name), ident(&object.id.part));
        vec![Draft::new(format!("ALTER PUBLICATION {publication} DROP TABLES IN SCHEMA {schema}"))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE SCHEMA shop; CREATE PUBLICATION news;", create: "ALTER PUBLICATION news ADD TABLES IN SCHEMA shop;", changed: "" }]
    }
}
