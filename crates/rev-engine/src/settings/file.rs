//! The text of `rev.yaml` as plain data: what is written, nothing resolved.

use super::{ModelSource, SettingsError, TransactionScope, VersionTableName, parse_duration};
use crate::error::Place;
use crate::near::nearest;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The keys of the file, or of one environment in it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "keys such as `database:` and `revisions:`"
)]
pub(super) struct Entry {
    pub(super) database: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub(super) revisions: Option<Vec<PathBuf>>,
    pub(super) models: Option<Vec<ModelSource>>,
    pub(super) dev_database: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub(super) schemas: Option<Vec<String>>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub(super) exclude: Option<Vec<String>>,
    pub(super) version_table: Option<VersionTableName>,
    pub(super) file_name: Option<String>,
    pub(super) online: Option<bool>,
    pub(super) timeouts: Option<TimeoutsEntry>,
    pub(super) transaction: Option<TransactionScope>,
    pub(super) role: Option<String>,
    /// Only at the top; an environment inside an environment is refused after reading.
    pub(super) environments: Option<BTreeMap<String, Option<Entry>>>,
}

/// The keys under `timeouts`.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, expecting = "durations such as `lock: 5s`")]
pub(super) struct TimeoutsEntry {
    #[serde(default, deserialize_with = "duration")]
    pub(super) lock: Option<Duration>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) statement: Option<Duration>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) wait: Option<Duration>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) runner_lock: Option<Duration>,
}

impl Entry {
    /// Returns these keys with those of an environment's section on top.
    pub(super) fn overlaid(self, section: Entry) -> Entry {
        let (under, over) = (
            self.timeouts.unwrap_or_default(),
            section.timeouts.unwrap_or_default(),
        );
        Entry {
            database: section.database.or(self.database),
            revisions: section.revisions.or(self.revisions),
            models: section.models.or(self.models),
            dev_database: section.dev_database.or(self.dev_database),
            schemas: section.schemas.or(self.schemas),
            exclude: section.exclude.or(self.exclude),
            version_table: section.version_table.or(self.version_table),
            file_name: section.file_name.or(self.file_name),
            online: section.online.or(self.online),
            timeouts: Some(TimeoutsEntry {
                lock: over.lock.or(under.lock),
                statement: over.statement.or(under.statement),
                wait: over.wait.or(under.wait),
                runner_lock: over.runner_lock.or(under.runner_lock),
            }),
            transaction: section.transaction.or(self.transaction),
            role: section.role.or(self.role),
            environments: None,
        }
    }
}

/// Reads the text of a settings file; an empty one is all defaults.
pub(super) fn parse(text: &str, file: &Path) -> Result<Entry, SettingsError> {
    let entry = serde_yaml::from_str::<Option<Entry>>(text)
        .map_err(|error| explain(&error, text, file))?
        .unwrap_or_default();
    for (name, section) in entry.environments.iter().flatten() {
        if section
            .as_ref()
            .is_some_and(|section| section.environments.is_some())
        {
            let line = line_of_key(text, name).unwrap_or(0);
            let message =
                format!("environment `{name}` holds `environments` again; they do not nest");
            return Err(SettingsError::BadSetting {
                place: Place::at(file, line),
                message,
            });
        }
    }
    Ok(entry)
}

