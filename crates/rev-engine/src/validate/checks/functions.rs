//! Functions whose body no longer fits the schema.
//!
//! Each language has a validator, the function that CREATE FUNCTION calls. Called again it finds SQL bodies that name
//! what is gone and C functions whose library is gone. PL/pgSQL's validator reads the grammar only; what its statements
//! name is checked by the extension plpgsql_check, where that is installed.

use crate::pg::{SessionError, TextRow};
use crate::validate::probe::{Probe, Refusal, is_denied};
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "functions",
    about: "functions that no longer compile",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    // What an extension brings is the extension's business, and aggregates and window functions have no body.
    let query = format!(
        "SELECT p.oid::regprocedure::text, p.oid, l.lanname, format('%I.%I', vn.nspname, v.proname), format('%I', n.nspname), \
         (SELECT substr(s, 13) FROM unnest(p.proconfig) s WHERE s LIKE 'search\\_path=%') \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang \
         JOIN pg_proc v ON v.oid = l.lanvalidator JOIN pg_namespace vn ON vn.oid = v.pronamespace \
         WHERE {scope} AND p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass \
         AND d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
    );
    let rows = probe.catalogue(&query).await?;
    let mut plpgsql = false;
    for row in &rows {
        probe.examined(1);
        plpgsql |= row.text(2) == "plpgsql";
        let function = row.text(0);
        match compile(probe, row).await? {
            Ok(()) => {}
            Err(refusal) if is_denied(&refusal) => {
                probe.not_looked_at(function, refusal.to_string());
            }
            Err(refusal) => {
                probe.found(
                    Severity::Error,
                    function,
                    format!("no longer compiles: {refusal}"),
                );
            }
        }
    }
    if plpgsql {
        plpgsql_bodies(probe).await?;
    }
    Ok(())
}

/// Calls the validator under the function's own search path; where it has none under the session's, and if that
/// fails once more with the function's schema in front: a function is usually called with its own schema in reach.
async fn compile(
    probe: &mut Probe<'_>,
    row: &TextRow,
) -> Result<Result<(), Refusal>, SessionError> {
    let call = format!("SELECT {}({}::pg_catalog.oid)", row.text(3), row.text(1));
    if let Some(path) = row.get(5) {
        let path = if path.is_empty() { "''" } else { path };
        return Ok(probe.ask_with_path(path, &call).await?.map(drop));
    }
    let first = probe.ask_as_user(&call).await?.map(drop);
    if first.is_ok() {
        return Ok(first);
    }
    let path = format!("{}, public", row.text(4));
    let second = probe.ask_with_path(&path, &call).await?.map(drop);
    Ok(second.and(Ok(())).or(first))
}

async fn plpgsql_bodies(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let installed = "SELECT format('%I', n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
        WHERE e.extname = 'plpgsql_check'";
    let rows = probe.catalogue(installed).await?;
    let Some(schema) = rows.first().map(|row| row.text(0).to_owned()) else {
        probe.not_looked_at(
            "PL/pgSQL bodies",
            "only their grammar was checked: the extension plpgsql_check is not installed",
        );
        return Ok(());
    };
    let scope = probe.in_scope("n");
    // A trigger function is compiled for a table; one that no trigger uses cannot be.
    let functions = format!(
        "SELECT DISTINCT p.oid::regprocedure::text, p.oid, coalesce(g.tgrelid, 0), coalesce(g.tgrelid::regclass::text, '') \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql' \
         LEFT JOIN pg_trigger g ON g.tgfoid = p.oid AND NOT g.tgisinternal \
         WHERE {scope} AND (p.prorettype <> 'trigger'::regtype OR g.oid IS NOT NULL) \
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 4"
    );
    for row in probe.catalogue(&functions).await? {
        let function = row.text(0);
        let query = format!(
            "SELECT lineno, message FROM {schema}.plpgsql_check_function_tb(funcoid => {}::pg_catalog.oid::pg_catalog.regprocedure, \
             relid => {}::pg_catalog.oid::pg_catalog.regclass, fatal_errors => false) WHERE level = 'error' ORDER BY lineno",
            row.text(1),
            row.text(2)
        );
        let Some(faults) = probe.ask_or_note(function, &query).await? else {
            continue;
        };
        for fault in faults {
            let (line, message) = (fault.text(0), fault.text(1));
            probe.found(Severity::Error, function, format!("line {line}: {message}"));
        }
    }
    Ok(())
}
