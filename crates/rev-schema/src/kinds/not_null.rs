//! NOT NULL of a column: a mark up to PostgreSQL 17, from 18 on a constraint with a name, handed down to children.

use std::collections::{HashMap, HashSet};

use crate::catalog::Catalog;
use crate::context::Context;
use crate::kinds::{Kind, column};
use crate::name::ident;
use crate::object::{Identity, Object};
use crate::statement::Draft;

/// The longest name that the server keeps, in bytes.
const LONGEST: usize = 63;

/// (schema, name) of constraints → the tables that have one of that name.
pub(crate) type Names = HashMap<(String, String), HashSet<String>>;

/// Returns the names that constraints have or had, save those that come down from a parent of the new state: they
/// arrive after it.
pub(crate) fn names(from: &Catalog, to: &Catalog) -> Names {
    let mut names = Names::new();
    let mut add = |object: &Object, name: &str| {
        let key = (object.id.schema.clone(), name.to_owned());
        names.entry(key).or_default().insert(object.id.name.clone());
    };
    for (catalog, new) in [(from, false), (to, true)] {
        for object in catalog.objects() {
            match object.id.kind {
                Kind::Constraint => add(object, &object.id.part),
                Kind::Column if !new || object.number("not_null_inherited") == 0 => {
                    if let Some(name) = object.get("not_null_name") {
                        add(object, name);
                    }
                }
                _ => {}
            }
        }
    }
    names
}

/// Returns the name that the server gives when no other constraint of the schema has it.
fn default_name(id: &Identity) -> String {
    let (mut table, mut column) = (id.name.clone(), id.part.clone());
    while table.len() + column.len() + "__not_null".len() > LONGEST {
        if table.len() > column.len() {
            table.pop()
        } else {
            column.pop()
        };
    }
    format!("{table}_{column}_not_null")
}

/// Returns whether the server, left to itself, calls the constraint as it is called.
fn is_default(object: &Object, context: &Context<'_>) -> bool {
    object.get("not_null_name").is_none_or(|name| {
        name == default_name(&object.id) && !context.is_name_taken(&object.id, name)
    })
}

/// Returns whether the constraint is the column's own and not only its parent's.
fn is_own(object: &Object) -> bool {
    object.get("not_null_own") != Some("false")
}

/// Returns whether children have the constraint too.
fn is_handed_down(object: &Object) -> bool {
    object.is("not_null") && !object.is("not_null_no_inherit")
}

/// Returns NOT NULL as it stands in a column's definition; none where it stands elsewhere or comes by inheritance.
pub(crate) fn of_definition(object: &Object, context: &Context<'_>) -> Option<String> {
    if !object.is("not_null")
        || object.is("not_null_unchecked")
        || (!object.is("partition") && !is_own(object))
    {
        return None;
    }
    let mut text = String::new();
    if !is_default(object, context) {
        text = format!("CONSTRAINT {} ", ident(object.text("not_null_name")));
    }
    text.push_str("NOT NULL");
    if object.is("not_null_no_inherit") {
        text.push_str(" NO INHERIT");
    }
    Some(text)
}

/// Returns NOT NULL as a line of CREATE TABLE, for a column that comes from a parent and has a constraint of its own.
pub(crate) fn of_table(object: &Object, context: &Context<'_>) -> Option<String> {
    let own = context.since(18)
        && object.is("not_null")
        && is_own(object)
        && !object.is("not_null_unchecked");
    own.then(|| constraint(object))
}

fn constraint(object: &Object) -> String {
    let (name, column) = (ident(object.text("not_null_name")), ident(&object.id.part));
    let mut sql = format!("CONSTRAINT {name} NOT NULL {column}");
    if object.is("not_null_no_inherit") {
        sql.push_str(" NO INHERIT");
    }
    if object.is("not_null_unchecked") {
        sql.push_str(" NOT VALID");
    }
    sql
}

