//! Writing: data to stdout, talk to stderr, colour where it is wanted.

use crate::args::{Color, GlobalArgs, LogFormat};
use crate::failure::{Failure, Problem};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rev_engine::Event;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::fmt;
use std::io::{BufWriter, IsTerminal, Stdout, Write};
use std::time::{Duration, Instant};

/// The two streams of a command and how to write on them.
pub struct Ui {
    out: RefCell<BufWriter<Stdout>>,
    /// Styles for stdout.
    pub out_styles: Styles,
    /// Styles for stderr.
    pub err_styles: Styles,
    quiet: bool,
    verbosity: u8,
    log_format: LogFormat,
    may_ask: bool,
    /// Whether stderr is a terminal that a bar can live on.
    is_live: bool,
    bar: RefCell<Option<ProgressBar>>,
    /// What was last said about something that goes on, and when.
    said: RefCell<Option<(String, Instant)>>,
}

/// What text looks like; all plain where colour is not wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Styles {
    /// A revision's identifier.
    pub revision: Style,
    /// A branch label.
    pub label: Style,
    /// A mark such as (head).
    pub mark: Style,
    /// What the database has.
    pub applied: Style,
    /// What it lacks yet.
    pub pending: Style,
    /// A title.
    pub heading: Style,
    /// What matters less.
    pub dim: Style,
    /// An added thing.
    pub added: Style,
    /// A removed thing.
    pub removed: Style,
    /// A changed thing, a warning.
    pub changed: Style,
    /// The word "error".
    pub error: Style,
    /// The word "hint".
    pub hint: Style,
}

impl Styles {
    fn colourful() -> Self {
        let colour = |colour: AnsiColor| colour.on_default();
        Self {
            revision: colour(AnsiColor::Yellow),
            label: colour(AnsiColor::Magenta).bold(),
            mark: colour(AnsiColor::Cyan).bold(),
            applied: colour(AnsiColor::Green),
            pending: colour(AnsiColor::BrightBlack),
            heading: Style::new().bold(),
            dim: colour(AnsiColor::BrightBlack),
            added: colour(AnsiColor::Green),
            removed: colour(AnsiColor::Red),
            changed: colour(AnsiColor::Yellow),
            error: colour(AnsiColor::Red).bold(),
            hint: colour(AnsiColor::Cyan).bold(),
        }
    }

    fn chosen(colour: Color, stream: &impl anstream::stream::RawStream) -> Self {
        let wanted = match colour {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        };
        if wanted {
            Self::colourful()
        } else {
            Self::default()
        }
    }
}

/// Text in a style: `paint(style, "text")` inside a `format!`.
pub fn paint<T: fmt::Display>(style: Style, text: T) -> impl fmt::Display {
    struct Painted<T>(Style, T);
    impl<T: fmt::Display> fmt::Display for Painted<T> {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "{}{}{:#}", self.0, self.1, self.0)
        }
    }
    Painted(style, text)
}

impl Ui {
    /// Returns the streams as the global options want them.
    pub fn new(global: &GlobalArgs) -> Self {
        let may_ask =
            !global.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self {
            out: RefCell::new(BufWriter::with_capacity(64 * 1024, std::io::stdout())),
            out_styles: Styles::chosen(global.color, &std::io::stdout()),
            err_styles: Styles::chosen(global.color, &std::io::stderr()),
            quiet: global.quiet,
            verbosity: global.verbose,
            log_format: global.log_format,
            may_ask,
            is_live: std::io::stderr().is_terminal(),
            bar: RefCell::default(),
            said: RefCell::default(),
        }
    }

    /// Returns whether a person can be asked.
    pub fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Returns how often `-v` was given.
    pub fn verbosity(&self) -> u8 {
        self.verbosity
    }

    /// Writes data to stdout (buffered; flushed when the command ends).
    ///
    /// # Errors
    /// stdout is gone.
    pub fn print(&self, text: impl fmt::Display) -> Result<(), Failure> {
        write!(self.out.borrow_mut(), "{text}").map_err(output)
    }

    /// Writes a line of data to stdout.
    ///
    /// # Errors
    /// stdout is gone.
    pub fn println(&self, text: impl fmt::Display) -> Result<(), Failure> {
        writeln!(self.out.borrow_mut(), "{text}").map_err(output)
    }

    /// Sends what is buffered.
    ///
    /// # Errors
    /// stdout is gone.
    pub fn flush(&self) -> Result<(), Failure> {
        self.out.borrow_mut().flush().map_err(output)
    }

