//! The rows of every table in two numbers: how many, and the sum of their hashes.
//!
//! A sum does not depend on the order of rows, which a restore changes. Columns are taken by name, since a restore may also
//! lay out inherited ones differently. Settings that change how a value prints are held still.

use super::manifest::TableDigest;
use crate::pg::{Session, SessionError};

/// Settings under which rows are printed.
pub(super) const SETTINGS: [&str; 8] = [
    "SET LOCAL search_path = pg_catalog",
    "SET LOCAL row_security = off",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 3",
    "SET LOCAL lc_monetary = 'C'",
];

/// Ordinary tables with rows of their own that a dump contains: not those that an extension fills.
const TABLES: &str = "SELECT format('%I.%I', n.nspname, t.relname), \
    (SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a \
     WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) \
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace \
    WHERE t.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e') ORDER BY 1";

/// Reads all tables in the transaction that is open.
pub(super) async fn read(session: &mut Session) -> Result<Vec<TableDigest>, SessionError> {
    let mut statements = SETTINGS.to_vec();
    statements.push(TABLES);
    let answers = session.send(&statements).await?;
    let tables = answers.into_iter().next_back().unwrap_or_default().rows;
    let mut digests = Vec::with_capacity(tables.len());
    for row in tables {
        let table = row.text(0);
        let hash = match row.get(1) {
            Some(columns) => {
                format!("coalesce(sum(hashtextextended(ROW({columns})::text, 0)::numeric), 0)")
            }
            None => "0".to_owned(),
        };
        let rows = session
            .rows(&format!("SELECT count(*), {hash} FROM ONLY {table}"))
            .await?;
        if let Some(answer) = rows.first() {
            digests.push(TableDigest {
                table: table.to_owned(),
                rows: answer.number(0).unwrap_or(0),
                hash: answer.text(1).to_owned(),
            });
        }
    }
    Ok(digests)
}

/// Returns what differs, a line a table.
pub(super) fn differences(wanted: &[TableDigest], found: &[TableDigest]) -> Vec<String> {
    let mut differences = Vec::new();
    for table in wanted {
        match found.iter().find(|other| other.table == table.table) {
            None => differences.push(format!("{} is missing", table.table)),
            Some(other) if other.rows != table.rows => differences.push(format!(
                "{} has {} rows instead of {}",
                table.table, other.rows, table.rows
            )),
            Some(other) if other.hash != table.hash => {
                differences.push(format!("rows of {} differ", table.table));
            }
            Some(_) => {}
        }
    }
    for table in found {
        if !wanted.iter().any(|other| other.table == table.table) {
            differences.push(format!("{} was not backed up", table.table));
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_difference_is_named() {
        let table = |name: &str, rows, hash: &str| TableDigest {
            table: name.to_owned(),
            rows,
            hash: hash.to_owned(),
        };
        let wanted = [
            table("a", 1, "1"),
            table("b", 2, "2"),
            table("c", 3, "3"),
            table("d", 0, "0"),
        ];
        let found = [
            table("a", 1, "1"),
            table("b", 3, "2"),
            table("c", 3, "4"),
            table("e", 0, "0"),
        ];
        assert_eq!(
            differences(&wanted, &found),
            [
                "b has 3 rows instead of 2",
                "rows of c differ",
                "d is missing",
                "e was not backed up"
            ]
        );
    }
}
