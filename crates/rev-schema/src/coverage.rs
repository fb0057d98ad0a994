//! What the catalogue holds that no kind models, so that silence never means "equal".

use crate::context::Server;

/// Returns a query whose rows name what no kind reads: types written in C, types announced and never defined, and
/// security labels.
pub(crate) fn query(server: &Server) -> String {
    format!(
        "SELECT (CASE WHEN t.typisdefined THEN 'base type ' ELSE 'shell type ' END || quote_ident(n.nspname) || '.' || quote_ident(t.typname))::text \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
         WHERE t.oid >= 16384 AND (t.typtype = 'b' AND t.typcategory <> 'A' OR NOT t.typisdefined) AND {} AND {} \
         UNION ALL SELECT ('security label on ' || l.objtype || ' ' || l.objname || ' by ' || l.provider)::text FROM pg_seclabels l",
        server.ours("n"),
        server.free("pg_type", "t.oid")
    )
}
