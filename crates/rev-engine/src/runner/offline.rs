//! A plan as a script for psql: the same statements, the same version rows, the same history, by other hands.
//!
//! Each revision checks first that the database is where the plan says, so a script that is run twice, or on the wrong
//! database, stops at its first revision without a change.

use super::error::RunError;
use super::execute::counts;
use super::identity::Identity;
use super::load::{self, NOT_A_BATCH};
use super::script::{Script, ScriptStatement};
use super::segment::{Lessons, Segment, segments};
use super::settings::RunSettings;
use crate::error::{EngineError, Place};
use crate::history::History;
use crate::pg::Books;
use crate::pg::tables::Entry;
use rev_dag::{Action, Plan, RowChange, Step};
use rev_sql::{narrow, quote_ident, quote_literal};
use std::fmt::Write as _;
use std::time::Duration;

/// Writes a plan, piece by piece, to whoever takes text.
///
/// # Errors
/// A revision cannot be read, has no way back, or holds what no script can; or the taker's own.
pub fn write<E: From<EngineError>>(
    history: &History,
    plan: &Plan,
    settings: &RunSettings,
    identity: &Identity,
    tag: Option<&str>,
    out: &mut dyn FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let writer = Writer {
        history,
        settings,
        identity,
        tag,
    };
    if plan.is_empty() {
        return out("-- nothing to do\n");
    }
    out(&writer.opening(plan))?;
    for step in &plan.steps {
        out(&writer.step(step)?)?;
    }
    Ok(())
}

struct Writer<'a> {
    history: &'a History,
    settings: &'a RunSettings,
    identity: &'a Identity,
    tag: Option<&'a str>,
}

