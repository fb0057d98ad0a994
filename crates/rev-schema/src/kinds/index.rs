//! Indexes that no constraint owns.

use crate::context::{Context, Server};
use crate::kinds::{Kind, options, table};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Index;

impl ObjectKind for Index {
    fn kind(&self) -> Kind {
        Kind::Index
    }

    fn name(&self) -> &'static str {
        "index"
    }

    fn class(&self) -> u32 {
        1259
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "table",
            "unique",
            "definition",
            "options",
            "tablespace",
            "statistics",
            "invalid",
            "~partitioned",
            "~parent_schema",
            "~parent",
            "~parent_table",
            "~parent_table_schema",
        ]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT ic.oid, 0, n.nspname, ic.relname, '', tc.relname, i.indisunique, pg_get_indexdef(ic.oid), array_to_json(ic.reloptions), s.spcname, \
             st.targets, NOT i.indisvalid AND ic.relkind = 'i', ic.relkind = 'I', pn.nspname, pc.relname, pt.relname, ptn.nspname \
             FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_class tc ON tc.oid = i.indrelid JOIN pg_namespace n ON n.oid = tc.relnamespace \
             LEFT JOIN pg_tablespace s ON s.oid = ic.reltablespace \
             LEFT JOIN pg_inherits h ON h.inhrelid = ic.oid AND ic.relispartition LEFT JOIN pg_class pc ON pc.oid = h.inhparent LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace \
             LEFT JOIN pg_index pi ON pi.indexrelid = pc.oid LEFT JOIN pg_class pt ON pt.oid = pi.indrelid LEFT JOIN pg_namespace ptn ON ptn.oid = pt.relnamespace \
             LEFT JOIN (SELECT a.attrelid, json_agg(json_build_array(a.attnum::text, a.attstattarget::text) ORDER BY a.attnum)::text AS targets \
             FROM pg_attribute a WHERE a.attnum > 0 AND a.attstattarget >= 0 GROUP BY a.attrelid) st ON st.attrelid = ic.oid \
             LEFT JOIN pg_constraint o ON o.conindid = ic.oid AND o.conrelid = i.indrelid AND o.contype IN ('p', 'u', 'x') \
             WHERE tc.relkind IN ('r', 'p', 'm') AND o.oid IS NULL AND {} AND {}",
            server.ours("n"),
            server.free("pg_class", "tc.oid")
        ))
    }

    fn normalise(&self, object: &mut Object) -> bool {
        // The printed prefix always names the schema; what follows it is the definition proper.
        let unique = if object.is("unique") { "UNIQUE " } else { "" };
        let only = if object.is("partitioned") { "ONLY " } else { "" };
        let table = format!("{}.{}", ident(&object.id.schema), ident(object.text("table")));
        let prefix = format!("CREATE {unique}INDEX {} ON {only}{table} ", ident(&object.id.name));
        let mut text = object.text("definition").to_owned();
        if let Some(rest) = text.strip_prefix(&prefix) {
            text = rest.to_owned();
        }
        // Storage parameters can be set in place, so they are a property of their own.
        let list = object.list("options");
        let with: Vec<_> = list
            .iter()
            .map(|option| {
                let (name, value) = options::split(option);
                format!("{name}='{value}'")
            })
            .collect();
        let with = format!(" WITH ({})", with.join(", "));
        if !list.is_empty() && text.contains(&with) {
            text = text.replacen(&with, "", 1);
        } else {
            object.set("options", None);
        }
        object.set("definition", Some(text));
        true
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        let mut wanted = tables(object);
        wanted.extend(parent(object));
        wanted
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        if context.options.online && context.stood(&table_id(object)) && !object.is("partitioned") {
            return crate::online::create_index(object, context);
        }
        create_as(object, "", context)
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let name = context.of(&object.id);
        if context.options.online && context.stood(&table_id(object)) && !object.is("partitioned") && context.is_removed(&object.id) {
            return vec![Draft::new(format!("DROP INDEX CONCURRENTLY {name}")).alone()];
        }
        vec![Draft::new(format!("DROP INDEX {name}"))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let name = context.of(&new.id);
        let mut drafts = Vec::new();
        for property in old.differences(new) {
            match property {
                // The server sets them on no index of a partitioned table.
                "options" if new.is("partitioned") => return Change::Rebuild,
                "options" => {
                    for clause in options::change(old, new) {
                        drafts.push(Draft::clause(format!("ALTER INDEX {name}"), clause));
                    }
                }
                "tablespace" => {
                    let space = ident(new.get("tablespace").unwrap_or("pg_default"));
                    drafts.push(Draft::new(format!("ALTER INDEX {name} SET TABLESPACE {space}")));
                }
                "statistics" => drafts.extend(statistics(Some(old), new, context)),
                "invalid" if !old.is("invalid") => {}
                _ => return Change::Rebuild,
            }
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        table::rename("INDEX", old, new, context)
    }

    fn describe(&self, object: &Object, context: &Context<'_>) -> String {
        let columns = object.text("definition").trim_start_matches("USING btree ");
        format!("{} on {} {columns}", context.words(&object.id), object.text("table"))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            setup: "CREATE TABLE sale (id integer, note text);",
            create: "CREATE INDEX by_note ON sale (note) WITH (fillfactor = 70);",
            changed: "CREATE UNIQUE INDEX by_note ON sale (lower(note) DESC) INCLUDE (id) WHERE id > 0;",
        }]
    }
}

