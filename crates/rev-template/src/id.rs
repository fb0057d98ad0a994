//! New revision identifiers.

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

/// Returns a new identifier: the first 12 hex digits of a SHA-256 over parents, message, time and 16 random bytes.
///
/// The random bytes alone would do; the rest keeps two revisions apart even where the dice are poor.
pub fn new_id(parents: &[String], message: &str, time: DateTime<Utc>, random: [u8; 16]) -> String {
    let mut hash = Sha256::new();
    for part in parents.iter().map(String::as_str).chain([message]) {
        // The length in front keeps ["a", "b"] and ["ab"] apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(time.to_rfc3339_opts(SecondsFormat::Nanos, true));
    hash.update(random);
    hash.finalize()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ingredient_counts() {
        let time = DateTime::UNIX_EPOCH;
        let parents = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| text.to_string())
                .collect::<Vec<_>>()
        };
        let id = new_id(&parents(&["a", "b"]), "m", time, [0; 16]);
        assert_eq!(id.len(), 12);
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        );
        assert_eq!(id, new_id(&parents(&["a", "b"]), "m", time, [0; 16]));
        assert_ne!(id, new_id(&parents(&["ab"]), "m", time, [0; 16]));
        assert_ne!(id, new_id(&parents(&["a", "b"]), "n", time, [0; 16]));
        assert_ne!(id, new_id(&parents(&["a", "b"]), "m", time, [1; 16]));
    }
}
