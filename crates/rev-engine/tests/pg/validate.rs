//! Damage done on purpose: each kind is found, named, and nothing else is.

use rev_engine::events::ignore;
use rev_engine::pg::{Address, ConnectOptions, Session, connect};
use rev_engine::validate::{Report, Severity, ValidateOptions, validate};
use rev_testkit::{Database, fresh_database};

/// A small shop with something of each kind, in good health.
const SHOP: &str = "
CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, country text CHECK (country <> ''));
CREATE TABLE addresses (street text, city text, PRIMARY KEY (street, city));
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id integer REFERENCES customers,
    parent_id bigint REFERENCES orders,
    street text, city text,
    total numeric NOT NULL DEFAULT 0 CONSTRAINT total_positive CHECK (total >= 0),
    CONSTRAINT address_simple FOREIGN KEY (street, city) REFERENCES addresses,
    CONSTRAINT address_full FOREIGN KEY (street, city) REFERENCES addresses MATCH FULL
);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION spent(customer integer) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(total) FROM orders WHERE customer_id = customer';
CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 100;
CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(total) FROM orders GROUP BY 1;
INSERT INTO customers (email, country) SELECT 'a' || n, 'CH' FROM generate_series(1, 20) n;
INSERT INTO addresses VALUES ('Main', 'Bern');
INSERT INTO orders (customer_id, parent_id, street, city, total) SELECT n, NULL, 'Main', 'Bern', n FROM generate_series(1, 20) n;
INSERT INTO events VALUES ('2019-05-05', 'x'), ('2024-05-05', 'y');
";

fn look_at(database: &Database, options: &ValidateOptions) -> Report {
    let url = database.url();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut session = session(&url).await;
            let report = validate(&mut session, options, &ignore).await.unwrap();
            session.close().await;
            report
        })
}

async fn session(url: &str) -> Session {
    let address = Address::parse(Some(url), &|_| None).unwrap();
    connect(&ConnectOptions::new(address)).await.unwrap()
}

/// Warnings and errors, one a line.
fn lines(report: &Report) -> Vec<String> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note)
        .map(|finding| {
            format!(
                "{} {} {}: {}",
                finding.severity.word(),
                finding.check,
                finding.object,
                finding.message
            )
        })
        .collect()
}

/// Does damage to a healthy shop and expects exactly the findings that start like this.
fn check(damage: &[&str], expected: &[&str]) {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    for script in damage {
        database.execute(script);
    }
    let found = lines(&look_at(&database, &ValidateOptions::default()));
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, start)| found.starts_with(start));
    assert!(fits, "expected {expected:#?}\nfound {found:#?}");
}

/// As [`check`], with a statement that fails halfway, as a concurrent build does.
fn check_failing(damage: &[&str], failing: &str, expected: &[&str]) {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    for script in damage {
        database.execute(script);
    }
    let url = database.url();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut session = session(&url).await;
            assert!(session.execute(failing).await.is_err(), "{failing}");
            session.close().await;
        });
    let found = lines(&look_at(&database, &ValidateOptions::default()));
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, start) in found.iter().zip(expected) {
        assert!(found.starts_with(start), "expected {start}\nfound {found}");
    }
}

#[test]
fn a_healthy_database_has_no_findings() {
    check(&[], &[]);
}

#[test]
fn orphans_are_found() {
    check(
        &["SET session_replication_role = replica; DELETE FROM customers WHERE id IN (3, 4)"],
        &[
            "error foreign_keys public.orders.orders_customer_id_fkey: 2 rows point to no row of public.customers, for example (3)",
        ],
    );
}

#[test]
fn orphans_of_a_self_reference_are_found() {
    check(
        &["SET session_replication_role = replica; UPDATE orders SET parent_id = 999 WHERE id = 1"],
        &[
            "error foreign_keys public.orders.orders_parent_id_fkey: 1 row points to no row of public.orders, for example (999)",
        ],
    );
}

#[test]
fn match_simple_lets_a_half_null_key_pass_and_match_full_does_not() {
    check(
        &["SET session_replication_role = replica; UPDATE orders SET city = NULL WHERE id = 1"],
        &[
            "error foreign_keys public.orders.address_full: 1 row points to no row of public.addresses, for example (Main,)",
        ],
    );
}

