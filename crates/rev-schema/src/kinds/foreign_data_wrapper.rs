//! Foreign data wrappers.

use crate::context::{Context, Server};
use crate::kinds::{Kind, options};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct ForeignDataWrapper;

impl ObjectKind for ForeignDataWrapper {
    fn kind(&self) -> Kind {
        Kind::ForeignDataWrapper
    }

    fn name(&self) -> &'static str {
        "foreign data wrapper"
    }

    fn class(&self) -> u32 {
        2328
    }

    fn columns(&self) -> &'static [&'static str] {
        &["handler", "validator", "foreign_options"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT w.oid, 0, '', w.fdwname, '', CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regproc::text END, \
             CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regproc::text END, array_to_json(w.fdwoptions) FROM pg_foreign_data_wrapper w WHERE {}",
            server.free("pg_foreign_data_wrapper", "w.oid")
        ))
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let mut sql = format!("CREATE FOREIGN DATA WRAPPER {}", ident(&object.id.name));
        sql.push_str(&functions(object, &["handler", "validator"], false));
        if let Some(list) = options::foreign(Vec::new(), object.list("foreign_options")) {
            sql.push_str(&format!(" OPTIONS ({list})"));
        }
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP FOREIGN DATA WRAPPER {}", ident(&object.id.name)))]
    }

    fn change(&self, old: &Object, new: &Object, _context: &Context<'_>) -> Change {
        let changed: Vec<_> = ["handler", "validator"].into_iter().filter(|name| old.get(name) != new.get(name)).collect();
        let mut sql = functions(new, &changed, true);
        if let Some(list) = options::foreign(old.list("foreign_options"), new.list("foreign_options")) {
            sql.push_str(&format!(" OPTIONS ({list})"));
        }
        Change::InPlace(vec![Draft::new(format!("ALTER FOREIGN DATA WRAPPER {}{sql}", ident(&new.id.name)))])
    }

    fn rename(&self, old: &Object, new: &Identity, _context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.name), ident(&new.name));
        Some(vec![Draft::new(format!("ALTER FOREIGN DATA WRAPPER {from} RENAME TO {to}"))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "", create: "CREATE FOREIGN DATA WRAPPER far OPTIONS (a '1');", changed: "CREATE FOREIGN DATA WRAPPER far VALIDATOR postgresql_fdw_validator;" },]
    }
}

fn functions(object: &Object, properties: &[&str], absent: bool) -> String {
    let mut sql = String::new();
    for property in properties {
        match object.get(property) {
            Some(function) => sql.push_str(&format!(" {} {function}", property.to_uppercase())),
            None if absent => sql.push_str(&format!(" NO {}", property.to_uppercase())),
            None => {}
        }
    }
    sql
}
