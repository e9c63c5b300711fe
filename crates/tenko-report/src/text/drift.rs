//! Drift by tenant, environment and kind.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use tenko_core::{Change, Drift, DriftKind};
use unicode_width::UnicodeWidthStr;

use super::page::{BOLD, CYAN, DIM, Line, Page, RED, YELLOW};
use super::words::{self, clip, list, pair, plural, short_type};
use super::{Context, more};

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
    page.heading("DRIFT");
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
            ("", _) => "belongs to no tenant".to_owned(),
            (tenant, "") => tenant.to_owned(),
            (tenant, environment) => format!("{tenant} / {environment}"),
        };
        let long = self.context.options.long();
        let mut line = Line::default().styled(clip(&name, long), BOLD);
        let row = self.context.document.tenants.iter().find(|row| row.id == tenant);
        if let Some(row) = row.filter(|row| !row.name.is_empty() && row.name != row.id) {
            line = line.text(format!("  {}", clip(&row.name, long)));
        }
        page.line(2, 4, &line);
        let owner = self.owner.map(|owner| format!("owner {}", clip(owner, long)));
        let shared: Vec<_> = self.scope.iter().cloned().chain(owner).collect();
        if !shared.is_empty() {
            page.line(2, 4, &Line::default().styled(shared.join(" · "), DIM));
        }
    }

    fn kind(&self, page: &mut Page, kind: DriftKind) {
        let all: Vec<_> = self.drift.iter().copied().filter(|d| d.kind == kind).collect();
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
        more(page, GUTTER, all.len(), limit);
    }

    /// One account that is denied leaves all that is declared in it unknown, for one reason.
    fn unknown(&self, page: &mut Page, all: &[&Drift]) {
        let mut by_reason: BTreeMap<_, Vec<&Drift>> = BTreeMap::new();
        for drift in all {
            by_reason.entry(&drift.reason).or_default().push(drift);
        }
        for (reason, alike) in by_reason {
            if alike.len() <= ALIKE {
                self.entries(page, &alike);
                continue;
            }
            let count = plural(alike.len() as u64, "declared resource");
            let title = Line::default().styled(format!("{count} could not be observed"), BOLD);
            self.first(page, DriftKind::Unknown, title);
            if let Some(reason) = reason {
                self.detail(page, clip(reason, self.context.options.long()));
            }
            let labels = alike.iter().map(|d| clip(d.resource.label(), page.width() / 2));
            self.detail(page, list(labels, self.context.options.few()));
        }
    }

    fn entry(&self, page: &mut Page, drift: &Drift) {
        let options = self.context.options;
        let resource = &drift.resource;
        let label = clip(resource.label(), options.long());
        let mut facts = vec![short_type(&resource.resource_type)];
        facts.extend(resource.region.as_ref().map(ToString::to_string));
        let tells = |id: &&str| options.verbose || !ends_with_name(id, resource.label());
        if let Some(id) = resource.id.as_deref().filter(|id| *id != resource.label()).filter(tells)
        {
            facts.push(clip(id, options.long()));
        }
        let title = Line::default().styled(label, BOLD);
        self.first(page, drift.kind, title.text(format!("  {}", facts.join(" · "))));
        if self.scope.is_none()
            && let Some(scope) = place(self.context, drift)
        {
            self.detail(page, format!("in {scope}"));
        }
        if let Some(source) = &drift.source {
            let place = words::source(source, options.verbose);
            self.detail(page, format!("declared at {}", clip(&place, options.long())));
        }
        if let Some(reason) = &drift.reason {
            page.line(GUTTER, GUTTER, &Line::new(clip(reason, options.long())));
        }
        if self.owner.is_none()
            && let Some(owner) = &drift.owner
        {
            self.detail(page, format!("owner {}", clip(owner, options.long())));
        }
        let limit = if options.verbose { usize::MAX } else { CHANGES };
        for change in drift.changes.iter().take(limit) {
            write_change(page, change, options.verbose);
        }
        more(page, GUTTER, drift.changes.len(), limit);
    }

    fn first(&self, page: &mut Page, kind: DriftKind, rest: Line) {
        let gutter = Line::default().padded(words::kind(kind), GUTTER - 2, style(kind));
        page.line(2, GUTTER, &gutter.append(rest));
    }

    fn detail(&self, page: &mut Page, text: String) {
        page.line(GUTTER, GUTTER, &Line::default().styled(text, DIM));
    }
}

/// `path: expected X, actual Y`; below each other where that is too long for a line.
fn write_change(page: &mut Page, change: &Change, verbose: bool) {
    let path = change.path.to_string();
    let room = page.width().saturating_sub(GUTTER);
    // Two lines of each value are enough to see what it is about.
    let most = if verbose { usize::MAX } else { room.saturating_sub(11).saturating_mul(2) };
    let (expected, actual) = pair(&change.expected, &change.actual, most);
    let one = format!("{path}: expected {expected}, actual {actual}");
    if one.width() <= room {
        let line = Line::new(format!("{path}: expected ")).text(expected).text(", actual ");
        page.line(GUTTER, GUTTER, &line.styled(actual, BOLD));
        return;
    }
    page.line(GUTTER, GUTTER + 2, &Line::new(format!("{path}:")));
    page.line(GUTTER + 2, GUTTER + 11, &Line::new("expected ").text(expected));
    page.line(GUTTER + 2, GUTTER + 11, &Line::new("actual   ").styled(actual, BOLD));
}

/// Whether an id is a path whose last part is the name: with place and type it says nothing new.
fn ends_with_name(id: &str, name: &str) -> bool {
    id.strip_suffix(name).is_some_and(|path| path.ends_with('/'))
}

fn place(context: &Context<'_>, drift: &Drift) -> Option<String> {
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
