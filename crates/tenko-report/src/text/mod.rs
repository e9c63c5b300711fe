//! Text for people: the verdict first, then who did not answer, then what differs.

mod closing;
mod code;
mod declared;
mod drift;
mod findings;
mod headline;
mod observed;
mod page;
mod parity;
mod resources;
mod rules;
mod scopes;
mod suppressed;
mod table;
mod types;
mod untangle;
mod words;

use std::collections::HashMap;

use tenko_core::{Cloud, ScopeId};

pub use declared::declared;
pub use parity::parity;
pub use resources::{resource, resources};
pub use rules::{rule_page, rules};
pub use scopes::scopes;
pub use types::{type_page, types};
pub use untangle::untangle;

pub(crate) use untangle::{
    along as blast_along, copies as blast_copies, is_bare as blast_is_bare, noun as untangle_noun,
    protection as blast_protection,
};
pub(crate) use words::short_type as type_name;

use crate::document::Document;
use crate::gaps::{Gap, gaps};
use crate::rows::ScopeRow;
use page::{Line, Page, YELLOW};

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// The columns that a line may take; at least 40 are used.
    pub width: usize,
    /// Whether to colour. Words carry everything that colours do.
    pub color: bool,
    /// Whether to show everything: no list is cut, no value shortened.
    pub verbose: bool,
    /// How many entries a list shows when not verbose.
    pub limit: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 80, color: false, verbose: false, limit: 20 }
    }
}

impl TextOptions {
    /// The columns that a table of names may take: a cut id is of no use to `grep`, so with
    /// `verbose` none is cut.
    fn table_width(&self) -> usize {
        if self.verbose { 4096 } else { self.width }
    }

    /// How many entries a list shows.
    fn limit(&self) -> usize {
        if self.verbose { usize::MAX } else { self.limit.max(1) }
    }

    /// How many names a sentence shows.
    fn few(&self) -> usize {
        if self.verbose { usize::MAX } else { 5 }
    }

    /// How many columns a name or message may take.
    fn long(&self) -> usize {
        if self.verbose { usize::MAX } else { self.width.max(40).saturating_mul(3) }
    }
}

/// What the sections share.
pub(crate) struct Context<'a> {
    pub(crate) document: &'a Document,
    pub(crate) options: &'a TextOptions,
    pub(crate) gaps: Vec<Gap<'a>>,
    scopes: HashMap<(&'a Cloud, &'a ScopeId), &'a ScopeRow>,
}

impl<'a> Context<'a> {
    fn new(document: &'a Document, options: &'a TextOptions) -> Self {
        let scopes =
            document.scopes.iter().map(|row| ((&row.scope.cloud, &row.scope.id), row)).collect();
        Self { document, options, gaps: gaps(document), scopes }
    }

    /// A scope's name, if it has one.
    pub(crate) fn scope_name(&self, cloud: &Cloud, id: &ScopeId) -> Option<&str> {
        let name = self.scopes.get(&(cloud, id))?.scope.name.as_str();
        (!name.is_empty() && name != id.as_str()).then_some(name)
    }

    /// How many accounts and projects there are, by the noun for them: `12 accounts`.
    pub(crate) fn scope_noun(&self) -> &'static str {
        let holders = self.document.scopes.iter().filter(|row| row.scope.kind.holds_resources());
        words::scope_noun(holders.map(|row| &row.scope.cloud))
    }
}

/// Renders a document.
pub fn render(document: &Document, options: &TextOptions) -> String {
    let context = Context::new(document, options);
    let mut page = Page::new(options.width, options.color);
    headline::write(&mut page, &context);
    observed::write(&mut page, &context);
    code::write(&mut page, &context);
    drift::write(&mut page, &context);
    findings::write(&mut page, &context);
    suppressed::write(&mut page, &context);
    warnings(&mut page, &context);
    closing::write(&mut page, &context);
    page.finish()
}

/// What is wrong with the declaration itself.
fn warnings(page: &mut Page, context: &Context<'_>) {
    let Context { document, options, .. } = context;
    if document.warnings.is_empty() && document.unused_ignores.is_empty() {
        return;
    }
    page.heading("WARNINGS");
    let texts = document.warnings.iter().map(|text| words::clip(text, options.long()));
    let unused = document.unused_ignores.iter().map(|rule| {
        let place = words::source(&rule.source, options.verbose);
        let what = words::clip(&rule.what, options.long());
        format!("ignore rule at {place} matched nothing: {what}")
    });
    let all: Vec<_> = texts.chain(unused).collect();
    for text in all.iter().take(options.limit()) {
        page.line(2, 4, &Line::default().styled("! ", YELLOW).text(text));
    }
    more(page, 2, all.len(), options.limit());
}

/// Says how many entries a list left out.
fn more(page: &mut Page, indent: usize, total: usize, limit: usize) {
    let left_out = total.saturating_sub(limit);
    if left_out > 0 {
        let text = format!("… and {left_out} more (--verbose shows all)");
        page.line(indent, indent, &Line::default().styled(text, page::DIM));
    }
}
