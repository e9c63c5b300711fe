//! Tenants and environments.

use std::collections::BTreeMap;

use tenko_core::{Message, Severity, Status, Unmanaged, msg};

use super::context::Context;
use super::mark::{Mark, Sort};
use super::text::Text;
use crate::rows::{EnvironmentRow, Observed, TenantRow};

/// Environments that get a column of their own; those with rarer names share the last one.
const COLUMNS: usize = 8;

pub(super) struct MatrixView {
    pub(super) columns: Vec<Text>,
    /// Whether there is a column of other environments.
    pub(super) others: bool,
    /// Whether there is a column of what environments share.
    pub(super) shared: bool,
    pub(super) rows: Vec<TenantView>,
}

pub(super) struct TenantView {
    pub(super) id: Text,
    /// Empty where it is the id.
    pub(super) name: Text,
    pub(super) owner: Text,
    /// One list of cells for each column; a tenant without the environment has none there.
    pub(super) cells: Vec<Vec<Cell>>,
}

/// One environment of one tenant.
pub(super) struct Cell {
    pub(super) environment: Text,
    /// How it looks: `bad`, `warn`, `good`, `plain` or `unknown`.
    pub(super) tone: &'static str,
    pub(super) marks: Vec<Mark>,
    /// How much of it was read.
    pub(super) note: Text,
}

impl MatrixView {
    /// `None` where nothing is declared.
    pub(super) fn new(context: &Context<'_>) -> Option<Self> {
        let tenants = &context.document.tenants;
        if tenants.is_empty() {
            return None;
        }
        // By how many tenants have it, then in the order of the declaration.
        let mut names: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (at, row) in tenants.iter().flat_map(|tenant| &tenant.environments).enumerate() {
            names.entry(&row.name).or_insert((0, at)).0 += 1;
        }
        let mut columns: Vec<_> = names.into_iter().collect();
        columns.sort_by_key(|(_, (count, at))| (std::cmp::Reverse(*count), *at));
        let others = columns.len() > COLUMNS;
        columns.truncate(COLUMNS);
        columns.sort_by_key(|(_, (_, at))| *at);
        let columns: Vec<_> = columns.into_iter().map(|(name, _)| name).collect();
        let shared = tenants.iter().any(|tenant| shared_of(tenant).is_some());
        let rows = tenants.iter().map(|tenant| {
            let of_all = shared_of(tenant);
            // What its environments share may well be in this account.
            let clean = of_all.as_ref().is_none_or(quiet);
            let of = |name: &&str| {
                let named = tenant.environments.iter().filter(|row| row.name == *name);
                named.map(|row| Cell::new(context, row, clean)).collect()
            };
            let mut cells: Vec<Vec<_>> = columns.iter().map(of).collect();
            if others {
                let rest = tenant.environments.iter();
                let rest = rest.filter(|row| !columns.contains(&row.name.as_str()));
                cells.push(rest.map(|row| Cell::new(context, row, clean)).collect());
            }
            if shared {
                cells.push(of_all.iter().map(|row| Cell::new(context, row, clean)).collect());
            }
            let other_name = tenant.name != tenant.id && !tenant.name.is_empty();
            TenantView {
                id: Text::cut(&tenant.id, 200),
                name: if other_name { Text::cut(&tenant.name, 200) } else { Text::default() },
                owner: Text::cut(tenant.owner.as_deref().unwrap_or_default(), 200),
                cells,
            }
        });
        Some(Self {
            columns: columns.iter().map(|name| Text::cut(name, 100)).collect(),
            others,
            shared,
            rows: rows.collect(),
        })
    }
}

/// What a tenant's environments share, also where nothing but something unknown is to be said of it.
fn shared_of(tenant: &TenantRow) -> Option<EnvironmentRow> {
    let unknown = || EnvironmentRow {
        name: String::new(),
        stage: None,
        owner: None,
        scopes: Vec::new(),
        unmanaged: Unmanaged::default(),
        observed: Observed::Partial,
        resources: 0,
        drift: tenant.shared_drift,
        findings: tenant.shared_findings,
    };
    tenant.shared().or_else(|| (tenant.shared_findings.unknown > 0).then(unknown))
}

/// Whether nothing was found, and nothing is unknown.
fn quiet(row: &EnvironmentRow) -> bool {
    let found = row.drift.differences() + row.findings.actionable();
    found + row.drift.unknown + row.findings.unknown == 0
}

impl Cell {
    /// `shared_clean`: whether there is nothing either in what the tenant's environments share.
    fn new(context: &Context<'_>, row: &EnvironmentRow, shared_clean: bool) -> Self {
        let lang = context.lang;
        let (drift, findings) = (row.drift.differences(), &row.findings);
        let unknown = row.drift.unknown + findings.unknown;
        let mut marks = Vec::new();
        let mut count = |icon, id: &'static str, n: u64| {
            if n > 0 {
                let word = context.say(&Message::new(id).with("n", n));
                marks.push(Mark { icon, word });
            }
        };
        count("differs", "html-cell-drift", drift);
        let severities = findings.by_severity();
        let named = severities.into_iter().filter(|(severity, _)| *severity != Severity::Info);
        for (severity, n) in named.filter(|(_, n)| *n > 0) {
            let mark = Sort::Finding(severity).mark(lang);
            let word = context.say(&msg!("html-part", n = n, what = mark.word.as_str()));
            marks.push(Mark { icon: mark.icon, word });
        }
        if unknown > 0 {
            let word = Mark::status(lang, Status::Unknown).word;
            let word = context.say(&msg!("html-part", n = unknown, what = word.as_str()));
            marks.push(Mark { icon: "unknown", word });
        }
        let bad = drift > 0 || findings.critical + findings.high > 0;
        let some = findings.actionable() > 0;
        // An environment without an account was not looked at either. What its tenant's environments
        // share has no name and no account.
        let nowhere = row.scopes.is_empty() && !row.name.is_empty() && marks.is_empty();
        let nothing = row.observed == Observed::Nothing;
        let quiet = quiet(row);
        if nothing || nowhere {
            marks.insert(0, Mark { icon: "unknown", word: Text::new("?") });
        } else if quiet && row.observed == Observed::Complete && !shared_clean {
            marks.push(Mark { icon: "info", word: context.say(&msg!("html-cell-own")) });
        } else if quiet && row.observed == Observed::Complete {
            marks.push(Mark { icon: "resolved", word: context.say(&msg!("html-cell-good")) });
        } else if quiet {
            marks.push(Mark { icon: "unknown", word: context.say(&msg!("html-cell-quiet")) });
        }
        let note = match row.observed {
            _ if nowhere => msg!("html-cell-nowhere"),
            Observed::Nothing => msg!("html-cell-nothing"),
            Observed::Partial => msg!("html-cell-partial", n = row.resources),
            Observed::Complete => msg!("html-cell-complete", n = row.resources),
        };
        let of_tenant = row.name.is_empty();
        let tone = match row.observed {
            _ if bad => "bad",
            _ if some => "warn",
            Observed::Complete if unknown == 0 && !nowhere && !shared_clean => "plain",
            Observed::Complete if unknown == 0 && !nowhere => "good",
            _ => "unknown",
        };
        Self {
            environment: Text::cut(&row.name, 100),
            tone,
            marks,
            note: if of_tenant { Text::default() } else { context.say(&note) },
        }
    }
}
