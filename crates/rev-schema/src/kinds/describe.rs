//! How an object is named in COMMENT ON, ALTER … OWNER TO and their like.

use crate::context::Context;
use crate::kinds::{Kind, aggregate, function, operator, operator_family, transform};
use crate::name::ident;
use crate::name::role;
use crate::object::Object;

/// Returns `KIND name` as COMMENT ON wants it.
pub(crate) fn target(object: &Object, context: &Context<'_>) -> String {
    let id = &object.id;
    match id.kind {
        Kind::Column => format!("COLUMN {}.{}", context.of(id), ident(&id.part)),
        Kind::Constraint | Kind::Trigger | Kind::Policy | Kind::Rule => {
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
        Kind::Aggregate => format!("AGGREGATE {}", aggregate::signature(object, context)),
        Kind::Operator => format!("OPERATOR {}", operator::signature(object, context)),
        Kind::OperatorFamily | Kind::OperatorClass => {
            format!(
                "{} {}",
                id.kind.get().name().to_uppercase(),
                operator_family::name(object, context)
            )
        }
        Kind::DomainConstraint => format!(
            "CONSTRAINT {} ON DOMAIN {}",
            ident(&id.part),
            context.of(id)
        ),
        Kind::Cast => format!("CAST ({})", id.name),
        Kind::Transform => format!("TRANSFORM FOR {}", transform::name(object)),
        Kind::EnumType | Kind::CompositeType | Kind::RangeType => {
            format!("TYPE {}", context.of(id))
        }
        Kind::UserMapping => format!(
            "USER MAPPING FOR {} SERVER {}",
            role(&id.part),
            ident(&id.name)
        ),
        kind => format!("{} {}", kind.get().name().to_uppercase(), context.of(id)),
    }
}
