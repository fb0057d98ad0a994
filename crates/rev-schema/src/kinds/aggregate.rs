//! Aggregates.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Aggregate;

impl ObjectKind for Aggregate {
    fn kind(&self) -> Kind {
        Kind::Aggregate
    }

    fn name(&self) -> &'static str {
        "aggregate"
    }

    fn class(&self) -> u32 {
        1255
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "~signature"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT p.oid, 0, n.nspname, p.proname, oidvectortypes(p.proargtypes), concat_ws(E',\\n    ', \
             'SFUNC = ' || a.aggtransfn::text, 'STYPE = ' || format_type(a.aggtranstype, NULL), CASE WHEN a.aggtransspace <> 0 THEN 'SSPACE = ' || a.aggtransspace END, \
             CASE WHEN a.aggfinalfn <> 0 THEN 'FINALFUNC = ' || a.aggfinalfn::text END, CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END, \
             CASE WHEN a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END, \
             CASE WHEN a.aggcombinefn <> 0 THEN 'COMBINEFUNC = ' || a.aggcombinefn::text END, CASE WHEN a.aggserialfn <> 0 THEN 'SERIALFUNC = ' || a.aggserialfn::text END, \
             CASE WHEN a.aggdeserialfn <> 0 THEN 'DESERIALFUNC = ' || a.aggdeserialfn::text END, 'INITCOND = ' || quote_literal(a.agginitval), \
             CASE WHEN a.aggmtransfn <> 0 THEN 'MSFUNC = ' || a.aggmtransfn::text END, CASE WHEN a.aggminvtransfn <> 0 THEN 'MINVFUNC = ' || a.aggminvtransfn::text END, \
             CASE WHEN a.aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(a.aggmtranstype, NULL) END, CASE WHEN a.aggmtransspace <> 0 THEN 'MSSPACE = ' || a.aggmtransspace END, \
             CASE WHEN a.aggmfinalfn <> 0 THEN 'MFINALFUNC = ' || a.aggmfinalfn::text END, CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END, \
             CASE WHEN a.aggmtransfn <> 0 AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END, \
             'MINITCOND = ' || quote_literal(a.aggminitval), \
             CASE WHEN a.aggsortop <> 0 THEN 'SORTOP = OPERATOR(' || quote_ident(opn.nspname) || '.' || op.oprname || ')' END, \
             CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END, CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END), \
             coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*') \
             FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace \
             LEFT JOIN pg_operator op ON op.oid = a.aggsortop LEFT JOIN pg_namespace opn ON opn.oid = op.oprnamespace \
             WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_proc", "p.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("CREATE AGGREGATE {} (\n    {}\n)", signature(object, context), object.text("definition")))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP AGGREGATE {}", signature(object, context)))]
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let name = signature(old, context);
        Some(vec![Draft::new(format!("ALTER AGGREGATE {name} RENAME TO {}", ident(&new.name)))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');", changed: "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1', PARALLEL = SAFE);" },]
    }
}

/// Returns `name(arguments)` as DROP AGGREGATE wants it.
pub(crate) fn signature(object: &Object, context: &Context<'_>) -> String {
    format!("{}({})", context.of(&object.id), object.text("signature"))
}
