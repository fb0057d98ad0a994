//! A statement in one line, for previews and progress.

use squawk_lexer::{LiteralKind, TokenKind};

use crate::token::tokens;

/// The longest summary, in characters.
const LONGEST: usize = 100;

/// Returns the statement on one line: no comments, single spaces, long texts and function bodies cut short.
pub fn summary(sql: &str) -> String {
    let mut line = String::new();
    let mut count = 0;
    let mut space = false;
    for token in tokens(sql) {
        if token.is_trivia() {
            space = true;
            continue;
        }
        let text = match token.kind {
            TokenKind::Literal {
                kind: LiteralKind::DollarQuotedString { .. },
            } => "$$…$$",
            TokenKind::Literal { .. } if token.text.len() > 60 || token.text.contains('\n') => {
                "'…'"
            }
            _ => token.text,
        };
        let opens = line.ends_with('(');
        let closes = matches!(
            token.kind,
            TokenKind::CloseParen | TokenKind::Comma | TokenKind::Semi
        );
        if space && !line.is_empty() && !opens && !closes {
            line.push(' ');
            count += 1;
        }
        space = false;
        line.push_str(text);
        count += text.chars().count();
        if count > LONGEST {
            let end = line
                .char_indices()
                .nth(LONGEST - 1)
                .map_or(line.len(), |(at, _)| at);
            line.truncate(end);
            line.push('…');
            return line;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn one_line() {
        let check = |sql: &str, expected: &str| assert_eq!(summary(sql), expected);
        check(
            "CREATE TABLE t ( -- c\n  id int ,\n  x text\n)",
            "CREATE TABLE t (id int, x text)",
        );
        check(
            "CREATE FUNCTION f() RETURNS int AS $$\nlong\n$$ LANGUAGE sql",
            "CREATE FUNCTION f() RETURNS int AS $$…$$ LANGUAGE sql",
        );
        check(
            &format!("SELECT {}", "x, ".repeat(80)),
            &format!("SELECT {}…", &"x, ".repeat(80)[..92]),
        );
    }
}
