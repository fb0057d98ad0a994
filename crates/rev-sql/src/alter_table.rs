//! The actions of an ALTER TABLE, and the column and constraint definitions that they share with CREATE TABLE.
//!
//! Read from tokens: what is not known becomes [`TableAction::Other`], never an error.

use squawk_lexer::TokenKind;

use crate::cursor::{Cursor, comma_separated};
use crate::name::Name;
use crate::token::Token;

/// One action of an ALTER TABLE.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TableAction {
    AddColumn(Column),
    DropColumn {
        name: String,
        cascade: bool,
    },
    AlterType {
        column: String,
        type_text: String,
        collate: bool,
        using: bool,
    },
    SetDefault {
        column: String,
    },
    DropDefault {
        column: String,
    },
    SetNotNull {
        column: String,
    },
    DropNotNull {
        column: String,
    },
    SetExpression {
        column: String,
    },
    DropExpression {
        column: String,
    },
    AddIdentity {
        column: String,
    },
    /// SET or RESTART of the sequence, or DROP IDENTITY.
    ChangeIdentity {
        column: String,
        drop: bool,
    },
    SetStatistics,
    SetStorage,
    SetCompression,
    /// n_distinct and its like.
    SetColumnOptions,
    AddConstraint(Constraint),
    AlterConstraint {
        name: String,
    },
    ValidateConstraint {
        name: String,
    },
    DropConstraint {
        name: String,
        cascade: bool,
    },
    EnableTrigger,
    DisableTrigger,
    ChangeRule,
    /// ENABLE, DISABLE, FORCE or NO FORCE ROW LEVEL SECURITY.
    RowSecurity {
        enable: bool,
    },
    /// CLUSTER ON, SET WITHOUT CLUSTER.
    ClusterOn,
    SetLogged {
        logged: bool,
    },
    SetTablespace {
        to: Option<String>,
    },
    SetAccessMethod,
    /// SET (…) or RESET (…), with the names of the parameters.
    SetParameters {
        names: Vec<String>,
    },
    Inherit {
        parent: Option<Name>,
    },
    NoInherit {
        parent: Option<Name>,
    },
    OfType,
    OwnerTo,
    ReplicaIdentity,
    AttachPartition {
        partition: Option<Name>,
        default: bool,
    },
    DetachPartition {
        partition: Option<Name>,
        concurrently: bool,
        finalize: bool,
    },
    RenameColumn {
        from: String,
        to: Option<String>,
    },
    RenameConstraint,
    RenameTo {
        to: Option<String>,
    },
    SetSchema {
        to: Option<String>,
    },
    Other,
}

/// A column definition.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Column {
    pub name: String,
    /// The type as written, blanks evened out.
    pub type_text: String,
    /// The expression after DEFAULT, blanks evened out.
    pub default: Option<String>,
    /// Names of the functions that the default calls, `now` for CURRENT_TIMESTAMP and its like.
    pub default_calls: Vec<String>,
    pub not_null: bool,
    pub primary_key: bool,
    pub unique: bool,
    pub check: bool,
    pub references: Option<Name>,
    pub identity: bool,
    pub generated: Option<Generated>,
}

/// How a generated column is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    Stored,
    Virtual,
    /// Neither word is written: an error before 18, VIRTUAL from then on.
    Unsaid,
}

/// A table constraint.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constraint {
    pub name: Option<String>,
    pub kind: ConstraintKind,
    pub not_valid: bool,
    /// UNIQUE USING INDEX, PRIMARY KEY USING INDEX.
    pub using_index: bool,
    pub columns: Vec<String>,
    pub references: Option<Name>,
    /// The CHECK's expression, blanks evened out.
    pub expression: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConstraintKind {
    Check,
    ForeignKey,
    Unique,
    PrimaryKey,
    Exclude,
    NotNull,
}

/// Returns the actions; the cursor stands behind ALTER.
pub(crate) fn actions(cursor: Cursor) -> Vec<TableAction> {
    action_tokens(cursor)
        .into_iter()
        .map(|tokens| action(Cursor::new(tokens)))
        .collect()
}

/// Returns the actions, each with its text.
pub(crate) fn actions_with_text(cursor: Cursor) -> Vec<(TableAction, String)> {
    action_tokens(cursor)
        .into_iter()
        .map(|tokens| (action(Cursor::new(tokens)), text(tokens)))
        .collect()
}

