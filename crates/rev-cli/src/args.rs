//! The command line as types. Each command's own arguments live beside the command.

use crate::commands::Command;
use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// A revision-graph migration tool for PostgreSQL
///
/// A team keeps the schema it wants as plain SQL (the models) and its history as
/// plain SQL revision files that form a graph. `rev` writes the next revision
/// from the difference, proves it, and carries revisions out on Postgres so that
/// nothing is ever half done.
///
///     rev init                               start a project
///     rev autogenerate -m "add preferences"  models - history = a new revision
///     rev upgrade head                       bring a database up
///     rev merge heads -m "merge billing"     two heads become one
///
/// Exit codes: 0 done or nothing to do, 1 failed, 2 usage, 3 pending or different
/// (`check`), 4 drift, 5 lock not obtained, 6 refused as unsafe or destructive,
/// 7 database unreachable, 8 history unsound, 130/143 interrupted.
///
/// Environment: DATABASE_URL or DATABASE_URL_FILE (or PG* as libpq reads them, or
/// `.env`) name the database, REV_ENV an environment of rev.yaml, REV_CONFIG the
/// settings file; NO_COLOR turns colour off.
#[derive(Debug, Parser)]
#[command(
    name = "rev",
    version,
    styles = STYLES,
    verbatim_doc_comment,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = false,
    propagate_version = false
)]
pub struct Cli {
    /// Options every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Settings file [default: rev.yaml, here or in a folder above]
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        env = "REV_CONFIG",
        hide_env = true
    )]
    pub config: Option<PathBuf>,
    /// Environment of rev.yaml to use [env: REV_ENV]
    #[arg(short = 'E', long, global = true, value_name = "NAME")]
    pub environment: Option<String>,
    /// Database URL, or `embedded`; wins over rev.yaml and DATABASE_URL
    #[arg(short, long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Role to become on the database; wins over rev.yaml and REV_ROLE
    #[arg(long, global = true, value_name = "NAME")]
    pub role: Option<String>,
    /// How to print data
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub format: Format,
    /// Say less
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Whether to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Never ask; take the safe answer or fail
    #[arg(long, global = true)]
    pub no_input: bool,
    /// How to print progress on stderr
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,
}

/// How data is printed. Every command knows text and JSON; the drawings belong to `rev graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// A Mermaid flowchart
    #[value(hide = true)]
    Mermaid,
    /// Graphviz
    #[value(hide = true)]
    Dot,
    /// A picture
    #[value(hide = true)]
    Svg,
    /// A self-contained page
    #[value(hide = true)]
    Html,
    /// Tables for a pull request
    #[value(hide = true)]
    Markdown,
}

impl Format {
    /// Returns the name as typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::Svg => "svg",
            Self::Html => "html",
            Self::Markdown => "markdown",
        }
    }
}

/// Whether to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// In pipes too
    Always,
    /// Not at all
    Never,
}

/// How progress is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Sentences
    Text,
    /// One JSON object a line
    Json,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Reads the command line.
///
/// # Errors
/// clap's: help and version asked for, or a line that makes no sense.
pub fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let matches = match Cli::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        // Only who reads the manual pays for its layout.
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            return documented()
                .try_get_matches_from(&arguments)
                .and_then(|matches| Cli::from_arg_matches(&matches));
        }
        Err(error) => return Err(error),
    };
    Cli::from_arg_matches(&matches)
}

/// Returns the command line with its manuals laid out: paragraphs flow, examples stand as they are written.
pub fn documented() -> clap::Command {
    let flowing = |command: clap::Command| match command
        .get_long_about()
        .map(|about| flow(&about.to_string()))
    {
        Some(about) => command.long_about(about),
        None => command,
    };
    let names: Vec<String> = Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    names.iter().fold(flowing(Cli::command()), |command, name| {
        command.mut_subcommand(name, flowing)
    })
}

/// Joins the lines of each paragraph, so that the terminal's width breaks them, and leaves indented lines alone.
fn flow(text: &str) -> String {
    let mut out = String::new();
    let mut in_paragraph = false;
    for line in text.lines() {
        let flows = !line.is_empty() && !line.starts_with(' ');
        if flows && in_paragraph {
            out.push(' ');
        } else if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line);
        in_paragraph = flows;
    }
    out
}

/// Returns whether the line asks for JSON, also where it makes no sense otherwise.
pub fn wants_json(arguments: &[OsString]) -> bool {
    // What follows `--` belongs to the application that `--exec` starts.
    let ours = arguments.iter().take_while(|argument| *argument != "--");
    let mut before_was_format = false;
    for argument in ours {
        if argument == "--format=json" || (before_was_format && argument == "json") {
            return true;
        }
        before_was_format = argument == "--format";
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_flow_and_examples_stand() {
        assert_eq!(
            flow("One\ntwo.\n\nThree\n\n    rev x\n    rev y\n\nEnd\nhere"),
            "One two.\n\nThree\n\n    rev x\n    rev y\n\nEnd here"
        );
    }

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }
}