/// Turns the YAML reader's error into ours: place in front, no position in the sentence, nearest key looked up.
fn explain(error: &serde_yaml::Error, text: &str, file: &Path) -> SettingsError {
    let sentence = error.to_string();
    let syntax = [
        "did not find",
        "found ",
        "mapping values",
        "could not find",
        "block ",
    ]
    .iter()
    .any(|start| sentence.starts_with(start));
    let sentence = sentence.split(" at line ").next().unwrap_or_default();
    let line = error.location().map_or(0, |location| location.line());
    let place = |line: usize| Place::at(file, u32::try_from(line).unwrap_or(0));
    // serde's wording: duplicate field `x`
    if let Some((_, rest)) = sentence.split_once("duplicate field `") {
        let key = rest.split('`').next().unwrap_or_default();
        let first = line_of_key_from(text, key, line);
        let message = format!("the key `{key}` is there twice, first on line {first}");
        return SettingsError::BadSetting {
            place: place(line_of_key_from(text, key, first + 1)),
            message,
        };
    }
    if syntax {
        return SettingsError::BadSetting {
            place: place(line),
            message: format!("this is not valid YAML: {sentence}"),
        };
    }
    // serde's wording: unknown field `x`, expected one of `a`, `b`
    if let Some((_, rest)) = sentence.split_once("unknown field `") {
        let mut names = rest.split('`').step_by(2);
        let key = names.next().unwrap_or_default().to_owned();
        let known: Vec<String> = rest
            .split('`')
            .skip(2)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        let near = nearest(&key, known.iter().map(String::as_str)).map(str::to_owned);
        let line = line_of_key_from(text, &key, line);
        return SettingsError::UnknownSetting {
            place: place(line),
            key,
            near,
            known,
        };
    }
    SettingsError::BadSetting {
        place: place(line),
        message: sentence.to_owned(),
    }
}

/// Returns the line of a key at or after the reader's position, which for a nested mapping is its first line.
fn line_of_key_from(text: &str, key: &str, start: usize) -> usize {
    let holds = |line: &str| {
        line.trim_start()
            .trim_start_matches("- ")
            .trim_start_matches(['"', '\''])
            .starts_with(key)
    };
    let after = text
        .lines()
        .enumerate()
        .skip(start.saturating_sub(1))
        .find(|(_, line)| holds(line));
    after.map_or(start, |(index, _)| index + 1)
}

fn line_of_key(text: &str, key: &str) -> Option<u32> {
    let index = text
        .lines()
        .position(|line| line.trim_start().starts_with(key))?;
    u32::try_from(index + 1).ok()
}

/// Accepts one value where a list is meant.
fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de> + From<String>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de> + From<String>> Visitor<'de> for OneOrMany<T> {
        type Value = Option<Vec<T>>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of texts")
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            Ok(Some(vec![T::from(value.to_owned())]))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(item) = items.next_element()? {
                all.push(item);
            }
            Ok(Some(all))
        }
    }
    deserializer.deserialize_any(OneOrMany(PhantomData))
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = Option<Duration>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a duration such as 500ms, 5s, 10m or 0")
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            parse_duration(value).map(Some).map_err(E::custom)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            self.visit_str(&value.to_string())
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Text)
}

impl<'de> Deserialize<'de> for ModelSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Source;
        impl<'de> Visitor<'de> for Source {
            type Value = ModelSource;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a file pattern such as schema/*.sql, or `command: …`, or `database: …`",
                )
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(ModelSource::Files(value.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                const KEYS: &[&str] = &["command", "database", "files"];
                let Some(key) = map.next_key::<String>()? else {
                    return Err(de::Error::custom("an empty model source"));
                };
                let source = match key.as_str() {
                    "command" => ModelSource::Command(map.next_value()?),
                    "database" => ModelSource::Database(map.next_value()?),
                    "files" => ModelSource::Files(map.next_value()?),
                    other => return Err(de::Error::unknown_field(other, KEYS)),
                };
                match map.next_key::<String>()? {
                    None => Ok(source),
                    Some(second) => Err(de::Error::custom(format!(
                        "a model source has one key; `{second}` needs a list item of its own"
                    ))),
                }
            }
        }
        deserializer.deserialize_any(Source)
    }
}

impl<'de> Deserialize<'de> for VersionTableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (schema, name) = match text.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, text.as_str()),
        };
        if name.is_empty() || name.contains('.') || schema.is_some_and(str::is_empty) {
            return Err(de::Error::custom(format!(
                "version_table `{text}` should be a table's name, or schema.table"
            )));
        }
        Ok(Self {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
        })
    }
}

impl<'de> Deserialize<'de> for TransactionScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "revision" => Ok(Self::Revision),
            "run" => Ok(Self::Run),
            other => Err(de::Error::custom(format!(
                "transaction is `revision` or `run`, not `{other}`"
            ))),
        }
    }
}
