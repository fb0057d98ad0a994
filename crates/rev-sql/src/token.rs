//! Tokens with their text and place.

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

/// One token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub offset: usize,
}

impl Token<'_> {
    /// Tells whether the token is white space or a comment.
    pub fn is_trivia(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. }
        )
    }

    /// Tells whether the token is this word, unquoted, in whatever case.
    pub fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Ident && self.text.eq_ignore_ascii_case(word)
    }

    pub fn end(&self) -> usize {
        self.offset + self.text.len()
    }

    /// Names the literal or comment that runs to the end of the script, if this token is one.
    pub fn unclosed(&self) -> Option<&'static str> {
        match self.kind {
            TokenKind::BlockComment { terminated: false } => Some("comment"),
            TokenKind::QuotedIdent {
                terminated: false, ..
            } => Some("quoted name"),
            TokenKind::Literal { kind } => match kind {
                LiteralKind::DollarQuotedString { terminated: false } => Some("dollar-quoted text"),
                LiteralKind::Str { terminated: false }
                | LiteralKind::EscStr { terminated: false }
                | LiteralKind::UnicodeEscStr { terminated: false }
                | LiteralKind::NationalStr { terminated: false }
                | LiteralKind::BitStr { terminated: false }
                | LiteralKind::ByteStr { terminated: false } => Some("string"),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The tokens of a text, white space and comments included; together they are the whole text.
pub(crate) struct Tokens<'a> {
    sql: &'a str,
    offset: usize,
    inner: Box<dyn Iterator<Item = squawk_lexer::Token> + 'a>,
    escapes: Escapes,
}

/// Whether a plain quote now would continue an `E'…'` string. The server joins strings that are separated by a line
/// end, and the joined piece keeps the backslash rules of the first; the lexer sees two separate strings.
#[derive(PartialEq)]
enum Escapes {
    No,
    AfterString,
    AfterLineEnd,
}

/// Returns the tokens of a text.
pub(crate) fn tokens(sql: &str) -> Tokens<'_> {
    Tokens {
        sql,
        offset: 0,
        inner: Box::new(tokenize(sql)),
        escapes: Escapes::No,
    }
}

/// Returns the tokens that are neither white space nor comment.
pub(crate) fn significant(sql: &str) -> Vec<Token<'_>> {
    tokens(sql).filter(|token| !token.is_trivia()).collect()
}

impl<'a> Tokens<'a> {
    /// Returns where the next token starts.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Goes on from this offset, which must lie on a character boundary.
    pub fn seek(&mut self, offset: usize) {
        self.offset = offset;
        self.inner = Box::new(tokenize(&self.sql[offset..]));
        self.escapes = Escapes::No;
    }

    fn track_escapes(&mut self, token: &Token) {
        self.escapes = match token.kind {
            TokenKind::Literal {
                kind: LiteralKind::EscStr { .. },
            } => Escapes::AfterString,
            TokenKind::Whitespace if self.escapes != Escapes::No => {
                if token.text.contains(['\n', '\r']) || self.escapes == Escapes::AfterLineEnd {
                    Escapes::AfterLineEnd
                } else {
                    Escapes::AfterString
                }
            }
            TokenKind::LineComment if self.escapes != Escapes::No => return,
            _ => Escapes::No,
        };
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.inner.next()?;
        let offset = self.offset;
        let mut kind = token.kind;
        let mut end = offset + token.len as usize;
        let is_plain = matches!(
            kind,
            TokenKind::Literal {
                kind: LiteralKind::Str { .. }
            }
        );
        if is_plain && self.escapes == Escapes::AfterLineEnd {
            let (length, terminated) = escape_string(&self.sql[offset..]);
            kind = TokenKind::Literal {
                kind: LiteralKind::EscStr { terminated },
            };
            end = offset + length;
            self.seek(end);
        }
        let token = Token {
            kind,
            text: &self.sql[offset..end],
            offset,
        };
        self.offset = end;
        self.track_escapes(&token);
        Some(token)
    }
}

/// Returns the length of the string literal at the start of the text, read with backslash escapes, and whether it
/// is closed.
fn escape_string(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return (at + 1, true),
            _ => at += 1,
        }
    }
    (bytes.len(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_continued_escape_string_keeps_its_rules() {
        let texts = |sql| {
            tokens(sql)
                .filter(|token| !token.is_trivia())
                .map(|token| token.text)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            texts("E'a\\'b' -- c\n 'd\\'e;' ;x"),
            ["E'a\\'b'", "'d\\'e;'", ";", "x"]
        );
        assert_eq!(texts("E'a' 'd\\' ;"), ["E'a'", "'d\\'", ";"]);
        assert_eq!(texts("'a'\n'd\\' ;"), ["'a'", "'d\\'", ";"]);
    }
}
