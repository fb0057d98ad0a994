//! Materialized views. Postgres cannot change a query in place, so another query is another view.

use crate::context::{Context, Server};
use crate::kinds::{Kind, options, table};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct MaterializedView;

impl ObjectKind for MaterializedView {
    fn kind(&self) -> Kind {
        Kind::MaterializedView
    }

    fn name(&self) -> &'static str {
        "materialized view"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "options", "tablespace", "access_method", "settings", "~populated", "~columns"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let compression = server.pick(14, "nullif(a.attcompression, '')::text", "NULL");
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.relname, '', pg_get_viewdef(c.oid), array_to_json(c.reloptions), s.spcname, \
             CASE WHEN am.amname <> 'heap' THEN am.amname END, st.settings, c.relispopulated, k.columns \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN {} k ON k.attrelid = c.oid \
             LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace LEFT JOIN pg_am am ON am.oid = c.relam \
             LEFT JOIN (SELECT a.attrelid, json_agg(json_build_array(a.attname, nullif(a.attstattarget, -1)::text, \
             CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END, {compression}) ORDER BY a.attnum)::text AS settings \
             FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class m ON m.oid = a.attrelid AND m.relkind = 'm' \
             WHERE a.attnum > 0 AND NOT a.attisdropped AND (a.attstattarget >= 0 OR a.attstorage <> t.typstorage OR {compression} IS NOT NULL) \
             GROUP BY a.attrelid) st ON st.attrelid = c.oid \
             WHERE c.relkind = 'm' AND {} AND {}",
            super::view::COLUMNS,
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let name = context.of(&object.id);
        let mut sql = format!("CREATE MATERIALIZED VIEW {name}");
        if let Some(method) = object.get("access_method") {
            sql.push_str(&format!(" USING {}", ident(method)));
        }
        if let Some(with) = options::with(object) {
            sql.push_str(&format!(" {with}"));
        }
        if let Some(space) = object.get("tablespace") {
            sql.push_str(&format!(" TABLESPACE {}", ident(space)));
        }
        let definition = object.text("definition").trim().trim_end_matches(';');
        sql.push_str(&format!(" AS\n{definition}"));
        if !object.is("populated") {
            sql.push_str("\nWITH NO DATA");
        }
        let mut drafts = vec![Draft::new(sql)];
        drafts.extend(settings(None, object, context));
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP MATERIALIZED VIEW {}", context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let head = format!("ALTER MATERIALIZED VIEW {}", context.of(&new.id));
        let mut drafts = Vec::new();
        for property in old.differences(new) {
            match property {
                "options" => drafts.extend(options::change(old, new).into_iter().map(|clause| Draft::clause(&head, clause))),
                "tablespace" => {
                    let space = ident(new.get("tablespace").unwrap_or("pg_default"));
                    drafts.push(Draft::clause(&head, format!("SET TABLESPACE {space}")));
                }
                "settings" => drafts.extend(settings(Some(old), new, context)),
                _ => return Change::Rebuild,
            }
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("MATERIALIZED VIEW", old, new, context)
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer, note text);",
            create: "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM sale;",
            changed: "CREATE MATERIALIZED VIEW totals AS SELECT max(id) FROM sale;",
        }]
    }
}

fn settings(old: Option<&Object>, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    let head = format!("ALTER MATERIALIZED VIEW {}", context.of(&new.id));
    let is = new.table("settings");
    let was = old.map(|old| old.table("settings")).unwrap_or_default();
    let none = |name: &str| vec![name.to_owned(), String::new(), String::new(), String::new()];
    let mut names: Vec<_> = is.iter().chain(&was).map(|row| row[0].clone()).collect();
    names.sort();
    names.dedup();
    let mut drafts = Vec::new();
    for name in names {
        let find = |rows: &[Vec<String>]| rows.iter().find(|row| row[0] == name).cloned().unwrap_or_else(|| none(&name));
        let (was, is) = (find(&was), find(&is));
        let column = ident(&name);
        if was[1] != is[1] {
            let target = if is[1].is_empty() { "-1" } else { &is[1] };
            drafts.push(Draft::clause(&head, format!("ALTER COLUMN {column} SET STATISTICS {target}")));
        }
        if was[2] != is[2] {
            let word = match is[2].as_str() {
                "p" => "PLAIN",
                "e" => "EXTERNAL",
                "m" => "MAIN",
                _ => "EXTENDED",
            };
            drafts.push(Draft::clause(&head, format!("ALTER COLUMN {column} SET STORAGE {word}")));
        }
        if was[3] != is[3] {
            let word = match is[3].as_str() {
                "p" => "pglz",
                "l" => "lz4",
                _ => "DEFAULT",
            };
            drafts.push(Draft::clause(&head, format!("ALTER COLUMN {column} SET COMPRESSION {word}")));
        }
    }
    drafts
}
