//! A proxy between `rev` and the server: it listens to what is asked, swallows answers and cuts connections.

use crate::world::{World, world};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

/// What the proxy does to one message, by its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Passes it on.
    Pass,
    /// Passes it on, waits for the server to carry it out, and cuts the connection before the answer.
    SwallowAnswer,
    /// Cuts the connection before the message reaches the server.
    Cut,
}

type Rule = Box<dyn FnMut(&str) -> Deed + Send>;

/// A socket folder that leads to the server through the proxy.
pub struct Proxy {
    folder: tempfile::TempDir,
    queries: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<u32>>,
}

impl Proxy {
    /// Starts one in front of the world's server.
    pub fn before(world: &World, rule: impl FnMut(&str) -> Deed + Send + 'static) -> Proxy {
        Proxy::start(world, rule, None)
    }

    /// Starts one behind which the server's greeting says that it is of this version.
    pub fn claiming(world: &World, version: &'static str) -> Proxy {
        Proxy::start(world, |_| Deed::Pass, Some(version))
    }

    fn start(
        world: &World,
        rule: impl FnMut(&str) -> Deed + Send + 'static,
        claim: Option<&'static str>,
    ) -> Proxy {
        let folder = tempfile::Builder::new()
            .prefix("rp-")
            .tempdir_in("/tmp")
            .expect("a folder");
        let real = world
            .database
            .server()
            .socket_directory()
            .join(".s.PGSQL.5432");
        let real = if real.exists() {
            real
        } else {
            socket_in(world.database.server().socket_directory())
        };
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).expect("a socket");
        let queries = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(rule)));
        let (seen, count) = (queries.clone(), connections.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                *count.lock().expect("no poison") += 1;
                let Ok(server) = UnixStream::connect(&real) else {
                    continue;
                };
                let (rule, seen) = (rule.clone(), seen.clone());
                thread::spawn(move || forward(client, server, &rule, &seen, claim));
            }
        });
        Proxy {
            folder,
            queries,
            connections,
        }
    }

    /// The URL that leads through the proxy.
    pub fn url(&self, world: &World) -> String {
        format!(
            "postgres:///{}?host={}&port=5432&user=postgres",
            world.database.name(),
            self.folder.path().display()
        )
    }

    /// The queries that were asked, in order.
    pub fn queries(&self) -> Vec<String> {
        self.queries.lock().expect("no poison").clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> u32 {
        *self.connections.lock().expect("no poison")
    }
}

fn socket_in(folder: &std::path::Path) -> PathBuf {
    std::fs::read_dir(folder)
        .expect("the server's folder")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.starts_with(".s.PGSQL.") && !name.ends_with(".lock")
        })
        .expect("the server's socket")
}

/// Passes messages both ways until one side ends or the rule says so.
fn forward(
    mut client: UnixStream,
    mut server: UnixStream,
    rule: &Mutex<Rule>,
    seen: &Mutex<Vec<String>>,
    mut claim: Option<&'static str>,
) {
    let (Ok(mut answers), Ok(mut back)) = (server.try_clone(), client.try_clone()) else {
        return;
    };
    let swallowing = Arc::new(Mutex::new(false));
    let is_swallowing = swallowing.clone();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = answers.read(&mut buffer) {
            if *is_swallowing.lock().expect("no poison") {
                // The server has answered, so it is done. The client shall not know.
                break;
            }
            let greeting = claim.and_then(|version| with_version(&buffer[..count], version));
            if greeting.is_some() {
                claim = None;
            }
            if back
                .write_all(greeting.as_deref().unwrap_or(&buffer[..count]))
                .is_err()
            {
                break;
            }
        }
        let _ = back.shutdown(Shutdown::Both);
        let _ = answers.shutdown(Shutdown::Both);
    });
    let mut is_first = true;
    while let Some(message) = read_message(&mut client, is_first) {
        is_first = false;
        let mut deed = Deed::Pass;
        if message[0] == b'Q' {
            let text = String::from_utf8_lossy(&message[5..message.len() - 1]).into_owned();
            deed = (rule.lock().expect("no poison"))(&text);
            seen.lock().expect("no poison").push(text);
        }
        if deed == Deed::Cut {
            break;
        }
        if deed == Deed::SwallowAnswer {
            *swallowing.lock().expect("no poison") = true;
        }
        if server.write_all(&message).is_err() {
            break;
        }
    }
    if !*swallowing.lock().expect("no poison") {
        let _ = server.shutdown(Shutdown::Both);
        let _ = client.shutdown(Shutdown::Both);
    }
}

/// A greeting in which `server_version` is another; none where it does not say its version.
fn with_version(greeting: &[u8], version: &str) -> Option<Vec<u8>> {
    let key = b"server_version\0";
    let at = greeting
        .windows(key.len())
        .position(|window| window == key)?;
    let value = at + key.len();
    let end = value + greeting[value..].iter().position(|byte| *byte == 0)?;
    let mut changed = greeting[..at - 4].to_vec();
    let length = u32::try_from(4 + key.len() + version.len() + 1).ok()?;
    changed.extend(length.to_be_bytes());
    changed.extend(key);
    changed.extend(version.as_bytes());
    changed.extend(&greeting[end..]);
    Some(changed)
}

