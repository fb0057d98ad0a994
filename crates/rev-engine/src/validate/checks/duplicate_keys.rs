//! Equal keys where a unique index says there are none.
//!
//! A damaged index, or one sorted by a collation that changed, lets duplicates in; an INVALID one never kept them out. The
//! table itself is read, the index is not: it is what is in doubt.

use crate::pg::SessionError;
use crate::validate::probe::{Probe, estimate, example};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "duplicate_keys",
    about: "equal keys behind unique indexes",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let nulls_distinct = if probe.major() >= 15 {
        "NOT x.indnullsnotdistinct"
    } else {
        "true"
    };
    // Each key as the index sees it: its expression, under its collation.
    let query = format!(
        "SELECT format('%I.%I', n.nspname, i.relname), format('%I.%I', n.nspname, t.relname), {nulls_distinct}, \
         pg_get_expr(x.indpred, x.indrelid), {estimate}, \
         (SELECT string_agg('(' || pg_get_indexdef(x.indexrelid, k, false) || ')' || coalesce((SELECT format(' COLLATE %I.%I', cn.nspname, \
          co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = x.indcollation[k - 1]), '') \
          || ' AS k' || k, ', ' ORDER BY k) FROM generate_series(1, x.indnkeyatts) AS k), \
         (SELECT string_agg('k' || k, ', ' ORDER BY k) FROM generate_series(1, x.indnkeyatts) AS k) \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam JOIN pg_class t ON t.oid = x.indrelid \
         JOIN pg_namespace n ON n.oid = t.relnamespace \
         WHERE {scope} AND x.indisunique AND i.relkind = 'i' AND t.relkind IN ('r', 'm') AND am.amname = 'btree' ORDER BY 1",
        estimate = estimate("t"),
    );
    for row in probe.catalogue(&query).await? {
        let (index, table, names) = (row.text(0), row.text(1), row.text(6));
        if probe.is_large(row.number(4).unwrap_or(0.0)) {
            // Both halves of a pair are hardly ever in one sample: an answer would be worth nothing.
            probe.not_looked_at(
                index,
                "the table is large, and duplicates do not show in a sample",
            );
            continue;
        }
        probe.examined(1);
        let rows_of = row
            .get(3)
            .map(|predicate| format!(" WHERE {predicate}"))
            .unwrap_or_default();
        let no_nulls = if row.is_true(2) {
            format!(" WHERE pg_catalog.num_nulls({names}) = 0")
        } else {
            String::new()
        };
        let duplicates = format!(
            "SELECT pg_catalog.count(*), pg_catalog.min(ROW({names})::pg_catalog.text), coalesce(pg_catalog.sum(n), 0) FROM \
             (SELECT {names}, pg_catalog.count(*) AS n FROM (SELECT {} FROM ONLY {table}{rows_of} OFFSET 0) AS all_keys{no_nulls} \
             GROUP BY {names} HAVING pg_catalog.count(*) > 1) AS d",
            row.text(5),
        );
        match probe.ask_the_table(&duplicates).await? {
            Ok(rows) => {
                let Some(row) = rows.first() else { continue };
                let keys: u64 = row.number(0).unwrap_or(0);
                if keys > 0 {
                    let (subject, verb) = if keys == 1 {
                        ("1 key".to_owned(), "is")
                    } else {
                        (format!("{keys} keys"), "are")
                    };
                    probe
                        .found(
                            Severity::Error,
                            index,
                            format!(
                                "{subject} {verb} there more than once in {table}{}",
                                example(row.get(1))
                            ),
                        )
                        .count(keys)
                        .hint(format!(
                            "remove the extra rows, then REINDEX INDEX CONCURRENTLY {index}"
                        ));
                }
            }
            Err(refusal) => probe.not_looked_at(index, refusal.to_string()),
        }
    }
    Ok(())
}