#[test]
fn orphans_of_a_composite_key_are_found() {
    check(
        &["SET session_replication_role = replica; UPDATE orders SET city = 'Basel' WHERE id = 1"],
        &[
            "error foreign_keys public.orders.address_full: 1 row",
            "error foreign_keys public.orders.address_simple: 1 row points to no row of public.addresses, for example (Main,Basel)",
        ],
    );
}

#[test]
fn orphans_behind_partitions_are_found_once() {
    check(
        &[
            "CREATE TABLE parts (id int, r int, PRIMARY KEY (id, r)) PARTITION BY LIST (r);
             CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1); CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
             CREATE TABLE uses (id int, r int, CONSTRAINT uses_part FOREIGN KEY (id, r) REFERENCES parts) PARTITION BY LIST (r);
             CREATE TABLE uses_1 PARTITION OF uses FOR VALUES IN (1); CREATE TABLE uses_2 PARTITION OF uses FOR VALUES IN (2);
             INSERT INTO parts VALUES (1, 1), (1, 2); INSERT INTO uses VALUES (1, 1), (1, 2);
             SET session_replication_role = replica; DELETE FROM parts WHERE r = 2",
        ],
        &["error foreign_keys public.uses.uses_part: 1 row points to no row of public.parts, for example (1,2)"],
    );
}

#[test]
fn rows_of_inheriting_tables_do_not_count_for_a_key() {
    check(
        &[
            "CREATE TABLE vip () INHERITS (customers); CREATE TABLE old_orders () INHERITS (orders);
             INSERT INTO vip (id, email) VALUES (500, 'v'); INSERT INTO old_orders (id, customer_id) VALUES (900, 12345); SELECT setval('customers_id_seq', 900), setval('orders_id_seq', 900);
             SET session_replication_role = replica; UPDATE orders SET customer_id = 500 WHERE id = 1",
        ],
        &["error foreign_keys public.orders.orders_customer_id_fkey: 1 row points to no row of public.customers, for example (500)"],
    );
}

#[test]
fn keys_of_other_types_and_names_are_compared_as_the_server_does() {
    check(
        &[
            r#"CREATE SCHEMA "Odd One"; CREATE TABLE "Odd One"."T" ("Select" bigint PRIMARY KEY, "a""b" char(4) UNIQUE);
             CREATE TABLE "Odd One".c (s smallint CONSTRAINT "K k" REFERENCES "Odd One"."T", v varchar(9) REFERENCES "Odd One"."T" ("a""b"));
             INSERT INTO "Odd One"."T" VALUES (1, 'x'); INSERT INTO "Odd One".c VALUES (1, 'x');
             SET session_replication_role = replica; INSERT INTO "Odd One".c VALUES (2, 'y')"#,
        ],
        &[
            r#"error foreign_keys "Odd One".c."K k": 1 row points"#,
            r#"error foreign_keys "Odd One".c.c_v_fkey: 1 row points"#,
        ],
    );
}

#[test]
fn a_sequence_set_back_is_found() {
    check(
        &["SELECT setval('customers_id_seq', 5)"],
        &[
            "error sequences public.customers_id_seq: gives 6 next, and public.customers.id already holds 20: inserts will fail",
        ],
    );
}

#[test]
fn an_identity_behind_its_column_is_found() {
    check(
        &["INSERT INTO orders (id) OVERRIDING SYSTEM VALUE VALUES (21), (22)"],
        &[
            "error sequences public.orders_id_seq: gives 21 next, and public.orders.id already holds 22",
        ],
    );
}

#[test]
fn sequences_that_count_down_start_anew_or_run_out_are_understood() {
    check(
        &[
            "CREATE SEQUENCE down INCREMENT -1 MINVALUE -100 MAXVALUE -1 START -1;
             CREATE TABLE d (id int PRIMARY KEY DEFAULT nextval('down')); INSERT INTO d VALUES (-1), (-2);
             CREATE TABLE fresh (id serial PRIMARY KEY);
             CREATE TABLE full_up (id smallserial PRIMARY KEY); SELECT setval('full_up_id_seq', 32767);
             CREATE TABLE nearly (id serial); SELECT setval('nearly_id_seq', 2000000000);
             CREATE TABLE wide (id serial); ALTER SEQUENCE wide_id_seq AS bigint; SELECT setval('wide_id_seq', 2147483647);
             CREATE SEQUENCE round MAXVALUE 10 CYCLE; CREATE TABLE r (id int DEFAULT nextval('round')); SELECT setval('round', 10)",
        ],
        &[
            "error sequences public.down: gives -1 next, and public.d.id already holds -2",
            "error sequences public.full_up_id_seq: is used up: the numbers for public.full_up.id end at 32767",
            "error sequences public.wide_id_seq: is used up: the numbers for public.wide.id end at 2147483647",
            "warning sequences public.nearly_id_seq: is at 2000000001, nine tenths used",
        ],
    );
}

