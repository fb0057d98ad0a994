//! What the commands do: options in, report out. One file a command, named as the user calls it.

pub mod autogenerate;
pub mod backup;
pub mod branches;
pub mod check;
pub mod current;
pub mod dev;
pub mod edit;
pub mod ensure_version;
pub mod heads;
pub mod history;
pub mod init;
pub mod lint;
pub mod list_templates;
pub mod log;
pub mod merge;
pub mod plan;
pub mod rebase;
pub mod repair;
pub mod revision;
pub mod run;
pub mod show;
pub mod status;
pub mod validate;
