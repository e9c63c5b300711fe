//! The document and its renderings as a user gets them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fixture that cannot be made fails its test"
)]

mod clouds;
mod differences;
mod document;
mod environments;
mod fixture;
mod formats;
mod golden;
mod hostile;
mod languages;
mod rich;
mod schema;
mod sentences;
mod terminal;
mod untangle;
