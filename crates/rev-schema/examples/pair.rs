//! Takes old schemas to new ones and back, for work on the kinds.
//!
//! `pair [--online] [--show] SERVER_URL DIR…`: each DIR holds `old.sql` and `new.sql`, loaded with psql. The catalogue
//! after the upgrade must equal that of `new.sql`, after the downgrade that of `old.sql`, and so must their pg_dump.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use rev_schema::{Catalog, DiffOptions, Scope, catalog_script, diff};
use sqlx::{Connection, Executor, PgConnection, Row, ValueRef, raw_sql};

type Failure = Box<dyn Error>;

fn psql(url: &str, file: Option<&Path>, sql: &str) -> Result<String, Failure> {
    let bin = std::env::var("PGBIN")
        .map(|dir| format!("{dir}/psql"))
        .unwrap_or_else(|_| "psql".to_owned());
    let mut command = Command::new(bin);
    command
        .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url])
        .env("PGOPTIONS", "-c client_min_messages=error");
    match file {
        Some(file) => command.arg("-f").arg(file),
        None => command.args(["-c", sql]),
    };
    let output = command.output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr)
            .trim()
            .to_owned()
            .into())
    }
}

/// The dump as entries, with the order of columns and of grants taken out.
fn dump(url: &str) -> Result<Vec<String>, Failure> {
    let bin = std::env::var("PGBIN")
        .map(|dir| format!("{dir}/pg_dump"))
        .unwrap_or_else(|_| "pg_dump".to_owned());
    let output = Command::new(bin)
        .args(["--schema-only", "--no-owner", "-d", url])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr)
            .trim()
            .to_owned()
            .into());
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut entries = Vec::new();
    for part in text.split("\n--\n-- Name: ").skip(1) {
        let (head, body) = part.split_once("\n--\n").unwrap_or((part, ""));
        let mut head: Vec<&str> = head.split("; ").collect();
        head.pop();
        let body: Vec<&str> = body
            .lines()
            .filter(|line| {
                !line.starts_with("SET default_")
                    && !line.starts_with('\\')
                    && !line.starts_with("--")
                    && !line.trim().is_empty()
            })
            .collect();
        let mut body = body.join("\n");
        if head.iter().any(|word| word.ends_with("ACL")) {
            let mut lines: Vec<_> = body.lines().collect();
            lines.sort_unstable();
            body = lines.join("\n");
        }
        if head
            .iter()
            .any(|word| *word == "Type: TABLE" || *word == "Type: FOREIGN TABLE")
            && let Some((start, rest)) = body.split_once("(\n")
            && let Some((columns, tail)) = rest.split_once("\n)")
        {
            let mut columns: Vec<_> = columns
                .lines()
                .map(|line| line.trim_end_matches(','))
                .collect();
            columns.sort_unstable();
            body = format!("{start}(\n{}\n){tail}", columns.join("\n"));
        }
        entries.push(format!("{} :: {body}", head.join("; ")));
    }
    entries.sort();
    Ok(entries)
}

async fn connect(url: &str) -> Result<PgConnection, Failure> {
    let mut connection = PgConnection::connect(url).await?;
    connection
        .execute(raw_sql(
            "SET search_path = public; SET client_min_messages = error",
        ))
        .await?;
    Ok(connection)
}

async fn read(url: &str) -> Result<Catalog, Failure> {
    let mut connection = connect(url).await?;
    let version: String = sqlx::query_scalar("SHOW server_version_num")
        .fetch_one(&mut connection)
        .await?;
    let version: u32 = version.parse()?;
    let scope = Scope::default();
    let mut rows = Vec::new();
    for query in catalog_script(version, &scope) {
        let name = query.name;
        let fetched = connection
            .fetch_all(raw_sql(sqlx::AssertSqlSafe(query.sql.clone())))
            .await;
        let fetched = fetched.map_err(|error| format!("{name}: {error}\n{}", query.sql))?;
        let mut table = Vec::new();
        for row in &fetched {
            let mut values = Vec::new();
            for at in 0..row.len() {
                let raw = row.try_get_raw(at)?;
                values.push(if raw.is_null() {
                    None
                } else {
                    Some(raw.as_str().map_err(|error| error.to_string())?.to_owned())
                });
            }
            table.push(values);
        }
        rows.push(table);
    }
    connection.close().await?;
    Ok(Catalog::load(version, &scope, rows)?)
}

const IDENTITIES: &str = "select c.oid::regclass || ' ' || c.oid || ' ' || coalesce(string_agg(a.attname || ':' || a.attnum, ',' order by a.attnum), '') \
    from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' group by c.oid";

/// A table's name and OID, and the numbers of its columns.
type Identities = Vec<(String, String, Vec<(String, String)>)>;

fn identities(url: &str) -> Result<Identities, Failure> {
    let mut all = Vec::new();
    for line in psql(url, None, IDENTITIES)?.lines() {
        let mut parts = line.rsplitn(3, ' ');
        let columns = parts.next().unwrap_or("");
        let oid = parts.next().unwrap_or("").to_owned();
        let name = parts.next().unwrap_or("").to_owned();
        let columns = columns
            .split(',')
            .filter_map(|c| c.rsplit_once(':'))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect();
        all.push((name, oid, columns));
    }
    Ok(all)
}

