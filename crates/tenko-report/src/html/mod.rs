//! A page for people: one file that needs no network, reads without JavaScript, and stays quick with a
//! hundred thousand rows.
//!
//! Templates, the stylesheet and the script are in `templates/html/`. Whatever is shown is a `Text`,
//! which has nothing hidden in it; the templates escape it once more for HTML. The rows are data in a
//! script element, which the script pages and filters; the first ones are there as a table already.
//! The page's content-security policy allows the one stylesheet and the one script, by their hashes,
//! and nothing else.

mod changes;
mod context;
mod data;
mod mark;
mod matrix;
mod method;
mod observed;
mod page;
mod rows;
mod text;
mod trend;
mod values;
mod verdict;

use askama::Template;

use crate::document::Document;
use crate::format::RenderOptions;

/// Renders a document.
pub fn render(document: &Document, options: &RenderOptions) -> String {
    let context = context::Context::new(document, options);
    // Rendering into a string fails only where a value's own `Display` does: none here does.
    page::Page::new(&context).render().unwrap_or_default()
}
