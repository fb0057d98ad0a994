//! From a [`Draft`] to the text of a file, through a tera template.

use chrono::{DateTime, SecondsFormat, Utc};
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use crate::draft::{Draft, Header};
use crate::error::RenderError;
use crate::header::parse_date;
use crate::parse::{parse, trim_section};
use crate::slug::slug;
use crate::yaml;

/// The template of a revision file that is used when a project has none of its own.
pub const DEFAULT_TEMPLATE: &str = include_str!("../../../templates/revision.sql.tera");

/// Returns the text of the revision file.
///
/// A template sees `revision`, `down_revision` (nothing, one name or a list), `down_revisions` (always a list),
/// `message`, `slug`, `create_date`, `branch_labels`, `depends_on`, `irreversible`, `replaces`, `upgrade` and
/// `downgrade`, and two filters besides tera's own: `yaml` writes a value so that it reads back unchanged, `date`
/// formats a date.
///
/// The text is read back before it is returned: a template that loses something is an error here and not a
/// surprise at the next start.
pub fn render(draft: &Draft, template: Option<&str>) -> Result<String, RenderError> {
    let mut context = header_context(&draft.header);
    context.insert("upgrade", trim_section(&draft.upgrade).0);
    context.insert("downgrade", trim_section(&draft.downgrade).0);
    let text = render_with(
        "revision template",
        template.unwrap_or(DEFAULT_TEMPLATE),
        &context,
    )?;

    let read = parse(&text).map_err(RenderError::Unreadable)?;
    let downgrade = read
        .downgrade
        .map(|section| section.text)
        .unwrap_or_default();
    let (was, is) = (&draft.header, &read.header);
    let lost = if is.revision != was.revision {
        "`revision`"
    } else if is.down_revision != was.down_revision {
        "`down_revision`"
    } else if is.message != was.message {
        "`message`"
    } else if is.create_date != was.create_date {
        "`create_date`"
    } else if is.branch_labels != was.branch_labels {
        "`branch_labels`"
    } else if is.depends_on != was.depends_on {
        "`depends_on`"
    } else if is.irreversible != was.irreversible {
        "`irreversible`"
    } else if is.replaces != was.replaces {
        "`replaces`"
    } else if !read.upgrade.text.contains(trim_section(&draft.upgrade).0) {
        // A template may put lines of its own (`SET ROLE owner;`) around the sections' SQL.
        "the upgrade section"
    } else if !downgrade.contains(trim_section(&draft.downgrade).0) {
        "the downgrade section"
    } else {
        return Ok(text);
    };
    Err(RenderError::Unfaithful(lost))
}

/// Returns what templates know about a header.
pub(crate) fn header_context(header: &Header) -> Context {
    let mut context = Context::new();
    context.insert("revision", &header.revision);
    match header.down_revision.as_slice() {
        [] => context.insert("down_revision", &None::<String>),
        [parent] => context.insert("down_revision", parent),
        parents => context.insert("down_revision", parents),
    }
    context.insert("down_revisions", &header.down_revision);
    context.insert("message", &header.message);
    context.insert("slug", &slug(&header.message));
    context.insert("create_date", &write_date(&header.create_date));
    context.insert("branch_labels", &header.branch_labels);
    context.insert("depends_on", &header.depends_on);
    context.insert("irreversible", &header.irreversible);
    context.insert("replaces", &header.replaces);
    context
}

/// Renders one template; `what` names it in errors.
pub(crate) fn render_with(
    what: &'static str,
    template: &str,
    context: &Context,
) -> Result<String, RenderError> {
    let mut tera = Tera::new();
    tera.register_filter("yaml", yaml_filter);
    tera.register_filter("date", date_filter);
    tera.render_str(template, context, false)
        .map_err(|error| RenderError::Template {
            what,
            message: error.to_string().replace("__tera_one_off", what),
        })
}

