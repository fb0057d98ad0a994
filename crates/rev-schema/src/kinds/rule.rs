//! Rules, other than those behind views.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Rule;

impl ObjectKind for Rule {
    fn kind(&self) -> Kind {
        Kind::Rule
    }

    fn name(&self) -> &'static str {
        "rule"
    }

    fn class(&self) -> u32 {
        2618
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition", "enabled"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT r.oid, 0, n.nspname, c.relname, r.rulename, pg_get_ruledef(r.oid), r.ev_enabled FROM pg_rewrite r \
             JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE r.rulename <> '_RETURN' AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        [Kind::Table, Kind::View, Kind::ForeignTable].map(|kind| object.id.whole(kind)).to_vec()
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut drafts = vec![Draft::new(object.text("definition").trim_end_matches(';'))];
        if object.text("enabled") != "O" {
            drafts.push(switch(object, context));
        }
        drafts
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP RULE {} ON {}", ident(&object.id.part), context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let mut drafts = Vec::new();
        if old.text("definition") != new.text("definition") {
            let text = new.text("definition").trim_end_matches(';').replacen("CREATE RULE", "CREATE OR REPLACE RULE", 1);
            drafts.push(Draft::new(text));
        }
        if old.text("enabled") != new.text("enabled") {
            drafts.push(switch(new, context));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.part), ident(&new.part));
        Some(vec![Draft::new(format!("ALTER RULE {from} ON {} RENAME TO {to}", context.of(new)))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TABLE sale (id integer);", create: "CREATE RULE quiet AS ON DELETE TO sale DO INSTEAD NOTHING;", changed: "CREATE RULE quiet AS ON INSERT TO sale WHERE new.id < 0 DO INSTEAD NOTHING; ALTER TABLE sale DISABLE RULE quiet;" },]
    }
}

fn switch(object: &Object, context: &Context<'_>) -> Draft {
    let word = match object.text("enabled") {
        "D" => "DISABLE",
        "R" => "ENABLE REPLICA",
        "A" => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    Draft::clause(format!("ALTER TABLE {}", context.of(&object.id)), format!("{word} RULE {}", ident(&object.id.part)))
}
