//! [`GraphError`]: every way in which a history, a target or the rows of a database can be wrong.
//!
//! The message is a sentence that names the thing; [`GraphError::hint`] is the next step to take;
//! [`GraphError::code`] is what machines read. Names that were mistyped come with their near misses.

use std::fmt::Write;

use thiserror::Error;

use crate::RevisionId;

/// A history, a target or the rows of a database that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Two revision files carry the same id.
    #[error("revision `{revision}` is present more than once")]
    DuplicateRevision {
        /// The id that two files claim.
        revision: RevisionId,
    },
    /// An id that could not be typed as a target.
    #[error("`{revision}` cannot be a revision id")]
    IllegalId {
        /// The id as written.
        revision: RevisionId,
    },
    /// A label that could not be typed as a target.
    #[error("`{label}`, in revision `{revision}`, cannot be a branch label")]
    IllegalLabel {
        /// The label as written.
        label: String,
        /// The revision that declares it.
        revision: RevisionId,
    },
    /// A label that is taken, by a revision's id or by another label.
    #[error(
        "the branch label `{label}` of revision `{revision}` is already used by revision `{used_by}`"
    )]
    DuplicateLabel {
        /// The label.
        label: String,
        /// The revision that declares it a second time.
        revision: RevisionId,
        /// The revision that has the name already.
        used_by: RevisionId,
    },
    /// A `down_revision` that does not exist.
    #[error("revision `{revision}` has the parent `{parent}`, which does not exist")]
    MissingParent {
        /// The revision that names it.
        revision: RevisionId,
        /// The parent that is missing.
        parent: RevisionId,
        /// Names that look alike.
        near: Vec<String>,
    },
    /// A `depends_on` that does not exist.
    #[error("revision `{revision}` depends on `{dependency}`, which does not exist")]
    MissingDependency {
        /// The revision that names it.
        revision: RevisionId,
        /// The dependency as written.
        dependency: String,
        /// Names that look alike.
        near: Vec<String>,
    },
    /// A `depends_on` prefix that fits several revisions.
    #[error("revision `{revision}` depends on `{dependency}`, which fits several revisions: {}", list(.matches))]
    AmbiguousDependency {
        /// The revision that names it.
        revision: RevisionId,
        /// The dependency as written.
        dependency: String,
        /// The revisions it fits.
        matches: Vec<RevisionId>,
    },
    /// Revisions that wait for each other.
    #[error("the history has a cycle: {}", arrow(.path))]
    Cycle {
        /// The way round, from a revision down to what it needs; the first is repeated at the end.
        path: Vec<RevisionId>,
    },
    /// Text that is no target.
    #[error("`{target}` is not a target: {reason}")]
    InvalidTarget {
        /// The text.
        target: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Text that is no range.
    #[error("`{range}` is not a range")]
    InvalidRange {
        /// The text.
        range: String,
    },
    /// A name that is neither an id, nor the start of one, nor a label.
    #[error("no revision or branch label is called `{asked}`")]
    UnknownRevision {
        /// The name as typed.
        asked: String,
        /// Names that look alike.
        near: Vec<String>,
    },
    /// What stands before an `@` is no branch.
    #[error("no branch is called `{asked}`")]
    UnknownBranch {
        /// The name as typed.
        asked: String,
        /// Names that look alike.
        near: Vec<String>,
    },
    /// The start of an id, but too short a start.
    #[error("`{prefix}` is too short to stand for a revision")]
    PrefixTooShort {
        /// The prefix as typed.
        prefix: String,
        /// Revisions that it fits.
        matches: Vec<RevisionId>,
    },
    /// The start of several ids.
    #[error("`{prefix}` fits several revisions: {}", list(.matches))]
    AmbiguousPrefix {
        /// The prefix as typed.
        prefix: String,
        /// The revisions it fits.
        matches: Vec<RevisionId>,
    },
    /// A row of the version table that the history does not know.
    #[error("the database is at revision `{row}`, which this history does not have")]
    UnknownRow {
        /// The row.
        row: String,
        /// Ids that look alike.
        near: Vec<String>,
    },
    /// A revision that is not on the branch named before the `@`.
    #[error("revision `{revision}` is not a member of branch `{branch}`")]
    NotOnBranch {
        /// The revision.
        revision: RevisionId,
        /// The branch as typed.
        branch: String,
    },
    /// One head was asked for and there are several.
    #[error("`{asked}` needs one head and there are several: {}", list(.heads))]
    MultipleHeads {
        /// The target as typed.
        asked: String,
        /// The heads.
        heads: Vec<RevisionId>,
    },
    /// One revision was asked for and the target means none or several.
    #[error("`{asked}` does not name one revision")]
    NotOneRevision {
        /// The target as typed.
        asked: String,
    },
    /// Several targets of which one contains another.
    #[error("`{asked}` asks for both `{above}` and `{below}`, which `{above}` already contains")]
    OverlappingTargets {
        /// The target as typed.
        asked: String,
        /// The revision that contains the other.
        above: RevisionId,
        /// The revision that is contained.
        below: RevisionId,
    },
    /// A walk came to a fork.
    #[error("`{target}` is ambiguous: the walk can go on from {} to {}", place(.at), list(.choices))]
    AmbiguousWalk {
        /// The target as typed.
        target: String,
        /// Where the ways part; nothing when that is the base or the top.
        at: Option<RevisionId>,
        /// The ways.
        choices: Vec<RevisionId>,
    },
    /// A walk went past the end.
    #[error("`{target}` goes too far: there {} that way", count(.available))]
    WalkedTooFar {
        /// The target as typed.
        target: String,
        /// How many steps there are.
        available: u64,
    },
    /// `upgrade -1`, `downgrade +1`.
    #[error("`{target}` leads the wrong way for {command}")]
    WrongDirection {
        /// The target as typed.
        target: String,
        /// The command it was given to.
        command: &'static str,
    },
    /// A relative target needs one row to start from.
    #[error("`{target}` is ambiguous: the database is at several revisions: {}", list(.rows))]
    AmbiguousRows {
        /// The target as typed.
        target: String,
        /// The rows it could start from.
        rows: Vec<RevisionId>,
        /// Targets that say which is meant, for the first few of them.
        choices: Vec<String>,
    },
    /// A relative target starts from a row, and there is none.
    #[error("`{target}` starts from what is applied, and {}", nothing(.branch))]
    NothingApplied {
        /// The target as typed.
        target: String,
        /// The branch on which nothing is applied.
        branch: Option<String>,
    },
    /// A downgrade to a revision that is not applied.
    #[error("cannot downgrade: `{revision}` is not applied")]
    NotApplied {
        /// The revision.
        revision: RevisionId,
    },
    /// A downgrade `branch@revision` where nothing of the branch is applied above the revision.
    #[error(
        "`{target}` has nothing to undo: no applied revision above `{revision}` belongs to branch `{branch}`"
    )]
    NothingOnBranch {
        /// The target as typed.
        target: String,
        /// The revision to return to.
        revision: RevisionId,
        /// The branch as typed.
        branch: String,
    },
    /// A downgrade of one branch that would take other branches along.
    #[error("`{target}` would also undo {}, outside branch `{branch}`", list(.siblings))]
    SiblingBranches {
        /// The target as typed.
        target: String,
        /// The branch as typed.
        branch: String,
        /// The rows of the other branches.
        siblings: Vec<RevisionId>,
        /// Where the branches part.
        branch_point: Option<RevisionId>,
    },
    /// Stamp targets that lie on one line, over rows that lie there too.
    #[error("`{above}` contains `{below}`: they cannot both be stamped over {}", list(.rows))]
    OverlappingStamps {
        /// The target that contains the other.
        above: RevisionId,
        /// The target that is contained.
        below: RevisionId,
        /// The rows they would replace.
        rows: Vec<RevisionId>,
    },
    /// A range whose ends do not lie on one line.
    #[error("`{range}` is not a range: `{start}` is not below the end of it")]
    NotALine {
        /// The range as typed.
        range: String,
        /// The start that does not fit.
        start: RevisionId,
    },
}

