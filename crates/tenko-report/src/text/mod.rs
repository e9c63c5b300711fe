//! Text for people: the verdict first, then who did not answer, then what differs.

mod changes;
mod closing;
mod code;
mod declared;
mod drift;
mod findings;
mod first;
mod headline;
mod noun;
mod observed;
mod page;
mod parity;
mod resources;
mod rules;
mod run;
mod scopes;
mod suppressed;
mod table;
mod types;
mod untangle;
mod values;
mod words;

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tenko_core::{Arg, Cloud, Fingerprint, Message, ScopeId, Standing, Status, msg};
use tenko_messages::{Lang, say};

pub use declared::declared;
pub use headline::headline;
pub use parity::parity;
pub use resources::{resource, resources};
pub use rules::{rule_page, rules};
pub use run::run;
pub use scopes::scopes;
pub use types::{type_page, types};
pub use untangle::untangle;

pub(crate) use noun::Noun;
pub(crate) use untangle::{
    along as blast_along, copies as blast_copies, is_bare as blast_is_bare, noun as untangle_noun,
    protection as blast_protection,
};
pub(crate) use words::short_type as type_name;

use anstyle::Style;

use crate::document::Document;
use crate::gaps::{Gap, gaps};
use crate::rows::ScopeRow;
use page::{Line, Page, YELLOW};

/// How text is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// The columns that a line may take; at least 40 are used.
    pub width: usize,
    /// Whether to colour. Words carry everything that colours do.
    pub color: bool,
    /// Whether to show everything: no list is cut, no value shortened.
    pub verbose: bool,
    /// How many entries a list shows when not verbose.
    pub limit: usize,
    /// The language of documents; everything else is in English.
    pub lang: Lang,
    /// The zone of a document's times, but of those that concern an owner with a zone of their own.
    pub timezone: TimeZone,
    /// How many fixes to rank; `None` leaves out the section on what to fix first.
    pub top: Option<usize>,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            verbose: false,
            limit: 20,
            lang: Lang::En,
            timezone: TimeZone::UTC,
            top: None,
        }
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

    /// What the accounts and projects of this document are called.
    fn noun(&self) -> Noun {
        Noun::of_document(self.document)
    }

    /// A message in the reader's language.
    fn say(&self, message: &Message) -> String {
        say(self.options.lang, message)
    }

    /// A message as a line.
    fn line(&self, message: &Message) -> Line {
        self.styled(message, page::PLAIN)
    }

    /// A message as a line in this style.
    fn styled(&self, message: &Message, style: Style) -> Line {
        Line::said(self.options.lang, message, style, &[])
    }

    /// A message in this style with these of its values in styles of their own.
    fn said(&self, message: &Message, style: Style, own: &[(&str, Style)]) -> Line {
        Line::said(self.options.lang, message, style, own)
    }

    /// As many of these names as a sentence shows, and how many more there are.
    fn few(&self, items: impl IntoIterator<Item = String>) -> Arg {
        few(items, self.options.few())
    }

    /// A text cut to what a name or message may take.
    fn clip(&self, text: &str) -> String {
        words::clip(text, self.options.long())
    }

    /// Says how many entries a list left out.
    fn more(&self, page: &mut Page, indent: usize, total: usize, limit: usize) {
        say_more(page, self.options.lang, indent, total, limit);
    }

    /// A time in the zone of who answers for the matter.
    fn time(&self, owner: Option<&str>, at: Timestamp) -> String {
        let zone = crate::words::zone_of(self.document, owner, &self.options.timezone);
        crate::words::time(at, &zone)
    }

    /// Whether there was a run before this one to compare with.
    fn has_before(&self) -> bool {
        self.document.history.as_ref().is_some_and(|history| !history.compared_with.is_empty())
    }

    /// A mark on what is new or changed since the last run; of the first run, everything would be.
    fn mark(&self, standing: Option<&Standing>) -> Line {
        let status = standing.filter(|_| self.has_before()).map(|standing| standing.status);
        let Some(status) = status.filter(|s| matches!(s, Status::New | Status::Changed)) else {
            return Line::default();
        };
        let lang = self.options.lang;
        let mark = msg!("text-mark", status = crate::words::status(lang, status));
        self.styled(&mark, page::CYAN).text(" ")
    }

    /// What is new or changed comes before what was there already.
    fn rank(&self, standing: Option<&Standing>) -> u8 {
        match standing.filter(|_| self.has_before()).map(|standing| standing.status) {
            Some(Status::New) => 0,
            Some(Status::Changed) => 1,
            _ => 2,
        }
    }

    /// Since when something is there, for those who want to know everything.
    fn first_seen(&self, owner: Option<&str>, standing: Option<&Standing>) -> Option<Line> {
        let standing = standing.filter(|_| self.options.verbose && self.has_before())?;
        let time = self.time(owner, standing.first_seen);
        Some(self.styled(&msg!("text-first-seen", time = time), page::DIM))
    }

    /// What suppresses or accepts something by name, for those who want to know everything.
    fn fingerprint(&self, fingerprint: &Fingerprint) -> Option<Line> {
        let text = fingerprint.as_str();
        (self.options.verbose && !text.is_empty()).then(|| {
            self.styled(&msg!("text-fingerprint", fingerprint = self.clip(text)), page::DIM)
        })
    }
}

/// The first `limit` names, and how many more there are.
fn few(items: impl IntoIterator<Item = String>, limit: usize) -> Arg {
    let mut items = items.into_iter();
    let shown = Arg::list(items.by_ref().take(limit));
    match items.count() {
        0 => shown,
        more => msg!("text-few", shown = shown, more = more).into(),
    }
}

/// Renders a document.
pub fn render(document: &Document, options: &TextOptions) -> String {
    let context = Context::new(document, options);
    let mut page = Page::new(options.width, options.color);
    headline::write(&mut page, &context);
    changes::write(&mut page, &context);
    first::write(&mut page, &context);
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
    page.heading(&context.say(&msg!("text-heading-warnings")));
    let warnings = crate::words::warnings(options.lang, document);
    let texts = warnings.iter().map(|text| context.clip(text));
    let unused = document.unused_ignores.iter().map(|rule| {
        let place = words::source(&rule.source, options.verbose);
        let what = context.clip(&crate::words::ignored(options.lang, rule));
        context.say(&msg!("text-unused-ignore", place = place, what = what))
    });
    let all: Vec<_> = texts.chain(unused).collect();
    for text in all.iter().take(options.limit()) {
        page.line(2, 4, &Line::default().styled("! ", YELLOW).text(text));
    }
    context.more(page, 2, all.len(), options.limit());
}

/// Says in English how many entries a list left out.
fn more(page: &mut Page, indent: usize, total: usize, limit: usize) {
    say_more(page, Lang::En, indent, total, limit);
}

fn say_more(page: &mut Page, lang: Lang, indent: usize, total: usize, limit: usize) {
    let left_out = total.saturating_sub(limit);
    if left_out > 0 {
        page.line(
            indent,
            indent,
            &Line::said(lang, &msg!("text-more", n = left_out), page::DIM, &[]),
        );
    }
}
