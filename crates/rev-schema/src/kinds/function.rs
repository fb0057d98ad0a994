//! Functions and procedures.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Function;

impl ObjectKind for Function {
    fn kind(&self) -> Kind {
        Kind::Function
    }

    fn name(&self) -> &'static str {
        "function"
    }

    fn class(&self) -> u32 {
        1255
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "result", "arguments", "~defaults", "kind", "~body", "~language"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT p.oid, 0, n.nspname, p.proname, oidvectortypes(p.proargtypes), pg_get_functiondef(p.oid), pg_get_function_result(p.oid), \
             pg_get_function_identity_arguments(p.oid), p.pronargdefaults, p.prokind, p.prosrc, l.lanname \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang \
             WHERE p.prokind IN ('f', 'p', 'w') AND {} AND {}",
            server.ours("n"),
            // A range type brings its constructors along.
            server.free("pg_proc", "p.oid").replace("member.deptype = 'e'", "member.deptype IN ('e', 'i')")
        ))
    }

    fn normalise(&self, object: &mut Object) -> bool {
        // The printed head always names the schema; the rest follows search_path.
        let word = if object.text("kind") == "p" { "PROCEDURE" } else { "FUNCTION" };
        let prefix = format!("CREATE OR REPLACE {word} {}.{}", ident(&object.id.schema), ident(&object.id.name));
        if let Some(rest) = object.text("definition").strip_prefix(&prefix) {
            let rest = rest.trim_end().to_owned();
            object.set("definition", Some(rest));
        }
        true
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![write("CREATE", object, context)]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP {} {}", word(object), signature(&object.id, context)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let replaceable = ["kind", "result", "arguments"].iter().all(|name| old.get(name) == new.get(name))
            && old.number("defaults") <= new.number("defaults");
        if replaceable {
            Change::InPlace(vec![write("CREATE OR REPLACE", new, context)])
        } else {
            Change::Rebuild
        }
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let mut drafts = Vec::new();
        let mut id = old.id.clone();
        if id.schema != new.schema {
            drafts.push(Draft::new(format!(
                "ALTER {} {} SET SCHEMA {}",
                word(old),
                signature(&id, context),
                ident(&new.schema)
            )));
            id.schema.clone_from(&new.schema);
        }
        if id.name != new.name {
            drafts.push(Draft::new(format!("ALTER {} {} RENAME TO {}", word(old), signature(&id, context), ident(&new.name))));
        }
        Some(drafts)
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2';",
            changed: "CREATE FUNCTION twice(number integer) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT number * 2::bigint';",
        }]
    }
}

/// Returns `FUNCTION` or `PROCEDURE`.
pub(crate) fn word(object: &Object) -> &'static str {
    if object.text("kind") == "p" { "PROCEDURE" } else { "FUNCTION" }
}

/// Returns `name(types)`.
pub(crate) fn signature(id: &Identity, context: &Context<'_>) -> String {
    format!("{}({})", context.of(id), id.part)
}

fn write(verb: &str, object: &Object, context: &Context<'_>) -> Draft {
    let definition = object.text("definition");
    if definition.starts_with("CREATE ") {
        return Draft::new(definition);
    }
    Draft::new(format!("{verb} {} {}{definition}", word(object), context.of(&object.id)))
}
