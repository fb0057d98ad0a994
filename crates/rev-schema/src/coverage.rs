//! What the catalogue holds that no kind models, so that silence never means "equal".

use crate::context::Server;

/// One thing that is named and not compared.
pub(crate) struct Gap {
    /// What it is.
    pub what: &'static str,
    /// Why it has no kind.
    #[cfg_attr(not(test), expect(dead_code, reason = "the reference page reads it"))]
    pub why: &'static str,
    /// The query that names each of them.
    query: fn(&Server<'_>) -> String,
}

/// Everything that is named and not compared.
pub(crate) const GAPS: &[Gap] = &[
    Gap {
        what: "base type",
        why: "It is made of C functions, which come with an extension.",
        query: |server| {
            types(
                "t.typtype = 'b' AND t.typcategory <> 'A' AND t.typisdefined",
                server,
            )
        },
    },
    Gap {
        what: "shell type",
        why: "It was announced and never defined.",
        query: |server| types("NOT t.typisdefined", server),
    },
    Gap {
        what: "security label",
        why: "A label means something to its provider alone, a module that the dev database need not have.",
        query: |_| {
            "SELECT 'on ' || l.objtype || ' ' || l.objname || ' by ' || l.provider FROM pg_seclabels l".to_owned()
        },
    },
];

/// Returns a query whose rows name what no kind reads.
pub(crate) fn query(server: &Server<'_>) -> String {
    let parts = GAPS.iter().map(|gap| {
        let rows = (gap.query)(server);
        format!(
            "SELECT {} || q.name FROM ({rows}) AS q (name)",
            crate::name::literal(&format!("{} ", gap.what))
        )
    });
    parts.collect::<Vec<_>>().join(" UNION ALL ")
}

fn types(condition: &str, server: &Server<'_>) -> String {
    format!(
        "SELECT quote_ident(n.nspname) || '.' || quote_ident(t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
         WHERE t.oid >= 16384 AND {condition} AND {} AND {}",
        server.ours("n"),
        server.free("pg_type", "t.oid")
    )
}
