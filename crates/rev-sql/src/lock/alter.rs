//! ALTER TABLE and its relatives for views, indexes and types: the strongest lock of all its actions.

use super::{
    LockMode, Locks, Relation, Volatility, WorkKind, add_constraint, is_builtin_type, unnamed,
    volatility,
};
use crate::alter_table::{self, Column, Generated, TableAction};
use crate::classify::Facts;
use crate::cursor::Cursor;
use crate::name::Name;

/// `cursor` stands behind ALTER.
pub(super) fn locks(locks: &mut Locks, cursor: Cursor, facts: &Facts, target: &Name, major: u32) {
    let this = || Relation::Named(target.clone());
    let actions = alter_table::actions(cursor);
    match facts.object {
        // ADD VALUE, RENAME VALUE, OWNER TO … touch no table; a composite type is a relation of its own.
        Some("type") => {
            let is_composite = actions.iter().any(|action| {
                matches!(action, TableAction::AddColumn(column) if column.name != "value")
                    || matches!(
                        action,
                        TableAction::DropColumn { .. } | TableAction::AlterType { .. }
                    )
            });
            if is_composite && facts.adds_enum_value.is_none() {
                locks.lock(this(), LockMode::AccessExclusive);
            }
            return;
        }
        Some("sequence") => {
            let is_relation = actions.iter().any(is_relation_action);
            locks.lock(
                this(),
                if is_relation {
                    LockMode::AccessExclusive
                } else {
                    LockMode::ShareRowExclusive
                },
            );
            return;
        }
        Some("index") => {
            let mode = match actions.first() {
                Some(TableAction::RenameTo { .. }) => LockMode::ShareUpdateExclusive,
                Some(TableAction::AttachPartition { .. }) => LockMode::AccessExclusive,
                Some(TableAction::SetParameters { names }) => parameters_mode(names),
                Some(TableAction::SetStatistics) => LockMode::ShareUpdateExclusive,
                _ => LockMode::AccessExclusive,
            };
            locks.lock(this(), mode);
            if matches!(actions.first(), Some(TableAction::SetTablespace { .. })) {
                locks.may_work(
                    WorkKind::Rewrite,
                    this(),
                    "the index is copied, unless it is there already",
                );
            }
            return;
        }
        _ => {}
    }
    for action in &actions {
        add_action(locks, action, target, major);
    }
    if actions.is_empty() {
        locks.known = false;
    }
}

/// RENAME, SET SCHEMA, OWNER TO and SET LOGGED are the same for every relation.
fn is_relation_action(action: &TableAction) -> bool {
    matches!(
        action,
        TableAction::RenameTo { .. }
            | TableAction::SetSchema { .. }
            | TableAction::OwnerTo
            | TableAction::SetLogged { .. }
    )
}

fn add_action(locks: &mut Locks, action: &TableAction, table: &Name, major: u32) {
    use TableAction::*;
    let this = || Relation::Named(table.clone());
    let mut mode = LockMode::AccessExclusive;
    match action {
        AddColumn(column) => add_column(locks, column, table, major),
        AlterType {
            type_text, collate, ..
        } => alter_type(locks, type_text, *collate, table),
        SetNotNull { .. } => {
            locks.may_work(
                WorkKind::Scan,
                this(),
                "every row is checked, unless a valid CHECK (… IS NOT NULL) proves it",
            );
        }
        SetExpression { .. } => {
            locks.work(WorkKind::Rewrite, this(), "the column is computed anew")
        }
        AddConstraint(constraint) => {
            add_constraint(locks, table, constraint, major);
            return;
        }
        ValidateConstraint { .. } => {
            mode = LockMode::ShareUpdateExclusive;
            locks.work(WorkKind::Scan, this(), "every row is checked");
            locks.depends_on("if it is a foreign key: ROW SHARE on the table it refers to");
        }
        DropConstraint { .. } => {
            locks.depends_on("if it is a foreign key: ACCESS EXCLUSIVE on the table it refers to");
        }
        DropColumn { .. } => {
            locks.depends_on(
                "if a foreign key is on the column: ACCESS EXCLUSIVE on the table it refers to",
            );
        }
        SetStatistics | SetColumnOptions | ClusterOn => mode = LockMode::ShareUpdateExclusive,
        SetParameters { names } => mode = parameters_mode(names),
        EnableTrigger | DisableTrigger => mode = LockMode::ShareRowExclusive,
        SetLogged { .. } => {
            locks.may_work(
                WorkKind::Rewrite,
                this(),
                "the table is written anew, unless it is so already",
            );
        }
        SetTablespace { .. } => {
            locks.may_work(
                WorkKind::Rewrite,
                this(),
                "the table is copied, unless it is there already",
            );
        }
        SetAccessMethod => {
            locks.may_work(
                WorkKind::Rewrite,
                this(),
                "the table is written anew, unless it has that method already",
            );
        }
        Inherit {
            parent: Some(parent),
        } => {
            locks.lock(
                Relation::Named(parent.clone()),
                LockMode::ShareUpdateExclusive,
            );
        }
        ChangeIdentity { column, drop } => {
            let strength = if *drop {
                LockMode::AccessExclusive
            } else {
                LockMode::ShareRowExclusive
            };
            locks.lock(
                unnamed(format!("the sequence of {table}.{column}")),
                strength,
            );
        }
        AttachPartition { partition, default } => {
            mode = LockMode::ShareUpdateExclusive;
            if let Some(partition) = partition {
                locks.lock(
                    Relation::Named(partition.clone()),
                    LockMode::AccessExclusive,
                );
                if !default {
                    locks.may_work(
                        WorkKind::Scan,
                        Relation::Named(partition.clone()),
                        "every row must fit, unless a valid CHECK proves it",
                    );
                    let other =
                        || unnamed(format!("the default partition of {table}, if there is one"));
                    locks.lock(other(), LockMode::AccessExclusive);
                    locks.may_work(
                        WorkKind::Scan,
                        other(),
                        "none of its rows may belong into the new partition",
                    );
                }
            }
        }
        DetachPartition {
            partition,
            concurrently,
            finalize,
        } => {
            if *concurrently || *finalize {
                mode = LockMode::ShareUpdateExclusive;
            } else {
                locks.lock(
                    unnamed(format!("the default partition of {table}, if there is one")),
                    LockMode::AccessExclusive,
                );
            }
            if let Some(partition) = partition {
                // Up to 13 the partition itself got the weaker lock.
                let strength = if *concurrently || major < 14 {
                    LockMode::ShareUpdateExclusive
                } else {
                    LockMode::AccessExclusive
                };
                locks.lock(Relation::Named(partition.clone()), strength);
            }
        }
        Other => locks.known = false,
        _ => {}
    }
    locks.lock(this(), mode);
}

