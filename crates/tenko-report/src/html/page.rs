//! The page as the templates see it.

use std::collections::BTreeSet;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use tenko_core::{Message, Status, msg};
use tenko_messages::Lang;

use super::changes::ChangesView;
use super::context::Context;
use super::data::Data;
use super::mark::{Mark, Sort};
use super::matrix::MatrixView;
use super::method::{MethodView, SuppressionView, suppressions};
use super::observed::ObservedView;
use super::rows::{Entry, Row, ranked};
use super::text::Text;
use super::trend::TrendView;
use super::verdict::{VerdictView, number};
use crate::{top, words};

const CSS: &str = concat!(
    include_str!("../../templates/html/page.css"),
    include_str!("../../templates/html/parts.css"),
    include_str!("../../templates/html/print.css"),
);
const JS: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../templates/html/data.js"),
    include_str!("../../templates/html/table.js"),
    include_str!("../../templates/html/page.js"),
    "})();\n",
);

/// Rows that are a table without JavaScript.
const STATIC: usize = 200;
/// Rows that are in the file at all. A browser still opens this many.
const ROWS: usize = 250_000;
/// Days after which a new suppression ends, where the command is copied as it stands.
const EXPIRES: i64 = 90;

#[derive(Template)]
#[template(path = "html/report.html")]
pub(super) struct Page<'a> {
    lang: Lang,
    policy: String,
    css: &'static str,
    js: &'static str,
    data: String,
    run: Text,
    finished: Text,
    verdict: VerdictView,
    changes: ChangesView<'a>,
    observed: ObservedView,
    matrix: Option<MatrixView>,
    trend: Option<TrendView>,
    fixes: Vec<FixView>,
    items: ItemsView<'a>,
    suppressions: Vec<SuppressionView>,
    more_suppressions: Text,
    method: MethodView,
}

/// Something to fix first.
struct FixView {
    mark: Mark,
    rule: Text,
    name: Text,
    fix: Text,
    closes: Text,
    tenants: Text,
    place: Text,
}

/// The table of drift and findings.
struct ItemsView<'a> {
    /// How many are open.
    open: Text,
    /// How many entries there are in all; how many of them the page lacks, in words.
    any: bool,
    cut: Text,
    /// What stands below the table without JavaScript; empty when it has all.
    rest: Text,
    rows: Vec<RowView<'a>>,
    prototype: RowView<'a>,
    /// Values and words of the filters.
    severities: Vec<(&'static str, Text)>,
    statuses: Vec<(&'static str, Text)>,
    kinds: Vec<(&'static str, Text)>,
    tenants: Vec<Text>,
    rules: Vec<Text>,
}

/// A row of that table.
#[derive(Template)]
#[template(path = "html/row.html")]
struct RowView<'a> {
    lang: Lang,
    row: Row<'a>,
    status: Mark,
    first_seen: Text,
    first_day: Text,
    last_seen: Text,
    command: String,
    /// Whether it is what the script makes rows from: everything is there, and empty.
    prototype: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let document = context.document;
        let entries = ranked(document);
        let kept = entries.get(..ROWS).unwrap_or(&entries);
        let end = document.run.finished_at.checked_add(SignedDuration::from_hours(24 * EXPIRES));
        let expires = context.date(None, end.unwrap_or(document.run.finished_at));
        let (suppressions, more_suppressions) = suppressions(context);
        Self {
            lang: context.lang,
            policy: policy(),
            css: CSS,
            js: JS,
            data: Data::new(context, kept, &expires).json(),
            run: Text::cut(&document.run.id, 200),
            finished: context.time(None, document.run.finished_at),
            verdict: VerdictView::new(context),
            changes: ChangesView::new(context, &entries),
            observed: ObservedView::new(context),
            matrix: MatrixView::new(context),
            trend: TrendView::new(context),
            fixes: fixes(context),
            items: ItemsView::new(context, &entries, &expires),
            suppressions,
            more_suppressions,
            method: MethodView::new(context),
        }
    }

    /// A message without values.
    fn t(&self, id: &'static str) -> Text {
        say(self.lang, id)
    }
}

/// The page may run its own script and use its own style; it may load nothing, send nothing, and be
/// pointed nowhere.
fn policy() -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(JS),
        hash(CSS)
    )
}

fn hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(source.as_bytes())))
}

fn say(lang: Lang, id: &'static str) -> Text {
    Text::new(tenko_messages::say(lang, &Message::new(id)))
}

