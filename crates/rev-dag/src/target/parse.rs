//! Text to [`Target`], without looking at any graph.
//!
//! ```text
//! target = [branch "@"] [symbol] [("+" | "-") digits]
//! symbol = "head" | "heads" | "base" | "current" | an id | the start of an id | a branch label
//! range  = [target {"," target}] ":" [target]
//! ```
//!
//! The whole text must fit: `abc+1xyz` is no target. Ids hold none of `@ - + : ,`, and a label may hold a
//! `-` only where no number follows it to the end, so one text never has two readings.

use crate::error::GraphError;

/// A target as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The text it was read from.
    pub text: String,
    /// What stands before the `@`.
    pub branch: Option<String>,
    /// What it starts from.
    pub symbol: Symbol,
    /// How far to walk from there.
    pub offset: Option<Offset>,
}

/// Where a target starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Nothing is named: the walk starts from the version table's rows, as in `+1`.
    Rows,
    /// `base`: before the first revision.
    Base,
    /// `head`: the one head.
    Head,
    /// `heads`: all of them.
    Heads,
    /// `current`: the version table's rows, by name.
    Current,
    /// An id, the start of one, or a branch label.
    Name(String),
}

/// How far and which way a relative target walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// `+N`: towards the heads.
    Up(u64),
    /// `-N`: towards the base.
    Down(u64),
}

impl Offset {
    /// Returns the number of revisions to walk.
    pub fn steps(self) -> u64 {
        match self {
            Self::Up(steps) | Self::Down(steps) => steps,
        }
    }
}

/// Reads one target.
///
/// # Errors
/// [`GraphError::InvalidTarget`] when the text is none.
pub fn parse(text: &str) -> Result<Target, GraphError> {
    let invalid = |reason| GraphError::InvalidTarget {
        target: text.to_owned(),
        reason,
    };
    let (branch, rest) = match text.split_once('@') {
        Some(("", _)) => return Err(invalid("nothing stands before the `@`")),
        Some((branch, rest)) => (Some(branch.to_owned()), rest),
        None => (None, text),
    };
    if rest.contains('@') {
        return Err(invalid("it has more than one `@`"));
    }
    if text.contains(':') {
        return Err(invalid("a range `a:b` has no place here"));
    }
    let (symbol, offset) = split_offset(rest);
    let symbol = match symbol {
        "" if offset.is_some() => Symbol::Rows,
        "" if branch.is_some() => return Err(invalid("nothing stands after the `@`")),
        "" => return Err(invalid("it is empty")),
        "base" => Symbol::Base,
        "head" => Symbol::Head,
        "heads" => Symbol::Heads,
        "current" => Symbol::Current,
        name if name.contains('+') => {
            return Err(invalid("a `+` is followed by a number and nothing else"));
        }
        name => Symbol::Name(name.to_owned()),
    };
    Ok(Target {
        text: text.to_owned(),
        branch,
        symbol,
        offset,
    })
}

/// Splits `abc-2` into `abc` and the offset; a tail that is no number belongs to the name.
fn split_offset(text: &str) -> (&str, Option<Offset>) {
    let Some(sign) = text.rfind(['+', '-']) else {
        return (text, None);
    };
    let digits = &text[sign + 1..];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (text, None);
    }
    // A number beyond u64 is "further than any history goes", and so is the largest u64.
    let steps = digits.parse().unwrap_or(u64::MAX);
    let offset = if text.as_bytes()[sign] == b'+' {
        Offset::Up(steps)
    } else {
        Offset::Down(steps)
    };
    (&text[..sign], Some(offset))
}

/// A range as typed: its starts, and its end where one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The starts; none means `base`.
    pub starts: Vec<Target>,
    /// The end; none means what suits the command, usually `heads`.
    pub end: Option<Target>,
}

/// Reads `a:b`, `a,b:c`, `a:`, `:b` or `:`.
///
/// # Errors
/// [`GraphError::InvalidRange`] without exactly one colon, [`GraphError::InvalidTarget`] for a bad end.
pub fn parse_range(text: &str) -> Result<Range, GraphError> {
    let invalid = || GraphError::InvalidRange {
        range: text.to_owned(),
    };
    let (starts, end) = text.split_once(':').ok_or_else(invalid)?;
    if end.contains(':') {
        return Err(invalid());
    }
    let starts = if starts.is_empty() {
        Vec::new()
    } else {
        starts.split(',').map(parse).collect::<Result<_, _>>()?
    };
    let end = if end.is_empty() {
        None
    } else {
        Some(parse(end)?)
    };
    Ok(Range { starts, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, branch: Option<&str>, symbol: Symbol, offset: Option<Offset>) {
        let target = parse(text).unwrap();
        assert_eq!(
            (target.branch.as_deref(), target.symbol, target.offset),
            (branch, symbol, offset),
            "{text}"
        );
    }

    fn name(text: &str) -> Symbol {
        Symbol::Name(text.to_owned())
    }

    #[test]
    fn every_form_is_read() {
        check("head", None, Symbol::Head, None);
        check("billing@heads", Some("billing"), Symbol::Heads, None);
        check("abc123", None, name("abc123"), None);
        check("billing@abc1", Some("billing"), name("abc1"), None);
        check("+2", None, Symbol::Rows, Some(Offset::Up(2)));
        check(
            "billing@-1",
            Some("billing"),
            Symbol::Rows,
            Some(Offset::Down(1)),
        );
        check("head-1", None, Symbol::Head, Some(Offset::Down(1)));
        check(
            "left@head-1",
            Some("left"),
            Symbol::Head,
            Some(Offset::Down(1)),
        );
        check("base+2", None, Symbol::Base, Some(Offset::Up(2)));
        check("billing-v2", None, name("billing-v2"), None);
        check(
            "billing-v2@abc-1",
            Some("billing-v2"),
            name("abc"),
            Some(Offset::Down(1)),
        );
        check(
            "-99999999999999999999999",
            None,
            Symbol::Rows,
            Some(Offset::Down(u64::MAX)),
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in [
            "", "@", "@head", "left@", "a@b@c", "a:b", "abc+1xyz", "+", "a+",
        ] {
            assert!(
                matches!(parse(text), Err(GraphError::InvalidTarget { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn ranges_have_one_colon() {
        assert_eq!(parse_range("a,b:heads").unwrap().starts.len(), 2);
        assert_eq!(
            parse_range(":").unwrap(),
            Range {
                starts: vec![],
                end: None
            }
        );
        assert!(parse_range("a").is_err());
        assert!(parse_range("a:b:c").is_err());
        assert!(parse_range("a,,b:c").is_err());
    }
}
