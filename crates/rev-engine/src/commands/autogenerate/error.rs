//! Why no revision is generated: a decision is missing, or a promise cannot be kept.

use rev_dag::RevisionId;
use rev_schema::{NeedsDefault, RenameQuestion};

use crate::rehearsal::Proof;

/// What stops autogenerate once both schemas are known. Nothing is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AutogenerateError {
    /// Something looks renamed, and nobody said whether it is.
    #[error("{}", question_words(.questions))]
    RenameUnanswered {
        /// What looks renamed.
        questions: Vec<RenameQuestion>,
    },
    /// A new column must not be null, and rows would be.
    #[error("the new column `{}.{}` is NOT NULL without a default, which fails on a table with rows{}", table_words(.column), .column.column, others_words(*.others))]
    NeedsDefault {
        /// The column.
        column: NeedsDefault,
        /// How many more there are.
        others: usize,
    },
    /// Data would be lost.
    #[error("this loses data: {}", .losses.join("; "))]
    Destructive {
        /// What is lost, statement by statement.
        losses: Vec<String>,
    },
    /// The databases hold what no kind models.
    #[error("not compared, because rev does not model it: {}", .names.join(", "))]
    Unmodelled {
        /// What.
        names: Vec<String>,
    },
    /// Postgres cannot bring the one state to the other.
    #[error("PostgreSQL has no statement for this: {}", .differences.join("; "))]
    NoStatement {
        /// What differs, on the way up or on the way down.
        differences: Vec<String>,
    },
    /// The live database could not be made again on the dev database.
    #[error("not proved, because the dev database could not reproduce it: {}", .names.join(", "))]
    CannotReproduce {
        /// What came out differently.
        names: Vec<String>,
    },
    /// The proof failed.
    #[error("{}", proof_words(.proof))]
    NotProved {
        /// What it found.
        proof: Proof,
        /// The text of the file that was not written.
        text: String,
    },
    /// `--from-database` with a database that is not where the history is.
    #[error("the database is not at head: {}", head_words(.pending, .unknown))]
    NotAtHead {
        /// Revisions that it lacks.
        pending: Vec<RevisionId>,
        /// Rows that the history does not know.
        unknown: Vec<String>,
    },
}

fn question_words(questions: &[RenameQuestion]) -> String {
    let one = |question: &RenameQuestion| {
        format!(
            "is {} `{}` now `{}`, or is one dropped and the other new?",
            question.kind, question.from, question.to
        )
    };
    questions.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn table_words(column: &NeedsDefault) -> String {
    if column.schema == "public" {
        column.table.clone()
    } else {
        format!("{}.{}", column.schema, column.table)
    }
}

fn others_words(others: usize) -> String {
    match others {
        0 => String::new(),
        n => format!(" (and so are {n} more)"),
    }
}

fn proof_words(proof: &Proof) -> String {
    let (way, names) = if proof.after_upgrade.is_empty() {
        (
            "the downgrade does not lead back to the current schema",
            &proof.after_downgrade,
        )
    } else {
        (
            "the upgrade does not lead to the models",
            &proof.after_upgrade,
        )
    };
    format!(
        "the generated revision failed its proof: {way}: {}",
        names.join("; ")
    )
}

fn head_words(pending: &[RevisionId], unknown: &[String]) -> String {
    let ids = |ids: Vec<String>| ids.join(", ");
    match (pending, unknown) {
        ([], unknown) => format!(
            "its version table names {}, which the history does not have",
            ids(unknown.to_vec())
        ),
        (pending, _) => format!(
            "it lacks {}",
            ids(pending.iter().map(|id| format!("`{id}`")).collect())
        ),
    }
}

impl AutogenerateError {
    /// Returns the error's name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            AutogenerateError::RenameUnanswered { .. } => "rename_unanswered",
            AutogenerateError::NeedsDefault { .. } => "needs_default",
            AutogenerateError::Destructive { .. } => "destructive",
            AutogenerateError::Unmodelled { .. } => "unmodelled",
            AutogenerateError::NoStatement { .. } => "no_statement",
            AutogenerateError::CannotReproduce { .. } => "cannot_reproduce",
            AutogenerateError::NotProved { .. } => "not_proved",
            AutogenerateError::NotAtHead { .. } => "not_at_head",
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            AutogenerateError::RenameUnanswered { questions } => {
                let flags: Vec<String> = questions.iter().map(|q| format!("--rename {}={}", q.from, q.to)).collect();
                format!("if it is a rename, pass {}; if not, pass --allow-destructive", flags.join(" "))
            }
            AutogenerateError::NeedsDefault { column, .. } => {
                let name = format!("{}.{}", table_words(column), column.column);
                format!(
                    "pass --default '{name}=EXPRESSION' to fill the rows; or make it nullable first, fill it, and add NOT NULL in a second revision; or pass --allow-destructive when the table is empty wherever this will run"
                )
            }
            AutogenerateError::Destructive { .. } => {
                "pass --allow-destructive if that is meant, or --rename old=new if something only got another name".to_owned()
            }
            AutogenerateError::Unmodelled { .. } => {
                "write what concerns it by hand, or leave --strict out".to_owned()
            }
            AutogenerateError::NoStatement { .. } => {
                "write the models so that this stays as it is, or pass --unproved to go on without it".to_owned()
            }
            AutogenerateError::CannotReproduce { .. } => {
                "leave --strict out to go on without, or point `dev_database` at a server like the database's".to_owned()
            }
            AutogenerateError::NotProved { .. } => {
                "nothing was written; --unproved writes the file all the same, to be corrected by hand".to_owned()
            }
            AutogenerateError::NotAtHead { pending, .. } if !pending.is_empty() => {
                "`rev upgrade head` first, or compare with the history by leaving --from-database out".to_owned()
            }
            AutogenerateError::NotAtHead { .. } => {
                "get the missing revision files, or `rev stamp` the database to where it is".to_owned()
            }
        })
    }
}

impl From<AutogenerateError> for crate::error::EngineError {
    fn from(error: AutogenerateError) -> Self {
        // Boxed: proofs are large, and every result of the engine would be as large as its largest error.
        crate::error::EngineError::Autogenerate(Box::new(error))
    }
}
