//! Subscriptions. They are made without connecting, disabled and without a slot, so that a schema change opens no stream.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::{ident, literal, idents};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Subscription;

impl ObjectKind for Subscription {
    fn kind(&self) -> Kind {
        Kind::Subscription
    }

    fn name(&self) -> &'static str {
        "subscription"
    }

    fn class(&self) -> u32 {
        6100
    }

    fn columns(&self) -> &'static [&'static str] {
        &["connection", "publications", "settings", "enabled", "slot"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let mut settings = vec![
            "json_build_array('synchronous_commit', s.subsynccommit)".to_owned(),
        ];
        let boolean = |name: &str, column: &str| format!("json_build_array('{name}', s.{column}::text)");
        if server.since(14) {
            settings.push(boolean("binary", "subbinary"));
            settings.push(if server.since(16) {
                "json_build_array('streaming', CASE s.substream WHEN 'f' THEN 'off' WHEN 't' THEN 'on' ELSE 'parallel' END)".to_owned()
            } else {
                "json_build_array('streaming', CASE WHEN s.substream THEN 'on' ELSE 'off' END)".to_owned()
            });
        }
        if server.since(15) {
            settings.push("json_build_array('two_phase', CASE WHEN s.subtwophasestate = 'd' THEN 'false' ELSE 'true' END)".to_owned());
            settings.push(boolean("disable_on_error", "subdisableonerr"));
        }
        if server.since(16) {
            settings.push("json_build_array('origin', s.suborigin)".to_owned());
            settings.push(boolean("password_required", "subpasswordrequired"));
            settings.push(boolean("run_as_owner", "subrunasowner"));
        }
        if server.since(17) {
            settings.push(boolean("failover", "subfailover"));
        }
        // The connection string is for superusers; a column that may not be read must not stop the rest.
        Some(format!(
            "SELECT s.oid, 0, '', s.subname, '', CASE WHEN has_column_privilege('pg_subscription', 'subconninfo', 'SELECT') \
             THEN query_to_xml('SELECT subconninfo AS info FROM pg_catalog.pg_subscription WHERE oid = ' || s.oid, false, false, '')::text END, \
             array_to_json(s.subpublications), json_build_array({}), s.subenabled, s.subslotname \
             FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())",
            settings.join(", ")
        ))
    }

    fn normalise(&self, object: &mut Object) -> bool {
        if let Some(xml) = object.get("connection")
            && let Some((_, rest)) = xml.split_once("<info>")
            && let Some((text, _)) = rest.split_once("</info>")
        {
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            object.set("connection", Some(text));
        }
        true
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let mut options = vec!["connect = false".to_owned()];
        match object.get("slot") {
            None => options.push("slot_name = NONE".to_owned()),
            Some(slot) if slot != object.id.name => options.push(format!("slot_name = {}", literal(slot))),
            Some(_) => {}
        }
        for row in object.table("settings") {
            if !is_default(&row) {
                options.push(format!("{} = {}", row[0], value(&row[1])));
            }
        }
        let mut drafts = vec![Draft::new(format!(
            "CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {} WITH ({})",
            ident(&object.id.name),
            literal(object.text("connection")),
            idents(&object.list("publications")),
            options.join(", ")
        ))];
        if object.is("enabled") {
            drafts.push(Draft::new(format!("ALTER SUBSCRIPTION {} ENABLE", ident(&object.id.name))));
        }
        drafts
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let name = ident(&object.id.name);
        let mut drafts = Vec::new();
        // With a slot, DROP would connect to the publisher.
        if object.is("enabled") {
            drafts.push(Draft::new(format!("ALTER SUBSCRIPTION {name} DISABLE")));
        }
        if object.get("slot").is_some() {
            drafts.push(
                Draft::new(format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"))
                    .hazard("slot_left", "leaves the replication slot on the publisher"),
            );
        }
        drafts.push(Draft::new(format!("DROP SUBSCRIPTION {name}")));
        drafts
    }

    fn change(&self, old: &Object, new: &Object, _context: &Context<'_>) -> Change {
        let head = format!("ALTER SUBSCRIPTION {}", ident(&new.id.name));
        let mut drafts = Vec::new();
        let other = |name: &str| old.get(name) != new.get(name);
        if other("enabled") && old.is("enabled") {
            drafts.push(Draft::new(format!("{head} DISABLE")));
        }
        if other("connection") {
            drafts.push(Draft::new(format!("{head} CONNECTION {}", literal(new.text("connection")))));
        }
        if other("publications") {
            let names = idents(&new.list("publications"));
            drafts.push(Draft::new(format!("{head} SET PUBLICATION {names} WITH (refresh = false)")));
        }
        let was = old.table("settings");
        let mut set = Vec::new();
        for row in new.table("settings").iter().filter(|row| !was.contains(row)) {
            if row[0] == "two_phase" {
                return Change::Rebuild;
            }
            set.push(format!("{} = {}", row[0], value(&row[1])));
        }
        if other("slot") {
            set.push(format!("slot_name = {}", new.get("slot").map_or_else(|| "NONE".to_owned(), literal)));
        }
        if !set.is_empty() {
            drafts.push(Draft::new(format!("{head} SET ({})", set.join(", "))));
        }
        if other("enabled") && new.is("enabled") {
            drafts.push(Draft::new(format!("{head} ENABLE")));
        }
        Change::InPlace(drafts)
    }

    fn rename(&self, old: &Object, new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.name), ident(&new.name));
        Some(vec![Draft::new(format!("ALTER SUBSCRIPTION {from} RENAME TO {to}"))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE SUBSCRIPTION feed CONNECTION 'host=far.invalid' PUBLICATION news WITH (connect = false, slot_name = NONE, enabled = false);", changed: "CREATE SUBSCRIPTION feed CONNECTION 'host=near.invalid' PUBLICATION news, more WITH (connect = false, slot_name = NONE, enabled = false, synchronous_commit = on);" }]
    }
}

fn is_default(row: &[String]) -> bool {
    matches!(
        (row[0].as_str(), row[1].as_str()),
        ("password_required", "true") | ("synchronous_commit", "off") | ("origin", "any")
    ) || (!matches!(row[0].as_str(), "password_required" | "synchronous_commit") && matches!(row[1].as_str(), "false" | "off"))
}

fn value(text: &str) -> String {
    literal(text)
}