/// Returns what a definition cannot say: a constraint that nothing has checked.
pub(crate) fn after_create(object: &Object, context: &Context<'_>) -> Option<Draft> {
    let wanted = object.is("not_null_unchecked") && (object.is("partition") || is_own(object));
    wanted.then(|| {
        Draft::clause(
            column::head(&object.id, context, false),
            format!("ADD {}", constraint(object)),
        )
    })
}

/// Returns what a column that came from a parent needs to be NOT NULL.
pub(crate) fn inherited(
    object: &Object,
    parents: &[&Object],
    context: &Context<'_>,
) -> Option<Draft> {
    let comes = parents.iter().any(|parent| is_handed_down(parent));
    (object.is("not_null") && !comes && !context.since(18)).then(|| {
        Draft::clause(
            column::head(&object.id, context, true),
            format!("ALTER COLUMN {} SET NOT NULL", ident(&object.id.part)),
        )
    })
}

/// Returns what brings NOT NULL from one state to the other.
pub(crate) fn change(old: &Object, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    if context.since(18) {
        named(old, new, context)
    } else {
        marked(old, new, context)
    }
}

/// Up to 17: a mark on the column, which a statement without ONLY sets on the children too.
fn marked(old: &Object, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    let (was, is) = (old.is("not_null"), new.is("not_null"));
    let with_parent = parents(&new.id, context)
        .any(|(before, after)| before.is("not_null") == was && after.is("not_null") == is);
    if was == is || (with_parent && new.is("partition")) {
        return Vec::new();
    }
    let partitioned = is_partitioned(&new.id, context);
    let head = column::head(&new.id, context, !partitioned);
    if is {
        set(new, &head, context)
    } else {
        vec![drop(&new.id, &head)]
    }
}

/// From 18 on: a constraint. Children get it, and lose it, with their parents.
fn named(old: &Object, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    let id = &new.id;
    let head = column::head(id, context, false);
    let parents: Vec<_> = parents(id, context).collect();
    let gave = parents.iter().any(|(parent, _)| is_handed_down(parent));
    let gives = parents
        .iter()
        .find(|(_, parent)| is_handed_down(parent))
        .map(|(_, parent)| *parent);
    let own = is_own(new) && !new.is("partition");
    match (old.is("not_null"), new.is("not_null")) {
        (false, false) => Vec::new(),
        (false, true) => match gives {
            Some(parent) if !own && parent.get("not_null_name") == new.get("not_null_name") => {
                Vec::new()
            }
            Some(_) => vec![Draft::clause(&head, format!("ADD {}", constraint(new)))],
            None => set(new, &head, context),
        },
        (true, false) => {
            // What no parent hands down any more stays where it is the child's own, or becomes so.
            let stays = is_own(old)
                || parents
                    .iter()
                    .any(|(was, is)| is_handed_down(was) && is.is("not_null"));
            if gave && !stays {
                Vec::new()
            } else {
                vec![drop(id, &head)]
            }
        }
        (true, true) => match (gave, gives) {
            (true, None) => {
                let stays = is_own(old)
                    || parents
                        .iter()
                        .any(|(was, is)| is_handed_down(was) && is.is("not_null"));
                if stays {
                    kept(old, new, &head, &parents, context)
                } else {
                    set(new, &head, context)
                }
            }
            (false, Some(_)) if !own && !new.is("partition") => vec![drop(id, &head)],
            (true, Some(parent)) if !new.is("partition") && needs_release(old, new, &parents) => {
                released(new, parent, &head, context)
            }
            (true, Some(_)) if !is_own(old) && own => vec![Draft::clause(
                &head,
                format!("ALTER COLUMN {} SET NOT NULL", ident(&id.part)),
            )],
            _ => kept(old, new, &head, &parents, context),
        },
    }
}

