//! A message as part of a file name.

/// The longest slug, in characters.
const LONGEST: usize = 40;

/// Returns the message as a file name part: its words in lower case, joined by `_`, at most 40 characters,
/// cut between words where that is possible.
pub fn slug(message: &str) -> String {
    let mut slug = String::new();
    for word in message
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
    {
        if !slug.is_empty() {
            slug.push('_');
        }
        // Lower case of some letters brings combining marks along ("İ"), which have no place in a name.
        slug.extend(
            word.chars()
                .flat_map(char::to_lowercase)
                .filter(|c| c.is_alphanumeric() || *c == '_'),
        );
    }
    let Some((end, _)) = slug.char_indices().nth(LONGEST) else {
        return slug;
    };
    let short = &slug[..end];
    match short.rfind('_') {
        // The cut fell between two words already.
        _ if slug[end..].starts_with('_') => short.to_owned(),
        Some(at) if at > 0 => short[..at].trim_end_matches('_').to_owned(),
        _ => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn words_become_a_name() {
        let check =
            |message: &str, expected: &str| assert_eq!(slug(message), expected, "{message:?}");
        check("Add user preferences", "add_user_preferences");
        check("  fix: don't -- break! ", "fix_don_t_break");
        check("", "");
        check("../../etc/passwd", "etc_passwd");
        check("Größe ändern", "größe_ändern");
        check("добавить таблицу", "добавить_таблицу");
        check("İstanbul", "istanbul");
        check("🎉", "");
        check("snake_case stays", "snake_case_stays");
        check(
            "one two three four five six seven eight nine ten",
            "one_two_three_four_five_six_seven_eight",
        );
        check(
            "one two three four five six seven eightnine ten",
            "one_two_three_four_five_six_seven",
        );
        check(&"x".repeat(60), &"x".repeat(40));
    }
}
