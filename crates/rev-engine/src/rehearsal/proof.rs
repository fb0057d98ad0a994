//! The proof that a revision does what it says, carried out before anybody sees its file.
//!
//! On a copy of the current database its upgrade must lead to the wanted catalogue, and its downgrade back to the
//! current one. Both are read anew from the server, so nothing that wrote the statements is trusted to judge them.

use rev_schema::{Catalog, Scope};
use rev_template::RevisionFile;
use std::path::Path;

use super::run::{Section, run};
use crate::catalog;
use crate::dev_database::ScratchDatabase;
use crate::error::EngineError;

/// What a proof found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// What the upgrade left different from what is wanted.
    pub after_upgrade: Vec<String>,
    /// What the downgrade left different from what was.
    pub after_downgrade: Vec<String>,
}

impl Proof {
    /// Returns whether the revision was proved.
    pub fn holds(&self) -> bool {
        self.after_upgrade.is_empty() && self.after_downgrade.is_empty()
    }
}

/// Runs a revision up and down in a copy of the current database.
///
/// # Errors
/// One of its statements fails, named with its line; or the server is lost.
pub(crate) async fn prove(
    file: &RevisionFile,
    shown: &Path,
    copy: &ScratchDatabase,
    current: &Catalog,
    wanted: &Catalog,
    scope: &Scope,
) -> Result<Proof, EngineError> {
    let mut session = copy.connect().await?;
    let ground = copy.ground(&scope.default_schema);
    let before = catalog::read(&mut session, scope).await?;
    let up = Section {
        text: &file.upgrade.text,
        line: file.upgrade.line,
        file: shown,
    };
    run(&mut session, up, ground).await?;
    let after = catalog::read(&mut session, scope).await?;
    // What the copy could not reproduce stays out of the judgement: it was named before.
    let known: Vec<String> = differences(&before, current);
    let mut proof = Proof {
        after_upgrade: differences(&after, wanted)
            .into_iter()
            .filter(|name| !known.contains(name))
            .collect(),
        after_downgrade: Vec::new(),
    };
    if let (Some(down), true) = (&file.downgrade, proof.after_upgrade.is_empty()) {
        let down = Section {
            text: &down.text,
            line: down.line,
            file: shown,
        };
        run(&mut session, down, ground).await?;
        let back = catalog::read(&mut session, scope).await?;
        proof.after_downgrade = differences(&back, &before);
    }
    session.close().await;
    Ok(proof)
}

/// Returns the names of the objects in which two catalogues differ.
pub fn differences(a: &Catalog, b: &Catalog) -> Vec<String> {
    let mut names = Vec::new();
    for object in a.objects() {
        match b.get(&object.id) {
            None => names.push(object.id.to_string()),
            Some(other) if !object.same_state(other) => {
                names.push(format!(
                    "{} ({})",
                    object.id,
                    object.differences(other).join(", ")
                ));
            }
            Some(_) => {}
        }
    }
    names.extend(
        b.objects()
            .iter()
            .filter(|object| !a.has(&object.id))
            .map(|object| object.id.to_string()),
    );
    names
}
