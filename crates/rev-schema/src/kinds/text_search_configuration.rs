//! Text search configurations.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct TextSearchConfiguration;

impl ObjectKind for TextSearchConfiguration {
    fn kind(&self) -> Kind {
        Kind::TextSearchConfiguration
    }

    fn name(&self) -> &'static str {
        "text search configuration"
    }

    fn class(&self) -> u32 {
        3602
    }

    fn columns(&self) -> &'static [&'static str] {
        &["parser", "mappings"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.cfgname, '', CASE pn.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(pn.nspname) || '.' END || quote_ident(p.prsname), \
             (SELECT json_agg(json_build_array(x.alias, x.dictionaries) ORDER BY x.tokid)::text FROM (SELECT t.tokid, t.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries \
             FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype WHERE m.mapcfg = c.oid GROUP BY t.tokid, t.alias) x) \
             FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_ts_config", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let name = context.of(&object.id);
        let mut drafts = vec![Draft::new(format!("CREATE TEXT SEARCH CONFIGURATION {name} (PARSER = {})", object.text("parser")))];
        drafts.extend(object.table("mappings").iter().map(|row| map("ADD", &name, row)));
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TEXT SEARCH CONFIGURATION {}", context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.text("parser") != new.text("parser") {
            return Change::Rebuild;
        }
        let name = context.of(&new.id);
        let (was, is) = (old.table("mappings"), new.table("mappings"));
        let find = |list: &[Vec<String>], token: &str| list.iter().find(|row| row[0] == token).cloned();
        let mut drafts = Vec::new();
        for row in was.iter().filter(|row| find(&is, &row[0]).is_none()) {
            drafts.push(Draft::new(format!("ALTER TEXT SEARCH CONFIGURATION {name} DROP MAPPING FOR {}", ident(&row[0]))));
        }
        for row in &is {
            match find(&was, &row[0]) {
                None => drafts.push(map("ADD", &name, row)),
                Some(before) if before != *row => drafts.push(map("ALTER", &name, row)),
                Some(_) => {}
            }
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TEXT SEARCH CONFIGURATION", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TEXT SEARCH CONFIGURATION words (PARSER = \"default\"); ALTER TEXT SEARCH CONFIGURATION words ADD MAPPING FOR word, email WITH simple;", changed: "CREATE TEXT SEARCH CONFIGURATION words (PARSER = \"default\"); ALTER TEXT SEARCH CONFIGURATION words ADD MAPPING FOR word, host WITH english_stem, simple;" },]
    }
}

fn map(verb: &str, name: &str, row: &[String]) -> Draft {
    let token = ident(&row[0]);
    Draft::new(format!("ALTER TEXT SEARCH CONFIGURATION {name} {verb} MAPPING FOR {token} WITH {}", row[1]))
}
