//! `rev dev`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::commands::dev;
use rev_engine::dev_database::EmbeddedStatus;
use rev_engine::{EngineError, ExitKind};
use serde_json::{Map, Value, json};
use std::os::unix::process::CommandExt;

/// The private Postgres of `database: embedded`: start, stop, look, reset
///
/// It lies under .rev/, starts by itself when a command needs it, and runs until
/// it is stopped.
///
///     rev dev status
///     rev dev psql
///     rev dev psql -- -c 'SELECT count(*) FROM users'
///     rev dev stop
///     rev dev reset          # everything in it is lost
///
/// Exit codes: 0 done, 1 failed; `psql` ends as psql does.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Start it, and print its URL
    Start,
    /// Stop it; its data stay
    Stop,
    /// Say whether it runs, where its data are and how to reach it
    Status,
    /// Open psql on it
    Psql {
        /// Arguments for psql
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Stop it and remove its data; the next use makes a new one
    Reset,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    match &args.action {
        Action::Start => context.show(&Started(dev::start(&project)?)),
        Action::Status => context.show(&Status(dev::status(&project))),
        Action::Stop => {
            let done = dev::stop(&project)?;
            context.show(&Done {
                done,
                key: "stopped",
                yes: "stopped",
                no: "it was not running",
            })
        }
        Action::Reset => {
            let done = dev::reset(&project)?;
            context.show(&Done {
                done,
                key: "reset",
                yes: "its data are gone; the next use makes a new one",
                no: "there was none",
            })
        }
        Action::Psql { arguments } => {
            let (psql, url) = dev::psql(&project)?;
            context.ui.flush()?;
            // psql takes over: the terminal, Ctrl-C and the exit code are its own.
            let source = std::process::Command::new(&psql)
                .arg(url)
                .args(arguments)
                .exec();
            Err(EngineError::io("start", psql, source).into())
        }
    }
}

struct Started(EmbeddedStatus);

impl View for Started {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Status(self.0.clone()).json()
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        ui.println(&self.0.url)
    }
}

struct Status(EmbeddedStatus);

impl View for Status {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let status = &self.0;
        Ok(object(json!({
            "running": status.pid.is_some(),
            "pid": status.pid,
            "exists": status.exists,
            "major": status.major,
            "data": status.data.display().to_string(),
            "url": status.url,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let status = &self.0;
        let state = match (status.pid, status.exists) {
            (Some(pid), _) => format!("running (process {pid})"),
            (None, true) => "stopped".to_owned(),
            (None, false) => "not made yet".to_owned(),
        };
        let version = status
            .major
            .map(|major| format!(", Postgres {major}"))
            .unwrap_or_default();
        ui.println(format_args!("{state}{version}"))?;
        ui.println(format_args!("data: {}", status.data.display()))?;
        ui.println(format_args!("url: {}", status.url))
    }
}

struct Done {
    done: bool,
    key: &'static str,
    yes: &'static str,
    no: &'static str,
}

impl View for Done {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(Map::from_iter([(
            self.key.to_owned(),
            Value::Bool(self.done),
        )]))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        ui.say(if self.done { self.yes } else { self.no });
        Ok(())
    }
}