fn add_column(locks: &mut Locks, column: &Column, table: &Name, major: u32) {
    let this = || Relation::Named(table.clone());
    let is_serial = [
        "serial",
        "bigserial",
        "smallserial",
        "serial2",
        "serial4",
        "serial8",
    ]
    .contains(&column.type_text.to_ascii_lowercase().as_str());
    let is_stored = match column.generated {
        Some(Generated::Stored) => true,
        Some(Generated::Unsaid) => major < 18,
        _ => false,
    };
    let default = volatility(column);
    if is_serial || column.identity {
        locks.work(
            WorkKind::Rewrite,
            this(),
            "every row gets a number of its own",
        );
    } else if is_stored {
        locks.work(
            WorkKind::Rewrite,
            this(),
            "the column is computed for every row",
        );
    } else if default == Volatility::EachRow {
        locks.work(
            WorkKind::Rewrite,
            this(),
            "the default gives another value for every row",
        );
    } else if default == Volatility::Unknown {
        locks.may_work(
            WorkKind::Rewrite,
            this(),
            "the default calls a function that may be volatile",
        );
    } else if !is_builtin_type(&column.type_text) && !column.type_text.is_empty() {
        locks.may_work(
            WorkKind::Rewrite,
            this(),
            "the type may be a domain with a CHECK",
        );
    }
    let has_default = column
        .default
        .as_ref()
        .is_some_and(|text| !text.eq_ignore_ascii_case("null"));
    if column.unique || column.primary_key {
        locks.work(
            WorkKind::IndexBuild,
            this(),
            "the constraint's index is built",
        );
    }
    if column.check {
        locks.work(WorkKind::Scan, this(), "every row is checked");
    }
    if let Some(referenced) = &column.references {
        locks.lock(
            Relation::Named(referenced.clone()),
            LockMode::ShareRowExclusive,
        );
        if has_default || is_serial || column.identity || is_stored {
            locks.may_work(
                WorkKind::Scan,
                Relation::Named(referenced.clone()),
                "its keys are looked up for every row",
            );
            locks.work(
                WorkKind::Scan,
                this(),
                "every row must find its counterpart",
            );
        }
    }
}

fn alter_type(locks: &mut Locks, type_text: &str, collate: bool, table: &Name) {
    let this = || Relation::Named(table.clone());
    let text = type_text.to_ascii_lowercase();
    let why = match text.as_str() {
        "text" | "varchar" | "character varying" => "unless the column is text or varchar already",
        _ if text.starts_with("varchar(") || text.starts_with("character varying(") => {
            "unless the column is a varchar of at most that length already"
        }
        _ if text.starts_with("numeric") || text.starts_with("decimal") => {
            "unless the column is a numeric of the same scale and no more digits already"
        }
        _ if text.starts_with("timestamp") => {
            "unless only the time zone changes and the session's is UTC"
        }
        _ => "unless both types are stored alike",
    };
    locks.may_work(WorkKind::Rewrite, this(), why);
    if collate {
        locks.may_work(
            WorkKind::IndexBuild,
            this(),
            "indexes on the column are built anew for the new collation",
        );
    }
}

/// Storage parameters for which a weak lock is enough; the server takes the strongest that any of them needs.
fn parameters_mode(names: &[String]) -> LockMode {
    let is_light = |name: &String| {
        name.starts_with("autovacuum_")
            || name.starts_with("log_autovacuum")
            || name.starts_with("vacuum_")
            || [
                "fillfactor",
                "parallel_workers",
                "toast_tuple_target",
                "deduplicate_items",
            ]
            .contains(&name.as_str())
    };
    if names.iter().all(is_light) {
        LockMode::ShareUpdateExclusive
    } else {
        LockMode::AccessExclusive
    }
}
