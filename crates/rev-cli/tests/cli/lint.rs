use crate::{project, session};
use rev_sql::RULES;

#[test]
fn findings_with_locks_and_safe_forms() {
    let project = project(&[("aaaa", "null")]);
    project.revision(
        "bbbb",
        "aaaa",
        "CREATE TABLE teams (id bigint PRIMARY KEY);\nCREATE INDEX ON teams (id);\n\nCREATE INDEX users_email ON users (email);\n\
         -- rev:allow drop-column because \"no code reads it\"\nALTER TABLE users DROP COLUMN nickname;",
        "DROP TABLE teams;",
    );
    insta::assert_snapshot!(session(
        &project,
        &[
            &["lint"],
            &["lint", "bbbb", "--downgrades", "-v"],
            &["lint", "aaaa"],
            &["lint", "bbbb", "--format", "json"],
            &["lint", "nope"],
            &["lint", "--explain", "no-rule"],
            &["lint", "--explain", "drop-index"],
        ]
    ));
}

#[test]
fn a_script_that_cannot_be_split() {
    let project = project(&[]);
    project.revision("aaaa", "null", "SELECT 1;\n-- rev:bath {}\nSELECT 2;", "");
    insta::assert_snapshot!(session(&project, &[&["lint"]]));
}

/// The page of lint rules is made of the rules' own documentation: `REV_UPDATE_DOCS=1 cargo test` writes it.
#[test]
fn the_documented_rules_are_the_programs() {
    let mut page = String::from(
        "# Lint rules\n\n`rev lint` shows these findings, and `rev lint --explain RULE` this text. A line \
         `-- rev:allow RULE because \"…\"` before a statement accepts one. Notes alone do not make the command fail.\n\n\
         | rule | | |\n|---|---|---|\n",
    );
    for rule in RULES {
        page.push_str(&format!(
            "| [`{0}`](#{0}) | {1} | {2} |\n",
            rule.name,
            rule.severity,
            rule.title()
        ));
    }
    for rule in RULES {
        let text = rule.page();
        let body = text.trim_start_matches("# ").replace("\n## ", "\n### ");
        page.push_str(&format!("\n## {body}"));
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/src/reference/lint-rules.md");
    if std::env::var_os("REV_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("writes");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "{} is not the program's text: run this test with REV_UPDATE_DOCS=1",
        path.display()
    );
}
