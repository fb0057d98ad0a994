//! What a piece of SQL is, as far as a migration tool must know.
//!
//! Everything starts from tokens and not from a syntax tree, so that SQL which is newer than any parser still
//! splits, runs and is classified by what is known of it.
//!
//! - [`split()`] cuts a script into [`Statement`]s, each with its place and the `-- rev:…` directives before it.
//! - [`facts()`] tells what a statement does: whether it refuses a transaction, what it destroys, what it names.
//! - [`locks()`] tells which locks it takes on a given major, and whether it scans or rewrites a table meanwhile.
//! - [`lint()`] finds what is unsafe and says what to write instead.
//! - [`fingerprint()`] digests statements so that comments and white space do not count.
//! - [`quote_ident`], [`quote_literal`] and friends write names and texts as the server would.
//!
//! ```
//! let statements = rev_sql::split("CREATE TABLE t (id int);\nCREATE INDEX CONCURRENTLY i ON t (id);").unwrap();
//! assert_eq!(statements[1].line, 2);
//! assert!(rev_sql::facts(&statements[0].sql).refuses_transaction.is_none());
//! assert!(rev_sql::facts(&statements[1].sql).refuses_transaction.is_some());
//! ```

mod alter_table;
mod classify;
mod cursor;
mod directive;
mod error;
mod fingerprint;
mod lint;
mod lock;
mod name;
mod narrow;
mod quote;
mod rights;
mod rules;
mod split;
mod squawk;
mod summary;
mod token;

pub use classify::{
    Class, ConcurrentIndex, EnumValue, Facts, IndexAction, Loss, LossKind, Refusal, Setting, facts,
};
pub use directive::{Batch, Directive, DirectiveKind, Timeout};
pub use error::SplitError;
pub use fingerprint::{Fingerprint, fingerprint};
pub use lint::{Finding, LintOptions, Severity, lint};
pub use lock::{Lock, LockMode, Locks, Relation, Work, WorkKind, created_tables, locks};
pub use name::Name;
pub use narrow::{Gap, narrow};
pub use quote::{dollar_quote, quote_ident, quote_literal, quote_qualified};
pub use rights::{Kind, Outlook, Right, Rights, rights};
pub use rules::{RULES, Rule};
pub use split::{Statement, split, split_models};
pub use summary::summary;
