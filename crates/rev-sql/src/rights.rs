//! The rights that a statement asks for, as far as its text shows them for certain.
//!
//! This serves a check before a run, whose refusal must never be wrong. So only what the server demands in every version,
//! of everybody but a superuser, is listed, and a statement after which nothing is certain any more says so.

use crate::classify::{Class, Facts, facts_of};
use crate::cursor::Cursor;
use crate::name::Name;
use crate::token::{Token, significant};

/// Something that whoever runs a statement must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Ownership, directly or by membership.
    Own(Kind, Name),
    /// Ownership of the thing or of its schema.
    Drop(Kind, Name),
    /// CREATE on the schema that this name is in.
    CreateIn(Name),
    /// CREATE on the database.
    CreateInDatabase,
    /// CREATE on the database, where this extension is trusted and not there yet.
    Extension(String),
    /// REFERENCES on the table or one of its columns.
    References(Name),
    /// TRIGGER on the table.
    Trigger(Name),
    /// The login may become this role.
    Become(String),
    /// Whoever runs it may give things to this role. Where the thing named belongs to the role already, nothing is asked.
    GiveTo(String, Option<(Kind, Name)>),
}

/// Which catalogue a name is looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Tables, views, sequences, indexes.
    Relation,
    /// Types and domains.
    Type,
    /// Schemas.
    Schema,
}

/// How far what follows can still be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum Outlook {
    /// As before.
    #[default]
    Clear,
    /// Not to the end of the revision: another role or search path holds from here.
    NotInThisRevision,
    /// Not at all: rights may have changed, or code ran.
    Gone,
}

/// What a statement asks for, and what it does to the statements behind it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights {
    /// What it asks for.
    pub needs: Vec<Right>,
    /// What it makes: whoever runs it owns that afterwards.
    pub makes: Vec<(Kind, Name)>,
    /// How far the statements behind it can be judged.
    pub outlook: Outlook,
}

/// Returns the rights that a statement asks for.
pub fn rights(sql: &str) -> Rights {
    let tokens = significant(sql);
    let facts = facts_of(&tokens);
    let mut rights = Rights {
        outlook: outlook(&facts, &tokens),
        ..Rights::default()
    };
    let cursor = Cursor::new(&tokens);
    let Some(first) = cursor.peek() else {
        return rights;
    };
    match first.text.to_ascii_lowercase().as_str() {
        "create" => create(&mut rights, &facts, cursor),
        "alter" => alter(&mut rights, &facts, cursor),
        "drop" => drop(&mut rights, &facts, cursor),
        "comment" => {
            if let (Some(kind), [name]) = (kind(&facts), facts.targets.as_slice()) {
                rights.needs.push(Right::Own(kind, name.clone()));
            }
        }
        "set" => rights.needs.extend(role_taken(&facts, cursor)),
        _ => {}
    }
    rights
}

fn outlook(facts: &Facts, tokens: &[Token]) -> Outlook {
    let sees = |words: &[&str]| Cursor::new(tokens).has(words);
    match facts.class {
        Class::Code | Class::Unknown | Class::Query => Outlook::Gone,
        Class::Session => match &facts.setting {
            Some(setting)
                if [
                    "role",
                    "session_authorization",
                    "search_path",
                    "all",
                    "schema",
                ]
                .contains(&setting.name.as_str()) =>
            {
                Outlook::NotInThisRevision
            }
            Some(_) => Outlook::Clear,
            None if facts.verb == "SET" || facts.verb == "SET CONSTRAINTS" => Outlook::Clear,
            None => Outlook::Gone,
        },
        Class::Ddl => {
            let changes_rights = matches!(facts.verb.as_str(), "GRANT" | "REVOKE" | "REASSIGN")
                || facts.verb.starts_with("ALTER DEFAULT")
                || matches!(
                    facts.object,
                    Some(
                        "role"
                            | "user"
                            | "group"
                            | "event trigger"
                            | "owned"
                            | "extension"
                            | "database"
                    )
                )
                || sees(&["owner", "to"])
                || sees(&["authorization"]);
            if changes_rights || facts.object.is_none() {
                Outlook::Gone
            } else {
                Outlook::Clear
            }
        }
        _ => Outlook::Clear,
    }
}

fn kind(facts: &Facts) -> Option<Kind> {
    match facts.object? {
        "table" | "view" | "materialized view" | "foreign table" | "sequence" | "index" => {
            Some(Kind::Relation)
        }
        "type" | "domain" => Some(Kind::Type),
        "schema" => Some(Kind::Schema),
        _ => None,
    }
}

