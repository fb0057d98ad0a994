//! Before the first statement: does the role have the rights that the whole plan asks for?
//!
//! A run that stops at its fifth revision for want of a right has done four. What the plan will need is known from its
//! text, and one query answers all of it. A refusal must never be wrong, so only what is certain is asked: things that are
//! there now (what the plan itself makes belongs to whoever runs it), up to the first statement that may change rights or
//! runs code. A right that this overlooks is missed by the server later, as ever.

use super::error::RunError;
use super::script::Script;
use crate::error::{EngineError, Place};
use crate::pg::{Books, Session};
use rev_sql::{Kind, Name, Outlook, Right, quote_literal};
use std::collections::{BTreeMap, BTreeSet};

/// Refuses a plan for which the role certainly lacks rights, naming all of them.
pub(crate) async fn preflight(
    session: &mut Session,
    books: &Books,
    needs: &Needs,
) -> Result<(), EngineError> {
    let needs = &needs.asked;
    if needs.is_empty() {
        return Ok(());
    }
    let version = session.version();
    let checks: Vec<String> = needs
        .keys()
        .enumerate()
        .map(|(number, need)| format!("({number}, ({}))", missing(need, version)))
        .collect();
    let query = format!(
        "SELECT number, why, CURRENT_USER FROM (VALUES {}) AS asked (number, why) WHERE why IS NOT NULL ORDER BY number",
        checks.join(", ")
    );
    let rows = books
        .rows(session, &query)
        .await
        .map_err(|error| RunError::bookkeeping("look which rights there are", error))?;
    let mut lacking: Vec<(&Place, String)> = rows
        .iter()
        .filter_map(|row| {
            let (need, place) = needs.iter().nth(row.number(0)?)?;
            Some((place, in_words(need, row.text(1))))
        })
        .collect();
    let Some(role) = rows.first().map(|row| row.text(2).to_owned()) else {
        return Ok(());
    };
    lacking.sort_by_key(|(place, _)| (place.file.clone(), place.line));
    Err(RunError::MissingRights {
        role,
        missing: lacking
            .into_iter()
            .map(|(place, words)| format!("{place}: {words}"))
            .collect(),
    }
    .into())
}

/// One thing to ask: a right on something whose schema is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    right: Right,
    /// The plan itself made the thing by then.
    made: bool,
}

/// What a plan asks for, gathered script by script, so that no more than one of them need be in memory.
#[derive(Debug)]
pub(crate) struct Needs {
    default_schema: String,
    /// Each with the first statement that asks for it.
    asked: BTreeMap<Need, Place>,
    /// What the plan itself makes.
    made: BTreeSet<(Kind, Name)>,
    /// Something may have changed the rights: of what follows nothing is certain.
    is_over: bool,
}

impl Needs {
    pub(crate) fn new(default_schema: &str) -> Needs {
        Needs {
            default_schema: default_schema.to_owned(),
            asked: BTreeMap::new(),
            made: BTreeSet::new(),
            is_over: false,
        }
    }

    /// Adds what the next script of the plan asks for.
    pub(crate) fn add(&mut self, script: &Script) {
        for statement in &script.statements {
            if self.is_over {
                return;
            }
            let rights = rev_sql::rights(&statement.sql);
            if statement.only_if().is_none() {
                for right in rights.needs {
                    let right = qualified(right, &self.default_schema);
                    let was_made = thing(&right).is_some_and(|thing| self.made.contains(&thing));
                    let is_gift = matches!(right, Right::GiveTo(..));
                    if !was_made || is_gift {
                        let need = Need {
                            right,
                            made: was_made,
                        };
                        self.asked
                            .entry(need)
                            .or_insert_with(|| Place::at(&script.file, statement.line));
                    }
                }
            }
            for (kind, name) in rights.makes {
                self.made
                    .insert((kind, qualify(kind, name, &self.default_schema)));
            }
            match rights.outlook {
                Outlook::Clear => {}
                Outlook::NotInThisRevision => return,
                Outlook::Gone => self.is_over = true,
            }
        }
    }
}

fn qualify(kind: Kind, mut name: Name, default_schema: &str) -> Name {
    if kind != Kind::Schema && name.schema.is_none() {
        name.schema = Some(default_schema.to_owned());
    }
    name
}

fn qualified(right: Right, schema: &str) -> Right {
    match right {
        Right::Own(kind, name) => Right::Own(kind, qualify(kind, name, schema)),
        Right::Drop(kind, name) => Right::Drop(kind, qualify(kind, name, schema)),
        // Whatever the name is: the schema is what is asked for.
        Right::CreateIn(name) => Right::CreateIn(Name {
            name: qualify(Kind::Relation, name, schema)
                .schema
                .unwrap_or_default(),
            schema: None,
        }),
        Right::References(name) => Right::References(qualify(Kind::Relation, name, schema)),
        Right::Trigger(name) => Right::Trigger(qualify(Kind::Relation, name, schema)),
        Right::GiveTo(role, Some((kind, name))) => {
            Right::GiveTo(role, Some((kind, qualify(kind, name, schema))))
        }
        other => other,
    }
}

/// What a right is about, if the plan may have made it.
fn thing(right: &Right) -> Option<(Kind, Name)> {
    Some(match right {
        Right::Own(kind, name) | Right::Drop(kind, name) => (*kind, name.clone()),
        Right::References(name) | Right::Trigger(name) => (Kind::Relation, name.clone()),
        Right::CreateIn(name) => (Kind::Schema, name.clone()),
        Right::GiveTo(_, what) => what.clone()?,
        Right::CreateInDatabase | Right::Extension(_) | Right::Become(_) => return None,
    })
}

