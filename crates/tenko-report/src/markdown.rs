//! Markdown: checklists for people, in which whatever others wrote stays text.

mod escape;
mod untangle;

pub use untangle::untangle;