fn write_date(date: &DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn yaml_filter(value: &Value, _: Kwargs, _: &State) -> TeraResult<String> {
    if value.is_none() {
        return Ok("null".to_owned());
    }
    if let Some(items) = value.as_array() {
        let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
        let texts =
            texts.ok_or_else(|| tera::Error::message("`yaml` takes texts and lists of texts"))?;
        return Ok(yaml::list(texts));
    }
    match value.as_str() {
        Some(text) => Ok(yaml::scalar(text)),
        None => Ok(yaml::scalar(&value.to_string())),
    }
}

fn date_filter(value: &str, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    use std::fmt::Write;
    let format: &str = kwargs.get("format")?.unwrap_or("%Y-%m-%d");
    let date = parse_date(value)
        .ok_or_else(|| tera::Error::message(format!("`date` cannot read `{value}` as a date")))?;
    let mut text = String::new();
    // chrono reports a bad format only through the formatter; `to_string` would panic.
    write!(text, "{}", date.format(format))
        .map_err(|_| tera::Error::message(format!("`date` does not know the format `{format}`")))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft() -> Draft {
        Draft {
            header: Header {
                revision: "3f2a9c1b7d10".into(),
                down_revision: vec!["9a0b1c2d3e4f".into()],
                message: "Add user preferences".into(),
                create_date: DateTime::parse_from_rfc3339("2026-11-20T14:23:00Z")
                    .unwrap()
                    .into(),
                branch_labels: vec![],
                depends_on: vec![],
                irreversible: None,
                replaces: vec![],
            },
            upgrade: "CREATE TABLE t ();".into(),
            downgrade: "DROP TABLE t;\n".into(),
        }
    }

    #[test]
    fn a_usual_file() {
        insta::assert_snapshot!(render(&draft(), None).unwrap(), @r"
        /*
        revision: 3f2a9c1b7d10
        down_revision: 9a0b1c2d3e4f
        message: Add user preferences
        create_date: 2026-11-20T14:23:00Z
        branch_labels: []
        depends_on: []
        */

        -- rev:upgrade

        CREATE TABLE t ();

        -- rev:downgrade

        DROP TABLE t;
        ");
    }

    #[test]
    fn an_unusual_file() {
        let mut draft = draft();
        draft.header.down_revision = vec!["a".into(), "b".into()];
        draft.header.message = "fix: \"it\" */".into();
        draft.header.irreversible = Some("the data is gone".into());
        draft.header.replaces = vec!["c".into()];
        draft.upgrade.clear();
        draft.downgrade.clear();
        insta::assert_snapshot!(render(&draft, None).unwrap(), @r#"
        /*
        revision: 3f2a9c1b7d10
        down_revision: [a, b]
        message: "fix: \"it\" *\/"
        create_date: 2026-11-20T14:23:00Z
        branch_labels: []
        depends_on: []
        irreversible: the data is gone
        replaces: [c]
        */

        -- rev:upgrade

        -- rev:downgrade
        "#);
    }

    #[test]
    fn a_template_that_loses_something_is_refused() {
        let check = |template: &str, expected: &str| {
            let got = render(&draft(), Some(template)).unwrap_err().to_string();
            assert!(got.contains(expected), "{got}");
        };
        check(
            "/*\nrevision: x\ndown_revision: null\n*/\n-- rev:upgrade\n",
            "loses or changes `revision`",
        );
        check(
            &DEFAULT_TEMPLATE.replace("{{ downgrade }}", ""),
            "the downgrade section",
        );
        check("{{ oops }}", "`oops`");
        check("{{ message", "revision template");
        check(
            "SELECT 1;",
            "cannot be read back: line 1: the revision header is missing",
        );
        let own = DEFAULT_TEMPLATE.replace("{{ upgrade }}", "SET ROLE owner;\n{{ upgrade }}");
        assert!(
            render(&draft(), Some(&own))
                .unwrap()
                .contains("SET ROLE owner;\nCREATE")
        );
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,30}",
            "\\PC{0,30}",
            r#"[-\]\[{}:,#&*!|>'"%@`/\\ \n\t~?a-c0-9]{0,20}"#,
            prop::sample::select(vec![
                "null",
                "~",
                "",
                "true",
                "1e5",
                "0123",
                "*/",
                "/*",
                "a */ b /* c",
                "/*/",
                "*/*",
                "# no",
                "key: value",
                " padded ",
                "line\nline",
                "\r\n",
                "\u{2028}",
                "\u{feff}",
                "\u{0}",
                "\u{1b}",
                "{{ x }}",
                "{% raw %}",
                "'",
                "\"",
                "- rev:upgrade",
                "\n-- rev:upgrade\n",
                "---",
                "...",
                "=",
                "<<",
                "%",
                "@",
                "`",
                "\\",
                "ß",
                "日本語",
            ])
            .prop_map(str::to_owned),
        ]
    }

    fn some_name() -> impl Strategy<Value = String> {
        text().prop_filter("names are not empty", |name| !name.is_empty())
    }

    fn header() -> impl Strategy<Value = Header> {
        let names = || prop::collection::vec(some_name(), 0..3);
        let date = (
            -60_000_000_000i64..250_000_000_000,
            prop_oneof![Just(0u32), 0..1_000_000_000u32],
        );
        (
            some_name(),
            names(),
            text(),
            date,
            names(),
            names(),
            prop::option::of(text()),
            names(),
        )
            .prop_map(
                |(
                    revision,
                    down_revision,
                    message,
                    date,
                    branch_labels,
                    depends_on,
                    irreversible,
                    replaces,
                )| Header {
                    revision,
                    down_revision,
                    message,
                    create_date: DateTime::from_timestamp(date.0, date.1).unwrap(),
                    branch_labels,
                    depends_on,
                    irreversible,
                    replaces,
                },
            )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn render_then_parse_is_the_identity(header in header()) {
            let draft = Draft { header, ..draft() };
            let text = render(&draft, None).unwrap();
            let read = parse(&text).unwrap();
            prop_assert_eq!(read.header, draft.header);
            prop_assert_eq!(read.upgrade.text, "CREATE TABLE t ();");
            prop_assert_eq!(read.downgrade.unwrap().text, "DROP TABLE t;");
        }

        #[test]
        fn file_names_are_safe(header in header()) {
            let name = crate::file_name(None, &Header { revision: "abc".into(), ..header }).unwrap();
            prop_assert!(!name.contains(['/', '\\']) && !name.contains(".."), "{}", name);
        }

        #[test]
        fn nothing_panics(text in ".{0,80}", header in prop::bool::ANY) {
            let text = if header { format!("/*\n{text}\n*/{text}") } else { text };
            let _ = parse(&text);
        }
    }
}
