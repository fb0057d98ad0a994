//! Comments on whatever can have one.

use crate::catalog::HANGING;
use crate::context::{Context, Server};
use crate::kinds::{Kind, describe};
use crate::name::{ident, literal};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Comment;

impl ObjectKind for Comment {
    fn kind(&self) -> Kind {
        Kind::Comment
    }

    fn name(&self) -> &'static str {
        "comment"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["text", "~sub"]
    }

    fn query(&self, _server: &Server) -> Option<String> {
        // The schema `public` is older than any object of ours, and may be commented on.
        Some(format!(
            "SELECT objoid, objsubid, '{HANGING}', classoid, a.attname, description, objsubid FROM pg_description \
             LEFT JOIN pg_attribute a ON classoid = 1259 AND objsubid > 0 AND a.attrelid = objoid AND a.attnum = objsubid WHERE objoid >= 16384 OR (classoid = 2615 AND objoid = 2200) OR classoid = 3079"
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        targets(object)
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        targets(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        write(object, &literal(object.text("text")), context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        write(object, "NULL", context)
    }

    fn change(&self, _old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(self.create(new, context))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer);",
            create: "COMMENT ON COLUMN sale.id IS 'it''s the key';",
            changed: "COMMENT ON COLUMN sale.id IS 'another';",
        }]
    }
}

/// Returns the object commented on, and what that may be a column of without being an object itself.
fn targets(object: &Object) -> Vec<Identity> {
    let mut targets: Vec<_> = object.id.target().into_iter().collect();
    // A NOT NULL constraint is a property of its column.
    if object.id.on == Some(Kind::Constraint) && object.text("sub") != "0" {
        targets.push(Identity::part(Kind::Column, &object.id.schema, &object.id.name, object.text("sub")));
    }
    if object.id.on == Some(Kind::Column) {
        targets.extend([Kind::View, Kind::MaterializedView, Kind::CompositeType].map(|kind| object.id.whole(kind)));
    }
    targets
}

fn write(object: &Object, text: &str, context: &Context<'_>) -> Vec<Draft> {
    let Some(target) = object.id.target() else {
        return Vec::new();
    };
    let name = match context.find(&target) {
        Some(target) => describe::target(target, context),
        None if target.kind == Kind::Constraint => format!("CONSTRAINT {} ON {}", ident(&target.part), context.of(&target)),
        None => format!("COLUMN {}.{}", context.of(&target), ident(&target.part)),
    };
    vec![Draft::new(format!("COMMENT ON {name} IS {text}"))]
}
