//! What a statement does, as far as its tokens tell.
//!
//! Only the words at known places are looked at, so a clause that is newer than this code does not change the answer.

use squawk_lexer::{LiteralKind, TokenKind};

use crate::cursor::{Cursor, comma_separated};
use crate::name::Name;
use crate::token::{Token, significant};

mod loss;
mod refusal;

pub use loss::{Loss, LossKind};
pub use refusal::Refusal;

/// What is known about one statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Which family the statement belongs to.
    pub class: Class,
    /// Its leading words, `CREATE TABLE` or `UPDATE`, in capitals.
    pub verb: String,
    /// The kind of object in a CREATE, ALTER, DROP or COMMENT: `table`, `materialized view` …
    pub object: Option<&'static str>,
    /// What it works on, as written: the table of an index or trigger rather than the index or trigger itself.
    pub targets: Vec<Name>,
    /// Why it cannot run inside a transaction block, if it cannot.
    pub refuses_transaction: Option<Refusal>,
    /// The index that it builds, drops or rebuilds concurrently.
    pub concurrent_index: Option<ConcurrentIndex>,
    /// The enum value that it adds. From 12 on this may run in a transaction, but the value cannot be used before the
    /// commit: a runner commits before the next statement.
    pub adds_enum_value: Option<EnumValue>,
    /// BEGIN, COMMIT, ROLLBACK and their like: statements that would break a runner's own transaction.
    pub is_transaction_control: bool,
    /// The setting that a SET or RESET changes.
    pub setting: Option<Setting>,
    /// What is lost by it.
    pub destructive: Vec<Loss>,
}

/// The families of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Class {
    /// Changes the schema, rights included.
    Ddl,
    /// Changes rows.
    Dml,
    /// Reads.
    Query,
    /// Maintenance: VACUUM, ANALYZE, REINDEX, CLUSTER, REFRESH …
    Utility,
    /// Runs code whose effect is not visible: DO, CALL.
    Code,
    /// Changes the session only.
    Session,
    /// BEGIN, COMMIT …
    Transaction,
    /// Not known here.
    #[default]
    Unknown,
}

/// An index that is worked on concurrently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// What happens to it.
    pub action: IndexAction,
    /// Its name; `None` where CREATE INDEX leaves it to the server, or a whole table or schema is reindexed.
    pub name: Option<Name>,
    /// The table, where the statement names it.
    pub table: Option<Name>,
    /// CREATE UNIQUE INDEX.
    pub unique: bool,
    /// IF NOT EXISTS, or IF EXISTS.
    pub conditional: bool,
}

impl ConcurrentIndex {
    /// Returns the index's name as the catalogue has it: without a schema of its own an index lives in its table's.
    pub fn qualified_name(&self) -> Option<Name> {
        let name = self.name.as_ref()?;
        let table_schema = || self.table.as_ref().and_then(|table| table.schema.clone());
        Some(Name {
            schema: name.schema.clone().or_else(table_schema),
            name: name.name.clone(),
        })
    }
}

/// What happens to an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexAction {
    /// CREATE INDEX CONCURRENTLY.
    Create,
    /// DROP INDEX CONCURRENTLY.
    Drop,
    /// REINDEX … CONCURRENTLY.
    Reindex,
}

/// A value that joins an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumValue {
    /// The enum.
    pub type_name: Name,
    /// The new value.
    pub value: String,
    /// IF NOT EXISTS.
    pub conditional: bool,
}

/// A setting that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name in lower case; `all` for RESET ALL.
    pub name: String,
    /// SET LOCAL: until the end of the transaction, and without effect outside of one.
    pub local: bool,
}

/// Returns what is known about the statement.
pub fn facts(sql: &str) -> Facts {
    let tokens = significant(sql);
    facts_of(&tokens)
}

