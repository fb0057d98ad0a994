//! The nearest known name, for "did you mean".

/// Returns the candidate that differs least from what was asked, if it is close enough to be a slip of the finger.
///
/// Close enough means: at most a third of the letters changed (two for short names), or one is the start of the other.
pub fn nearest<'a>(asked: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let asked_lower = asked.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let distance = distance(&asked_lower, &lower);
            let longest = asked.chars().count().max(candidate.chars().count());
            let allowed = (longest / 3).max(if longest > 3 { 2 } else { 1 });
            let begins = asked.len() >= 3
                && (lower.starts_with(&asked_lower) || asked_lower.starts_with(&lower));
            (distance <= allowed || begins).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the number of letters to insert, delete, replace or swap with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 1..=left.len() {
        let mut row = vec![i; right.len() + 1];
        for j in 1..=right.len() {
            let replaced = last[j - 1] + usize::from(left[i - 1] != right[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let keys = ["database", "revisions", "models", "online"];
        assert_eq!(nearest("databse", keys), Some("database"));
        assert_eq!(nearest("dtaabase", keys), Some("database"));
        assert_eq!(nearest("revision", keys), Some("revisions"));
        assert_eq!(nearest("Online", keys), Some("online"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("", keys), None);
    }
}
