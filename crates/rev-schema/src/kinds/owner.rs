//! Owners, where they are asked for.

use crate::catalog::HANGING;
use crate::context::{Context, Server};
use crate::kinds::{Kind, describe};
use crate::name::ident;
use crate::object::{Change, Example, Identity, Object, ObjectKind};
use crate::statement::Draft;

pub struct Owner;

impl ObjectKind for Owner {
    fn kind(&self) -> Kind {
        Kind::Owner
    }

    fn name(&self) -> &'static str {
        "owner"
    }

    fn columns(&self) -> &'static [&'static str] {
        &["role"]
    }

    fn query(&self, server: &Server) -> Option<String> {
        if !server.scope.owners {
            return None;
        }
        let parts: Vec<_> = [
            (1259, "pg_class", "relowner", "AND x.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"),
            (1255, "pg_proc", "proowner", ""),
            (1247, "pg_type", "typowner", ""),
            (2615, "pg_namespace", "nspowner", ""),
            (2612, "pg_language", "lanowner", ""),
            (2328, "pg_foreign_data_wrapper", "fdwowner", ""),
            (1417, "pg_foreign_server", "srvowner", ""),
            (3456, "pg_collation", "collowner", ""),
            (2607, "pg_conversion", "conowner", ""),
            (2617, "pg_operator", "oprowner", ""),
            (2616, "pg_opclass", "opcowner", ""),
            (2753, "pg_opfamily", "opfowner", ""),
            (3600, "pg_ts_dict", "dictowner", ""),
            (3602, "pg_ts_config", "cfgowner", ""),
            (3381, "pg_statistic_ext", "stxowner", ""),
            (3466, "pg_event_trigger", "evtowner", ""),
            (6104, "pg_publication", "pubowner", ""),
            (6100, "pg_subscription", "subowner", ""),
        ]
        .iter()
        .map(|(class, catalog, owner, more)| {
            format!("SELECT x.oid, 0, '{HANGING}', '{class}', '', pg_get_userbyid(x.{owner})::text FROM {catalog} x WHERE x.oid >= 16384 {more}")
        })
        .collect();
        Some(parts.join(" UNION ALL "))
    }

    fn depends_on(&self, object: &Object) -> Vec<Identity> {
        object.id.target().into_iter().collect()
    }

    fn part_of(&self, object: &Object) -> Vec<Identity> {
        self.depends_on(object)
    }

    fn create(&self, object: &Object, context: &Context<'_>) -> Vec<Draft> {
        if object.text("role") == context.from.current_user() {
            return Vec::new();
        }
        write(object, context)
    }

    fn drop(&self, _object: &Object, _context: &Context<'_>) -> Vec<Draft> {
        Vec::new()
    }

    fn change(&self, _old: &Object, new: &Object, context: &Context<'_>) -> Change {
        Change::InPlace(write(new, context))
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { setup: "CREATE TABLE sale (id integer);", create: "ALTER TABLE sale OWNER TO somebody;", changed: "" }]
    }
}

fn write(object: &Object, context: &Context<'_>) -> Vec<Draft> {
    match object.id.target().and_then(|id| context.find(&id)) {
        // An identity's sequence follows its table.
        Some(target) if target.id.kind != Kind::IdentityColumn => {
            let name = describe::target(target, context);
            vec![Draft::new(format!("ALTER {name} OWNER TO {}", ident(object.text("role"))))]
        }
        _ => Vec::new(),
    }
}
