//! A serial or identity column rewrites the table.
//!
//! ## Problem
//!
//! Every row gets a number of its own, so the table and all its indexes are written anew under ACCESS EXCLUSIVE.
//!
//! ## Safe way
//!
//! Make a sequence, add a nullable column, set its default to nextval, fill old rows in batches, then set NOT NULL
//! the safe way and let the column own the sequence.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ADD COLUMN number bigserial;
//! ```
//!
//! ```sql
//! -- safe
//! CREATE SEQUENCE users_number_seq;
//! ALTER TABLE users ADD COLUMN number bigint;
//! ALTER TABLE users ALTER COLUMN number SET DEFAULT nextval('users_number_seq');
//! ```

use crate::lint::{At, Problem, Severity, problem};
use crate::{quote_ident, quote_literal, quote_qualified};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns() {
        if column.identity || column.type_text.to_ascii_lowercase().contains("serial") {
            let sequence = quote_qualified(
                table.schema.as_deref(),
                &format!("{}_{}_seq", table.name, column.name),
            );
            let name = quote_ident(&column.name);
            problems.push(
                problem(
                    format!("`{table}` is rewritten to number its rows while reads and writes wait"),
                    "add a nullable column, give it a default from a sequence, and fill old rows in batches",
                )
                .safe(format!(
                    "CREATE SEQUENCE {sequence};\nALTER TABLE {table} ADD COLUMN {name} bigint;\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval({});",
                    quote_literal(&sequence)
                )),
            );
        }
    }
}
