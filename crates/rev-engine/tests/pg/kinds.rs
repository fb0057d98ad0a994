//! Every kind of object on a real server: its examples are made, read back, changed both ways, renamed and dropped,
//! each time by what a difference writes, and each time nothing is left for a second one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rev_engine::catalog;
use rev_engine::pg::{Address, ConnectOptions, connect};
use rev_schema::{
    Catalog, Changes, DiffOptions, Example, KINDS, Kind, Object, ObjectKind, Rename, Scope, diff,
};
use rev_testkit::{Database, Server};

/// The role that the examples mention.
const ROLE: &str = "CREATE ROLE somebody";

#[test]
fn every_kind_is_made_changed_renamed_and_dropped() {
    let Some(server) = rev_testkit::server() else {
        return;
    };
    server.execute("postgres", ROLE);
    let examples: Vec<(&dyn ObjectKind, &Example)> = KINDS
        .iter()
        .flat_map(|kind| kind.examples().iter().map(move |example| (*kind, example)))
        .collect();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((kind, example)) = examples.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let trial = Trial {
                        server,
                        kind: *kind,
                        example,
                    };
                    if let Err(text) = trial.run() {
                        let text = format!("{}: {}\n{text}", kind.name(), example.create);
                        failures.lock().expect("no thread panics").push(text);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("no thread panics");
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} of {} examples\n\n{}",
        failures.len(),
        examples.len(),
        failures.join("\n\n")
    );
}

#[test]
fn every_kind_has_an_example() {
    for kind in KINDS {
        assert!(!kind.examples().is_empty(), "{} has none", kind.name());
    }
}

/// One example on one server.
struct Trial<'a> {
    server: &'static Server,
    kind: &'a dyn ObjectKind,
    example: &'a Example,
}

impl Trial<'_> {
    fn run(&self) -> Result<(), String> {
        let server = rev_schema::Server {
            version: self.server.major() * 10_000,
            scope: &self.scope(),
        };
        if self.kind.query(&server).is_none() {
            // This major has not got the kind.
            return Ok(());
        }
        let database = self.database("")?;
        let bare = self.read(&database)?;
        let created = self.catalog(self.example.create)?;
        let objects = self.new_ones(&bare, &created);
        let object = *objects.first().ok_or("makes no such object")?;
        let mut now = self.go(&database, &bare, &created, &[])?;
        if !self.example.changed.is_empty() {
            let changed = self.catalog(self.example.changed)?;
            if plan(&created, &changed, &[])?.is_empty() {
                return Err("the changed example is the same".to_owned());
            }
            now = self.go(&database, &now, &changed, &[])?;
            now = self.go(&database, &now, &created, &[])?;
        }
        if self.kind.kind().is_renamed_by_answer() {
            now = self.rename(&database, now, object)?;
        }
        self.go(&database, &now, &bare, &[])?;
        Ok(())
    }

    fn catalog(&self, script: &str) -> Result<Catalog, String> {
        self.read(&self.database(script)?)
    }

    fn database(&self, script: &str) -> Result<Database, String> {
        let database = self.server.fresh_database();
        for part in [self.example.setup, script] {
            if !part.is_empty() {
                database.try_execute(part)?;
            }
        }
        Ok(database)
    }

    /// Returns what the example makes, or makes different.
    fn new_ones<'c>(&self, bare: &Catalog, created: &'c Catalog) -> Vec<&'c Object> {
        let new = |object: &&Object| {
            bare.get(&object.id)
                .is_none_or(|old| !old.same_state(object))
        };
        let objects = created.objects().iter();
        objects
            .filter(|object| object.id.kind == self.kind.kind())
            .filter(new)
            .collect()
    }

    /// Brings a database from one state to another, looks whether it is there and whether a second difference is
    /// empty, and returns what was read.
    fn go(
        &self,
        database: &Database,
        from: &Catalog,
        to: &Catalog,
        renames: &[Rename],
    ) -> Result<Catalog, String> {
        let changes = plan(from, to, renames)?;
        apply(database, &changes)?;
        let now = self.read(database)?;
        let rest = plan(&now, to, &[])?;
        if !rest.is_empty() || now.fingerprint() != to.fingerprint() {
            let (script, rest) = (changes.script(), rest.script());
            return Err(format!("after\n{script}\nthere is still to do:\n{rest}"));
        }
        if !renames.is_empty() && !changes.destructive.is_empty() {
            return Err(format!("the rename loses something:\n{}", changes.script()));
        }
        Ok(now)
    }

    /// Gives the example's object another name, and its own again.
    fn rename(
        &self,
        database: &Database,
        now: Catalog,
        object: &Object,
    ) -> Result<Catalog, String> {
        let id = &object.id;
        let part = !id.part.is_empty() && id.kind != Kind::Function;
        let old = if part { &id.part } else { &id.name };
        let new = format!("{old}_2");
        let renamed = self.catalog(&whole_words(self.example.create, old, &new))?;
        let answer = |from: &str, to: &str| Rename {
            kind: self.kind.name().to_owned(),
            from: if part {
                format!("{}.{from}", id.name)
            } else {
                from.to_owned()
            },
            to: to.to_owned(),
        };
        let after = self.go(database, &now, &renamed, &[answer(old, &new)])?;
        self.go(database, &after, &now, &[answer(&new, old)])
    }

    fn scope(&self) -> Scope {
        Scope {
            owners: self.kind.kind() == Kind::Owner,
            ..Scope::default()
        }
    }

    fn read(&self, database: &Database) -> Result<Catalog, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let address = Address::parse(Some(&database.url()), &|_| None)
                .map_err(|error| error.to_string())?;
            let mut session = connect(&ConnectOptions::new(address))
                .await
                .map_err(|error| error.to_string())?;
            let catalog = catalog::read(&mut session, &self.scope()).await;
            session.close().await;
            catalog.map_err(|error| error.to_string())
        })
    }
}

fn plan(from: &Catalog, to: &Catalog, renames: &[Rename]) -> Result<Changes, String> {
    let options = DiffOptions {
        renames: renames.to_vec(),
        ..DiffOptions::default()
    };
    diff(from, to, &options).map_err(|error| error.to_string())
}

/// Runs a plan: each stretch of statements that may share a transaction in one.
fn apply(database: &Database, changes: &Changes) -> Result<(), String> {
    let mut stretches: Vec<Vec<&str>> = vec![Vec::new()];
    for statement in &changes.statements {
        let alone = !statement.in_transaction;
        if alone || statement.breaks_before {
            stretches.push(Vec::new());
        }
        if let Some(last) = stretches.last_mut() {
            last.push(&statement.sql);
        }
        if alone {
            stretches.push(Vec::new());
        }
    }
    for stretch in stretches.iter().filter(|stretch| !stretch.is_empty()) {
        database
            .try_execute(&stretch.join(";\n"))
            .map_err(|error| format!("{error}\n{}", changes.script()))?;
    }
    Ok(())
}

/// Replaces a word, and nothing that only begins or ends like it.
fn whole_words(text: &str, old: &str, new: &str) -> String {
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(of_word) {
        let end = rest[at..]
            .find(|c| !of_word(c))
            .map_or(rest.len(), |end| at + end);
        words.push(&rest[..at]);
        words.push(if &rest[at..end] == old {
            new
        } else {
            &rest[at..end]
        });
        rest = &rest[end..];
    }
    words.push(rest);
    words.concat()
}
