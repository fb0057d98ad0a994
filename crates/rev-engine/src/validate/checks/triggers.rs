//! Triggers and rules that do not fire, and the setting that silences them all.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "triggers",
    about: "disabled triggers, foreign keys whose triggers are disabled, disabled rules",
    run: |probe| Box::pin(run(probe)),
};

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    // A trigger of a partition follows its parent's and is named only where it differs from it.
    let triggers = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), format('%I', g.tgname), g.tgenabled, \
         (SELECT format('%I', c.conname) FROM pg_constraint c WHERE c.oid = g.tgconstraint AND c.contype = 'f'), \
         (SELECT format('%I.%I', cn.nspname, ct.relname) FROM pg_constraint c JOIN pg_class ct ON ct.oid = c.conrelid \
          JOIN pg_namespace cn ON cn.oid = ct.relnamespace WHERE c.oid = g.tgconstraint AND c.contype = 'f') \
         FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
         WHERE {scope} AND NOT EXISTS (SELECT FROM pg_trigger p WHERE p.oid = g.tgparentid AND p.tgenabled = g.tgenabled) \
         ORDER BY 5, 4, 1, 2"
    );
    let mut dead_keys = Vec::new();
    let rows = probe.catalogue(&triggers).await?;
    probe.examined(rows.len());
    for row in rows {
        let (table, name) = (row.text(0), row.text(1));
        match (row.text(2), row.get(3)) {
            ("D", Some(key)) => {
                let object = format!("{}.{key}", row.text(4));
                if !dead_keys.contains(&object) {
                    probe
                        .found(
                            Severity::Error,
                            object.clone(),
                            format!("the foreign key is not enforced: its triggers on {table} are disabled"),
                        )
                        .hint(format!("ALTER TABLE {table} ENABLE TRIGGER ALL, then look for orphan rows"));
                    dead_keys.push(object);
                }
            }
            ("D", None) => {
                probe
                    .found(
                        Severity::Warning,
                        format!("{table}.{name}"),
                        "the trigger is disabled",
                    )
                    .hint(format!("ALTER TABLE {table} ENABLE TRIGGER {name}"));
            }
            ("R", _) => {
                probe
                    .found(
                        Severity::Warning,
                        format!("{table}.{name}"),
                        "the trigger fires only where changes arrive by replication",
                    )
                    .hint(format!("ALTER TABLE {table} ENABLE TRIGGER {name}"));
            }
            _ => {}
        }
    }
    rules(probe).await?;
    if probe.is_whole_database() {
        event_triggers(probe).await?;
        replica_role(probe).await?;
    }
    Ok(())
}

async fn rules(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let scope = probe.in_scope("n");
    let query = format!(
        "SELECT format('%I.%I', n.nspname, t.relname), format('%I', r.rulename) FROM pg_rewrite r JOIN pg_class t ON t.oid = r.ev_class \
         JOIN pg_namespace n ON n.oid = t.relnamespace WHERE {scope} AND r.ev_enabled = 'D' ORDER BY 1, 2"
    );
    for row in probe.catalogue(&query).await? {
        let (table, name) = (row.text(0), row.text(1));
        probe
            .found(
                Severity::Warning,
                format!("{table}.{name}"),
                "the rule is disabled",
            )
            .hint(format!("ALTER TABLE {table} ENABLE RULE {name}"));
    }
    Ok(())
}

async fn event_triggers(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let query =
        "SELECT format('%I', evtname) FROM pg_event_trigger WHERE evtenabled = 'D' ORDER BY 1";
    for row in probe.catalogue(query).await? {
        let name = row.text(0);
        probe
            .found(Severity::Warning, name, "the event trigger is disabled")
            .hint(format!("ALTER EVENT TRIGGER {name} ENABLE"));
    }
    Ok(())
}

/// `session_replication_role = replica`, set for good, turns every trigger and foreign key off for those it is set for.
async fn replica_role(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let query = "SELECT coalesce(quote_ident(r.rolname), 'every role'), coalesce(quote_ident(d.datname), 'every database') \
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase \
        WHERE 'session_replication_role=replica' = ANY (s.setconfig) \
        AND (s.setdatabase = 0 OR d.datname = current_database()) ORDER BY 1, 2";
    for row in probe.catalogue(query).await? {
        let (role, database) = (row.text(0), row.text(1));
        probe
            .found(
                Severity::Error,
                role,
                format!("has session_replication_role = replica in {database}: no trigger fires and no foreign key is checked"),
            )
            .hint("ALTER ROLE (or DATABASE) … RESET session_replication_role, then look for orphan rows");
    }
    Ok(())
}
