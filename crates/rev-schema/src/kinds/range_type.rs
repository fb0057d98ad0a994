//! Range types.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::name::ident;
use crate::object::{Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct RangeType;

impl ObjectKind for RangeType {
    fn kind(&self) -> Kind {
        Kind::RangeType
    }

    fn name(&self) -> &'static str {
        "range type"
    }

    fn class(&self) -> u32 {
        1247
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let (multirange, join) = if server.since(14) {
            ("|| ', MULTIRANGE_TYPE_NAME = ' || quote_ident(mn.nspname) || '.' || quote_ident(m.typname)", "LEFT JOIN pg_type m ON m.oid = r.rngmultitypid LEFT JOIN pg_namespace mn ON mn.oid = m.typnamespace")
        } else {
            ("", "")
        };
        Some(format!(
            "SELECT t.oid, 0, n.nspname, t.typname, '', 'SUBTYPE = ' || format_type(r.rngsubtype, NULL) {multirange} \
             || CASE WHEN NOT oc.opcdefault THEN ', SUBTYPE_OPCLASS = ' || quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname) ELSE '' END \
             || CASE WHEN r.rngcollation <> st.typcollation THEN ', COLLATION = ' || quote_ident(con.nspname) || '.' || quote_ident(co.collname) ELSE '' END \
             || CASE WHEN r.rngcanonical <> 0 THEN ', CANONICAL = ' || r.rngcanonical::text ELSE '' END \
             || CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::text ELSE '' END \
             FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type st ON st.oid = r.rngsubtype \
             JOIN pg_opclass oc ON oc.oid = r.rngsubopc JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace \
             LEFT JOIN pg_collation co ON co.oid = r.rngcollation LEFT JOIN pg_namespace con ON con.oid = co.collnamespace {join} WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_type", "t.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let body = object.text("definition").replace(", ", ",\n    ");
        vec![Draft::new(format!("CREATE TYPE {} AS RANGE (\n    {body}\n)", context.of(&object.id)))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TYPE {}", context.dying(&object.id)))]
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TYPE", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TYPE span AS RANGE (SUBTYPE = integer);", changed: "CREATE TYPE span AS RANGE (SUBTYPE = numeric);" },]
    }
}

/// Returns what moves the names that come with a range type: the type of many ranges, and the constructors of both.
pub(crate) fn put_constructors_aside(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let part = |word: &str| {
        let (_, rest) = object.text("definition").split_once(word)?;
        Some(rest.split(", ").next().unwrap_or(rest).to_owned())
    };
    let Some(subtype) = part("SUBTYPE = ") else {
        return Vec::new();
    };
    let (name, aside) = (context.of(&object.id), context.aside_name(&object.id));
    let to = ident(&aside);
    let mut drafts: Vec<_> = ["", ", text"]
        .iter()
        .map(|more| Draft::new(format!("ALTER FUNCTION {name}({subtype}, {subtype}{more}) RENAME TO {to}")))
        .collect();
    if let Some(many) = part("MULTIRANGE_TYPE_NAME = ") {
        let range = context.name(&object.id.schema, &aside);
        let to = ident(&format!("{aside}_many"));
        drafts.push(Draft::new(format!("ALTER TYPE {many} RENAME TO {to}")));
        for arguments in [String::new(), range.clone(), format!("VARIADIC {range}[]")] {
            drafts.push(Draft::new(format!("ALTER FUNCTION {many}({arguments}) RENAME TO {to}")));
        }
    }
    drafts
}
