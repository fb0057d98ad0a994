use super::*;

fn parse(text: &str) -> Result<Settings, SettingsError> {
    parse_with(text, &Overrides::default(), &[])
}

fn parse_with(
    text: &str,
    overrides: &Overrides,
    variables: &[(&str, &str)],
) -> Result<Settings, SettingsError> {
    Settings::parse(
        text,
        Path::new("rev.yaml"),
        overrides,
        Variables::from_pairs(variables.iter().copied()),
    )
}

fn url(settings: &Settings) -> Option<String> {
    match settings.database().expect("expands") {
        Some(Database::Url { url, .. }) => Some(url),
        Some(Database::Embedded) => Some("embedded".into()),
        Some(Database::Variables(_)) => Some("variables".into()),
        None => None,
    }
}

#[test]
fn an_empty_file_is_all_defaults() {
    for text in ["", "# nothing yet\n", "environments:\n"] {
        let settings = parse(text).expect(text);
        assert_eq!(settings.revisions, [PathBuf::from("revisions")]);
        assert_eq!(settings.models, [ModelSource::Files("schema/*.sql".into())]);
        assert_eq!(settings.default_schema(), "public");
        assert_eq!(
            settings.version_table,
            VersionTableName {
                schema: None,
                name: "rev_version".into()
            }
        );
        assert!(settings.online);
        assert_eq!(settings.timeouts.lock, Duration::from_secs(5));
        assert_eq!(settings.timeouts.runner_lock, Duration::from_secs(600));
        assert_eq!(settings.transaction, TransactionScope::Revision);
        assert_eq!(url(&settings), None);
    }
}

