//! Rows that point to nothing: for each foreign key an anti-join, as the server itself would check the key.
//!
//! | declared | a row is an orphan when |
//! |---|---|
//! | MATCH SIMPLE | no column is null and no row matches |
//! | MATCH FULL | some column is not null, and some is, or no row matches |
//! | PERIOD | the referenced periods of the same key, together, do not contain its own |
//!
//! Columns are compared with the key's own operators and the referenced column's collation. A partitioned table is read with
//! its partitions, an ordinary one without the tables that inherit from it: so does the key.

use crate::pg::{SessionError, TextRow};
use crate::validate::probe::{Probe, estimate, example, is_denied, rows_in_words};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "foreign_keys",
    about: "rows whose foreign key points to nothing",
    run: |probe| Box::pin(run(probe)),
};

/// A foreign key, as far as finding its orphans goes.
struct ForeignKey {
    oid: String,
    name: String,
    table: String,
    referenced: String,
    table_is_partitioned: bool,
    referenced_is_partitioned: bool,
    is_full: bool,
    estimate: f64,
    columns: Vec<Column>,
}

struct Column {
    here: String,
    there: String,
    operator: String,
    collation: Option<String>,
    is_period: bool,
}

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    for key in read(probe).await? {
        probe.examined(1);
        let sample = probe.sample(key.estimate);
        let object = format!("{}.{}", key.table, key.name);
        let rows = match probe.ask_as_user(&key.orphans(&sample)).await? {
            Ok(rows) => rows,
            Err(refusal) => {
                // A key whose columns cannot even be compared is as unenforceable as it is unreadable; a right that
                // lacks says nothing.
                let reason = if is_denied(&refusal) {
                    "no right to read both tables".to_owned()
                } else {
                    refusal.to_string()
                };
                probe.not_looked_at(&object, reason);
                continue;
            }
        };
        let Some(row) = rows.first() else { continue };
        let orphans: u64 = row.number(0).unwrap_or(0);
        if orphans > 0 {
            let words = rows_in_words(orphans);
            let (verb, seen) = if orphans == 1 {
                ("points", "")
            } else {
                ("point", "")
            };
            let of_sample = if sample.is_empty() {
                seen
            } else {
                " of the sample"
            };
            probe
                .found(
                    Severity::Error,
                    object,
                    format!(
                        "{words}{of_sample} {verb} to no row of {}{}",
                        key.referenced,
                        example(row.get(1))
                    ),
                )
                .count(orphans)
                .hint(format!(
                    "delete or mend the rows: {}",
                    key.condition_in_words()
                ));
        }
    }
    Ok(())
}

async fn read(probe: &mut Probe<'_>) -> Result<Vec<ForeignKey>, SessionError> {
    let scope = probe.in_scope("n");
    let (period, enforced) = if probe.major() >= 18 {
        ("c.conperiod", "c.conenforced")
    } else {
        ("false", "true")
    };
    // The keys of partitions are clones of their parent's (`conparentid`), which is read with all its partitions.
    let query = format!(
        "SELECT c.oid, format('%I', c.conname), format('%I.%I', n.nspname, t.relname), format('%I.%I', rn.nspname, r.relname), \
         t.relkind = 'p', r.relkind = 'p', c.confmatchtype = 'f', {}, format('%I', a.attname), format('%I', b.attname), \
         format('OPERATOR(%I.%s)', opn.nspname, op.oprname), \
         CASE WHEN b.attcollation <> 0 AND a.attcollation <> 0 AND a.attcollation <> b.attcollation \
         THEN (SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace \
         WHERE co.oid = b.attcollation) END, {period} AND k.position = cardinality(c.conkey) \
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
         JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace \
         CROSS JOIN LATERAL unnest(c.conkey, c.confkey, c.conpfeqop) WITH ORDINALITY AS k (here, there, operator, position) \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.here JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.there \
         JOIN pg_operator op ON op.oid = k.operator JOIN pg_namespace opn ON opn.oid = op.oprnamespace \
         WHERE {scope} AND c.contype = 'f' AND c.conparentid = 0 AND {enforced} ORDER BY 3, 2, c.oid, k.position",
        estimate("t")
    );
    let mut keys: Vec<ForeignKey> = Vec::new();
    for row in probe.catalogue(&query).await? {
        if keys.last().is_none_or(|key| key.oid != row.text(0)) {
            keys.push(foreign_key(&row));
        }
        if let Some(key) = keys.last_mut() {
            key.columns.push(Column {
                here: row.text(8).to_owned(),
                there: row.text(9).to_owned(),
                operator: row.text(10).to_owned(),
                collation: row.get(11).map(str::to_owned),
                is_period: row.is_true(12),
            });
        }
    }
    Ok(keys)
}

