//! Two catalogues in, ordered statements out.
//!
//! 1. Objects are matched by identity: added, removed, changed.
//! 2. A kind says whether a change is made in place or needs a rebuild ([`crate::rebuild`] spreads that along the
//!    old state's dependencies).
//! 3. Every drop, change and creation is a node of one graph ([`crate::order`]): drops follow the edges of the old
//!    state, creations those of the new one.
//! 4. The sorted nodes are written down, neighbours on one table as one statement.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::context::Context;
use crate::kinds::Kind;
use crate::object::Identity;
use crate::order::{self, Verb};
use crate::rebuild::{self, Fate};
use crate::rename::{self, Rename, RenameQuestion};
use crate::statement::{Draft, Hazard};

/// How a difference is wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DiffOptions {
    /// Prefer lock-safe forms on tables that stood before.
    pub online: bool,
    /// Answers to rename questions.
    pub renames: Vec<Rename>,
    /// `table.column` → expression that fills the rows when a NOT NULL column without default is added.
    pub defaults: BTreeMap<String, String>,
}

/// Why no plan can be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DiffError {
    /// An answered rename does not fit.
    #[error("no {kind} `{from}` to rename to `{to}`")]
    UnknownRename {
        /// The kind named.
        kind: String,
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// Objects that can only be made after each other.
    #[error("these objects need each other, and no order satisfies all: {}", names.join(", "))]
    Cycle {
        /// What they are.
        names: Vec<String>,
    },
}

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedStatement {
    /// The text, without the closing semicolon.
    pub sql: String,
    /// What it may block or break.
    pub hazards: Vec<Hazard>,
    /// What it loses for good.
    pub loses: Vec<String>,
    /// False for what refuses to run in a transaction block.
    pub in_transaction: bool,
    /// Everything before it must be committed first.
    pub breaks_before: bool,
    /// What it is about, for grouping: `table sale`.
    pub about: String,
}

/// One line of the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryLine {
    /// `+` added, `-` removed, `~` changed.
    pub sign: char,
    /// `add column`'s noun.
    pub kind: String,
    /// What: `sale.external_id`.
    pub name: String,
    /// More: `uuid`, or which properties changed.
    pub detail: String,
}

impl std::fmt::Display for SummaryLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verb = match self.sign {
            '+' => "add",
            '-' => "drop",
            '>' => "rename",
            _ => "change",
        };
        write!(f, "{} {verb} {} {}", self.sign, self.kind, self.name)?;
        if !self.detail.is_empty() {
            write!(f, " {}", self.detail)?;
        }
        Ok(())
    }
}

/// A column that cannot be added to a table with rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeedsDefault {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Its type.
    pub data_type: String,
}

/// What is lost for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Destruction {
    /// Which statement, counted from 0.
    pub statement: usize,
    /// What is lost.
    pub what: String,
}

/// The difference between two catalogues.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Changes {
    /// What to run, in order.
    pub statements: Vec<PlannedStatement>,
    /// What a person wants to read.
    pub summary: Vec<SummaryLine>,
    /// Renames that look likely and were not answered; the plan drops and adds instead.
    pub questions: Vec<RenameQuestion>,
    /// What is lost on the way.
    pub destructive: Vec<Destruction>,
    /// What either side holds that no kind models.
    pub unmodelled: Vec<String>,
    /// What differs and no statement of the server changes, one sentence each.
    pub no_statement: Vec<String>,
    /// Columns that fail on a table with rows.
    pub needs_default: Vec<NeedsDefault>,
}

impl Changes {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Returns the statements as a script.
    pub fn script(&self) -> String {
        self.statements
            .iter()
            .map(|statement| format!("{};\n\n", statement.sql))
            .collect()
    }
}

