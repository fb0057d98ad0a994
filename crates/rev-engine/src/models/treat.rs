//! What is done with each statement of a model: most are run, some must not be.
//!
//! A schema file may be anything that a team or pg_dump wrote: with transactions, seeds, roles, psql's `COPY` data and
//! statements about the whole server. Only what shapes *this* database counts.

use super::subscription;

/// What is done with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It is run, and again in the next round when it fails.
    Run,
    /// It is run after all others: it would fire on them.
    RunLast,
    /// It sets how later statements of the same text are read; it is run before each of those again.
    Setting,
    /// These are run in its place.
    Instead(Vec<String>),
    /// A role that must exist, and nothing else of it.
    Role(String),
    /// It says nothing about the schema.
    Skip,
    /// It is about the server as a whole, which is not what a revision changes; the user hears of it.
    Ignore,
}

/// Decides what to do with a statement.
pub(super) fn treat(sql: &str) -> Treatment {
    let words = words(sql);
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    match (word(0), word(1), word(2)) {
        (
            "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE",
            ..,
        ) => Treatment::Skip,
        ("PREPARE", "TRANSACTION", _) | ("SET", "TRANSACTION" | "CONSTRAINTS", _) => {
            Treatment::Skip
        }
        // Without a transaction around it, LOCAL would have no effect at all.
        ("SET", "LOCAL", _) => Treatment::Instead(vec![without_local(sql)]),
        ("SET" | "RESET" | "DISCARD", ..) => Treatment::Setting,
        ("SELECT", "PG_CATALOG", "SET_CONFIG") | ("SELECT", "SET_CONFIG", _) => Treatment::Setting,
        (
            "COPY" | "VACUUM" | "ANALYZE" | "CHECKPOINT" | "LISTEN" | "NOTIFY" | "UNLISTEN"
            | "EXPLAIN" | "SHOW",
            ..,
        ) => Treatment::Skip,
        // The usual ending of a dump's sequences: rows, not schema.
        ("SELECT", "PG_CATALOG", "SETVAL") | ("SELECT", "SETVAL", _) => Treatment::Skip,
        ("CREATE", "USER", "MAPPING")
        | ("ALTER", "USER", "MAPPING")
        | ("DROP", "USER", "MAPPING") => Treatment::Run,
        ("CREATE", "ROLE" | "USER" | "GROUP", _) => match super::load::name_after(sql, &words[..2])
        {
            Some(role) => Treatment::Role(role),
            None => Treatment::Run,
        },
        ("ALTER" | "DROP", "ROLE" | "USER" | "GROUP", _) => Treatment::Ignore,
        ("CREATE" | "ALTER" | "DROP", "DATABASE" | "TABLESPACE", _) | ("ALTER", "SYSTEM", _) => {
            Treatment::Ignore
        }
        ("COMMENT", "ON", "DATABASE" | "ROLE" | "TABLESPACE") => Treatment::Ignore,
        ("GRANT" | "REVOKE", ..) if on_whole_server(&words) => Treatment::Ignore,
        ("CREATE", "EVENT", "TRIGGER") | ("ALTER", "EVENT", "TRIGGER") => Treatment::RunLast,
        ("COMMENT", "ON", "EVENT") => Treatment::RunLast,
        ("CREATE", "SUBSCRIPTION", _) => match subscription::without_connecting(sql) {
            Some(statements) => Treatment::Instead(statements),
            None => Treatment::Run,
        },
        ("ALTER", "SUBSCRIPTION", _) if subscription::calls_publisher(sql) => Treatment::Ignore,
        _ => Treatment::Run,
    }
}

/// `GRANT … ON DATABASE`, `ON TABLESPACE`, `ON PARAMETER`; also in what REVOKE says.
fn on_whole_server(words: &[String]) -> bool {
    words.windows(2).any(|pair| {
        pair[0] == "ON" && matches!(pair[1].as_str(), "DATABASE" | "TABLESPACE" | "PARAMETER")
    })
}

fn without_local(sql: &str) -> String {
    let upper = sql.to_ascii_uppercase();
    match upper.find("LOCAL") {
        Some(at) => format!("{}{}", &sql[..at], &sql[at + "LOCAL".len()..]),
        None => sql.to_owned(),
    }
}

/// Returns the first words of a statement in upper case: enough to know its kind. Quoted names and punctuation part words.
fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = sql;
    while words.len() < 60 {
        rest = rest.trim_start_matches(|c: char| {
            !(c.is_alphanumeric() || c == '_' || c == '-' || c == '/' || c == '"' || c == '\'')
        });
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            // A name or text that happens to read ON DATABASE is not a word.
            rest = rest[1..].split_once(quote).map_or("", |(_, after)| after);
            words.push(quote.to_string());
            continue;
        }
        if rest.starts_with(['-', '/']) {
            rest = &rest[1..];
            continue;
        }
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        words.push(rest[..end].to_ascii_uppercase());
        rest = &rest[end..];
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_this_schema_is_not_run() {
        let check = |sql: &str, want: Treatment| assert_eq!(treat(sql), want, "{sql}");
        check("CREATE TABLE t (id int)", Treatment::Run);
        check("begin", Treatment::Skip);
        check(
            "SELECT pg_catalog.set_config('search_path', '', false)",
            Treatment::Setting,
        );
        check(
            "SELECT pg_catalog.setval('t_id_seq', 1, true)",
            Treatment::Skip,
        );
        check("select f()", Treatment::Run);
        check("set search_path = app", Treatment::Setting);
        check(
            "SET LOCAL search_path = app",
            Treatment::Instead(vec!["SET  search_path = app".into()]),
        );
        check(
            "/* roles */ CREATE ROLE \"App User\" LOGIN",
            Treatment::Role("App User".into()),
        );
        check("CREATE USER bob", Treatment::Role("bob".into()));
        check("CREATE USER MAPPING FOR bob SERVER s", Treatment::Run);
        check("GRANT CONNECT ON DATABASE shop TO app", Treatment::Ignore);
        check("GRANT SELECT ON \"database\" TO app", Treatment::Run);
        check(
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO app",
            Treatment::Run,
        );
        check(
            "ALTER DATABASE shop SET timezone = 'UTC'",
            Treatment::Ignore,
        );
        check("COPY t (id) FROM stdin", Treatment::Skip);
        check(
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            Treatment::RunLast,
        );
        check("INSERT INTO t VALUES (1)", Treatment::Run);
    }
}
