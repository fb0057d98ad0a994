//! `cargo xtask demo`: the main job, from an empty folder to the drawn graph.
//!
//! Each command is shown as a person would type it and then run for real, on a
//! Postgres of its own that is gone afterwards.

use crate::postgres;
use crate::shell::{self, Options, Outcome};
use std::path::Path;
use std::process::Command;

const FIRST_MODEL: &str = "\
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    total numeric(12, 2) NOT NULL CHECK (total >= 0),
    placed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_user_id ON orders (user_id);
";

const PREFERENCES: &str = "\
CREATE TYPE theme AS ENUM ('light', 'dark');

CREATE TABLE user_preferences (
    user_id bigint PRIMARY KEY REFERENCES users (id),
    theme theme NOT NULL DEFAULT 'light',
    newsletter boolean NOT NULL DEFAULT false
);
";

const SEARCH: &str = "\
CREATE INDEX users_email_lower ON users (lower(email));
";

const SPENDING: &str = "\
CREATE VIEW spending AS
    SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
";

/// Runs the demonstration.
pub(crate) fn run(options: &Options) -> Outcome {
    let found = postgres::ensure(options)?;
    let rev = shell::build_rev(options.release)?;
    let home = shell::target().join("demo");
    let stage = Stage {
        rev: &rev,
        home: &home,
        found: &found,
    };
    stage.clear();
    std::fs::create_dir_all(&home)
        .map_err(|error| format!("cannot make {}: {error}", home.display()))?;
    let result = play(&stage);
    // The embedded server must not outlive the demonstration, whatever happened.
    stage.command(&["dev", "stop"]).output().ok();
    if result.is_ok() {
        println!("\nThe project is in {}", home.display());
    }
    result
}

fn play(stage: &Stage<'_>) -> Outcome {
    stage.say("A new project, on a private Postgres");
    stage.rev(&["init", ".", "--database", "embedded"])?;
    stage.clear_models();
    stage.write("schema/shop.sql", FIRST_MODEL)?;

    stage.say("The first revision, written from the models");
    stage.rev(&[
        "autogenerate",
        "-m",
        "users and orders",
        "--rev-id",
        "1a0000000001",
    ])?;
    stage.rev(&["upgrade", "head"])?;

    stage.say("A second change: the model is edited, the difference is found and proved");
    stage.write("schema/preferences.sql", PREFERENCES)?;
    stage.rev(&[
        "autogenerate",
        "-m",
        "add user preferences",
        "--rev-id",
        "2b0000000002",
    ])?;
    stage.show_revision("2b0000000002")?;
    stage.rev(&["upgrade", "head"])?;

    stage.say("Two people work at once: two heads");
    stage.write("schema/search.sql", SEARCH)?;
    stage.rev(&[
        "autogenerate",
        "-m",
        "search users by email",
        "--rev-id",
        "3c0000000003",
        "--branch-label",
        "search",
    ])?;
    stage.remove("schema/search.sql")?;
    stage.write("schema/spending.sql", SPENDING)?;
    stage.rev(&[
        "autogenerate",
        "-m",
        "spending per user",
        "--head",
        "2b0000000002",
        "--splice",
        "--rev-id",
        "4d0000000004",
        "--branch-label",
        "spending",
    ])?;
    stage.write("schema/search.sql", SEARCH)?;
    stage.rev(&["heads"])?;

    stage.say("Merged into one");
    stage.rev(&[
        "merge",
        "heads",
        "-m",
        "merge search and spending",
        "--rev-id",
        "5e0000000005",
    ])?;
    stage.rev(&["upgrade", "head"])?;
    stage.rev(&["check"])?;

    stage.say("Back past the merge, and forward again");
    stage.rev(&["downgrade", "2b0000000002", "--yes"])?;
    stage.rev(&["current"])?;
    stage.rev(&["upgrade", "head"])?;

    stage.say("What has happened to this database, and the graph");
    stage.rev(&["log"])?;
    stage.rev(&["history", "-i"])
}

struct Stage<'a> {
    rev: &'a Path,
    home: &'a Path,
    found: &'a postgres::Found,
}

impl Stage<'_> {
    fn say(&self, title: &str) {
        println!("\n\x1b[1;36m# {title}\x1b[0m");
    }

    fn rev(&self, arguments: &[&str]) -> Outcome {
        let shown: Vec<String> = arguments
            .iter()
            .map(|argument| match argument.contains(' ') {
                true => format!("\"{argument}\""),
                false => (*argument).to_owned(),
            })
            .collect();
        println!("\n\x1b[1m$ rev {}\x1b[0m", shown.join(" "));
        shell::run(&mut self.command(arguments))
            .map_err(|_| format!("the demonstration stopped at `rev {}`", shown.join(" ")))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.rev);
        command.args(arguments).current_dir(self.home);
        for name in [
            "DATABASE_URL",
            "DATABASE_URL_FILE",
            "REV_ENV",
            "REV_DATABASE",
            "PGHOST",
            "PGPORT",
            "PGDATABASE",
        ] {
            command.env_remove(name);
        }
        self.found.set(&mut command);
        command
    }

    fn write(&self, file: &str, text: &str) -> Outcome {
        println!("\n\x1b[2m{file}\x1b[0m");
        for line in text.lines() {
            println!("\x1b[2m  {line}\x1b[0m");
        }
        let path = self.home.join(file);
        std::fs::write(&path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    fn remove(&self, file: &str) -> Outcome {
        let path = self.home.join(file);
        std::fs::remove_file(&path)
            .map_err(|error| format!("cannot remove {}: {error}", path.display()))
    }

    /// Shows the file that was just written, as an editor would.
    fn show_revision(&self, id: &str) -> Outcome {
        let folder = self.home.join("revisions");
        let file = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.to_string_lossy().contains(id))
            .ok_or_else(|| format!("no file for {id} in {}", folder.display()))?;
        let text = std::fs::read_to_string(&file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        println!(
            "\n\x1b[2mrevisions/{}\x1b[0m",
            file.file_name().unwrap_or_default().to_string_lossy()
        );
        for line in text.lines() {
            println!("\x1b[2m  {line}\x1b[0m");
        }
        Ok(())
    }

    fn clear_models(&self) {
        for entry in std::fs::read_dir(self.home.join("schema"))
            .into_iter()
            .flatten()
            .flatten()
        {
            std::fs::remove_file(entry.path()).ok();
        }
    }

    fn clear(&self) {
        if self.home.join("rev.yaml").exists() {
            self.command(&["dev", "stop"]).output().ok();
        }
        std::fs::remove_dir_all(self.home).ok();
    }
}
