//! `rev`'s own tables: made on first use, brought up to date by `rev` itself, never part of a diff.
//!
//! | table | rows |
//! |---|---|
//! | `rev_version` (the name is a setting) | one a head, as Alembic's |
//! | `rev_history` | one for each revision carried out, failed or stamped; only ever added to |
//! | `rev_progress` | one for each statement of a revision that is done in several transactions, while it is under way |
//!
//! Values go through sea-query; names are fixed or quoted. Every query names the schema, so no `search_path` matters.

use sea_query::{
    Alias, ColumnDef, Expr, ExprTrait, Iden, IntoTableRef, OnConflict, PostgresQueryBuilder, Query,
    SimpleExpr, Table, TableRef,
};

use super::lock::set_local;
use super::session::{Answer, Session, SessionError, TextRow};

/// Where `rev` keeps its books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    /// The schema all three tables live in.
    pub schema: String,
    /// The version table's name.
    pub version_table: String,
    /// The role that owns the tables and reads and writes them; none is whoever logs in.
    pub role: Option<String>,
}

#[derive(Iden, Clone, Copy)]
pub(crate) enum Version {
    VersionNum,
}

#[derive(Iden, Clone, Copy)]
pub(crate) enum History {
    #[iden = "rev_history"]
    Table,
    Id,
    RunId,
    Revision,
    Action,
    Message,
    StartedAt,
    FinishedAt,
    Duration,
    Status,
    Checksum,
    RawChecksum,
    UpgradeSql,
    DowngradeSql,
    RowsAffected,
    Statements,
    Error,
    DbUser,
    Host,
    Actor,
    ToolVersion,
    GitCommit,
    Tag,
    Note,
    Parents,
    DependsOn,
    BranchLabels,
    Irreversible,
}

#[derive(Iden, Clone, Copy)]
pub(crate) enum Progress {
    #[iden = "rev_progress"]
    Table,
    Revision,
    Action,
    Statement,
    Intent,
    Checksum,
    Status,
    RunId,
    LastKey,
    RowsDone,
    Estimate,
    StartedAt,
    UpdatedAt,
}

/// How many columns each table has when it is up to date; fewer means that an older `rev` made it.
const HISTORY_COLUMNS: usize = 27;
const PROGRESS_COLUMNS: usize = 12;

/// What one look at the database tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The version rows, sorted.
    pub rows: Vec<String>,
    /// Whether the version table is there.
    pub has_version_table: bool,
    /// Whether `rev_history` is there at all.
    pub has_history: bool,
    /// Whether `rev_progress` is there at all.
    pub has_progress: bool,
    /// Whether the server is a replica.
    pub in_recovery: bool,
    /// Whether it refuses writes for another reason.
    pub read_only: bool,
    /// The database's name.
    pub database: String,
    /// The role of the session.
    pub user: String,
}

/// How `rev`'s tables are built in a database: asked only where something is to be written, since it costs the server
/// more than all that the no-op path needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Whether all tables are there, and as this `rev` knows them.
    pub is_complete: bool,
    /// How many characters a version row may have; Alembic's table is `varchar(32)`.
    pub widest_row: Option<usize>,
}

impl Books {
    /// The statements of the one message that the no-op path sends: facts, then rows; the role comes before them.
    ///
    /// The second one fails where the table is missing. Asking first would cost every start a round trip, to spare
    /// one line in the log of a server that `rev` has never seen.
    pub(crate) fn look(&self) -> Vec<String> {
        let there = |name: &str| format!("{} IS NOT NULL", self.regclass(name));
        let facts = format!(
            "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only'), \
             pg_catalog.current_database(), CURRENT_USER, {}, {}, {}",
            there(&self.version_table),
            there("rev_history"),
            there("rev_progress"),
        );
        let rows = format!(
            "SELECT version_num FROM {}",
            self.quoted(&self.version_table)
        );
        self.as_role().into_iter().chain([facts, rows]).collect()
    }

    /// Makes the role that keeps the books the current one until the transaction's end, if there is such a role. A message
    /// of several statements is a transaction by itself, so this needs nothing of the session: right behind any pooler.
    pub(crate) fn as_role(&self) -> Option<String> {
        let role = self.role.clone()?;
        Some(set_local(&[("role", role)]))
    }

