//! Which statements the server refuses to run inside a transaction block.

use std::fmt;

use squawk_lexer::{LiteralKind, TokenKind};

use super::{kind, option_is_on};
use crate::cursor::Cursor;
use crate::token::significant;

/// Why a statement runs alone. `Display` gives the statement's usual name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// CREATE INDEX CONCURRENTLY.
    CreateIndexConcurrently,
    /// DROP INDEX CONCURRENTLY.
    DropIndexConcurrently,
    /// REINDEX … CONCURRENTLY.
    ReindexConcurrently,
    /// REINDEX of a schema, a database or the system catalogues.
    ReindexMany,
    /// ALTER TABLE … DETACH PARTITION … CONCURRENTLY.
    DetachConcurrently,
    /// VACUUM.
    Vacuum,
    /// CLUSTER without a table.
    ClusterAll,
    /// REPACK of several tables, or concurrently.
    Repack,
    /// CREATE or DROP DATABASE, ALTER DATABASE … SET TABLESPACE.
    Database,
    /// CREATE or DROP TABLESPACE.
    Tablespace,
    /// ALTER SYSTEM.
    AlterSystem,
    /// A subscription whose replication slot is made, dropped or read.
    Subscription,
    /// DISCARD ALL.
    DiscardAll,
    /// COMMIT PREPARED, ROLLBACK PREPARED.
    Prepared,
    /// A DO block that commits or rolls back itself.
    CommitsItself,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Refusal::CreateIndexConcurrently => "CREATE INDEX CONCURRENTLY",
            Refusal::DropIndexConcurrently => "DROP INDEX CONCURRENTLY",
            Refusal::ReindexConcurrently => "REINDEX CONCURRENTLY",
            Refusal::ReindexMany => "REINDEX of more than one table",
            Refusal::DetachConcurrently => "DETACH PARTITION CONCURRENTLY",
            Refusal::Vacuum => "VACUUM",
            Refusal::ClusterAll => "CLUSTER of all tables",
            Refusal::Repack => "REPACK",
            Refusal::Database => "work on a whole database",
            Refusal::Tablespace => "work on a tablespace",
            Refusal::AlterSystem => "ALTER SYSTEM",
            Refusal::Subscription => "work on a replication slot",
            Refusal::DiscardAll => "DISCARD ALL",
            Refusal::Prepared => "ending a prepared transaction",
            Refusal::CommitsItself => "a DO block with COMMIT or ROLLBACK inside",
        })
    }
}

/// Returns why the statement refuses a transaction block, if it does.
pub(super) fn refusal(mut cursor: Cursor) -> Option<Refusal> {
    let first = cursor.next()?;
    if first.kind != TokenKind::Ident {
        return None;
    }
    match first.text.to_ascii_lowercase().as_str() {
        "create" => {
            cursor.eat(&["unique"]);
            match kind(&mut cursor)? {
                "index" => cursor
                    .sees(&["concurrently"])
                    .then_some(Refusal::CreateIndexConcurrently),
                "database" => Some(Refusal::Database),
                "tablespace" => Some(Refusal::Tablespace),
                "subscription" => {
                    let options = cursor
                        .find(&["with"])
                        .and_then(|mut cursor| cursor.parenthesized())
                        .unwrap_or_default();
                    let is_off = |name| {
                        let has = Cursor::new(options).find(&[name]).is_some();
                        has && !option_is_on(options, name)
                    };
                    (!is_off("connect") && !is_off("create_slot")).then_some(Refusal::Subscription)
                }
                _ => None,
            }
        }
        "drop" => match kind(&mut cursor)? {
            "index" => cursor
                .sees(&["concurrently"])
                .then_some(Refusal::DropIndexConcurrently),
            "database" => Some(Refusal::Database),
            "tablespace" => Some(Refusal::Tablespace),
            // With a slot, which the text does not tell; alone it works either way.
            "subscription" => Some(Refusal::Subscription),
            _ => None,
        },
        "alter" => match kind(&mut cursor)? {
            "system" => Some(Refusal::AlterSystem),
            "database" => cursor
                .has(&["set", "tablespace"])
                .then_some(Refusal::Database),
            "table" => {
                let mut partition = cursor.find(&["detach", "partition"])?;
                partition.name();
                partition
                    .sees(&["concurrently"])
                    .then_some(Refusal::DetachConcurrently)
            }
            "subscription" => {
                let refreshes = cursor.has(&["refresh"]) || cursor.has(&["publication"]);
                let options = cursor
                    .find(&["with"])
                    .and_then(|mut cursor| cursor.parenthesized())
                    .unwrap_or_default();
                let stays = Cursor::new(options).find(&["refresh"]).is_some()
                    && !option_is_on(options, "refresh");
                let sets_slot = ["failover", "two_phase"].iter().any(|name| {
                    cursor.find(&["set"]).is_some_and(|mut cursor| {
                        cursor
                            .parenthesized()
                            .is_some_and(|options| Cursor::new(options).has(&[name]))
                    })
                });
                (refreshes && !stays || sets_slot).then_some(Refusal::Subscription)
            }
            _ => None,
        },
        "reindex" => {
            let options = cursor.parenthesized().unwrap_or_default();
            let kind = kind(&mut cursor);
            if cursor.sees(&["concurrently"]) || option_is_on(options, "concurrently") {
                Some(Refusal::ReindexConcurrently)
            } else {
                matches!(kind, Some("schema" | "database" | "system"))
                    .then_some(Refusal::ReindexMany)
            }
        }
        "vacuum" => Some(Refusal::Vacuum),
        "cluster" => {
            cursor.parenthesized();
            cursor.eat(&["verbose"]);
            cursor.is_done().then_some(Refusal::ClusterAll)
        }
        "repack" => {
            let options = cursor.parenthesized().unwrap_or_default();
            let many = cursor.is_done() || cursor.sees(&["using"]);
            (many || option_is_on(options, "concurrently")).then_some(Refusal::Repack)
        }
        "discard" => cursor.sees(&["all"]).then_some(Refusal::DiscardAll),
        "commit" | "rollback" => cursor.sees(&["prepared"]).then_some(Refusal::Prepared),
        "do" => cursor
            .rest()
            .iter()
            .any(|token| {
                let is_body = matches!(
                    token.kind,
                    TokenKind::Literal {
                        kind: LiteralKind::DollarQuotedString { .. }
                    }
                );
                is_body && commits(token.text)
            })
            .then_some(Refusal::CommitsItself),
        _ => None,
    }
}

