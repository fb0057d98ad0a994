//! Enum types. Values are added in place; anything else is a new type that takes over, column by column.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::name::literal;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct EnumType;

impl ObjectKind for EnumType {
    fn kind(&self) -> Kind {
        Kind::EnumType
    }

    fn name(&self) -> &'static str {
        "type"
    }

    fn class(&self) -> u32 {
        1247
    }

    fn columns(&self) -> &'static [&'static str] {
        &["values"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT t.oid, 0, n.nspname, t.typname, '', coalesce(e.labels, '[]') FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             LEFT JOIN (SELECT enumtypid, json_agg(enumlabel ORDER BY enumsortorder)::text AS labels FROM pg_enum GROUP BY enumtypid) e ON e.enumtypid = t.oid \
             WHERE t.typtype = 'e' AND {} AND {}",
            server.ours("n"),
            server.free("pg_type", "t.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let values: Vec<_> = object.list("values").iter().map(|value| literal(value)).collect();
        let name = context.of(&object.id);
        vec![Draft::new(format!("CREATE TYPE {name} AS ENUM ({})", values.join(", ")))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP TYPE {}", context.dying(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let (was, is) = (old.list("values"), new.list("values"));
        let mut kept = is.iter().filter(|value| was.contains(value));
        if !was.iter().all(|value| kept.next() == Some(value)) {
            return Change::Rebuild;
        }
        let name = context.of(&new.id);
        let mut drafts = Vec::new();
        for (at, value) in is.iter().enumerate() {
            if was.contains(value) {
                continue;
            }
            // What stands before a value is there by now; only a new first value has to look ahead.
            let place = match (at.checked_sub(1).map(|at| &is[at]), was.first()) {
                (Some(previous), _) if is[at..].iter().any(|later| was.contains(later)) => format!(" AFTER {}", literal(previous)),
                (None, Some(first)) => format!(" BEFORE {}", literal(first)),
                _ => String::new(),
            };
            drafts.push(Draft::new(format!("ALTER TYPE {name} ADD VALUE {}{place}", literal(value))));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("TYPE", old, new, context)
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        format!("{} ({})", context.words(&object.id), object.list("values").join(", "))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "CREATE TYPE mood AS ENUM ('sad', 'glad');",
            changed: "CREATE TYPE mood AS ENUM ('angry', 'sad', 'calm', 'glad', 'happy');",
        }]
    }
}
