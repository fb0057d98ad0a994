//! Collations.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Collation;

impl ObjectKind for Collation {
    fn kind(&self) -> Kind {
        Kind::Collation
    }

    fn name(&self) -> &'static str {
        "collation"
    }

    fn class(&self) -> u32 {
        3456
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let locale = if server.since(17) {
            "CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype THEN 'LC_COLLATE = ' || quote_literal(c.collcollate) || ', LC_CTYPE = ' || quote_literal(c.collctype) \
             ELSE 'LOCALE = ' || quote_literal(coalesce(c.colllocale, c.collcollate)) END"
        } else if server.since(15) {
            "CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype THEN 'LC_COLLATE = ' || quote_literal(c.collcollate) || ', LC_CTYPE = ' || quote_literal(c.collctype) \
             ELSE 'LOCALE = ' || quote_literal(coalesce(c.colliculocale, c.collcollate)) END"
        } else {
            "CASE WHEN c.collcollate <> c.collctype THEN 'LC_COLLATE = ' || quote_literal(c.collcollate) || ', LC_CTYPE = ' || quote_literal(c.collctype) \
             ELSE 'LOCALE = ' || quote_literal(c.collcollate) END"
        };
        let rules = server.pick(16, "'RULES = ' || quote_literal(c.collicurules)", "NULL");
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.collname, '', concat_ws(', ', CASE c.collprovider WHEN 'i' THEN 'PROVIDER = icu' WHEN 'b' THEN 'PROVIDER = builtin' WHEN 'c' THEN 'PROVIDER = libc' END, \
             {locale}, CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END, {rules}) \
             FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_collation", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("CREATE COLLATION {} ({})", context.of(&object.id), object.text("definition")))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP COLLATION {}", context.dying(&object.id)))]
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("COLLATION", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE COLLATION plain FROM \"C\";", changed: "CREATE COLLATION plain FROM \"POSIX\";" },]
    }
}