#[test]
fn an_index_of_a_failed_concurrent_build_is_found_with_its_duplicates() {
    check_failing(
        &["UPDATE orders SET total = 5 WHERE id < 4"],
        "CREATE UNIQUE INDEX CONCURRENTLY one_total ON orders (total)",
        &[
            "error indexes public.one_total: is INVALID",
            "error duplicate_keys public.one_total: 1 key is there more than once in public.orders, for example (5)",
        ],
    );
}

#[test]
fn leftovers_of_reindex_are_found() {
    check(
        &["CREATE INDEX orders_customer_ccnew ON orders (customer_id)"],
        &["warning indexes public.orders_customer_ccnew: looks like a leftover"],
    );
}

#[test]
fn a_partitioned_index_that_lacks_a_partition_is_found() {
    check(
        &["CREATE INDEX events_at ON ONLY events (at)"],
        &[
            "error indexes public.events_at: is INVALID: public.events_new, public.events_old of public.events have no valid index",
        ],
    );
}

#[test]
fn constraints_that_are_not_valid_are_found_and_so_are_their_rows() {
    check(
        &[
            "UPDATE customers SET country = 'XX' WHERE id < 3;
             ALTER TABLE customers ADD CONSTRAINT known CHECK (country <> 'XX') NOT VALID;
             ALTER TABLE orders ADD CONSTRAINT again FOREIGN KEY (customer_id) REFERENCES customers NOT VALID",
        ],
        &[
            "error check_violations public.customers.known: 2 rows break it",
            "warning constraints public.customers.known: CHECK is NOT VALID",
            "warning constraints public.orders.again: foreign key is NOT VALID",
        ],
    );
}

#[test]
fn a_check_whose_function_changed_is_found() {
    check(
        &[
            "CREATE FUNCTION fine(n numeric) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT n >= 0';
             ALTER TABLE orders ADD CONSTRAINT is_fine CHECK (fine(total));
             CREATE OR REPLACE FUNCTION fine(n numeric) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT n > 1'",
        ],
        &["error check_violations public.orders.is_fine: 1 row breaks it"],
    );
}

#[test]
fn a_domain_whose_constraint_is_not_valid_is_found() {
    check(
        &[
            "CREATE DOMAIN code AS text; CREATE TABLE coded (c code); INSERT INTO coded VALUES ('long'), ('x'), (NULL);
             ALTER DOMAIN code ADD CONSTRAINT short CHECK (length(value) = 1) NOT VALID",
        ],
        &[
            "error check_violations public.coded.c (public.code.short): 1 row breaks it",
            "warning constraints public.code.short: CHECK is NOT VALID",
        ],
    );
}

#[test]
fn a_null_in_a_not_null_column_is_found() {
    check(
        &[
            "ALTER TABLE orders ADD note text; UPDATE orders SET note = 'n' WHERE id > 2;
             UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'orders'::regclass AND attname = 'note'",
        ],
        &["error check_violations public.orders.note: 2 rows break it"],
    );
}

#[test]
fn duplicates_behind_a_unique_index_are_found() {
    // What a changed collation or a bad disk does, done through the catalogue: the index does not hear of a row.
    check(
        &[
            "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'customers_email_key'::regclass",
            "INSERT INTO customers (email) VALUES ('a1'), ('a2')",
            "UPDATE pg_index SET indisready = true, indisvalid = true WHERE indexrelid = 'customers_email_key'::regclass",
        ],
        &[
            "error duplicate_keys public.customers_email_key: 2 keys are there more than once in public.customers, for example (a1)",
        ],
    );
}

