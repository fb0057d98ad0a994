//! Access methods.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Object, ObjectKind};
use crate::statement::Draft;

pub struct AccessMethod;

impl ObjectKind for AccessMethod {
    fn kind(&self) -> Kind {
        Kind::AccessMethod
    }

    fn name(&self) -> &'static str {
        "access method"
    }

    fn class(&self) -> u32 {
        2601
    }

    fn columns(&self) -> &'static [&'static str] {
        &["type", "handler"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT a.oid, 0, '', a.amname, '', a.amtype, a.amhandler::text FROM pg_am a WHERE a.oid >= 16384 AND {}",
            server.free("pg_am", "a.oid")
        ))
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let word = if object.text("type") == "t" { "TABLE" } else { "INDEX" };
        vec![Draft::new(format!(
            "CREATE ACCESS METHOD {} TYPE {word} HANDLER {}",
            ident(&object.id.name),
            object.text("handler")
        ))]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP ACCESS METHOD {}", ident(&object.id.name)))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler;", changed: "" },]
    }
}
