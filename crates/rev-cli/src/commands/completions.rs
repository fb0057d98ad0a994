//! `rev completions`.

use crate::args::Cli;
use crate::context::Context;
use crate::failure::Failure;
use clap::CommandFactory;
use rev_engine::ExitKind;

/// Print completions for a shell
///
/// Prints a script that teaches a shell to complete commands and options of rev.
///
///     rev completions bash > /etc/bash_completion.d/rev
///     rev completions zsh  > ~/.zfunc/_rev
///     rev completions fish > ~/.config/fish/completions/rev.fish
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rev", &mut script);
    context.ui.print(String::from_utf8_lossy(&script))?;
    Ok(ExitKind::Done)
}
