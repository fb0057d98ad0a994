//! A new column with UNIQUE or PRIMARY KEY builds its index while nobody else can use the table.
//!
//! ## Problem
//!
//! The index is built inside of ALTER TABLE, under ACCESS EXCLUSIVE.
//!
//! ## Safe way
//!
//! Add the column, build a unique index CONCURRENTLY, and make it the constraint's with USING INDEX.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ADD COLUMN handle text UNIQUE;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD COLUMN handle text;
//! CREATE UNIQUE INDEX CONCURRENTLY users_handle_key ON users (handle);
//! ALTER TABLE users ADD CONSTRAINT users_handle_key UNIQUE USING INDEX users_handle_key;
//! ```

use crate::lint::{At, Problem, Severity, problem};
use crate::quote_ident;

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at
        .added_columns()
        .filter(|(_, column)| column.unique || column.primary_key)
    {
        let (word, suffix) = if column.primary_key {
            ("PRIMARY KEY", "pkey")
        } else {
            ("UNIQUE", "key")
        };
        let name = match column.primary_key {
            true => format!("{}_{suffix}", table.name),
            false => format!("{}_{}_{suffix}", table.name, column.name),
        };
        let (name, column_name) = (quote_ident(&name).into_owned(), quote_ident(&column.name));
        problems.push(
            problem(
                format!("an index on the new column `{}` is built while reads and writes of `{table}` wait", column.name),
                "add the column, build the index CONCURRENTLY, then attach it with USING INDEX",
            )
            .safe(format!(
                "ALTER TABLE {table} ADD COLUMN {column_name} {};\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({column_name});\nALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name};",
                column.type_text
            )),
        );
    }
}
