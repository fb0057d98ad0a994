//! The server around the database: checksums, transaction ids, transactions nobody finished, slots nobody reads.

use crate::pg::SessionError;
use crate::validate::probe::Probe;
use crate::validate::{Check, Severity};

pub(super) const CHECK: Check = Check {
    name: "server",
    about: "data checksums, transaction ids left, prepared transactions, stalled replication",
    run: |probe| Box::pin(run(probe)),
};

/// At two thousand million the server stops; vacuum starts in earnest at two hundred million.
const OLD_TRANSACTION_IDS: u64 = 1_000_000_000;
const VERY_OLD_TRANSACTION_IDS: u64 = 1_800_000_000;

async fn run(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let query = "SELECT format('%I', datname), age(datfrozenxid), current_setting('data_checksums'), \
        current_setting('fsync'), current_setting('full_page_writes') \
        FROM pg_database WHERE datname = current_database()";
    for row in probe.catalogue(query).await? {
        probe.examined(1);
        let name = row.text(0);
        let age: u64 = row.number(1).unwrap_or(0);
        if age > OLD_TRANSACTION_IDS {
            let severity = if age > VERY_OLD_TRANSACTION_IDS {
                Severity::Error
            } else {
                Severity::Warning
            };
            probe
                .found(
                    severity,
                    name,
                    format!("its oldest transaction id is {age} old; at about 2000000000 the server refuses writes"),
                )
                .hint("see what holds vacuum back (old transactions, slots, prepared transactions), then VACUUM FREEZE");
        }
        if row.text(2) == "off" {
            probe
                .found(
                    Severity::Note,
                    "data_checksums",
                    "is off: a disk that returns wrong bytes goes unnoticed",
                )
                .hint("pg_checksums --enable, with the server stopped");
        }
        for (column, setting) in [(3, "fsync"), (4, "full_page_writes")] {
            if row.text(column) == "off" {
                probe.found(
                    Severity::Note,
                    setting,
                    "is off: a crash of the machine can damage the data",
                );
            }
        }
    }
    prepared(probe).await?;
    replication(probe).await
}

async fn prepared(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let query = "SELECT gid, extract(epoch FROM now() - prepared)::bigint, quote_literal(gid) FROM pg_prepared_xacts \
        WHERE database = current_database() AND prepared < now() - interval '5 minutes' ORDER BY prepared";
    for row in probe.catalogue(query).await? {
        let minutes = row.number::<u64>(1).unwrap_or(0) / 60;
        let literal = row.text(2);
        probe
            .found(
                Severity::Warning,
                row.text(0),
                format!("a prepared transaction waits for its end since {minutes} minutes; it keeps its locks and holds vacuum back"),
            )
            .hint(format!("COMMIT PREPARED {literal} or ROLLBACK PREPARED {literal}"));
    }
    Ok(())
}

async fn replication(probe: &mut Probe<'_>) -> Result<(), SessionError> {
    let slots = "SELECT slot_name, wal_status, coalesce(pg_size_pretty(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() \
        THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)), '') FROM pg_replication_slots \
        WHERE (database IS NULL OR database = current_database()) AND (wal_status IN ('unreserved', 'lost') OR NOT active) ORDER BY 1";
    for row in probe.catalogue(slots).await? {
        let (name, status, behind) = (row.text(0), row.text(1), row.text(2));
        if matches!(status, "unreserved" | "lost") {
            probe.found(
                Severity::Warning,
                name,
                format!("the replication slot is {status}: its reader has to start anew"),
            );
        } else {
            probe.found(
                Severity::Note,
                name,
                format!("nobody reads the replication slot; it keeps {behind} of WAL and holds vacuum back"),
            );
        }
    }
    // Ordinary roles may read these columns, the connection string they may not.
    let subscriptions = "SELECT format('%I', subname) FROM pg_subscription WHERE NOT subenabled AND subdbid = \
        (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1";
    for row in probe.catalogue(subscriptions).await? {
        let name = row.text(0);
        probe
            .found(
                Severity::Warning,
                name,
                "the subscription is disabled: changes no longer arrive",
            )
            .hint(format!("ALTER SUBSCRIPTION {name} ENABLE"));
    }
    Ok(())
}
