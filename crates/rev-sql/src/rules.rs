//! The lint rules: one file a rule, one line in the list.
//!
//! A rule's module documentation is its manual page: a sentence, then the sections "Problem", "Safe way" and
//! "Example". The example holds a script marked `-- unsafe` and one marked `-- safe`; a test runs the rule over both.

use crate::alter_table::Constraint;
use crate::lint::{At, Problem, Severity, problem};
use crate::name::Name;
use crate::quote::quote_ident;

/// One lint rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, as in `-- rev:allow NAME because "…"`.
    pub name: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    pub(crate) check: fn(&At, &mut Vec<Problem>),
    source: &'static str,
}

// rustfmt does not look behind a macro: `rustfmt crates/rev-sql/src/rules/*.rs` formats the rules.
macro_rules! rules {
    ($($module:ident = $name:literal,)*) => {
        $(mod $module;)*

        /// Every rule, by name.
        pub const RULES: &[Rule] = &[$(Rule {
            name: $name,
            severity: $module::SEVERITY,
            check: $module::check,
            source: include_str!(concat!("rules/", stringify!($module), ".rs")),
        },)*];
    };
}

rules! {
    add_check = "add-check",
    add_column_check = "add-column-check",
    add_column_references = "add-column-references",
    add_column_unique = "add-column-unique",
    add_domain_column = "add-domain-column",
    add_exclude = "add-exclude",
    add_foreign_key = "add-foreign-key",
    add_json_column = "add-json-column",
    add_not_null_column = "add-not-null-column",
    add_primary_key = "add-primary-key",
    add_serial_column = "add-serial-column",
    add_stored_column = "add-stored-column",
    add_unique = "add-unique",
    add_volatile_default = "add-volatile-default",
    alter_domain = "alter-domain",
    attach_partition = "attach-partition",
    change_column_type = "change-column-type",
    char_type = "char-type",
    conditional_concurrent_index = "conditional-concurrent-index",
    conditional_table = "conditional-table",
    create_index = "create-index",
    create_partition = "create-partition",
    dead_set_local = "dead-set-local",
    detach_partition = "detach-partition",
    disable_trigger = "disable-trigger",
    drop_cascade = "drop-cascade",
    drop_column = "drop-column",
    drop_index = "drop-index",
    drop_not_null = "drop-not-null",
    drop_object = "drop-object",
    drop_schema = "drop-schema",
    drop_table = "drop-table",
    duplicate_assignment = "duplicate-assignment",
    enum_value_order = "enum-value-order",
    full_table_change = "full-table-change",
    long_identifier = "long-identifier",
    move_table = "move-table",
    no_primary_key = "no-primary-key",
    refresh_view = "refresh-view",
    reindex = "reindex",
    rename_column = "rename-column",
    rename_enum_value = "rename-enum-value",
    rename_table = "rename-table",
    row_security = "row-security",
    security_definer = "security-definer",
    serial_type = "serial-type",
    set_not_null = "set-not-null",
    small_primary_key = "small-primary-key",
    switch_logging = "switch-logging",
    timestamp_without_zone = "timestamp-without-zone",
    transaction_control = "transaction-control",
    truncate = "truncate",
    unindexed_foreign_key = "unindexed-foreign-key",
}

impl Rule {
    /// Returns what the rule is about, in one sentence.
    pub fn title(&self) -> &'static str {
        self.source
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("//! "))
            .unwrap_or_default()
    }

    /// Returns the rule's manual page in Markdown, from its module documentation.
    pub fn page(&self) -> String {
        let lines = self
            .source
            .lines()
            .map_while(|line| line.strip_prefix("//!"));
        let body: Vec<&str> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        format!("# {}\n\n{}\n", self.name, body.join("\n"))
    }
}

/// Returns the advice for a rule name that does not exist.
pub(crate) fn suggestion(name: &str) -> String {
    let near = RULES
        .iter()
        .map(|rule| (crate::directive::slips(name, rule.name), rule.name))
        .filter(|(slips, _)| *slips <= 3)
        .min();
    match near {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => "see `rev lint --list` for the rules".to_owned(),
    }
}

/// The finding for a key that is built in place, with the concurrent way.
fn unique_index_first(table: &Name, constraint: &Constraint, name: &str, word: &str) -> Problem {
    let name = quote_ident(name);
    let columns: Vec<_> = constraint
        .columns
        .iter()
        .map(|column| quote_ident(column))
        .collect();
    problem(
        format!("the index of the constraint is built while reads and writes of `{table}` wait"),
        "build a unique index CONCURRENTLY and attach it with USING INDEX",
    )
    .safe(format!(
        "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({});\nALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name};",
        columns.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{LintOptions, lint};
    use crate::split::split;

    #[test]
    fn the_list_is_in_order_and_documented() {
        assert!(RULES.is_sorted_by_key(|rule| rule.name));
        for rule in RULES {
            assert!(rule.title().ends_with('.'), "{}", rule.name);
            for section in ["## Problem", "## Safe way", "## Example"] {
                assert!(rule.page().contains(section), "{}: {section}", rule.name);
            }
        }
    }

    #[test]
    fn examples_are_what_they_say() {
        for rule in RULES {
            for (mark, expected) in [("-- unsafe", true), ("-- safe", false)] {
                let page = rule.page();
                let start = page
                    .find(&format!("```sql\n{mark}\n"))
                    .unwrap_or_else(|| panic!("{}: no {mark}", rule.name));
                let script = page[start..]
                    .trim_start_matches("```sql\n")
                    .split("```")
                    .next()
                    .unwrap();
                for server_major in [14, 17, 18] {
                    let options = LintOptions {
                        server_major,
                        ..LintOptions::default()
                    };
                    let findings = lint(&split(script).unwrap(), &options);
                    let found = findings.iter().any(|finding| finding.rule == rule.name);
                    assert_eq!(
                        found, expected,
                        "{} on {server_major}: {mark}\n{findings:#?}",
                        rule.name
                    );
                }
            }
        }
    }

    #[test]
    fn safe_forms_are_clean() {
        for rule in RULES {
            let page = rule.page();
            let start = page.find("```sql\n-- unsafe\n").unwrap();
            let script = page[start..]
                .trim_start_matches("```sql\n")
                .split("```")
                .next()
                .unwrap();
            for finding in lint(&split(script).unwrap(), &LintOptions::default()) {
                let (Some(safe), true) = (&finding.safe_form, finding.rule == rule.name) else {
                    continue;
                };
                let again = lint(
                    &split(safe).unwrap_or_else(|error| panic!("{safe}: {error}")),
                    &LintOptions::default(),
                );
                assert!(
                    again.iter().all(|finding| finding.rule != rule.name),
                    "{}:\n{safe}\n{again:#?}",
                    rule.name
                );
            }
        }
    }
}
