//! The list of kinds. A new one is its file and its line here.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::object::{Object, ObjectKind};
use crate::statement::Draft;

pub(crate) mod describe;
pub(crate) mod not_null;
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

        /// The text of each kind's file, whose first lines are its part of the reference page.
        #[cfg(test)]
        pub(crate) static SOURCES: &[&str] = &[$(include_str!(concat!(stringify!($module), ".rs")),)*];
    };
}

// Neighbours in a plan that do not depend on each other are written in this order.
kinds! {
    Schema in schema,
    Extension in extension,
    Language in language,
    AccessMethod in access_method,
    Collation in collation,
    EnumType in enum_type,
    Domain in domain,
    DomainConstraint in domain_constraint,
    CompositeType in composite_type,
    RangeType in range_type,
    Sequence in sequence,
    Table in table,
    ForeignDataWrapper in foreign_data_wrapper,
    ForeignServer in foreign_server,
    UserMapping in user_mapping,
    ForeignTable in foreign_table,
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
    Statistics in statistics,
    View in view,
    MaterializedView in materialized_view,
    Function in function,
    Aggregate in aggregate,
    Operator in operator,
    OperatorFamily in operator_family,
    OperatorClass in operator_class,
    Cast in cast,
    Transform in transform,
    Conversion in conversion,
    TextSearchParser in text_search_parser,
    TextSearchTemplate in text_search_template,
    TextSearchDictionary in text_search_dictionary,
    TextSearchConfiguration in text_search_configuration,
    Rule in rule,
    Trigger in trigger,
    Policy in policy,
    Publication in publication,
    PublicationTable in publication_table,
    PublicationSchema in publication_schema,
    Subscription in subscription,
    EventTrigger in event_trigger,
    Owner in owner,
    Grant in grant,
    Comment in comment,
    DefaultPrivilege in default_privilege,
}

impl Kind {
    /// Returns the kind's behaviour.
    pub fn get(self) -> &'static dyn ObjectKind {
        LIST[self as usize]
    }

    /// Returns whether `part` of its identities is a list of argument types.
    pub fn has_signature(self) -> bool {
        matches!(self, Self::Function | Self::Aggregate)
    }
}

impl Kind {
    /// Returns whether a person's word makes two objects of the kind one that is renamed.
    pub fn is_renamed_by_answer(self) -> bool {
        crate::rename::ANSWERED.contains(&self)
    }

    /// Returns whether it has columns and rows of its own.
    pub fn is_table_like(self) -> bool {
        matches!(self, Self::Table | Self::ForeignTable)
    }

    /// Returns whether its identity begins with the name of the relation or type, of kind `whole`, it is part of.
    pub(crate) fn is_part_of_relation(self, whole: Self) -> bool {
        match whole {
            Self::Domain => matches!(self, Self::DomainConstraint),
            Self::Sequence => matches!(self, Self::SequenceOwner),
            Self::Table | Self::ForeignTable | Self::View | Self::MaterializedView => {
                self.is_of_column()
                    || matches!(
                        self,
                        Self::Constraint
                            | Self::Inheritance
                            | Self::ReplicaIdentity
                            | Self::Cluster
                            | Self::Rule
                            | Self::Trigger
                            | Self::Policy
                    )
            }
            _ => false,
        }
    }

    /// Returns whether `part` of its identity is a column's name, of its own or of what it hangs on.
    pub(crate) fn is_of_column(self) -> bool {
        matches!(
            self,
            Self::Column | Self::DefaultValue | Self::IdentityColumn
        )
    }

    /// Returns whether it is a type that columns may have.
    pub fn is_type(self) -> bool {
        matches!(
            self,
            Self::EnumType | Self::Domain | Self::CompositeType | Self::RangeType
        )
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
    pub(crate) fn roles(self, object: &crate::object::Object) -> Vec<String> {
        let mut roles = match self {
            Self::Policy => object.list("roles"),
            Self::Owner => vec![object.text("role").to_owned()],
            Self::UserMapping => vec![object.id.part.clone()],
            Self::Grant | Self::DefaultPrivilege => {
                let entries = object.list("entries");
                let mut names: Vec<_> = entries
                    .iter()
                    .flat_map(|line| line.split('\t').take(2))
                    .map(str::to_owned)
                    .collect();
                if self == Self::DefaultPrivilege && !object.id.part.starts_with(' ') {
                    names.push(object.text("role").to_owned());
                }
                names
            }
            _ => Vec::new(),
        };
        roles.retain(|role| !matches!(role.as_str(), "" | "public" | crate::acl::OWNER));
        roles
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
            Self::Language
            | Self::AccessMethod
            | Self::ForeignDataWrapper
            | Self::ForeignServer
            | Self::UserMapping => 1,
            Self::EnumType
            | Self::Domain
            | Self::DomainConstraint
            | Self::CompositeType
            | Self::RangeType
            | Self::Collation => 2,
            Self::Sequence | Self::SequenceOwner => 3,
            Self::Function
            | Self::Aggregate
            | Self::Operator
            | Self::OperatorClass
            | Self::OperatorFamily
            | Self::Cast => 5,
            Self::View | Self::MaterializedView => 6,
            Self::Publication
            | Self::PublicationTable
            | Self::PublicationSchema
            | Self::Subscription => 7,
            // Once it is there it would fire for the rest of the plan.
            Self::EventTrigger => 8,
            // What a plan creates is created under the old ones.
            Self::DefaultPrivilege => 9,
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
    let mut drafts = match object.id.kind {
        Kind::Table => table::create_with(object, inline, context),
        Kind::ForeignTable => foreign_table::create_with(object, inline, context),
        Kind::Column => column::create_with(object, inline, context),
        Kind::Domain => domain::create_with(object, inline, context),
        kind => kind.get().create(object, context),
    };
    drafts.extend(grant::unwanted(object, context));
    drafts
}

/// Returns what moves an old type out of the way.
pub(crate) fn put_aside(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let (name, aside) = (
        context.of(&object.id),
        crate::name::ident(&context.aside_name(&object.id)),
    );
    let word = object.id.kind.get().name().to_uppercase();
    let word = if object.id.kind.is_type() && object.id.kind != Kind::Domain {
        "TYPE"
    } else {
        &word
    };
    let mut drafts = vec![Draft::new(format!("ALTER {word} {name} RENAME TO {aside}"))];
    if object.id.kind == Kind::RangeType {
        drafts.extend(range_type::put_constructors_aside(object, context));
    }
    drafts
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
            let mut names = vec![("relation", id.schema.clone(), id.part.clone())];
            if object.text("type") == "p" {
                // A table has one, whatever it is called.
                names.extend(name("primary key"));
            }
            names
        }
        // Bounds may overlap what another partition is about to give up.
        Kind::Inheritance if object.get("bound").is_some() => {
            vec![(
                "bounds",
                object.text("parent_schema").to_owned(),
                object.text("parent").to_owned(),
            )]
        }
        Kind::IdentityColumn => {
            vec![(
                "relation",
                object.text("sequence_schema").to_owned(),
                object.text("sequence").to_owned(),
            )]
        }
        kind if kind.is_type() => name("type"),
        Kind::Function | Kind::Aggregate => {
            vec![(
                "function",
                id.schema.clone(),
                format!("{}({})", id.name, id.part),
            )]
        }
        // A privilege taken from a table goes from its columns, so those are given after.
        Kind::Grant
            if matches!(
                id.on,
                Some(
                    Kind::Column
                        | Kind::Table
                        | Kind::View
                        | Kind::MaterializedView
                        | Kind::ForeignTable
                )
            ) =>
        {
            name("privileges")
        }
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
