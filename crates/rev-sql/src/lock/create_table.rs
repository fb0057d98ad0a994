//! CREATE TABLE: the new table hurts nobody, but the tables that it refers to are locked.

use super::{LockMode, Locks, Relation, WorkKind, unnamed};
use crate::alter_table;
use crate::cursor::{Cursor, comma_separated};
use crate::name::Name;

/// `cursor` stands behind CREATE.
pub(super) fn locks(locks: &mut Locks, cursor: Cursor) {
    let Some(mut cursor) = cursor.find(&["table"]) else {
        return;
    };
    cursor.eat(&["if", "not", "exists"]);
    let Some(table) = cursor.name() else { return };
    if cursor.eat(&["partition", "of"])
        && let Some(parent) = cursor.name()
    {
        let default = || {
            unnamed(format!(
                "the default partition of {parent}, if there is one"
            ))
        };
        locks.lock(Relation::Named(parent.clone()), LockMode::AccessExclusive);
        locks.lock(default(), LockMode::AccessExclusive);
        locks.may_work(
            WorkKind::Scan,
            default(),
            "none of its rows may belong into the new partition",
        );
    }
    let Some(elements) = cursor.parenthesized() else {
        return;
    };
    for referenced in referenced_tables(elements) {
        if referenced != table {
            locks.lock(Relation::Named(referenced), LockMode::ShareRowExclusive);
        }
    }
    if cursor.eat(&["inherits"])
        && let Some(parents) = cursor.parenthesized()
    {
        locks.lock_all(
            &Cursor::new(parents).names(),
            LockMode::ShareUpdateExclusive,
        );
    }
}

fn referenced_tables(elements: &[crate::token::Token]) -> Vec<Name> {
    comma_separated(elements)
        .into_iter()
        .filter_map(
            |element| match alter_table::constraint(Cursor::new(element)) {
                Some(constraint) => constraint.references,
                None => alter_table::column(&mut Cursor::new(element))?.references,
            },
        )
        .collect()
}
