//! The door to squawk's linter: its advice on types and values, where it needs a syntax tree.
//!
//! Only this module knows the crate, whose interface changes between releases.

use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;

use crate::lint::{At, Problem, problem};

/// Reports what squawk's rule finds in the statement, in its words.
pub(crate) fn report(at: &At, rule: Rule, problems: &mut Vec<Problem>) {
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
