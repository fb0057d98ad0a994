//! A script as statements.
//!
//! The rule is psql's: a statement ends at a `;` outside of parentheses and outside of a `BEGIN ATOMIC … END` body.
//! Deciding on tokens keeps every text intact, also SQL that no parser here knows yet. One pass, linear.

use squawk_lexer::TokenKind;

use crate::directive::{self, Directive};
use crate::error::SplitError;
use crate::token::{Token, Tokens, tokens};

/// One statement of a script.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text from its first to its last token, without the semicolon and without directives.
    pub sql: String,
    /// Where `sql` starts in the script, in bytes.
    pub offset: usize,
    /// The line on which `sql` starts, counted from 1.
    pub line: u32,
    /// The `-- rev:…` lines before it.
    pub directives: Vec<Directive>,
    /// The rows that follow a `COPY … FROM STDIN`, as they stand in the script. Only in models.
    pub copy_data: Option<String>,
}

/// Cuts a script into statements; empty ones are left out.
///
/// What only psql understands (backslash commands, rows after `COPY … FROM STDIN`) is an error that says what to do
/// instead, as is text that is opened and never closed.
pub fn split(script: &str) -> Result<Vec<Statement>, SplitError> {
    Splitter::new(script, Dialect::Revision).run()
}

/// Cuts a script of models into statements. It may be the output of pg_dump: backslash commands that change nothing
/// in the schema are skipped, and the rows after `COPY … FROM STDIN` are kept in [`Statement::copy_data`].
pub fn split_models(script: &str) -> Result<Vec<Statement>, SplitError> {
    Splitter::new(script, Dialect::Models).run()
}

#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Revision,
    Models,
}

/// psql's commands that a schema does not depend on; pg_dump writes the first few.
const HARMLESS_COMMANDS: &[&str] = &[
    "restrict",
    "unrestrict",
    "connect",
    "c",
    "encoding",
    "set",
    "unset",
    "pset",
    "echo",
    "qecho",
    "warn",
    "timing",
    "x",
    "t",
    "a",
    "conninfo",
    "q",
    "!",
    "o",
    "prompt",
];

struct Splitter<'a> {
    script: &'a str,
    dialect: Dialect,
    tokens: Tokens<'a>,
    statements: Vec<Statement>,
    directives: Vec<Directive>,
    lines: Lines<'a>,
    current: Option<Current>,
}

/// The statement that is being read.
struct Current {
    offset: usize,
    line: u32,
    /// Behind the last token so far.
    end: usize,
    /// Open parentheses, and where the outermost one stands.
    parens: usize,
    paren_line: u32,
    /// Depth of BEGIN ATOMIC and the CASEs inside.
    body: usize,
    body_line: u32,
    is_create: bool,
    copy: CopyWords,
    /// What the last token was, where that matters.
    previous: Word,
}

/// How far a `COPY … FROM STDIN` has been seen.
#[derive(Clone, Copy, PartialEq)]
enum CopyWords {
    No,
    Copy,
    From,
    Stdin,
}

#[derive(Clone, Copy, PartialEq)]
enum Word {
    Begin,
    As,
    Dot,
    Other,
}

impl<'a> Splitter<'a> {
    fn new(script: &'a str, dialect: Dialect) -> Self {
        Splitter {
            script,
            dialect,
            tokens: tokens(script),
            statements: Vec::new(),
            directives: Vec::new(),
            lines: Lines::new(script),
            current: None,
        }
    }

    fn run(mut self) -> Result<Vec<Statement>, SplitError> {
        while let Some(token) = self.tokens.next() {
            if let Some(what) = token.unclosed() {
                let line = self.lines.at(token.offset);
                return Err(SplitError::new(
                    line,
                    format!("this {what} is never closed"),
                ));
            }
            match token.kind {
                TokenKind::Whitespace | TokenKind::BlockComment { .. } => {}
                TokenKind::LineComment => self.line_comment(&token)?,
                TokenKind::Unknown if token.text == "\\" => self.backslash(&token)?,
                TokenKind::Semi
                    if self
                        .current
                        .as_ref()
                        .is_none_or(|c| c.parens == 0 && c.body == 0) =>
                {
                    self.finish()?;
                }
                _ => self.add(&token),
            }
        }
        self.finish()?;
        match self.directives.first() {
            Some(directive) => Err(SplitError::new(
                directive.line,
                "no statement follows this directive",
            )
            .hint("a directive stands on the line before the statement that it is about")),
            None => Ok(self.statements),
        }
    }