/// Returns the table's identity, whatever kind of table it is.
pub(crate) fn table_id(object: &Object) -> Identity {
    Identity::new(Kind::Table, &object.id.schema, object.text("table"))
}

fn tables(object: &Object) -> Vec<Identity> {
    let table = table_id(object);
    vec![table.sibling(Kind::MaterializedView), table]
}

fn parent(object: &Object) -> Vec<Identity> {
    match object.get("parent") {
        Some(name) => vec![
            Identity::new(Kind::Index, object.text("parent_schema"), name),
            Identity::part(Kind::Constraint, object.text("parent_table_schema"), object.text("parent_table"), name),
        ],
        None => Vec::new(),
    }
}

/// Returns CREATE INDEX with `word` (CONCURRENTLY) and what it cannot say.
pub(crate) fn create_as(object: &Object, word: &str, context: &Context<'_>) -> Vec<Draft> {
    let unique = if object.is("unique") { "UNIQUE " } else { "" };
    let table = table_id(object);
    let only = if object.is("partitioned") && context.to.has_children(&table) { "ONLY " } else { "" };
    let mut text = object.text("definition").to_owned();
    if text.starts_with("CREATE ") {
        return vec![Draft::new(text)];
    }
    let mut extra = options::with(object).map(|with| format!(" {with}")).unwrap_or_default();
    if let Some(space) = object.get("tablespace") {
        extra.push_str(&format!(" TABLESPACE {}", ident(space)));
    }
    let at = where_clause(&text);
    text.insert_str(at, &extra);
    let text = text.strip_prefix("USING btree ").unwrap_or(&text);
    let name = ident(&object.id.name);
    let mut draft = Draft::new(format!("CREATE {unique}INDEX {word}{name} ON {only}{} {text}", context.of(&table)));
    if context.stood(&table) && word.is_empty() {
        draft = draft.hazard("blocks_writes", format!("blocks writes to {} while it is built", table.name));
    }
    let mut drafts = vec![draft];
    drafts.extend(statistics(None, object, context));
    drafts
}

/// Returns where the WHERE clause of a definition starts: the last ` WHERE ` outside quotes and parentheses.
fn where_clause(text: &str) -> usize {
    let (mut depth, mut quote) = (0i32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ' ') if depth == 0 && text[at..].starts_with(" WHERE ") => return at,
            _ => {}
        }
    }
    text.len()
}

fn statistics(old: Option<&Object>, new: &Object, context: &Context<'_>) -> Vec<Draft> {
    let name = context.of(&new.id);
    let is = new.table("statistics");
    let was = old.map(|old| old.table("statistics")).unwrap_or_default();
    let reset = was.iter().filter(|row| !is.iter().any(|other| other[0] == row[0])).map(|row| (&row[0], "-1"));
    let set = is.iter().filter(|row| !was.contains(row)).map(|row| (&row[0], row[1].as_str()));
    reset
        .chain(set)
        .map(|(column, target)| Draft::new(format!("ALTER INDEX {name} ALTER COLUMN {column} SET STATISTICS {target}")))
        .collect()
}
