//! Suppressions, and how the run was made: what was called, and what shows that it only read.

use tenko_core::{Message, msg};

use super::context::Context;
use super::mark::Mark;
use super::observed::more;
use super::rows::place;
use super::text::Text;
use super::verdict::number;
use crate::brief::Reported;
use crate::document::Kind;
use crate::words;

/// Rows of one table.
const LISTED: usize = 500;

pub(super) struct SuppressionView {
    pub(super) mark: Mark,
    pub(super) what: Text,
    pub(super) matched: Text,
    pub(super) reason: Text,
    pub(super) owner: Text,
    pub(super) created: Text,
    pub(super) expires: Text,
    pub(super) ticket: Text,
    pub(super) source: Text,
}

/// Suppressions, those that ask for something first; with how many more there are.
pub(super) fn suppressions(context: &Context<'_>) -> (Vec<SuppressionView>, Text) {
    let mut rows: Vec<_> = context.document.suppressions.iter().collect();
    rows.sort_by_key(|row| (row.state, row.expires));
    let reported = Reported::of(context.document);
    let view = |row: &&crate::history::SuppressionRow| {
        let owner = row.owner.as_deref();
        SuppressionView {
            mark: Mark::suppression(context.lang, row.state),
            what: Text::cut(&row.what, 400),
            matched: match reported.instead(context.lang, row) {
                Some(text) => Text::new(text),
                None => number(context, row.matched),
            },
            reason: Text::new(&row.reason),
            owner: Text::new(owner.unwrap_or_default()),
            created: row.created.map(|at| context.date(owner, at)).unwrap_or_default(),
            expires: context.until(owner, row.expires),
            ticket: Text::new(row.ticket.as_deref().unwrap_or_default()),
            source: place(&row.source),
        }
    };
    (rows.iter().take(LISTED).map(view).collect(), more(context, rows.len(), LISTED))
}

pub(super) struct MethodView {
    /// Names and values, in their order.
    pub(super) facts: Vec<(Text, Text)>,
    /// What shows that the run only read.
    pub(super) proof: Vec<Text>,
    /// Whether the proof holds; `None` where there is none.
    pub(super) read_only: Option<bool>,
    pub(super) calls: Vec<CallView>,
    pub(super) calls_total: Text,
    pub(super) more_calls: Text,
    pub(super) rules: Vec<RuleView>,
    pub(super) more_rules: Text,
    pub(super) code: Vec<CodeView>,
    pub(super) more_code: Text,
    /// Ignore rules that matched nothing: what, reason, where.
    pub(super) ignores: Vec<(Text, Text, Text)>,
    pub(super) warnings: Vec<Text>,
}

pub(super) struct CallView {
    pub(super) operation: Text,
    pub(super) calls: Text,
    pub(super) throttled: Text,
}

pub(super) struct RuleView {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) mark: Mark,
    pub(super) findings: Text,
    pub(super) unknown: Text,
    pub(super) passed: Text,
    pub(super) suppressed: Text,
    pub(super) left_out: Text,
    /// Why it said nothing.
    pub(super) reasons: Vec<Text>,
}

pub(super) struct CodeView {
    pub(super) file: Text,
    pub(super) owner: Text,
    pub(super) resources: Text,
    pub(super) compared: Text,
}

impl MethodView {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let document = context.document;
        let (proof, read_only) = proof(context);
        let mut calls: Vec<_> = document.calls.iter().collect();
        calls.sort_by_key(|row| (std::cmp::Reverse(row.calls), &row.operation));
        let call = |row: &&tenko_core::CallCount| CallView {
            operation: Text::cut(&row.operation, 200),
            calls: number(context, row.calls),
            throttled: number(context, row.throttled),
        };
        let total = document.calls.iter().map(|row| row.calls).sum::<u64>();
        let ignore = |row: &crate::document::UnusedIgnore| {
            let what = words::ignored(context.lang, row);
            (Text::new(what), Text::new(&row.reason), place(&row.source))
        };
        let warnings = words::warnings(context.lang, document);
        Self {
            facts: facts(context),
            proof,
            read_only,
            calls: calls.iter().take(LISTED).map(call).collect(),
            calls_total: context.say(&msg!("html-calls-total", n = total, kinds = calls.len())),
            more_calls: more(context, calls.len(), LISTED),
            rules: document.rules.iter().take(LISTED).map(|r| RuleView::new(context, r)).collect(),
            more_rules: more(context, document.rules.len(), LISTED),
            code: document
                .code
                .read
                .iter()
                .take(LISTED)
                .map(|r| CodeView::new(context, r))
                .collect(),
            more_code: more(context, document.code.read.len(), LISTED),
            ignores: document.unused_ignores.iter().take(LISTED).map(ignore).collect(),
            warnings: warnings.into_iter().take(LISTED).map(Text::new).collect(),
        }
    }
}