/// Returns what changes a constraint that stays.
fn kept(
    old: &Object,
    new: &Object,
    head: &str,
    parents: &[(&Object, &Object)],
    context: &Context<'_>,
) -> Vec<Draft> {
    let same = |property| {
        parents.iter().any(|(was, is)| {
            was.get(property) == old.get(property) && is.get(property) == new.get(property)
        })
    };
    let (was, is) = (
        ident(old.text("not_null_name")),
        ident(new.text("not_null_name")),
    );
    let (unchecked_was, unchecked_is) =
        (old.is("not_null_unchecked"), new.is("not_null_unchecked"));
    let mut drafts = Vec::new();
    if unchecked_is && !unchecked_was {
        if !same("not_null_unchecked") {
            drafts.push(Draft::clause(head, format!("DROP CONSTRAINT {was}")));
            drafts.push(Draft::new(format!("{head} ADD {}", constraint(new))));
            drafts.extend(checked_children(new, context));
        }
        return drafts;
    }
    if was != is && !same("not_null_name") {
        // A new name goes down to the children, and is refused where one of them has a name of its own.
        if is_handed_down(old) && is_handed_down(new) && is_named_otherwise_below(old, context) {
            drafts.push(Draft::new(format!("{head} DROP CONSTRAINT {was}")));
            let again = Draft::new(format!("{head} ADD {}", constraint(new)));
            drafts.push(again.hazard(
                "scan",
                format!("reads all of {} under an exclusive lock", new.id.name),
            ));
            return drafts;
        }
        drafts.push(Draft::new(format!(
            "{head} RENAME CONSTRAINT {was} TO {is}"
        )));
    }
    if old.is("not_null_no_inherit") != new.is("not_null_no_inherit") {
        let word = if new.is("not_null_no_inherit") {
            "NO INHERIT"
        } else {
            "INHERIT"
        };
        drafts.push(Draft::clause(head, format!("ALTER CONSTRAINT {is} {word}")));
    }
    if unchecked_was && !unchecked_is && !same("not_null_unchecked") {
        drafts.push(Draft::new(format!("{head} VALIDATE CONSTRAINT {is}")));
    }
    drafts
}

/// Returns what checks the constraint in the children that have it checked, though their parent has not.
fn checked_children(parent: &Object, context: &Context<'_>) -> Vec<Draft> {
    let name = ident(parent.text("not_null_name"));
    let checked = |column: &&Object| {
        column.is("not_null") && !column.is("not_null_unchecked") && !is_own(column)
    };
    children(parent, context)
        .filter(checked)
        .map(|column| {
            Draft::new(format!(
                "{} VALIDATE CONSTRAINT {name}",
                column::head(&column.id, context, false)
            ))
        })
        .collect()
}

/// Returns whether the constraint of a child, or a child's child, has another name.
fn is_named_otherwise_below(old: &Object, context: &Context<'_>) -> bool {
    children(old, context)
        .filter_map(|child| context.from.get(&child.id))
        .any(|child| {
            let other =
                child.is("not_null") && child.get("not_null_name") != old.get("not_null_name");
            other || is_named_otherwise_below(child, context)
        })
}

/// Returns the column in each child that stays attached, as it will be.
fn children<'a>(parent: &'a Object, context: &'a Context<'_>) -> impl Iterator<Item = &'a Object> {
    context.to.objects().iter().filter(|column| {
        let named = column.id.kind == Kind::Column && column.id.part == parent.id.part;
        let mut parents = context.parents_that_stand(&column.id);
        named
            && context.from.has(&column.id)
            && parents.any(|(schema, name)| schema == parent.id.schema && name == parent.id.name)
    })
}

/// Returns whether the change is one that the server refuses as long as a parent hands the constraint down.
fn needs_release(old: &Object, new: &Object, parents: &[(&Object, &Object)]) -> bool {
    let renamed = old.get("not_null_name") != new.get("not_null_name");
    let with_parent = parents.iter().any(|(was, is)| {
        was.get("not_null_name") == old.get("not_null_name")
            && is.get("not_null_name") == new.get("not_null_name")
    });
    (renamed && !with_parent) || (is_own(old) && !is_own(new))
}

