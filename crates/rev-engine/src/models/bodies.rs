//! Function bodies: loaded unread, because they may name what comes later, and looked at once everything is there.
//!
//! A body that does not compile is worth a warning and no more: Postgres itself keeps such functions, pg_dump
//! restores them, and a body may well name a table that its caller makes.

use super::load::LoadOptions;
use crate::dev_database::refused_to;
use crate::error::EngineError;
use crate::events::Event;
use crate::pg::Session;

/// Functions of the two languages whose validators read bodies, with what sets the path for them.
const FUNCTIONS: &str = "SELECT p.oid, p.oid::pg_catalog.regprocedure::text, l.lanname, \
    (SELECT substr(c, 13) FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%') \
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang \
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
    WHERE l.lanname IN ('sql', 'plpgsql') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass \
                    AND d.objid = p.oid AND d.deptype = 'e') ORDER BY 2";

/// Warns of functions whose bodies do not compile.
pub(super) async fn check(
    session: &mut Session,
    baseline: &[String],
    options: &LoadOptions<'_>,
) -> Result<(), EngineError> {
    let baseline: Vec<&str> = baseline.iter().map(String::as_str).collect();
    session
        .send_discarding(&baseline)
        .await
        .map_err(refused_to("look at function bodies"))?;
    let functions = session
        .rows(FUNCTIONS)
        .await
        .map_err(refused_to("look at function bodies"))?;
    if functions.is_empty() {
        return Ok(());
    }
    session
        .execute("SET check_function_bodies = on")
        .await
        .map_err(refused_to("look at function bodies"))?;
    let validate = |language: &str, oid: &str| {
        let validator = if language == "sql" {
            "fmgr_sql_validator"
        } else {
            "plpgsql_validator"
        };
        format!("SELECT pg_catalog.{validator}({oid})")
    };
    let plain: Vec<String> = functions
        .iter()
        .filter(|row| row.get(3).is_none())
        .map(|row| validate(row.text(2), row.text(0)))
        .collect();
    let together: Vec<&str> = plain.iter().map(String::as_str).collect();
    // All at once first: nearly always nothing is wrong.
    let all_fine = match session.send_discarding(&together).await {
        Ok(_) => true,
        Err(error) if error.server().is_some() => false,
        Err(lost) => return Err(refused_to("look at function bodies")(lost)),
    };
    for row in &functions {
        if all_fine && row.get(3).is_none() {
            continue;
        }
        let validate = validate(row.text(2), row.text(0));
        let path = row
            .get(3)
            .map(|path| format!("SET LOCAL search_path = {path}"));
        let outcome = match &path {
            Some(path) => session.send_discarding(&[path, &validate]).await,
            None => session.send_discarding(&[&validate]).await,
        };
        match outcome {
            Ok(_) => {}
            Err(error) => match error.server() {
                Some(fault) => (options.events)(Event::Warning {
                    message: format!(
                        "the body of function {} does not compile: {fault}",
                        row.text(1)
                    ),
                }),
                None => return Err(refused_to("look at function bodies")(error)),
            },
        }
    }
    Ok(())
}