#[test]
fn every_key_is_read() {
    let settings = parse(
        r#"
database: postgres://localhost/shop
revisions: [revisions, billing/revisions]
models:
  - schema/*.sql
  - command: python -m shop.ddl
  - database: ${REFERENCE_URL}
dev_database: postgres://localhost/dev
schemas: [app, public]
exclude: ["table:spatial_ref_sys"]
version_table: meta.alembic_version
file_name: "{{ revision }}"
online: false
timeouts: {lock: 500ms, statement: 0, wait: 2m, runner_lock: 1h}
transaction: run
environments:
  production: {online: true, schemas: public, timeouts: {lock: 1s}}
"#,
    )
    .expect("parses");
    assert_eq!(settings.revisions.len(), 2);
    assert_eq!(
        settings.models[1],
        ModelSource::Command("python -m shop.ddl".into())
    );
    assert_eq!(
        settings.models[2],
        ModelSource::Database("${REFERENCE_URL}".into())
    );
    assert_eq!(settings.default_schema(), "app");
    assert_eq!(
        settings.version_table,
        VersionTableName {
            schema: Some("meta".into()),
            name: "alembic_version".into()
        }
    );
    assert!(!settings.online);
    assert_eq!(settings.timeouts.lock, Duration::from_millis(500));
    assert_eq!(settings.timeouts.statement, Duration::ZERO);
    assert_eq!(settings.transaction, TransactionScope::Run);
}

#[test]
fn an_environment_lies_over_the_rest() {
    let text = "schemas: [app]\ntimeouts: {lock: 1s, wait: 3s}\nenvironments:\n  production: {schemas: [live], timeouts: {lock: 2s}}\n  empty:\n";
    let chosen = |name: &str| Overrides {
        environment: Some(name.into()),
        ..Overrides::default()
    };
    let settings = parse_with(text, &chosen("production"), &[]).expect("parses");
    assert_eq!(settings.default_schema(), "live");
    assert_eq!(
        (settings.timeouts.lock, settings.timeouts.wait),
        (Duration::from_secs(2), Duration::from_secs(3))
    );
    assert_eq!(
        parse_with(text, &Overrides::default(), &[("REV_ENV", "production")])
            .expect("parses")
            .default_schema(),
        "live"
    );
    assert_eq!(
        parse_with(text, &chosen("empty"), &[])
            .expect("parses")
            .default_schema(),
        "app"
    );
    let error = parse_with(text, &chosen("prodution"), &[]).expect_err("unknown");
    assert_eq!(error.to_string(), "rev.yaml has no environment `prodution`");
    assert_eq!(error.hint().as_deref(), Some("did you mean `production`?"));
}

#[test]
fn flags_win_over_variables_and_those_over_the_file() {
    let flag = Overrides {
        database: Some("postgres://flag".into()),
        ..Overrides::default()
    };
    let set = [("DATABASE_URL", "postgres://env")];
    let none = Overrides::default();
    let literal = "database: postgres://file";
    assert_eq!(
        url(&parse_with(literal, &flag, &set).unwrap()).as_deref(),
        Some("postgres://flag")
    );
    assert_eq!(
        url(&parse_with(literal, &none, &set).unwrap()).as_deref(),
        Some("postgres://env")
    );
    assert_eq!(
        url(&parse_with(literal, &none, &[]).unwrap()).as_deref(),
        Some("postgres://file")
    );
    assert_eq!(
        url(&parse_with("", &none, &set).unwrap()).as_deref(),
        Some("postgres://env")
    );
    assert_eq!(
        url(&parse_with("database: embedded", &none, &[]).unwrap()).as_deref(),
        Some("embedded")
    );
    assert_eq!(
        url(&parse_with("", &none, &[("PGHOST", "/tmp")]).unwrap()).as_deref(),
        Some("variables")
    );
    // A chosen environment is as explicit as a flag.
    let production = Overrides {
        environment: Some("production".into()),
        ..Overrides::default()
    };
    let text =
        "database: ${DATABASE_URL}\nenvironments:\n  production: {database: '${PROD_URL}'}\n";
    let both = [
        ("DATABASE_URL", "postgres://env"),
        ("PROD_URL", "postgres://prod"),
    ];
    assert_eq!(
        url(&parse_with(text, &production, &both).unwrap()).as_deref(),
        Some("postgres://prod")
    );
}

#[test]
fn names_are_replaced() {
    let text = "database: postgres://${DB_HOST:-localhost}:${DB_PORT:-5432}/shop";
    assert_eq!(
        url(&parse(text).unwrap()).as_deref(),
        Some("postgres://localhost:5432/shop")
    );
    let settings = parse_with(text, &Overrides::default(), &[("DB_HOST", "db")]).unwrap();
    assert_eq!(url(&settings).as_deref(), Some("postgres://db:5432/shop"));
    // Nothing asks for the database yet, so an unset variable is no error until something does.
    let settings = parse("database: ${SHOP_URL}").expect("lazy");
    let error = settings.database().expect_err("unset");
    assert_eq!(
        error.to_string(),
        "rev.yaml: `database` asks for the environment variable SHOP_URL, which is not set"
    );
    assert_eq!(url(&parse("database: ${DATABASE_URL}").unwrap()), None);
}

#[test]
fn a_secret_file_stands_in_for_a_variable() {
    let folder = tempfile::tempdir().expect("temp dir");
    let path = folder.path().join("secret");
    std::fs::write(&path, "postgres://secret\n").expect("writes");
    let set = [("DATABASE_URL_FILE", path.to_str().expect("UTF-8"))];
    assert_eq!(
        url(&parse_with("database: ${DATABASE_URL}", &Overrides::default(), &set).unwrap())
            .as_deref(),
        Some("postgres://secret")
    );
    let missing = parse_with(
        "",
        &Overrides::default(),
        &[("DATABASE_URL_FILE", "/nowhere/secret")],
    )
    .unwrap();
    assert_eq!(
        missing.database().expect_err("missing").to_string(),
        "DATABASE_URL_FILE names /nowhere/secret, which cannot be read: no such file or directory"
    );
}

#[test]
fn what_cannot_be_used_is_named_with_its_line() {
    let check = |text: &str, message: &str, hint: Option<&str>| {
        let error = parse(text).expect_err(text);
        assert_eq!(error.to_string(), message);
        assert_eq!(error.hint().as_deref(), hint);
    };
    check(
        "online: true\ndatabse: x\n",
        "rev.yaml:2: unknown key `databse`",
        Some("did you mean `database`?"),
    );
    check(
        "timeouts:\n  lock: 5s\n  lokc: 3s\n",
        "rev.yaml:3: unknown key `lokc`",
        Some("did you mean `lock`?"),
    );
    check(
        "environments:\n  production:\n    online: true\n    onlin: true\n",
        "rev.yaml:4: unknown key `onlin`",
        Some("did you mean `online`?"),
    );
    check(
        "timeouts: {colour: 1s}\n",
        "rev.yaml:1: unknown key `colour`",
        Some("keys are: lock, statement, wait, runner_lock"),
    );
    check(
        "models:\n  - schema/*.sql\n  - comand: x\n",
        "rev.yaml:3: unknown key `comand`",
        Some("did you mean `command`?"),
    );
    let explained = Some("`rev init` in an empty folder writes a rev.yaml that explains every key");
    check(
        "timeouts: {lock: 5}\n",
        "rev.yaml:1: timeouts.lock: `5` is no duration: write a number and a unit, as in 500ms, 5s, 10m or 1h (0 is without limit)",
        explained,
    );
    check(
        "online: maybe\n",
        "rev.yaml:1: online: invalid type: string \"maybe\", expected a boolean",
        explained,
    );
    assert!(
        parse("online: [true\n")
            .expect_err("no YAML")
            .to_string()
            .starts_with("rev.yaml:")
    );
}
