//! Operator classes with their members.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct OperatorClass;

impl ObjectKind for OperatorClass {
    fn kind(&self) -> Kind {
        Kind::OperatorClass
    }

    fn name(&self) -> &'static str {
        "operator class"
    }

    fn class(&self) -> u32 {
        2616
    }

    fn columns(&self) -> &'static [&'static str] {
        &["method", "type", "default", "family", "members", "~family_schema", "~family_name"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT c.oid, 0, n.nspname, c.opcname, am.amname, am.amname, format_type(c.opcintype, NULL), c.opcdefault, \
             CASE WHEN f.opfname <> c.opcname OR f.opfnamespace <> c.opcnamespace THEN quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) END, \
             array_to_json(ARRAY(SELECT format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::regoperator, CASE WHEN o.amopsortfamily <> 0 THEN ' FOR ORDER BY ' || quote_ident(sn.nspname) || '.' || quote_ident(sf.opfname) ELSE '' END) \
             FROM pg_depend d JOIN pg_amop o ON o.oid = d.objid LEFT JOIN pg_opfamily sf ON sf.oid = o.amopsortfamily LEFT JOIN pg_namespace sn ON sn.oid = sf.opfnamespace \
             WHERE d.classid = 2602 AND d.refclassid = 2616 AND d.refobjid = c.oid ORDER BY o.amopstrategy) || \
             ARRAY(SELECT format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL), p.amproc::regprocedure) \
             FROM pg_depend d JOIN pg_amproc p ON p.oid = d.objid WHERE d.classid = 2603 AND d.refclassid = 2616 AND d.refobjid = c.oid ORDER BY p.amprocnum) || \
             CASE WHEN c.opckeytype <> 0 THEN ARRAY['STORAGE ' || format_type(c.opckeytype, NULL)] ELSE ARRAY[]::text[] END), fn.nspname, f.opfname \
             FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am am ON am.oid = c.opcmethod JOIN pg_opfamily f ON f.oid = c.opcfamily \
             JOIN pg_namespace fn ON fn.oid = f.opfnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_opclass", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![
            Identity::new(Kind::Schema, "", &object.id.schema),
            Identity::part(Kind::OperatorFamily, object.text("family_schema"), object.text("family_name"), &object.id.part),
        ]
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let default = if object.is("default") { "DEFAULT " } else { "" };
        let family = format!(
            "{}.{}",
            ident(object.text("family_schema")),
            ident(object.text("family_name"))
        );
        let mut members = object.list("members");
        if members.is_empty() {
            members.push(format!("STORAGE {}", object.text("type")));
        }
        vec![Draft::new(format!(
            "CREATE OPERATOR CLASS {} {default}FOR TYPE {} USING {} FAMILY {family} AS\n    {}",
            context.of(&object.id),
            object.text("type"),
            ident(&object.id.part),
            members.join(",\n    ")
        ))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP OPERATOR CLASS {}", super::operator_family::name(object, context)))]
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE OPERATOR FAMILY backwards USING btree; CREATE OPERATOR CLASS backwards FOR TYPE integer USING btree FAMILY backwards AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(integer, integer);", changed: "" },]
    }
}