#[test]
fn an_index_that_misses_rows_is_found_by_amcheck() {
    check(
        &[
            "CREATE EXTENSION amcheck",
            "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'orders_customer'::regclass",
            "INSERT INTO orders (customer_id) VALUES (1)",
            "UPDATE pg_index SET indisready = true, indisvalid = true WHERE indexrelid = 'orders_customer'::regclass",
        ],
        &["error btree_contents public.orders_customer: is damaged: heap tuple"],
    );
}

#[test]
fn disabled_triggers_and_rules_are_found() {
    check(
        &[
            "ALTER TABLE customers DISABLE TRIGGER touch; ALTER TABLE orders DISABLE TRIGGER ALL;
             CREATE RULE quiet AS ON DELETE TO addresses DO INSTEAD NOTHING; ALTER TABLE addresses DISABLE RULE quiet",
        ],
        &[
            "error triggers public.orders.address_full: the foreign key is not enforced: its triggers on public.orders are disabled",
            "error triggers public.orders.address_simple: the foreign key is not enforced",
            "error triggers public.orders.orders_customer_id_fkey: the foreign key is not enforced",
            "error triggers public.orders.orders_parent_id_fkey: the foreign key is not enforced",
            "warning triggers public.customers.touch: the trigger is disabled",
            "warning triggers public.addresses.quiet: the rule is disabled",
        ],
    );
}

#[test]
fn a_database_that_silences_triggers_is_found() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(&format!(
        "ALTER DATABASE {} SET session_replication_role = replica",
        database.name()
    ));
    let found = lines(&look_at(&database, &ValidateOptions::default()));
    assert!(
        found[0].starts_with("error triggers every role: has session_replication_role = replica"),
        "{found:#?}"
    );
}

#[test]
fn views_that_broke_are_found() {
    check(
        &[
            "CREATE TABLE helper (id int); CREATE FUNCTION n() RETURNS integer STABLE LANGUAGE sql AS 'SELECT id FROM helper LIMIT 1';
             CREATE VIEW uses_n AS SELECT n(); DROP TABLE helper;
             CREATE MATERIALIZED VIEW empty AS SELECT 1 WITH NO DATA",
        ],
        &[
            "error views public.uses_n: can no longer be queried: relation \"helper\" does not exist",
            "error functions public.n(): no longer compiles: relation \"helper\" does not exist",
            "warning views public.empty: the materialized view has no contents",
        ],
    );
}

#[test]
fn functions_that_find_their_schema_only_by_their_own_path_are_sound() {
    check(
        &[
            "CREATE SCHEMA billing; CREATE TABLE billing.rates (r numeric);
             SET search_path = billing;
             CREATE FUNCTION billing.rate() RETURNS numeric LANGUAGE sql AS 'SELECT r FROM rates';
             CREATE FUNCTION public.rate() RETURNS numeric LANGUAGE sql SET search_path = billing, pg_temp AS 'SELECT r FROM rates'",
        ],
        &[],
    );
}

#[test]
fn row_security_without_policy_and_policy_without_row_security_are_found() {
    check(
        &[
            "ALTER TABLE customers ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON orders USING (true)",
        ],
        &[
            "warning row_security public.customers: row security is on and there is no policy",
            "warning row_security public.orders: has 1 policy and row security is off",
        ],
    );
}

#[test]
fn gaps_between_partitions_are_found() {
    check(
        &[
            "CREATE TABLE days (d date) PARTITION BY RANGE (d);
             CREATE TABLE d1 PARTITION OF days FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
             CREATE TABLE d3 PARTITION OF days FOR VALUES FROM ('2020-03-01') TO ('2020-04-01');
             CREATE TABLE caught (n int) PARTITION BY RANGE (n);
             CREATE TABLE c1 PARTITION OF caught FOR VALUES FROM (1) TO (2); CREATE TABLE c9 PARTITION OF caught DEFAULT",
        ],
        &[
            "warning partitions public.days: has a gap from 2020-02-01 to 2020-03-01, between public.d1 and public.d3",
            "warning partitions public.days: its last partition public.d3 ended at 2020-04-01",
        ],
    );
}