pub(crate) fn facts_of(tokens: &[Token]) -> Facts {
    let mut facts = Facts::default();
    let mut cursor = Cursor::new(tokens);
    let Some(first) = cursor.peek() else {
        return facts;
    };
    let word = first.text.to_ascii_lowercase();
    facts.verb = word.to_ascii_uppercase();
    let start = cursor;
    cursor.next();
    match word.as_str() {
        "create" => create(&mut facts, cursor),
        "alter" => alter(&mut facts, cursor),
        "drop" => drop(&mut facts, cursor),
        "comment" => comment(&mut facts, cursor),
        "security" => {
            facts.class = Class::Ddl;
            facts.verb = "SECURITY LABEL".to_owned();
        }
        "grant" | "revoke" => grant(&mut facts, cursor),
        "reassign" | "import" => facts.class = Class::Ddl,
        "truncate" => truncate(&mut facts, cursor),
        "insert" | "update" | "delete" | "merge" => dml(&mut facts, start),
        "with" => with(&mut facts, cursor),
        "select" | "values" | "table" | "show" => {
            facts.class = Class::Query;
            if word == "select" && cursor.has(&["into"]) {
                facts.class = Class::Ddl;
            }
        }
        "explain" | "(" => facts.class = Class::Query,
        "copy" => copy(&mut facts, cursor),
        "vacuum" | "analyze" | "analyse" | "cluster" | "reindex" | "refresh" | "repack"
        | "checkpoint" => {
            maintenance(&mut facts, &word, cursor);
        }
        "lock" => {
            facts.class = Class::Utility;
            cursor.eat(&["table"]);
            cursor.eat(&["only"]);
            facts.targets = cursor.names();
        }
        "do" | "call" => facts.class = Class::Code,
        "set" | "reset" | "discard" | "listen" | "unlisten" | "notify" | "load" | "prepare"
        | "execute" | "deallocate" | "declare" | "fetch" | "move" | "close" => {
            session(&mut facts, &word, cursor)
        }
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "savepoint" | "release" => {
            facts.class = Class::Transaction;
            // Savepoints stay inside the transaction.
            let is_savepoint = matches!(word.as_str(), "savepoint" | "release")
                || (word == "rollback" && cursor.has(&["to"]) && !cursor.sees(&["prepared"]));
            facts.is_transaction_control = !is_savepoint;
        }
        _ => {}
    }
    facts.refuses_transaction = refusal::refusal(start);
    loss::add_losses(&mut facts, start);
    facts
}

/// The kinds of objects, the longer names before those they start with.
const KINDS: &[(&str, &[&str])] = &[
    ("access method", &["access", "method"]),
    ("aggregate", &["aggregate"]),
    ("cast", &["cast"]),
    ("collation", &["collation"]),
    ("column", &["column"]),
    ("constraint", &["constraint"]),
    ("conversion", &["conversion"]),
    ("database", &["database"]),
    ("domain", &["domain"]),
    ("event trigger", &["event", "trigger"]),
    ("extension", &["extension"]),
    ("foreign data wrapper", &["foreign", "data", "wrapper"]),
    ("foreign table", &["foreign", "table"]),
    ("function", &["function"]),
    ("group", &["group"]),
    ("index", &["index"]),
    ("language", &["language"]),
    ("large object", &["large", "object"]),
    ("materialized view", &["materialized", "view"]),
    ("operator class", &["operator", "class"]),
    ("operator family", &["operator", "family"]),
    ("operator", &["operator"]),
    ("owned", &["owned"]),
    ("policy", &["policy"]),
    ("procedure", &["procedure"]),
    ("publication", &["publication"]),
    ("role", &["role"]),
    ("routine", &["routine"]),
    ("rule", &["rule"]),
    ("schema", &["schema"]),
    ("sequence", &["sequence"]),
    ("server", &["server"]),
    ("statistics", &["statistics"]),
    ("subscription", &["subscription"]),
    ("system", &["system"]),
    ("table", &["table"]),
    ("tablespace", &["tablespace"]),
    (
        "text search configuration",
        &["text", "search", "configuration"],
    ),
    ("text search dictionary", &["text", "search", "dictionary"]),
    ("text search parser", &["text", "search", "parser"]),
    ("text search template", &["text", "search", "template"]),
    ("transform", &["transform"]),
    ("trigger", &["trigger"]),
    ("type", &["type"]),
    ("user mapping", &["user", "mapping"]),
    ("user", &["user"]),
    ("view", &["view"]),
];

