//! The door to squawk's linter: its advice on types and values, where it needs a syntax tree.
//!
//! Only this module knows the crate, whose interface changes between releases.

use squawk_lexer::TokenKind;
use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;

use crate::lint::{At, Problem, problem};
use crate::token::Token;

/// The longest statement that is looked at: advice on a data load of megabytes is worth no waiting.
const LONGEST: usize = 200_000;

/// The deepest nesting that is looked at: squawk's parser descends as deep as the parentheses do.
const DEEPEST: usize = 100;

/// Reports what squawk's rule finds in the statement, in its words.
pub(crate) fn report(at: &At, rule: Rule, problems: &mut Vec<Problem>) {
    if at.sql().len() > LONGEST || depth(at.subject.tokens) > DEEPEST {
        return;
    }
    let parse = SourceFile::parse(at.sql());
    let mut linter = Linter::from([rule]);
    if let Ok(version) = at.major.to_string().parse() {
        linter.settings.pg_version = version;
    }
    let mut seen = Vec::new();
    for violation in linter.lint(&parse, at.sql()) {
        if violation.code != rule || seen.contains(&violation.message) {
            continue;
        }
        let help = violation
            .help
            .unwrap_or_else(|| "see the rule's page".to_owned());
        problems.push(problem(
            violation.message.trim_end_matches('.'),
            help.trim_end_matches('.'),
        ));
        seen.push(violation.message);
    }
}

fn depth(tokens: &[Token]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for token in tokens {
        match token.kind {
            TokenKind::OpenParen | TokenKind::OpenBracket => depth += 1,
            TokenKind::CloseParen | TokenKind::CloseBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
