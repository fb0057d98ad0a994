//! The list of kinds. A new one is its file and its line here.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::object::{Object, ObjectKind};
use crate::statement::Draft;

pub(crate) mod describe;
pub(crate) mod options;

macro_rules! kinds {
    ($($variant:ident in $module:ident,)*) => {
        $(pub(crate) mod $module;)*

        /// The kinds of object that the catalogue is made of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $(#[doc = concat!("See `kinds/", stringify!($module), ".rs`.")] $variant,)*
        }

        /// Every kind, in the order of [`Kind`].
        pub static LIST: &[&dyn ObjectKind] = &[$(&$module::$variant,)*];
    };
}

// Neighbours in a plan that do not depend on each other are written in this order.
kinds! {
    Schema in schema,
    Extension in extension,
    EnumType in enum_type,
    Sequence in sequence,
    Table in table,
    Column in column,
    DefaultValue in default_value,
    IdentityColumn in identity_column,
    SequenceOwner in sequence_owner,
    Inheritance in inheritance,
    Constraint in constraint,
    Index in index,
    IndexAttachment in index_attachment,
    ReplicaIdentity in replica_identity,
    Cluster in cluster,
    View in view,
    MaterializedView in materialized_view,
    Function in function,
    Trigger in trigger,
    ForeignTable in foreign_table,
    Comment in comment,
}

impl Kind {
    /// Returns the kind's behaviour.
    pub fn get(self) -> &'static dyn ObjectKind {
        LIST[self as usize]
    }

    /// Returns whether `part` of its identities is a list of argument types.
    pub fn has_signature(self) -> bool {
        matches!(self, Self::Function)
    }
}

impl Kind {
    /// Returns whether it has columns and rows of its own.
    pub fn is_table_like(self) -> bool {
        matches!(self, Self::Table | Self::ForeignTable)
    }

    /// Returns whether it is a type that columns may have.
    pub fn is_type(self) -> bool {
        matches!(self, Self::EnumType)
    }

    /// Returns whether `pg_depend` says `owner` needs `owned` where an object of its own says so: a sequence and
    /// the column that owns it would else be a cycle with the column's default.
    pub(crate) fn owns(
        self,
        owner: &crate::object::Identity,
        owned: &crate::object::Identity,
    ) -> bool {
        owner.kind == Self::Sequence
            && matches!(owned.kind, Self::Column | Self::Table | Self::ForeignTable)
    }

    /// Returns the roles that an object of this kind mentions.
    pub(crate) fn roles(self, _object: &crate::object::Object) -> Vec<String> {
        Vec::new()
    }
}

impl Kind {
    /// Returns whether the server carries it over by itself when a column it rests on changes its type.
    pub(crate) fn survives_retyping(self) -> bool {
        matches!(
            self,
            Self::Constraint
                | Self::Index
                | Self::IndexAttachment
                | Self::ReplicaIdentity
                | Self::Cluster
        )
    }

    /// Returns whether it has a body that the server reads only as text.
    pub(crate) fn has_body(self) -> bool {
        matches!(self, Self::Function)
    }

    /// Returns where it stands among things that do not depend on each other; tables with all that is theirs are one.
    pub(crate) fn group(self) -> u8 {
        match self {
            Self::Schema => 0,
            Self::Extension => 1,
            Self::EnumType => 2,
            Self::Sequence | Self::SequenceOwner => 3,
            Self::Function => 5,
            Self::View | Self::MaterializedView => 6,
            _ => 4,
        }
    }
}

/// Returns what creates `object` together with what its statement carries.
pub(crate) fn create_with(
    object: &Object,
    inline: &[&Object],
    context: &Context<'_>,
) -> Vec<Draft> {
    match object.id.kind {
        Kind::Table => table::create_with(object, inline, context),
        Kind::ForeignTable => foreign_table::create_with(object, inline, context),
        Kind::Column => column::create_with(object, inline, context),
        kind => kind.get().create(object, context),
    }
}

/// Returns what moves an old type out of the way.
pub(crate) fn put_aside(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    vec![enum_type::put_aside(&object.id, context)]
}

/// Returns a view that reads nothing, to close a cycle.
pub(crate) fn stand_in(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    vec![view::stand_in(object, context)]
}

/// Returns what gives the stand-in its query.
pub(crate) fn fill(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    vec![view::fill(object, context)]
}

/// Returns the names that an object takes in the namespaces that several kinds share.
pub(crate) fn names(object: &Object) -> Vec<(&'static str, String, String)> {
    let id = &object.id;
    let name = |space| vec![(space, id.schema.clone(), id.name.clone())];
    match id.kind {
        Kind::Table | Kind::ForeignTable | Kind::View | Kind::MaterializedView => {
            let mut names = name("relation");
            names.extend(name("type"));
            names
        }
        Kind::Sequence | Kind::Index => name("relation"),
        Kind::Constraint if matches!(object.text("type"), "p" | "u" | "x") => {
            vec![("relation", id.schema.clone(), id.part.clone())]
        }
        Kind::IdentityColumn => {
            vec![(
                "relation",
                object.text("sequence_schema").to_owned(),
                object.text("sequence").to_owned(),
            )]
        }
        kind if kind.is_type() => name("type"),
        _ => Vec::new(),
    }
}

/// Returns the words of a function body, in quotes or not.
pub(crate) fn body_words(body: &str) -> Vec<String> {
    let mut words: Vec<String> = body
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let lower: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
    words.extend(lower);
    words.sort();
    words.dedup();
    words
}
