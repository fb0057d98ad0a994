//! A 32-bit key runs out at 2,147,483,647.
//!
//! ## Problem
//!
//! Numbers are used up by rolled back inserts as well. Changing the type later rewrites the table and every table
//! that refers to it.
//!
//! ## Safe way
//!
//! Use bigint.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE events (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
//! ```

use crate::alter_table::ConstraintKind;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let Some((columns, constraints)) = at.definition() else {
        return;
    };
    let key: Vec<&String> = constraints
        .iter()
        .filter(|constraint| constraint.kind == ConstraintKind::PrimaryKey)
        .flat_map(|constraint| &constraint.columns)
        .collect();
    // A key of several columns, or one that refers to another table, grows with that.
    for column in &columns {
        let is_key = column.primary_key || (key.len() == 1 && *key[0] == column.name);
        let small = [
            "int",
            "integer",
            "int4",
            "smallint",
            "int2",
            "serial",
            "serial4",
            "smallserial",
            "serial2",
        ];
        let is_counted = column.identity
            || column.type_text.to_ascii_lowercase().contains("serial")
            || column.default.is_some();
        if is_key
            && is_counted
            && column.references.is_none()
            && small.contains(&column.type_text.to_ascii_lowercase().as_str())
        {
            problems.push(problem(
                format!(
                    "`{}` of type {} runs out of numbers",
                    column.name, column.type_text
                ),
                "use bigint",
            ));
        }
    }
}
