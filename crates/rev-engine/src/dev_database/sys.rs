//! The few questions to the operating system that the standard library does not answer.

use std::path::Path;

/// Returns whether this process runs as root.
pub(super) fn is_root() -> bool {
    effective_uid() == 0
}

/// Returns the effective user id of this process.
#[expect(unsafe_code, reason = "geteuid has no preconditions and cannot fail")]
pub(super) fn effective_uid() -> u32 {
    unsafe { libc::geteuid() }
}

/// A signal that a server is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Nothing is sent; only asks whether the process exists.
    Exists,
    /// "Fast" shutdown: sessions are ended, data are written.
    Interrupt,
    /// "Immediate" shutdown: nothing is written.
    Quit,
    /// The end that cannot be refused.
    Kill,
}

/// Sends a signal to a process; false when there is no such process or it is not ours.
#[expect(
    unsafe_code,
    reason = "kill takes two integers and touches no memory of ours"
)]
pub(super) fn signal(pid: i32, signal: Signal) -> bool {
    // 0 and negative numbers mean whole process groups, which is never meant here.
    if pid <= 1 {
        return false;
    }
    let number = match signal {
        Signal::Exists => 0,
        Signal::Interrupt => libc::SIGINT,
        Signal::Quit => libc::SIGQUIT,
        Signal::Kill => libc::SIGKILL,
    };
    unsafe { libc::kill(pid, number) == 0 }
}

/// A line of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Returns the account that a server started by root runs as: Postgres refuses to run as root.
///
/// The file is read directly: a static binary has no name service to ask.
pub(super) fn unprivileged_account() -> Account {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    find_account(&passwd, "postgres")
        .or_else(|| find_account(&passwd, "nobody"))
        .unwrap_or(Account {
            name: "nobody".to_owned(),
            uid: 65534,
            gid: 65534,
        })
}

fn find_account(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account {
            name: name.to_owned(),
            uid,
            gid,
        })
    })
}

/// Returns the postmaster's process id from a data directory, when that process is really its server.
///
/// A stale `postmaster.pid` may name a process that has nothing to do with Postgres, so the working
/// directory (every server process sits in its data directory) or the command line is compared.
pub(super) fn postmaster_of(data: &Path) -> Option<i32> {
    let pid: i32 = std::fs::read_to_string(data.join("postmaster.pid"))
        .ok()?
        .lines()
        .next()?
        .trim()
        .parse()
        .ok()?;
    if !signal(pid, Signal::Exists) {
        return None;
    }
    let wanted = data.canonicalize().ok()?;
    if let Ok(cwd) = std::fs::read_link(format!("/proc/{pid}/cwd")) {
        return (cwd == wanted).then_some(pid);
    }
    let listed = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let command = String::from_utf8_lossy(&listed.stdout).into_owned();
    (command.contains(&*data.to_string_lossy()) || command.contains(&*wanted.to_string_lossy()))
        .then_some(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_passwd_lines() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:admin:/var/lib:/bin/sh\nbroken\n";
        assert_eq!(
            find_account(passwd, "postgres"),
            Some(Account {
                name: "postgres".to_owned(),
                uid: 101,
                gid: 104
            })
        );
        assert_eq!(find_account(passwd, "nobody"), None);
    }

    #[test]
    fn process_groups_are_never_signalled() {
        assert!(!signal(0, Signal::Exists));
        assert!(!signal(-1, Signal::Exists));
        assert!(signal(std::process::id() as i32, Signal::Exists));
    }
}
