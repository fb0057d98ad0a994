//! One throw-away server a test process, one fresh database a test.
//!
//! The server comes from this machine's binaries, or from `REV_POSTGRES_BIN` alone when that is set: that is how one
//! suite runs on every major. It ends with the process, however that ends (see `rev_engine::dev_database`).

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rev_engine::dev_database::{Cluster, ClusterError, find};
use sqlx::{ConnectOptions, Connection, Executor};

/// A server that the tests of this process share.
#[derive(Debug)]
pub struct Server {
    cluster: Cluster,
}

/// Returns the shared server, started on the first call; none, said aloud, where this machine has no Postgres programs.
///
/// With `REV_TEST_REQUIRE_POSTGRES` set, as in CI, a missing server is a failure instead.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| match find(None).and_then(Cluster::start) {
            Ok(cluster) => Some(Server { cluster }),
            Err(ClusterError::NoBinaries { .. }) => {
                let required =
                    std::env::var_os("REV_TEST_REQUIRE_POSTGRES").is_some_and(|v| !v.is_empty());
                assert!(
                    !required,
                    "this machine has no Postgres programs, and `REV_TEST_REQUIRE_POSTGRES` is set"
                );
                skipped("this machine has no Postgres programs");
                None
            }
            Err(error) => panic!("the test server does not start: {error}"),
        })
        .as_ref()
}

/// Says that a test did not run, on the real standard error, which the test harness does not capture.
pub fn skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or("test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

/// A database of its own for one test, dropped with this value.
#[derive(Debug)]
pub struct Database {
    server: &'static Server,
    name: String,
}

/// Makes an empty database on the shared server; none, said aloud, where there is no server.
pub fn fresh_database() -> Option<Database> {
    Some(server()?.fresh_database())
}

impl Server {
    /// Makes an empty database.
    pub fn fresh_database(&'static self) -> Database {
        let name = unique_name();
        self.execute("postgres", &format!("CREATE DATABASE {name}"));
        Database { server: self, name }
    }

    /// Returns the server's major version.
    pub fn major(&self) -> u32 {
        self.cluster.major()
    }

    /// Returns the folder of the server's socket.
    pub fn socket_directory(&self) -> &std::path::Path {
        self.cluster.socket_directory()
    }

    /// Returns the server's process-wide cluster.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Returns the URL of one of the server's databases.
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// Runs a script in one of the server's databases; a failing one fails the test with the server's message.
    pub fn execute(&self, database: &str, script: &str) {
        if let Err(message) = self.try_execute(database, script) {
            panic!("{message}\n{script}");
        }
    }

    /// Runs a script in one of the server's databases.
    ///
    /// # Errors
    /// The server's message.
    pub fn try_execute(&self, database: &str, script: &str) -> Result<(), String> {
        let url = self.url(database);
        let script = script.to_owned();
        on_own_runtime(async move {
            let mut session = connect(&url).await;
            let done = session
                .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(script)))
                .await;
            let _ = session.close().await;
            done.map(drop).map_err(|error| server_message(&error))
        })
    }
}

impl Database {
    /// Returns the database's URL.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Returns the database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the database's server.
    pub fn server(&self) -> &'static Server {
        self.server
    }

    /// Runs a script; a failing one fails the test with the server's message.
    pub fn execute(&self, script: &str) {
        self.server.execute(&self.name, script);
    }

    /// Runs a script.
    ///
    /// # Errors
    /// The server's message.
    pub fn try_execute(&self, script: &str) -> Result<(), String> {
        self.server.try_execute(&self.name, script)
    }

    /// Returns the rows of a query as text, NULL as an empty text; every column is cast by the query's own means.
    pub fn rows(&self, query: &str) -> Vec<Vec<String>> {
        let url = self.url();
        let query = query.to_owned();
        on_own_runtime(async move {
            let mut session = connect(&url).await;
            let rows = match session
                .fetch_all(sqlx::raw_sql(sqlx::AssertSqlSafe(query.clone())))
                .await
            {
                Ok(rows) => rows,
                Err(error) => panic!("{}\n{query}", server_message(&error)),
            };
            let _ = session.close().await;
            rows.iter().map(texts).collect()
        })
    }

    /// Returns the one value of a query as text.
    pub fn value(&self, query: &str) -> String {
        self.rows(query)
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
            .unwrap_or_default()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that fails must show its own message, not that of the cleaning; and the server goes anyway.
        let server = self.server;
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let url = server.url("postgres");
        on_own_runtime(async move {
            if let Ok(options) = url.parse::<sqlx::postgres::PgConnectOptions>()
                && let Ok(mut session) = options.connect().await
            {
                let _ = session
                    .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(drop)))
                    .await;
            }
        });
    }
}

/// Text of every column: the simple protocol, which `raw_sql` speaks, sends nothing else.
fn texts(row: &sqlx::postgres::PgRow) -> Vec<String> {
    use sqlx::{Row, ValueRef};
    (0..row.len())
        .map(|index| match row.try_get_raw(index) {
            Ok(value) if !value.is_null() => value.as_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        })
        .collect()
}

fn server_message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |e| e.message().to_owned())
}

async fn connect(url: &str) -> sqlx::PgConnection {
    let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL of our own making");
    options
        .connect()
        .await
        .unwrap_or_else(|error| panic!("connect to {url}: {error}"))
}

/// Runs a future on a thread of its own, so that tests with and without a runtime may both call.
fn on_own_runtime<T: Send>(future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(future)
        });
        match thread.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn unique_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}