    /// Reads from one of the tables.
    pub(crate) async fn rows(
        &self,
        session: &mut Session,
        query: &str,
    ) -> Result<Vec<TextRow>, SessionError> {
        let role = self.as_role();
        let message: Vec<&str> = role.iter().map(String::as_str).chain([query]).collect();
        let answers = session.send(&message).await?;
        Ok(answers
            .into_iter()
            .next_back()
            .map(|answer| answer.rows)
            .unwrap_or_default())
    }

    /// The query whose only row [`Layout::read`] understands.
    pub(crate) fn layout(&self) -> String {
        format!(
            "SELECT {}, {}, (SELECT a.atttypmod - 4 FROM pg_catalog.pg_attribute a WHERE a.attrelid = {} \
             AND a.attname = 'version_num' AND a.atttypmod > 4)",
            self.columns_of("rev_history"),
            self.columns_of("rev_progress"),
            self.regclass(&self.version_table),
        )
    }

    fn regclass(&self, table: &str) -> String {
        format!(
            "pg_catalog.to_regclass({})",
            rev_sql::quote_literal(&self.quoted(table))
        )
    }

    fn columns_of(&self, table: &str) -> String {
        format!(
            "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = {} \
             AND a.attnum > 0 AND NOT a.attisdropped)",
            self.regclass(table)
        )
    }

    /// A table of ours, qualified and quoted where needed.
    pub(crate) fn quoted(&self, table: &str) -> String {
        format!(
            "{}.{}",
            rev_sql::quote_ident(&self.schema),
            rev_sql::quote_ident(table)
        )
    }

    /// The statements that make what is missing. Running them again changes nothing.
    pub(crate) fn create(&self) -> Vec<String> {
        let mut statements = Vec::new();
        if self.schema != "public" {
            statements.push(format!(
                "CREATE SCHEMA IF NOT EXISTS {}",
                rev_sql::quote_ident(&self.schema)
            ));
        }
        statements.push(
            Table::create()
                .table(self.version())
                .if_not_exists()
                .col(
                    ColumnDef::new(Version::VersionNum)
                        .text()
                        .not_null()
                        .primary_key(),
                )
                .to_string(PostgresQueryBuilder),
        );
        for (table, columns) in [
            (self.history(), history_columns()),
            (self.progress(), progress_columns()),
        ] {
            let mut create = Table::create();
            create.table(table.clone()).if_not_exists();
            for mut column in columns {
                create.col(&mut column);
            }
            statements.push(create.to_string(PostgresQueryBuilder));
        }
        statements.push(format!(
            "ALTER TABLE {} ADD COLUMN IF NOT EXISTS raw_checksum text, ADD COLUMN IF NOT EXISTS tag text, ADD COLUMN IF NOT EXISTS note text, \
             ADD COLUMN IF NOT EXISTS parents text[], ADD COLUMN IF NOT EXISTS depends_on text[], \
             ADD COLUMN IF NOT EXISTS branch_labels text[], ADD COLUMN IF NOT EXISTS irreversible text",
            self.quoted("rev_history")
        ));
        let progress = self.quoted("rev_progress");
        statements.push(format!(
            "CREATE UNIQUE INDEX IF NOT EXISTS rev_progress_key ON {progress} (revision, action, statement)"
        ));
        // A publication FOR ALL TABLES refuses updates of a table that has none.
        statements.push(format!(
            "ALTER TABLE {progress} REPLICA IDENTITY USING INDEX rev_progress_key"
        ));
        statements.push(format!(
            "CREATE INDEX IF NOT EXISTS rev_history_revision ON {} (revision, id)",
            self.quoted("rev_history")
        ));
        statements
    }

    /// Makes room for identifiers that Alembic's `varchar(32)` cannot hold.
    pub(crate) fn widen(&self) -> String {
        format!(
            "ALTER TABLE {} ALTER COLUMN version_num TYPE text",
            self.quoted(&self.version_table)
        )
    }

    /// Adds a version row.
    pub(crate) fn insert_row(&self, id: &str) -> String {
        Query::insert()
            .into_table(self.version())
            .columns([Version::VersionNum])
            .values_panic([id.into()])
            .to_string(PostgresQueryBuilder)
    }

    /// Takes a version row away.
    pub(crate) fn delete_row(&self, id: &str) -> String {
        Query::delete()
            .from_table(self.version())
            .and_where(Expr::col(Version::VersionNum).eq(id))
            .to_string(PostgresQueryBuilder)
    }

