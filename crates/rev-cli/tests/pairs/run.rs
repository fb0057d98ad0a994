//! One pair's way up and down.

use std::collections::BTreeMap;
use std::fmt;

use rev_testkit::{Database, Server, TestProject};

use crate::pair::Pair;
use crate::witness::{Entries, Witness, difference};

const AUTOGENERATE: [&str; 6] = [
    "autogenerate",
    "--from-database",
    "--allow-destructive",
    "--no-input",
    "-m",
    "new",
];

/// Where a pair went wrong, and how.
pub struct Failure {
    phase: &'static str,
    text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.phase, indented(&self.text))
    }
}

/// Takes a pair through all phases.
pub fn run(server: &'static Server, witness: &Witness, pair: &Pair) -> Result<(), Failure> {
    let wanted = {
        let database = load(server, &pair.new, "new.sql does not load")?;
        look(witness, &database)?
    };
    let database = load(server, &pair.old, "old.sql does not load")?;
    let was = look(witness, &database)?;
    let before = identities(&database);
    let kept: Vec<String> = pair
        .keeps
        .iter()
        .map(|(old, _)| oid(&database, old))
        .collect();

    // Rehearsals happen beside the pair's database: a server of its own for each run would take longer than the run.
    let project = TestProject::with_database(&database.url());
    project
        .write(
            "rev.yaml",
            &format!(
                "database: \"{}\"\nmodels: [schema/*.sql]\ndev_database: \"{}\"\n",
                database.url(),
                server.url("postgres")
            ),
        )
        .write("schema/new.sql", &pair.new);

    if let Some(words) = &pair.refused {
        return refused(&project, words);
    }
    autogenerate(&project, &pair.renames, "autogenerate")?;
    rev(&project, &["upgrade", "head"], "upgrade")?;
    same(
        &look(witness, &database)?,
        &wanted,
        "the upgrade does not lead to new.sql",
    )?;
    let remade = remade(&before, &identities(&database), &pair.remakes);
    if !remade.is_empty() {
        return Err(Failure {
            phase: "made anew, though Postgres can alter it",
            text: remade.join(", "),
        });
    }
    for ((old, new), oid_before) in pair.keeps.iter().zip(kept) {
        if oid(&database, new) != oid_before {
            return Err(Failure {
                phase: "made anew, though it is a rename",
                text: format!("{old} -> {new}"),
            });
        }
    }

    let files = project.files("revisions").len();
    autogenerate(&project, &[], "second autogenerate")?;
    if project.files("revisions").len() != files {
        let newest = project.files("revisions").pop().unwrap_or_default();
        return Err(Failure {
            phase: "a second autogenerate finds something",
            text: std::fs::read_to_string(newest).unwrap_or_default(),
        });
    }

    rev(&project, &["downgrade", "base", "--yes"], "downgrade")?;
    same(
        &look(witness, &database)?,
        &was,
        "the downgrade does not lead back to old.sql",
    )
}

/// Expects autogenerate to refuse with these words, and to write nothing.
fn refused(project: &TestProject, words: &str) -> Result<(), Failure> {
    let output = project.rev(AUTOGENERATE);
    let said = output.code == 6 && output.stderr.contains(words);
    if said && project.files("revisions").is_empty() {
        return Ok(());
    }
    Err(Failure {
        phase: "not refused in the words expected",
        text: format!("exit {}\n{}{}", output.code, output.stdout, output.stderr),
    })
}

fn load(server: &'static Server, script: &str, phase: &'static str) -> Result<Database, Failure> {
    let database = server.fresh_database();
    match database.try_execute(script) {
        Ok(()) => Ok(database),
        Err(text) => Err(Failure { phase, text }),
    }
}

fn look(witness: &Witness, database: &Database) -> Result<Entries, Failure> {
    witness.look(database).map_err(|text| Failure {
        phase: "the database cannot be read",
        text,
    })
}

fn autogenerate(
    project: &TestProject,
    renames: &[String],
    phase: &'static str,
) -> Result<(), Failure> {
    let mut arguments = AUTOGENERATE.to_vec();
    for rename in renames {
        arguments.extend(["--rename", rename]);
    }
    rev(project, &arguments, phase)
}

fn rev(project: &TestProject, arguments: &[&str], phase: &'static str) -> Result<(), Failure> {
    let output = project.rev(arguments);
    if output.code == 0 {
        return Ok(());
    }
    Err(Failure {
        phase,
        text: format!("exit {}\n{}{}", output.code, output.stdout, output.stderr),
    })
}

fn same(got: &Entries, wanted: &Entries, phase: &'static str) -> Result<(), Failure> {
    match difference(got, wanted) {
        None => Ok(()),
        Some(text) => Err(Failure { phase, text }),
    }
}

/// A table's OID, and the numbers of its columns.
type Identities = BTreeMap<String, (String, BTreeMap<String, String>)>;

fn identities(database: &Database) -> Identities {
    let mut tables = Identities::new();
    let query = "SELECT c.oid::regclass::text, c.oid::text, a.attname::text, a.attnum::text \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a \
         ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relkind IN ('r', 'p') \
         AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname !~ '^rev_'";
    for row in database.rows(query) {
        let [table, oid, column, number] = row.try_into().expect("four columns");
        let entry = tables.entry(table).or_insert((oid, BTreeMap::new()));
        entry.1.insert(column, number);
    }
    tables
}

/// Returns the tables and columns that stand on both sides and are not the same ones.
fn remade(before: &Identities, after: &Identities, allowed: &[String]) -> Vec<String> {
    let mut remade = Vec::new();
    for (table, (oid, columns)) in before {
        let Some((oid_after, columns_after)) = after.get(table) else {
            continue;
        };
        if oid != oid_after {
            remade.push(table.clone());
            continue;
        }
        for (column, number) in columns {
            if columns_after
                .get(column)
                .is_some_and(|after| after != number)
            {
                remade.push(format!("{table}.{column}"));
            }
        }
    }
    remade.retain(|name| !allowed.contains(name));
    remade
}

fn oid(database: &Database, relation: &str) -> String {
    database.value(&format!("SELECT to_regclass('{relation}')::oid::text"))
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text
        .trim_end()
        .lines()
        .map(|line| format!("    {line}"))
        .collect();
    lines.join("\n")
}
