//! Row security policies.

use crate::context::{Context, Server};
use crate::kinds::{Kind};
use crate::name::{ident, role};
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Policy;

impl ObjectKind for Policy {
    fn kind(&self) -> Kind {
        Kind::Policy
    }

    fn name(&self) -> &'static str {
        "policy"
    }

    fn class(&self) -> u32 {
        3256
    }

    fn columns(&self) -> &'static [&'static str] {
        &["command", "permissive", "roles", "using", "check"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        Some(format!(
            "SELECT p.oid, 0, n.nspname, c.relname, p.polname, p.polcmd, p.polpermissive, \
             (SELECT json_agg(coalesce(a.rolname, 'public') ORDER BY a.rolname)::text FROM unnest(p.polroles) r LEFT JOIN pg_roles a ON a.oid = r), \
             pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) \
             FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {} AND {}",
            server.ours("n"),
            server.free("pg_class", "c.oid")
        ))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        vec![object.id.whole(Kind::Table)]
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        let mut sql = format!("CREATE POLICY {} ON {}", ident(&object.id.part), context.of(&object.id));
        if !object.is("permissive") {
            sql.push_str(" AS RESTRICTIVE");
        }
        sql.push_str(match object.text("command") {
            "r" => " FOR SELECT",
            "a" => " FOR INSERT",
            "w" => " FOR UPDATE",
            "d" => " FOR DELETE",
            _ => "",
        });
        if object.list("roles") != ["public"] {
            sql.push_str(&format!(" TO {}", roles(object)));
        }
        sql.push_str(&conditions(object));
        vec![Draft::new(sql)]
    }

    fn drop(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        vec![Draft::new(format!("DROP POLICY {} ON {}", ident(&object.id.part), context.of(&object.id)))]
    }

    fn change(&self, old: &Object, new: &Object, context: &Context<'_>) -> Change {
        let lost = |name: &str| old.get(name).is_some() && new.get(name).is_none();
        let other = |name: &str| old.get(name) != new.get(name);
        if other("command") || other("permissive") || lost("using") || lost("check") {
            return Change::Rebuild;
        }
        let mut sql = format!("ALTER POLICY {} ON {}", ident(&new.id.part), context.of(&new.id));
        if other("roles") {
            sql.push_str(&format!(" TO {}", roles(new)));
        }
        if other("using") {
            sql.push_str(&format!(" USING ({})", new.text("using")));
        }
        if other("check") {
            sql.push_str(&format!(" WITH CHECK ({})", new.text("check")));
        }
        Change::InPlace(vec![Draft::new(sql)])
    }

    fn rename(&self, old: &Object, new: &Identity, context: &Context<'_>) -> Option<Vec<Draft>> {
        let (from, to) = (ident(&old.id.part), ident(&new.part));
        Some(vec![Draft::new(format!("ALTER POLICY {from} ON {} RENAME TO {to}", context.of(new)))])
    }


    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TABLE sale (id integer);", create: "CREATE POLICY mine ON sale USING (id > 0);", changed: "CREATE POLICY mine ON sale AS RESTRICTIVE FOR UPDATE USING (id > 1) WITH CHECK (id > 2);" },]
    }
}

fn roles(object: &Object) -> String {
    object.list("roles").iter().map(|name| role(name)).collect::<Vec<_>>().join(", ")
}

fn conditions(object: &Object) -> String {
    let mut sql = String::new();
    if let Some(using) = object.get("using") {
        sql.push_str(&format!(" USING ({using})"));
    }
    if let Some(check) = object.get("check") {
        sql.push_str(&format!(" WITH CHECK ({check})"));
    }
    sql
}
