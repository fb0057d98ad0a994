//! Extended statistics.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Statistics;

impl ObjectKind for Statistics {
    fn kind(&self) -> Kind {
        Kind::Statistics
    }

    fn name(&self) -> &'static str {
        "statistics"
    }

    fn class(&self) -> u32 {
        3381
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "target", "~table_schema", "~table"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT s.oid, 0, n.nspname, s.stxname, '', pg_get_statisticsobjdef(s.oid), {}, tn.nspname, c.relname \
             FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace tn ON tn.oid = c.relnamespace \
             WHERE {} AND {}",
            "nullif(s.stxstattarget, -1)",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        let mut wanted = tables(object);
        wanted.push(Identity::new(Kind::Schema, "", &object.id.schema));
        wanted
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        tables(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut drafts = vec![Draft::new(object.text("definition"))];
        if object.get("target").is_some() {
            drafts.push(target(object, context));
        }
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP STATISTICS {}", context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.text("definition") != new.text("definition") {
            return Change::Rebuild;
        }
        Change::InPlace(vec![target(new, context)])
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        super::table::rename("STATISTICS", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TABLE sale (a integer, b integer);", create: "CREATE STATISTICS a_and_b ON a, b FROM sale;", changed: "CREATE STATISTICS a_and_b (ndistinct) ON a, b FROM sale; ALTER STATISTICS a_and_b SET STATISTICS 50;" },]
    }
}

fn tables(object: &Object) -> Vec<Identity> {
    [Kind::Table, Kind::MaterializedView, Kind::ForeignTable]
        .map(|kind| Identity::new(kind, object.text("table_schema"), object.text("table")))
        .to_vec()
}

fn target(object: &Object, context: &Context<'_>) -> Draft {
    let target = object.get("target").unwrap_or("-1");
    Draft::new(format!("ALTER STATISTICS {} SET STATISTICS {target}", context.of(&object.id)))
}
