//! A digest of statements that only changes when their meaning may.
//!
//! It is taken over tokens: comments, white space, line ends and a last semicolon do not count, and neither does
//! the case of keywords and unquoted names. The contents of strings, quoted names and function bodies count exactly.

use sha2::{Digest, Sha256};
use squawk_lexer::TokenKind;

use crate::token::tokens;

/// A fingerprint in the making, fed statement by statement.
#[derive(Default)]
pub struct Fingerprint {
    hash: Sha256,
}

impl Fingerprint {
    /// Starts with no statement.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement; one without any token changes nothing.
    pub fn add(&mut self, sql: &str) {
        let mut is_empty = true;
        let mut semicolons = 0usize;
        let mut previous = Previous::Other;
        for token in tokens(sql) {
            if token.is_trivia() {
                previous = Previous::Other;
                continue;
            }
            if token.kind == TokenKind::Semi {
                // Kept back, because at the end they do not count.
                semicolons += 1;
                previous = Previous::Other;
                continue;
            }
            for _ in 0..std::mem::take(&mut semicolons) {
                if !is_empty {
                    self.hash.update(b"\x02;");
                }
            }
            is_empty = false;
            match token.kind {
                TokenKind::Ident => {
                    self.hash.update(b"\x02");
                    self.lower(token.text);
                    previous = Previous::Other;
                }
                TokenKind::Literal { .. }
                | TokenKind::QuotedIdent { .. }
                | TokenKind::PositionalParam { .. } => {
                    self.hash.update(b"\x02");
                    self.hash.update(token.text);
                    previous = Previous::Other;
                }
                _ => {
                    // The lexer gives operators character by character: `<=` and `< =` are told apart here.
                    let joins = previous == Previous::Operator && is_operator(token.kind);
                    self.hash.update(if joins { b"\x03" } else { b"\x02" });
                    self.hash.update(token.text);
                    previous = if is_operator(token.kind) {
                        Previous::Operator
                    } else {
                        Previous::Other
                    };
                }
            }
        }
        if !is_empty {
            self.hash.update(b"\x01");
        }
    }

    /// Returns the SHA-256 in hex.
    pub fn finish(self) -> String {
        self.hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn lower(&mut self, text: &str) {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.hash.update(text.to_ascii_lowercase());
        } else {
            self.hash.update(text);
        }
    }
}

#[derive(PartialEq)]
enum Previous {
    Operator,
    Other,
}

fn is_operator(kind: TokenKind) -> bool {
    !matches!(
        kind,
        TokenKind::OpenParen
            | TokenKind::CloseParen
            | TokenKind::OpenBracket
            | TokenKind::CloseBracket
            | TokenKind::Comma
            | TokenKind::Dot
            | TokenKind::Semi
    )
}

/// Returns the fingerprint of a row of statements.
pub fn fingerprint<'a>(statements: impl IntoIterator<Item = &'a str>) -> String {
    let mut fingerprint = Fingerprint::new();
    for statement in statements {
        fingerprint.add(statement);
    }
    fingerprint.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts() {
        let same = |a: &str, b: &str| assert_eq!(fingerprint([a]), fingerprint([b]), "{a} | {b}");
        let differ = |a: &str, b: &str| assert_ne!(fingerprint([a]), fingerprint([b]), "{a} | {b}");
        same("SELECT  1", "select /* one */ 1 -- end\n;");
        same("a\r\nb", "a\nb");
        same("f (x , y)", "f(x,y)");
        same("A.B", "a . b");
        same("", "-- nothing\n;;");
        differ("SELECT 1", "SELECT 2");
        differ("'a'", "'A'");
        differ("\"a\"", "\"A\"");
        differ("a <= b", "a < = b");
        differ("ab", "a b");
        differ("'a b'", "'a  b'");
        differ("$$ a $$", "$$ a  $$");
        differ("a; b", "a b");
        differ("x::int", "x: :int");
    }

    #[test]
    fn statements_are_kept_apart() {
        assert_ne!(fingerprint(["a b"]), fingerprint(["a", "b"]));
        assert_eq!(
            fingerprint(["a", "b"]),
            fingerprint(["A;", "", "-- c", "b ;"])
        );
        assert_ne!(fingerprint(["a", "b"]), fingerprint(["b", "a"]));
    }
}