    /// Moves a version row on.
    pub(crate) fn update_row(&self, from: &str, to: &str) -> String {
        Query::update()
            .table(self.version())
            .value(Version::VersionNum, to)
            .and_where(Expr::col(Version::VersionNum).eq(from))
            .to_string(PostgresQueryBuilder)
    }

    pub(crate) fn version(&self) -> TableRef {
        (self.schema.clone(), self.version_table.clone()).into_table_ref()
    }

    pub(crate) fn history(&self) -> TableRef {
        (self.schema.clone(), History::Table).into_table_ref()
    }

    pub(crate) fn progress(&self) -> TableRef {
        (self.schema.clone(), Progress::Table).into_table_ref()
    }
}

impl State {
    /// Reads the answers to a message that ends with [`Books::look`].
    pub(crate) fn of_look(answers: &[Answer]) -> State {
        match answers {
            [.., facts, rows] => State::read(
                facts.rows.first().unwrap_or(&TextRow::default()),
                Some(&rows.rows),
            ),
            _ => State::default(),
        }
    }

    /// Reads the facts and the rows of [`Books::look`] where they came one by one; `rows` is `None` where the version table is missing.
    pub(crate) fn read(facts: &super::TextRow, rows: Option<&[super::TextRow]>) -> State {
        let mut rows: Vec<String> = rows
            .unwrap_or_default()
            .iter()
            .map(|row| row.text(0).to_owned())
            .collect();
        rows.sort_unstable();
        State {
            rows,
            in_recovery: facts.is_true(0),
            read_only: facts.text(1) == "on",
            database: facts.text(2).to_owned(),
            user: facts.text(3).to_owned(),
            has_version_table: facts.is_true(4),
            has_history: facts.is_true(5),
            has_progress: facts.is_true(6),
        }
    }
}

impl Layout {
    /// Reads the answer to [`Books::layout`]; a version table that is missing is not complete.
    pub(crate) fn read(row: &super::TextRow, state: &State) -> Layout {
        let enough = |column, wanted| row.number::<usize>(column).unwrap_or(0) >= wanted;
        Layout {
            is_complete: state.has_version_table
                && enough(0, HISTORY_COLUMNS)
                && enough(1, PROGRESS_COLUMNS),
            widest_row: row.number(2),
        }
    }
}

fn history_columns() -> Vec<ColumnDef> {
    let text = |name: History| ColumnDef::new(name).text().to_owned();
    let texts = |name: History| ColumnDef::new(name).custom(Alias::new("text[]")).to_owned();
    let required = |name: History| ColumnDef::new(name).text().not_null().to_owned();
    let moment = |name: History| ColumnDef::new(name).timestamp_with_time_zone().to_owned();
    vec![
        ColumnDef::new(History::Id)
            .big_integer()
            .extra("GENERATED BY DEFAULT AS IDENTITY")
            .primary_key()
            .to_owned(),
        required(History::RunId),
        required(History::Revision),
        required(History::Action),
        text(History::Message),
        moment(History::StartedAt).not_null().to_owned(),
        moment(History::FinishedAt),
        ColumnDef::new(History::Duration)
            .interval(None, None)
            .extra("GENERATED ALWAYS AS (finished_at - started_at) STORED")
            .to_owned(),
        required(History::Status)
            .check(Expr::col(History::Status).is_in(["running", "done", "failed"]))
            .to_owned(),
        text(History::Checksum),
        text(History::RawChecksum),
        text(History::UpgradeSql),
        text(History::DowngradeSql),
        ColumnDef::new(History::RowsAffected)
            .big_integer()
            .to_owned(),
        ColumnDef::new(History::Statements).integer().to_owned(),
        text(History::Error),
        text(History::DbUser)
            .default(Expr::cust("SESSION_USER"))
            .to_owned(),
        text(History::Host),
        text(History::Actor),
        text(History::ToolVersion),
        text(History::GitCommit),
        text(History::Tag),
        text(History::Note),
        texts(History::Parents),
        texts(History::DependsOn),
        texts(History::BranchLabels),
        text(History::Irreversible),
    ]
}