    fn add(&mut self, token: &Token) {
        let lines = &mut self.lines;
        let current = self.current.get_or_insert_with(|| {
            let line = lines.at(token.offset);
            Current {
                offset: token.offset,
                line,
                end: token.offset,
                parens: 0,
                paren_line: line,
                body: 0,
                body_line: line,
                is_create: token.is("create"),
                copy: if token.is("copy") {
                    CopyWords::Copy
                } else {
                    CopyWords::No
                },
                previous: Word::Other,
            }
        });
        let mut word = Word::Other;
        match token.kind {
            TokenKind::OpenParen => {
                if current.parens == 0 {
                    current.paren_line = lines.at(token.offset);
                }
                current.parens += 1;
            }
            TokenKind::CloseParen => current.parens = current.parens.saturating_sub(1),
            TokenKind::Dot => word = Word::Dot,
            TokenKind::Ident if current.parens == 0 => {
                // After AS and a dot, END and CASE are names.
                let is_keyword = !matches!(current.previous, Word::As | Word::Dot);
                if token.is("as") {
                    word = Word::As;
                } else if token.is("begin") {
                    word = Word::Begin;
                } else if current.is_create && current.previous == Word::Begin && token.is("atomic")
                {
                    current.body_line = lines.at(token.offset);
                    current.body += 1;
                } else if current.body > 0 && is_keyword && token.is("case") {
                    current.body += 1;
                } else if current.body > 0 && is_keyword && token.is("end") {
                    current.body -= 1;
                }
                current.copy = match current.copy {
                    CopyWords::Copy if token.is("from") => CopyWords::From,
                    CopyWords::From if token.is("stdin") => CopyWords::Stdin,
                    CopyWords::From => CopyWords::No,
                    other => other,
                };
            }
            _ => {}
        }
        current.previous = word;
        current.end = token.end();
    }

    /// Ends the current statement, if there is one.
    fn finish(&mut self) -> Result<(), SplitError> {
        let Some(current) = self.current.take() else {
            return Ok(());
        };
        if current.parens > 0 {
            return Err(SplitError::new(
                current.paren_line,
                "this `(` is never closed",
            ));
        }
        if current.body > 0 {
            return Err(SplitError::new(
                current.body_line,
                "this BEGIN ATOMIC has no END",
            ));
        }
        let mut statement = Statement {
            sql: self.script[current.offset..current.end].to_owned(),
            offset: current.offset,
            line: current.line,
            directives: std::mem::take(&mut self.directives),
            copy_data: None,
        };
        if current.copy == CopyWords::Stdin {
            if self.dialect == Dialect::Revision {
                return Err(
                    SplitError::new(current.line, "COPY … FROM STDIN has no input here").hint(
                        "write the rows as INSERT … VALUES, or COPY from a file on the server",
                    ),
                );
            }
            statement.copy_data = Some(self.copy_data());
        }
        self.statements.push(statement);
        Ok(())
    }

    /// Takes the rows up to the line `\.` and goes on behind it.
    fn copy_data(&mut self) -> String {
        let rest = &self.script[self.tokens.offset()..];
        // The rows begin on the next line.
        let start = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let (mut end, mut next) = (start, rest.len());
        for line in rest[start..].split_inclusive('\n') {
            if line.trim_end() == "\\." {
                next = end + line.len();
                break;
            }
            end += line.len();
        }
        let offset = self.tokens.offset();
        self.tokens.seek(offset + next);
        rest[start..end].to_owned()
    }

    fn backslash(&mut self, token: &Token) -> Result<(), SplitError> {
        let rest = &self.script[token.offset..];
        let line = rest.lines().next().unwrap_or(rest).trim_end();
        let command = line[1..].split_whitespace().next().unwrap_or("");
        let number = self.lines.at(token.offset);
        if self.dialect == Dialect::Models
            && self.current.is_none()
            && HARMLESS_COMMANDS.contains(&command)
        {
            let end = token.offset + rest.find('\n').unwrap_or(rest.len());
            self.tokens.seek(end);
            return Ok(());
        }
        let error = SplitError::new(
            number,
            format!("`\\{command}` is a command of psql, not SQL"),
        );
        Err(error.hint(match command {
            "i" | "ir" | "include" | "include_relative" => {
                "put the SQL of that file here; models can be several files"
            }
            "copy" => "write the rows as INSERT … VALUES",
            "g" | "gexec" | "gx" | "gset" => {
                "end the statement with `;`; a DO block can build SQL and EXECUTE it"
            }
            "if" | "elif" | "else" | "endif" => {
                "use `-- rev:only-if SELECT …` before the statement"
            }
            "connect" | "c" => "name the database in rev.yaml or with --database",
            _ => "remove the line",
        }))
    }