/// SQL that is null where the right is there or the thing is not, else why it is missing. Names are compared as text: a
/// lookup by `regclass` would itself ask for a right.
fn missing(need: &Need, version: u32) -> String {
    let membership = if version >= 160_000 { "SET" } else { "MEMBER" };
    let privileged = "pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')";
    match &need.right {
        Right::Own(kind, name) => format!(
            "SELECT pg_catalog.min(x.owner::pg_catalog.text) FROM ({}) AS x WHERE NOT pg_catalog.pg_has_role(x.owner_id, 'USAGE')",
            named(*kind, name)
        ),
        Right::Drop(kind, name) => format!(
            "SELECT pg_catalog.min(x.owner::pg_catalog.text) FROM ({}) AS x WHERE NOT pg_catalog.pg_has_role(x.owner_id, 'USAGE') \
             AND NOT pg_catalog.pg_has_role(x.schema_owner, 'USAGE')",
            named(*kind, name)
        ),
        Right::CreateIn(schema) => format!(
            "SELECT n.nspname::pg_catalog.text FROM pg_catalog.pg_namespace n WHERE n.nspname = {} \
             AND NOT pg_catalog.has_schema_privilege(n.oid, 'CREATE')",
            quote_literal(&schema.name)
        ),
        Right::CreateInDatabase => {
            format!("SELECT pg_catalog.current_database()::pg_catalog.text WHERE NOT {privileged}")
        }
        Right::Extension(name) => format!(
            "SELECT pg_catalog.current_database()::pg_catalog.text WHERE NOT {privileged} AND NOT EXISTS \
             (SELECT FROM pg_catalog.pg_extension WHERE extname = {literal}) AND EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions \
             WHERE name = {literal} AND trusted)",
            literal = quote_literal(name)
        ),
        Right::References(name) => format!(
            "SELECT pg_catalog.min(x.owner::pg_catalog.text) FROM ({}) AS x WHERE NOT pg_catalog.has_table_privilege(x.id, 'REFERENCES') \
             AND NOT pg_catalog.has_any_column_privilege(x.id, 'REFERENCES')",
            named(Kind::Relation, name)
        ),
        Right::Trigger(name) => format!(
            "SELECT pg_catalog.min(x.owner::pg_catalog.text) FROM ({}) AS x WHERE NOT pg_catalog.has_table_privilege(x.id, 'TRIGGER')",
            named(Kind::Relation, name)
        ),
        Right::Become(role) => format!(
            "SELECT r.rolname::pg_catalog.text FROM pg_catalog.pg_roles r WHERE r.rolname = {} AND NOT pg_catalog.pg_has_role(SESSION_USER, r.oid, '{membership}')",
            quote_literal(role)
        ),
        Right::GiveTo(role, what) => {
            let condition = match what {
                Some((kind, name)) if !need.made => format!(
                    " AND EXISTS (SELECT FROM ({}) AS x WHERE x.owner_id <> r.oid)",
                    named(*kind, name)
                ),
                _ => String::new(),
            };
            format!(
                "SELECT r.rolname::pg_catalog.text FROM pg_catalog.pg_roles r WHERE r.rolname = {} AND NOT pg_catalog.pg_has_role(r.oid, '{membership}'){condition}",
                quote_literal(role)
            )
        }
    }
}

/// The row of a thing in its catalogue.
fn named(kind: Kind, name: &Name) -> String {
    let literal = quote_literal(&name.name);
    let schema = quote_literal(name.schema.as_deref().unwrap_or_default());
    match kind {
        Kind::Relation => format!(
            "SELECT c.oid AS id, c.relowner AS owner_id, pg_catalog.pg_get_userbyid(c.relowner) AS owner, n.nspowner AS schema_owner \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {schema} AND c.relname = {literal}"
        ),
        Kind::Type => format!(
            "SELECT t.oid AS id, t.typowner AS owner_id, pg_catalog.pg_get_userbyid(t.typowner) AS owner, n.nspowner AS schema_owner \
             FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = {schema} AND t.typname = {literal}"
        ),
        Kind::Schema => format!(
            "SELECT n.oid AS id, n.nspowner AS owner_id, pg_catalog.pg_get_userbyid(n.nspowner) AS owner, n.nspowner AS schema_owner \
             FROM pg_catalog.pg_namespace n WHERE n.nspname = {literal}"
        ),
    }
}

fn in_words(need: &Need, who: &str) -> String {
    match &need.right {
        Right::Own(_, name) => format!("ownership of {name}, which belongs to `{who}`"),
        Right::Drop(_, name) => {
            format!("ownership of {name} or of its schema; it belongs to `{who}`")
        }
        Right::CreateIn(_) => format!("CREATE on schema {who}"),
        Right::CreateInDatabase => format!("CREATE on database {who}"),
        Right::Extension(name) => format!("CREATE on database {who}, for extension {name}"),
        Right::References(name) => format!("REFERENCES on {name}, which belongs to `{who}`"),
        Right::Trigger(name) => format!("TRIGGER on {name}, which belongs to `{who}`"),
        Right::Become(role) => format!("membership in role `{role}`, for SET ROLE"),
        Right::GiveTo(role, _) => format!("membership in role `{role}`, to give something to it"),
    }
}
