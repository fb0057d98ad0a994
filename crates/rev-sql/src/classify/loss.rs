//! What a statement destroys.

use std::fmt;

use super::{Facts, kind};
use crate::alter_table::{self, TableAction};
use crate::cursor::Cursor;
use crate::name::Name;

/// One thing that is gone after a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What kind of loss.
    pub kind: LossKind,
    /// What it happens to: `table users`, `column users.email`.
    pub what: String,
    /// Whether whatever depends on it goes too.
    pub cascade: bool,
}

/// The kinds of losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossKind {
    /// Rows or values are gone: a table, a column, a schema, a database.
    Data,
    /// All rows are removed: TRUNCATE, DELETE without WHERE.
    Rows,
    /// Every row is overwritten: UPDATE without WHERE.
    Overwritten,
    /// Values may be cut short or refused: a change to a type that may be narrower.
    MayNarrow,
    /// Something that holds no rows: a view, a function, a type.
    Object,
}

impl Loss {
    /// Tells whether stored data is certainly lost.
    pub fn loses_data(&self) -> bool {
        matches!(self.kind, LossKind::Data | LossKind::Rows)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.kind {
            LossKind::Data => write!(f, "drops {} and its data", self.what)?,
            LossKind::Rows => write!(f, "removes all rows of {}", self.what)?,
            LossKind::Overwritten => write!(f, "overwrites all rows of {}", self.what)?,
            LossKind::MayNarrow => write!(f, "may cut values of {} short", self.what)?,
            LossKind::Object => write!(f, "drops {}", self.what)?,
        }
        if self.cascade {
            f.write_str(", with everything that depends on it")
        } else {
            Ok(())
        }
    }
}

/// Objects that hold data which cannot be computed again.
const HOLDS_DATA: &[&str] = &["database", "owned", "schema", "sequence", "table"];

pub(super) fn add_losses(facts: &mut Facts, start: Cursor) {
    let mut cursor = start;
    let Some(first) = cursor.next() else { return };
    let cascade = cursor.has(&["cascade"]);
    match first.text.to_ascii_lowercase().as_str() {
        "drop" => {
            let Some(kind) = kind(&mut cursor) else {
                return;
            };
            // These can be made again from their definition, and nothing that is stored hangs on them.
            if matches!(
                kind,
                "index" | "statistics" | "role" | "user" | "group" | "user mapping"
            ) {
                return;
            }
            let loss = if HOLDS_DATA.contains(&kind) {
                LossKind::Data
            } else {
                LossKind::Object
            };
            let mut add = |name: String| {
                facts.destructive.push(Loss {
                    kind: loss,
                    what: format!("{kind} {name}"),
                    cascade,
                });
            };
            if matches!(kind, "trigger" | "policy" | "rule") {
                cursor.eat(&["if", "exists"]);
                let (name, table) = (cursor.name(), facts.targets.first());
                if let (Some(name), Some(table)) = (name, table) {
                    add(format!("{name} on {table}"));
                }
            } else if kind == "owned" {
                add("objects of a role".to_owned());
            } else {
                let names: Vec<String> = facts.targets.iter().map(Name::to_string).collect();
                names.into_iter().for_each(add);
            }
        }
        "truncate" => {
            for table in &facts.targets {
                facts.destructive.push(Loss {
                    kind: LossKind::Rows,
                    what: format!("table {table}"),
                    cascade,
                });
            }
        }
        "delete" | "update" | "with" if matches!(facts.verb.as_str(), "DELETE" | "UPDATE") => {
            // The WHERE of a WITH query stands in parentheses and is not seen here.
            if cursor.has(&["where"]) {
                return;
            }
            let Some(table) = facts.targets.first() else {
                return;
            };
            let kind = if facts.verb == "DELETE" {
                LossKind::Rows
            } else {
                LossKind::Overwritten
            };
            facts.destructive.push(Loss {
                kind,
                what: format!("table {table}"),
                cascade: false,
            });
        }
        "alter" if matches!(facts.object, Some("table" | "foreign table" | "type")) => {
            let Some(table) = facts.targets.first().cloned() else {
                return;
            };
            for action in alter_table::actions(cursor) {
                let (kind, column, cascade) = match action {
                    TableAction::DropColumn { name, cascade } => (LossKind::Data, name, cascade),
                    TableAction::AlterType {
                        column, type_text, ..
                    } if may_narrow(&type_text) => (LossKind::MayNarrow, column, false),
                    _ => continue,
                };
                let column = Name {
                    schema: None,
                    name: column,
                };
                let word = if facts.object == Some("type") {
                    "attribute"
                } else {
                    "column"
                };
                facts.destructive.push(Loss {
                    kind,
                    what: format!("{word} {table}.{column}"),
                    cascade,
                });
            }
        }
        _ => {}
    }
}

