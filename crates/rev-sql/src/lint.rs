//! Unsafe statements found before they run.
//!
//! [`lint`] shows every statement of a script to every rule of [`RULES`]. A rule sees the statement's
//! facts and locks, what came before it and which tables are new: a table that the script itself makes is seen by
//! nobody else, so nothing that is done to it can hurt.
//!
//! `-- rev:allow RULE because "…"` before a statement accepts a rule's findings there.

use std::fmt;

use crate::alter_table::{self, Column, Constraint, TableAction};
use crate::classify::{Facts, facts_of};
use crate::cursor::{Cursor, comma_separated};
use crate::directive::DirectiveKind;
use crate::lock::{Locks, created_by, locks_of};
use crate::name::Name;
use crate::rules::RULES;
use crate::split::Statement;
use crate::token::{Token, significant};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a thought; nothing breaks.
    Note,
    /// Stalls or loses something where the table is large, busy or needed.
    Warning,
    /// Fails or does something else than it says.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One unsafe statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, as in `-- rev:allow NAME because "…"`.
    pub rule: &'static str,
    /// Which statement of the script, counted from 0.
    pub statement: usize,
    /// The line of the statement (or directive) in the script, counted from 1.
    pub line: u32,
    /// How bad it is.
    pub severity: Severity,
    /// What happens, as a sentence.
    pub message: String,
    /// What to do instead.
    pub help: String,
    /// The SQL to write instead, where it can be given.
    pub safe_form: Option<String>,
    /// What the statement locks, new tables left out.
    pub locks: Locks,
    /// Why the author accepts it, from a `-- rev:allow` line.
    pub allowed_because: Option<String>,
}

/// What a rule has to know beside the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintOptions {
    /// The server's major version.
    pub server_major: u32,
    /// Tables that no one uses yet, beside those that the script makes.
    pub new_tables: Vec<Name>,
}

impl Default for LintOptions {
    /// The newest server, and no new tables.
    fn default() -> Self {
        LintOptions {
            server_major: 18,
            new_tables: Vec::new(),
        }
    }
}

/// Returns what is unsafe in a script, by line.
pub fn lint(statements: &[Statement], options: &LintOptions) -> Vec<Finding> {
    let tokens: Vec<Vec<Token>> = statements
        .iter()
        .map(|statement| significant(&statement.sql))
        .collect();
    let facts: Vec<Facts> = tokens.iter().map(|tokens| facts_of(tokens)).collect();

    // What is new to a statement is a growing head of one list.
    let mut new_tables = options.new_tables.clone();
    let mut new_until = Vec::new();
    for (tokens, facts) in tokens.iter().zip(&facts) {
        new_tables.extend(created_by(tokens, facts));
        new_until.push(new_tables.len());
    }
    let script: Vec<Subject> = (0..statements.len())
        .map(|index| {
            let (tokens, facts) = (&tokens[index][..], &facts[index]);
            let new_tables = &new_tables[..new_until[index]];
            let locks = locks_of(tokens, facts, options.server_major).without(new_tables);
            let actions = actions(tokens, facts);
            let is_new = |table: &&Name| new_tables.iter().any(|new| new.may_be(table));
            let old_table = facts.targets.first().filter(|table| !is_new(table));
            Subject {
                statement: &statements[index],
                tokens,
                facts,
                locks,
                old_table,
                actions,
                new_tables,
            }
        })
        .collect();

    let mut findings = Vec::new();
    for (index, subject) in script.iter().enumerate() {
        let at = At {
            subject,
            index,
            script: &script,
            major: options.server_major,
        };
        let mut of_statement = Vec::new();
        for rule in RULES {
            let mut problems = Vec::new();
            (rule.check)(&at, &mut problems);
            of_statement.extend(problems.into_iter().map(|problem| Finding {
                rule: rule.name,
                statement: index,
                line: subject.statement.line,
                severity: rule.severity,
                message: problem.message,
                help: problem.help,
                safe_form: problem.safe_form,
                locks: subject.locks.clone(),
                allowed_because: None,
            }));
        }
        apply_allows(subject.statement, index, &mut of_statement);
        findings.extend(of_statement);
    }
    findings.sort_by_key(|finding| (finding.line, std::cmp::Reverse(finding.severity)));
    findings
}

/// Marks what the author accepts, and complains about directives that accept nothing.
fn apply_allows(statement: &Statement, index: usize, findings: &mut Vec<Finding>) {
    for directive in &statement.directives {
        let DirectiveKind::Allow { rule, because } = &directive.kind else {
            continue;
        };
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| finding.rule == rule) {
            finding.allowed_because = Some(because.clone());
            used = true;
        }
        if used {
            continue;
        }
        let is_known = RULES.iter().any(|known| known.name == rule);
        findings.push(Finding {
            rule: if is_known {
                "unused-allow"
            } else {
                "unknown-rule"
            },
            statement: index,
            line: directive.line,
            severity: if is_known {
                Severity::Note
            } else {
                Severity::Error
            },
            message: if is_known {
                format!("`rev:allow {rule}` accepts nothing here")
            } else {
                format!("`rev:allow {rule}` names no rule")
            },
            help: if is_known {
                "remove the line".to_owned()
            } else {
                crate::rules::suggestion(rule)
            },
            safe_form: None,
            locks: Locks {
                known: true,
                ..Locks::default()
            },
            allowed_because: None,
        });
    }
}