/// Where the constraint comes from lets go for a moment, so that the child can drop its own or take another name.
fn released(new: &Object, parent: &Object, head: &str, context: &Context<'_>) -> Vec<Draft> {
    let parent = source(parent, context);
    let above = column::head(&parent.id, context, false);
    let column = ident(&new.id.part);
    let mut drafts = vec![
        Draft::new(format!("{above} ALTER COLUMN {column} DROP NOT NULL")),
        Draft::new(format!("{head} ALTER COLUMN {column} DROP NOT NULL")),
    ];
    if is_own(new) {
        drafts.push(Draft::new(format!("{head} ADD {}", constraint(new))));
    }
    let again = Draft::new(format!("{above} ADD {}", constraint(parent)));
    drafts.push(again.hazard(
        "scan",
        format!("reads all of {} under an exclusive lock", parent.id.name),
    ));
    drafts
}

/// Returns the column, of a parent or of a parent's parent, from which all others below have the constraint.
fn source<'a>(parent: &'a Object, context: &'a Context<'_>) -> &'a Object {
    let above = parents(&parent.id, context)
        .map(|(_, above)| above)
        .find(|above| is_handed_down(above));
    above.map_or(parent, |above| {
        context.to.get(&source(above, context).id).unwrap_or(parent)
    })
}

/// Returns whether a partition's constraint takes a name that its parent's has not: only while it is detached.
pub(crate) fn parts(
    old: &Object,
    new: &Object,
    inheritance: &Object,
    context: &Context<'_>,
) -> bool {
    let child = inheritance.id.schema == new.id.schema && inheritance.id.name == new.id.name;
    let named = old.get("not_null_name").is_some() && new.get("not_null_name").is_some();
    if !child || !named || !new.is("partition") || !context.stands(&inheritance.id) {
        return false;
    }
    let parents: Vec<_> = parents(&new.id, context).collect();
    parents
        .iter()
        .any(|(was, is)| is_handed_down(was) && is_handed_down(is))
        && needs_release(old, new, &parents)
        && old.get("not_null_name") != new.get("not_null_name")
}

/// Returns whether the column of a child is changed before its parent's; none where their order is all one.
pub(crate) fn before_parent(parent: (&Object, &Object), child: (&Object, &Object)) -> Option<bool> {
    let differs = |(old, new): (&Object, &Object)| {
        let mut properties = old.differences(new).into_iter();
        properties.any(|property| property.starts_with("not_null"))
    };
    (differs(parent) && differs(child))
        .then(|| !is_handed_down(parent.0) && is_handed_down(parent.1))
}

/// Returns the column of the same name in each parent that stands, before and after.
fn parents<'a>(
    id: &'a Identity,
    context: &'a Context<'_>,
) -> impl Iterator<Item = (&'a Object, &'a Object)> {
    context.parents_that_stand(id).filter_map(|(schema, name)| {
        let parent = Identity::part(Kind::Column, &schema, &name, &id.part);
        Some((context.from.get(&parent)?, context.to.get(&parent)?))
    })
}

fn is_partitioned(id: &Identity, context: &Context<'_>) -> bool {
    let table = context.to.get(&id.whole(Kind::Table));
    table.is_some_and(|table| table.get("partition_key").is_some())
}

fn drop(id: &Identity, head: &str) -> Draft {
    Draft::clause(
        head,
        format!("ALTER COLUMN {} DROP NOT NULL", ident(&id.part)),
    )
}

fn set(new: &Object, head: &str, context: &Context<'_>) -> Vec<Draft> {
    let id = &new.id;
    if !is_default(new, context) || new.is("not_null_no_inherit") || new.is("not_null_unchecked") {
        let mut drafts = vec![Draft::clause(head, format!("ADD {}", constraint(new)))];
        if new.is("not_null_unchecked") {
            drafts.extend(checked_children(new, context));
        }
        return drafts;
    }
    if context.options.online && context.stood(id) && !is_partitioned(id, context) {
        return crate::online::set_not_null(id, head, context);
    }
    vec![
        Draft::clause(
            head,
            format!("ALTER COLUMN {} SET NOT NULL", ident(&id.part)),
        )
        .hazard(
            "scan",
            format!("reads all of {} under an exclusive lock", id.name),
        ),
    ]
}