impl Writer<'_> {
    fn opening(&self, plan: &Plan) -> String {
        let mut text = format!(
            "-- Written by rev {}; run it with psql.\n\\set ON_ERROR_STOP on\n\n",
            env!("CARGO_PKG_VERSION")
        );
        self.push_begin(&mut text);
        text.push_str("SET LOCAL client_min_messages = warning;\n");
        for statement in self.settings.books.create() {
            text.push_str(&statement);
            text.push_str(";\n");
        }
        // Alembic's table, where it stands already, has no room for more.
        let is_long = |step: &Step| step.revision.as_str().chars().count() > 32;
        if plan.steps.iter().any(is_long) {
            let _ = writeln!(text, "{};", self.settings.books.widen());
        }
        text.push_str("COMMIT;\n");
        text
    }

    fn step(&self, step: &Step) -> Result<String, EngineError> {
        let script = match step.action {
            Action::Upgrade => Some(load::upgrade(self.history, &step.revision)?),
            Action::Downgrade => Some(load::downgrade(self.history, &step.revision)?),
            Action::Stamp | Action::Unstamp => None,
        };
        let message = load::message(self.history, &step.revision);
        let mut text = format!(
            "\n-- {} {}{}{}\n",
            step.action,
            step.revision,
            if message.is_empty() { "" } else { ": " },
            message
        );
        let statements = script.as_ref().map_or(&[][..], |script| &script.statements);
        if statements.iter().any(counts) {
            text.push_str("\\set rev_rows 0\n");
        }
        // Nobody is there to learn from a refusal, so every new enum value is committed before what follows.
        let lessons = Lessons {
            commit_each_enum_value: true,
            ..Lessons::default()
        };
        let pieces = segments(statements, &lessons);
        if let [] | [Segment::Together(_)] = pieces.as_slice() {
            self.push_begin(&mut text);
            self.push_rows(&mut text, step);
            self.push_start(&mut text);
            for statement in statements {
                self.push_statement(&mut text, statement);
            }
            let changes = statements.iter().any(|statement| statement.leaves_settings);
            self.push_role_again(&mut text, changes);
            self.push_history(&mut text, step, script.as_ref());
            text.push_str("COMMIT;\n");
            push_reset(&mut text, changes);
            return Ok(text);
        }
        self.push_begin(&mut text);
        self.push_guards(&mut text, step);
        text.push_str("COMMIT;\n");
        for piece in &pieces {
            match piece {
                Segment::Together(all) => {
                    self.push_begin(&mut text);
                    self.push_start(&mut text);
                    for &index in all {
                        self.push_statement(&mut text, &statements[index]);
                    }
                    text.push_str("COMMIT;\n");
                    let changes = |index: &usize| statements[*index].leaves_settings;
                    push_reset(&mut text, all.iter().any(changes));
                }
                Segment::Alone(index) => {
                    self.push_alone_start(&mut text, &statements[*index]);
                    push_conditional(&mut text, &statements[*index], &statements[*index].sql);
                    push_reset(&mut text, true);
                }
                Segment::Batch(index) => {
                    let sql = batch_at_once(script.as_ref(), &statements[*index])?;
                    self.push_begin(&mut text);
                    self.push_start(&mut text);
                    push_conditional(&mut text, &statements[*index], &sql);
                    text.push_str("COMMIT;\n");
                }
            }
        }
        self.push_begin(&mut text);
        self.push_rows(&mut text, step);
        self.push_history(&mut text, step, script.as_ref());
        text.push_str("COMMIT;\n");
        Ok(text)
    }

    fn push_begin(&self, text: &mut String) {
        text.push_str("BEGIN;\n");
        if let Some(role) = &self.settings.books.role {
            let _ = writeln!(text, "SET LOCAL ROLE {};", quote_ident(role));
        }
    }

    /// What a revision's transaction starts from when the runner carries it out, as far as it bears on the result.
    fn push_start(&self, text: &mut String) {
        push_settings(
            text,
            "SET LOCAL",
            &self.settings.default_schema,
            self.settings.lock_timeout,
            self.settings.statement_timeout,
        );
    }

    /// The same for a statement that refuses a transaction.
    fn push_alone_start(&self, text: &mut String, statement: &ScriptStatement) {
        if let Some(role) = &self.settings.books.role {
            let _ = writeln!(text, "SET ROLE {};", quote_ident(role));
        }
        let timeout = statement.timeout();
        push_settings(
            text,
            "SET",
            &self.settings.default_schema,
            timeout.and_then(|timeout| timeout.lock).unwrap_or_default(),
            timeout
                .and_then(|timeout| timeout.statement)
                .unwrap_or(self.settings.statement_timeout),
        );
    }

    /// The books are kept as the runner keeps them, whatever role a revision took.
    fn push_role_again(&self, text: &mut String, changes: bool) {
        if !changes {
            return;
        }
        text.push_str("RESET SESSION AUTHORIZATION;\nRESET ROLE;\n");
        if let Some(role) = &self.settings.books.role {
            let _ = writeln!(text, "SET LOCAL ROLE {};", quote_ident(role));
        }
    }

    fn push_statement(&self, text: &mut String, statement: &ScriptStatement) {
        let timeout = statement.timeout();
        let limits = [
            (
                "lock_timeout",
                // VALIDATE scans under a lock that blocks neither reads nor writes: it may wait for it.
                timeout
                    .and_then(|timeout| timeout.lock)
                    .or(statement.validates.then_some(Duration::ZERO)),
                self.settings.lock_timeout,
            ),
            (
                "statement_timeout",
                timeout.and_then(|timeout| timeout.statement),
                self.settings.statement_timeout,
            ),
        ];
        for (name, own, _) in &limits {
            if let Some(own) = own {
                let _ = writeln!(text, "SET LOCAL {name} = {};", own.as_millis());
            }
        }
        push_conditional(text, statement, &statement.sql);
        for (name, own, usual) in &limits {
            if own.is_some() {
                let _ = writeln!(text, "SET LOCAL {name} = {};", usual.as_millis());
            }
        }
    }

    /// Compare and swap, as the runner does it: whoever finds another row stops everything.
    fn push_rows(&self, text: &mut String, step: &Step) {
        let books = &self.settings.books;
        for change in &step.rows {
            let (statement, missing) = match change {
                RowChange::Insert(id) => (books.insert_row(id.as_str()), None),
                RowChange::Delete(id) => (books.delete_row(id.as_str()), Some(id)),
                RowChange::Update { from, to } => {
                    (books.update_row(from.as_str(), to.as_str()), Some(from))
                }
            };
            match missing {
                None => {
                    let _ = writeln!(text, "{statement};");
                }
                Some(id) => {
                    let complaint = quote_literal(&format!("rev: the database is not at {id}"));
                    let _ = writeln!(
                        text,
                        "DO {};",
                        rev_sql::dollar_quote(&format!(
                            "BEGIN {statement}; IF NOT FOUND THEN RAISE EXCEPTION USING MESSAGE = {complaint}; END IF; END"
                        ))
                    );
                }
            }
        }
    }

    /// The same check without the change, where the change comes last.
    fn push_guards(&self, text: &mut String, step: &Step) {
        for change in &step.rows {
            let (id, must_be_there) = match change {
                RowChange::Insert(id) => (id, false),
                RowChange::Delete(id) | RowChange::Update { from: id, .. } => (id, true),
            };
            let complaint = quote_literal(&if must_be_there {
                format!("rev: the database is not at {id}")
            } else {
                format!("rev: the database is at {id} already")
            });
            let body = format!(
                "BEGIN IF {}EXISTS (SELECT FROM {} WHERE version_num = {}) THEN RAISE EXCEPTION USING MESSAGE = {complaint}; END IF; END",
                if must_be_there { "NOT " } else { "" },
                version_table(&self.settings.books),
                quote_literal(id.as_str())
            );
            let _ = writeln!(text, "DO {};", rev_sql::dollar_quote(&body));
        }
    }

    fn push_history(&self, text: &mut String, step: &Step, script: Option<&Script>) {
        let row = self.settings.books.insert_history(&Entry {
            run_id: &self.identity.run_id,
            revision: step.revision.as_str(),
            action: step.action.as_str(),
            message: &load::message(self.history, &step.revision),
            status: "done",
            checksum: script.map(|script| script.checksum.as_str()),
            raw_checksum: script.map(|script| script.raw_checksum.as_str()),
            upgrade_sql: script.map(|script| script.upgrade_sql.as_str()),
            downgrade_sql: script.and_then(|script| script.downgrade_sql.as_deref()),
            statements: script.map_or(0, |script| script.statements.len()),
            rows_affected: Some(0),
            host: &self.identity.host,
            actor: &self.identity.actor,
            git_commit: self.identity.git_commit.as_deref(),
            tag: self.tag,
            note: Some("by a script"),
            place: script.map(|script| &script.place),
            ..Entry::default()
        });
        text.push_str("SET LOCAL search_path = pg_catalog, pg_temp;\n");
        text.push_str(&row);
        text.push_str(";\n");
        if script.is_some_and(|script| script.statements.iter().any(counts)) {
            let _ = writeln!(
                text,
                "UPDATE {} SET rows_affected = :rev_rows WHERE run_id = {} AND revision = {};",
                self.settings.books.quoted("rev_history"),
                quote_literal(&self.identity.run_id),
                quote_literal(step.revision.as_str())
            );
        }
    }
}

