//! Sequences whose next number is already in the column, or that have no number left.

use crate::pg::{SessionError, TextRow};
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "sequences",
    about: "sequences behind their column, used up or nearly so",
    run: |probe| Box::pin(run(probe)),
};

/// A sequence that feeds a column.
struct Feed {
    sequence: String,
    table: String,
    column: String,
    increment: i128,
    /// The last number that both the sequence and the column's type allow, in the direction of the increment.
    last_possible: i128,
    cycles: bool,
    unique: bool,
}

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    // Owned by a column (serial, identity), or named by its default.
    let query = format!(
        "SELECT format('%I.%I', sn.nspname, s.relname), format('%I.%I', n.nspname, t.relname), format('%I', a.attname), \
         q.seqincrement, CASE WHEN q.seqincrement > 0 THEN least(q.seqmax, ty.highest) ELSE greatest(q.seqmin, ty.lowest) END, \
         q.seqcycle, EXISTS (SELECT FROM pg_index x WHERE x.indrelid = t.oid AND x.indisunique AND x.indkey[0] = a.attnum \
         AND x.indnkeyatts = 1 AND x.indpred IS NULL) \
         FROM (SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d \
          WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 \
          UNION SELECT d.refobjid, e.adrelid, e.adnum FROM pg_depend d JOIN pg_attrdef e ON d.classid = 'pg_attrdef'::regclass \
          AND d.objid = e.oid WHERE d.refclassid = 'pg_class'::regclass) p \
         JOIN pg_class s ON s.oid = p.sequence AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace \
         JOIN pg_sequence q ON q.seqrelid = s.oid JOIN pg_class t ON t.oid = p.relation AND NOT t.relispartition \
         JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.number \
         JOIN (VALUES ('int2'::regtype::oid, -32768::numeric, 32767::numeric), ('int4'::regtype, -2147483648, 2147483647), \
          ('int8'::regtype, -9223372036854775808, 9223372036854775807), ('numeric'::regtype, -9223372036854775808, 9223372036854775807)) \
          AS ty (type, lowest, highest) ON ty.type = a.atttypid \
         WHERE {scope} AND a.attinhcount = 0 AND (a.atthasdef OR a.attidentity <> '') ORDER BY 2, a.attnum, 1"
    );
    let rows = probe.catalogue(&query).await?;
    for row in rows {
        if let Some(feed) = feed(&row) {
            probe.examined(1);
            look_at(probe, &feed).await?;
        }
    }
    Ok(())
}

fn feed(row: &TextRow) -> Option<Feed> {
    Some(Feed {
        sequence: row.text(0).to_owned(),
        table: row.text(1).to_owned(),
        column: row.text(2).to_owned(),
        increment: row.number(3)?,
        last_possible: row.number(4)?,
        cycles: row.is_true(5),
        unique: row.is_true(6),
    })
}

async fn look_at(probe: &mut Probe<'_>, feed: &Feed) -> Result<(), SessionError> {
    let Feed {
        sequence,
        table,
        column,
        increment,
        last_possible,
        ..
    } = feed;
    let up = *increment > 0;
    let furthest = if up { "max" } else { "min" };
    let query = format!(
        "SELECT last_value, is_called, (SELECT pg_catalog.trunc(pg_catalog.{furthest}({column})::pg_catalog.numeric) FROM {table}) FROM {sequence}"
    );
    let Some(rows) = probe.ask_or_note(sequence, &query).await? else {
        return Ok(());
    };
    let Some((row, last)) = rows
        .first()
        .and_then(|row| Some((row, row.number::<i128>(0)?)))
    else {
        return Ok(());
    };
    let next = if row.is_true(1) {
        last + increment
    } else {
        last
    };
    let beyond = |a: i128, b: i128| if up { a > b } else { a < b };
    if let Some(held) = row.number::<i128>(2)
        && !beyond(next, held)
    {
        let severity = if feed.unique {
            Severity::Error
        } else {
            Severity::Warning
        };
        let effect = if feed.unique {
            "inserts will fail on duplicate keys"
        } else {
            "inserts will repeat values"
        };
        probe
            .found(
                severity,
                sequence.as_str(),
                format!("gives {next} next, and {table}.{column} already holds {held}: {effect}"),
            )
            .hint(format!(
                "SELECT setval({}, {held})",
                rev_sql::quote_literal(sequence)
            ));
    }
    if feed.cycles {
        return Ok(());
    }
    let words = format!("the numbers for {table}.{column} end at {last_possible}");
    if beyond(next, *last_possible) {
        probe
            .found(
                Severity::Error,
                sequence.as_str(),
                format!("is used up: {words}"),
            )
            .hint("a wider type for the column and the sequence (bigint)");
    } else if next != 0
        && next.signum() == last_possible.signum()
        && next.abs() > last_possible.abs() / 10 * 9
    {
        probe
            .found(
                Severity::Warning,
                sequence.as_str(),
                format!("is at {next}, nine tenths used: {words}"),
            )
            .hint("a wider type for the column and the sequence (bigint)");
    }
    Ok(())
}
