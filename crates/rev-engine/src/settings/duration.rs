//! Durations as people write them: `5s`, `500ms`, `10m`, `1h`, `0`.

use std::time::Duration;

/// Reads a duration: a number with `ms`, `s`, `m` or `h`, or a bare `0`.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let wrong = || {
        format!(
            "`{text}` is no duration: write a number and a unit, as in 500ms, 5s, 10m or 1h (0 is without limit)"
        )
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit.trim() {
        "" if number == 0.0 => 0.0,
        "ms" => number / 1_000.0,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3_600.0,
        _ => return Err(wrong()),
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_zero() {
        for (text, milliseconds) in [
            ("5s", 5_000),
            ("500ms", 500),
            ("10m", 600_000),
            ("1h", 3_600_000),
            ("0", 0),
            ("1.5s", 1_500),
            (" 2 s ", 2_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in ["5", "s", "", "5 parsecs", "-1s", "1e99h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
