//! Text search parsers.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct TextSearchParser;

impl ObjectKind for TextSearchParser {
    fn kind(&self) -> Kind {
        Kind::TextSearchParser
    }

    fn name(&self) -> &'static str {
        "text search parser"
    }

    fn class(&self) -> u32 {
        3601
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT p.oid, 0, n.nspname, p.prsname, '', concat_ws(E',\\n    ', 'START = ' || p.prsstart::text, 'GETTOKEN = ' || p.prstoken::text, 'END = ' || p.prsend::text, \
             CASE WHEN p.prsheadline <> 0 THEN 'HEADLINE = ' || p.prsheadline::text END, 'LEXTYPES = ' || p.prslextype::text) FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_ts_parser", "p.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("CREATE TEXT SEARCH PARSER {} (\n    {}\n)", context.of(&object.id), object.text("definition")))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TEXT SEARCH PARSER {}", context.of(&object.id)))]
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TEXT SEARCH PARSER", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);", changed: "CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);" },]
    }
}