fn kind(cursor: &mut Cursor) -> Option<&'static str> {
    KINDS
        .iter()
        .find(|(_, words)| cursor.eat(words))
        .map(|(name, _)| *name)
}

fn with_kind(facts: &mut Facts, kind: Option<&'static str>) {
    facts.class = Class::Ddl;
    facts.object = kind;
    if let Some(kind) = kind {
        facts.verb = format!("{} {}", facts.verb, kind.to_ascii_uppercase());
    }
}

fn create(facts: &mut Facts, mut cursor: Cursor) {
    let mut unique = false;
    loop {
        if cursor.eat(&["unique"]) {
            unique = true;
        } else if cursor.eat(&["default"]) || cursor.eat(&["or", "replace"]) {
            // CREATE DEFAULT CONVERSION; CREATE OR REPLACE anything
        } else if cursor.sees(&["constraint", "trigger"]) {
            cursor.next();
        } else if cursor
            .eat_any(&[
                "global",
                "local",
                "temporary",
                "temp",
                "unlogged",
                "recursive",
                "trusted",
                "procedural",
            ])
            .is_none()
        {
            break;
        }
    }
    let kind = kind(&mut cursor);
    with_kind(facts, kind);
    match kind {
        Some("index") => create_index(facts, cursor, unique),
        Some("trigger" | "policy" | "rule") => {
            facts.targets.extend(on_table(cursor));
        }
        Some("schema") => {
            if_exists(&mut cursor);
            // CREATE SCHEMA AUTHORIZATION role names the schema after the role.
            cursor.eat(&["authorization"]);
            facts.targets.extend(cursor.name());
        }
        Some("cast" | "transform" | "operator") | None => {}
        Some(_) => {
            if_exists(&mut cursor);
            facts.targets.extend(cursor.name());
        }
    }
}

fn create_index(facts: &mut Facts, mut cursor: Cursor, unique: bool) {
    let concurrently = cursor.eat(&["concurrently"]);
    let conditional = if_exists(&mut cursor);
    let name = if cursor.sees(&["on"]) {
        None
    } else {
        cursor.name()
    };
    let table = on_table(cursor);
    if concurrently {
        facts.concurrent_index = Some(ConcurrentIndex {
            action: IndexAction::Create,
            name,
            table: table.clone(),
            unique,
            conditional,
        });
    }
    facts.targets.extend(table);
}

fn on_table(cursor: Cursor) -> Option<Name> {
    let mut cursor = cursor.find(&["on"])?;
    // Rules: ON INSERT TO table.
    if let Some(_event) = cursor.eat_any(&["insert", "update", "delete", "select"]) {
        cursor = cursor.find(&["to"])?;
    }
    cursor.eat(&["only"]);
    cursor.name()
}

/// Takes IF EXISTS or IF NOT EXISTS.
fn if_exists(cursor: &mut Cursor) -> bool {
    cursor.eat(&["if", "not", "exists"]) || cursor.eat(&["if", "exists"])
}

fn alter(facts: &mut Facts, mut cursor: Cursor) {
    if cursor.eat(&["default", "privileges"]) {
        facts.verb = "ALTER DEFAULT PRIVILEGES".to_owned();
        facts.class = Class::Ddl;
        return;
    }
    let kind = kind(&mut cursor);
    with_kind(facts, kind);
    match kind {
        Some("trigger" | "policy" | "rule") => facts.targets.extend(on_table(cursor)),
        Some("system" | "operator") | None => {}
        Some(_) => {
            if_exists(&mut cursor);
            cursor.eat(&["only"]);
            facts.targets.extend(cursor.name());
        }
    }
    if kind == Some("type") && cursor.eat(&["add", "value"]) {
        let conditional = if_exists(&mut cursor);
        if let (Some(type_name), Some(value)) =
            (facts.targets.first(), cursor.next().and_then(string_value))
        {
            facts.adds_enum_value = Some(EnumValue {
                type_name: type_name.clone(),
                value,
                conditional,
            });
        }
    }
}

