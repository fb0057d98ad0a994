//! Triggers on tables and views.

use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Trigger;

impl ObjectKind for Trigger {
    fn kind(&self) -> Kind {
        Kind::Trigger
    }

    fn name(&self) -> &'static str {
        "trigger"
    }

    fn class(&self) -> u32 {
        2620
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "enabled", "~inherited"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        // A partition's copy of its parent's trigger is of interest only where it is switched otherwise.
        Some(format!(
            "SELECT t.oid, 0, n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled, t.tgparentid <> 0 \
             FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN pg_trigger p ON p.oid = t.tgparentid AND t.tgparentid <> 0 \
             WHERE (NOT t.tgisinternal OR t.tgparentid <> 0) AND (p.oid IS NULL OR (p.tgenabled <> t.tgenabled AND NOT p.tgisinternal)) AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn normalise(&self, object: &mut Object) -> bool {
        let table = format!(" ON {}.{} ", ident(&object.id.schema), ident(&object.id.name));
        let text = object.text("definition").replacen(&table, " ON \u{1} ", 1);
        object.set("definition", Some(text));
        true
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        owners(object)
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        owners(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut drafts = Vec::new();
        if !object.is("inherited") {
            drafts.push(Draft::new(object.text("definition").replacen('\u{1}', &context.of(&object.id), 1)));
        }
        if object.text("enabled") != "O" || object.is("inherited") {
            drafts.push(switch(object, context));
        }
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        if object.is("inherited") {
            return Vec::new();
        }
        vec![Draft::new(format!("DROP TRIGGER {} ON {}", ident(&object.id.part), context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.text("definition") != new.text("definition") {
            return Change::Rebuild;
        }
        Change::InPlace(vec![switch(new, context)])
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.part), ident(&new.part));
        Some(vec![Draft::new(format!("ALTER TRIGGER {from} ON {} RENAME TO {to}", context.of(new)))])
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';",
            create: "CREATE TRIGGER noted AFTER INSERT ON sale FOR EACH ROW EXECUTE FUNCTION note();",
            changed: "CREATE TRIGGER noted AFTER UPDATE OF id ON sale FOR EACH ROW EXECUTE FUNCTION note(); ALTER TABLE sale DISABLE TRIGGER noted;",
        }]
    }
}

fn owners(object: &Object) -> Vec<Identity> {
    [Kind::Table, Kind::View, Kind::ForeignTable].map(|kind| object.id.whole(kind)).to_vec()
}

fn switch(object: &Object, context: &Context<'_>) -> Draft {
    let word = match object.text("enabled") {
        "D" => "DISABLE",
        "R" => "ENABLE REPLICA",
        "A" => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    Draft::clause(
        format!("ALTER TABLE {}", context.of(&object.id)),
        format!("{word} TRIGGER {}", ident(&object.id.part)),
    )
}
