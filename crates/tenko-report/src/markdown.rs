//! Markdown: reports and checklists for people, in which whatever others wrote stays text.

mod document;
mod escape;
mod matrix;
mod page;
mod untangle;

pub use document::{MOST_BYTES, render};
pub use untangle::untangle;

pub(crate) use crate::brief::{full_report, gap_subject};
pub(crate) use document::within;
pub(crate) use escape::escape;