/// Returns the contents of a plain string literal.
pub(crate) fn string_value(token: &Token) -> Option<String> {
    let is_string = matches!(
        token.kind,
        TokenKind::Literal {
            kind: LiteralKind::Str { .. }
                | LiteralKind::EscStr { .. }
                | LiteralKind::NationalStr { .. }
        }
    );
    let inside = token
        .text
        .trim_start_matches(['e', 'E', 'n', 'N'])
        .strip_prefix('\'')?
        .strip_suffix('\'')?;
    is_string.then(|| inside.replace("''", "'"))
}

fn drop(facts: &mut Facts, mut cursor: Cursor) {
    let kind = kind(&mut cursor);
    with_kind(facts, kind);
    let concurrently = kind == Some("index") && cursor.eat(&["concurrently"]);
    let conditional = if_exists(&mut cursor);
    match kind {
        Some("trigger" | "policy" | "rule") => facts.targets.extend(on_table(cursor)),
        Some("operator" | "cast" | "transform" | "owned" | "user mapping") | None => {}
        Some(_) => facts.targets = cursor.names(),
    }
    if concurrently {
        facts.concurrent_index = Some(ConcurrentIndex {
            action: IndexAction::Drop,
            name: facts.targets.first().cloned(),
            table: None,
            unique: false,
            conditional,
        });
    }
}

fn comment(facts: &mut Facts, mut cursor: Cursor) {
    cursor.eat(&["on"]);
    let kind = kind(&mut cursor);
    facts.class = Class::Ddl;
    facts.object = kind;
    match kind {
        Some("trigger" | "policy" | "rule" | "constraint") => {
            let on = cursor.find(&["on"]);
            facts
                .targets
                .extend(on.and_then(|mut cursor| cursor.name()));
        }
        Some("column") => {
            // [schema.]table.column
            if let Some(mut parts) = cursor.path() {
                parts.pop();
                let table = parts.pop();
                facts.targets.extend(table.map(|name| Name {
                    schema: parts.pop(),
                    name,
                }));
            }
        }
        Some("operator" | "cast" | "transform") | None => {}
        Some(_) => facts.targets.extend(cursor.name()),
    }
}

fn grant(facts: &mut Facts, cursor: Cursor) {
    facts.class = Class::Ddl;
    let Some(mut cursor) = cursor.find(&["on"]) else {
        return;
    };
    if cursor.eat(&["all"]) {
        return;
    }
    facts.object = kind(&mut cursor).or(Some("table"));
    facts.targets = cursor.names();
}

fn truncate(facts: &mut Facts, mut cursor: Cursor) {
    facts.class = Class::Dml;
    cursor.eat(&["table"]);
    loop {
        cursor.eat(&["only"]);
        let Some(name) = cursor.name() else { break };
        facts.targets.push(name);
        cursor.eat_kind(TokenKind::Star);
        if !cursor.eat_kind(TokenKind::Comma) {
            break;
        }
    }
}

fn dml(facts: &mut Facts, mut cursor: Cursor) {
    facts.class = Class::Dml;
    if let Some(verb) = cursor.next() {
        facts.verb = verb.text.to_ascii_uppercase();
    }
    cursor.eat_any(&["into", "from"]);
    cursor.eat(&["only"]);
    facts.targets.extend(cursor.name());
}

