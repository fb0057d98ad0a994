//! Sequences that stand for themselves; those of identity columns belong to the column.

use crate::context::{Context, Server};
use crate::kinds::{Kind, table};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Sequence;

impl ObjectKind for Sequence {
    fn kind(&self) -> Kind {
        Kind::Sequence
    }

    fn name(&self) -> &'static str {
        "sequence"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "type",
            "start",
            "increment",
            "min",
            "max",
            "cache",
            "cycle",
            "unlogged",
            "~owner_schema",
            "~owner_table",
            "~owner_column",
        ]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT s.oid, 0, n.nspname, s.relname, '', format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, \
             q.seqcache, q.seqcycle, s.relpersistence = 'u', cn.nspname, c.relname, a.attname \
             FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_sequence q ON q.seqrelid = s.oid \
             LEFT JOIN pg_depend d ON d.classid = 1259 AND d.objid = s.oid AND d.refclassid = 1259 AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 \
             LEFT JOIN pg_class c ON c.oid = d.refobjid LEFT JOIN pg_namespace cn ON cn.oid = c.relnamespace \
             LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
             WHERE s.relkind = 'S' AND d.deptype IS DISTINCT FROM 'i' AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "s.oid")
        ))
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        let (schema, table) = (object.text("owner_schema"), object.text("owner_table"));
        if table.is_empty() {
            return Vec::new();
        }
        vec![
            Identity::part(Kind::Column, schema, table, object.text("owner_column")),
            Identity::new(Kind::Table, schema, table),
            Identity::new(Kind::ForeignTable, schema, table),
        ]
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let unlogged = if object.is("unlogged") { "UNLOGGED " } else { "" };
        let mut sql = format!("CREATE {unlogged}SEQUENCE {}", context.of(&object.id));
        if object.text("type") != "bigint" {
            sql.push_str(&format!(" AS {}", object.text("type")));
        }
        for option in options(object) {
            sql.push(' ');
            sql.push_str(&option);
        }
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![
            Draft::new(format!("DROP SEQUENCE {}", context.of(&object.id)))
                .losing(format!("the position of {}", context.words(&object.id))),
        ]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let mut set = Vec::new();
        if old.text("type") != new.text("type") {
            set.push(format!("AS {}", new.text("type")));
        }
        set.extend(changed_options(old, new));
        let head = format!("ALTER SEQUENCE {}", context.of(&new.id));
        let mut drafts = Vec::new();
        if !set.is_empty() {
            drafts.push(Draft::new(format!("{head} {}", set.join(" "))));
        }
        if old.is("unlogged") != new.is("unlogged") {
            let word = if new.is("unlogged") { "UNLOGGED" } else { "LOGGED" };
            drafts.push(Draft::new(format!("{head} SET {word}")));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("SEQUENCE", old, new, context)
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "",
            create: "CREATE SEQUENCE ticket;",
            changed: "CREATE SEQUENCE ticket AS integer INCREMENT BY -1 MINVALUE -100 MAXVALUE -10 START WITH -10 CACHE 5 CYCLE;",
        }]
    }
}

/// Returns the bounds and start that a sequence of this type and direction has by itself.
fn natural(object: &Object) -> (String, String) {
    let limit: i64 = match object.text("type") {
        "smallint" => i16::MAX.into(),
        "integer" => i32::MAX.into(),
        _ => i64::MAX,
    };
    if object.number("increment") < 0 {
        ((-limit - 1).to_string(), "-1".to_owned())
    } else {
        ("1".to_owned(), limit.to_string())
    }
}

/// Returns the options that differ from what the server chooses by itself.
pub(crate) fn options(object: &Object) -> Vec<String> {
    let (min, max) = natural(object);
    let descending = object.number("increment") < 0;
    let start = if descending { object.text("max") } else { object.text("min") };
    let mut options = Vec::new();
    if object.text("start") != start {
        options.push(format!("START WITH {}", object.text("start")));
    }
    if object.text("increment") != "1" {
        options.push(format!("INCREMENT BY {}", object.text("increment")));
    }
    if object.text("min") != min {
        options.push(format!("MINVALUE {}", object.text("min")));
    }
    if object.text("max") != max {
        options.push(format!("MAXVALUE {}", object.text("max")));
    }
    if object.text("cache") != "1" {
        options.push(format!("CACHE {}", object.text("cache")));
    }
    if object.is("cycle") {
        options.push("CYCLE".to_owned());
    }
    options
}

/// Returns the options to be set on the way from `old` to `new`.
pub(crate) fn changed_options(old: &Object, new: &Object) -> Vec<String> {
    let mut options = Vec::new();
    let (natural_min, natural_max) = natural(new);
    // With a new type the server moves a bound that was the old type's own; saying it again is harmless.
    let retyped = old.text("type") != new.text("type");
    let differs = |name: &str| old.text(name) != new.text(name) || (retyped && matches!(name, "min" | "max"));
    if differs("increment") {
        options.push(format!("INCREMENT BY {}", new.text("increment")));
    }
    if differs("min") {
        options.push(match new.text("min") {
            min if min == natural_min => "NO MINVALUE".to_owned(),
            min => format!("MINVALUE {min}"),
        });
    }
    if differs("max") {
        options.push(match new.text("max") {
            max if max == natural_max => "NO MAXVALUE".to_owned(),
            max => format!("MAXVALUE {max}"),
        });
    }
    if differs("start") {
        options.push(format!("START WITH {}", new.text("start")));
    }
    // Where the bounds move past the sequence's position, it can only go on from its start.
    let (min, max) = (new.number("min"), new.number("max"));
    let moved = old.number("min") < min || old.number("max") > max || (old.number("increment") < 0) != (new.number("increment") < 0);
    let fits = |value: i64| min <= value && value <= max;
    if moved && !fits(old.number("start")) {
        options.push("RESTART".to_owned());
    }
    if differs("cache") {
        options.push(format!("CACHE {}", new.text("cache")));
    }
    if differs("cycle") {
        options.push(if new.is("cycle") { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    options
}
