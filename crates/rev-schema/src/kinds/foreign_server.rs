//! Foreign servers.

use crate::context::{Context, Server};
use crate::kinds::{Kind, options};
use crate::name::{ident, literal};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct ForeignServer;

impl ObjectKind for ForeignServer {
    fn kind(&self) -> Kind {
        Kind::ForeignServer
    }

    fn name(&self) -> &'static str {
        "server"
    }

    fn class(&self) -> u32 {
        1417
    }

    fn columns(&self) -> &'static [&'static str] {
        &["wrapper", "type", "version", "foreign_options"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT s.oid, 0, '', s.srvname, '', w.fdwname, s.srvtype, s.srvversion, array_to_json(s.srvoptions) \
             FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE {}",
            server.free("pg_foreign_server", "s.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![Identity::new(Kind::ForeignDataWrapper, "", object.text("wrapper"))]
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let mut sql = format!("CREATE SERVER {}", ident(&object.id.name));
        for (property, word) in [("type", "TYPE"), ("version", "VERSION")] {
            if let Some(text) = object.get(property) {
                sql.push_str(&format!(" {word} {}", literal(text)));
            }
        }
        sql.push_str(&format!(" FOREIGN DATA WRAPPER {}", ident(object.text("wrapper"))));
        if let Some(list) = options::foreign(Vec::new(), object.list("foreign_options")) {
            sql.push_str(&format!(" OPTIONS ({list})"));
        }
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP SERVER {}", ident(&object.id.name)))]
    }

    fn change(&self, old: &Object, new: &Object, _context: &Context<'_>) -> Change {
        let other = |name: &str| old.get(name) != new.get(name);
        if other("wrapper") || other("type") || (other("version") && new.get("version").is_none()) {
            return Change::Rebuild;
        }
        let mut sql = format!("ALTER SERVER {}", ident(&new.id.name));
        if other("version") {
            sql.push_str(&format!(" VERSION {}", literal(new.text("version"))));
        }
        if let Some(list) = options::foreign(old.list("foreign_options"), new.list("foreign_options")) {
            sql.push_str(&format!(" OPTIONS ({list})"));
        }
        Change::InPlace(vec![Draft::new(sql)])
    }

    fn rename(&self, old: &Object, new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.name), ident(&new.name));
        Some(vec![Draft::new(format!("ALTER SERVER {from} RENAME TO {to}"))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE FOREIGN DATA WRAPPER far;", create: "CREATE SERVER away VERSION '1' FOREIGN DATA WRAPPER far;", changed: "CREATE SERVER away VERSION '2' FOREIGN DATA WRAPPER far OPTIONS (a '1');" },]
    }
}
