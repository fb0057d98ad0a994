//! Extensions. What they own is theirs; what is read here is that they are there, where, and in which version.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::{ident, literal};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Extension;

impl ObjectKind for Extension {
    fn kind(&self) -> Kind {
        Kind::Extension
    }

    fn name(&self) -> &'static str {
        "extension"
    }

    fn class(&self) -> u32 {
        3079
    }

    fn columns(&self) -> &'static [&'static str] {
        &["in_schema", "relocatable", "version"]
    }

    fn query(&self, _server: &Server) -> Option<String> {
        Some(
            "SELECT x.oid, 0, '', x.extname, '', n.nspname, x.extrelocatable, x.extversion \
             FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace"
                .to_owned(),
        )
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![Identity::new(Kind::Schema, "", object.text("in_schema"))]
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut sql = format!("CREATE EXTENSION IF NOT EXISTS {}", ident(&object.id.name));
        let schema = object.text("in_schema");
        if schema != context.to.default_schema() && schema != "pg_catalog" {
            sql.push_str(&format!(" WITH SCHEMA {}", ident(schema)));
        }
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP EXTENSION {}", ident(&object.id.name)))]
    }

    fn change(&self, old: &Object, new: &Object, _context: &Context<'_>) -> Change {
        let name = ident(&new.id.name);
        let mut drafts = Vec::new();
        if old.text("in_schema") != new.text("in_schema") {
            if !old.is("relocatable") {
                return Change::Rebuild;
            }
            let schema = ident(new.text("in_schema"));
            drafts.push(Draft::new(format!("ALTER EXTENSION {name} SET SCHEMA {schema}")));
        }
        if old.text("version") != new.text("version") {
            let version = literal(new.text("version"));
            drafts.push(Draft::new(format!("ALTER EXTENSION {name} UPDATE TO {version}")));
        }
        Change::InPlace(drafts)
    }

    fn loss(&self, _object: &Object) -> Option<&'static str> {
        Some("everything the extension holds")
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "DROP EXTENSION plpgsql;", create: "CREATE EXTENSION plpgsql;", changed: "" }]
    }
}
