//! Bringing models into a scratch database, in whatever order they are written.
//!
//! People order a schema by subject, not by dependency. So the whole is first sent in one go, which is quick and
//! often works; when it does not, statements are run one by one and those that fail are tried again, round after round,
//! until a round brings nothing new. What is left then is reported, the root of it first.
//!
//! Each text starts from the same session settings and may change them for what follows in it, as a pg_dump does: they
//! are set again before a statement of it is tried again, and never reach another text.

use std::collections::BTreeSet;

use super::ModelScript;
use super::error::{Failure, ModelError};
use super::treat::{Treatment, treat};
use crate::dev_database::refused_to;
use crate::dev_database::{DevDatabase, Missing, ScratchDatabase};
use crate::error::{DatabaseFault, EngineError};
use crate::events::{Event, EventSink};
use crate::pg::{Session, SessionError};

/// How models are read.
#[derive(Clone, Copy)]
pub struct LoadOptions<'a> {
    /// The schema that unqualified names belong to.
    pub default_schema: &'a str,
    /// Receives what is worth a note.
    pub events: EventSink<'a>,
}

/// One thing to send, and where it stands.
struct Item {
    script: usize,
    line: u32,
    sql: String,
    is_setting: bool,
    last: bool,
    done: bool,
    fault: Option<DatabaseFault>,
}

/// Loads texts of DDL into a database.
///
/// # Errors
/// A statement does not load, whatever is loaded before it; or the server is lost.
pub async fn load(
    scripts: &[ModelScript],
    dev: &mut DevDatabase,
    database: &ScratchDatabase,
    options: &LoadOptions<'_>,
) -> Result<(), EngineError> {
    let (mut items, roles) = items(scripts, options)?;
    dev.create_roles(&roles).await?;
    let mut loader = Loader {
        scripts,
        session: database.connect().await?,
        baseline: baseline(options.default_schema),
        known: BTreeSet::new(),
        throw_away: database.is_throw_away(),
    };
    let outcome = loader.run(&mut items).await;
    if outcome.is_ok() {
        super::bodies::check(&mut loader.session, &loader.baseline, options).await?;
    }
    loader.session.close().await;
    outcome
}

/// Cuts the texts into what is to be sent, and gathers the roles that they create.
fn items(
    scripts: &[ModelScript],
    options: &LoadOptions<'_>,
) -> Result<(Vec<Item>, Vec<String>), ModelError> {
    let mut items = Vec::new();
    let mut roles = Vec::new();
    for (script, model) in scripts.iter().enumerate() {
        let statements =
            rev_sql::split_models(&model.text).map_err(|error| ModelError::Unreadable {
                name: model.name.clone(),
                line: error.line,
                message: error.message,
                hint: error.hint,
            })?;
        for statement in statements {
            let mut add = |sql: String, is_setting: bool, last: bool| {
                items.push(Item {
                    script,
                    line: statement.line,
                    sql,
                    is_setting,
                    last,
                    done: false,
                    fault: None,
                });
            };
            match treat(&statement.sql) {
                Treatment::Run => add(statement.sql, false, false),
                Treatment::RunLast => add(statement.sql, false, true),
                Treatment::Setting => add(statement.sql, true, false),
                Treatment::Instead(statements) => {
                    for sql in statements {
                        let is_setting = sql.starts_with("SET");
                        add(sql, is_setting, false);
                    }
                }
                Treatment::Role(role) => roles.push(role),
                Treatment::Skip => {}
                Treatment::Ignore => (options.events)(Event::Note {
                    message: format!(
                        "{}:{}: not part of a schema, ignored: {}",
                        model.name,
                        statement.line,
                        rev_sql::summary(&statement.sql)
                    ),
                }),
            }
        }
    }
    Ok((items, roles))
}

/// The settings that each text starts from.
fn baseline(default_schema: &str) -> Vec<String> {
    vec![
        "RESET SESSION AUTHORIZATION".to_owned(),
        "RESET ALL".to_owned(),
        format!("SET search_path = {}", rev_sql::quote_ident(default_schema)),
        // Functions may come before what their bodies need; the bodies are looked at in the end.
        "SET check_function_bodies = off".to_owned(),
        "SET client_min_messages = error".to_owned(),
    ]
}

struct Loader<'a> {
    scripts: &'a [ModelScript],
    session: Session,
    baseline: Vec<String>,
    /// Roles and tablespaces that were made here already.
    known: BTreeSet<String>,
    throw_away: bool,
}

