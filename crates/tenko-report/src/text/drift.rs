//! Drift by tenant, environment and kind.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use tenko_core::{Change, Drift, DriftKind, msg};
use unicode_width::UnicodeWidthStr;

use super::Context;
use super::page::{BOLD, CYAN, DIM, Line, PLAIN, Page, RED, YELLOW};
use super::values::pair;
use super::words::{self, clip, short_type};

/// Where the text of an entry begins: after the widest kind.
const GUTTER: usize = 13;
/// More attributes of one resource than this are cut.
const CHANGES: usize = 8;
/// More unknown resources of one environment and reason than this become one entry.
const ALIKE: usize = 3;

type Owner<'a> = (bool, &'a str, &'a str);

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    if context.document.drift.is_empty() {
        return;
    }
    page.heading(&context.say(&msg!("text-heading-drift")));
    let mut groups: BTreeMap<Owner<'_>, Vec<&Drift>> = BTreeMap::new();
    for drift in &context.document.drift {
        let tenant = drift.tenant.as_deref();
        let environment = drift.environment.as_deref().unwrap_or_default();
        // What belongs to nobody comes last.
        let key = (tenant.is_none(), tenant.unwrap_or_default(), environment);
        groups.entry(key).or_default().push(drift);
    }
    for ((_, tenant, environment), drift) in groups {
        let group = Group::new(context, drift);
        page.blank();
        group.heading(page, tenant, environment);
        for kind in DriftKind::ALL {
            group.kind(page, kind);
        }
    }
}

struct Group<'a> {
    context: &'a Context<'a>,
    drift: Vec<&'a Drift>,
    /// What all entries share, and which the heading therefore says once.
    scope: Option<String>,
    owner: Option<&'a str>,
}

impl<'a> Group<'a> {
    fn new(context: &'a Context<'a>, drift: Vec<&'a Drift>) -> Self {
        let scope = the_one(drift.iter().map(|d| place(context, d)));
        let owner = the_one(drift.iter().map(|d| d.owner.as_deref()));
        Self { context, drift, scope, owner }
    }

    fn heading(&self, page: &mut Page, tenant: &str, environment: &str) {
        let name = match (tenant, environment) {
            ("", _) => self.context.say(&msg!("text-nobodys")),
            (tenant, "") => tenant.to_owned(),
            (tenant, environment) => format!("{tenant} / {environment}"),
        };
        let context = self.context;
        let mut line = Line::default().styled(context.clip(&name), BOLD);
        let row = context.document.tenants.iter().find(|row| row.id == tenant);
        if let Some(row) = row.filter(|row| !row.name.is_empty() && row.name != row.id) {
            line = line.text(format!("  {}", context.clip(&row.name)));
        }
        page.line(2, 4, &line);
        let owner =
            self.owner.map(|owner| context.say(&msg!("text-owner", owner = context.clip(owner))));
        let shared: Vec<_> = self.scope.iter().cloned().chain(owner).collect();
        if !shared.is_empty() {
            page.line(2, 4, &Line::default().styled(shared.join(" · "), DIM));
        }
    }

    fn kind(&self, page: &mut Page, kind: DriftKind) {
        let mut all: Vec<_> = self.drift.iter().copied().filter(|d| d.kind == kind).collect();
        all.sort_by_key(|drift| self.context.rank(drift.standing.as_ref()));
        if kind == DriftKind::Unknown && !self.context.options.verbose {
            return self.unknown(page, &all);
        }
        self.entries(page, &all);
    }

    fn entries(&self, page: &mut Page, all: &[&Drift]) {
        let limit = self.context.options.limit();
        for drift in all.iter().take(limit) {
            self.entry(page, drift);
        }
        self.context.more(page, GUTTER, all.len(), limit);
    }

    /// One account that is denied leaves all that is declared in it unknown, for one reason.
    fn unknown(&self, page: &mut Page, all: &[&Drift]) {
        let mut by_reason: BTreeMap<_, Vec<&Drift>> = BTreeMap::new();
        for drift in all {
            by_reason.entry(self.reason(drift)).or_default().push(drift);
        }
        for (reason, alike) in by_reason {
            if alike.len() <= ALIKE {
                self.entries(page, &alike);
                continue;
            }
            let context = self.context;
            let title = context.styled(&msg!("text-declared-unobserved", n = alike.len()), BOLD);
            self.first(page, DriftKind::Unknown, title);
            if let Some(reason) = reason {
                self.detail(page, context.clip(&reason));
            }
            let labels = alike.iter().map(|d| clip(d.resource.label(), page.width() / 2));
            let labels = context.few(labels.collect::<Vec<_>>());
            page.line(GUTTER, GUTTER, &context.styled(&msg!("as-it-is", text = labels), DIM));
        }
    }

