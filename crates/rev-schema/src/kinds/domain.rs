//! Domains. Their checks are objects of their own.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Domain;

impl ObjectKind for Domain {
    fn kind(&self) -> Kind {
        Kind::Domain
    }

    fn name(&self) -> &'static str {
        "domain"
    }

    fn class(&self) -> u32 {
        1247
    }

    fn columns(&self) -> &'static [&'static str] {
        &["base", "collation", "not_null", "not_null_name", "default", "checks"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let (not_null, join) = if server.since(18) {
            ("nn.conname", "LEFT JOIN pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n'")
        } else {
            ("NULL", "")
        };
        Some(format!(
            "SELECT t.oid, 0, n.nspname, t.typname, '', format_type(t.typbasetype, t.typtypmod), \
             CASE WHEN t.typcollation <> b.typcollation THEN CASE cn.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(cn.nspname) || '.' END || quote_ident(co.collname) END, \
             t.typnotnull, {not_null}, CASE WHEN t.typdefaultbin IS NULL THEN quote_literal(t.typdefault) ELSE pg_get_expr(t.typdefaultbin, 'pg_type'::regclass) END, \
             (SELECT json_agg(o.conname || ' ' || pg_get_constraintdef(o.oid) ORDER BY o.conname)::text FROM pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c') \
             FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype \
             LEFT JOIN pg_collation co ON co.oid = t.typcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace {join} \
             WHERE t.typtype = 'd' AND {} AND {}",
            server.ours("n"),
            server.free("pg_type", "t.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        create_with(object, &[], context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP DOMAIN {}", context.dying(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let head = format!("ALTER DOMAIN {}", context.of(&new.id));
        let mut drafts = Vec::new();
        for property in old.differences(new) {
            let text = match property {
                "not_null" if new.is("not_null") => "SET NOT NULL".to_owned(),
                "not_null" => "DROP NOT NULL".to_owned(),
                "default" => match new.get("default") {
                    Some(default) => format!("SET DEFAULT {default}"),
                    None => "DROP DEFAULT".to_owned(),
                },
                "not_null_name" => match (old.get("not_null_name"), new.get("not_null_name")) {
                    (Some(was), Some(is)) => format!("RENAME CONSTRAINT {} TO {}", ident(was), ident(is)),
                    _ => continue,
                },
                // The checks are objects of their own. What holds the domain inside something larger (an array, a
                // composite) cannot be checked, so there a new check is a new domain.
                "checks" => {
                    let was = old.list("checks");
                    let adds = |check: &String| !check.ends_with(" NOT VALID") && !was.contains(check);
                    if new.list("checks").iter().any(adds) && context.columns_contain(&old.id) {
                        return Change::Rebuild;
                    }
                    continue;
                }
                _ => return Change::Rebuild,
            };
            drafts.push(Draft::new(format!("{head} {text}")));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("DOMAIN", old, new, context)
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        format!("{} {}", context.words(&object.id), object.text("base"))
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE DOMAIN price AS numeric(10,2) DEFAULT 1 CHECK (VALUE > 0);", changed: "CREATE DOMAIN price AS numeric(10,2) NOT NULL DEFAULT 2 CHECK (VALUE > 1);" },]
    }
}

/// Returns the CREATE DOMAIN that carries its checks.
pub(crate) fn create_with(object: &Object, inline: &[&Object], context: &Context<'_>) -> Vec<Draft> {
    let mut sql = format!("CREATE DOMAIN {} AS {}", context.of(&object.id), object.text("base"));
    if let Some(collation) = object.get("collation") {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = object.get("default") {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if object.is("not_null") {
        match object.get("not_null_name") {
            Some(name) if name != format!("{}_not_null", object.id.name) => {
                sql.push_str(&format!(" CONSTRAINT {} NOT NULL", ident(name)));
            }
            _ => sql.push_str(" NOT NULL"),
        }
    }
    for check in inline {
        sql.push_str(&format!("\n    CONSTRAINT {} {}", ident(&check.id.part), check.text("definition")));
    }
    vec![Draft::new(sql)]
}