#[test]
fn rows_in_the_wrong_partition_are_found() {
    check(
        &[
            "CREATE TABLE stray (at date NOT NULL, what text); INSERT INTO stray VALUES ('1999-01-01', 'lost');
             ALTER TABLE events DETACH PARTITION events_new;
             ALTER TABLE stray ADD CONSTRAINT said CHECK (at IS NOT NULL AND at >= '2020-01-01') NOT VALID;
             UPDATE pg_constraint SET convalidated = true WHERE conname = 'said'",
            "ALTER TABLE events ATTACH PARTITION stray FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
             ALTER TABLE stray DROP CONSTRAINT said",
        ],
        &["error partitions public.stray: 1 row belongs to another partition"],
    );
}

#[test]
fn unlogged_tables_are_found() {
    check(
        &["ALTER MATERIALIZED VIEW totals RENAME TO sums; CREATE UNLOGGED TABLE scratch (x int)"],
        &["warning unlogged public.scratch: is UNLOGGED"],
    );
}

#[test]
fn a_collation_of_another_version_is_found() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    if database.value("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'") == "0" {
        rev_testkit::skipped("this server is built without ICU");
        return;
    }
    database.execute(
        "CREATE COLLATION swiss (provider = icu, locale = 'de-CH'); CREATE INDEX by_country ON customers (country COLLATE swiss);
         UPDATE pg_collation SET collversion = '1.2.3' WHERE collname = 'swiss'",
    );
    let found = lines(&look_at(&database, &ValidateOptions::default()));
    assert!(
        found.len() == 1
            && found[0]
                .starts_with("error collations public.swiss: the collation was version 1.2.3"),
        "{found:#?}"
    );
}

#[test]
fn what_a_role_may_not_read_is_not_called_sound() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    database.execute(
        "CREATE ROLE looks_only LOGIN; ALTER TABLE addresses ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON addresses USING (false);
         GRANT SELECT ON customers, addresses TO looks_only",
    );
    let url = database.url().replace("postgres@", "looks_only@");
    let report = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut session = session(&url).await;
            validate(&mut session, &ValidateOptions::default(), &ignore)
                .await
                .unwrap()
        });
    database.execute("DROP OWNED BY looks_only; DROP ROLE looks_only");
    let unchecked: Vec<_> = report
        .unchecked
        .iter()
        .map(|unchecked| (unchecked.check, unchecked.object.as_str()))
        .collect();
    for wanted in [
        ("foreign_keys", "public.orders.address_simple"),
        ("check_violations", "public.orders"),
        ("duplicate_keys", "public.addresses_pkey"),
        ("views", "public.big_orders"),
    ] {
        assert!(
            unchecked.contains(&wanted),
            "{wanted:?} not in {unchecked:#?}"
        );
    }
    assert_eq!(lines(&report), Vec::<String>::new());
}

#[test]
fn samples_find_much_and_say_what_they_left_out() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    database.execute(
        "SET session_replication_role = replica; INSERT INTO orders (customer_id) SELECT 1000 FROM generate_series(1, 50000); ANALYZE orders",
    );
    let options = ValidateOptions {
        sample: Some(5_000),
        ..ValidateOptions::default()
    };
    let report = look_at(&database, &options);
    let orphans = report
        .findings
        .iter()
        .find(|finding| finding.check == "foreign_keys")
        .expect("orphans in the sample");
    let count = orphans.count.unwrap_or(0);
    assert!((500..20_000).contains(&count), "{count}");
    assert!(report.unchecked.iter().any(|unchecked| {
        unchecked.check == "duplicate_keys" && unchecked.object == "public.orders_pkey"
    }));
}

#[test]
fn two_reports_tell_what_became_worse() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    database.execute("ALTER TABLE customers DISABLE TRIGGER touch");
    let before = look_at(&database, &ValidateOptions::default());
    assert!(!before.is_clean(Severity::Warning) && before.is_clean(Severity::Error));
    database.execute("SELECT setval('customers_id_seq', 5)");
    let after = look_at(&database, &ValidateOptions::default());
    let worse = after.worse_than(&before);
    assert_eq!(worse.len(), 1);
    assert_eq!(worse[0].check, "sequences");
    assert!(before.worse_than(&after).is_empty());
}

#[test]
fn nothing_is_written() {
    let Some(database) = fresh_database() else {
        return;
    };
    database.execute(SHOP);
    database.execute(&format!(
        "ALTER DATABASE {} SET default_transaction_read_only = on",
        database.name()
    ));
    assert_eq!(
        lines(&look_at(&database, &ValidateOptions::default())),
        Vec::<String>::new()
    );
}
