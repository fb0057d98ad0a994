//! Privileges on anything, as far as they differ from what the object has by itself.

use crate::acl::{self, Acl, Target};
use crate::catalog::HANGING;
use crate::context::{Context, Server};
use crate::kinds::{Kind, default_privilege, function};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Grant;

impl ObjectKind for Grant {
    fn kind(&self) -> Kind {
        Kind::Grant
    }

    fn name(&self) -> &'static str {
        "privileges"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["entries", "~default", "~owner", "~object_type"]
    }

    fn query(&self, _server: &Server) -> Option<String> {
        let one = |class: u32, catalog: &str, acl: &str, owner: &str, letter: &str| {
            format!(
                "SELECT x.oid, 0, '{HANGING}', '{class}', '', array_to_json(x.{acl}::text[])::text, array_to_json(acldefault({letter}, x.{owner})::text[])::text, \
                 pg_get_userbyid(x.{owner})::text, ({letter})::text FROM {catalog} x WHERE x.{acl} IS NOT NULL AND (x.oid >= 16384 OR x.oid = 2200)"
            )
        };
        let mut parts = vec![
            one(1259, "pg_class", "relacl", "relowner", "CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\""),
            one(1255, "pg_proc", "proacl", "proowner", "'f'::\"char\""),
            one(1247, "pg_type", "typacl", "typowner", "'T'::\"char\""),
            one(2615, "pg_namespace", "nspacl", "nspowner", "'n'::\"char\""),
            one(2612, "pg_language", "lanacl", "lanowner", "'l'::\"char\""),
            one(2328, "pg_foreign_data_wrapper", "fdwacl", "fdwowner", "'F'::\"char\""),
            one(1417, "pg_foreign_server", "srvacl", "srvowner", "'S'::\"char\""),
        ];
        parts.push(format!(
            "SELECT a.attrelid, a.attnum, '{HANGING}', '1259', a.attname, array_to_json(a.attacl::text[])::text, NULL, pg_get_userbyid(c.relowner)::text, 'c' \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND a.attrelid >= 16384"
        ));
        Some(parts.join(" UNION ALL "))
    }

    fn normalise(&self, object: &mut Object) -> bool {
        if object.id.schema == HANGING {
            return true;
        }
        let owner = object.text("owner").to_owned();
        let acl = acl::parse(&object.list("entries"), &owner);
        let default = acl::parse(&object.list("default"), &owner);
        if acl == default {
            return false;
        }
        object.set("entries", Some(json(&acl)));
        object.set("default", Some(json(&default)));
        true
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        let mut wanted = targets(object);
        if object.id.on == Some(Kind::Column) {
            // Taking a privilege from a table takes it from the columns too.
            wanted.extend(relations(object).map(|whole| whole.attached(Kind::Grant)));
        }
        wanted
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        targets(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let from = initial(object, context);
        write(&from, &entries(object), object, context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        write(&entries(object), &default(object), object, context)
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(write(&entries(old), &entries(new), new, context))
    }

    fn disturbs(&self, _old: &Object, _new: &Object, dependant: &Object, _context: &Context<'_>) -> bool {
        dependant.id.kind == Kind::Grant
    }

    fn describe(&self, object: &Object, _context: &Context<'_>) -> String {
        object.list("entries").iter().filter_map(|line| line.split('\t').nth(1)).map(|who| match who {
            "" => "public",
            acl::OWNER => "owner",
            who => who,
        }).collect::<Vec<_>>().join(", ")
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer, note text); CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';",
            create: "GRANT SELECT ON sale TO PUBLIC; GRANT UPDATE (note) ON sale TO PUBLIC; REVOKE EXECUTE ON FUNCTION twice(integer) FROM PUBLIC;",
            changed: "GRANT SELECT (id), INSERT (id) ON sale TO somebody WITH GRANT OPTION;",
        }]
    }
}

fn json(acl: &Acl) -> String {
    serde_json::to_string(&acl::write(acl)).unwrap_or_default()
}

fn entries(object: &Object) -> Acl {
    acl::read(&object.list("entries"))
}

fn default(object: &Object) -> Acl {
    acl::read(&object.list("default"))
}