async fn apply(url: &str, changes: &rev_schema::Changes) -> Result<(), Failure> {
    let mut connection = connect(url).await?;
    let mut open = false;
    for statement in &changes.statements {
        let sql = || raw_sql(sqlx::AssertSqlSafe(statement.sql.clone()));
        if open && (statement.breaks_before || !statement.in_transaction) {
            connection.execute(raw_sql("COMMIT")).await?;
            open = false;
        }
        if !open && statement.in_transaction {
            connection.execute(raw_sql("BEGIN")).await?;
            open = true;
        }
        connection.execute(sql()).await.map_err(|error| {
            let detail = match &error {
                sqlx::Error::Database(error) => error.message().to_owned(),
                other => other.to_string(),
            };
            format!("{detail}\n    {}", statement.sql)
        })?;
    }
    if open {
        connection.execute(raw_sql("COMMIT")).await?;
    }
    connection.close().await?;
    Ok(())
}

fn lines(got: &[String], want: &[String]) -> String {
    let mut text = String::new();
    for entry in want.iter().filter(|entry| !got.contains(entry)).take(4) {
        text.push_str(&format!("\n  missing: {entry}"));
    }
    for entry in got.iter().filter(|entry| !want.contains(entry)).take(4) {
        text.push_str(&format!("\n  extra:   {entry}"));
    }
    text
}

fn states(catalog: &Catalog) -> Vec<String> {
    catalog
        .objects()
        .iter()
        .map(|object| {
            format!(
                "{} {:?}",
                object.id,
                object
                    .state()
                    .filter(|(_, value)| value.is_some())
                    .collect::<Vec<_>>()
            )
        })
        .collect()
}

async fn one(
    server: &str,
    dir: &Path,
    prefix: &str,
    options: &DiffOptions,
    show: bool,
) -> Result<(), Failure> {
    let url = |name: &str| {
        format!(
            "{}/{prefix}_{name}",
            server.rsplit_once('/').map_or(server, |(head, _)| head)
        )
    };
    let admin = server.to_owned();
    for name in ["old", "new"] {
        let database = format!("{prefix}_{name}");
        if let Err(error) = psql(
            &admin,
            None,
            &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
        ) {
            if !error.to_string().contains("subscription") {
                return Err(error);
            }
            let subs = psql(
                &url(name),
                None,
                "select quote_ident(subname) from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())",
            )?;
            for sub in subs.lines() {
                psql(
                    &url(name),
                    None,
                    &format!("ALTER SUBSCRIPTION {sub} DISABLE"),
                )?;
                psql(
                    &url(name),
                    None,
                    &format!("ALTER SUBSCRIPTION {sub} SET (slot_name = NONE)"),
                )?;
                psql(&url(name), None, &format!("DROP SUBSCRIPTION {sub}"))?;
            }
            psql(
                &admin,
                None,
                &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
            )?;
        }
        psql(
            &admin,
            None,
            &format!(
                "CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            ),
        )?;
        psql(&url(name), Some(&dir.join(format!("{name}.sql"))), "")
            .map_err(|error| format!("load: {name}: {error}"))?;
    }
    let (was, wanted) = (read(&url("old")).await?, read(&url("new")).await?);
    let (old_dump, new_dump) = (dump(&url("old"))?, dump(&url("new"))?);
    let before = identities(&url("old"))?;
    let up = diff(&was, &wanted, options).map_err(|error| format!("diff: {error}"))?;
    if show {
        for line in &up.summary {
            println!("{line}");
        }
        println!("{}", up.script());
    }
    apply(&url("old"), &up)
        .await
        .map_err(|error| format!("upgrade: {error}"))?;
    let now = read(&url("old")).await?;
    let got = dump(&url("old"))?;
    if got != new_dump {
        return Err(format!("upgrade differs:{}", lines(&got, &new_dump)).into());
    }
    let after = identities(&url("old"))?;
    for (table, oid, columns) in &before {
        if let Some((_, now, found)) = after.iter().find(|(name, ..)| name == table) {
            if now != oid {
                return Err(format!("remade {table}").into());
            }
            for (column, number) in columns {
                if found
                    .iter()
                    .any(|(name, now)| name == column && now != number)
                {
                    return Err(format!("remade {table}.{column}").into());
                }
            }
        }
    }
    let again = diff(&now, &wanted, options)?;
    if !again.is_empty() {
        return Err(format!(
            "phantom: {}{}",
            again.script(),
            lines(&states(&now), &states(&wanted))
        )
        .into());
    }
    let down = diff(&wanted, &was, options).map_err(|error| format!("diff back: {error}"))?;
    if show {
        println!("-- downgrade\n{}", down.script());
    }
    apply(&url("old"), &down)
        .await
        .map_err(|error| format!("downgrade: {error}"))?;
    let got = dump(&url("old"))?;
    if got != old_dump {
        return Err(format!("downgrade differs:{}", lines(&got, &old_dump)).into());
    }
    let back = diff(&read(&url("old")).await?, &was, options)?;
    if !back.is_empty() {
        return Err(format!("phantom back: {}", back.script()).into());
    }
    Ok(())
}

fn main() {
    let mut options = DiffOptions::default();
    let (mut show, mut prefix) = (false, "schema_pair".to_owned());
    let mut rest = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--online" => options.online = true,
            "--show" => show = true,
            other => match other.strip_prefix("--prefix=") {
                Some(name) => prefix = name.to_owned(),
                None => rest.push(argument),
            },
        }
    }
    let Some((server, dirs)) = rest.split_first() else {
        eprintln!("pair [--online] [--show] SERVER_URL DIR…");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let mut good = 0;
    for dir in dirs {
        match runtime.block_on(one(server, Path::new(dir), &prefix, &options, show)) {
            Ok(()) => good += 1,
            Err(error) => println!("{dir}: {error}"),
        }
    }
    println!("{good} of {} good", dirs.len());
}
