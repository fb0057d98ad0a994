//! Schemas.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Schema;

impl ObjectKind for Schema {
    fn kind(&self) -> Kind {
        Kind::Schema
    }

    fn name(&self) -> &'static str {
        "schema"
    }

    fn class(&self) -> u32 {
        2615
    }

    fn columns(&self) -> &'static [&'static str] {
        &[]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT n.oid, 0, '', n.nspname, '' FROM pg_namespace n WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_namespace", "n.oid")
        ))
    }

    fn depends_on(&self, _object: &Object) -> Vec<Identity> {
        Vec::new()
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("CREATE SCHEMA {}", ident(&object.id.name)))]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP SCHEMA {}", ident(&object.id.name)))]
    }

    fn rename(&self, old: &Object, new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        let (old, new) = (ident(&old.id.name), ident(&new.name));
        Some(vec![Draft::new(format!("ALTER SCHEMA {old} RENAME TO {new}"))])
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "CREATE SCHEMA shop;",
            changed: "",
        }]
    }
}