impl GraphError {
    /// Returns the name of the variant in snake_case, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DuplicateRevision { .. } => "duplicate_revision",
            Self::IllegalId { .. } => "illegal_id",
            Self::IllegalLabel { .. } => "illegal_label",
            Self::DuplicateLabel { .. } => "duplicate_label",
            Self::MissingParent { .. } => "missing_parent",
            Self::MissingDependency { .. } => "missing_dependency",
            Self::AmbiguousDependency { .. } => "ambiguous_dependency",
            Self::Cycle { .. } => "cycle",
            Self::InvalidTarget { .. } => "invalid_target",
            Self::InvalidRange { .. } => "invalid_range",
            Self::UnknownRevision { .. } => "unknown_revision",
            Self::UnknownBranch { .. } => "unknown_branch",
            Self::PrefixTooShort { .. } => "prefix_too_short",
            Self::AmbiguousPrefix { .. } => "ambiguous_prefix",
            Self::UnknownRow { .. } => "unknown_row",
            Self::NotOnBranch { .. } => "not_on_branch",
            Self::MultipleHeads { .. } => "multiple_heads",
            Self::NotOneRevision { .. } => "not_one_revision",
            Self::OverlappingTargets { .. } => "overlapping_targets",
            Self::AmbiguousWalk { .. } => "ambiguous_walk",
            Self::WalkedTooFar { .. } => "walked_too_far",
            Self::WrongDirection { .. } => "wrong_direction",
            Self::AmbiguousRows { .. } => "ambiguous_rows",
            Self::NothingApplied { .. } => "nothing_applied",
            Self::NotApplied { .. } => "not_applied",
            Self::NothingOnBranch { .. } => "nothing_on_branch",
            Self::SiblingBranches { .. } => "sibling_branches",
            Self::OverlappingStamps { .. } => "overlapping_stamps",
            Self::NotALine { .. } => "not_a_line",
        }
    }

    /// Returns the next step to take, where there is a plain one.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::DuplicateRevision { .. } => "give one of the two files another id".to_owned(),
            Self::IllegalId { .. } => {
                "an id holds none of `@ - + : ,` and no white space, and is none of `head`, `heads`, `base`, `current`"
                    .to_owned()
            }
            Self::IllegalLabel { .. } => "a label holds none of `@ + : ,` and no white space, does not end in `-` and \
                 a number, and is none of `head`, `heads`, `base`, `current`"
                .to_owned(),
            Self::DuplicateLabel { .. } => "ids and labels share one set of names: choose another label".to_owned(),
            Self::MissingParent { near, .. } | Self::MissingDependency { near, .. } => {
                did_you_mean(near).unwrap_or_else(|| "restore the file that is missing, or correct the header".to_owned())
            }
            Self::AmbiguousDependency { .. } => "write more of the id".to_owned(),
            Self::Cycle { .. } => "remove one of these `down_revision` or `depends_on` entries".to_owned(),
            Self::InvalidTarget { .. } => {
                "targets look like `head`, `heads`, `base`, `3f2a9c1b7d10`, `+1`, `-1`, `billing@head`, `3f2a-2`".to_owned()
            }
            Self::InvalidRange { .. } => "a range is `from:to`; either end may be left out".to_owned(),
            Self::UnknownRevision { near, .. } | Self::UnknownBranch { near, .. } => return did_you_mean(near),
            Self::PrefixTooShort { matches, .. } => format!("at least four characters are needed; it could mean {}", list(matches)),
            Self::AmbiguousPrefix { .. } => "type more of the id".to_owned(),
            Self::UnknownRow { near, .. } => did_you_mean(near).unwrap_or_else(|| {
                "check that the newest history is deployed; `stamp --purge TARGET` replaces the rows when it is".to_owned()
            }),
            Self::NotOnBranch { revision, .. } => format!("ask for `{revision}` alone, or name a branch that it is on"),
            Self::MultipleHeads { asked, heads } if asked.contains("heads") => {
                format!("name one of {}", list(heads))
            }
            Self::MultipleHeads { heads, .. } => {
                format!("name one of {}, ask for `heads`, or merge them into one", list(heads))
            }
            Self::NotOneRevision { .. } => "name a revision by its id".to_owned(),
            Self::OverlappingTargets { above, .. } => format!("ask for `{above}`"),
            Self::AmbiguousWalk { choices, .. } => format!("name the revision to end at, or the branch: one of {}", list(choices)),
            Self::WalkedTooFar { .. } => "ask for fewer steps, or for `head` or `base`".to_owned(),
            Self::WrongDirection { command: "upgrade", .. } => "`upgrade +N` walks up, `downgrade -N` walks down".to_owned(),
            Self::WrongDirection { .. } => "`downgrade -N` walks down, `upgrade +N` walks up".to_owned(),
            Self::AmbiguousRows { choices, .. } => format!("say which is meant: {}", list(choices)),
            Self::NothingApplied { .. } => "`current` shows what is applied".to_owned(),
            Self::NotApplied { revision } => format!("`current` shows what is applied; `upgrade {revision}` would apply it"),
            Self::NothingOnBranch { revision, .. } => {
                format!("`downgrade {revision}` undoes everything above it, whatever its branch")
            }
            Self::SiblingBranches { branch_point: Some(at), branch, .. } => {
                format!("`{branch}@{at}` stops at the branch point; `base` undoes everything")
            }
            Self::SiblingBranches { branch_point: None, .. } => "`base` undoes everything".to_owned(),
            Self::OverlappingStamps { above, .. } => format!("stamp `{above}`"),
            Self::NotALine { .. } => "give an end that is above the start".to_owned(),
        })
    }
}