fn action_tokens<'t, 'a>(mut cursor: Cursor<'t, 'a>) -> Vec<&'t [Token<'a>]> {
    cursor.eat(&["foreign"]);
    cursor.eat(&["materialized"]);
    if cursor
        .eat_any(&["table", "type", "view", "index", "sequence"])
        .is_none()
    {
        return Vec::new();
    }
    cursor.eat(&["if", "exists"]);
    cursor.eat(&["only"]);
    if cursor.name().is_none() {
        return Vec::new();
    }
    cursor.eat_kind(TokenKind::Star);
    comma_separated(cursor.rest())
}

fn action(mut cursor: Cursor) -> TableAction {
    known_action(&mut cursor).unwrap_or(TableAction::Other)
}

/// `None` stands for whatever is not known here.
fn known_action(cursor: &mut Cursor) -> Option<TableAction> {
    use TableAction::*;
    let word = cursor.next()?.text.to_ascii_lowercase();
    let action = match word.as_str() {
        "add" => {
            if let Some(constraint) = constraint(*cursor) {
                return Some(AddConstraint(constraint));
            }
            let _ = cursor.eat(&["column"]) || cursor.eat(&["attribute"]);
            cursor.eat(&["if", "not", "exists"]);
            AddColumn(column(cursor)?)
        }
        "drop" => {
            let cascade = cursor.has(&["cascade"]);
            if cursor.eat(&["constraint"]) {
                cursor.eat(&["if", "exists"]);
                return Some(DropConstraint {
                    name: cursor.ident()?,
                    cascade,
                });
            }
            let _ = cursor.eat(&["column"]) || cursor.eat(&["attribute"]);
            cursor.eat(&["if", "exists"]);
            DropColumn {
                name: cursor.ident()?,
                cascade,
            }
        }
        "alter" => return alter_column(cursor),
        "validate" => {
            cursor.eat(&["constraint"]);
            ValidateConstraint {
                name: cursor.ident()?,
            }
        }
        "enable" | "disable" | "force" | "no" => {
            let enable = word == "enable";
            if cursor.eat(&["inherit"]) {
                return Some(NoInherit {
                    parent: cursor.name(),
                });
            }
            cursor.eat_any(&["always", "replica"]);
            if cursor.has(&["row", "level", "security"]) {
                RowSecurity { enable }
            } else if cursor.eat(&["rule"]) {
                ChangeRule
            } else if cursor.eat(&["trigger"]) {
                if enable {
                    EnableTrigger
                } else {
                    DisableTrigger
                }
            } else {
                return None;
            }
        }
        "cluster" => ClusterOn,
        "set" => {
            if let Some(options) = cursor.parenthesized() {
                return Some(SetParameters {
                    names: option_names(options),
                });
            }
            match cursor.eat_any(&[
                "without",
                "logged",
                "unlogged",
                "tablespace",
                "access",
                "schema",
            ])? {
                "without" => ClusterOn,
                "logged" => SetLogged { logged: true },
                "unlogged" => SetLogged { logged: false },
                "tablespace" => SetTablespace { to: cursor.ident() },
                "access" => SetAccessMethod,
                _ => SetSchema { to: cursor.ident() },
            }
        }
        "reset" => SetParameters {
            names: option_names(cursor.parenthesized()?),
        },
        "inherit" => Inherit {
            parent: cursor.name(),
        },
        "of" | "not" => OfType,
        "owner" => OwnerTo,
        "replica" => ReplicaIdentity,
        "attach" => {
            cursor.eat(&["partition"]);
            let partition = cursor.name();
            AttachPartition {
                partition,
                default: cursor.sees(&["default"]),
            }
        }
        "detach" => {
            cursor.eat(&["partition"]);
            let partition = cursor.name();
            let concurrently = cursor.eat(&["concurrently"]);
            DetachPartition {
                partition,
                concurrently,
                finalize: cursor.eat(&["finalize"]),
            }
        }
        "rename" => {
            if cursor.eat(&["to"]) {
                return Some(RenameTo { to: cursor.ident() });
            }
            if cursor.eat(&["constraint"]) {
                return Some(RenameConstraint);
            }
            let _ = cursor.eat(&["column"]) || cursor.eat(&["attribute"]);
            let from = cursor.ident()?;
            cursor.eat(&["to"]);
            RenameColumn {
                from,
                to: cursor.ident(),
            }
        }
        _ => return None,
    };
    Some(action)
}

