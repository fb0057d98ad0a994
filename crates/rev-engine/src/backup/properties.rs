//! What belongs to a database and is in no dump of it: how it was created, its settings, grants and comment.

use super::manifest::{Creation, Property};
use crate::pg::{Session, SessionError};
use rev_sql::{quote_ident, quote_literal};

/// Settings whose value is a list of names: the catalogue holds it as it is to be written, quotes included.
const NAME_LISTS: [&str; 6] = [
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// Reads how the current database was created. `pg_catalog` must be the search path.
pub(super) async fn creation(session: &mut Session) -> Result<Creation, SessionError> {
    // Through JSON, since the columns' names changed from 15 to 17.
    let query = "SELECT pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, to_jsonb(d) ->> 'datlocprovider', \
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), r.rolname, nullif(s.spcname, 'pg_default') \
        FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba JOIN pg_tablespace s ON s.oid = d.dattablespace \
        WHERE d.datname = current_database()";
    let rows = session.rows(query).await?;
    let row = rows.into_iter().next().unwrap_or_default();
    let optional = |column| row.get(column).map(str::to_owned);
    Ok(Creation {
        encoding: row.text(0).to_owned(),
        collate: row.text(1).to_owned(),
        ctype: row.text(2).to_owned(),
        provider: optional(3),
        locale: optional(4),
        owner: row.text(5).to_owned(),
        tablespace: optional(6),
    })
}

/// Reads the rest, as statements. `pg_catalog` must be the search path.
pub(super) async fn properties(session: &mut Session) -> Result<Vec<Property>, SessionError> {
    let mut properties = Vec::new();
    let mut add = |before: String, after: String| properties.push(Property { before, after });
    let facts = "SELECT d.datconnlimit, d.datacl IS NOT NULL, shobj_description(d.oid, 'pg_database') FROM pg_database d \
        WHERE d.datname = current_database()";
    let grants = "SELECT a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END, a.is_grantable \
        FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee \
        WHERE d.datname = current_database() AND (a.grantee = 0 OR r.oid IS NOT NULL) ORDER BY 2, 1";
    let settings = "SELECT quote_ident(r.rolname), c.setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase \
        LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting) \
        WHERE d.datname = current_database() AND (s.setrole = 0 OR r.oid IS NOT NULL) ORDER BY 1 NULLS FIRST, 2";
    for row in session.rows(facts).await? {
        if row.text(0) != "-1" {
            add(
                "ALTER DATABASE ".to_owned(),
                format!(" CONNECTION LIMIT {}", row.text(0)),
            );
        }
        if row.is_true(1) {
            add(
                "REVOKE ALL ON DATABASE ".to_owned(),
                " FROM PUBLIC".to_owned(),
            );
        }
        if let Some(comment) = row.get(2) {
            add(
                "COMMENT ON DATABASE ".to_owned(),
                format!(" IS {}", quote_literal(comment)),
            );
        }
    }
    for row in session.rows(grants).await? {
        let option = if row.is_true(2) {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        add(
            format!("GRANT {} ON DATABASE ", row.text(0)),
            format!(" TO {}{option}", row.text(1)),
        );
    }
    for row in session.rows(settings).await? {
        let Some((name, value)) = row.text(1).split_once('=') else {
            continue;
        };
        let before = match row.get(0) {
            Some(role) => format!("ALTER ROLE {role} IN DATABASE "),
            None => "ALTER DATABASE ".to_owned(),
        };
        add(
            before,
            format!(
                " SET {} TO {}",
                setting_name(name),
                setting_value(name, value)
            ),
        );
    }
    Ok(properties)
}

/// `search_path`, or `myapp.tenant` of an extension.
fn setting_name(name: &str) -> String {
    let parts: Vec<_> = name.split('.').map(quote_ident).collect();
    parts.join(".")
}

fn setting_value(name: &str, value: &str) -> String {
    if !NAME_LISTS.contains(&name.to_ascii_lowercase().as_str()) {
        return quote_literal(value);
    }
    match value {
        "" | "\"\"" => "''".to_owned(),
        names => names.to_owned(),
    }
}

/// Returns CREATE DATABASE for a new database like that one.
pub(super) fn create(name: &str, creation: &Creation) -> String {
    let mut statement = format!(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        quote_ident(name),
        quote_literal(&creation.encoding),
        quote_literal(&creation.collate),
        quote_literal(&creation.ctype),
    );
    let locale = creation.locale.as_deref().map(quote_literal);
    match (creation.provider.as_deref(), locale) {
        (Some("i"), Some(locale)) => {
            statement.push_str(&format!(" LOCALE_PROVIDER icu ICU_LOCALE {locale}"));
        }
        (Some("b"), Some(locale)) => {
            statement.push_str(&format!(" LOCALE_PROVIDER builtin BUILTIN_LOCALE {locale}"));
        }
        (Some("c"), _) => statement.push_str(" LOCALE_PROVIDER libc"),
        _ => {}
    }
    if let Some(tablespace) = &creation.tablespace {
        statement.push_str(&format!(" TABLESPACE {}", quote_ident(tablespace)));
    }
    statement.push_str(&format!(" OWNER {}", quote_ident(&creation.owner)));
    statement
}

impl Property {
    /// Returns the statement for a database of this name.
    pub(super) fn statement(&self, database: &str) -> String {
        format!("{}{}{}", self.before, quote_ident(database), self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_names_stay_as_they_are_and_values_are_quoted() {
        assert_eq!(
            setting_value("search_path", "\"$user\", public"),
            "\"$user\", public"
        );
        assert_eq!(setting_value("search_path", "\"\""), "''");
        assert_eq!(setting_value("work_mem", "4MB"), "'4MB'");
        assert_eq!(setting_name("my-app.tenant"), "\"my-app\".tenant");
    }

    #[test]
    fn the_locale_provider_is_said_where_there_is_one() {
        let mut creation = Creation {
            encoding: "UTF8".into(),
            collate: "C".into(),
            ctype: "C".into(),
            provider: None,
            locale: None,
            owner: "me".into(),
            tablespace: None,
        };
        assert_eq!(
            create("A b", &creation),
            "CREATE DATABASE \"A b\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' OWNER me"
        );
        creation.provider = Some("i".into());
        creation.locale = Some("de-CH".into());
        assert!(create("x", &creation).contains("LOCALE_PROVIDER icu ICU_LOCALE 'de-CH'"));
    }
}