impl Loader<'_> {
    async fn run(&mut self, items: &mut [Item]) -> Result<(), EngineError> {
        for last in [false, true] {
            if !self.in_one_go(items, last).await? {
                self.in_rounds(items, last).await?;
            }
        }
        self.report(items)
    }

    /// Sends everything as one transaction. False when something failed, and then nothing of it stays, save what was
    /// before the failure, which is sent again without it.
    async fn in_one_go(&mut self, items: &mut [Item], last: bool) -> Result<bool, EngineError> {
        // Each attempt either ends here or has made a role, a tablespace or a setting's absence known: a bound all the same.
        for _ in 0..200 {
            let batch: Vec<usize> = (0..items.len())
                .filter(|at| items[*at].last == last && !items[*at].done)
                .collect();
            if batch.is_empty() {
                return Ok(true);
            }
            if batch.iter().any(|at| {
                rev_sql::facts(&items[*at].sql)
                    .refuses_transaction
                    .is_some()
            }) {
                return Ok(false);
            }
            let Some((failed, fault)) = self.send_batch(items, &batch).await? else {
                for at in batch {
                    items[at].done = true;
                }
                return Ok(true);
            };
            let Some(failed) = failed else {
                // The commit itself, as by a deferred constraint trigger: who is to blame shows one by one.
                return Ok(false);
            };
            if self.heal(&mut items[failed], &fault).await? {
                continue;
            }
            let before: Vec<usize> = batch.into_iter().take_while(|at| *at != failed).collect();
            if !before.is_empty() && self.send_batch(items, &before).await?.is_none() {
                for at in before {
                    items[at].done = true;
                }
            }
            return Ok(false);
        }
        Ok(false)
    }

    /// Sends items as one transaction; what failed is returned, and nothing of the transaction stays.
    async fn send_batch(
        &mut self,
        items: &[Item],
        batch: &[usize],
    ) -> Result<Option<(Option<usize>, DatabaseFault)>, EngineError> {
        let mut message: Vec<&str> = vec!["BEGIN"];
        let mut origin: Vec<Option<usize>> = vec![None];
        let mut script = None;
        for &at in batch {
            if script != Some(items[at].script) {
                script = Some(items[at].script);
                message.extend(self.baseline.iter().map(String::as_str));
                origin.resize(message.len(), None);
            }
            message.push(&items[at].sql);
            origin.push(Some(at));
        }
        message.push("COMMIT");
        origin.push(None);
        let (part, error) = match self.session.send_discarding(&message).await {
            Ok(_) => return Ok(None),
            Err(SessionError::Refused { part, error }) => (part, error),
            Err(lost) => return Err(refused_to("load the models")(lost)),
        };
        self.session
            .execute("ROLLBACK")
            .await
            .map_err(refused_to("load the models"))?;
        Ok(Some((origin.get(part).copied().flatten(), *error)))
    }

    /// Runs what is not done yet one by one, round after round.
    async fn in_rounds(&mut self, items: &mut [Item], last: bool) -> Result<(), EngineError> {
        loop {
            let mut progress = false;
            let mut left = false;
            for script in 0..self.scripts.len() {
                let todo = |item: &Item| item.script == script && item.last == last && !item.done;
                if !items.iter().any(|item| todo(item) && !item.is_setting) {
                    continue;
                }
                let baseline: Vec<&str> = self.baseline.iter().map(String::as_str).collect();
                self.session
                    .send_discarding(&baseline)
                    .await
                    .map_err(refused_to("load the models"))?;
                for item in items.iter_mut().filter(|item| item.script == script) {
                    if !item.is_setting && !todo(item) {
                        continue;
                    }
                    let worked = self.try_one(item).await?;
                    if !item.is_setting {
                        progress |= worked;
                        left |= !worked;
                        item.done = worked;
                    }
                }
            }
            if !left || !progress {
                return Ok(());
            }
        }
    }

    async fn try_one(&mut self, item: &mut Item) -> Result<bool, EngineError> {
        loop {
            match self.session.send_discarding(&[&item.sql]).await {
                Ok(_) => {
                    item.fault = None;
                    return Ok(true);
                }
                Err(SessionError::Refused { error, .. }) => {
                    if self.heal(item, &error).await? {
                        continue;
                    }
                    item.fault = Some(*error);
                    return Ok(false);
                }
                Err(lost) => return Err(refused_to("load the models")(lost)),
            }
        }
    }

    /// Does something about a failure that is not the models' fault; true when trying again makes sense.
    async fn heal(&mut self, item: &mut Item, fault: &DatabaseFault) -> Result<bool, EngineError> {
        if let Some(missing) = Missing::of(fault)
            && self.known.insert(format!("{missing:?}"))
        {
            return missing.make(&mut self.session, self.throw_away).await;
        }
        // A dump of a newer pg_dump sets what this server does not know; it is about the session, not the schema.
        if item.is_setting
            && fault
                .message
                .starts_with("unrecognized configuration parameter")
        {
            item.sql = "SELECT".to_owned();
            return Ok(true);
        }
        Ok(false)
    }

    fn report(&self, items: &[Item]) -> Result<(), EngineError> {
        let failed: Vec<&Item> = items.iter().filter(|item| item.fault.is_some()).collect();
        let Some(root) = failed.iter().find(|item| !waits(item)).or(failed.first()) else {
            return Ok(());
        };
        let name = |item: &Item| self.scripts[item.script].name.clone();
        if let Some(extension) = missing_extension(root) {
            return Err(ModelError::MissingExtension {
                name: name(root),
                line: root.line,
                extension,
            }
            .into());
        }
        let failure = |item: &Item| {
            let fault = item.fault.clone().unwrap_or_default();
            Failure {
                name: name(item),
                line: item.line + fault.line_in(&item.sql).unwrap_or(1) - 1,
                statement: rev_sql::summary(&item.sql),
                fault,
            }
        };
        let others = failed
            .iter()
            .filter(|item| !std::ptr::eq(**item, *root))
            .map(|item| failure(item));
        Err(ModelError::DoesNotLoad {
            failure: Box::new(failure(root)),
            others: others.collect(),
        }
        .into())
    }
}

