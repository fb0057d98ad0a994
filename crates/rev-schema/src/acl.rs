//! Access control lists: read, compared with what an object has by itself, and turned into GRANT and REVOKE.

use std::collections::BTreeMap;

use crate::name::{ident, role};

/// Stands for whoever owns the object; which role that is, is not state.
pub(crate) const OWNER: &str = "\u{1}owner";

/// (grantor, grantee) → privilege letter → whether it may be passed on. `PUBLIC` is the empty grantee.
pub(crate) type Acl = BTreeMap<(String, String), BTreeMap<char, bool>>;

/// Reads `grantee=privileges/grantor` items.
pub(crate) fn parse(items: &[String], owner: &str) -> Acl {
    let mut acl = Acl::new();
    for item in items {
        let Some((grantee, rest)) = name(item) else {
            continue;
        };
        let Some(rest) = rest.strip_prefix('=') else {
            continue;
        };
        let Some((letters, grantor)) = rest.split_once('/') else {
            continue;
        };
        let grantor = name(grantor).map(|(name, _)| name).unwrap_or_default();
        let own = |name: String| {
            if name == owner && !name.is_empty() {
                OWNER.to_owned()
            } else {
                name
            }
        };
        let entry = acl.entry((own(grantor), own(grantee))).or_default();
        let mut letters = letters.chars().peekable();
        while let Some(letter) = letters.next() {
            let passes = letters.next_if_eq(&'*').is_some();
            entry.insert(letter, passes);
        }
    }
    acl.retain(|_, privileges| !privileges.is_empty());
    acl
}

/// Reads a role name, quoted or not, and returns what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['=', '/']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c != '"' {
            name.push(c);
        } else if characters.next_if(|(_, c)| *c == '"').is_some() {
            name.push('"');
        } else {
            return Some((name, &quoted[at + 1..]));
        }
    }
    None
}

/// Writes an ACL as lines that compare.
pub(crate) fn write(acl: &Acl) -> Vec<String> {
    acl.iter()
        .map(|((grantor, grantee), privileges)| {
            let letters: String = privileges
                .iter()
                .map(|(letter, passes)| {
                    if *passes {
                        format!("{letter}*")
                    } else {
                        letter.to_string()
                    }
                })
                .collect();
            format!("{grantor}\t{grantee}\t{letters}")
        })
        .collect()
}

/// Reads what [`write()`] wrote.
pub(crate) fn read(lines: &[String]) -> Acl {
    let mut acl = Acl::new();
    for line in lines {
        let mut parts = line.split('\t');
        let (grantor, grantee) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let mut entry = BTreeMap::new();
        let mut letters = parts.next().unwrap_or("").chars().peekable();
        while let Some(letter) = letters.next() {
            entry.insert(letter, letters.next_if_eq(&'*').is_some());
        }
        acl.insert((grantor.to_owned(), grantee.to_owned()), entry);
    }
    acl
}

fn word(letter: char) -> &'static str {
    match letter {
        'r' => "SELECT",
        'a' => "INSERT",
        'w' => "UPDATE",
        'd' => "DELETE",
        'D' => "TRUNCATE",
        'x' => "REFERENCES",
        't' => "TRIGGER",
        'm' => "MAINTAIN",
        'X' => "EXECUTE",
        'U' => "USAGE",
        'C' => "CREATE",
        'T' => "TEMPORARY",
        'c' => "CONNECT",
        's' => "SET",
        _ => "ALTER SYSTEM",
    }
}

/// Returns every privilege that an object of this `acldefault` type can have.
pub(crate) fn all(object_type: char, version: u32) -> &'static str {
    match object_type {
        'r' if version >= 170_000 => "arwdDxtm",
        'r' => "arwdDxt",
        'c' => "arwx",
        's' | 'L' => "rwU",
        'f' => "X",
        'n' => "UC",
        _ => "U",
    }
}

/// What privileges are on, as GRANT writes it.
pub(crate) struct Target<'a> {
    /// `TABLE sale`, or `TABLES` for default privileges.
    pub name: String,
    /// The column, for privileges on one.
    pub column: Option<String>,
    /// `acldefault`'s letter.
    pub object_type: char,
    /// What stands before GRANT: `ALTER DEFAULT PRIVILEGES …`.
    pub prefix: String,
    /// The role that owns the object while the statements run.
    pub owner: &'a str,
    /// `server_version_num`.
    pub version: u32,
}

