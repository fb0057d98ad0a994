//! What differs from run to run, replaced by a name, so that a snapshot holds still.

/// Replacements applied to a text before it is compared.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    literal: Vec<(String, String)>,
}

impl Filters {
    /// Replaces a text that only this test knows, such as its folder.
    pub fn literal(mut self, text: impl Into<String>, name: &str) -> Filters {
        self.literal.push((text.into(), name.to_owned()));
        self
    }

    /// Returns the text with literals, URLs, durations, socket folders and server versions replaced.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.literal {
            text = text.replace(from.as_str(), to);
        }
        let text = replace_words(
            &text,
            "postgres://",
            |c| !c.is_whitespace() && !"`'\"),".contains(c),
            "[URL]",
        );
        let text = replace_words(
            &text,
            "/tmp/rev-",
            |c| !c.is_whitespace() && !"`'\"),:".contains(c),
            "[FOLDER]",
        );
        let text = replace_words(
            &text,
            "PostgreSQL ",
            |c| c.is_ascii_digit() || c == '.',
            "PostgreSQL [VERSION]",
        );
        replace_durations(&text)
    }
}

/// Replaces each occurrence of a start together with the letters that belong to it.
fn replace_words(text: &str, start: &str, belongs: impl Fn(char) -> bool, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        out.push_str(&rest[..at]);
        out.push_str(name);
        rest = rest[at + start.len()..].trim_start_matches(&belongs);
    }
    out.push_str(rest);
    out
}

/// Replaces `12 ms`, `0.4 s`, `3ms` and the like.
fn replace_durations(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let inside_word = at > 0
            && (letters[at - 1].is_alphanumeric()
                || letters[at - 1] == '_'
                || letters[at - 1] == '.');
        if letters[at].is_ascii_digit() && !inside_word {
            let number = letters[at..]
                .iter()
                .take_while(|c| c.is_ascii_digit() || **c == '.')
                .count();
            let mut end = at + number;
            if letters.get(end) == Some(&' ') {
                end += 1;
            }
            let unit: String = letters[end..]
                .iter()
                .take_while(|c| c.is_alphabetic())
                .collect();
            if ["s", "ms", "µs"].contains(&unit.as_str()) {
                out.push_str("[TIME]");
                at = end + unit.chars().count();
            } else {
                out.extend(&letters[at..at + number]);
                at += number;
            }
        } else {
            out.push(letters[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_named_and_the_rest_stays() {
        let filters = Filters::default().literal("/home/me/x", "[PROJECT]");
        let check = |text: &str, want: &str| assert_eq!(filters.apply(text), want);
        check(
            "took 12 ms, waited 0.4s of 5s",
            "took [TIME], waited [TIME] of [TIME]",
        );
        check("uuid v4 and t1 s2 10 rows", "uuid v4 and t1 s2 10 rows");
        check("at `postgres://a:b@c/d?e=f`.", "at `[URL]`.");
        check(
            "PostgreSQL 15.20 in /home/me/x/a",
            "PostgreSQL [VERSION] in [PROJECT]/a",
        );
    }
}