fn foreign_key(row: &TextRow) -> ForeignKey {
    ForeignKey {
        oid: row.text(0).to_owned(),
        name: row.text(1).to_owned(),
        table: row.text(2).to_owned(),
        referenced: row.text(3).to_owned(),
        table_is_partitioned: row.is_true(4),
        referenced_is_partitioned: row.is_true(5),
        is_full: row.is_true(6),
        estimate: row.number(7).unwrap_or(0.0),
        columns: Vec::new(),
    }
}

impl ForeignKey {
    /// The query that counts orphans and gives one for an example.
    fn orphans(&self, sample: &str) -> String {
        let only = |partitioned: bool| if partitioned { "" } else { "ONLY " };
        let here: Vec<_> = self
            .columns
            .iter()
            .map(|c| format!("f.{}", c.here))
            .collect();
        format!(
            "SELECT pg_catalog.count(*), pg_catalog.min(ROW({})::pg_catalog.text) FROM {}{} AS f{sample} WHERE {}",
            here.join(", "),
            only(self.table_is_partitioned),
            self.table,
            self.is_orphan(&format!(
                "{}{}",
                only(self.referenced_is_partitioned),
                self.referenced
            )),
        )
    }

    fn is_orphan(&self, referenced: &str) -> String {
        let all = |test: &str, with: &str| {
            let parts: Vec<_> = self
                .columns
                .iter()
                .map(|column| format!("f.{} {test}", column.here))
                .collect();
            parts.join(with)
        };
        let complete = all("IS NOT NULL", " AND ");
        let unmatched = match self.columns.iter().find(|column| column.is_period) {
            None => format!(
                "NOT EXISTS (SELECT FROM {referenced} AS r WHERE {})",
                self.matches()
            ),
            Some(period) => format!(
                "NOT coalesce(f.{} OPERATOR(pg_catalog.<@) (SELECT pg_catalog.range_agg(r.{}) FROM {referenced} AS r WHERE {}), false)",
                period.here,
                period.there,
                self.matches()
            ),
        };
        if self.is_full && self.columns.len() > 1 {
            format!(
                "({}) AND ({} OR {unmatched})",
                all("IS NOT NULL", " OR "),
                all("IS NULL", " OR ")
            )
        } else {
            format!("{complete} AND {unmatched}")
        }
    }

    fn matches(&self) -> String {
        let parts: Vec<_> = self
            .columns
            .iter()
            .filter(|column| !column.is_period)
            .map(|column| {
                let collate = column
                    .collation
                    .as_ref()
                    .map(|name| format!(" COLLATE {name}"))
                    .unwrap_or_default();
                format!(
                    "r.{}{collate} {} f.{}",
                    column.there, column.operator, column.here
                )
            })
            .collect();
        if parts.is_empty() {
            "true".to_owned()
        } else {
            parts.join(" AND ")
        }
    }

    /// A query to find the rows, as a person would write it.
    fn condition_in_words(&self) -> String {
        format!(
            "SELECT * FROM {} AS f WHERE {}",
            self.table,
            self.is_orphan(&self.referenced)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(columns: usize, is_full: bool) -> ForeignKey {
        ForeignKey {
            oid: "1".into(),
            name: "k".into(),
            table: "public.c".into(),
            referenced: "public.p".into(),
            table_is_partitioned: false,
            referenced_is_partitioned: true,
            is_full,
            estimate: 0.0,
            columns: (0..columns)
                .map(|number| Column {
                    here: format!("a{number}"),
                    there: format!("b{number}"),
                    operator: "OPERATOR(pg_catalog.=)".into(),
                    collation: None,
                    is_period: false,
                })
                .collect(),
        }
    }

    #[test]
    fn simple_ignores_rows_with_a_null() {
        insta::assert_snapshot!(key(2, false).orphans(""), @"SELECT pg_catalog.count(*), pg_catalog.min(ROW(f.a0, f.a1)::pg_catalog.text) FROM ONLY public.c AS f WHERE f.a0 IS NOT NULL AND f.a1 IS NOT NULL AND NOT EXISTS (SELECT FROM public.p AS r WHERE r.b0 OPERATOR(pg_catalog.=) f.a0 AND r.b1 OPERATOR(pg_catalog.=) f.a1)");
    }

    #[test]
    fn full_counts_rows_with_some_nulls() {
        insta::assert_snapshot!(key(2, true).is_orphan("p"), @"(f.a0 IS NOT NULL OR f.a1 IS NOT NULL) AND (f.a0 IS NULL OR f.a1 IS NULL OR NOT EXISTS (SELECT FROM p AS r WHERE r.b0 OPERATOR(pg_catalog.=) f.a0 AND r.b1 OPERATOR(pg_catalog.=) f.a1))");
        assert_eq!(key(1, true).is_orphan("p"), key(1, false).is_orphan("p"));
    }
}