impl Target<'_> {
    fn words(&self, letters: &[char]) -> String {
        let whole = all(self.object_type, self.version);
        let column = self
            .column
            .as_ref()
            .map(|name| format!(" ({})", ident(name)))
            .unwrap_or_default();
        if letters.len() == whole.len() && letters.iter().all(|letter| whole.contains(*letter)) {
            return format!("ALL{column}");
        }
        // In the order the documentation lists them.
        let mut letters = letters.to_vec();
        letters.sort_by_key(|letter| "rawdDxtmXUCTcsA".find(*letter));
        letters
            .iter()
            .map(|letter| format!("{}{column}", word(*letter)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn grantee(&self, name: &str) -> String {
        match name {
            OWNER => ident(self.owner),
            name => role(name),
        }
    }
}

/// Returns the statements from one ACL to another.
pub(crate) fn change(from: &Acl, to: &Acl, target: &Target<'_>) -> Vec<String> {
    let none = BTreeMap::new();
    let mut keys: Vec<_> = from.keys().chain(to.keys()).collect();
    // What the owner grants comes before what others pass on.
    keys.sort_by_key(|(grantor, grantee)| (grantor != OWNER, grantor.clone(), grantee.clone()));
    keys.dedup();
    let mut statements = Vec::new();
    let mut grants: Vec<(String, Vec<String>, bool)> = Vec::new();
    for key in keys {
        let (was, is) = (from.get(key).unwrap_or(&none), to.get(key).unwrap_or(&none));
        let (grantor, grantee) = key;
        let who = target.grantee(grantee);
        let pick = |test: &dyn Fn(char) -> bool| -> Vec<char> {
            was.keys()
                .chain(is.keys())
                .copied()
                .filter(|letter| test(*letter))
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect()
        };
        let mut own = Vec::new();
        let revoked = pick(&|letter| was.contains_key(&letter) && !is.contains_key(&letter));
        if !revoked.is_empty() {
            own.push(format!(
                "{}REVOKE {} ON {} FROM {who}",
                target.prefix,
                target.words(&revoked),
                target.name
            ));
        }
        let bound =
            pick(&|letter| was.get(&letter) == Some(&true) && is.get(&letter) == Some(&false));
        if !bound.is_empty() {
            own.push(format!(
                "{}REVOKE GRANT OPTION FOR {} ON {} FROM {who}",
                target.prefix,
                target.words(&bound),
                target.name
            ));
        }
        let plain = pick(&|letter| !was.contains_key(&letter) && is.get(&letter) == Some(&false));
        let passing =
            pick(&|letter| was.get(&letter) != Some(&true) && is.get(&letter) == Some(&true));
        let foreign = grantor != OWNER;
        for (letters, passes) in [(plain, false), (passing, true)] {
            if letters.is_empty() {
                continue;
            }
            let what = format!(
                "{}GRANT {} ON {} TO ",
                target.prefix,
                target.words(&letters),
                target.name
            );
            if foreign {
                let option = if passes { " WITH GRANT OPTION" } else { "" };
                own.push(format!("{what}{who}{option}"));
            } else if let Some(same) = grants
                .iter_mut()
                .find(|(text, _, other)| *text == what && *other == passes)
            {
                same.1.push(who.clone());
            } else {
                grants.push((what, vec![who.clone()], passes));
            }
        }
        if foreign && !own.is_empty() && target.prefix.is_empty() {
            flush(&mut grants, &mut statements);
            statements.push(format!("SET LOCAL ROLE {}", ident(grantor)));
            statements.append(&mut own);
            statements.push("RESET ROLE".to_owned());
        } else {
            statements.append(&mut own);
        }
    }
    flush(&mut grants, &mut statements);
    statements
}

fn flush(grants: &mut Vec<(String, Vec<String>, bool)>, statements: &mut Vec<String>) {
    for (what, who, passes) in grants.drain(..) {
        let option = if passes { " WITH GRANT OPTION" } else { "" };
        statements.push(format!("{what}{}{option}", who.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &[&str], to: &[&str], expected: &[&str]) {
        let own = |items: &[&str]| {
            parse(
                &items
                    .iter()
                    .map(|item| (*item).to_owned())
                    .collect::<Vec<_>>(),
                "me",
            )
        };
        let target = Target {
            name: "TABLE sale".to_owned(),
            column: None,
            object_type: 'r',
            prefix: String::new(),
            owner: "me",
            version: 150_000,
        };
        assert_eq!(change(&own(from), &own(to), &target), expected);
    }

    #[test]
    fn grants_and_revokes() {
        check(&[], &["bob=r/me"], &["GRANT SELECT ON TABLE sale TO bob"]);
        check(
            &[],
            &["bob=r/me", "eve=r/me"],
            &["GRANT SELECT ON TABLE sale TO bob, eve"],
        );
        check(
            &["bob=rw/me"],
            &["bob=r/me"],
            &["REVOKE UPDATE ON TABLE sale FROM bob"],
        );
        check(
            &["bob=r*/me"],
            &["bob=r/me"],
            &["REVOKE GRANT OPTION FOR SELECT ON TABLE sale FROM bob"],
        );
        check(&[], &["=r/me"], &["GRANT SELECT ON TABLE sale TO PUBLIC"]);
        check(
            &[],
            &["\"a \"\"b\"=arwdDxt*/me"],
            &[
                "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES ON TABLE sale TO \"a \"\"b\"",
                "GRANT TRIGGER ON TABLE sale TO \"a \"\"b\" WITH GRANT OPTION",
            ],
        );
    }

    #[test]
    fn what_is_written_is_read() {
        let acl = parse(&["bob=r*w/me".to_owned(), "=U/eve".to_owned()], "me");
        assert_eq!(read(&write(&acl)), acl);
    }
}
