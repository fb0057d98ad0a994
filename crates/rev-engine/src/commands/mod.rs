//! What the commands do: options in, report out. One file a command, named as the user calls it.

pub mod init;
pub mod list_templates;
