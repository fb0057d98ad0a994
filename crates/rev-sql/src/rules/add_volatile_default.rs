//! A new column whose default differs for every row rewrites the table.
//!
//! ## Problem
//!
//! A constant or stable default (`5`, `now()`) is kept once for all old rows. One like `gen_random_uuid()` is
//! computed for each: the table and all its indexes are written anew under ACCESS EXCLUSIVE.
//!
//! ## Safe way
//!
//! Add the column without it, set the default for rows to come, fill old rows in batches, and set NOT NULL the safe
//! way if it is wanted.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD COLUMN token uuid;
//! ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
//! -- rev:batch {table: users, key: id, where: "token IS NULL"}
//! UPDATE users SET token = gen_random_uuid() WHERE token IS NULL;
//! ```

use crate::lint::{At, Problem, Severity, problem};
use crate::lock::{Volatility, volatility};
use crate::quote_ident;

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns() {
        let Some(default) = &column.default else {
            continue;
        };
        let message = match volatility(column) {
            Volatility::Once => continue,
            Volatility::EachRow => format!(
                "`{table}` is rewritten to give each row its `{}` while reads and writes wait",
                column.name
            ),
            Volatility::Unknown => format!(
                "if `{default}` is volatile, `{table}` is rewritten while reads and writes wait"
            ),
        };
        let name = quote_ident(&column.name);
        problems.push(
            problem(message, "add the column, then set the default, then fill old rows in batches").safe(format!(
                "ALTER TABLE {table} ADD COLUMN {name} {};\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};",
                column.type_text
            )),
        );
    }
}