fn push_settings(text: &mut String, set: &str, schema: &str, lock: Duration, statement: Duration) {
    let _ = writeln!(
        text,
        "{set} search_path = {};\n{set} lock_timeout = {};\n{set} statement_timeout = {};\n\
         {set} check_function_bodies = on;\n{set} row_security = on;\n{set} default_tablespace = '';",
        quote_ident(schema),
        lock.as_millis(),
        statement.as_millis()
    );
}

/// Settings that a revision made outlive its transaction: the next one starts as if they had not been.
fn push_reset(text: &mut String, changes: bool) {
    if changes {
        text.push_str("RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\n");
    }
}

fn version_table(books: &Books) -> String {
    books.quoted(&books.version_table)
}

/// A statement, inside psql's own condition where a directive asks for one.
fn push_conditional(text: &mut String, statement: &ScriptStatement, sql: &str) {
    // psql's count of the statement just done; inside its condition, where there is one.
    let count = if counts(statement) {
        "SELECT :rev_rows + :ROW_COUNT AS rev_rows \\gset\n"
    } else {
        ""
    };
    match statement.only_if() {
        None => {
            let _ = writeln!(text, "{sql}\n;");
            text.push_str(count);
        }
        Some(query) => {
            let _ = writeln!(
                text,
                "SELECT COALESCE(({query}\n)::text NOT IN ('f', 'false', '0', ''), false) AS rev_holds \\gset\n\\if :rev_holds\n{sql}\n;\n{count}\\endif"
            );
        }
    }
}

/// psql knows no batches: the statement runs at once, over the rows that its directive names.
fn batch_at_once(
    script: Option<&Script>,
    statement: &ScriptStatement,
) -> Result<String, EngineError> {
    let Some(batch) = statement.batch() else {
        return Ok(statement.sql.clone());
    };
    let gap = narrow(&statement.sql, &batch.table).ok_or_else(|| RunError::Batch {
        place: match script {
            Some(script) => Place::at(&script.file, statement.line),
            None => Place::file(""),
        },
        why: NOT_A_BATCH.to_owned(),
    })?;
    Ok(gap.filled(batch.condition.as_deref().unwrap_or("true")))
}
