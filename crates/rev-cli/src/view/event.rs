//! Progress on stderr.

use crate::ui::{Ui, paint};
use rev_engine::Event;

/// Shows one event.
pub fn show(ui: &Ui, event: &Event) {
    let styles = ui.err_styles;
    match event {
        Event::Waiting { what, waited } => {
            ui.say(format_args!("waiting for {what} ({} s)", waited.as_secs()))
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
            let rows = rows
                .map(|rows| format!(", {rows} rows"))
                .unwrap_or_default();
            ui.detail(format_args!(
                "        {} done in {} ms{rows}",
                paint(styles.revision, revision),
                duration.as_millis()
            ));
        }
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
