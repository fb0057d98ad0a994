//! How an object is named in COMMENT ON, ALTER … OWNER TO and their like.

use crate::context::Context;
use crate::kinds::{Kind, function};
use crate::name::ident;
use crate::object::Object;

/// Returns `KIND name` as COMMENT ON wants it.
pub(crate) fn target(object: &Object, context: &Context<'_>) -> String {
    let id = &object.id;
    match id.kind {
        Kind::Column => format!("COLUMN {}.{}", context.of(id), ident(&id.part)),
        Kind::Constraint | Kind::Trigger => {
            format!(
                "{} {} ON {}",
                id.kind.get().name().to_uppercase(),
                ident(&id.part),
                context.of(id)
            )
        }
        Kind::Function => format!(
            "{} {}",
            function::word(object),
            function::signature(id, context)
        ),
        Kind::IdentityColumn => format!(
            "SEQUENCE {}",
            context.name(object.text("sequence_schema"), object.text("sequence"))
        ),
        kind => format!("{} {}", kind.get().name().to_uppercase(), context.of(id)),
    }
}
