//! Reading a database's catalogue: all queries in one snapshot, in one round trip.

use rev_schema::{Catalog, Pattern, Scope, catalog_script};

use crate::dev_database::refused_to;
use crate::error::EngineError;
use crate::pg::Session;
use crate::settings::Settings;

/// Tables that `rev` keeps beside the version table.
const OWN_TABLES: &[&str] = &["rev_history", "rev_progress"];

/// Whatever the server prints, it must print alike on both sides of a comparison: these settings shape its words.
const PRINTING: &str = "SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres'; \
    SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; \
    SET LOCAL quote_all_identifiers = off; SET LOCAL statement_timeout = 0; SET LOCAL jit = off";

/// Returns what of a project's database is the project's.
pub fn scope_of(settings: &Settings) -> Scope {
    let default_schema = settings.default_schema().to_owned();
    let table = &settings.version_table;
    let schema = table
        .schema
        .clone()
        .unwrap_or_else(|| default_schema.clone());
    let own = std::iter::once(table.name.as_str()).chain(OWN_TABLES.iter().copied());
    Scope {
        schemas: settings.schemas.clone(),
        exclude: settings
            .exclude
            .iter()
            .map(|text| Pattern::parse(text))
            .collect(),
        own_tables: own.map(|name| (schema.clone(), name.to_owned())).collect(),
        default_schema,
        owners: false,
    }
}

/// Reads the catalogue of the database that a session is in.
///
/// # Errors
/// The server refuses a query, or is lost.
pub async fn read(session: &mut Session, scope: &Scope) -> Result<Catalog, EngineError> {
    let version = session.version();
    let script = catalog_script(version, scope);
    let path = format!(
        "SET LOCAL search_path = {}",
        rev_sql::quote_ident(&scope.default_schema)
    );
    let mut message: Vec<&str> = vec!["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", &path];
    message.extend(PRINTING.split("; "));
    let before = message.len();
    message.extend(script.iter().map(|query| query.sql.as_str()));
    message.push("COMMIT");
    let answers = session.send(&message).await;
    let answers = match answers {
        Ok(answers) => answers,
        Err(error) => {
            if error.server().is_some() {
                // The session may be used again; the failed transaction must not stay open in it.
                let _ = session.execute("ROLLBACK").await;
            }
            return Err(refused_to("read the catalogue")(error));
        }
    };
    let rows = answers
        .into_iter()
        .skip(before)
        .take(script.len())
        .map(|answer| answer.rows.into_iter().map(|row| row.0).collect())
        .collect();
    Catalog::load(version, scope, rows).map_err(|error| EngineError::Internal {
        message: error.to_string(),
    })
}
