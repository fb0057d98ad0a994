//! A name longer than 63 bytes is cut without a word.
//!
//! ## Problem
//!
//! The server keeps the first 63 bytes. Two such names may become the same, and the history's name is not the
//! database's.
//!
//! ## Safe way
//!
//! Choose a shorter name.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE INDEX CONCURRENTLY orders_of_customers_with_several_open_invoices_by_customer_and_date_idx ON orders (a);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE INDEX CONCURRENTLY orders_open_invoices ON orders (a);
//! ```

use squawk_lexer::TokenKind;

use crate::lint::{At, Problem, Severity, problem};
use crate::name::fold;

pub(super) const SEVERITY: Severity = Severity::Error;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let mut seen = Vec::new();
    for token in at.subject.tokens {
        let is_name = matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. });
        // Keywords are shorter.
        if !is_name || token.text.len() <= 63 {
            continue;
        }
        let name = fold(token.text);
        if name.len() > 63 && !seen.contains(&name) {
            problems.push(problem(
                format!("`{name}` has {} bytes and is cut to 63", name.len()),
                "choose a shorter name",
            ));
            seen.push(name);
        }
    }
}
