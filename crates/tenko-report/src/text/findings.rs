//! Findings by severity and rule.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use tenko_core::{Cloud, Finding, ScopeId, Severity, Status, Verdict, msg};

use super::Context;
use super::page::{BOLD, CYAN, DIM, Line, Page, RED, YELLOW};
use super::words::{self as names, short_type};
use crate::words;

/// Where the text of an entry begins: after the widest severity.
const GUTTER: usize = 12;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    if context.document.findings.is_empty() {
        return;
    }
    page.heading(&context.say(&msg!("text-heading-findings")));
    let lang = context.options.lang;
    let blind = if context.options.verbose { BTreeMap::new() } else { blind(context) };
    let mut groups: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in &context.document.findings {
        if is_of_scope(finding) && blind.contains_key(&(&finding.cloud, &finding.scope)) {
            continue;
        }
        let unknown = finding.verdict == Verdict::Unknown;
        let name = words::rule_name(lang, finding);
        let key = (unknown, finding.severity, finding.rule.as_str(), name);
        groups.entry(key).or_default().push(finding);
    }
    for ((unknown, severity, rule, name), findings) in groups {
        let unknown_word = || words::status(lang, Status::Unknown);
        let word = if unknown { unknown_word() } else { words::severity(lang, severity) };
        let style = if unknown { YELLOW } else { style(severity) };
        let title = Line::default().padded(word, GUTTER - 2, style).styled(rule, BOLD);
        page.line(2, GUTTER, &title.text(format!("  {}", context.clip(&name))));
        if unknown && !context.options.verbose {
            write_unknown(page, context, &findings);
        } else {
            write_findings(page, context, findings);
        }
    }
    write_blind(page, context, &blind);
}

/// Whether a rule could not tell of a whole account or project.
fn is_of_scope(finding: &Finding) -> bool {
    finding.verdict == Verdict::Unknown && finding.resource.is_none()
}

/// So many rules that cannot tell of one account or project have one reason: nobody could look.
const MANY: usize = 3;

/// The accounts and projects of which many rules cannot tell, with those rules.
fn blind<'a>(context: &Context<'a>) -> BTreeMap<(&'a Cloud, &'a ScopeId), Blind<'a>> {
    let mut blind: BTreeMap<_, Blind<'_>> = BTreeMap::new();
    for finding in context.document.findings.iter().filter(|finding| is_of_scope(finding)) {
        let of = blind.entry((&finding.cloud, &finding.scope)).or_default();
        of.rules.insert(finding.rule.as_str());
        of.messages.insert(words::message(context.options.lang, finding));
    }
    blind.retain(|_, of| of.rules.len() >= MANY);
    blind
}

#[derive(Default)]
struct Blind<'a> {
    rules: BTreeSet<&'a str>,
    messages: BTreeSet<String>,
}

/// One entry for each such account, not one for each of its rules.
fn write_blind(
    page: &mut Page,
    context: &Context<'_>,
    blind: &BTreeMap<(&Cloud, &ScopeId), Blind<'_>>,
) {
    let options = context.options;
    for ((cloud, scope), of) in blind.iter().take(options.limit()) {
        let unknown = words::status(options.lang, Status::Unknown);
        let title = Line::default().padded(unknown, GUTTER - 2, YELLOW);
        let title = title.styled(names::scope(context, cloud, scope), BOLD).text("  ");
        let count = context.line(&msg!("text-rules-blind", n = of.rules.len()));
        page.line(2, GUTTER, &title.append(count));
        let rules = context.few(of.rules.iter().map(|rule| (*rule).to_owned()));
        page.line(GUTTER, GUTTER + 2, &context.line(&msg!("as-it-is", text = rules)));
        if let Some(message) = of.messages.first() {
            let message = context.clip(message);
            let text = match of.messages.len() - 1 {
                0 => msg!("as-it-is", text = message),
                more => msg!("text-like-it", message = message, n = more),
            };
            page.line(GUTTER + 2, GUTTER + 2, &context.styled(&text, DIM));
        }
    }
    context.more(page, 2, blind.len(), options.limit());
}