fn create(rights: &mut Rights, facts: &Facts, cursor: Cursor) {
    let target = facts.targets.first();
    let temporary = {
        let head = cursor.rest().iter().take(6);
        head.into_iter()
            .any(|token| token.is("temp") || token.is("temporary"))
    };
    match (facts.object, target) {
        (Some("index" | "rule" | "policy"), Some(table)) => {
            rights.needs.push(Right::Own(Kind::Relation, table.clone()));
        }
        (Some("trigger"), Some(table)) => rights.needs.push(Right::Trigger(table.clone())),
        (Some("schema"), target) => {
            rights.needs.push(Right::CreateInDatabase);
            let owner = cursor.find(&["authorization"]).and_then(role);
            rights
                .needs
                .extend(owner.map(|owner| Right::GiveTo(owner, None)));
            let made = target.map(|name| (Kind::Schema, name.clone()));
            rights.makes.extend(made);
        }
        (Some("extension"), Some(name)) => {
            rights.needs.push(Right::Extension(name.name.clone()));
        }
        (
            Some("table" | "foreign table" | "view" | "materialized view" | "sequence"),
            Some(name),
        ) => {
            if !temporary {
                rights.needs.push(Right::CreateIn(name.clone()));
            }
            rights.makes.push((Kind::Relation, name.clone()));
            if facts.object == Some("table") {
                references(rights, cursor);
                let parent = cursor
                    .find(&["partition", "of"])
                    .and_then(|mut rest| rest.name());
                let owned = parent.map(|parent| Right::Own(Kind::Relation, parent));
                rights.needs.extend(owned);
            }
        }
        (Some("type" | "domain"), Some(name)) => {
            rights.needs.push(Right::CreateIn(name.clone()));
            rights.makes.push((Kind::Type, name.clone()));
        }
        (Some("function" | "procedure"), Some(name)) => {
            rights.needs.push(Right::CreateIn(name.clone()));
        }
        _ => {}
    }
}

fn alter(rights: &mut Rights, facts: &Facts, cursor: Cursor) {
    // ALTER … ALL IN TABLESPACE names none.
    let all = cursor.has(&["all", "in", "tablespace"]);
    match facts.object {
        Some("trigger" | "policy" | "rule") => {
            let table = facts.targets.first().cloned();
            let owned = table.map(|table| Right::Own(Kind::Relation, table));
            rights.needs.extend(owned);
        }
        _ => {
            let Some((kind, name)) = kind(facts).zip(facts.targets.first()).filter(|_| !all) else {
                return;
            };
            rights.needs.push(Right::Own(kind, name.clone()));
            if let Some(owner) = cursor.find(&["owner", "to"]).and_then(role) {
                let what = Some((kind, name.clone()));
                rights.needs.push(Right::GiveTo(owner, what));
            }
            if facts.object == Some("table") {
                references(rights, cursor);
            }
        }
    }
}

fn drop(rights: &mut Rights, facts: &Facts, cursor: Cursor) {
    let targets = facts.targets.iter().cloned();
    match facts.object {
        // With IF EXISTS nobody is asked about a table that has no such thing.
        Some("trigger" | "policy" | "rule") if cursor.has(&["if", "exists"]) => {}
        Some("trigger" | "policy" | "rule") => {
            let owned = targets.map(|table| Right::Own(Kind::Relation, table));
            rights.needs.extend(owned);
        }
        Some("schema") => {
            let owned = targets.map(|schema| Right::Own(Kind::Schema, schema));
            rights.needs.extend(owned);
        }
        _ => {
            let Some(kind) = kind(facts) else { return };
            rights
                .needs
                .extend(targets.map(|name| Right::Drop(kind, name)));
        }
    }
}

/// The tables of REFERENCES, in columns and in table constraints alike.
fn references(rights: &mut Rights, cursor: Cursor) {
    let tokens = cursor.rest();
    for (index, token) in tokens.iter().enumerate() {
        if token.is("references") {
            let table = Cursor::new(&tokens[index + 1..]).name();
            rights.needs.extend(table.map(Right::References));
        }
    }
}