fn facts(context: &Context<'_>) -> Vec<(Text, Text)> {
    let document = context.document;
    let run = &document.run;
    let kind = context.say(&Message::new(match document.kind {
        Kind::Audit => "html-kind-audit",
        Kind::Diff => "html-kind-diff",
        Kind::Collect => "html-kind-collect",
    }));
    let seconds = run.finished_at.as_second().saturating_sub(run.started_at.as_second()).max(0);
    let took = msg!("html-duration", minutes = seconds / 60, seconds = seconds % 60);
    let counts = &document.summary.counts;
    let mut facts = vec![
        ("html-fact-kind", kind),
        ("html-fact-run", Text::cut(&run.id, 200)),
        ("html-fact-started", context.time(None, run.started_at)),
        ("html-fact-finished", context.time(None, run.finished_at)),
        ("html-fact-took", context.say(&took)),
        ("html-fact-tool", Text::cut(&run.tool_version, 100)),
    ];
    if let Some(snapshot) = &run.snapshot {
        facts.push(("html-fact-snapshot", Text::cut(snapshot, 400)));
    }
    let compared = [
        ("html-fact-managed", counts.managed),
        ("html-fact-default", counts.provider_default),
        ("html-fact-ignored", counts.ignored),
        ("html-fact-not-compared", counts.not_compared),
        ("html-fact-withheld", counts.withheld),
    ];
    for (name, n) in compared.into_iter().filter(|(_, n)| *n > 0) {
        facts.push((name, number(context, n)));
    }
    facts.into_iter().map(|(name, value)| (context.say(&Message::new(name)), value)).collect()
}

fn proof(context: &Context<'_>) -> (Vec<Text>, Option<bool>) {
    let Some(proof) = &context.document.read_only_proof else {
        return (vec![context.say(&msg!("html-proof-none"))], None);
    };
    let mut lines = vec![context.say(&msg!(
        "html-proof-list",
        n = proof.allowed_operations,
        digest = Text::cut(&proof.allow_list, 100).as_str()
    ))];
    let calls = context.document.calls.len();
    if proof.outside.is_empty() {
        lines.push(context.say(&msg!("html-proof-inside", n = calls)));
    } else {
        let names = proof.outside.iter().map(|name| Text::cut(name, 100).to_string());
        let outside = tenko_core::Arg::some(names, 20);
        lines.push(context.say(&msg!("html-proof-outside", operations = outside)));
    }
    if proof.held_back > 0 {
        lines.push(context.say(&msg!("html-proof-held-back", n = proof.held_back)));
    }
    (lines, Some(proof.outside.is_empty()))
}

impl RuleView {
    fn new(context: &Context<'_>, row: &tenko_core::RuleResult) -> Self {
        // A rule that was evaluated nowhere has no numbers: zero would be a pass.
        let silent = !row.not_evaluated.is_empty()
            && row.findings + row.unknown + row.passed + row.suppressed + row.left_out == 0;
        let shown = |n: u64| if silent { Text::new("?") } else { number(context, n) };
        Self {
            id: Text::cut(&row.rule, 100),
            name: Text::new(words::result_name(context.lang, row)),
            mark: Mark::severity(context.lang, row.severity),
            findings: shown(row.findings),
            unknown: shown(row.unknown),
            passed: shown(row.passed),
            suppressed: shown(row.suppressed),
            left_out: shown(row.left_out),
            reasons: words::not_evaluated(context.lang, row).iter().map(Text::new).collect(),
        }
    }
}

impl CodeView {
    fn new(context: &Context<'_>, row: &crate::code::CodeRow) -> Self {
        let owner =
            row.owner.as_ref().map(|o| Text::new(format!("{} / {}", o.tenant, o.environment)));
        Self {
            file: Text::cut(&row.file, 400),
            owner: owner.unwrap_or_default(),
            resources: number(context, row.resources),
            compared: number(context, row.compared),
        }
    }
}
