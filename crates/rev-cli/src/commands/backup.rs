//! `rev backup`.

use super::restore;
use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::backup::{Backup, CreateOptions, Retention, Store, VerifyReport};
use rev_engine::commands::backup::{self as engine, Proof};
use rev_engine::settings::parse_duration;
use rev_engine::{ExitKind, Project};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Take, list, prove, restore and prune backups of the database
///
/// A backup is a dump of `pg_dump -Fc` and a manifest beside it, which holds the revisions it is at, a hash of the
/// file, and the number and hash of every table's rows, all read in one snapshot. Changes made while a
/// dump runs are not in it.
///
///     rev backup create --note "before 2.0"    take one
///     rev backup create --verify               and restore it to the dev database for proof
///     rev backup list
///     rev backup verify latest                 restore it to the dev database and compare
///     rev backup restore latest                put it in place; the old database is kept
///     rev backup prune --keep 7
///
/// Needs pg_dump and pg_restore of the server's major version, or a newer one.
///
/// Exit codes: 0 done, 1 failed or damaged, 6 refused without consent, 7 database unreachable,
/// 130/143 interrupted.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Take a backup
    Create(CreateArgs),
    /// List the backups, the newest first
    List(DirectoryArgs),
    /// Prove a backup: its file, and what it restores to
    Verify(VerifyArgs),
    /// Restore a backup to a new database, prove it, and put it in place
    Restore(restore::Args),
    /// Remove old backups; the newest of each database always stays
    Prune(PruneArgs),
}

/// Where backups are.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DirectoryArgs {
    /// Folder of the backups [default: .rev/backups in the project]
    #[arg(
        long = "dir",
        value_name = "DIR",
        env = "REV_BACKUP_DIR",
        hide_env = true
    )]
    directory: Option<PathBuf>,
}

impl DirectoryArgs {
    /// Returns the backups there.
    pub fn store(&self, project: &Project) -> Store {
        engine::store(project, self.directory.as_deref())
    }
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    #[command(flatten)]
    directory: DirectoryArgs,
    /// Only the schema, no rows
    #[arg(long)]
    schema_only: bool,
    /// Do not count and hash the rows of every table
    #[arg(long)]
    no_digests: bool,
    /// Restore it to the dev database for proof
    #[arg(long)]
    verify: bool,
    /// A note that ends in the manifest
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    wait: WaitArgs,
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Its name, a file of it, or `latest`
    #[arg(value_name = "BACKUP", default_value = "latest")]
    backup: String,
    #[command(flatten)]
    directory: DirectoryArgs,
    /// Only the file: hash it and read it through, restore nothing
    #[arg(long, conflicts_with_all = ["schema_only", "on_server"])]
    quick: bool,
    /// Restore the schema and no rows
    #[arg(long)]
    schema_only: bool,
    /// Restore to a scratch database on the database's own server instead of the dev database
    #[arg(long)]
    on_server: bool,
}

#[derive(Debug, clap::Args)]
struct PruneArgs {
    /// Keep this many of each database
    #[arg(long, value_name = "N", required_unless_present = "older_than")]
    keep: Option<usize>,
    /// Remove only what is older: 12h, 30d, 8w; with --keep both must be true
    #[arg(long, value_name = "TIME")]
    older_than: Option<String>,
    /// Only show what would go
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    directory: DirectoryArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    match &args.action {
        Action::Create(args) => create(args, context),
        Action::List(args) => list(args, context),
        Action::Verify(args) => verify(args, context),
        Action::Restore(args) => restore::run(args, context),
        Action::Prune(args) => prune(args, context),
    }
}

fn create(args: &CreateArgs, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let wait = args.wait.wait(&project)?;
    let store = args.directory.store(&project);
    let options = CreateOptions {
        schema_only: args.schema_only,
        no_digests: args.no_digests,
        note: args.note.clone(),
    };
    let clock = context.clock();
    let (backup, proof) = with_surroundings(context, async |surroundings| {
        let backup =
            engine::create(&project, &store, &options, wait, &*clock, surroundings).await?;
        let proof = if args.verify {
            Some(engine::verify(&project, &backup, Proof::default(), surroundings).await?)
        } else {
            None
        };
        Ok((backup, proof))
    })?;
    context.show(&Created { backup, proof })
}

fn list(args: &DirectoryArgs, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let store = args.store(&project);
    context.show(&Listed {
        backups: store.list()?,
        store,
    })
}

fn verify(args: &VerifyArgs, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let backup = args.directory.store(&project).find(&args.backup)?;
    let proof = Proof {
        quick: args.quick,
        schema_only: args.schema_only,
        on_server: args.on_server,
    };
    let report = with_surroundings(context, async |surroundings| {
        engine::verify(&project, &backup, proof, surroundings).await
    })?;
    context.show(&Verified {
        name: backup.manifest.name,
        report,
    })
}

fn prune(args: &PruneArgs, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let store = args.directory.store(&project);
    let retention = Retention {
        keep: args.keep,
        older_than: args.older_than.as_deref().map(age).transpose()?,
    };
    let go = store.dispensable(retention, context.clock().now())?;
    if !args.dry_run {
        for backup in &go {
            store.remove(backup)?;
        }
    }
    context.show(&Pruned {
        backups: go,
        dry_run: args.dry_run,
    })
}

