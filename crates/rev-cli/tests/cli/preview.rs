use crate::session;
use rev_testkit::{TestProject, fresh_database};

/// `--plan` on a live database: every statement with what it locks, what it loses, and how large the table is.
#[test]
fn statements_with_locks_losses_and_sizes() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute("CREATE TABLE users (id bigint PRIMARY KEY, nickname text); ANALYZE users;");
    let project = TestProject::with_database(&database.url());
    project.revision(
        "aaaa",
        "null",
        "CREATE TABLE teams (id bigint PRIMARY KEY);\nCREATE INDEX ON teams (id);\n\
         ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();\nALTER TABLE users DROP COLUMN nickname;\n\
         CREATE INDEX CONCURRENTLY users_token ON users (token);\nDO $$ BEGIN NULL; END $$;\n\
         -- rev:batch {table: users, key: id}\nUPDATE users SET token = NULL;",
        "DROP TABLE teams;",
    );
    insta::assert_snapshot!(session(
        &project,
        &[
            &["upgrade", "head", "--plan"],
            &["upgrade", "head", "--plan", "--format", "json"],
            &["stamp", "head", "--plan"],
        ]
    ));
}
