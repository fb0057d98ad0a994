//! User mappings of foreign servers.

use crate::context::{Context, Server};
use crate::kinds::{Kind, options};
use crate::name::{ident, role};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct UserMapping;

impl ObjectKind for UserMapping {
    fn kind(&self) -> Kind {
        Kind::UserMapping
    }

    fn name(&self) -> &'static str {
        "user mapping"
    }

    fn class(&self) -> u32 {
        1418
    }

    fn columns(&self) -> &'static [&'static str] {
        &["foreign_options"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        let _ = server.version;
        // The view hides options from those who may not see them; the table hides itself.
        Some(
            "SELECT u.umid, 0, '', u.srvname, CASE WHEN u.umuser = 0 THEN 'public' ELSE u.usename END, array_to_json(u.umoptions) FROM pg_user_mappings u"
                .to_owned(),
        )
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![Identity::new(Kind::ForeignServer, "", &object.id.name)]
    }

    fn create(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        let list = options::foreign(Vec::new(), object.list("foreign_options"));
        let options = list.map(|list| format!(" OPTIONS ({list})")).unwrap_or_default();
        vec![Draft::new(format!("CREATE USER MAPPING FOR {}{options}", name(object)))]
    }

    fn drop(&self, object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP USER MAPPING FOR {}", name(object)))]
    }

    fn change(&self, old: &Object, new: &Object, _context: &Context<'_>) -> Change {
        let list = options::foreign(old.list("foreign_options"), new.list("foreign_options"));
        let sql = list.map(|list| Draft::new(format!("ALTER USER MAPPING FOR {} OPTIONS ({list})", name(new))));
        Change::InPlace(sql.into_iter().collect())
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;", create: "CREATE USER MAPPING FOR PUBLIC SERVER away OPTIONS (a '1');", changed: "CREATE USER MAPPING FOR PUBLIC SERVER away OPTIONS (b '2');" },]
    }
}

fn name(object: &Object) -> String {
    format!("{} SERVER {}", role(&object.id.part), ident(&object.id.name))
}