/// One message of the client, as it is on the wire; the first has no type byte.
fn read_message(client: &mut UnixStream, is_first: bool) -> Option<Vec<u8>> {
    let head = if is_first { 4 } else { 5 };
    let mut message = vec![0; head];
    client.read_exact(&mut message).ok()?;
    let length = u32::from_be_bytes(message[head - 4..].try_into().ok()?) as usize;
    let mut body = vec![0; length.checked_sub(4)?];
    client.read_exact(&mut body).ok()?;
    message.extend(body);
    Some(message)
}

/// A world with three revisions of which the second and third insert: run twice, they would show.
fn counted() -> Option<World> {
    let world = world()?;
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TABLE a (id int);",
            "DROP TABLE a;",
        )
        .revision(
            "bbbb1111",
            "aaaa1111",
            "INSERT INTO a VALUES (1);\nCREATE TABLE b (id int);",
            "DROP TABLE b;",
        )
        .revision(
            "cccc1111",
            "bbbb1111",
            "INSERT INTO a VALUES (2);",
            "DELETE FROM a WHERE id = 2;",
        );
    Some(world)
}

fn assert_complete(world: &World) {
    assert_eq!(world.rows(), ["cccc1111"]);
    assert_eq!(
        world.database.rows("SELECT id FROM a ORDER BY 1"),
        [["1"], ["2"]]
    );
    assert_eq!(
        world
            .database
            .value("SELECT count(*) FROM rev_history WHERE status = 'done'"),
        "3"
    );
}

/// G3: the answer to each COMMIT in turn is lost. The run finds out what became of it and goes on by itself.
#[test]
fn a_lost_commit_answer_is_resolved() {
    for lost in 1..=4 {
        let Some(world) = counted() else { return };
        let mut commits = 0;
        let proxy = Proxy::before(&world, move |query| {
            if query.ends_with("COMMIT") {
                commits += 1;
                if commits == lost {
                    return Deed::SwallowAnswer;
                }
            }
            Deed::Pass
        });
        let output = world
            .project
            .rev(["-d", &proxy.url(&world), "upgrade", "head"]);
        assert_eq!(output.code, 0, "{lost}: {}", output.stderr);
        if lost > 1 {
            assert!(
                output.stderr.contains("was committed"),
                "{lost}: {}",
                output.stderr
            );
            assert!(
                proxy
                    .queries()
                    .iter()
                    .any(|query| query.contains("pg_xact_status"))
            );
        }
        assert_complete(&world);
    }
}

/// G3: the COMMIT itself is lost: nothing happened, and the revision is carried out again.
#[test]
fn a_lost_commit_is_repeated() {
    for lost in 2..=4 {
        let Some(world) = counted() else { return };
        let mut commits = 0;
        let proxy = Proxy::before(&world, move |query| {
            commits += u32::from(query.ends_with("COMMIT"));
            if query.ends_with("COMMIT") && commits == lost {
                return Deed::Cut;
            }
            Deed::Pass
        });
        let output = world
            .project
            .rev(["-d", &proxy.url(&world), "upgrade", "head"]);
        assert_eq!(output.code, 0, "{lost}: {}", output.stderr);
        assert!(
            output.stderr.contains("was aborted"),
            "{lost}: {}",
            output.stderr
        );
        assert_complete(&world);
    }
}

/// Every message in turn is the last that gets through. Afterwards one plain run completes what is left.
#[test]
fn a_connection_cut_at_every_message() {
    let mut at = 0;
    loop {
        at += 1;
        let Some(world) = counted() else { return };
        let mut count = 0;
        let proxy = Proxy::before(&world, move |_| {
            count += 1;
            if count >= at { Deed::Cut } else { Deed::Pass }
        });
        let output = world
            .project
            .rev(["-d", &proxy.url(&world), "upgrade", "head"]);
        if output.code == 0 {
            assert_complete(&world);
            assert!(at > 8, "only {at} messages?");
            return;
        }
        assert_eq!(output.code, 7, "{at}: {}", output.stderr);
        world.project.ok(["upgrade", "head"]);
        assert_complete(&world);
    }
}

/// G8: nothing to do is one connection and one query, which neither locks nor writes.
#[test]
fn the_no_op_path_is_one_query() {
    let Some(world) = counted() else { return };
    world.project.ok(["upgrade", "head"]);
    let proxy = Proxy::before(&world, |_| Deed::Pass);
    let output = world
        .project
        .ok(["-d", &proxy.url(&world), "upgrade", "head"]);
    assert!(output.stdout.contains("nothing to do"), "{}", output.stdout);
    let queries = proxy.queries();
    assert_eq!((proxy.connections(), queries.len()), (1, 1), "{queries:?}");
    for word in [
        "advisory",
        "INSERT",
        "UPDATE",
        "BEGIN",
        "CREATE",
        "set_config",
    ] {
        assert!(!queries[0].contains(word), "{word}: {queries:?}");
    }
}

/// A plain revision is two messages: everything, and COMMIT.
#[test]
fn a_plain_revision_is_two_messages() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);\nCREATE INDEX a_id ON a (id);",
        "",
    );
    world.project.ok(["ensure-version"]);
    let proxy = Proxy::before(&world, |_| Deed::Pass);
    world
        .project
        .ok(["-d", &proxy.url(&world), "upgrade", "head"]);
    let queries = proxy.queries();
    let first = queries
        .iter()
        .position(|query| query.contains("CREATE TABLE a"))
        .expect("the revision ran");
    assert!(queries[first].starts_with("BEGIN"), "{}", queries[first]);
    assert!(queries[first].contains("rev_history"), "{}", queries[first]);
    assert_eq!(queries[first + 1], "COMMIT");
}