    /// Says a sentence on stderr, unless `-q`.
    pub fn say(&self, text: impl fmt::Display) {
        if !self.quiet {
            self.log("info", text);
        }
    }

    /// Says a sentence on stderr when `-v` was given.
    pub fn detail(&self, text: impl fmt::Display) {
        if self.verbosity > 0 {
            self.log("debug", text);
        }
    }

    /// Warns on stderr; also with `-q`.
    pub fn warn(&self, text: impl fmt::Display) {
        match self.log_format {
            LogFormat::Json => self.log("warning", text),
            LogFormat::Text => self.log(
                "warning",
                format_args!("{} {text}", paint(self.err_styles.changed, "warning:")),
            ),
        }
    }

    /// Says what went wrong and what to do next.
    pub fn error(&self, code: &str, message: &str, hint: Option<&str>) {
        self.end_bar();
        let mut err = std::io::stderr().lock();
        // Nothing sensible is left to do when stderr itself is gone.
        let _ = match self.log_format {
            LogFormat::Json => writeln!(
                err,
                "{}",
                json!({"time": now(), "level": "error", "event": "error", "code": code, "message": message, "hint": hint})
            ),
            LogFormat::Text => {
                let _ = writeln!(err, "{} {message}", paint(self.err_styles.error, "error:"));
                hint.map_or(Ok(()), |hint| {
                    writeln!(err, "  {} {hint}", paint(self.err_styles.hint, "hint:"))
                })
            }
        };
    }

    /// Shows progress: the sink to hand to the engine is `&|event| ui.event(event)`.
    pub fn event(&self, event: Event) {
        crate::view::event::show(self, &event);
    }

    fn log(&self, level: &'static str, text: impl fmt::Display) {
        match self.log_format {
            // A line goes above the bar, if there is one.
            LogFormat::Text => self.above_bar(|| {
                let _ = writeln!(std::io::stderr().lock(), "{text}");
            }),
            LogFormat::Json => {
                let name = if level == "warning" {
                    "warning"
                } else {
                    "note"
                };
                let mut fields = Map::new();
                fields.insert("message".into(), text.to_string().into());
                self.log_object(level, name, fields);
            }
        }
    }

    /// Returns whether stderr is one JSON object a line.
    pub fn is_json_log(&self) -> bool {
        self.log_format == LogFormat::Json
    }

    /// Writes a line for machines; with `-q` only warnings.
    pub fn log_object(&self, level: &'static str, event: &'static str, fields: Map<String, Value>) {
        if self.quiet && level == "info" {
            return;
        }
        let mut line = Map::new();
        line.insert("time".into(), now().into());
        line.insert("level".into(), level.into());
        line.insert("event".into(), event.into());
        line.extend(fields);
        let _ = writeln!(std::io::stderr().lock(), "{}", Value::Object(line));
    }

    /// Returns whether to say something about a thing that goes on, and notes that it is said.
    pub fn is_due(&self, about: &str, every: Duration) -> bool {
        let mut said = self.said.borrow_mut();
        let is_fresh =
            |(before, when): &(String, Instant)| before == about && when.elapsed() < every;
        if said.as_ref().is_some_and(is_fresh) {
            return false;
        }
        *said = Some((about.to_owned(), Instant::now()));
        true
    }

    /// Returns whether progress is shown as a live bar.
    pub fn shows_bar(&self) -> bool {
        self.is_live && !self.quiet && self.log_format == LogFormat::Text
    }

    /// Moves the bar, which appears with the first call.
    pub fn bar(&self, done: u64, total: Option<u64>, words: &str) {
        let mut slot = self.bar.borrow_mut();
        let bar = slot.get_or_insert_with(|| {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        });
        match total {
            Some(total) => {
                bar.set_style(style("[{bar:24}] {percent:>3}% {wide_msg}").progress_chars("=> "));
                bar.set_length(total);
                bar.set_position(done.min(total));
            }
            None => bar.set_style(style("{spinner} {wide_msg}")),
        }
        bar.set_message(words.to_owned());
        bar.tick();
    }

    /// Takes the bar away.
    pub fn end_bar(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }

    fn above_bar(&self, write: impl FnOnce()) {
        match &*self.bar.borrow() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn output(error: std::io::Error) -> Failure {
    Failure {
        problem: Problem::Output(error),
        data: serde_json::Map::new(),
    }
}