/// Returns "did you mean ..." for the names that were near, if any were.
fn did_you_mean(near: &[String]) -> Option<String> {
    (!near.is_empty()).then(|| format!("did you mean {}?", any_of(near)))
}

fn any_of(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    quoted.join(" or ")
}

/// How many names a sentence lists before it says how many more there are.
const LISTED: usize = 5;

fn list(names: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for (position, name) in names.iter().take(LISTED).enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}`{}`", name.as_ref());
    }
    if names.len() > LISTED {
        let _ = write!(text, " and {} more", names.len() - LISTED);
    }
    text
}

/// Writes a way round; of a long one the first steps and the last.
fn arrow(path: &[RevisionId]) -> String {
    let quoted = |ids: &[RevisionId]| {
        ids.iter()
            .map(|id| format!("`{id}`"))
            .collect::<Vec<_>>()
            .join(" needs ")
    };
    match path {
        [start @ .., last] if start.len() > 2 * LISTED => {
            format!(
                "{} needs {} more that need `{last}`",
                quoted(&start[..LISTED]),
                start.len() - LISTED
            )
        }
        _ => quoted(path),
    }
}

fn count(available: &u64) -> String {
    match available {
        0 => "is nothing".to_owned(),
        1 => "is only 1 revision".to_owned(),
        more => format!("are only {more} revisions"),
    }
}

