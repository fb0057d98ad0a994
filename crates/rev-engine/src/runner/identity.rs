//! Who runs this, for the history and for whoever looks at `pg_stat_activity`.

use crate::ports::IdSource;
use crate::variables::Variables;
use std::path::Path;

/// One run of `rev`.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// Names this run in `rev_history`; 32 hex digits.
    pub run_id: String,
    /// The machine or container.
    pub host: String,
    /// The person or job, as far as the environment tells.
    pub actor: String,
    /// The commit the revisions come from, where the environment or a checkout tells.
    pub git_commit: Option<String>,
}

/// Variables in which build systems put the commit.
const COMMIT_VARIABLES: &[&str] = &[
    "REV_GIT_COMMIT",
    "GIT_COMMIT",
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "SOURCE_VERSION",
    "COMMIT_SHA",
];

/// Variables that name whoever started this.
const ACTOR_VARIABLES: &[&str] = &[
    "REV_ACTOR",
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "SUDO_USER",
    "USER",
];

impl Identity {
    /// Collects what the environment tells.
    #[must_use]
    pub fn of(variables: &Variables, ids: &dyn IdSource, root: &Path) -> Identity {
        let first = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| variables.get(name))
                .map(str::to_owned)
        };
        Identity {
            run_id: ids
                .random()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            host: host_name(variables),
            actor: first(ACTOR_VARIABLES).unwrap_or_default(),
            git_commit: first(COMMIT_VARIABLES).or_else(|| checked_out_commit(root)),
        }
    }

    /// The short form of the run's name.
    #[must_use]
    pub fn short(&self) -> &str {
        self.run_id.get(..8).unwrap_or(&self.run_id)
    }

    /// `application_name` of the connection that does the work.
    #[must_use]
    pub fn worker_name(&self) -> String {
        format!("rev run {}", self.short())
    }

    /// `application_name` of the connection that holds the lock.
    #[must_use]
    pub fn guard_name(&self) -> String {
        format!("rev lock {}", self.short())
    }
}

fn host_name(variables: &Variables) -> String {
    if let Ok(name) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        return name.trim().to_owned();
    }
    variables.get("HOSTNAME").unwrap_or_default().to_owned()
}

/// Reads `.git` by hand: starting git would cost more than the whole no-op run.
fn checked_out_commit(root: &Path) -> Option<String> {
    let git = root
        .ancestors()
        .map(|folder| folder.join(".git"))
        .find(|path| path.exists())?;
    let git = if git.is_dir() {
        git
    } else {
        // A worktree's `.git` is a file that says where the real one is.
        let text = std::fs::read_to_string(&git).ok()?;
        root.join(text.trim().strip_prefix("gitdir: ")?)
    };
    let head = std::fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else {
        return Some(head.trim().to_owned());
    };
    let common = std::fs::read_to_string(git.join("commondir"))
        .map(|text| git.join(text.trim()))
        .unwrap_or_else(|_| git.clone());
    if let Ok(commit) = std::fs::read_to_string(common.join(reference)) {
        return Some(commit.trim().to_owned());
    }
    let packed = std::fs::read_to_string(common.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| {
        let (commit, name) = line.split_once(' ')?;
        (name == reference).then(|| commit.to_owned())
    })
}