fn progress_columns() -> Vec<ColumnDef> {
    let text = |name: Progress| ColumnDef::new(name).text().to_owned();
    let required = |name: Progress| ColumnDef::new(name).text().not_null().to_owned();
    let number = |name: Progress| ColumnDef::new(name).big_integer().to_owned();
    let now = |name: Progress| {
        ColumnDef::new(name)
            .timestamp_with_time_zone()
            .not_null()
            .default(Expr::cust("pg_catalog.clock_timestamp()"))
            .to_owned()
    };
    vec![
        required(Progress::Revision),
        required(Progress::Action),
        ColumnDef::new(Progress::Statement)
            .integer()
            .not_null()
            .to_owned(),
        text(Progress::Intent),
        text(Progress::Checksum),
        required(Progress::Status)
            .check(Expr::col(Progress::Status).is_in(["running", "done"]))
            .to_owned(),
        text(Progress::RunId),
        text(Progress::LastKey),
        number(Progress::RowsDone),
        number(Progress::Estimate),
        now(Progress::StartedAt),
        now(Progress::UpdatedAt),
    ]
}

/// Where a revision stands in the graph, as its file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphPlace {
    /// Its parents; none for a base.
    pub parents: Vec<String>,
    /// The revisions it depends on.
    pub depends_on: Vec<String>,
    /// The branch labels it gives.
    pub branch_labels: Vec<String>,
    /// Why there is no way back.
    pub irreversible: Option<String>,
}

/// An array as SQL.
fn array(items: Option<&[String]>) -> SimpleExpr {
    let Some(items) = items else {
        return Expr::cust("NULL");
    };
    let items: Vec<_> = items
        .iter()
        .map(|item| rev_sql::quote_literal(item))
        .collect();
    Expr::cust(format!("ARRAY[{}]::text[]", items.join(", ")))
}

/// One line of `rev_history`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry<'a> {
    pub run_id: &'a str,
    pub revision: &'a str,
    pub action: &'a str,
    pub message: &'a str,
    /// Server time in text; `None` is the start of the transaction.
    pub started_at: Option<&'a str>,
    pub status: &'a str,
    pub checksum: Option<&'a str>,
    pub raw_checksum: Option<&'a str>,
    pub upgrade_sql: Option<&'a str>,
    pub downgrade_sql: Option<&'a str>,
    pub rows_affected: Option<u64>,
    pub statements: usize,
    pub error: Option<&'a str>,
    pub host: &'a str,
    pub actor: &'a str,
    pub git_commit: Option<&'a str>,
    pub tag: Option<&'a str>,
    /// What else is worth knowing, such as statements left out.
    pub note: Option<&'a str>,
    /// What a database must know to step back where the file is gone; none for a stamp.
    pub place: Option<&'a GraphPlace>,
}

impl Books {
    /// Writes a line of history.
    pub(crate) fn insert_history(&self, entry: &Entry<'_>) -> String {
        let started: SimpleExpr = match entry.started_at {
            Some(moment) => Expr::cust(format!(
                "{}::pg_catalog.timestamptz",
                rev_sql::quote_literal(moment)
            )),
            None => Expr::cust("pg_catalog.transaction_timestamp()"),
        };
        let finished: SimpleExpr = if entry.status == "running" {
            Option::<String>::None.into()
        } else {
            Expr::cust("pg_catalog.clock_timestamp()")
        };
        Query::insert()
            .into_table(self.history())
            .columns([
                History::RunId,
                History::Revision,
                History::Action,
                History::Message,
                History::StartedAt,
                History::FinishedAt,
                History::Status,
                History::Checksum,
                History::RawChecksum,
                History::UpgradeSql,
                History::DowngradeSql,
                History::RowsAffected,
                History::Statements,
                History::Error,
                History::Host,
                History::Actor,
                History::ToolVersion,
                History::GitCommit,
                History::Tag,
                History::Note,
                History::Parents,
                History::DependsOn,
                History::BranchLabels,
                History::Irreversible,
            ])
            .values_panic([
                entry.run_id.into(),
                entry.revision.into(),
                entry.action.into(),
                entry.message.into(),
                started,
                finished,
                entry.status.into(),
                entry.checksum.into(),
                entry.raw_checksum.into(),
                entry.upgrade_sql.into(),
                entry.downgrade_sql.into(),
                entry
                    .rows_affected
                    .map(|rows| i64::try_from(rows).unwrap_or(i64::MAX))
                    .into(),
                i32::try_from(entry.statements).unwrap_or(i32::MAX).into(),
                entry.error.into(),
                entry.host.into(),
                entry.actor.into(),
                env!("CARGO_PKG_VERSION").into(),
                entry.git_commit.into(),
                entry.tag.into(),
                entry.note.into(),
                array(entry.place.map(|place| place.parents.as_slice())),
                array(entry.place.map(|place| place.depends_on.as_slice())),
                array(entry.place.map(|place| place.branch_labels.as_slice())),
                entry
                    .place
                    .and_then(|place| place.irreversible.as_deref())
                    .into(),
            ])
            .to_string(PostgresQueryBuilder)
    }