fn relations(object: &Object) -> impl Iterator<Item = Identity> + '_ {
    [Kind::Table, Kind::View, Kind::MaterializedView, Kind::ForeignTable].into_iter().map(|kind| object.id.whole(kind))
}

fn targets(object: &Object) -> Vec<Identity> {
    let mut targets: Vec<_> = object.id.target().into_iter().collect();
    if object.id.on == Some(Kind::Column) {
        targets.extend(relations(object));
    }
    targets
}

/// Returns what the object has when its privileges are about to be set.
fn initial(object: &Object, context: &Context<'_>) -> Acl {
    let created = object.id.on != Some(Kind::Column) && object.id.target().is_some_and(|target| !context.stands(&target));
    if created {
        let letter = object.text("object_type").chars().next().unwrap_or('r');
        default_privilege::at_creation(&object.id.schema, letter, default(object), context)
    } else {
        default(object)
    }
}

/// Returns what takes away the privileges that a new object gets by default privileges and should not have.
pub(crate) fn unwanted(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let Some(letter) = letter(object.id.kind) else {
        return Vec::new();
    };
    let id = object.id.attached(Kind::Grant);
    if context.to.has(&id) || !default_privilege::any(&object.id.schema, letter, context) {
        return Vec::new();
    }
    let base = default_of(letter, context.version);
    let has = default_privilege::at_creation(&object.id.schema, letter, base.clone(), context);
    let grant = Object {
        id,
        address: object.address,
        values: vec![None, None, Some(context.from.current_user().to_owned()), Some(letter.to_string())],
    };
    write(&has, &base, &grant, context)
}

/// Returns what `acldefault` gives to an object that nobody has granted anything on.
fn default_of(letter: char, version: u32) -> Acl {
    let mut acl = Acl::new();
    let all = acl::all(letter, version);
    acl.insert((acl::OWNER.to_owned(), acl::OWNER.to_owned()), all.chars().map(|letter| (letter, false)).collect());
    if matches!(letter, 'f' | 'T' | 'l') {
        let letters = if letter == 'f' { "X" } else { "U" };
        acl.insert((acl::OWNER.to_owned(), String::new()), letters.chars().map(|letter| (letter, false)).collect());
    }
    acl
}

fn letter(kind: Kind) -> Option<char> {
    Some(match kind {
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::ForeignTable => 'r',
        Kind::Sequence => 's',
        Kind::Function | Kind::Aggregate => 'f',
        Kind::Schema => 'n',
        kind if kind.is_type() => 'T',
        _ => return None,
    })
}

fn write(from: &Acl, to: &Acl, object: &Object, context: &Context<'_>) -> Vec<Draft> {
    let Some(id) = object.id.target() else {
        return Vec::new();
    };
    let created = !context.from.has(&id);
    let owner = if created { context.from.current_user() } else { object.text("owner") };
    let target = Target {
        name: name(&id, context),
        column: (id.kind == Kind::Column).then(|| id.part.clone()),
        object_type: object.text("object_type").chars().next().unwrap_or('r'),
        prefix: String::new(),
        owner,
        version: context.version,
    };
    acl::change(from, to, &target).into_iter().map(Draft::new).collect()
}

fn name(id: &Identity, context: &Context<'_>) -> String {
    let object = context.find(id);
    match id.kind {
        Kind::Sequence => format!("SEQUENCE {}", context.of(id)),
        Kind::IdentityColumn => match object {
            Some(object) => format!("SEQUENCE {}", context.name(object.text("sequence_schema"), object.text("sequence"))),
            None => context.of(id),
        },
        Kind::Function => {
            let word = object.map_or("FUNCTION", function::word);
            format!("{word} {}", function::signature(id, context))
        }
        Kind::Aggregate => format!("FUNCTION {}", function::signature(id, context)),
        Kind::Schema => format!("SCHEMA {}", ident(&id.name)),
        Kind::Language => format!("LANGUAGE {}", ident(&id.name)),
        Kind::ForeignDataWrapper => format!("FOREIGN DATA WRAPPER {}", ident(&id.name)),
        Kind::ForeignServer => format!("FOREIGN SERVER {}", ident(&id.name)),
        kind if kind.is_type() => format!("TYPE {}", context.of(id)),
        _ => format!("TABLE {}", context.of(id)),
    }
}
