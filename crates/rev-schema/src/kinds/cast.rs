//! Casts.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::object::{Example, Object, ObjectKind};
use crate::statement::Draft;

pub struct Cast;

impl ObjectKind for Cast {
    fn kind(&self) -> Kind {
        Kind::Cast
    }

    fn name(&self) -> &'static str {
        "cast"
    }

    fn class(&self) -> u32 {
        2605
    }

    fn columns(&self) -> &'static [&'static str] {
        &["source", "target", "function", "context", "method"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, '', format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL), '', format_type(c.castsource, NULL), format_type(c.casttarget, NULL), \
             CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END, c.castcontext, c.castmethod FROM pg_cast c WHERE c.oid >= 16384 AND {}",
            // A range type brings casts along.
            server.free("pg_cast", "c.oid").replace("member.deptype = 'e'", "member.deptype IN ('e', 'i')")
        ))
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let how = match (object.text("method"), object.get("function")) {
            ("b", _) => "WITHOUT FUNCTION".to_owned(),
            ("i", _) => "WITH INOUT".to_owned(),
            (_, function) => format!("WITH FUNCTION {}", function.unwrap_or_default()),
        };
        let when = match object.text("context") {
            "a" => " AS ASSIGNMENT",
            "i" => " AS IMPLICIT",
            _ => "",
        };
        vec![Draft::new(format!("CREATE CAST ({}) {how}{when}", object.id.name))]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP CAST ({})", object.id.name))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TYPE pair AS (a integer, b integer); CREATE FUNCTION first(pair) RETURNS integer LANGUAGE sql AS 'SELECT $1.a';", create: "CREATE CAST (pair AS integer) WITH FUNCTION first(pair);", changed: "CREATE CAST (pair AS integer) WITH FUNCTION first(pair) AS ASSIGNMENT;" },]
    }
}
