//! A foreign key without an index makes every delete in the other table slow.
//!
//! ## Problem
//!
//! When a row of the table that is referred to goes, or changes its key, the server looks for rows that refer to
//! it. Without an index on the column it reads the whole table, each time.
//!
//! ## Safe way
//!
//! Create an index that starts with the column.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
//! CREATE INDEX orders_user_id ON orders (user_id);
//! ```

use crate::alter_table::ConstraintKind;
use crate::cursor::Cursor;
use crate::lint::{At, Problem, Severity, problem};
use crate::token::Token;

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let Some((columns, constraints)) = at.definition() else {
        return;
    };
    let Some(table) = at.facts().targets.first() else {
        return;
    };
    let inline = columns
        .iter()
        .filter(|column| column.references.is_some())
        .map(|column| &column.name);
    let apart = constraints
        .iter()
        .filter(|constraint| constraint.kind == ConstraintKind::ForeignKey)
        .filter_map(|constraint| constraint.columns.first());
    for name in inline.chain(apart) {
        let in_key = columns
            .iter()
            .any(|column| column.name == *name && (column.primary_key || column.unique))
            || constraints.iter().any(|constraint| {
                matches!(
                    constraint.kind,
                    ConstraintKind::PrimaryKey | ConstraintKind::Unique
                ) && constraint.columns.first() == Some(name)
            });
        let has_index = at.script.iter().any(|other| {
            other.facts.verb == "CREATE INDEX"
                && other
                    .facts
                    .targets
                    .iter()
                    .any(|target| target.may_be(table))
                && first_column(other.tokens).as_ref() == Some(name)
        });
        if !in_key && !has_index {
            problems.push(problem(
                format!("each delete in the table that `{table}.{name}` refers to reads all of `{table}`"),
                format!("create an index on `{name}`"),
            ));
        }
    }
}

/// Returns the first column of a CREATE INDEX.
fn first_column(tokens: &[Token]) -> Option<String> {
    let mut cursor = Cursor::new(tokens).find(&["on"])?;
    cursor.eat(&["only"]);
    cursor.name()?;
    if cursor.eat(&["using"]) {
        cursor.ident();
    }
    Cursor::new(cursor.parenthesized()?).ident()
}