/// Tells whether a dollar-quoted PL/pgSQL body ends its transaction.
fn commits(body: &str) -> bool {
    let Some(tag) = body
        .get(1..)
        .and_then(|rest| rest.find('$'))
        .map(|at| at + 2)
    else {
        return false;
    };
    let Some(inside) = body.get(tag..body.len().saturating_sub(tag)) else {
        return false;
    };
    let tokens = significant(inside);
    tokens.iter().enumerate().any(|(index, token)| {
        let starts = index == 0 || {
            let before = &tokens[index - 1];
            before.kind == TokenKind::Semi
                || ["begin", "then", "loop", "else"]
                    .iter()
                    .any(|word| before.is(word))
        };
        let ends = tokens
            .get(index + 1)
            .is_some_and(|next| next.kind == TokenKind::Semi || next.is("and") || next.is("work"));
        starts && ends && (token.is("commit") || token.is("rollback"))
    })
}

#[cfg(test)]
mod tests {
    use crate::facts;

    #[test]
    fn statements_that_run_alone() {
        let check = |sql: &str, expected: &str| {
            let got = facts(sql)
                .refuses_transaction
                .map(|refusal| refusal.to_string())
                .unwrap_or_default();
            assert_eq!(got, expected, "{sql}");
        };
        check(
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "CREATE INDEX CONCURRENTLY",
        );
        check(
            "create unique index concurrently if not exists i on t (a)",
            "CREATE INDEX CONCURRENTLY",
        );
        check("CREATE INDEX i ON t (concurrently)", "");
        check("DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY");
        check("REINDEX TABLE CONCURRENTLY t", "REINDEX CONCURRENTLY");
        check("REINDEX (CONCURRENTLY) INDEX i", "REINDEX CONCURRENTLY");
        check("REINDEX TABLE t", "");
        check("REINDEX SCHEMA s", "REINDEX of more than one table");
        check("REINDEX DATABASE", "REINDEX of more than one table");
        check(
            "ALTER TABLE p DETACH PARTITION s.c CONCURRENTLY",
            "DETACH PARTITION CONCURRENTLY",
        );
        check("ALTER TABLE p DETACH PARTITION c FINALIZE", "");
        check("ALTER TABLE p DETACH PARTITION c", "");
        check("VACUUM", "VACUUM");
        check("VACUUM (FULL) t", "VACUUM");
        check("ANALYZE t", "");
        check("CLUSTER", "CLUSTER of all tables");
        check("CLUSTER (VERBOSE)", "CLUSTER of all tables");
        check("CLUSTER t USING i", "");
        check("CREATE DATABASE x", "work on a whole database");
        check("DROP DATABASE IF EXISTS x", "work on a whole database");
        check(
            "ALTER DATABASE x SET TABLESPACE y",
            "work on a whole database",
        );
        check("ALTER DATABASE x SET work_mem = '1MB'", "");
        check("CREATE TABLESPACE x LOCATION '/x'", "work on a tablespace");
        check("ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM");
        check(
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
            "work on a replication slot",
        );
        check(
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
            "",
        );
        check(
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = off, enabled = false)",
            "",
        );
        check("DROP SUBSCRIPTION s", "work on a replication slot");
        check(
            "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
            "work on a replication slot",
        );
        check(
            "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
            "",
        );
        check("ALTER SUBSCRIPTION s DISABLE", "");
        check("ALTER TYPE t ADD VALUE 'x'", "");
        check("DISCARD ALL", "DISCARD ALL");
        check("COMMIT PREPARED 'x'", "ending a prepared transaction");
        check(
            "DO $$ BEGIN FOR i IN 1..2 LOOP UPDATE t SET a = 1; COMMIT; END LOOP; END $$",
            "a DO block with COMMIT or ROLLBACK inside",
        );
        check("DO $x$ BEGIN EXECUTE 'COMMIT'; /* COMMIT; */ END $x$", "");
        check("CREATE TABLE t ()", "");
    }
}