    fn entry(&self, page: &mut Page, drift: &Drift) {
        let context = self.context;
        let options = context.options;
        let title = context.mark(drift.standing.as_ref());
        let title = title.styled(context.clip(drift.resource.label()), BOLD);
        let facts = facts(context, drift).join(" · ");
        self.first(page, drift.kind, title.text(format!("  {facts}")));
        if self.scope.is_none()
            && let Some(scope) = place(context, drift)
        {
            self.detail(page, context.say(&msg!("text-in", scope = scope)));
        }
        if let Some(source) = &drift.source {
            let place = context.clip(&words::source(source, options.verbose));
            self.detail(page, context.say(&msg!("text-declared-at", place = place)));
        }
        if let Some(reason) = self.reason(drift) {
            page.line(GUTTER, GUTTER, &Line::new(context.clip(&reason)));
        }
        if self.owner.is_none()
            && let Some(owner) = &drift.owner
        {
            self.detail(page, context.say(&msg!("text-owner", owner = context.clip(owner))));
        }
        let seen = context.first_seen(drift.owner.as_deref(), drift.standing.as_ref());
        for line in seen.into_iter().chain(context.fingerprint(&drift.fingerprint)) {
            page.line(GUTTER, GUTTER, &line);
        }
        let limit = if options.verbose { usize::MAX } else { CHANGES };
        for change in drift.changes.iter().take(limit) {
            write_change(page, context, change);
        }
        context.more(page, GUTTER, drift.changes.len(), limit);
    }

    fn reason(&self, drift: &Drift) -> Option<String> {
        crate::words::reason(self.context.options.lang, drift)
    }

    fn first(&self, page: &mut Page, kind: DriftKind, rest: Line) {
        let word = crate::words::drift_kind(self.context.options.lang, kind);
        let gutter = Line::default().padded(word, GUTTER - 2, style(kind));
        page.line(2, GUTTER, &gutter.append(rest));
    }

    fn detail(&self, page: &mut Page, text: String) {
        page.line(GUTTER, GUTTER, &Line::default().styled(text, DIM));
    }
}

/// `path: expected X, actual Y`; below each other where that is too long for a line.
fn write_change(page: &mut Page, context: &Context<'_>, change: &Change) {
    let path = change.path.to_string();
    let room = page.width().saturating_sub(GUTTER);
    let labels = [msg!("text-expected"), msg!("text-actual")].map(|label| context.say(&label));
    let label = 1 + labels.iter().map(|label| label.width()).max().unwrap_or(0);
    // Two lines of each value are enough to see what it is about.
    let most = room.saturating_sub(2 + label).saturating_mul(2);
    let most = if context.options.verbose { usize::MAX } else { most };
    let (expected, actual) = pair(context.options.lang, &change.expected, &change.actual, most);
    let one = msg!("text-change", path = &path, expected = &expected, actual = &actual);
    let line = context.said(&one, PLAIN, &[("actual", BOLD)]);
    if line.width() <= room {
        page.line(GUTTER, GUTTER, &line);
        return;
    }
    page.line(GUTTER, GUTTER + 2, &Line::new(format!("{path}:")));
    for ((name, value), style) in labels.iter().zip([expected, actual]).zip([PLAIN, BOLD]) {
        let line = Line::default().padded(name, label, PLAIN).styled(value, style);
        page.line(GUTTER + 2, GUTTER + 2 + label, &line);
    }
}

/// Type, region and, where it says something that the name does not, the id.
pub(super) fn facts(context: &Context<'_>, drift: &Drift) -> Vec<String> {
    let resource = &drift.resource;
    let mut facts = vec![short_type(&resource.resource_type)];
    facts.extend(resource.region.as_ref().map(ToString::to_string));
    let tells = |id: &&str| context.options.verbose || !ends_with_name(id, resource.label());
    if let Some(id) = resource.id.as_deref().filter(|id| *id != resource.label()).filter(tells) {
        facts.push(context.clip(id));
    }
    facts
}

/// Whether an id is a path whose last part is the name: with place and type it says nothing new.
fn ends_with_name(id: &str, name: &str) -> bool {
    id.strip_suffix(name).is_some_and(|path| path.ends_with('/'))
}

pub(super) fn place(context: &Context<'_>, drift: &Drift) -> Option<String> {
    let id = drift.resource.scope.as_ref()?;
    Some(words::scope(context, &drift.resource.cloud, id))
}

/// What all have in common, if they have.
fn the_one<T: Ord>(all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let mut distinct: BTreeSet<_> = all.collect();
    if distinct.len() == 1 { distinct.pop_first().flatten() } else { None }
}

fn style(kind: DriftKind) -> Style {
    match kind {
        DriftKind::Missing | DriftKind::Misplaced => RED,
        DriftKind::Changed => CYAN,
        DriftKind::ElsewhereManaged | DriftKind::Unmanaged | DriftKind::Unknown => YELLOW,
    }
}
