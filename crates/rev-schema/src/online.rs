//! Lock-safe forms for tables that stood before. What they leave in the catalogue is what the plain form would.
//!
//! | plain | instead | why |
//! |---|---|---|
//! | CREATE INDEX | CONCURRENTLY | the plain form blocks writes while it reads the table |
//! | ADD UNIQUE, PRIMARY KEY | unique index CONCURRENTLY, then USING INDEX | builds its index under an exclusive lock |
//! | ADD CHECK, FOREIGN KEY | NOT VALID, commit, VALIDATE | the scan holds the lock of ADD |
//! | SET NOT NULL | a validated check, then SET NOT NULL; from 18 on NOT NULL … NOT VALID, VALIDATE | as above |
//!
//! Partitioned tables have none of these; their partitions do, where the index is their own.

use crate::context::Context;
use crate::kinds::{Kind, constraint, index};
use crate::name::ident;
use crate::object::{Identity, Object};
use crate::statement::Draft;

/// Returns SET NOT NULL without a scan under an exclusive lock.
pub(crate) fn set_not_null(id: &Identity, head: &str, context: &Context<'_>) -> Vec<Draft> {
    let column = ident(&id.part);
    let set = Draft::clause(head, format!("ALTER COLUMN {column} SET NOT NULL"));
    // A check on a parent would come to its children as well.
    if context.to.has_children(id) || context.from.has_children(id) {
        return vec![set];
    }
    if context.since(18) {
        let name = ident(&format!("{}_{}_not_null", id.name, id.part));
        return vec![
            Draft::clause(
                head,
                format!("ADD CONSTRAINT {name} NOT NULL {column} NOT VALID"),
            ),
            // On its own: a key that is added beside it would find it unchecked.
            Draft::new(format!("{head} VALIDATE CONSTRAINT {name}")).after_commit(),
        ];
    }
    let mut name = format!("{}_{}_filled", id.name, id.part);
    while name.len() > 63 {
        name.remove(0);
    }
    let name = ident(&name);
    vec![
        Draft::clause(
            head,
            format!("ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID"),
        ),
        Draft::clause(head, format!("VALIDATE CONSTRAINT {name}")).after_commit(),
        set.after_commit(),
        Draft::clause(head, format!("DROP CONSTRAINT {name}")),
    ]
}

/// Returns ADD CONSTRAINT that scans while others write.
pub(crate) fn add_constraint(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let plain = constraint::add(object, context);
    let table = context.to.get(&object.id.whole(Kind::Table));
    let partitioned = table.is_none_or(|table| table.get("partition_key").is_some());
    let definition = object.text("definition");
    if partitioned || definition.ends_with(" NOT VALID") || definition.contains(" NOT ENFORCED") {
        return vec![plain];
    }
    let name = ident(&object.id.part);
    let head = plain.head.clone().unwrap_or_default();
    match object.text("type") {
        "c" | "f" => vec![
            Draft::clause(&head, format!("{} NOT VALID", plain.sql)),
            Draft::clause(&head, format!("VALIDATE CONSTRAINT {name}")).after_commit(),
        ],
        "p" | "u" if !definition.contains(" WITHOUT OVERLAPS") => {
            let (word, rest) = definition.split_at(if object.text("type") == "p" {
                "PRIMARY KEY".len()
            } else {
                "UNIQUE".len()
            });
            let body = constraint::body(object);
            // `UNIQUE NULLS NOT DISTINCT (a)` as a constraint is `(a) NULLS NOT DISTINCT` as an index.
            let mut rest_of_index = body[word.len()..]
                .trim_start()
                .replace(" USING INDEX TABLESPACE ", " TABLESPACE ");
            let nulls = rest_of_index
                .strip_prefix("NULLS NOT DISTINCT ")
                .map(str::to_owned);
            let timing = rest
                .find(" DEFERRABLE")
                .map(|at| rest[at..].to_owned())
                .unwrap_or_default();
            if let Some(columns) = nulls {
                rest_of_index = with_nulls(&columns);
            }
            if let Some(at) = rest_of_index.find(" DEFERRABLE") {
                rest_of_index.truncate(at);
            }
            let table = context.of(&object.id);
            vec![
                Draft::new(format!(
                    "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {rest_of_index}"
                ))
                .alone(),
                Draft::clause(
                    &head,
                    format!("ADD CONSTRAINT {name} {word} USING INDEX {name}{timing}"),
                ),
            ]
        }
        _ => vec![plain.hazard(
            "blocks_writes",
            format!(
                "blocks reads and writes of {} while it is built",
                object.id.name
            ),
        )],
    }
}

/// Puts NULLS NOT DISTINCT where CREATE INDEX wants it: after the columns and INCLUDE, before WITH.
fn with_nulls(columns: &str) -> String {
    let at = [" WITH (", " TABLESPACE ", " DEFERRABLE"]
        .iter()
        .filter_map(|word| columns.find(word))
        .min()
        .unwrap_or(columns.len());
    format!("{} NULLS NOT DISTINCT{}", &columns[..at], &columns[at..])
}

/// Returns CREATE INDEX CONCURRENTLY.
pub(crate) fn create_index(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = index::create_as(object, "CONCURRENTLY ", context);
    if let Some(first) = drafts.first_mut() {
        first.alone = true;
    }
    drafts
}
