//! Operators.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Change, Example, Object, ObjectKind};
use crate::statement::Draft;

pub struct Operator;

impl ObjectKind for Operator {
    fn kind(&self) -> Kind {
        Kind::Operator
    }

    fn name(&self) -> &'static str {
        "operator"
    }

    fn class(&self) -> u32 {
        2617
    }

    fn columns(&self) -> &'static [&'static str] {
        &["function", "left", "right", "commutator", "negator", "restrict", "join", "hashes", "merges"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT o.oid, 0, n.nspname, o.oprname, coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', ' || coalesce(format_type(nullif(o.oprright, 0), NULL), 'NONE'), \
             o.oprcode::text, format_type(nullif(o.oprleft, 0), NULL), format_type(nullif(o.oprright, 0), NULL), \
             CASE WHEN c.oid IS NOT NULL THEN 'OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' END, \
             CASE WHEN g.oid IS NOT NULL THEN 'OPERATOR(' || quote_ident(gn.nspname) || '.' || g.oprname || ')' END, \
             CASE WHEN o.oprrest <> 0 THEN o.oprrest::text END, CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::text END, o.oprcanhash, o.oprcanmerge \
             FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace LEFT JOIN pg_operator c ON c.oid = o.oprcom LEFT JOIN pg_namespace cn ON cn.oid = c.oprnamespace \
             LEFT JOIN pg_operator g ON g.oid = o.oprnegate LEFT JOIN pg_namespace gn ON gn.oid = g.oprnamespace \
             WHERE o.oprcode <> 0 AND {} AND {}",
            server.ours("n"),
            server.free("pg_operator", "o.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut lines = vec![format!("FUNCTION = {}", object.text("function"))];
        for (property, word) in [
            ("left", "LEFTARG"),
            ("right", "RIGHTARG"),
            ("commutator", "COMMUTATOR"),
            ("negator", "NEGATOR"),
            ("restrict", "RESTRICT"),
            ("join", "JOIN"),
        ] {
            lines.extend(object.get(property).map(|value| format!("{word} = {value}")));
        }
        if object.is("hashes") {
            lines.push("HASHES".to_owned());
        }
        if object.is("merges") {
            lines.push("MERGES".to_owned());
        }
        vec![Draft::new(format!("CREATE OPERATOR {} (\n    {}\n)", name(object, context), lines.join(",\n    ")))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP OPERATOR {}", signature(object, context)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let differences = old.differences(new);
        if !differences.iter().all(|property| matches!(*property, "restrict" | "join")) {
            return Change::Rebuild;
        }
        let set: Vec<_> = differences
            .iter()
            .map(|property| format!("{} = {}", property.to_uppercase(), new.get(property).unwrap_or("NONE")))
            .collect();
        Change::InPlace(vec![Draft::new(format!("ALTER OPERATOR {} SET ({})", signature(new, context), set.join(", ")))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE FUNCTION near(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2';", create: "CREATE OPERATOR === (FUNCTION = near, LEFTARG = text, RIGHTARG = text);", changed: "CREATE OPERATOR === (FUNCTION = near, LEFTARG = text, RIGHTARG = text, COMMUTATOR = ===, RESTRICT = eqsel, HASHES);" },]
    }
}

fn name(object: &Object, context: &Context<'_>) -> String {
    if object.id.schema == context.to.default_schema() {
        object.id.name.clone()
    } else {
        format!("{}.{}", ident(&object.id.schema), object.id.name)
    }
}

/// Returns `name (left, right)`.
pub(crate) fn signature(object: &Object, context: &Context<'_>) -> String {
    format!("{} ({})", name(object, context), object.id.part)
}
