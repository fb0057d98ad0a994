//! Event triggers.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::{ident, literal};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct EventTrigger;

impl ObjectKind for EventTrigger {
    fn kind(&self) -> Kind {
        Kind::EventTrigger
    }

    fn name(&self) -> &'static str {
        "event trigger"
    }

    fn class(&self) -> u32 {
        3466
    }

    fn columns(&self) -> &'static [&'static str] {
        &["event", "tags", "function", "enabled"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT e.oid, 0, '', e.evtname, '', e.evtevent, array_to_json(e.evttags), e.evtfoid::regproc::text, e.evtenabled \
             FROM pg_event_trigger e WHERE {}",
            server.free("pg_event_trigger", "e.oid")
        ))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let name = ident(&object.id.name);
        let tags: Vec<_> = object.list("tags").iter().map(|tag| literal(tag)).collect();
        let when = if tags.is_empty() { String::new() } else { format!("\n    WHEN TAG IN ({})", tags.join(", ")) };
        let mut drafts = vec![Draft::new(format!(
            "CREATE EVENT TRIGGER {name} ON {}{when}\n    EXECUTE FUNCTION {}()",
            object.text("event"),
            object.text("function")
        ))];
        if object.text("enabled") != "O" {
            drafts.push(switch(object, context));
        }
        drafts
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP EVENT TRIGGER {}", ident(&object.id.name)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.differences(new) != ["enabled"] {
            return Change::Rebuild;
        }
        Change::InPlace(vec![switch(new, context)])
    }

    fn rename(&self, old: &Object, new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.name), ident(&new.name));
        Some(vec![Draft::new(format!("ALTER EVENT TRIGGER {from} RENAME TO {to}"))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';", create: "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION seen();", changed: "CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION seen(); ALTER EVENT TRIGGER watch DISABLE;" },]
    }
}

fn switch(object: &Object, _context: &Context<'_>) -> Draft {
    let word = match object.text("enabled") {
        "D" => "DISABLE",
        "R" => "ENABLE REPLICA",
        "A" => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    Draft::new(format!("ALTER EVENT TRIGGER {} {word}", ident(&object.id.name)))
}
