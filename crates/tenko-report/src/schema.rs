//! The JSON Schemas of what is printed.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::document::{Document, SCHEMA_VERSION};
use crate::views::{DeclaredView, ParityView, UntangleView};

/// The JSON Schema (draft 2020-12) of [`Document`] as it is written.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".to_owned(), "tenko report".into());
    let version = serde_json::json!({
        "const": SCHEMA_VERSION,
        "description": "The version of the document's form.",
    });
    if let Some(member) = schema.pointer_mut("/properties/schema_version") {
        *member = version;
    }
    schema.to_value()
}

/// The JSON Schema of what documents declare, [`crate::json::declared`].
pub fn declared_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<DeclaredView<'_>>().to_value()
}

/// The JSON Schema of how alike environments are, [`crate::json::parity`].
pub fn parity_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<ParityView<'_>>().to_value()
}

/// The JSON Schema of how to leave a shared account, [`crate::json::untangle`].
pub fn untangle_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<UntangleView<'_>>().to_value()
}
