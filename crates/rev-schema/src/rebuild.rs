//! What becomes of every object, and what a change drags along.
//!
//! What is dropped, for good or to come back, takes its dependants with it: they are dropped first and, where the
//! new state has them, created again. Tables and columns hold data and are never rebuilt for another's sake: a
//! column whose type is rebuilt is handed over to the new type.

use crate::context::Context;
use crate::kinds::Kind;
use crate::object::Change;

/// What becomes of an object of the old state; positions are those of the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Stays as it is.
    Keep(usize),
    /// Is changed in place.
    Change(usize),
    /// Is dropped and created.
    Rebuild(usize),
    /// Is dropped.
    Remove,
}

impl Fate {
    /// Returns whether the object is dropped.
    pub(crate) fn drops(self) -> bool {
        matches!(self, Self::Rebuild(_) | Self::Remove)
    }
}

/// What becomes of everything.
#[derive(Debug)]
pub(crate) struct Plan {
    /// By position in the old state.
    pub fates: Vec<Fate>,
    /// Positions in the new state of what is new.
    pub added: Vec<usize>,
    /// Whether a position of the old state is a type that makes room for its successor.
    pub aside: Vec<bool>,
}

/// Decides what becomes of every object.
pub(crate) fn plan(context: &Context<'_>) -> Plan {
    let (from, to) = (context.from, context.to);
    let mut fates = Vec::with_capacity(from.objects().len());
    let mut open = Vec::new();
    for (at, old) in from.objects().iter().enumerate() {
        let fate = match to.position(&old.id) {
            None => Fate::Remove,
            Some(new) if old.same_state(to.at(new)) => Fate::Keep(new),
            Some(new) => match old.id.kind.get().change(old, to.at(new), context) {
                Change::InPlace(_) => Fate::Change(new),
                Change::Rebuild => Fate::Rebuild(new),
            },
        };
        if !matches!(fate, Fate::Keep(_)) {
            open.push(at);
        }
        if matches!(fate, Fate::Rebuild(_)) {
            context.note_rebuilt(&old.id);
        }
        fates.push(fate);
    }
    let added = (0..to.objects().len())
        .filter(|&at| !from.has(&to.at(at).id))
        .collect();
    let mut aside = vec![false; fates.len()];
    if !open.is_empty() {
        spread(&mut fates, &mut aside, open, context);
    }
    Plan {
        fates,
        added,
        aside,
    }
}

fn spread(fates: &mut [Fate], aside: &mut [bool], mut open: Vec<usize>, context: &Context<'_>) {
    let (from, to) = (context.from, context.to);
    let mut dependants: Vec<Vec<u32>> = vec![Vec::new(); fates.len()];
    for at in 0..fates.len() {
        for (on, _) in from.depends(at) {
            dependants[on].push(at as u32);
        }
    }
    while let Some(at) = open.pop() {
        let object = from.at(at);
        // The index of a partition cannot leave its parent's; that one is built again without it.
        if fates[at].drops()
            && let Some(parent) = attached_to(object, context)
            && let Fate::Keep(new) | Fate::Change(new) = fates[parent]
        {
            fates[parent] = Fate::Rebuild(new);
            context.note_rebuilt(&from.at(parent).id);
            open.push(parent);
        }
        for &dependant in &dependants[at] {
            let dependant = dependant as usize;
            let other = from.at(dependant);
            let (new, changes) = match fates[dependant] {
                Fate::Keep(new) => (new, false),
                Fate::Change(new) => (new, true),
                Fate::Rebuild(_) | Fate::Remove => continue,
            };
            if !fates[at].drops() {
                if let Fate::Change(after) = fates[at]
                    && object
                        .id
                        .kind
                        .get()
                        .disturbs(object, to.at(after), other, context)
                {
                    fates[dependant] = Fate::Rebuild(new);
                    context.note_rebuilt(&other.id);
                    open.push(dependant);
                }
                continue;
            }
            if other.id.kind == Kind::Column
                && object.id.kind == Kind::CompositeType
                && context.follows_type(&other.id)
            {
                continue;
            }
            if other.id.kind == Kind::Column
                && (object.id.kind.is_type() || object.id.kind == Kind::Collation)
            {
                let after = to.at(new);
                let retyped = changes && other.text("type") != after.text("type");
                if !retyped {
                    context.note_swapped(&other.id);
                    aside[at] = true;
                }
                fates[dependant] = Fate::Change(new);
                open.push(dependant);
                continue;
            }
            if other.id.kind == Kind::Inheritance && !object.id.kind.is_table_like() {
                // A child stays attached while both tables change alike.
                continue;
            }
            if other.id.kind == Kind::Table {
                // Its columns and attachments say what is to be done; the table itself stays.
                continue;
            }
            let still = to
                .position(&object.id)
                .is_some_and(|now| to.depends(new).any(|(on, _)| on == now));
            if changes && !still {
                continue;
            }
            fates[dependant] = Fate::Rebuild(new);
            context.note_rebuilt(&other.id);
            open.push(dependant);
        }
    }
    // What makes room still rests on its own types, so these make room too.
    let mut open: Vec<_> = (0..aside.len()).filter(|&at| aside[at]).collect();
    while let Some(at) = open.pop() {
        for (on, _) in from.depends(at) {
            let kind = from.at(on).id.kind;
            if matches!(fates[on], Fate::Rebuild(_)) && kind.is_type() && !aside[on] {
                aside[on] = true;
                open.push(on);
            }
        }
    }
    // A type that a column is handed over from makes room, so that both stand while the values cross.
    for (object, _) in from
        .objects()
        .iter()
        .zip(aside.iter())
        .filter(|(_, aside)| **aside)
    {
        context.note_aside(&object.id);
    }
}

/// Returns the parent's index or key that holds the index of a partition which stays attached.
fn attached_to(object: &crate::object::Object, context: &Context<'_>) -> Option<usize> {
    if object.id.kind != Kind::IndexAttachment {
        return None;
    }
    let inheritance = crate::kinds::index_attachment::inheritance(object);
    if !context.stands(&inheritance) {
        return None;
    }
    object.id.kind.get().depends_on(object)[2..]
        .iter()
        .find_map(|id| context.from.position(id))
}