/// Goes past the queries of a WITH to the statement proper. Changes inside of the queries count as well.
fn with(facts: &mut Facts, mut cursor: Cursor) {
    facts.class = Class::Query;
    cursor.eat(&["recursive"]);
    let mut changes_rows = false;
    loop {
        cursor.ident();
        cursor.parenthesized();
        cursor.eat(&["as"]);
        cursor.eat(&["not"]);
        cursor.eat(&["materialized"]);
        let Some(inside) = cursor.parenthesized() else {
            return;
        };
        let inner = Cursor::new(inside);
        changes_rows |= ["insert", "update", "delete", "merge"]
            .iter()
            .any(|word| inner.sees(&[word]));
        // SEARCH and CYCLE clauses stand between the query and what follows.
        while let Some(token) = cursor.peek() {
            let follows = [
                "insert", "update", "delete", "merge", "select", "values", "table",
            ];
            if token.kind == TokenKind::Comma || follows.iter().any(|word| token.is(word)) {
                break;
            }
            if token.kind == TokenKind::OpenParen {
                break;
            }
            cursor.next();
        }
        if !cursor.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    if ["insert", "update", "delete", "merge"]
        .iter()
        .any(|word| cursor.sees(&[word]))
    {
        dml(facts, cursor);
    } else if changes_rows {
        facts.class = Class::Dml;
    }
}

fn copy(facts: &mut Facts, mut cursor: Cursor) {
    cursor.eat(&["binary"]);
    if cursor.sees_kind(TokenKind::OpenParen) {
        facts.class = Class::Query;
        return;
    }
    facts.targets.extend(cursor.name());
    cursor.parenthesized();
    facts.class = if cursor.sees(&["from"]) {
        Class::Dml
    } else {
        Class::Query
    };
}

fn maintenance(facts: &mut Facts, word: &str, mut cursor: Cursor) {
    facts.class = Class::Utility;
    let options = cursor.parenthesized().unwrap_or_default();
    match word {
        "refresh" => {
            facts.verb = "REFRESH MATERIALIZED VIEW".to_owned();
            facts.object = Some("materialized view");
            cursor.eat(&["materialized", "view"]);
            cursor.eat(&["concurrently"]);
            facts.targets.extend(cursor.name());
        }
        "reindex" => {
            let kind = kind(&mut cursor);
            if let Some(kind) = kind {
                facts.object = Some(kind);
                facts.verb = format!("REINDEX {}", kind.to_ascii_uppercase());
            }
            let concurrently =
                cursor.eat(&["concurrently"]) || option_is_on(options, "concurrently");
            let name = cursor.name();
            if concurrently {
                let is_index = kind == Some("index");
                facts.concurrent_index = Some(ConcurrentIndex {
                    action: IndexAction::Reindex,
                    name: name.clone().filter(|_| is_index),
                    table: name.clone().filter(|_| kind == Some("table")),
                    unique: false,
                    conditional: false,
                });
            }
            facts.targets.extend(name);
        }
        _ => {
            while cursor
                .eat_any(&["full", "freeze", "verbose", "analyze", "analyse"])
                .is_some()
            {}
            facts.targets = cursor.names();
        }
    }
}

/// Tells whether a `(name [value], …)` option list switches an option on.
pub(crate) fn option_is_on(options: &[Token], name: &str) -> bool {
    comma_separated(options).iter().any(|option| {
        let is_off = option.last().is_some_and(|value| {
            ["false", "off", "0", "'false'", "'off'"]
                .iter()
                .any(|off| value.text.eq_ignore_ascii_case(off))
        });
        option.first().is_some_and(|token| token.is(name)) && !is_off
    })
}

fn session(facts: &mut Facts, word: &str, mut cursor: Cursor) {
    facts.class = Class::Session;
    match word {
        "set" | "reset" => {
            if cursor.sees(&["transaction"]) || cursor.sees(&["session", "characteristics"]) {
                facts.verb = "SET TRANSACTION".to_owned();
                return;
            }
            if cursor.eat(&["constraints"]) {
                facts.verb = "SET CONSTRAINTS".to_owned();
                return;
            }
            let local = cursor.eat(&["local"]);
            // SET SESSION x, but SET SESSION AUTHORIZATION is a name of its own.
            if !cursor.sees(&["session", "authorization"]) {
                cursor.eat(&["session"]);
            }
            let name = if cursor.eat(&["time", "zone"]) {
                Some("timezone".to_owned())
            } else if cursor.eat(&["session", "authorization"]) {
                Some("session_authorization".to_owned())
            } else {
                cursor.name().map(|name| match name.schema {
                    Some(prefix) => format!("{prefix}.{}", name.name),
                    None => name.name,
                })
            };
            facts.setting = name.map(|name| Setting {
                name: name.to_ascii_lowercase(),
                local,
            });
        }
        "prepare" if cursor.eat(&["transaction"]) => {
            facts.class = Class::Transaction;
            facts.verb = "PREPARE TRANSACTION".to_owned();
            facts.is_transaction_control = true;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_verbs_and_targets() {
        let check = |sql: &str, expected: &str| {
            let facts = facts(sql);
            let targets: Vec<String> = facts.targets.iter().map(Name::to_string).collect();
            assert_eq!(
                format!("{:?} {}: {}", facts.class, facts.verb, targets.join(", ")),
                expected,
                "{sql}"
            );
        };
        check(
            "create table IF NOT EXISTS Shop.\"Order\" (id int)",
            "Ddl CREATE TABLE: shop.\"Order\"",
        );
        check("CREATE UNLOGGED TABLE t ()", "Ddl CREATE TABLE: t");
        check("CREATE TEMP TABLE t ()", "Ddl CREATE TABLE: t");
        check(
            "CREATE UNIQUE INDEX i ON ONLY s.t (a)",
            "Ddl CREATE INDEX: s.t",
        );
        check("CREATE INDEX ON t (a)", "Ddl CREATE INDEX: t");
        check("CREATE OR REPLACE VIEW v AS SELECT 1", "Ddl CREATE VIEW: v");
        check(
            "CREATE OR REPLACE CONSTRAINT TRIGGER x AFTER UPDATE OF a ON s.t FOR EACH ROW EXECUTE FUNCTION f()",
            "Ddl CREATE TRIGGER: s.t",
        );
        check(
            "CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING",
            "Ddl CREATE RULE: t",
        );
        check("CREATE POLICY p ON t USING (true)", "Ddl CREATE POLICY: t");
        check(
            "CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql AS 'x'",
            "Ddl CREATE FUNCTION: s.f",
        );
        check(
            "ALTER TABLE IF EXISTS ONLY t ADD a int",
            "Ddl ALTER TABLE: t",
        );
        check(
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x",
            "Ddl ALTER DEFAULT PRIVILEGES: ",
        );
        check(
            "DROP TABLE IF EXISTS a, s.b CASCADE",
            "Ddl DROP TABLE: a, s.b",
        );
        check("DROP FUNCTION f(int, text), g()", "Ddl DROP FUNCTION: f, g");
        check("DROP TRIGGER x ON t", "Ddl DROP TRIGGER: t");
        check("COMMENT ON COLUMN t.a IS 'x'", "Ddl COMMENT: t");
        check("GRANT SELECT ON a, b TO c", "Ddl GRANT: a, b");
        check("INSERT INTO t VALUES (1)", "Dml INSERT: t");
        check("UPDATE ONLY s.t SET a = 1", "Dml UPDATE: s.t");
        check("DELETE FROM t", "Dml DELETE: t");
        check("TRUNCATE TABLE ONLY a, b * CASCADE", "Dml TRUNCATE: a, b");
        check(
            "WITH a AS (SELECT 1), b (x) AS MATERIALIZED (SELECT 2) DELETE FROM t USING a",
            "Dml DELETE: t",
        );
        check(
            "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a",
            "Dml WITH: ",
        );
        check(
            "WITH RECURSIVE a AS (SELECT 1) SEARCH DEPTH FIRST BY x SET y SELECT 1",
            "Query WITH: ",
        );
        check("SELECT * FROM t", "Query SELECT: ");
        check("COPY t (a) FROM '/x'", "Dml COPY: t");
        check("COPY t TO '/x'", "Query COPY: t");
        check("VACUUM FULL ANALYZE t", "Utility VACUUM: t");
        check("VACUUM (ANALYZE) t, u (a)", "Utility VACUUM: t, u");
        check(
            "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
            "Utility REINDEX TABLE: t",
        );
        check(
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "Utility REFRESH MATERIALIZED VIEW: v",
        );
        check("DO $$ BEGIN END $$", "Code DO: ");
        check("SET lock_timeout = '1s'", "Session SET: ");
        check("COMMIT", "Transaction COMMIT: ");
        check("FROBNICATE t", "Unknown FROBNICATE: ");
        check("", "Unknown : ");
    }

    #[test]
    fn concurrent_indexes() {
        let check = |sql: &str, expected: &str| {
            let got = facts(sql).concurrent_index.map(|index| {
                let name =
                    |name: Option<Name>| name.map_or("-".to_owned(), |name| name.to_string());
                format!(
                    "{:?} {} on {}{}{}",
                    index.action,
                    name(index.qualified_name()),
                    name(index.table.clone()),
                    if index.unique { " unique" } else { "" },
                    if index.conditional { " if" } else { "" }
                )
            });
            assert_eq!(
                got.as_deref(),
                Some(expected).filter(|text| !text.is_empty()),
                "{sql}"
            );
        };
        check(
            "CREATE INDEX CONCURRENTLY i ON s.t (a)",
            "Create s.i on s.t",
        );
        check(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON t (a)",
            "Create \"I\" on t unique if",
        );
        check(
            "CREATE INDEX CONCURRENTLY ON t USING gin (a)",
            "Create - on t",
        );
        check("DROP INDEX CONCURRENTLY IF EXISTS s.i", "Drop s.i on - if");
        check("REINDEX INDEX CONCURRENTLY i", "Reindex i on -");
        check("REINDEX (CONCURRENTLY, VERBOSE) TABLE t", "Reindex - on t");
        check("REINDEX (CONCURRENTLY false) TABLE t", "");
        check("CREATE INDEX concurrently_not ON t (a)", "");
        check("CREATE INDEX \"concurrently\" ON t (a)", "");
    }

    #[test]
    fn enum_values_settings_and_transactions() {
        let added = facts("ALTER TYPE s.mood ADD VALUE IF NOT EXISTS 'it''s' AFTER 'ok'")
            .adds_enum_value
            .unwrap();
        assert_eq!(
            (
                added.type_name.to_string().as_str(),
                added.value.as_str(),
                added.conditional
            ),
            ("s.mood", "it's", true)
        );
        assert_eq!(
            facts("ALTER TYPE mood RENAME VALUE 'a' TO 'b'").adds_enum_value,
            None
        );

        let setting = |sql: &str| {
            facts(sql)
                .setting
                .map(|s| format!("{} {}", s.name, s.local))
        };
        assert_eq!(
            setting("SET LOCAL Lock_Timeout TO 1"),
            Some("lock_timeout true".into())
        );
        assert_eq!(
            setting("SET SESSION search_path = a, b"),
            Some("search_path false".into())
        );
        assert_eq!(
            setting("SET TIME ZONE 'UTC'"),
            Some("timezone false".into())
        );
        assert_eq!(
            setting("SET SESSION AUTHORIZATION x"),
            Some("session_authorization false".into())
        );
        assert_eq!(setting("RESET ALL"), Some("all false".into()));
        assert_eq!(setting("SET my.flag = 1"), Some("my.flag false".into()));
        assert_eq!(
            setting("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"),
            None
        );

        for sql in [
            "BEGIN",
            "START TRANSACTION",
            "COMMIT",
            "END",
            "ROLLBACK",
            "ABORT",
            "PREPARE TRANSACTION 'x'",
            "COMMIT PREPARED 'x'",
            "ROLLBACK PREPARED 'x'",
            "COMMIT AND CHAIN",
        ] {
            assert!(facts(sql).is_transaction_control, "{sql}");
        }
        for sql in [
            "SAVEPOINT a",
            "RELEASE a",
            "ROLLBACK TO a",
            "ROLLBACK WORK TO SAVEPOINT a",
            "PREPARE x AS SELECT 1",
            "SELECT 1",
        ] {
            assert!(!facts(sql).is_transaction_control, "{sql}");
        }
    }
}
