//! Statements as data: text, how it may run, what it blocks and what it loses.

use serde::Serialize;

/// What a statement may do to a database in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hazard {
    /// A stable word for the kind of hazard.
    pub code: &'static str,
    /// One sentence for a person.
    pub message: String,
}

/// One statement on its way into a plan.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The whole text, or the part after `head`.
    pub sql: String,
    /// `ALTER TABLE name`: neighbours with the same head are written as one statement.
    pub head: Option<String>,
    /// Refuses to run in a transaction block.
    pub alone: bool,
    /// What ran before must be committed first.
    pub commit_before: bool,
    /// What it may block or break.
    pub hazards: Vec<Hazard>,
    /// What is lost for good.
    pub loss: Option<String>,
}

impl Draft {
    /// Returns a statement that stands for itself.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            ..Self::default()
        }
    }

    /// Returns a clause of `head` (`ALTER TABLE name`) that may be joined with its neighbours.
    pub fn clause(head: impl Into<String>, clause: impl Into<String>) -> Self {
        Self {
            sql: clause.into(),
            head: Some(head.into()),
            ..Self::default()
        }
    }

    /// Adds what is lost.
    pub fn losing(mut self, what: impl Into<String>) -> Self {
        self.loss = Some(what.into());
        self
    }

    /// Adds a hazard.
    pub fn hazard(mut self, code: &'static str, message: impl Into<String>) -> Self {
        self.hazards.push(Hazard {
            code,
            message: message.into(),
        });
        self
    }

    /// Marks a statement that refuses a transaction.
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Marks a statement that needs everything before it committed.
    pub fn after_commit(mut self) -> Self {
        self.commit_before = true;
        self
    }

    /// Returns the full text.
    pub fn text(&self) -> String {
        match &self.head {
            Some(head) => format!("{head} {}", self.sql),
            None => self.sql.clone(),
        }
    }
}