/// Whether a failure is most likely the want of something else that failed, rather than its own.
fn waits(item: &Item) -> bool {
    item.fault.as_ref().is_some_and(|fault| {
        matches!(
            fault.sqlstate.as_str(),
            "42P01" | "42883" | "42704" | "42703" | "3F000"
        )
    })
}

fn missing_extension(item: &Item) -> Option<String> {
    let fault = item.fault.as_ref()?;
    let create = ["CREATE".to_owned(), "EXTENSION".to_owned()];
    let name = name_after(&item.sql, &create)?;
    let not_there = fault.message.contains("is not available")
        || fault
            .message
            .contains("could not open extension control file");
    not_there.then_some(name)
}

/// Returns the name that follows some words (and IF NOT EXISTS), unquoted and folded as the server would.
pub(super) fn name_after(sql: &str, words: &[String]) -> Option<String> {
    let mut rest = sql;
    let skip = |text: &mut &str, word: &str| -> bool {
        let trimmed = skip_comments(text);
        let matches = trimmed
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !trimmed[word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if matches {
            *text = &trimmed[word.len()..];
        }
        matches
    };
    for word in words {
        if !skip(&mut rest, word) {
            return None;
        }
    }
    if skip(&mut rest, "IF") {
        skip(&mut rest, "NOT");
        skip(&mut rest, "EXISTS");
    }
    let rest = skip_comments(rest);
    if let Some(quoted) = rest.strip_prefix('"') {
        let mut name = String::new();
        let mut letters = quoted.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '"' && letters.next_if_eq(&'"').is_none() {
                return Some(name);
            }
            name.push(letter);
        }
        return None;
    }
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .unwrap_or(rest.len());
    (end > 0).then(|| rest[..end].to_lowercase())
}

fn skip_comments(text: &str) -> &str {
    let mut text = text.trim_start();
    loop {
        if let Some(comment) = text.strip_prefix("--") {
            text = comment
                .split_once('\n')
                .map_or("", |(_, after)| after)
                .trim_start();
        } else if let Some(comment) = text.strip_prefix("/*") {
            text = comment
                .split_once("*/")
                .map_or("", |(_, after)| after)
                .trim_start();
        } else {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_the_server_reads_them() {
        let check = |sql: &str, want: Option<&str>| {
            let words = ["CREATE".to_owned(), "EXTENSION".to_owned()];
            assert_eq!(name_after(sql, &words).as_deref(), want, "{sql}");
        };
        check(
            "create extension if not exists \"uuid-ossp\" with schema x",
            Some("uuid-ossp"),
        );
        check("CREATE /* c */ EXTENSION PostGIS", Some("postgis"));
        check("CREATE EXTENSION \"a\"\"b\"", Some("a\"b"));
        check("CREATE TABLE t ()", None);
    }
}