fn alter_column(cursor: &mut Cursor) -> Option<TableAction> {
    use TableAction::*;
    if cursor.eat(&["constraint"]) {
        return Some(AlterConstraint {
            name: cursor.ident()?,
        });
    }
    let _ = cursor.eat(&["column"]) || cursor.eat(&["attribute"]);
    // An expression column of an index is named by its number.
    let column = match cursor.ident() {
        Some(column) => column,
        None => cursor.next()?.text.to_owned(),
    };
    let action = match cursor.next()?.text.to_ascii_lowercase().as_str() {
        "type" => alter_type(cursor, column),
        "drop" => match cursor.eat_any(&["default", "not", "expression", "identity"])? {
            "default" => DropDefault { column },
            "not" => DropNotNull { column },
            "expression" => DropExpression { column },
            _ => ChangeIdentity { column, drop: true },
        },
        "add" => AddIdentity { column },
        "restart" => ChangeIdentity {
            column,
            drop: false,
        },
        "reset" => SetColumnOptions,
        "set" => {
            if cursor.eat(&["data", "type"]) {
                return Some(alter_type(cursor, column));
            }
            if cursor.sees_kind(TokenKind::OpenParen) {
                return Some(SetColumnOptions);
            }
            let words = [
                "default",
                "not",
                "expression",
                "statistics",
                "storage",
                "compression",
                "generated",
                "increment",
                "minvalue",
                "maxvalue",
                "start",
                "cache",
                "cycle",
                "no",
                "sequence",
            ];
            match cursor.eat_any(&words)? {
                "default" => SetDefault { column },
                "not" => SetNotNull { column },
                "expression" => SetExpression { column },
                "statistics" => SetStatistics,
                "storage" => SetStorage,
                "compression" => SetCompression,
                _ => ChangeIdentity {
                    column,
                    drop: false,
                },
            }
        }
        _ => return None,
    };
    Some(action)
}

fn alter_type(cursor: &mut Cursor, column: String) -> TableAction {
    let type_text = text_until(cursor, &["collate", "using", "cascade", "restrict"]);
    let collate = cursor.sees(&["collate"]);
    TableAction::AlterType {
        column,
        type_text,
        collate,
        using: cursor.has(&["using"]),
    }
}

fn option_names(tokens: &[Token]) -> Vec<String> {
    comma_separated(tokens)
        .into_iter()
        .filter_map(|option| Cursor::new(option).name())
        .map(|name| name.name)
        .collect()
}

/// The words that may follow a column's type or default.
const COLUMN_CLAUSES: &[&str] = &[
    "constraint",
    "not",
    "null",
    "default",
    "check",
    "generated",
    "unique",
    "primary",
    "references",
    "collate",
    "storage",
    "compression",
    "deferrable",
    "initially",
    "options",
    "enforced",
    "no",
    "cascade",
    "restrict",
];

/// Reads a column definition.
pub(crate) fn column(cursor: &mut Cursor) -> Option<Column> {
    let name = cursor.ident()?;
    let type_text = text_until(cursor, COLUMN_CLAUSES);
    let mut column = Column {
        name,
        type_text,
        ..Column::default()
    };
    while let Some(token) = cursor.next() {
        match token.text.to_ascii_lowercase().as_str() {
            "not" if cursor.eat(&["null"]) => column.not_null = true,
            "primary" => {
                column.primary_key = true;
                column.not_null = true;
            }
            "unique" => column.unique = true,
            "check" => {
                column.check = true;
                cursor.parenthesized();
            }
            "references" => column.references = cursor.name(),
            "default" => {
                let before = cursor.rest();
                // The first token belongs to it whatever it is: DEFAULT NULL.
                let start = *cursor;
                cursor.next();
                let mut rest = *cursor;
                text_until(&mut rest, COLUMN_CLAUSES);
                let length = before.len() - rest.rest().len();
                column.default = Some(text(&start.rest()[..length]));
                column.default_calls = calls(&start.rest()[..length]);
                *cursor = rest;
            }
            "generated" => {
                let _ = cursor.eat(&["always"]) || cursor.eat(&["by", "default"]);
                cursor.eat(&["as"]);
                if cursor.eat(&["identity"]) {
                    column.identity = true;
                    column.not_null = true;
                    cursor.parenthesized();
                } else {
                    cursor.parenthesized();
                    column.generated = Some(match cursor.eat_any(&["stored", "virtual"]) {
                        Some("stored") => Generated::Stored,
                        Some(_) => Generated::Virtual,
                        None => Generated::Unsaid,
                    });
                }
            }
            _ => {}
        }
    }
    Some(column)
}

