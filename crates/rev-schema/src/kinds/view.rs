//! Views.

use crate::context::{Context, Server};
use crate::kinds::{Kind, options, table};
use crate::name::{ident, idents};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct View;

/// The names, types and collations of a view's columns, as JSON.
pub(super) const COLUMNS: &str = "(SELECT a.attrelid, json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::text) ORDER BY a.attnum)::text AS columns \
     FROM pg_attribute a JOIN pg_class v ON v.oid = a.attrelid AND v.relkind IN ('v', 'm') WHERE a.attnum > 0 AND NOT a.attisdropped GROUP BY a.attrelid)";

impl ObjectKind for View {
    fn kind(&self) -> Kind {
        Kind::View
    }

    fn name(&self) -> &'static str {
        "view"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "options", "~columns"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.relname, '', pg_get_viewdef(c.oid), array_to_json(c.reloptions), k.columns \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN {COLUMNS} k ON k.attrelid = c.oid \
             WHERE c.relkind = 'v' AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(statement("CREATE VIEW", object, context))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP VIEW {}", context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let head = format!("ALTER VIEW {}", context.of(&new.id));
        if old.text("definition") != new.text("definition") {
            let (was, is) = (old.table("columns"), new.table("columns"));
            if !is.starts_with(&was) {
                return Change::Rebuild;
            }
            // OR REPLACE keeps no options, so it says them all.
            return Change::InPlace(vec![Draft::new(statement("CREATE OR REPLACE VIEW", new, context))]);
        }
        let clauses = options::change(old, new);
        Change::InPlace(clauses.into_iter().map(|clause| Draft::new(format!("{head} {clause}"))).collect())
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("VIEW", old, new, context)
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer, note text);",
            create: "CREATE VIEW recent AS SELECT id FROM sale;",
            changed: "CREATE VIEW recent WITH (security_barrier = true) AS SELECT note, id FROM sale;",
        }]
    }
}

fn statement(verb: &str, object: &Object, context: &Context<'_>) -> String {
    let with = options::with(object).map(|with| format!(" {with}")).unwrap_or_default();
    let definition = object.text("definition").trim().trim_end_matches(';');
    format!("{verb} {}{with} AS\n{definition}", context.of(&object.id))
}

/// Returns a view of the same columns that reads nothing, to stand in while a cycle is closed.
pub(crate) fn stand_in(object: &Object, context: &Context<'_>) -> Draft {
    let columns: Vec<_> = object
        .table("columns")
        .iter()
        .map(|column| format!("NULL::{} AS {}", column[1], ident(&column[0])))
        .collect();
    let _ = idents::<&str>;
    Draft::new(format!("CREATE VIEW {} AS\n SELECT {}", context.of(&object.id), columns.join(",\n    ")))
}

/// Returns what fills a stand-in.
pub(crate) fn fill(object: &Object, context: &Context<'_>) -> Draft {
    Draft::new(statement("CREATE OR REPLACE VIEW", object, context))
}
