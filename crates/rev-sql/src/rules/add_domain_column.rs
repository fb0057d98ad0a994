//! A new column of a domain may rewrite the table.
//!
//! ## Problem
//!
//! If the domain has a CHECK, the server writes every row and every index anew under ACCESS EXCLUSIVE, even without
//! a default. The name of the type does not tell whether it is such a domain.
//!
//! ## Safe way
//!
//! Where it is one, use the base type and put the CHECK on the table: NOT VALID, then VALIDATE. For other types
//! there is nothing to do: accept the note.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! ALTER TABLE users ADD COLUMN mail email_address;
//! ```
//!
//! ```sql
//! -- safe
//! ALTER TABLE users ADD COLUMN mail text;
//! ```

use crate::lint::{At, Problem, Severity, problem};
use crate::lock::is_builtin_type;

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    for (table, column) in at.added_columns() {
        let is_known = column.type_text.is_empty() || is_builtin_type(&column.type_text);
        if !is_known && column.default.is_none() && column.generated.is_none() {
            problems.push(problem(
                format!("if `{}` is a domain with a CHECK, `{table}` is rewritten while reads and writes wait", column.type_text),
                "use the base type and a CHECK on the table, or accept this for an enum or another plain type",
            ));
        }
    }
}
