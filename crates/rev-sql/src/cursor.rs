//! A reader over the tokens of one statement.

use squawk_lexer::TokenKind;

use crate::name::{Name, fold};
use crate::token::Token;

/// Walks over significant tokens. Copying it is cheap, which makes looking ahead plain.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'t, 'a> {
    rest: &'t [Token<'a>],
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub fn new(tokens: &'t [Token<'a>]) -> Self {
        Cursor { rest: tokens }
    }

    pub fn rest(&self) -> &'t [Token<'a>] {
        self.rest
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn peek(&self) -> Option<&'t Token<'a>> {
        self.rest.first()
    }

    pub fn next(&mut self) -> Option<&'t Token<'a>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Tells whether these words come next.
    pub fn sees(&self, words: &[&str]) -> bool {
        self.rest.len() >= words.len()
            && words
                .iter()
                .zip(self.rest)
                .all(|(word, token)| token.is(word))
    }

    /// Takes these words if they come next.
    pub fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.sees(words);
        if found {
            self.rest = &self.rest[words.len()..];
        }
        found
    }

    /// Takes whichever of these single words comes next.
    pub fn eat_any<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        let found = words.iter().find(|word| self.sees(&[word]))?;
        self.rest = &self.rest[1..];
        Some(found)
    }

    pub fn sees_kind(&self, kind: TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    pub fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self.sees_kind(kind);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    /// Takes one identifier.
    pub fn ident(&mut self) -> Option<String> {
        let token = self.peek()?;
        if !matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. }) {
            return None;
        }
        self.next().map(|token| fold(token.text))
    }

    /// Takes the parts of a possibly qualified name.
    pub fn path(&mut self) -> Option<Vec<String>> {
        let mut parts = vec![self.ident()?];
        while self.sees_kind(TokenKind::Dot) {
            let before = *self;
            self.next();
            match self.ident() {
                Some(part) => parts.push(part),
                None => {
                    *self = before;
                    break;
                }
            }
        }
        Some(parts)
    }

    /// Takes a possibly qualified name; of a three-part one the database is left out.
    pub fn name(&mut self) -> Option<Name> {
        let mut parts = self.path()?;
        let name = parts.pop()?;
        Some(Name {
            schema: parts.pop(),
            name,
        })
    }

    /// Takes a comma-separated list of names, each perhaps with an argument list, as `DROP` has them.
    pub fn names(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        while let Some(name) = self.name() {
            names.push(name);
            self.parenthesized();
            if !self.eat_kind(TokenKind::Comma) {
                break;
            }
        }
        names
    }

    /// Takes a balanced `( … )` and returns what is inside.
    pub fn parenthesized(&mut self) -> Option<&'t [Token<'a>]> {
        if !self.sees_kind(TokenKind::OpenParen) {
            return None;
        }
        let mut depth = 0usize;
        for (index, token) in self.rest.iter().enumerate() {
            depth = deeper(depth, token.kind);
            if depth == 0 {
                let inside = &self.rest[1..index];
                self.rest = &self.rest[index + 1..];
                return Some(inside);
            }
        }
        let inside = &self.rest[1..];
        self.rest = &[];
        Some(inside)
    }

    /// Tells whether these words stand somewhere ahead outside of parentheses.
    pub fn has(&self, words: &[&str]) -> bool {
        self.find(words).is_some()
    }

    /// Returns the cursor just behind these words, which stand somewhere ahead outside of parentheses.
    pub fn find(&self, words: &[&str]) -> Option<Cursor<'t, 'a>> {
        let mut depth = 0usize;
        for (index, token) in self.rest.iter().enumerate() {
            if depth == 0 && Cursor::new(&self.rest[index..]).sees(words) {
                return Some(Cursor::new(&self.rest[index + words.len()..]));
            }
            depth = deeper(depth, token.kind);
        }
        None
    }
}

fn deeper(depth: usize, kind: TokenKind) -> usize {
    match kind {
        TokenKind::OpenParen | TokenKind::OpenBracket => depth + 1,
        TokenKind::CloseParen | TokenKind::CloseBracket => depth.saturating_sub(1),
        _ => depth,
    }
}

/// Cuts tokens at the commas that stand outside of parentheses.
pub(crate) fn comma_separated<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut pieces = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        if depth == 0 && token.kind == TokenKind::Comma {
            pieces.push(&tokens[start..index]);
            start = index + 1;
        }
        depth = deeper(depth, token.kind);
    }
    if start < tokens.len() {
        pieces.push(&tokens[start..]);
    }
    pieces
}
