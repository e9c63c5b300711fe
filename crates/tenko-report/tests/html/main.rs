//! The HTML page: its source, and how a browser takes it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a sample that cannot be made, or a browser that is not there, fails its test; what was measured is shown"
)]

mod browser;
mod hostile;
#[path = "../../../../tests/python/interpreter.rs"]
mod interpreter;
mod parts;
mod sample;
mod sections;
mod source;