    fn line_comment(&mut self, token: &Token) -> Result<(), SplitError> {
        // Models are only read, so there is nothing to direct; a dump may hold any comment.
        let text = directive::text_of(token.text).filter(|_| self.dialect == Dialect::Revision);
        let Some(text) = text else { return Ok(()) };
        let line = self.lines.at(token.offset);
        let misplaced = if self.current.is_some() {
            Some("a directive inside a statement")
        } else if !self.lines.is_blank_before(token.offset) {
            Some("a directive behind other text")
        } else {
            None
        };
        if let Some(what) = misplaced {
            return Err(
                SplitError::new(line, format!("{what}: `{}`", token.text.trim_end()))
                    .hint("put it on a line of its own before the statement"),
            );
        }
        self.directives.push(directive::parse(text, line)?);
        Ok(())
    }
}

/// Line numbers for offsets that only grow.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Lines {
            text,
            offset: 0,
            line: 1,
        }
    }

    /// Returns the line of the offset, counted from 1.
    fn at(&mut self, offset: usize) -> u32 {
        if offset < self.offset {
            // Only on the way to an error message about something further back.
            return 1 + count_lines(&self.text[..offset]);
        }
        self.line += count_lines(&self.text[self.offset..offset]);
        self.offset = offset;
        self.line
    }

    fn is_blank_before(&self, offset: usize) -> bool {
        let line = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        self.text[line..offset]
            .trim_start_matches('\u{feff}')
            .trim()
            .is_empty()
    }
}

