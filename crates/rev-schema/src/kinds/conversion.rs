//! Encoding conversions.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::name::literal;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Conversion;

impl ObjectKind for Conversion {
    fn kind(&self) -> Kind {
        Kind::Conversion
    }

    fn name(&self) -> &'static str {
        "conversion"
    }

    fn class(&self) -> u32 {
        2607
    }

    fn columns(&self) -> &'static [&'static str] {
        &["source", "target", "function", "default"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.conname, '', pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc::text, c.condefault \
             FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_conversion", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!(
            "CREATE {}CONVERSION {} FOR {} TO {} FROM {}",
            if object.is("default") { "DEFAULT " } else { "" },
            context.of(&object.id),
            literal(object.text("source")),
            literal(object.text("target")),
            object.text("function")
        ))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP CONVERSION {}", context.of(&object.id)))]
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("CONVERSION", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;", changed: "CREATE DEFAULT CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;" },]
    }
}