/// Returns what leads from `from` to `to`.
pub fn diff(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Result<Changes, DiffError> {
    let renamed = rename::apply(from, to, options)?;
    let from = renamed.catalog.as_ref().unwrap_or(from);
    let context = Context::new(from, to, options);
    let plan = rebuild::plan(&context);
    let (steps, circular) = order::sort(&plan, &context)?;

    let mut changes = Changes {
        questions: rename::questions(from, to),
        unmodelled: unmodelled(from, to),
        no_statement: no_statement(&context),
        needs_default: needs_default(&context, options),
        summary: renamed.summary,
        ..Changes::default()
    };
    let mut drafts: Vec<(String, Draft)> = renamed.drafts;
    for step in &steps {
        let about = about(step.id());
        drafts.extend(
            step.drafts(&context)
                .into_iter()
                .map(|draft| (about.clone(), draft)),
        );
    }
    let mut drafts = merge(commit_boundaries(drafts));
    if circular {
        drafts = without_body_checks(drafts);
    }
    for (about, draft) in drafts {
        let statement = changes.statements.len();
        changes
            .destructive
            .extend(draft.loss.iter().map(|what| Destruction {
                statement,
                what: what.clone(),
            }));
        changes.statements.push(PlannedStatement {
            sql: draft.text(),
            loses: draft.loss.iter().cloned().collect(),
            hazards: draft.hazards,
            in_transaction: !draft.alone,
            breaks_before: draft.commit_before,
            about,
        });
    }
    changes.summary.extend(summary(&plan, &context));
    Ok(changes)
}

fn about(id: &Identity) -> String {
    let id = id.target().unwrap_or_else(|| id.clone());
    format!("{}.{}", id.schema, id.name)
}

fn unmodelled(from: &Catalog, to: &Catalog) -> Vec<String> {
    let mut names: Vec<_> = from
        .unmodelled()
        .iter()
        .chain(to.unmodelled())
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Returns what differs and no statement changes.
fn no_statement(context: &Context<'_>) -> Vec<String> {
    let columns = context
        .from
        .objects()
        .iter()
        .filter(|object| object.id.kind == Kind::Column);
    columns
        .filter_map(|old| Some((old, context.to.get(&old.id)?)))
        .filter(|(old, new)| crate::kinds::column::is_beyond_statements(old, new, context))
        .map(|(_, new)| {
            let only = new.is("inherited_only");
            format!(
                "column `{}` {}",
                context.words(&new.id),
                if only {
                    "cannot become inherited only, once it is its table's own"
                } else {
                    "cannot become its table's own, as long as it is inherited"
                }
            )
        })
        .collect()
}

/// A value added to an enum cannot be used before it is committed. Whatever follows might, so it waits.
fn commit_boundaries(mut drafts: Vec<(String, Draft)>) -> Vec<(String, Draft)> {
    let mut pending = false;
    for (_, draft) in &mut drafts {
        let adds = draft.sql.starts_with("ALTER TYPE ") && draft.sql.contains(" ADD VALUE ");
        if pending && !adds {
            draft.commit_before = true;
        }
        pending = adds;
    }
    drafts
}

/// Functions that mention each other cannot be checked when they are created, only when they run.
fn without_body_checks(drafts: Vec<(String, Draft)>) -> Vec<(String, Draft)> {
    let mut all = Vec::with_capacity(drafts.len() + 1);
    let mut said = false;
    for (about, mut draft) in drafts {
        if draft.alone || draft.commit_before {
            said = false;
        }
        if !said
            && draft.sql.starts_with("CREATE ")
            && (draft.sql.contains("FUNCTION ") || draft.sql.contains("PROCEDURE "))
        {
            let mut setting = Draft::new("SET LOCAL check_function_bodies = off");
            setting.commit_before = std::mem::take(&mut draft.commit_before);
            all.push((about.clone(), setting));
            said = true;
        }
        all.push((about, draft));
    }
    all
}

/// Joins neighbours with one head into one statement.
fn merge(drafts: Vec<(String, Draft)>) -> Vec<(String, Draft)> {
    let mut merged: Vec<(String, Draft)> = Vec::new();
    let mut clauses = 1;
    for (about, draft) in drafts {
        if let Some((_, last)) = merged.last_mut()
            && draft.head.is_some()
            && last.head == draft.head
            && !draft.alone
            && !last.alone
            && !draft.commit_before
        {
            if clauses == 1 {
                last.sql = format!("\n    {}", last.sql);
            }
            clauses += 1;
            last.sql.push_str(&format!(",\n    {}", draft.sql));
            for hazard in draft.hazards {
                if !last.hazards.contains(&hazard) {
                    last.hazards.push(hazard);
                }
            }
            last.loss = match (last.loss.take(), draft.loss) {
                (Some(a), Some(b)) => Some(format!("{a}; {b}")),
                (a, b) => a.or(b),
            };
            continue;
        }
        clauses = 1;
        merged.push((about, draft));
    }
    for (_, draft) in &mut merged {
        if let Some(head) = draft.head.take() {
            draft.sql = if draft.sql.starts_with('\n') {
                format!("{head}{}", draft.sql)
            } else {
                format!("{head} {}", draft.sql)
            };
        }
    }
    merged
}

fn needs_default(context: &Context<'_>, options: &DiffOptions) -> Vec<NeedsDefault> {
    context
        .to
        .objects()
        .iter()
        .filter(|object| {
            object.id.kind == Kind::Column && object.is("not_null") && !context.from.has(&object.id)
        })
        .filter(|object| context.stood(&object.id) && object.get("generated").is_none())
        .filter(|object| {
            ![Kind::DefaultValue, Kind::IdentityColumn]
                .iter()
                .any(|kind| context.to.has(&object.id.sibling(*kind)))
        })
        .filter(|object| !context.comes_with_parent(&object.id))
        .filter(|object| !options.defaults.contains_key(&context.words(&object.id)))
        .map(|object| NeedsDefault {
            schema: object.id.schema.clone(),
            table: object.id.name.clone(),
            column: object.id.part.clone(),
            data_type: object.text("type").to_owned(),
        })
        .collect()
}

/// Returns the lines a person wants: what goes or comes with something larger is not said again.
fn summary(plan: &rebuild::Plan, context: &Context<'_>) -> Vec<SummaryLine> {
    let mut lines = Vec::new();
    let line = |sign, object: &crate::object::Object, detail: String| {
        let words = context.words(&object.id);
        let described = object.id.kind.get().describe(object, context);
        let detail = match described.strip_prefix(&words) {
            _ if !detail.is_empty() => detail,
            Some(rest) => rest.trim().to_owned(),
            None => described,
        };
        SummaryLine {
            sign,
            kind: object.id.kind.get().name().to_owned(),
            name: words,
            detail: detail.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    };
    for (at, fate) in plan.fates.iter().enumerate() {
        let old = context.from.at(at);
        match fate {
            Fate::Remove => {
                let with = old.id.kind.get().part_of(old);
                if !with
                    .iter()
                    .any(|id| context.from.has(id) && !context.to.has(id))
                {
                    lines.push(line('-', old, String::new()));
                }
            }
            Fate::Change(new) if !old.same_state(context.to.at(*new)) => {
                if matches!(
                    old.differences(context.to.at(*new))[..],
                    ["checks" | "inherited_only"]
                ) {
                    continue;
                }
                let what = old
                    .differences(context.to.at(*new))
                    .join(", ")
                    .replace('_', " ");
                lines.push(line('~', context.to.at(*new), format!("({what})")));
            }
            Fate::Rebuild(new) if !old.same_state(context.to.at(*new)) => {
                lines.push(line('~', context.to.at(*new), String::new()));
            }
            _ => {}
        }
    }
    for &at in &plan.added {
        let new = context.to.at(at);
        let kind = new.id.kind.get();
        let with: Vec<_> = kind
            .part_of(new)
            .into_iter()
            .chain(kind.inline_in(new))
            .collect();
        if !with
            .iter()
            .any(|id| context.to.has(id) && !context.from.has(id))
        {
            lines.push(line('+', new, String::new()));
        }
    }
    lines.sort_by(|a, b| (&a.name, a.sign).cmp(&(&b.name, b.sign)));
    lines
}

impl order::Step<'_> {
    fn drafts(&self, context: &Context<'_>) -> Vec<Draft> {
        let kind = self.id().kind.get();
        match self.verb {
            Verb::Drop => kind.drop(self.object, context),
            Verb::Aside => crate::kinds::put_aside(self.object, context),
            Verb::Alter => {
                match kind.change(self.object, self.other.unwrap_or(self.object), context) {
                    crate::object::Change::InPlace(drafts) => drafts,
                    crate::object::Change::Rebuild => Vec::new(),
                }
            }
            Verb::Create => crate::kinds::create_with(self.object, &self.inline, context),
            Verb::StandIn => crate::kinds::stand_in(self.object, context),
            Verb::Fill => crate::kinds::fill(self.object, context),
        }
    }
}
