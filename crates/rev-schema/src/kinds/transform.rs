//! Transforms between types and languages.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Object, ObjectKind};
use crate::statement::Draft;

pub struct Transform;

impl ObjectKind for Transform {
    fn kind(&self) -> Kind {
        Kind::Transform
    }

    fn name(&self) -> &'static str {
        "transform"
    }

    fn class(&self) -> u32 {
        3576
    }

    fn columns(&self) -> &'static [&'static str] {
        &["from_sql", "to_sql"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT t.oid, 0, '', format_type(t.trftype, NULL), l.lanname, CASE WHEN t.trffromsql <> 0 THEN t.trffromsql::regprocedure::text END, \
             CASE WHEN t.trftosql <> 0 THEN t.trftosql::regprocedure::text END FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE {}",
            server.free("pg_transform", "t.oid")
        ))
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let parts: Vec<_> = [("from_sql", "FROM"), ("to_sql", "TO")]
            .iter()
            .filter_map(|(property, word)| Some(format!("{word} SQL WITH FUNCTION {}", object.get(property)?)))
            .collect();
        vec![Draft::new(format!("CREATE TRANSFORM FOR {} ({})", name(object), parts.join(", ")))]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TRANSFORM FOR {}", name(object)))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));", changed: "CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));" }]
    }
}

/// Returns `type LANGUAGE language`.
pub(crate) fn name(object: &Object) -> String {
    format!("{} LANGUAGE {}", object.id.name, ident(&object.id.part))
}
