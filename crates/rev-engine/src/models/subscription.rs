//! Subscriptions without their publisher: a rehearsal must never open a connection that a schema file names.
//!
//! `CREATE SUBSCRIPTION` connects unless `connect = false`, which in turn excludes some other options; what those mean
//! for the catalogue is said afterwards by ALTER, which does not connect.

/// Returns the statements that make the same subscription without a connection; none when the text is not understood,
/// in which case the server will say why.
pub(super) fn without_connecting(sql: &str) -> Option<Vec<String>> {
    let name = super::load::name_after(sql, &["CREATE".to_owned(), "SUBSCRIPTION".to_owned()])?;
    let name = rev_sql::quote_ident(&name).into_owned();
    let (head, options) = split_options(sql);
    let mut kept = vec!["connect = false".to_owned()];
    let mut enabled = true;
    let mut slot = None;
    for option in options {
        let (key, value) = option.split_once('=').unwrap_or((&option, "true"));
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            // What never connected is not enabled either.
            "connect" if !is_true(value) => enabled = false,
            "connect" | "create_slot" | "copy_data" => {}
            "enabled" => enabled = is_true(value),
            "slot_name" => {
                if value.eq_ignore_ascii_case("none") {
                    enabled = false;
                }
                slot = Some(value.to_owned());
            }
            _ => kept.push(option),
        }
    }
    if let Some(slot) = slot {
        kept.push(format!("slot_name = {slot}"));
    }
    let mut statements = vec![format!("{head} WITH ({})", kept.join(", "))];
    if enabled {
        // No worker starts: the throw-away server has none, and a scratch database loses its subscriptions first.
        statements.push(format!("ALTER SUBSCRIPTION {name} ENABLE"));
    }
    Some(statements)
}

/// Returns whether an ALTER SUBSCRIPTION would call the publisher.
pub(super) fn calls_publisher(sql: &str) -> bool {
    let upper = sql.to_ascii_uppercase();
    upper.contains("REFRESH PUBLICATION")
}

fn is_true(value: &str) -> bool {
    let value = value.trim_matches('\'').to_ascii_lowercase();
    matches!(value.as_str(), "true" | "on" | "1" | "yes")
}

/// Cuts the statement at its last `WITH ( … )`.
fn split_options(sql: &str) -> (String, Vec<String>) {
    let trimmed = sql.trim_end();
    let upper = trimmed.to_ascii_uppercase();
    let cut = upper.rfind("WITH").filter(|at| {
        trimmed.ends_with(')') && trimmed[at + "WITH".len()..].trim_start().starts_with('(')
    });
    let Some(at) = cut else {
        return (trimmed.to_owned(), Vec::new());
    };
    let list = trimmed[at + "WITH".len()..].trim();
    let list = &list[1..list.len() - 1];
    let mut options = Vec::new();
    let mut current = String::new();
    let mut quoted = false;
    for letter in list.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ',' if !quoted => {
                options.push(std::mem::take(&mut current));
                continue;
            }
            _ => {}
        }
        current.push(letter);
    }
    options.push(current);
    let options = options
        .iter()
        .map(|o| o.trim().to_owned())
        .filter(|o| !o.is_empty());
    (trimmed[..at].trim_end().to_owned(), options.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_subscription_connects() {
        let check = |sql: &str, want: &[&str]| assert_eq!(without_connecting(sql).unwrap(), want);
        check(
            "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
            &[
                "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)",
                "ALTER SUBSCRIPTION s ENABLE",
            ],
        );
        check(
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, binary = true)",
            &[
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, binary = true)",
            ],
        );
        check(
            "CREATE SUBSCRIPTION \"S\" CONNECTION 'x' PUBLICATION p with (connect=true, streaming = 'on', slot_name = NONE, enabled = false)",
            &[
                "CREATE SUBSCRIPTION \"S\" CONNECTION 'x' PUBLICATION p WITH (connect = false, streaming = 'on', slot_name = NONE)",
            ],
        );
    }
}
