//! Writing: data to stdout, talk to stderr, colour where it is wanted.

use crate::args::{Color, GlobalArgs, LogFormat};
use crate::failure::{Failure, Problem};
use anstyle::{AnsiColor, Style};
use rev_engine::Event;
use serde_json::json;
use std::cell::RefCell;
use std::fmt;
use std::io::{BufWriter, IsTerminal, Stdout, Write};

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
    pub fn error(&self, message: &str, hint: Option<&str>) {
        let mut err = std::io::stderr().lock();
        // Nothing sensible is left to do when stderr itself is gone.
        let _ = match self.log_format {
            LogFormat::Json => writeln!(
                err,
                "{}",
                json!({"level": "error", "message": message, "hint": hint})
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

    fn log(&self, level: &str, text: impl fmt::Display) {
        let mut err = std::io::stderr().lock();
        let _ = match self.log_format {
            LogFormat::Text => writeln!(err, "{text}"),
            LogFormat::Json => writeln!(
                err,
                "{}",
                json!({"level": level, "message": text.to_string()})
            ),
        };
    }
}

fn output(error: std::io::Error) -> Failure {
    Failure {
        problem: Problem::Output(error),
        data: serde_json::Map::new(),
    }
}
