//! Composite types.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct CompositeType;

impl ObjectKind for CompositeType {
    fn kind(&self) -> Kind {
        Kind::CompositeType
    }

    fn name(&self) -> &'static str {
        "composite type"
    }

    fn class(&self) -> u32 {
        1247
    }

    fn columns(&self) -> &'static [&'static str] {
        &["attributes", "~relation"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT t.oid, 0, n.nspname, t.typname, '', coalesce(k.attributes, '[]'), c.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' \
             LEFT JOIN (SELECT a.attrelid, json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), \
             CASE WHEN a.attcollation <> at.typcollation THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END) ORDER BY a.attnum)::text AS attributes \
             FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid AND r.relkind = 'c' JOIN pg_type at ON at.oid = a.atttypid \
             LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace \
             WHERE a.attnum > 0 AND NOT a.attisdropped GROUP BY a.attrelid) k ON k.attrelid = c.oid \
             WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_type", "t.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let lines: Vec<_> = object.table("attributes").iter().map(|attribute| line(attribute)).collect();
        let name = context.of(&object.id);
        let body = if lines.is_empty() { "()".to_owned() } else { format!("(\n    {}\n)", lines.join(",\n    ")) };
        vec![Draft::new(format!("CREATE TYPE {name} AS {body}"))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TYPE {}", context.dying(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let (was, is) = (old.table("attributes"), new.table("attributes"));
        let find = |list: &[Vec<String>], name: &str| list.iter().find(|other| other[0] == name).cloned();
        let kept: Vec<_> = was.iter().filter(|attribute| find(&is, &attribute[0]).is_some()).map(|attribute| &attribute[0]).collect();
        let added: Vec<_> = is.iter().filter(|attribute| find(&was, &attribute[0]).is_none()).map(|attribute| &attribute[0]).collect();
        // New attributes can only be appended.
        if !kept.iter().chain(&added).copied().eq(is.iter().map(|attribute| &attribute[0])) {
            return Change::Rebuild;
        }
        let retyped = was.iter().any(|attribute| find(&is, &attribute[0]).is_some_and(|now| now != *attribute));
        if retyped && context.columns_rest_on(&old.id) {
            return Change::Rebuild;
        }
        let head = format!("ALTER TYPE {}", context.of(&new.id));
        // Tables of the type follow it.
        let cascade = if context.tables_are_of(&old.id) { " CASCADE" } else { "" };
        let mut drafts = Vec::new();
        for attribute in &was {
            let name = ident(&attribute[0]);
            match find(&is, &attribute[0]) {
                None => drafts.push(Draft::clause(&head, format!("DROP ATTRIBUTE {name}{cascade}"))),
                Some(now) if now != *attribute => {
                    let collation = if now[2].is_empty() { String::new() } else { format!(" COLLATE {}", now[2]) };
                    drafts.push(Draft::clause(&head, format!("ALTER ATTRIBUTE {name} TYPE {}{collation}{cascade}", now[1])));
                }
                Some(_) => {}
            }
        }
        for attribute in is.iter().filter(|attribute| added.contains(&&attribute[0])) {
            drafts.push(Draft::clause(&head, format!("ADD ATTRIBUTE {}{cascade}", line(attribute))));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TYPE", old, new, context)
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE TYPE place AS (street text, house integer);", changed: "CREATE TYPE place AS (street text, house bigint, town text);" },]
    }
}

fn line(attribute: &[String]) -> String {
    let collation = if attribute[2].is_empty() { String::new() } else { format!(" COLLATE {}", attribute[2]) };
    format!("{} {}{collation}", ident(&attribute[0]), attribute[1])
}
