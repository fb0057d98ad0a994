//! Default privileges: what objects get when a role creates them.
//!
//! They are set when all else is done, so that what a plan creates is created under the old ones.

use crate::acl::{self, Acl, OWNER, Target};
use crate::context::{Context, Server};
use crate::kinds::Kind;
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct DefaultPrivilege;

impl ObjectKind for DefaultPrivilege {
    fn kind(&self) -> Kind {
        Kind::DefaultPrivilege
    }

    fn name(&self) -> &'static str {
        "default privileges"
    }

    fn class(&self) -> u32 {
        826
    }

    fn columns(&self) -> &'static [&'static str] {
        &["entries", "~default", "~role", "~in_schema"]
    }

    fn query(&self, _server: &Server) -> Option<String> {
        // The role that reads stands for itself, whatever it is called.
        Some(
            "SELECT d.oid, 0, '', coalesce(n.nspname, ''), CASE WHEN pg_get_userbyid(d.defaclrole) = current_user THEN '' ELSE pg_get_userbyid(d.defaclrole)::text END || ' ' || d.defaclobjtype::text, \
             array_to_json(d.defaclacl::text[]), CASE WHEN d.defaclnamespace = 0 THEN array_to_json(acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)::text[]) END, \
             pg_get_userbyid(d.defaclrole), n.nspname FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace"
                .to_owned(),
        )
    }

    fn normalise(&self, object: &mut Object) -> bool {
        let role = object.text("role").to_owned();
        let acl = acl::parse(&object.list("entries"), &role);
        let default = acl::parse(&object.list("default"), &role);
        object.set("entries", serde_json::to_string(&acl::write(&acl)).ok());
        object.set("default", serde_json::to_string(&acl::write(&default)).ok());
        acl != default
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![Identity::new(Kind::Schema, "", object.text("in_schema"))]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        write(&default(object), &entries(object), object, context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        write(&entries(object), &default(object), object, context)
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(write(&entries(old), &entries(new), new, context))
    }

    fn describe(&self, object: &Object, _context: &Context<'_>) -> String {
        let schema = object.get("in_schema").map(|schema| format!(" in {schema}")).unwrap_or_default();
        format!("of {}{schema} for {}", object.text("role"), plural(letter(object)).to_lowercase())
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;",
            changed: "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
        }]
    }
}

fn entries(object: &Object) -> Acl {
    acl::read(&object.list("entries"))
}

fn default(object: &Object) -> Acl {
    acl::read(&object.list("default"))
}

fn letter(object: &Object) -> char {
    object.id.part.chars().last().unwrap_or('r')
}

fn plural(letter: char) -> &'static str {
    match letter {
        'S' => "SEQUENCES",
        'f' => "FUNCTIONS",
        'T' => "TYPES",
        'n' => "SCHEMAS",
        'L' => "LARGE OBJECTS",
        _ => "TABLES",
    }
}

fn write(from: &Acl, to: &Acl, object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let own = object.id.part.starts_with(' ');
    let mut prefix = "ALTER DEFAULT PRIVILEGES ".to_owned();
    if !own {
        prefix.push_str(&format!("FOR ROLE {} ", ident(object.text("role"))));
    }
    if let Some(schema) = object.get("in_schema") {
        prefix.push_str(&format!("IN SCHEMA {} ", ident(schema)));
    }
    let letter = letter(object);
    let target = Target {
        name: plural(letter).to_owned(),
        column: None,
        object_type: if letter == 'S' { 's' } else { letter },
        prefix,
        owner: if own { context.from.current_user() } else { object.text("role") },
        version: context.version,
    };
    acl::change(from, to, &target).into_iter().map(Draft::new).collect()
}

fn at(schema: &str, letter: char, context: &Context<'_>) -> Option<Acl> {
    let letter = if letter == 's' { 'S' } else { letter };
    let id = Identity::part(Kind::DefaultPrivilege, "", schema, &format!(" {letter}"));
    context.from.get(&id).map(entries)
}

/// Returns whether default privileges act on what is created in `schema`.
pub(crate) fn any(schema: &str, letter: char, context: &Context<'_>) -> bool {
    at("", letter, context).is_some() || (!schema.is_empty() && at(schema, letter, context).is_some())
}

/// Returns the privileges a new object of the type `letter` starts with: global default privileges take the place of
/// the built-in ones, those of a schema come on top.
pub(crate) fn at_creation(schema: &str, letter: char, builtin: Acl, context: &Context<'_>) -> Acl {
    let mut acl = at("", letter, context).unwrap_or(builtin);
    if !schema.is_empty() {
        for (key, privileges) in at(schema, letter, context).unwrap_or_default() {
            acl.entry(key).or_default().extend(privileges);
        }
    }
    debug_assert!(acl.keys().all(|(grantor, _)| grantor == OWNER || !grantor.is_empty()));
    acl
}