/// The role of SET ROLE.
fn role_taken(facts: &Facts, cursor: Cursor) -> Option<Right> {
    let setting = facts.setting.as_ref()?;
    if setting.name != "role" {
        return None;
    }
    let mut cursor = cursor.find(&["role"])?;
    if !cursor.eat(&["to"]) {
        cursor.eat_kind(squawk_lexer::TokenKind::Eq);
    }
    role(cursor).map(Right::Become)
}

/// A role that is named, and none of the words that stand for one.
fn role(mut cursor: Cursor) -> Option<String> {
    const WORDS: [&str; 5] = [
        "current_user",
        "current_role",
        "session_user",
        "none",
        "default",
    ];
    if WORDS.iter().any(|word| cursor.sees(&[word])) {
        return None;
    }
    cursor.ident()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        let needs: Vec<String> = rights(sql).needs.iter().map(in_short).collect();
        assert_eq!(needs, expected, "{sql}");
    }

    fn in_short(right: &Right) -> String {
        match right {
            Right::Own(_, name) => format!("own {name}"),
            Right::Drop(_, name) => format!("drop {name}"),
            Right::CreateIn(name) => format!("create {name}"),
            Right::CreateInDatabase => "database".to_owned(),
            Right::Extension(name) => format!("extension {name}"),
            Right::References(name) => format!("references {name}"),
            Right::Trigger(name) => format!("trigger {name}"),
            Right::Become(role) => format!("become {role}"),
            Right::GiveTo(role, what) => match what {
                Some((_, name)) => format!("give {name} to {role}"),
                None => format!("give to {role}"),
            },
        }
    }

    #[test]
    fn what_statements_ask_for() {
        check(
            "CREATE TABLE s.t (a int REFERENCES o (id), FOREIGN KEY (a) REFERENCES \"P\")",
            &["create s.t", "references o", "references \"P\""],
        );
        check("CREATE TEMP TABLE t (a int)", &[]);
        check(
            "CREATE TABLE p1 PARTITION OF p DEFAULT",
            &["create p1", "own p"],
        );
        check("CREATE OR REPLACE VIEW v AS SELECT 1", &["create v"]);
        check(
            "CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY s.t (a)",
            &["own s.t"],
        );
        check(
            "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()",
            &["trigger t"],
        );
        check(
            "CREATE SCHEMA AUTHORIZATION boss",
            &["database", "give to boss"],
        );
        check(
            "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"",
            &["extension uuid-ossp"],
        );
        check(
            "ALTER TABLE IF EXISTS ONLY t ADD FOREIGN KEY (a) REFERENCES o",
            &["own t", "references o"],
        );
        check("ALTER TABLE t OWNER TO boss", &["own t", "give t to boss"]);
        check("ALTER TABLE t OWNER TO CURRENT_USER", &["own t"]);
        check("ALTER TABLE ALL IN TABLESPACE x SET TABLESPACE y", &[]);
        check("ALTER FUNCTION f(int) OWNER TO boss", &[]);
        check("DROP TABLE a, s.b CASCADE", &["drop a", "drop s.b"]);
        check("DROP POLICY p ON t", &["own t"]);
        check("DROP POLICY IF EXISTS p ON t", &[]);
        check("DROP SCHEMA s", &["own s"]);
        check("COMMENT ON TABLE t IS 'x'", &["own t"]);
        check("COMMENT ON COLUMN t.a IS 'x'", &[]);
        check("SET ROLE boss", &["become boss"]);
        check("SET LOCAL role TO boss", &["become boss"]);
        check("SET ROLE NONE", &[]);
        check("INSERT INTO t SELECT 1", &[]);
    }

    #[test]
    fn after_what_nothing_is_certain() {
        let outlook = |sql: &str| rights(sql).outlook;
        for sql in [
            "DO $$ BEGIN END $$",
            "SELECT f()",
            "GRANT a TO b",
            "ALTER TABLE t OWNER TO b",
            "CREATE ROLE r",
            "FROB",
        ] {
            assert_eq!(outlook(sql), Outlook::Gone, "{sql}");
        }
        for sql in [
            "SET ROLE b",
            "RESET ROLE",
            "SET search_path = x",
            "SET SESSION AUTHORIZATION b",
            "RESET ALL",
        ] {
            assert_eq!(outlook(sql), Outlook::NotInThisRevision, "{sql}");
        }
        for sql in [
            "CREATE TABLE t ()",
            "SET work_mem = 1",
            "UPDATE t SET a = 1",
            "DROP TABLE t",
        ] {
            assert_eq!(outlook(sql), Outlook::Clear, "{sql}");
        }
    }
}
