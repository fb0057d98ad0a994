//! `rev log`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::log::{LogEntry, LogOptions, log};
use serde_json::{Map, Value, json};

/// Show what was done to the database: when, by whom, how long, and how it went
///
///     rev log                        the newest 20 lines
///     rev log -n 0                   all of them
///     rev log 3f2a -v                one revision, with host, commit and tool version
///     rev log --failed
///     rev log --sql --format json    with the SQL that ran
///
/// Exit codes: 0 done, 7 database unreachable.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Only revisions that start so
    #[arg(value_name = "REVISION")]
    revision: Option<String>,
    /// At most so many lines; 0 is all
    #[arg(short = 'n', long, default_value_t = 20, value_name = "NUMBER")]
    limit: u32,
    /// Only what failed
    #[arg(long)]
    failed: bool,
    /// With the SQL that ran
    #[arg(long)]
    sql: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = LogOptions {
        limit: (args.limit > 0).then_some(args.limit),
        revision: args.revision.clone(),
        failed: args.failed,
        sql: args.sql,
        wait: args.wait.wait(&project)?,
    };
    let entries = with_surroundings(context, async |surroundings| {
        log(&project, &options, surroundings).await
    })?;
    context.show(&Entries(entries))
}

struct Entries(Vec<LogEntry>);

impl View for Entries {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(
            json!({"log": self.0.iter().map(entry_json).collect::<Vec<_>>()}),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        if self.0.is_empty() {
            ui.say("the history is empty");
        }
        for entry in &self.0 {
            print(ui, entry)?;
        }
        Ok(())
    }
}

fn print(ui: &Ui, entry: &LogEntry) -> Result<(), Failure> {
    let styles = ui.out_styles;
    let status = match entry.status.as_str() {
        "done" => styles.applied,
        "failed" => styles.error,
        _ => styles.changed,
    };
    let duration = entry
        .duration_ms
        .map_or_else(|| "-".to_owned(), |ms| format!("{ms} ms"));
    let mut line = format!(
        "{}  {:9} {}  {}  {duration:>8}",
        paint(styles.dim, &entry.started_at),
        entry.action,
        paint(styles.revision, &entry.revision),
        paint(status, format_args!("{:7}", entry.status)),
    );
    if let Some(rows) = entry.rows_affected.filter(|rows| *rows > 0) {
        line.push_str(&format!("  {rows} rows"));
    }
    let by = if entry.actor.is_empty() {
        &entry.db_user
    } else {
        &entry.actor
    };
    line.push_str(&format!("  {by}@{}", entry.host));
    if let Some(tag) = &entry.tag {
        line.push_str(&format!("  [{tag}]"));
    }
    if !entry.message.is_empty() {
        line.push_str(&format!("  {}", entry.message));
    }
    ui.println(line)?;
    for text in entry.error.iter().chain(&entry.note) {
        for line in text.lines() {
            ui.println(format_args!("    {line}"))?;
        }
    }
    if ui.verbosity() > 0 {
        ui.println(format_args!(
            "    run {}, role {}, rev {}{}",
            entry.run_id,
            entry.db_user,
            entry.tool_version,
            entry
                .git_commit
                .as_ref()
                .map(|commit| format!(", commit {commit}"))
                .unwrap_or_default()
        ))?;
    }
    let sql = match entry.action.as_str() {
        "downgrade" => &entry.downgrade_sql,
        _ => &entry.upgrade_sql,
    };
    for line in sql.iter().flat_map(|sql| sql.lines()) {
        ui.println(format_args!("    {}", paint(styles.dim, line)))?;
    }
    Ok(())
}

fn entry_json(entry: &LogEntry) -> Value {
    let mut value = json!({
        "id": entry.id,
        "run_id": entry.run_id,
        "revision": entry.revision,
        "action": entry.action,
        "message": entry.message,
        "started_at": entry.started_at,
        "duration_ms": entry.duration_ms,
        "status": entry.status,
        "rows_affected": entry.rows_affected,
        "error": entry.error,
        "note": entry.note,
        "db_user": entry.db_user,
        "host": entry.host,
        "actor": entry.actor,
        "tool_version": entry.tool_version,
        "git_commit": entry.git_commit,
        "tag": entry.tag,
    });
    if let Some(sql) = &entry.upgrade_sql {
        value["upgrade_sql"] = json!(sql);
        value["downgrade_sql"] = json!(entry.downgrade_sql);
    }
    value
}
