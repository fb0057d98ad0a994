//! Making an UPDATE, DELETE or INSERT … SELECT touch only some of its table's rows, for batches.

use squawk_lexer::TokenKind;

use crate::name::fold;
use crate::token::{Token, significant};

/// A statement with a gap for one more condition: `before`, the condition, `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The name under which the statement knows the table, to qualify columns with.
    pub table: String,
    /// The text before the condition.
    pub before: String,
    /// The text after it.
    pub after: String,
}

impl Gap {
    /// Returns the statement with the condition.
    pub fn filled(&self, condition: &str) -> String {
        format!("{}{condition}{}", self.before, self.after)
    }
}

/// Words that end a WHERE clause.
const ENDS: &[&str] = &[
    "returning",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
];

/// Words with which a query says more than "these rows": cutting it into ranges would change its result.
const MORE_THAN_ROWS: &[&str] = &[
    "group",
    "having",
    "window",
    "limit",
    "offset",
    "fetch",
    "union",
    "intersect",
    "except",
    "distinct",
];

/// Words that may follow a table's name and are no alias.
const NO_ALIAS: &[&str] = &[
    "set",
    "where",
    "using",
    "returning",
    "from",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "natural",
    "on",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
    "tablesample",
];

/// Returns the statement with a gap in its WHERE clause, or `None` where it is not of a kind that can be narrowed.
/// `table` is the table that an INSERT … SELECT reads in ranges; an UPDATE or DELETE is about its own.
pub fn narrow(sql: &str, table: &str) -> Option<Gap> {
    let tokens = significant(sql);
    let first = tokens.first()?;
    let name_at = if first.is("update") {
        1
    } else if first.is("delete") {
        2
    } else if first.is("insert") {
        source_at(&tokens, table)?
    } else {
        return None;
    };
    let (known_as, after_name) = table_name(sql, &tokens, name_at)?;
    if first.is("insert") {
        let select = top_level(&tokens, 0).find(|&at| tokens[at].is("select"))?;
        let says_more = |at: usize| MORE_THAN_ROWS.iter().any(|word| tokens[at].is(word));
        if top_level(&tokens, select).any(says_more) {
            return None;
        }
    }
    let ends = |at: usize| {
        ENDS.iter().any(|word| tokens[at].is(word))
            || (tokens[at].is("on") && tokens.get(at + 1).is_some_and(|next| next.is("conflict")))
            || tokens[at].kind == TokenKind::Semi
    };
    let clause = top_level(&tokens, after_name).find(|&at| tokens[at].is("where"));
    let from = clause.map_or(after_name, |at| at + 1);
    let end = top_level(&tokens, from).find(|&at| ends(at)).map_or_else(
        || tokens.last().map_or(sql.len(), Token::end),
        |at| tokens[at].offset,
    );
    let tail = &sql[end..];
    let gap = match clause {
        Some(at) => Gap {
            table: known_as,
            // The line breaks keep a `--` comment from swallowing a parenthesis.
            before: format!("{} (", &sql[..tokens[at].end()]),
            after: format!(") AND ({}\n)\n{tail}", sql[tokens[at].end()..end].trim()),
        },
        None => Gap {
            table: known_as,
            before: format!("{}\nWHERE (", sql[..end].trim_end()),
            after: format!(")\n{tail}"),
        },
    };
    Some(gap)
}

