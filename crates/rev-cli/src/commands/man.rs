//! `rev man`.

use crate::args::documented;
use crate::context::Context;
use crate::failure::Failure;
use rev_engine::{EngineError, ExitKind};
use std::path::PathBuf;

/// Print the manual page, or write one per command
///
///     rev man | man -l -                 read it
///     rev man upgrade                    the page of one command
///     rev man --dir /usr/share/man/man1  write rev.1, rev-upgrade.1 and so on
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Command whose page to print [default: rev itself]
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    name: Option<String>,
    /// Write all pages into this folder instead
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let command = documented();
    if let Some(folder) = &args.dir {
        std::fs::create_dir_all(folder)
            .map_err(|error| EngineError::io("create", folder, error))?;
        clap_mangen::generate_to(command, folder)
            .map_err(|error| EngineError::io("write", folder, error))?;
        context
            .ui
            .say(format_args!("manual pages written to {}", folder.display()));
        return Ok(ExitKind::Done);
    }
    let page = match &args.name {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone().display_name(format!("rev-{name}")),
            None => {
                return Err(Failure::usage(
                    format!("there is no command `{name}`"),
                    "see `rev --help`".to_owned(),
                ));
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut text)
        .map_err(|error| EngineError::io("write", "stdout", error))?;
    context.ui.print(String::from_utf8_lossy(&text))?;
    Ok(ExitKind::Done)
}