fn place(at: &Option<RevisionId>) -> String {
    at.as_ref()
        .map_or_else(|| "here".to_owned(), |id| format!("`{id}`"))
}

fn nothing(branch: &Option<String>) -> String {
    match branch {
        Some(branch) => format!("nothing of branch `{branch}` is"),
        None => "nothing is".to_owned(),
    }
}

/// Returns the names that look like `asked`, best first, at most three.
pub(crate) fn near<'a>(asked: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let longest_distance = (asked.chars().count() / 3).clamp(1, 3);
    let mut found: Vec<(usize, &str)> = names
        .filter(|name| name.chars().count().abs_diff(asked.chars().count()) <= longest_distance)
        .map(|name| (distance(asked, name), name))
        .filter(|&(distance, _)| distance <= longest_distance)
        .collect();
    found.sort_unstable();
    found
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Returns the edit distance with neighbouring letters swapped counted once (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(left != right))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_strangers_are_not() {
        let names = ["billing", "search", "3f2a9c1b7d10"];
        assert_eq!(near("biling", names.into_iter()), ["billing"]);
        assert_eq!(near("serach", names.into_iter()), ["search"]);
        assert_eq!(near("3f2a9c1b7d01", names.into_iter()), ["3f2a9c1b7d10"]);
        assert!(near("zz", names.into_iter()).is_empty());
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..8).map(|n| n.to_string()).collect();
        assert_eq!(list(&names), "`0`, `1`, `2`, `3`, `4` and 3 more");
    }
}