/// What a rule has to say about a statement.
pub(crate) struct Problem {
    message: String,
    help: String,
    safe_form: Option<String>,
}

impl Problem {
    /// Adds the SQL to write instead.
    pub fn safe(mut self, sql: impl Into<String>) -> Self {
        self.safe_form = Some(sql.into());
        self
    }
}

/// Makes a problem: what happens, and what to do instead.
pub(crate) fn problem(message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem {
        message: message.into(),
        help: help.into(),
        safe_form: None,
    }
}

/// One action of an ALTER TABLE, with its text.
pub(crate) struct Action {
    pub action: TableAction,
    pub text: String,
}

/// A statement with all that is known about it.
pub(crate) struct Subject<'a> {
    pub statement: &'a Statement,
    pub tokens: &'a [Token<'a>],
    pub facts: &'a Facts,
    /// Without those on new tables.
    pub locks: Locks,
    /// The first target, unless it is new.
    old_table: Option<&'a Name>,
    actions: Vec<Action>,
    new_tables: &'a [Name],
}

impl Subject<'_> {
    /// The actions of an ALTER TABLE.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter()
    }
}

/// A statement inside its script, as a rule sees it.
pub(crate) struct At<'s, 'a> {
    pub subject: &'s Subject<'a>,
    pub index: usize,
    pub script: &'s [Subject<'a>],
    pub major: u32,
}

impl<'s, 'a> At<'s, 'a> {
    pub fn facts(&self) -> &'s Facts {
        self.subject.facts
    }

    pub fn sql(&self) -> &'s str {
        &self.subject.statement.sql
    }

    /// A reader over the statement's tokens.
    pub fn cursor(&self) -> Cursor<'s, 'a> {
        Cursor::new(self.subject.tokens)
    }

    /// Tells whether the verb is this one.
    pub fn is(&self, verb: &str) -> bool {
        self.subject.facts.verb == verb
    }

    /// Tells whether others cannot see the table yet.
    pub fn is_new(&self, table: &Name) -> bool {
        self.subject.new_tables.iter().any(|new| new.may_be(table))
    }

    /// The table that the statement works on, if it is there before the script.
    pub fn old_table(&self) -> Option<&'s Name> {
        self.subject.old_table
    }

    /// The actions of an ALTER TABLE on a table that is there before the script, with the table.
    pub fn actions(&self) -> impl Iterator<Item = (&'s Name, &'s Action)> {
        let table = self.old_table();
        self.subject
            .actions
            .iter()
            .filter_map(move |action| Some((table?, action)))
    }

    /// The columns that an ALTER TABLE adds to a table that is there before the script.
    pub fn added_columns(&self) -> impl Iterator<Item = (&'s Name, &'s Column)> {
        self.actions()
            .filter_map(|(table, action)| match &action.action {
                TableAction::AddColumn(column) => Some((table, column)),
                _ => None,
            })
    }

    /// The constraints that an ALTER TABLE adds to a table that is there before the script.
    pub fn added_constraints(&self) -> impl Iterator<Item = (&'s Name, &'s Constraint)> {
        self.actions()
            .filter_map(|(table, action)| match &action.action {
                TableAction::AddConstraint(constraint) => Some((table, constraint)),
                _ => None,
            })
    }

    /// The columns and constraints between the parentheses of a CREATE TABLE.
    pub fn definition(&self) -> Option<(Vec<Column>, Vec<Constraint>)> {
        if !self.is("CREATE TABLE") {
            return None;
        }
        let mut cursor = self.cursor().find(&["table"])?;
        cursor.eat(&["if", "not", "exists"]);
        cursor.name()?;
        let (mut columns, mut constraints) = (Vec::new(), Vec::new());
        for element in comma_separated(cursor.parenthesized()?) {
            match alter_table::constraint(Cursor::new(element)) {
                Some(constraint) => constraints.push(constraint),
                None if Cursor::new(element).sees(&["like"]) => return None,
                None => columns.extend(alter_table::column(&mut Cursor::new(element))),
            }
        }
        Some((columns, constraints))
    }

    /// Returns the statement with a word put in behind the first one of these words.
    pub fn with_word_after(&self, words: &[&str], insert: &str) -> Option<String> {
        let token = self
            .subject
            .tokens
            .iter()
            .find(|token| words.iter().any(|word| token.is(word)))?;
        let (head, tail) = self.sql().split_at(token.end());
        Some(format!("{head} {insert}{tail};"))
    }
}

