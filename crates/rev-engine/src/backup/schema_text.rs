//! A schema as `pg_dump` prints it, without what differs from run to run.

/// Returns the statements of a dump in text: without comments, blank lines, and psql's own commands (their keys are random).
///
/// Inside a quoted body lines are dropped by the same rule; both sides of a comparison lose the same.
pub(super) fn normalized(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\'))
        // Which settings a script begins with depends on the program's version alone.
        .filter(|line| {
            !line.starts_with("SET ")
                && !line.starts_with("SELECT pg_catalog.set_config('search_path'")
        })
        .map(str::to_owned)
        .collect()
}

/// Returns what differs between two schemas: the first lines of each that the other lacks.
pub(super) fn differences(wanted: &[String], found: &[String]) -> Vec<String> {
    if wanted == found {
        return Vec::new();
    }
    const SHOWN: usize = 3;
    let missing = lacking(wanted, found);
    let added = lacking(found, wanted);
    let mut differences: Vec<String> = missing
        .iter()
        .take(SHOWN)
        .map(|line| format!("the schema lacks `{}`", line.trim()))
        .collect();
    differences.extend(
        added
            .iter()
            .take(SHOWN)
            .map(|line| format!("the schema has `{}` instead", line.trim())),
    );
    // The same lines in another order mean the same schema: dependencies only order a dump.
    differences
}

fn lacking<'a>(all: &'a [String], other: &[String]) -> Vec<&'a String> {
    let mut counts = std::collections::HashMap::<&String, i64>::new();
    for line in other {
        *counts.entry(line).or_default() += 1;
    }
    all.iter()
        .filter(|line| {
            let count = counts.entry(*line).or_default();
            *count -= 1;
            *count < 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_statements_count() {
        let one = normalized(
            "-- Dumped from 15\n\\restrict abc\nSET x = 1;\n\nCREATE TABLE t (\n    a int\n);\nCREATE VIEW v;\n",
        );
        let two = normalized("CREATE VIEW v;\nCREATE TABLE t (\n    a int\n);\n");
        assert!(differences(&one, &two).is_empty());
        let three = normalized("CREATE VIEW v;\nCREATE TABLE t (\n    a text\n);\n");
        assert_eq!(
            differences(&one, &three),
            [
                "the schema lacks `a int`",
                "the schema has `a text` instead"
            ]
        );
    }
}