/// Reads a table constraint, if one stands here.
pub(crate) fn constraint(mut cursor: Cursor) -> Option<Constraint> {
    let name = if cursor.eat(&["constraint"]) {
        cursor.ident()
    } else {
        None
    };
    let kind = if cursor.sees(&["check"]) {
        ConstraintKind::Check
    } else if cursor.sees(&["foreign", "key"]) {
        ConstraintKind::ForeignKey
    } else if cursor.sees(&["unique"]) {
        ConstraintKind::Unique
    } else if cursor.sees(&["primary", "key"]) {
        ConstraintKind::PrimaryKey
    } else if cursor.sees(&["exclude"]) {
        ConstraintKind::Exclude
    } else if cursor.sees(&["not", "null"]) {
        ConstraintKind::NotNull
    } else {
        return None;
    };
    let inside = cursor
        .rest()
        .iter()
        .position(|token| token.kind == TokenKind::OpenParen)
        .and_then(|at| Cursor::new(&cursor.rest()[at..]).parenthesized());
    let mut columns = match (kind, inside) {
        (ConstraintKind::Check | ConstraintKind::Exclude, _) | (_, None) => Vec::new(),
        (_, Some(inside)) => option_names(inside),
    };
    if kind == ConstraintKind::NotNull {
        columns.extend(
            cursor
                .find(&["not", "null"])
                .and_then(|mut cursor| cursor.ident()),
        );
    }
    Some(Constraint {
        name,
        kind,
        not_valid: cursor.has(&["not", "valid"]),
        using_index: cursor.has(&["using", "index"])
            && !cursor.has(&["using", "index", "tablespace"]),
        columns,
        references: cursor
            .find(&["references"])
            .and_then(|mut cursor| cursor.name()),
        expression: inside
            .filter(|_| kind == ConstraintKind::Check)
            .map(text)
            .unwrap_or_default(),
    })
}

/// Takes tokens up to one of the words outside of parentheses and returns them as text.
fn text_until(cursor: &mut Cursor, words: &[&str]) -> String {
    let start = cursor.rest();
    while let Some(token) = cursor.peek() {
        if words.iter().any(|word| token.is(word)) {
            break;
        }
        if cursor.parenthesized().is_none() {
            cursor.next();
        }
    }
    text(&start[..start.len() - cursor.rest().len()])
}

/// Returns tokens as text with blanks only between words.
pub(crate) fn text(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut end = None;
    for token in tokens {
        let is_apart = end.is_some_and(|end| end != token.offset);
        let opens = text.ends_with(['(', '[', '.']);
        let is_close = matches!(
            token.kind,
            TokenKind::OpenParen
                | TokenKind::CloseParen
                | TokenKind::Comma
                | TokenKind::Dot
                | TokenKind::OpenBracket
                | TokenKind::CloseBracket
        );
        if is_apart && !opens && !is_close {
            text.push(' ');
        }
        text.push_str(token.text);
        end = Some(token.end());
    }
    text
}