/// Types without a limit that values of the types near them fit into.
const HOLDS_ANYTHING: &[&str] = &[
    "bigint",
    "bytea",
    "character varying",
    "citext",
    "decimal",
    "double precision",
    "float8",
    "int8",
    "json",
    "jsonb",
    "numeric",
    "text",
    "timestamp with time zone",
    "timestamptz",
    "varchar",
];

/// Tells whether some type exists whose values do not all fit into this one. The old type is not known here, so only
/// the types that take everything are let through.
fn may_narrow(type_text: &str) -> bool {
    let text = type_text.to_ascii_lowercase();
    let (base, has_limit) = match text.split_once('(') {
        Some((base, _)) => (base.trim(), true),
        None => (text.trim(), false),
    };
    let base = base.strip_prefix("pg_catalog.").unwrap_or(base);
    has_limit || !HOLDS_ANYTHING.contains(&base)
}

#[cfg(test)]
mod tests {
    use crate::facts;

    #[test]
    fn losses() {
        let check = |sql: &str, expected: &str| {
            let got: Vec<String> = facts(sql)
                .destructive
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(got.join("; "), expected, "{sql}");
        };
        check(
            "DROP TABLE a, s.b CASCADE",
            "drops table a and its data, with everything that depends on it; drops table s.b and its data, with everything that depends on it",
        );
        check("DROP VIEW v", "drops view v");
        check("DROP MATERIALIZED VIEW v", "drops materialized view v");
        check("DROP SEQUENCE IF EXISTS q", "drops sequence q and its data");
        check("DROP TYPE mood", "drops type mood");
        check("DROP FUNCTION f(int)", "drops function f");
        check("DROP TRIGGER x ON t", "drops trigger x on t");
        check("DROP INDEX i", "");
        check(
            "DROP OWNED BY r",
            "drops owned objects of a role and its data",
        );
        check(
            "TRUNCATE a, b",
            "removes all rows of table a; removes all rows of table b",
        );
        check("DELETE FROM t", "removes all rows of table t");
        check("DELETE FROM t WHERE a", "");
        check(
            "UPDATE t SET a = (SELECT b FROM u WHERE c)",
            "overwrites all rows of table t",
        );
        check("UPDATE t SET a = 1 WHERE b", "");
        check(
            "WITH x AS (SELECT 1 WHERE true) DELETE FROM t",
            "removes all rows of table t",
        );
        check(
            "ALTER TABLE s.t DROP COLUMN IF EXISTS a, DROP b CASCADE, DROP CONSTRAINT c",
            "drops column s.t.a and its data; drops column s.t.b and its data, with everything that depends on it",
        );
        check(
            "ALTER TABLE t ALTER a TYPE varchar(10), ALTER COLUMN b SET DATA TYPE text, ALTER c TYPE numeric(10, 2) USING c::numeric",
            "may cut values of column t.a short; may cut values of column t.c short",
        );
        check("ALTER TABLE t ALTER a DROP NOT NULL", "");
        check("INSERT INTO t SELECT 1", "");
    }
}