fn actions(tokens: &[Token], facts: &Facts) -> Vec<Action> {
    if !matches!(facts.verb.as_str(), "ALTER TABLE" | "ALTER FOREIGN TABLE") {
        return Vec::new();
    }
    let mut cursor = Cursor::new(tokens);
    cursor.next();
    alter_table::actions_with_text(cursor)
        .into_iter()
        .map(|(action, text)| Action { action, text })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::{split, split_models};
    use proptest::prelude::*;

    fn report(script: &str) -> String {
        lint(&split(script).unwrap(), &LintOptions::default())
            .iter()
            .map(|finding| {
                let allowed = finding
                    .allowed_because
                    .as_ref()
                    .map(|why| format!(" (allowed: {why})"))
                    .unwrap_or_default();
                format!(
                    "{}: {} {}: {}{allowed}\n",
                    finding.line, finding.severity, finding.rule, finding.message
                )
            })
            .collect()
    }

    #[test]
    fn a_revision() {
        insta::assert_snapshot!(report("
CREATE TABLE teams (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE INDEX teams_name ON teams (name);
ALTER TABLE teams ADD CHECK (name <> '');
DROP INDEX teams_name;

ALTER TABLE users
    ADD COLUMN team_id bigint,
    ADD CONSTRAINT users_team FOREIGN KEY (team_id) REFERENCES teams (id),
    DROP COLUMN nickname;
CREATE INDEX users_team_id ON users (team_id);
UPDATE users SET team_id = 1;
"), @r"
        7: warning add-foreign-key: every row of `users` is looked up while writes to `users` and `teams` wait
        7: warning drop-column: the data of `users.nickname` is lost, and code that still uses the column fails
        11: warning create-index: writes to `users` wait while the index is built
        12: warning full-table-change: every row of `users` stays locked until the commit
        ");
    }

    #[test]
    fn findings_can_be_accepted() {
        insta::assert_snapshot!(report(r#"
-- rev:allow drop-table because "nobody reads it"
DROP TABLE old;
-- rev:allow drop-colum because "a slip"
-- rev:allow truncate because "not needed"
ALTER TABLE users DROP COLUMN nickname;
"#), @r"
        3: warning drop-table: the data of `old` is lost, and code that still uses the table fails (allowed: nobody reads it)
        4: error unknown-rule: `rev:allow drop-colum` names no rule
        5: note unused-allow: `rev:allow truncate` accepts nothing here
        6: warning drop-column: the data of `users.nickname` is lost, and code that still uses the column fails
        ");
    }

    #[test]
    fn tables_of_an_earlier_revision_may_be_new_too() {
        let statements = split("CREATE INDEX a_b ON shop.a (b)").unwrap();
        let new_tables = vec![Name {
            schema: None,
            name: "a".into(),
        }];
        let options = LintOptions {
            new_tables,
            ..LintOptions::default()
        };
        assert_eq!(lint(&statements, &options), []);
        assert_eq!(lint(&statements, &LintOptions::default()).len(), 1);
    }

    fn script() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "ALTER",
            "TABLE",
            "t",
            "s.t",
            "ADD",
            "COLUMN",
            "DROP",
            "CONSTRAINT",
            "c",
            "CHECK",
            "(",
            ")",
            "a",
            "int",
            "NOT",
            "NULL",
            "VALID",
            "DEFAULT",
            "now()",
            "CREATE",
            "INDEX",
            "CONCURRENTLY",
            "ON",
            "UNIQUE",
            "REFERENCES",
            "PRIMARY",
            "KEY",
            "TYPE",
            "SET",
            "LOCAL",
            "VALUE",
            "'x'",
            ";",
            ",",
            ".",
            "DETACH",
            "PARTITION",
            "OF",
            "GENERATED",
            "ALWAYS",
            "AS",
            "IDENTITY",
            "WITH",
            "UPDATE",
            "DELETE",
            "FROM",
            "WHERE",
            "REINDEX",
            "VACUUM",
            "COMMENT",
            "IS",
            "IF",
            "EXISTS",
            "DO",
            "$$ COMMIT; $$",
            "GRANT",
            "FUNCTION",
            "SECURITY",
            "DEFINER",
            "TRUNCATE",
            "CASCADE",
            "LOCK",
            "IN",
            "MODE",
            "RENAME",
            "TO",
            "1",
            "\"Q\"",
        ]);
        prop::collection::vec(word, 0..16).prop_map(|words| words.join(" "))
    }

    #[test]
    fn deep_nesting_is_survived() {
        let depth = 20_000;
        let sql = format!(
            "UPDATE t SET a = {}1{} WHERE b",
            "(".repeat(depth),
            ")".repeat(depth)
        );
        assert_eq!(lint(&split(&sql).unwrap(), &LintOptions::default()), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        #[test]
        fn nothing_panics(script in prop_oneof![3 => script(), 1 => ".{0,60}"]) {
            let Ok(statements) = split_models(&script) else { return Ok(()) };
            for statement in &statements {
                let _ = crate::locks(&statement.sql, 15);
                let _ = crate::summary(&statement.sql);
            }
            let _ = lint(&statements, &LintOptions::default());
        }
    }
}
