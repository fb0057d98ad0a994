//! Publications. Their tables and schemas are objects of their own.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Publication;

impl ObjectKind for Publication {
    fn kind(&self) -> Kind {
        Kind::Publication
    }

    fn name(&self) -> &'static str {
        "publication"
    }

    fn class(&self) -> u32 {
        6104
    }

    fn columns(&self) -> &'static [&'static str] {
        &["all_tables", "operations", "via_root", "generated"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let generated = server.pick(18, "nullif(p.pubgencols, 'n')", "NULL");
        Some(format!(
            "SELECT p.oid, 0, '', p.pubname, '', p.puballtables, concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, \
             CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END), p.pubviaroot, {generated} FROM pg_publication p WHERE {}",
            server.free("pg_publication", "p.oid")
        ))
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let mut sql = format!("CREATE PUBLICATION {}", ident(&object.id.name));
        if object.is("all_tables") {
            sql.push_str(" FOR ALL TABLES");
        }
        let mut options = Vec::new();
        if object.text("operations") != "insert, update, delete, truncate" {
            options.push(setting("operations", object));
        }
        if object.is("via_root") {
            options.push(setting("via_root", object));
        }
        if object.get("generated").is_some() {
            options.push(setting("generated", object));
        }
        if !options.is_empty() {
            sql.push_str(&format!(" WITH ({})", options.join(", ")));
        }
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP PUBLICATION {}", ident(&object.id.name)))]
    }

    fn change(&self, old: &Object, new: &Object, _context: &Context<'_>) -> Change {
        let differences = old.differences(new);
        if differences.contains(&"all_tables") {
            return Change::Rebuild;
        }
        let set: Vec<_> = differences.iter().map(|property| setting(property, new)).collect();
        Change::InPlace(vec![Draft::new(format!("ALTER PUBLICATION {} SET ({})", ident(&new.id.name), set.join(", ")))])
    }

    fn rename(&self, old: &Object, new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.name), ident(&new.name));
        Some(vec![Draft::new(format!("ALTER PUBLICATION {from} RENAME TO {to}"))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE PUBLICATION news WITH (publish = 'insert');", changed: "CREATE PUBLICATION news WITH (publish = 'insert, update', publish_via_partition_root = true);" },]
    }
}

fn setting(property: &str, object: &Object) -> String {
    match property {
        "operations" => format!("publish = '{}'", object.text("operations")),
        "via_root" => format!("publish_via_partition_root = {}", object.is("via_root")),
        _ => format!("publish_generated_columns = {}", if object.get("generated") == Some("s") { "stored" } else { "none" }),
    }
}
