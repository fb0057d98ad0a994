//! Operator families with their loose members.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Change, Example, Object, ObjectKind};
use crate::statement::Draft;

pub struct OperatorFamily;

impl ObjectKind for OperatorFamily {
    fn kind(&self) -> Kind {
        Kind::OperatorFamily
    }

    fn name(&self) -> &'static str {
        "operator family"
    }

    fn class(&self) -> u32 {
        2753
    }

    fn columns(&self) -> &'static [&'static str] {
        &["method", "operators", "functions"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT f.oid, 0, n.nspname, f.opfname, am.amname, am.amname, \
             (SELECT json_agg(json_build_array(format('%s (%s, %s)', o.amopstrategy, format_type(o.amoplefttype, NULL), format_type(o.amoprighttype, NULL)), \
             format('%s %s', o.amopstrategy, o.amopopr::regoperator)) ORDER BY o.amopstrategy, o.amopopr::regoperator::text)::text \
             FROM pg_amop o WHERE o.amopfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 2602 AND d.objid = o.oid AND d.refclassid = 2616)), \
             (SELECT json_agg(json_build_array(format('%s (%s, %s)', p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL)), \
             format('%s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)) ORDER BY p.amprocnum, p.amproc::regprocedure::text)::text \
             FROM pg_amproc p WHERE p.amprocfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 2603 AND d.objid = p.oid AND d.refclassid = 2616)) \
             FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_opfamily", "f.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut drafts = vec![Draft::new(format!("CREATE OPERATOR FAMILY {}", name(object, context)))];
        drafts.extend(members(None, object, context));
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP OPERATOR FAMILY {}", name(object, context)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(members(Some(old), new, context))
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE OPERATOR FAMILY numbers USING btree;", changed: "CREATE OPERATOR FAMILY numbers USING btree; ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (integer, integer);" },]
    }
}

/// Returns `name USING method`.
pub(crate) fn name(object: &Object, context: &Context<'_>) -> String {
    format!("{} USING {}", context.of(&object.id), ident(&object.id.part))
}

fn members(old: Option<&Object>, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    let head = format!("ALTER OPERATOR FAMILY {}", name(new, context));
    let mut drafts = Vec::new();
    for (property, word) in [("operators", "OPERATOR"), ("functions", "FUNCTION")] {
        let was = old.map(|old| old.table(property)).unwrap_or_default();
        let is = new.table(property);
        drafts.extend(was.iter().filter(|row| !is.contains(row)).map(|row| Draft::new(format!("{head} DROP {word} {}", row[0]))));
        drafts.extend(is.iter().filter(|row| !was.contains(row)).map(|row| Draft::new(format!("{head} ADD {word} {}", row[1]))));
    }
    drafts
}
