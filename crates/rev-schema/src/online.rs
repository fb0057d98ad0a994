//! Lock-safe forms for tables that stood before.

use crate::context::Context;
use crate::kinds::{constraint, index};
use crate::name::ident;
use crate::object::{Identity, Object};
use crate::statement::Draft;

/// Returns SET NOT NULL without a scan under an exclusive lock.
pub(crate) fn set_not_null(
    id: &Identity,
    _new: &Object,
    head: &str,
    context: &Context<'_>,
) -> Vec<Draft> {
    let column = ident(&id.part);
    let _ = context;
    vec![Draft::clause(
        head,
        format!("ALTER COLUMN {column} SET NOT NULL"),
    )]
}

/// Returns ADD CONSTRAINT that scans while others write.
pub(crate) fn add_constraint(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    vec![constraint::add(object, context)]
}

/// Returns CREATE INDEX CONCURRENTLY.
pub(crate) fn create_index(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = index::create_as(object, "CONCURRENTLY ", context);
    if let Some(first) = drafts.first_mut() {
        first.alone = true;
    }
    drafts
}
