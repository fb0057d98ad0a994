//! Reports as text and as JSON. The JSON types live here, so that the engine's own may change.

pub mod event;
pub mod graph_page;
pub mod graph_svg;
pub mod plan;
pub mod revision;
pub mod rows;

use crate::failure::Failure;
use crate::ui::Ui;
use rev_engine::ExitKind;
use serde_json::{Map, Value};

/// A report that can be shown.
pub trait View {
    /// Returns the JSON object; `"error": null` is added.
    ///
    /// # Errors
    /// Something that is shown could not be read.
    fn json(&self) -> Result<Map<String, Value>, Failure>;

    /// Writes it for people.
    ///
    /// # Errors
    /// stdout is gone, or something that is shown could not be read.
    fn text(&self, ui: &Ui) -> Result<(), Failure>;

    /// Returns how the command ends.
    fn exit(&self) -> ExitKind {
        ExitKind::Done
    }
}

/// Turns a `json!({…})` object into the map that [`View::json`] returns.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}
