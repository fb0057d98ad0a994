//! Text search dictionaries.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct TextSearchDictionary;

impl ObjectKind for TextSearchDictionary {
    fn kind(&self) -> Kind {
        Kind::TextSearchDictionary
    }

    fn name(&self) -> &'static str {
        "text search dictionary"
    }

    fn class(&self) -> u32 {
        3600
    }

    fn columns(&self) -> &'static [&'static str] {
        &["template", "settings"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT d.oid, 0, n.nspname, d.dictname, '', CASE tn.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(tn.nspname) || '.' END || quote_ident(t.tmplname), d.dictinitoption \
             FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_ts_dict", "d.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let settings = object.get("settings").map(|text| format!(",\n    {text}")).unwrap_or_default();
        vec![Draft::new(format!(
            "CREATE TEXT SEARCH DICTIONARY {} (\n    TEMPLATE = {}{settings}\n)",
            context.of(&object.id),
            object.text("template")
        ))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TEXT SEARCH DICTIONARY {}", context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.text("template") != new.text("template") {
            return Change::Rebuild;
        }
        // A setting named without a value goes.
        let names = |text: &str| -> Vec<String> {
            text.split(", ").filter_map(|setting| Some(setting.split_once(" = ")?.0.to_owned())).collect()
        };
        let is = names(new.text("settings"));
        let mut parts: Vec<_> = names(old.text("settings")).into_iter().filter(|name| !is.contains(name)).collect();
        parts.extend(new.get("settings").map(str::to_owned));
        Change::InPlace(vec![Draft::new(format!("ALTER TEXT SEARCH DICTIONARY {} ({})", context.of(&new.id), parts.join(", ")))])
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TEXT SEARCH DICTIONARY", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple);", changed: "CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, accept = false);" },]
    }
}