fn write_findings(page: &mut Page, context: &Context<'_>, mut findings: Vec<&Finding>) {
    let options = context.options;
    // What is not known to be broken needs no fix.
    let sure = findings.iter().filter(|f| f.verdict == Verdict::Finding);
    let fixes: BTreeMap<_, _> = sure.map(|f| (f.remediation.as_str(), *f)).collect();
    findings.sort_by_key(|finding| context.rank(finding.standing.as_ref()));
    for finding in findings.iter().take(options.limit()) {
        let standing = finding.standing.as_ref();
        let line = context.mark(standing).text(place(context, finding));
        page.line(GUTTER, GUTTER + 2, &line.styled(tenant(finding), DIM));
        let message = Line::new(context.clip(&words::message(options.lang, finding)));
        page.line(GUTTER + 2, GUTTER + 2, &message);
        let seen = context.first_seen(finding.owner.as_deref(), standing);
        for line in seen.into_iter().chain(context.fingerprint(&finding.fingerprint)) {
            page.line(GUTTER + 2, GUTTER + 2, &line);
        }
        if fixes.len() > 1 {
            write_fix(page, context, GUTTER + 2, &words::remediation(options.lang, finding));
        }
    }
    context.more(page, GUTTER, findings.len(), options.limit());
    if let (Some(finding), 1) = (fixes.values().next(), fixes.len()) {
        write_fix(page, context, GUTTER, &words::remediation(options.lang, finding));
    }
}

/// What to do, with further lines below its beginning.
pub(super) fn write_fix(page: &mut Page, context: &Context<'_>, column: usize, fix: &str) {
    if !fix.is_empty() {
        let label = context.line(&msg!("text-fix", fix = "")).width();
        let line = msg!("text-fix", fix = context.clip(fix));
        page.line(column, column + label, &context.styled(&line, DIM));
    }
}

/// Where a rule cannot tell, the reason is mostly one for all.
fn write_unknown(page: &mut Page, context: &Context<'_>, findings: &[&Finding]) {
    let mut by_message: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for finding in findings {
        let message = words::message(context.options.lang, finding);
        by_message.entry(message).or_default().insert(place(context, finding));
    }
    let total = by_message.len();
    for (message, places) in by_message.into_iter().take(context.options.limit()) {
        let n = places.len();
        let places = context.few(places);
        let text = match n {
            1 => msg!("text-could-not-tell", place = places),
            n => msg!("text-could-not-tell-places", n = n, places = places),
        };
        page.line(GUTTER, GUTTER + 2, &context.line(&text));
        let message = context.clip(&message);
        page.line(GUTTER + 2, GUTTER + 2, &Line::default().styled(message, DIM));
    }
    context.more(page, GUTTER, total, context.options.limit());
}

/// `media  S3::Bucket · eu-central-1 · acme-prod (111111111111)`, or only the account.
pub(super) fn place(context: &Context<'_>, finding: &Finding) -> String {
    let scope = names::scope(context, &finding.cloud, &finding.scope);
    let Some(resource) = &finding.resource else { return scope };
    let mut facts = vec![short_type(&resource.resource_type)];
    facts.extend(resource.region.as_ref().map(ToString::to_string));
    facts.push(scope);
    format!("{}  {}", context.clip(resource.label()), facts.join(" · "))
}

/// Whose it is: `  acme / production`, as far as it is anybody's.
pub(super) fn tenant(finding: &Finding) -> String {
    match (&finding.tenant, &finding.environment) {
        (Some(tenant), Some(environment)) => format!("  {tenant} / {environment}"),
        (Some(tenant), None) => format!("  {tenant}"),
        _ => String::new(),
    }
}

pub(super) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => RED,
        Severity::Medium => YELLOW,
        Severity::Low | Severity::Info => CYAN,
    }
}