fn fixes(context: &Context<'_>) -> Vec<FixView> {
    let fixes = top::top(context.document, context.options.top);
    let view = |fix: &top::Fix| FixView {
        mark: Mark::severity(context.lang, fix.severity),
        rule: if fix.rule.starts_with("drift:") {
            Text::default()
        } else {
            Text::cut(&fix.rule, 100)
        },
        name: Text::new(words::fix_name(context.lang, fix)),
        fix: Text::new(words::fix_remediation(context.lang, fix)),
        closes: context.say(&msg!("html-closes", n = fix.closes.len())),
        tenants: context.say(&msg!("html-fix-tenants", n = fix.tenants.len())),
        place: Text::cut(&fix.place, 300),
    };
    fixes.iter().map(view).collect()
}

impl<'a> ItemsView<'a> {
    fn new(context: &Context<'a>, entries: &[Entry<'a>], expires: &Text) -> Self {
        let lang = context.lang;
        let open = entries.iter().filter(|entry| entry.is_open()).count();
        let sorts: BTreeSet<_> = entries.iter().map(|entry| entry.sort().number()).collect();
        let sorts: Vec<_> =
            Sort::ALL.into_iter().filter(|sort| sorts.contains(&sort.number())).collect();
        let status = |status: Status| {
            let mark = Mark::status(lang, status);
            let any = entries.iter().any(|entry| entry.status() == Some(status));
            any.then(|| (status.as_str(), mark.word))
        };
        let mut kinds: Vec<_> = Vec::new();
        for sort in &sorts {
            let word = match sort {
                Sort::Drift(_) => sort.mark(lang).word,
                Sort::Finding(_) | Sort::Unknown => say(lang, "html-kind-finding"),
            };
            if kinds.iter().all(|(kind, _)| *kind != sort.kind()) {
                kinds.push((sort.kind(), word));
            }
        }
        let shown = entries.iter().filter(|entry| entry.is_open()).take(STATIC);
        let rows: Vec<_> =
            shown.map(|entry| RowView::new(context, Row::new(context, *entry), expires)).collect();
        let rest = open.saturating_sub(rows.len());
        let lacking = entries.len().saturating_sub(ROWS);
        let (tenants, rules) = names(entries);
        Self {
            open: number(context, open as u64),
            any: !entries.is_empty(),
            cut: if lacking == 0 {
                Text::default()
            } else {
                context.say(&msg!("html-cut", n = lacking))
            },
            rest: if rest == 0 {
                Text::default()
            } else {
                context.say(&msg!("html-rest", n = rest))
            },
            rows,
            prototype: RowView {
                prototype: true,
                ..RowView::new(context, Row::default(), expires)
            },
            severities: sorts
                .iter()
                .filter(|sort| !sort.severity().is_empty())
                .map(|sort| (sort.severity(), sort.mark(lang).word))
                .collect(),
            statuses: [
                Status::New,
                Status::Changed,
                Status::Unchanged,
                Status::Unknown,
                Status::Resolved,
                Status::Suppressed,
            ]
            .into_iter()
            .filter_map(status)
            .collect(),
            kinds,
            tenants,
            rules,
        }
    }
}

/// The tenants and the rules that occur, as the table shows them.
fn names(entries: &[Entry<'_>]) -> (Vec<Text>, Vec<Text>) {
    let mut tenants = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for entry in entries {
        tenants.extend(entry.tenant());
        rules.extend(entry.rule());
    }
    let tenants = tenants.into_iter().map(|name| Text::cut(name, 200)).collect();
    (tenants, rules.into_iter().map(|id| Text::cut(id, 100)).collect())
}

impl<'a> RowView<'a> {
    fn new(context: &Context<'a>, row: Row<'a>, expires: &Text) -> Self {
        let time = |at| context.time(row.zoned, at);
        let seen = row.seen.as_ref();
        Self {
            lang: context.lang,
            status: row.status.map(|s| Mark::status(context.lang, s)).unwrap_or_default(),
            first_seen: seen.map(|seen| time(seen.first_seen)).unwrap_or_default(),
            first_day: seen.map(|s| context.date(row.zoned, s.first_seen)).unwrap_or_default(),
            last_seen: seen.map(|seen| time(seen.last_seen)).unwrap_or_default(),
            command: row.command(expires),
            row,
            prototype: false,
        }
    }

    /// A message without values.
    fn t(&self, id: &'static str) -> Text {
        say(self.lang, id)
    }

    /// Whether a part of the row is there: of the prototype all are.
    fn has(&self, text: &Text) -> bool {
        self.prototype || !text.is_empty()
    }
}
