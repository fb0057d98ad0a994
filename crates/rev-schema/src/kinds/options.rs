//! Storage parameters and other `name=value` lists, as JSON arrays of such texts.

use crate::name::{ident, literal};
use crate::object::Object;

/// Splits `name=value`.
pub fn split(option: &str) -> (&str, &str) {
    option.split_once('=').unwrap_or((option, ""))
}

fn key(name: &str) -> String {
    match name.split_once('.') {
        Some((space, name)) => format!("{}.{}", ident(space), ident(name)),
        None => ident(name),
    }
}

/// Writes a value bare where that is safe, as a literal otherwise.
fn value(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    let number = text.parse::<f64>().is_ok();
    let word = matches!(text, "true" | "false" | "on" | "off");
    if plain && (number || word) {
        text.to_owned()
    } else {
        literal(text)
    }
}

/// Returns `name=value, …` for a list of options.
pub fn list(options: &[String]) -> String {
    options
        .iter()
        .map(|option| {
            let (name, text) = split(option);
            format!("{} = {}", key(name), value(text))
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the WITH clause of an object's `options`.
pub fn with(object: &Object) -> Option<String> {
    let options = object.list("options");
    (!options.is_empty()).then(|| format!("WITH ({})", list(&options)))
}

/// Returns the SET and RESET clauses from one object's `options` to another's.
pub fn change(old: &Object, new: &Object) -> Vec<String> {
    let (old, new) = (old.list("options"), new.list("options"));
    let set: Vec<_> = new
        .iter()
        .filter(|option| !old.contains(option))
        .cloned()
        .collect();
    let reset: Vec<_> = old
        .iter()
        .map(|option| split(option).0)
        .filter(|name| !new.iter().any(|option| split(option).0 == *name))
        .map(key)
        .collect();
    let mut clauses = Vec::new();
    if !reset.is_empty() {
        clauses.push(format!("RESET ({})", reset.join(", ")));
    }
    if !set.is_empty() {
        clauses.push(format!("SET ({})", list(&set)));
    }
    clauses
}

/// Returns the OPTIONS list of foreign-data objects from `old` to `new`, with SET, ADD and DROP where something stood.
pub fn foreign(old: Vec<String>, new: Vec<String>) -> Option<String> {
    let mut words = Vec::new();
    for option in &new {
        let (name, text) = split(option);
        let verb = match old.iter().find(|option| split(option).0 == name) {
            Some(same) if same == option => continue,
            Some(_) => "SET ",
            None if old.is_empty() => "",
            None => "ADD ",
        };
        words.push(format!("{verb}{} {}", ident(name), literal(text)));
    }
    for option in &old {
        let name = split(option).0;
        if !new.iter().any(|option| split(option).0 == name) {
            words.push(format!("DROP {}", ident(name)));
        }
    }
    (!words.is_empty()).then(|| words.join(", "))
}
