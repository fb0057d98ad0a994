//! Progress on stderr: a live bar on a terminal, a line every few seconds in a pipe, an object a line for machines.

use crate::ui::{Ui, paint};
use rev_engine::{Event, StatementProgress};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The time between two lines about the same thing, where lines are all there is.
pub const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows one event.
pub fn show(ui: &Ui, event: &Event) {
    if ui.is_json_log() {
        let (level, name, fields) = object(event);
        return ui.log_object(level, name, fields);
    }
    let styles = ui.err_styles;
    match event {
        Event::Waiting { what, waited } => {
            // Who is in the way stays the same while their time counts up.
            let about = what.split(", ").next().unwrap_or_default();
            if ui.is_due(about, LINE_EVERY) {
                ui.say(format_args!("waiting for {what} ({} s)", waited.as_secs()));
            }
        }
        Event::RevisionStarted {
            action,
            revision,
            message,
            number,
            total,
        } => {
            ui.say(format_args!(
                "[{number}/{total}] {action} {}  {message}",
                paint(styles.revision, revision)
            ));
        }
        Event::RevisionFinished {
            revision,
            duration,
            rows,
        } => {
            ui.end_bar();
            let rows = rows
                .map(|rows| format!(", {rows} rows"))
                .unwrap_or_default();
            ui.detail(format_args!(
                "        {} done in {} ms{rows}",
                paint(styles.revision, revision),
                duration.as_millis()
            ));
        }
        Event::StatementProgress(progress) => {
            let words = in_words(progress);
            if ui.shows_bar() {
                ui.bar(progress.done, progress.total, &words);
            } else if progress.elapsed >= LINE_EVERY && ui.is_due("progress", LINE_EVERY) {
                ui.say(format_args!("        {words}"));
            }
        }
        Event::StatementFinished { .. } => ui.end_bar(),
        Event::Progress { what, done, total } => match total {
            Some(total) => ui.detail(format_args!("        {what}: {done} of {total}")),
            None => ui.detail(format_args!("        {what}: {done}")),
        },
        Event::ServerNotice { message } => {
            ui.say(format_args!("{} {message}", paint(styles.dim, "server:")))
        }
        Event::Note { message } => ui.say(message),
        Event::Warning { message } => ui.warn(message),
        _ => {}
    }
}

/// `building index: scanning table, 1200 of 4000 blocks (30 %), 12 s: CREATE INDEX …`
fn in_words(progress: &StatementProgress) -> String {
    let mut parts = Vec::new();
    parts.extend(progress.phase.clone());
    if let Some(unit) = progress.unit {
        let done = progress.done;
        parts.push(match progress.total {
            Some(total) => {
                let share = done.saturating_mul(100) / total.max(1);
                format!("{done} of {total} {unit} ({share} %)")
            }
            None => format!("{done} {unit}"),
        });
    }
    if let Some(rate) = progress.rate.filter(|rate| *rate > 0.0) {
        let mut text = format!("{rate:.0} a second");
        if let Some(total) = progress.total {
            let left = total.saturating_sub(progress.done) as f64 / rate;
            text.push_str(&format!(", about {left:.0} s left"));
        }
        parts.push(text);
    }
    parts.push(format!("{} s", progress.elapsed.as_secs()));
    format!("{}: {}", parts.join(", "), progress.sql)
}

/// An event as level, name and typed fields; the page "Progress as JSON" of the book lists them.
fn object(event: &Event) -> (&'static str, &'static str, Map<String, Value>) {
    let ms = |duration: &Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let (level, name, fields) = match event {
        Event::Waiting { what, waited } => (
            "info",
            "waiting",
            json!({"for": what, "waited_ms": ms(waited)}),
        ),
        Event::RevisionStarted {
            action,
            revision,
            message,
            number,
            total,
        } => (
            "info",
            "revision_started",
            json!({"action": action, "revision": revision, "message": message, "number": number, "total": total}),
        ),
        Event::RevisionFinished {
            revision,
            duration,
            rows,
        } => (
            "info",
            "revision_finished",
            json!({"revision": revision, "duration_ms": ms(duration), "rows": rows}),
        ),
        Event::StatementProgress(progress) => (
            "info",
            "statement_progress",
            json!({
                "revision": progress.revision,
                "statement": progress.statement,
                "sql": progress.sql,
                "phase": progress.phase,
                "unit": progress.unit,
                "done": progress.unit.map(|_| progress.done),
                "total": progress.total,
                "per_second": progress.rate,
                "elapsed_ms": ms(&progress.elapsed),
            }),
        ),
        Event::StatementFinished {
            revision,
            statement,
            duration,
        } => (
            "info",
            "statement_finished",
            json!({"revision": revision, "statement": statement, "duration_ms": ms(duration)}),
        ),
        Event::Progress { what, done, total } => (
            "info",
            "progress",
            json!({"what": what, "done": done, "total": total}),
        ),
        Event::ServerNotice { message } => ("info", "server_notice", json!({"message": message})),
        Event::Note { message } => ("info", "note", json!({"message": message})),
        Event::Warning { message } => ("warning", "warning", json!({"message": message})),
        _ => ("info", "other", json!({})),
    };
    let fields = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    (level, name, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_in_words() {
        let mut progress = StatementProgress {
            revision: "3f2a".to_owned(),
            statement: 2,
            sql: "CREATE INDEX CONCURRENTLY i ON t (a)".to_owned(),
            phase: Some("building index: scanning table".to_owned()),
            unit: Some("blocks"),
            done: 1200,
            total: Some(4000),
            rate: None,
            elapsed: Duration::from_secs(12),
        };
        let check = |progress: &StatementProgress, expected: &str| {
            assert_eq!(in_words(progress), expected);
        };
        check(
            &progress,
            "building index: scanning table, 1200 of 4000 blocks (30 %), 12 s: CREATE INDEX CONCURRENTLY i ON t (a)",
        );
        progress.rate = Some(100.0);
        progress.phase = None;
        check(
            &progress,
            "1200 of 4000 blocks (30 %), 100 a second, about 28 s left, 12 s: CREATE INDEX CONCURRENTLY i ON t (a)",
        );
        progress.unit = None;
        progress.rate = None;
        check(&progress, "12 s: CREATE INDEX CONCURRENTLY i ON t (a)");
    }
}
