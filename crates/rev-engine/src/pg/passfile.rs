//! The password file: `host:port:database:user:password`, one login a line.

use std::path::{Path, PathBuf};

use super::address::{Address, Host};

/// Looks a password up as libpq does. A file that others may read is passed over, as libpq passes over it.
pub(super) fn password_for(address: &Address, host: &Host) -> Option<String> {
    let path = address
        .passfile
        .clone()
        .or_else(|| std::env::home_dir().map(|home| home.join(".pgpass")))?;
    let text = read_private(&path)?;
    find(&text, address, host)
}

fn read_private(path: &PathBuf) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "password file is readable by others and therefore ignored; use chmod 600");
        return None;
    }
    std::fs::read_to_string(path).ok()
}

fn find(text: &str, address: &Address, host: &Host) -> Option<String> {
    let port = host.port.to_string();
    // The default socket directory goes by the name of this host.
    let name = if Path::new(&host.name) == Path::new("/tmp")
        || Path::new(&host.name) == Path::new("/var/run/postgresql")
    {
        "localhost"
    } else {
        &host.name
    };
    let wanted = [
        name,
        &port,
        address.database.as_deref().unwrap_or(""),
        address.user.as_deref().unwrap_or(""),
    ];
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let fields = split(line);
            let password = fields.get(4)?;
            let fits = wanted
                .iter()
                .zip(&fields)
                .all(|(wanted, field)| field == "*" || field == wanted);
            fits.then(|| password.clone())
        })
}

/// Splits at colons; a backslash keeps the next character as it is. The password takes the rest of the line.
fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let last = fields.len();
        match c {
            '\\' => fields[last - 1].extend(chars.next()),
            ':' if last < 5 => fields.push(String::new()),
            c => fields[last - 1].push(c),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_wins() {
        let address = Address::parse(Some("postgres://app@db:6432/shop"), &|_| None).unwrap();
        let look = |text: &str| find(text, &address, &address.hosts[0]);
        assert_eq!(
            look("other:6432:shop:app:no\ndb:*:*:app:yes").as_deref(),
            Some("yes")
        );
        assert_eq!(look(r"db:6432:shop:app:a\:b\\c").as_deref(), Some(r"a:b\c"));
        assert_eq!(look("# db:*:*:*:x\ndb:5432:*:*:x"), None);
    }
}
