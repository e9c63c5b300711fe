//! Findings by severity and rule.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use tenko_core::{Cloud, Finding, ScopeId, Severity, Verdict};

use super::page::{BOLD, CYAN, DIM, Line, Page, RED, YELLOW};
use super::words::{self, clip, list, plural, short_type};
use super::{Context, more};

/// Where the text of an entry begins: after the widest severity.
const GUTTER: usize = 12;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    if context.document.findings.is_empty() {
        return;
    }
    page.heading("FINDINGS");
    let blind = if context.options.verbose { BTreeMap::new() } else { blind(context) };
    let mut groups: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in &context.document.findings {
        if is_of_scope(finding) && blind.contains_key(&(&finding.cloud, &finding.scope)) {
            continue;
        }
        let unknown = finding.verdict == Verdict::Unknown;
        let key = (unknown, finding.severity, finding.rule.as_str(), finding.name.as_str());
        groups.entry(key).or_default().push(finding);
    }
    for ((unknown, severity, rule, name), findings) in groups {
        let word = if unknown { "unknown".to_owned() } else { severity.to_string() };
        let style = if unknown { YELLOW } else { style(severity) };
        let title = Line::default().padded(word, GUTTER - 2, style).styled(rule, BOLD);
        page.line(2, GUTTER, &title.text(format!("  {}", clip(name, context.options.long()))));
        if unknown && !context.options.verbose {
            write_unknown(page, context, &findings);
        } else {
            write_findings(page, context, &findings);
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
        of.messages.insert(finding.message.as_str());
    }
    blind.retain(|_, of| of.rules.len() >= MANY);
    blind
}

#[derive(Default)]
struct Blind<'a> {
    rules: BTreeSet<&'a str>,
    messages: BTreeSet<&'a str>,
}

/// One entry for each such account, not one for each of its rules.
fn write_blind(
    page: &mut Page,
    context: &Context<'_>,
    blind: &BTreeMap<(&Cloud, &ScopeId), Blind<'_>>,
) {
    let options = context.options;
    for ((cloud, scope), of) in blind.iter().take(options.limit()) {
        let title = Line::default().padded("unknown", GUTTER - 2, YELLOW);
        let count = plural(of.rules.len() as u64, "rule");
        let title = title.styled(words::scope(context, cloud, scope), BOLD);
        page.line(2, GUTTER, &title.text(format!("  {count} could not tell")));
        let rules = list(of.rules.iter().map(|rule| (*rule).to_owned()), options.few());
        page.line(GUTTER, GUTTER + 2, &Line::new(rules));
        for message in of.messages.iter().take(1) {
            let more = of.messages.len() - 1;
            let more = if more > 0 { format!(" (and {more} more like it)") } else { String::new() };
            let text = format!("{}{more}", clip(message, options.long()));
            page.line(GUTTER + 2, GUTTER + 2, &Line::default().styled(text, DIM));
        }
    }
    more(page, 2, blind.len(), options.limit());
}

fn write_findings(page: &mut Page, context: &Context<'_>, findings: &[&Finding]) {
    let options = context.options;
    // What is not known to be broken needs no fix.
    let sure = findings.iter().filter(|f| f.verdict == Verdict::Finding);
    let fixes: BTreeSet<_> = sure.map(|f| f.remediation.as_str()).collect();
    for finding in findings.iter().take(options.limit()) {
        let line = Line::new(place(context, finding)).styled(owner(finding), DIM);
        page.line(GUTTER, GUTTER + 2, &line);
        let message = Line::new(clip(&finding.message, options.long()));
        page.line(GUTTER + 2, GUTTER + 2, &message);
        if fixes.len() > 1 {
            write_fix(page, context, GUTTER + 2, &finding.remediation);
        }
    }
    more(page, GUTTER, findings.len(), options.limit());
    if let (Some(fix), 1) = (fixes.first(), fixes.len()) {
        write_fix(page, context, GUTTER, fix);
    }
}

fn write_fix(page: &mut Page, context: &Context<'_>, column: usize, fix: &str) {
    if !fix.is_empty() {
        let fix = clip(fix, context.options.long());
        page.line(column, column + 5, &Line::default().styled(format!("Fix: {fix}"), DIM));
    }
}

/// Where a rule cannot tell, the reason is mostly one for all.
fn write_unknown(page: &mut Page, context: &Context<'_>, findings: &[&Finding]) {
    let mut by_message: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for finding in findings {
        by_message.entry(finding.message.as_str()).or_default().insert(place(context, finding));
    }
    let total = by_message.len();
    for (message, places) in by_message.into_iter().take(context.options.limit()) {
        let count = match places.len() {
            1 => String::new(),
            n => format!("{}: ", plural(n as u64, "place")),
        };
        let text = format!("could not tell for {count}{}", list(places, context.options.few()));
        page.line(GUTTER, GUTTER + 2, &Line::new(text));
        let message = clip(message, context.options.long());
        page.line(GUTTER + 2, GUTTER + 2, &Line::default().styled(message, DIM));
    }
    more(page, GUTTER, total, context.options.limit());
}

/// `media  S3::Bucket · eu-central-1 · acme-prod (111111111111)`, or only the account.
fn place(context: &Context<'_>, finding: &Finding) -> String {
    let scope = words::scope(context, &finding.cloud, &finding.scope);
    let Some(resource) = &finding.resource else { return scope };
    let mut facts = vec![short_type(&resource.resource_type)];
    facts.extend(resource.region.as_ref().map(ToString::to_string));
    facts.push(scope);
    format!("{}  {}", clip(resource.label(), context.options.long()), facts.join(" · "))
}

fn owner(finding: &Finding) -> String {
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
