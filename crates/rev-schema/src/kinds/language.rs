//! Procedural languages.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Object, ObjectKind};
use crate::statement::Draft;

pub struct Language;

impl ObjectKind for Language {
    fn kind(&self) -> Kind {
        Kind::Language
    }

    fn name(&self) -> &'static str {
        "language"
    }

    fn class(&self) -> u32 {
        2612
    }

    fn columns(&self) -> &'static [&'static str] {
        &["trusted", "handler", "inline", "validator"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT l.oid, 0, '', l.lanname, '', l.lanpltrusted, l.lanplcallfoid::regproc::text, CASE WHEN l.laninline <> 0 THEN l.laninline::regproc::text END, \
             CASE WHEN l.lanvalidator <> 0 THEN l.lanvalidator::regproc::text END FROM pg_language l WHERE l.lanispl AND {}",
            server.free("pg_language", "l.oid")
        ))
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let mut sql = format!(
            "CREATE {}LANGUAGE {} HANDLER {}",
            if object.is("trusted") { "TRUSTED " } else { "" },
            ident(&object.id.name),
            object.text("handler")
        );
        for (property, word) in [("inline", "INLINE"), ("validator", "VALIDATOR")] {
            if let Some(function) = object.get(property) {
                sql.push_str(&format!(" {word} {function}"));
            }
        }
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP LANGUAGE {}", ident(&object.id.name)))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE LANGUAGE parlance HANDLER plpgsql_call_handler;", changed: "CREATE TRUSTED LANGUAGE parlance HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;" },]
    }
}