/// Ages are told in days and weeks as well.
fn age(text: &str) -> Result<Duration, Failure> {
    let days = |number: &str, of: u64| number.trim().parse::<u64>().ok().map(|n| n * of);
    let days = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(number), _) => days(number, 1),
        (_, Some(number)) => days(number, 7),
        _ => None,
    };
    if let Some(days) = days {
        return Ok(Duration::from_secs(days.saturating_mul(86_400)));
    }
    parse_duration(text).map_err(|_| {
        Failure::usage(
            format!("`--older-than {text}` is no age"),
            "write a number and a unit, as in 12h, 30d or 8w".to_owned(),
        )
    })
}

/// Returns a backup as JSON.
pub fn backup_json(backup: &Backup) -> Value {
    let manifest = &backup.manifest;
    let rows = manifest
        .tables
        .as_ref()
        .map(|tables| tables.iter().map(|table| table.rows).sum::<u64>());
    json!({
        "name": manifest.name,
        "file": backup.dump(),
        "manifest": backup.manifest_path(),
        "database": manifest.database,
        "server_version": manifest.server_version,
        "revisions": manifest.revisions,
        "schema_only": manifest.schema_only,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "rows": rows,
        "lsn": manifest.lsn,
        "started_at": manifest.started_at.to_rfc3339(),
        "finished_at": manifest.finished_at.to_rfc3339(),
        "note": manifest.note,
    })
}

/// Returns bytes for a person.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

fn at(revisions: &[String]) -> String {
    if revisions.is_empty() {
        "base".to_owned()
    } else {
        revisions.join(", ")
    }
}

struct Created {
    backup: Backup,
    proof: Option<VerifyReport>,
}

impl View for Created {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(json!({
            "backup": backup_json(&self.backup),
            "proved": self.proof.as_ref().map(|proof| &proof.proved),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let manifest = &self.backup.manifest;
        ui.println(format_args!(
            "{} {}  {}, {} at {}",
            paint(ui.out_styles.added, "+"),
            self.backup.dump().display(),
            size(manifest.size),
            manifest.database,
            paint(ui.out_styles.revision, at(&manifest.revisions)),
        ))?;
        match &self.proof {
            Some(proof) => print_proof(ui, proof),
            None => {
                ui.flush()?;
                ui.say(format_args!(
                    "prove that it restores: rev backup verify {}",
                    manifest.name
                ));
                Ok(())
            }
        }
    }
}

struct Listed {
    backups: Vec<Backup>,
    store: Store,
}

impl View for Listed {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let backups: Vec<_> = self.backups.iter().map(backup_json).collect();
        Ok(object(
            json!({ "directory": self.store.directory(), "backups": backups }),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        if self.backups.is_empty() {
            ui.say(format_args!(
                "no backups in {}; `rev backup create` takes one",
                self.store.directory().display()
            ));
            return Ok(());
        }
        let width = |of: fn(&Backup) -> String| {
            self.backups
                .iter()
                .map(|backup| of(backup).chars().count())
                .max()
                .unwrap_or(0)
        };
        let name_width = width(|backup| backup.manifest.name.clone());
        let size_width = width(|backup| size(backup.manifest.size));
        for backup in &self.backups {
            let manifest = &backup.manifest;
            let mut line = format!(
                "{}  {}  {:>size_width$}  {}",
                paint(
                    ui.out_styles.heading,
                    format_args!("{:name_width$}", manifest.name)
                ),
                manifest.started_at.format("%Y-%m-%d %H:%M:%S UTC"),
                size(manifest.size),
                paint(ui.out_styles.revision, at(&manifest.revisions)),
            );
            if manifest.schema_only {
                line.push_str("  schema only");
            }
            if let Some(note) = &manifest.note {
                line.push_str(&format!("  {note}"));
            }
            ui.println(line)?;
        }
        Ok(())
    }
}

struct Verified {
    name: String,
    report: VerifyReport,
}

impl View for Verified {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(json!({
            "backup": self.name,
            "proved": self.report.proved,
            "left_out": self.report.left_out,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        print_proof(ui, &self.report)?;
        ui.println(format_args!("{} is sound", self.name))
    }
}

/// Writes what was proved, a line each.
pub fn print_proof(ui: &Ui, report: &VerifyReport) -> Result<(), Failure> {
    for sentence in &report.proved {
        ui.println(format_args!(
            "{} {sentence}",
            paint(ui.out_styles.applied, "✓")
        ))?;
    }
    for sentence in &report.left_out {
        ui.println(format_args!("{} {sentence}", paint(ui.out_styles.dim, "-")))?;
    }
    Ok(())
}

struct Pruned {
    backups: Vec<Backup>,
    dry_run: bool,
}

impl View for Pruned {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let names: Vec<_> = self
            .backups
            .iter()
            .map(|backup| &backup.manifest.name)
            .collect();
        Ok(object(json!({ "removed": names, "dry_run": self.dry_run })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        for backup in &self.backups {
            ui.println(format_args!(
                "{} {}  {}",
                paint(ui.out_styles.removed, "-"),
                backup.manifest.name,
                size(backup.manifest.size)
            ))?;
        }
        if self.backups.is_empty() {
            ui.say("nothing to remove");
        } else if self.dry_run {
            ui.say("nothing was removed: --dry-run");
        }
        Ok(())
    }
}