    /// Ends the running line of a revision.
    pub(crate) fn finish_history(
        &self,
        run_id: &str,
        revision: &str,
        status: &str,
        rows: Option<u64>,
        words: Option<&str>,
    ) -> String {
        // What is said of a failure is its error; of a success, a note.
        let column = if status == "failed" {
            History::Error
        } else {
            History::Note
        };
        let rows = rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
        Query::update()
            .table(self.history())
            .value(History::Status, status)
            .value(
                History::FinishedAt,
                Expr::cust("pg_catalog.clock_timestamp()"),
            )
            .value(History::RowsAffected, rows)
            .value(column, words)
            .and_where(Expr::col(History::RunId).eq(run_id))
            .and_where(Expr::col(History::Revision).eq(revision))
            .and_where(Expr::col(History::Status).eq("running"))
            .to_string(PostgresQueryBuilder)
    }

    /// Marks what a run that died left behind as failed: whoever holds the lock knows that nobody works on it.
    pub(crate) fn bury_history(&self, run_id: &str) -> String {
        Query::update()
            .table(self.history())
            .value(History::Status, "failed")
            .value(History::Error, "interrupted; a later run took over")
            .and_where(Expr::col(History::Status).eq("running"))
            .and_where(Expr::col(History::RunId).ne(run_id))
            .to_string(PostgresQueryBuilder)
    }

    /// Writes down that a statement is about to run, or that it is done.
    pub(crate) fn note_progress(&self, note: &ProgressNote<'_>) -> String {
        let number = i32::try_from(note.statement).unwrap_or(i32::MAX);
        Query::insert()
            .into_table(self.progress())
            .columns([
                Progress::Revision,
                Progress::Action,
                Progress::Statement,
                Progress::Intent,
                Progress::Checksum,
                Progress::Status,
                Progress::RunId,
                Progress::LastKey,
                Progress::RowsDone,
                Progress::Estimate,
            ])
            .values_panic([
                note.revision.into(),
                note.action.into(),
                number.into(),
                note.intent.into(),
                note.checksum.into(),
                note.status.into(),
                note.run_id.into(),
                note.last_key.into(),
                i64::try_from(note.rows_done).unwrap_or(i64::MAX).into(),
                note.estimate
                    .map(|rows| i64::try_from(rows).unwrap_or(i64::MAX))
                    .into(),
            ])
            .on_conflict(
                OnConflict::columns([Progress::Revision, Progress::Action, Progress::Statement])
                    .update_columns([
                        Progress::Intent,
                        Progress::Checksum,
                        Progress::Status,
                        Progress::RunId,
                        Progress::LastKey,
                        Progress::RowsDone,
                        Progress::Estimate,
                    ])
                    .value(
                        Progress::UpdatedAt,
                        Expr::cust("pg_catalog.clock_timestamp()"),
                    )
                    .to_owned(),
            )
            .to_string(PostgresQueryBuilder)
    }

    /// Forgets the notes of a revision that is finished.
    pub(crate) fn clear_progress(&self, revision: &str) -> String {
        Query::delete()
            .from_table(self.progress())
            .and_where(Expr::col(Progress::Revision).eq(revision))
            .to_string(PostgresQueryBuilder)
    }

    /// What is noted of a revision under way.
    pub(crate) fn read_progress(&self, revision: &str, action: &str) -> String {
        Query::select()
            .columns([
                Progress::Statement,
                Progress::Checksum,
                Progress::Status,
                Progress::LastKey,
                Progress::RowsDone,
                Progress::Estimate,
                Progress::Intent,
            ])
            .from(self.progress())
            .and_where(Expr::col(Progress::Revision).eq(revision))
            .and_where(Expr::col(Progress::Action).eq(action))
            .order_by(Progress::Statement, sea_query::Order::Asc)
            .to_string(PostgresQueryBuilder)
    }
}

/// One line of `rev_progress`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProgressNote<'a> {
    pub revision: &'a str,
    pub action: &'a str,
    pub statement: usize,
    pub intent: Option<&'a str>,
    pub checksum: &'a str,
    pub status: &'a str,
    pub run_id: &'a str,
    pub last_key: Option<&'a str>,
    pub rows_done: u64,
    pub estimate: Option<u64>,
}
