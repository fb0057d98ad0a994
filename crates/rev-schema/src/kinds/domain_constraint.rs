//! Checks on domains.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct DomainConstraint;

impl ObjectKind for DomainConstraint {
    fn kind(&self) -> Kind {
        Kind::DomainConstraint
    }

    fn name(&self) -> &'static str {
        "domain constraint"
    }

    fn class(&self) -> u32 {
        2606
    }

    fn columns(&self) -> &'static [&'static str] {
        &["definition"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT o.oid, 0, n.nspname, t.typname, o.conname, pg_get_constraintdef(o.oid) FROM pg_constraint o \
             JOIN pg_type t ON t.oid = o.contypid JOIN pg_namespace n ON n.oid = t.typnamespace \
             WHERE o.contypid <> 0 AND o.contype = 'c' AND {} AND {}",
            server.ours("n"),
            server.free("pg_type", "t.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.whole(Kind::Domain)]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn inline_in(&self, object: &Object) -> Option<Identity> {
        (!object.text("definition").ends_with(" NOT VALID")).then(|| object.id.whole(Kind::Domain))
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let (domain, name) = (context.of(&object.id), ident(&object.id.part));
        let definition = object.text("definition");
        let stood = context.stands(&object.id.whole(Kind::Domain));
        if context.options.online && stood && !definition.ends_with(" NOT VALID") {
            return vec![
                Draft::new(format!("ALTER DOMAIN {domain} ADD CONSTRAINT {name} {definition} NOT VALID")),
                Draft::new(format!("ALTER DOMAIN {domain} VALIDATE CONSTRAINT {name}")).after_commit(),
            ];
        }
        vec![Draft::new(format!("ALTER DOMAIN {domain} ADD CONSTRAINT {name} {definition}"))]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let (domain, name) = (context.of(&object.id), ident(&object.id.part));
        vec![Draft::new(format!("ALTER DOMAIN {domain} DROP CONSTRAINT {name}"))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        if old.text("definition").strip_suffix(" NOT VALID") == Some(new.text("definition")) {
            let (domain, name) = (context.of(&new.id), ident(&new.id.part));
            return Change::InPlace(vec![Draft::new(format!("ALTER DOMAIN {domain} VALIDATE CONSTRAINT {name}"))]);
        }
        Change::Rebuild
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.part), ident(&new.part));
        Some(vec![Draft::new(format!("ALTER DOMAIN {} RENAME CONSTRAINT {from} TO {to}", context.of(new)))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE DOMAIN code AS text;", create: "ALTER DOMAIN code ADD CONSTRAINT c CHECK (VALUE <> '');", changed: "ALTER DOMAIN code ADD CONSTRAINT c CHECK (VALUE <> 'x') NOT VALID;" },]
    }
}