fn count_lines(text: &str) -> u32 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(result: Result<Vec<Statement>, SplitError>) -> String {
        match result {
            Ok(statements) => statements
                .iter()
                .map(|statement| {
                    let data = statement
                        .copy_data
                        .as_ref()
                        .map(|data| format!(" <<{data:?}"))
                        .unwrap_or_default();
                    let directives = statement.directives.len();
                    let directives = if directives > 0 {
                        format!(" [{directives}]")
                    } else {
                        String::new()
                    };
                    format!("{}: {}{data}{directives}", statement.line, statement.sql)
                })
                .collect::<Vec<_>>()
                .join(" | "),
            Err(error) => error.to_string(),
        }
    }

    fn check(script: &str, expected: &str) {
        assert_eq!(show(split(script)), expected, "{script}");
    }

    #[test]
    fn statements_end_at_semicolons() {
        check("", "");
        check(" ;; -- nothing\n; /* ; */", "");
        check("a;b", "1: a | 1: b");
        check("\u{feff}a;\r\nb;\r\n", "1: a | 2: b");
        check("-- c\na -- d;\n b /* e; */ ;\n\nc", "2: a -- d;\n b | 5: c");
        check(
            "'a;''b' ; \"x;\"\"y\"; $$ ; $$; $t$ $$ ; $t$",
            "1: 'a;''b' | 1: \"x;\"\"y\" | 1: $$ ; $$ | 1: $t$ $$ ; $t$",
        );
        check(
            "E'a\\';' ; U&'d\\0061;' ; B'1;'; x$a$;b",
            "1: E'a\\';' | 1: U&'d\\0061;' | 1: B'1;' | 1: x$a$ | 1: b",
        );
        check("/* /* ; */ ; */ a", "1: a");
        check("SELECT 'it\\'; b", "1: SELECT 'it\\' | 1: b");
    }

    #[test]
    fn semicolons_inside_do_not_count() {
        check(
            "CREATE RULE r AS ON INSERT TO t DO (a; b); c",
            "1: CREATE RULE r AS ON INSERT TO t DO (a; b) | 1: c",
        );
        let body = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT (CASE x WHEN 1 THEN 2 END) AS end; SELECT t.case; END";
        check(&format!("{body}; b"), &format!("1: {body} | 1: b"));
        check(
            "CREATE FUNCTION begin(end int) RETURNS x AS 'begin'; END; b",
            "1: CREATE FUNCTION begin(end int) RETURNS x AS 'begin' | 1: END | 1: b",
        );
        check(
            "BEGIN; SELECT 1; END; b",
            "1: BEGIN | 1: SELECT 1 | 1: END | 1: b",
        );
        check(
            "CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1; b",
            "1: CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1 | 1: b",
        );
    }

    #[test]
    fn text_that_never_ends() {
        check("a;\n\n'b", "line 3: this string is never closed");
        check(
            "a;\n$x$ b $$",
            "line 2: this dollar-quoted text is never closed",
        );
        check("/* /* */", "line 1: this comment is never closed");
        check("a\n\"b", "line 2: this quoted name is never closed");
        check("a;\nb (\n c (d);", "line 2: this `(` is never closed");
        check(
            "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;",
            "line 2: this BEGIN ATOMIC has no END",
        );
    }

    #[test]
    fn what_only_psql_understands() {
        check(
            "a;\n\\connect x",
            "line 2: `\\connect` is a command of psql, not SQL",
        );
        check(
            "SELECT 1 \\gexec",
            "line 1: `\\gexec` is a command of psql, not SQL",
        );
        check(
            "a;\nCOPY t (a, b) FROM stdin;\n1\n\\.\n",
            "line 2: COPY … FROM STDIN has no input here",
        );
        check("COPY t FROM '/x'", "1: COPY t FROM '/x'");
        check(
            "COPY (SELECT a FROM stdin) TO '/x'",
            "1: COPY (SELECT a FROM stdin) TO '/x'",
        );
    }

    #[test]
    fn models_may_come_from_pg_dump() {
        let check = |script: &str, expected: &str| {
            assert_eq!(show(split_models(script)), expected, "{script}")
        };
        check(
            "\\restrict a'b$$c\na;\n\\connect x\nb;\n\\unrestrict q\n",
            "2: a | 4: b",
        );
        check(
            "COPY public.t (a) FROM stdin;\nit's 1;\n$$\t\\N\n\\.\n\nb;",
            "1: COPY public.t (a) FROM stdin <<\"it's 1;\\n$$\\t\\\\N\\n\" | 6: b",
        );
        check(
            "COPY t FROM stdin;\n\\.\nb",
            "1: COPY t FROM stdin <<\"\" | 3: b",
        );
        check(
            "COPY t FROM stdin WITH (FORMAT csv);\nx",
            "1: COPY t FROM stdin WITH (FORMAT csv) <<\"x\"",
        );
        check("COPY t FROM stdin;", "1: COPY t FROM stdin <<\"\"");
        check("-- rev:7 of the dump\na;", "2: a");
        check(
            "\\i other.sql",
            "line 1: `\\i` is a command of psql, not SQL",
        );
    }

    #[test]
    fn directives_belong_to_the_next_statement() {
        check(
            "a;\n-- note\n-- rev:timeout {lock: 2s}\n\n-- more\nb;",
            "1: a | 6: b [1]",
        );
        check(
            "a;\n-- rev:timeout {lock: 2s}\n;",
            "line 2: no statement follows this directive",
        );
        check(
            "a\n-- rev:timeout {lock: 2s}\n;",
            "line 2: a directive inside a statement: `-- rev:timeout {lock: 2s}`",
        );
        check(
            "a; -- rev:timeout {lock: 2s}\nb",
            "line 1: a directive behind other text: `-- rev:timeout {lock: 2s}`",
        );
        check(
            "-- rev:tiemout {lock: 2s}\nb",
            "line 1: unknown directive `rev:tiemout`",
        );
        check(
            "'\n-- rev:nope\n'; $$\n-- rev:nope\n$$",
            "1: '\n-- rev:nope\n' | 3: $$\n-- rev:nope\n$$",
        );
    }

    fn script() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => prop::sample::select(vec![
                ";", "\n", " ", "(", ")", "'", "\"", "$$", "$a$", "--", "/*", "*/", "E'", "\\", "BEGIN", "ATOMIC", "END",
                "CASE", "CREATE", "FUNCTION", "COPY", "FROM", "STDIN", "\\.", "x", "ä", "1", ".", ",", "\r\n", "\u{feff}",
                "-- c\n", "U&'", "\\connect", "-- rev:timeout {lock: 1s}\n",
            ]).prop_map(str::to_owned),
            1 => ".{0,4}",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn no_text_is_lost(script in script()) {
            let _ = split_models(&script);
            if let Ok(statements) = split(&script) {
                let mut end = 0;
                for statement in &statements {
                    let between = &script[end..statement.offset];
                    prop_assert!(tokens(between).all(|t| t.is_trivia() || t.kind == TokenKind::Semi), "{:?}", between);
                    prop_assert_eq!(&script[statement.offset..][..statement.sql.len()], &statement.sql);
                    prop_assert_eq!(statement.line, 1 + count_lines(&script[..statement.offset]));
                    end = statement.offset + statement.sql.len();
                }
                prop_assert!(tokens(&script[end..]).all(|t| t.is_trivia() || t.kind == TokenKind::Semi));
            }
        }
    }
}
