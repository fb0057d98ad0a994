//! Pages of tables, by the extension amcheck.

use crate::pg::SessionError;
use crate::validate::probe::{Probe, estimate, is_denied};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "heap_pages",
    about: "damaged pages of tables (needs the extension amcheck, from 14 on)",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    if probe.major() < 14 {
        probe.not_looked_at("", "the server cannot do it: it came with PostgreSQL 14");
        return Ok(());
    }
    let function = "verify_heapam(regclass,boolean,boolean,text,bigint,bigint)";
    let Some(schema) = amcheck(probe, function).await? else {
        return Ok(());
    };
    let scope = probe.in_scope("n");
    let system = if probe.is_whole_database() {
        "OR n.nspname = 'pg_catalog'"
    } else {
        ""
    };
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), t.oid, {} FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace \
         JOIN pg_am am ON am.oid = t.relam WHERE ({scope} {system}) AND t.relkind IN ('r', 'm') AND am.amname = 'heap' \
         AND t.relpersistence <> 't' AND (t.relpersistence = 'p' OR NOT pg_is_in_recovery()) ORDER BY 1",
        estimate("t")
    );
    for row in probe.catalogue(&query).await? {
        let table = row.text(0);
        if probe.is_large(row.number(2).unwrap_or(0.0)) {
            probe.not_looked_at(table, "the table is large and only samples were asked for");
            continue;
        }
        probe.examined(1);
        let call = format!(
            "SELECT pg_catalog.count(*), pg_catalog.min('block ' || blkno || ': ' || msg) FROM {schema}.verify_heapam(relation => \
             {}::pg_catalog.oid::pg_catalog.regclass, check_toast => true)",
            row.text(1)
        );
        match probe.ask_as_user(&call).await? {
            Ok(rows) => {
                let Some(row) = rows.first() else { continue };
                let faults: u64 = row.number(0).unwrap_or(0);
                if faults > 0 {
                    let first = row.text(1).to_owned();
                    probe
                        .found(
                            Severity::Error,
                            table,
                            format!("has {faults} damaged places, for example {first}"),
                        )
                        .count(faults)
                        .hint("restore from a backup, and find out why: memory, disk");
                }
            }
            Err(refusal) if is_denied(&refusal) || refusal.sqlstate == "55P03" => {
                probe.not_looked_at(table, refusal.to_string());
            }
            Err(refusal) => {
                probe
                    .found(Severity::Error, table, format!("cannot be read: {refusal}"))
                    .hint("restore from a backup, and find out why: memory, disk");
            }
        }
    }
    Ok(())
}

/// Returns the schema of amcheck where it is installed and the role may call the function; else notes why not.
pub(super) async fn amcheck(
    probe: &mut Probe<'_>,
    function: &str,
) -> Result<Option<String>, SessionError> {
    let query = format!(
        "SELECT format('%I', n.nspname), has_function_privilege(format('%I.{function}', n.nspname), 'EXECUTE') \
         FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'"
    );
    let rows = match probe.catalogue(&query).await {
        Ok(rows) => rows,
        // An old version of the extension on a new server lacks the function.
        Err(SessionError::Refused { error, .. }) => {
            probe.not_looked_at("", format!("{error}; ALTER EXTENSION amcheck UPDATE"));
            return Ok(None);
        }
        Err(lost) => return Err(lost),
    };
    match rows.first() {
        None => {
            probe.not_looked_at(
                "",
                "the extension amcheck is not installed; a superuser installs it with CREATE EXTENSION amcheck",
            );
            Ok(None)
        }
        Some(row) if !row.is_true(1) => {
            let name = function.split('(').next().unwrap_or_default();
            probe.not_looked_at("", format!("no right to call {name} of amcheck"));
            Ok(None)
        }
        Some(row) => Ok(Some(row.text(0).to_owned())),
    }
}
