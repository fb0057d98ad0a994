//! From a project's settings to an address.

use super::address::Address;
use super::connect::ConnectOptions;
use crate::dev_database::Embedded;
use crate::error::EngineError;
use crate::project::Project;
use crate::runner::RunError;
use crate::settings::Database;
use std::collections::BTreeMap;
use std::time::Duration;

/// Returns how to reach the project's database. A private server is started if it does not run.
///
/// # Errors
/// No database is configured, its address cannot be read, or the private server does not start.
pub fn connect_options(
    project: &Project,
    wait: Option<Duration>,
) -> Result<ConnectOptions, EngineError> {
    let database = project
        .settings()
        .database()?
        .ok_or(EngineError::NoDatabase)?;
    let address = match &database {
        Database::Embedded => {
            let url = Embedded::of(project.root()).ensure_running()?;
            Address::parse(Some(&url), &|_| None)
        }
        Database::Url { url, variables } => parse(Some(url), variables),
        Database::Variables(variables) => parse(None, variables),
    }
    .map_err(RunError::from)?;
    Ok(ConnectOptions::new(address).waiting(wait))
}

fn parse(
    url: Option<&str>,
    variables: &BTreeMap<String, String>,
) -> Result<Address, super::ConnectError> {
    Address::parse(url, &|name| match name {
        // libpq's default is the account's name, which is no PG* variable.
        "USER" => std::env::var("USER").ok(),
        name => variables.get(name).cloned(),
    })
}
