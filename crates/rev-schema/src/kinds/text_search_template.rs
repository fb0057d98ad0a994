//! Text search templates.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct TextSearchTemplate;

impl ObjectKind for TextSearchTemplate {
    fn kind(&self) -> Kind {
        Kind::TextSearchTemplate
    }

    fn name(&self) -> &'static str {
        "text search template"
    }

    fn class(&self) -> u32 {
        3764
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT t.oid, 0, n.nspname, t.tmplname, '', concat_ws(E',\\n    ', CASE WHEN t.tmplinit <> 0 THEN 'INIT = ' || t.tmplinit::text END, 'LEXIZE = ' || t.tmpllexize::text) \
             FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_ts_template", "t.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("CREATE TEXT SEARCH TEMPLATE {} (\n    {}\n)", context.of(&object.id), object.text("definition")))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TEXT SEARCH TEMPLATE {}", context.of(&object.id)))]
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TEXT SEARCH TEMPLATE", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TEXT SEARCH TEMPLATE plain (LEXIZE = dsimple_lexize);", changed: "CREATE TEXT SEARCH TEMPLATE plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);" },]
    }
}