/// Returns the names of the functions that an expression calls.
fn calls(tokens: &[Token]) -> Vec<String> {
    let mut calls = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let is_name = matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. });
        // `'x'::varchar(3)` is a type with a limit, no call.
        let is_cast = index > 0 && tokens[index - 1].kind == TokenKind::Colon;
        let is_call = tokens
            .get(index + 1)
            .is_some_and(|next| next.kind == TokenKind::OpenParen);
        if is_name && is_call && !is_cast {
            calls.push(crate::name::fold(token.text));
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::significant;

    #[test]
    fn actions_are_told_apart() {
        let check = |sql: &str, expected: &str| {
            let tokens = significant(sql);
            let mut cursor = Cursor::new(&tokens);
            cursor.next();
            let got: Vec<String> = actions(cursor)
                .iter()
                .map(|action| format!("{action:?}"))
                .collect();
            assert_eq!(got.join(" | "), expected, "{sql}");
        };
        check(
            "ALTER TABLE t DROP a, DROP COLUMN IF EXISTS b CASCADE, DROP CONSTRAINT c",
            "DropColumn { name: \"a\", cascade: false } | DropColumn { name: \"b\", cascade: true } | DropConstraint { name: \"c\", cascade: false }",
        );
        check(
            "ALTER TABLE t ALTER a SET DATA TYPE character varying ( 10 ) COLLATE \"C\" USING a::text",
            "AlterType { column: \"a\", type_text: \"character varying(10)\", collate: true, using: true }",
        );
        check(
            "ALTER TABLE t ALTER a SET NOT NULL, ALTER a DROP DEFAULT, ALTER a SET (n_distinct = 5), ALTER a SET STATISTICS 5",
            "SetNotNull { column: \"a\" } | DropDefault { column: \"a\" } | SetColumnOptions | SetStatistics",
        );
        check(
            "ALTER TABLE t SET (fillfactor = 50, toast.autovacuum_enabled = off), SET LOGGED",
            "SetParameters { names: [\"fillfactor\", \"autovacuum_enabled\"] } | SetLogged { logged: true }",
        );
        check(
            "ALTER TABLE t ENABLE ALWAYS TRIGGER x, NO FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY, NO INHERIT p",
            "EnableTrigger | RowSecurity { enable: false } | RowSecurity { enable: true } | NoInherit { parent: Some(Name { schema: None, name: \"p\" }) }",
        );
        check(
            "ALTER TABLE t RENAME a TO b",
            "RenameColumn { from: \"a\", to: Some(\"b\") }",
        );
        check("ALTER TABLE t RENAME TO b", "RenameTo { to: Some(\"b\") }");
        check(
            "ALTER TABLE t FROBNICATE (1, 2), OWNER TO x",
            "Other | OwnerTo",
        );
    }

    #[test]
    fn columns() {
        let check = |sql: &str, expected: Column| {
            let tokens = significant(sql);
            assert_eq!(column(&mut Cursor::new(&tokens)), Some(expected), "{sql}");
        };
        let named = |type_text: &str| Column {
            name: "a".into(),
            type_text: type_text.into(),
            ..Column::default()
        };
        check(
            "a timestamp ( 3 ) with time zone NOT NULL DEFAULT now() CHECK (a > 1)",
            Column {
                not_null: true,
                default: Some("now()".into()),
                default_calls: vec!["now".into()],
                check: true,
                ..named("timestamp(3) with time zone")
            },
        );
        check(
            "A int [ ] DEFAULT NULL UNIQUE",
            Column {
                default: Some("NULL".into()),
                unique: true,
                ..named("int[]")
            },
        );
        check(
            "a s.\"T\" DEFAULT ('x'::varchar(3)) REFERENCES o (id)",
            Column {
                default: Some("('x'::varchar(3))".into()),
                references: Some(Name {
                    schema: None,
                    name: "o".into(),
                }),
                ..named("s.\"T\"")
            },
        );
        check(
            "a bigint GENERATED BY DEFAULT AS IDENTITY (START 5) PRIMARY KEY",
            Column {
                identity: true,
                not_null: true,
                primary_key: true,
                ..named("bigint")
            },
        );
        check(
            "a int GENERATED ALWAYS AS (b + 1) STORED",
            Column {
                generated: Some(Generated::Stored),
                ..named("int")
            },
        );
    }

    #[test]
    fn constraints() {
        let check = |sql: &str, expected: &str| {
            let tokens = significant(sql);
            let got = constraint(Cursor::new(&tokens)).map(|c| {
                format!(
                    "{:?} {:?} valid={} index={} {:?} {:?} {}",
                    c.kind,
                    c.name,
                    !c.not_valid,
                    c.using_index,
                    c.columns,
                    c.references.map(|n| n.to_string()),
                    c.expression
                )
            });
            assert_eq!(
                got.as_deref(),
                Some(expected).filter(|text| !text.is_empty()),
                "{sql}"
            );
        };
        check(
            "CONSTRAINT x CHECK (a IS NOT NULL) NOT VALID",
            "Check Some(\"x\") valid=false index=false [] None a IS NOT NULL",
        );
        check(
            "FOREIGN KEY (a, b) REFERENCES s.o ON DELETE CASCADE",
            "ForeignKey None valid=true index=false [\"a\", \"b\"] Some(\"s.o\") ",
        );
        check(
            "UNIQUE USING INDEX i",
            "Unique None valid=true index=true [] None ",
        );
        check(
            "CONSTRAINT p PRIMARY KEY (id) USING INDEX TABLESPACE x",
            "PrimaryKey Some(\"p\") valid=true index=false [\"id\"] None ",
        );
        check(
            "CONSTRAINT n NOT NULL a NOT VALID",
            "NotNull Some(\"n\") valid=false index=false [\"a\"] None ",
        );
        check(
            "EXCLUDE USING gist (a WITH &&)",
            "Exclude None valid=true index=false [] None ",
        );
        check("check_in int", "");
    }
}