/// The positions of tokens outside of parentheses, from one on.
fn top_level<'t>(tokens: &'t [Token<'_>], from: usize) -> impl Iterator<Item = usize> + 't {
    let mut depth = 0_i32;
    (from..tokens.len()).filter(move |&at| match tokens[at].kind {
        TokenKind::OpenParen | TokenKind::OpenBracket => {
            depth += 1;
            false
        }
        TokenKind::CloseParen | TokenKind::CloseBracket => {
            depth -= 1;
            false
        }
        _ => depth == 0,
    })
}

/// Where an INSERT … SELECT names the table that it reads.
fn source_at(tokens: &[Token<'_>], table: &str) -> Option<usize> {
    let wanted = fold_last(table);
    let select = top_level(tokens, 0).find(|&at| tokens[at].is("select"))?;
    let from = top_level(tokens, select).find(|&at| tokens[at].is("from"))?;
    top_level(tokens, from + 1).find(|&at| {
        let last_part = !tokens
            .get(at + 1)
            .is_some_and(|next| next.kind == TokenKind::Dot);
        is_name(&tokens[at]) && last_part && fold(tokens[at].text) == wanted
    })
}

fn fold_last(name: &str) -> String {
    significant(name)
        .iter()
        .rev()
        .find(|token| is_name(token))
        .map_or_else(|| name.to_owned(), |token| fold(token.text))
}

fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. })
}

/// The name that columns can be qualified with, and where the statement goes on after it.
fn table_name(sql: &str, tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let mut at = at;
    if tokens.get(at)?.is("only") {
        at += 1;
    }
    let start = at;
    while tokens.get(at).is_some_and(is_name)
        && tokens
            .get(at + 1)
            .is_some_and(|next| next.kind == TokenKind::Dot)
    {
        at += 2;
    }
    if !is_name(tokens.get(at)?) {
        return None;
    }
    let written = sql[tokens[start].offset..tokens[at].end()].to_owned();
    at += 1;
    if tokens
        .get(at)
        .is_some_and(|token| token.kind == TokenKind::Star)
    {
        at += 1;
    }
    let Some(next) = tokens.get(at) else {
        return Some((written, at));
    };
    if next.is("as") {
        return Some((tokens.get(at + 1)?.text.to_owned(), at + 2));
    }
    if is_name(next) && !NO_ALIAS.iter().any(|word| next.is(word)) {
        return Some((next.text.to_owned(), at + 1));
    }
    Some((written, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &str) {
        let gap = narrow(sql, "users").unwrap_or_else(|| panic!("{sql} has no gap"));
        let text = gap.filled(&format!("{}.id < 9", gap.table));
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn the_condition_joins_what_is_there() {
        check(
            "UPDATE users SET role = 'admin'",
            "UPDATE users SET role = 'admin' WHERE (users.id < 9)",
        );
        check(
            "UPDATE users u SET a = 1 WHERE a = 2 OR b = 3 RETURNING id",
            "UPDATE users u SET a = 1 WHERE (u.id < 9) AND (a = 2 OR b = 3 ) RETURNING id",
        );
        check(
            "UPDATE ONLY shop.users AS x SET a = (SELECT 1 WHERE true) FROM t WHERE t.id = x.id -- end",
            "UPDATE ONLY shop.users AS x SET a = (SELECT 1 WHERE true) FROM t WHERE (x.id < 9) AND (t.id = x.id ) -- end",
        );
        check(
            "DELETE FROM users",
            "DELETE FROM users WHERE (users.id < 9)",
        );
        check(
            "DELETE FROM users USING gone WHERE gone.id = users.id",
            "DELETE FROM users USING gone WHERE (users.id < 9) AND (gone.id = users.id )",
        );
        check(
            "INSERT INTO prefs (user_id) SELECT u.id FROM plans p JOIN users u ON p.id = u.plan ON CONFLICT DO NOTHING",
            "INSERT INTO prefs (user_id) SELECT u.id FROM plans p JOIN users u ON p.id = u.plan WHERE (u.id < 9) ON CONFLICT DO NOTHING",
        );
    }

    #[test]
    fn what_cannot_be_cut_is_left_alone() {
        for sql in [
            "INSERT INTO t SELECT count(*) FROM users GROUP BY role",
            "INSERT INTO t SELECT id FROM users UNION SELECT 1",
            "INSERT INTO t VALUES (1)",
            "CREATE TABLE users (id int)",
            "WITH x AS (SELECT 1) UPDATE users SET a = 1",
        ] {
            assert_eq!(narrow(sql, "users"), None, "{sql}");
        }
    }
}
