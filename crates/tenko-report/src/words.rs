//! What things are called in each language: names and sentences without any layout, the same in
//! every format.
//!
//! What is returned may hold text of a provider or a user; whoever shows it makes it harmless for
//! its place.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tenko_core::{
    Drift, DriftKind, Finding, Message, Outcome, RuleResult, Severity, Status, UnreadCode, Verdict,
};
use tenko_messages::{Lang, has, say};

use crate::document::{Document, UnusedIgnore};
use crate::format::RenderOptions;
use crate::history::{Past, SuppressionState};
use crate::summary::SummaryVerdict;
use crate::top::Fix;

/// The name of a finding's rule, which states the bad state.
pub fn rule_name(lang: Lang, finding: &Finding) -> String {
    rule_text(lang, &finding.rule, "name", &finding.name)
}

/// What to do about a finding.
pub fn remediation(lang: Lang, finding: &Finding) -> String {
    rule_text(lang, &finding.rule, "fix", &finding.remediation)
}

/// The name of the rule of a result.
pub fn result_name(lang: Lang, result: &RuleResult) -> String {
    rule_text(lang, &result.rule, "name", &result.name)
}

/// Why a rule, or its part for one cloud, said nothing at all.
pub fn not_evaluated(lang: Lang, result: &RuleResult) -> Vec<String> {
    let of = |(i, english): (usize, &String)| {
        worded(lang, result.not_evaluated_wordings.get(i), english)
    };
    result.not_evaluated.iter().enumerate().map(of).collect()
}

/// The name of what a fix is for: its rule's, or that of a kind of drift.
pub fn fix_name(lang: Lang, fix: &Fix) -> String {
    fix_text(lang, fix, "name", &fix.name)
}

/// What a fix is.
pub fn fix_remediation(lang: Lang, fix: &Fix) -> String {
    fix_text(lang, fix, "fix", &fix.remediation)
}

fn fix_text(lang: Lang, fix: &Fix, what: &str, english: &str) -> String {
    match fix.rule.strip_prefix("drift:") {
        Some(kind) => own_text(lang, format!("drift-{kind}-{what}"), english),
        None => rule_text(lang, &fix.rule, what, english),
    }
}

fn rule_text(lang: Lang, rule: &str, what: &str, english: &str) -> String {
    own_text(lang, format!("rule-{}-{what}", rule.to_ascii_lowercase()), english)
}

/// The text that another language has of what is English elsewhere.
fn own_text(lang: Lang, id: String, english: &str) -> String {
    if lang != Lang::En && has(lang, &id) {
        say(lang, &Message::new(id))
    } else {
        english.to_owned()
    }
}

/// What a finding says: one sentence with the evidence.
pub fn message(lang: Lang, finding: &Finding) -> String {
    worded(lang, finding.wording.as_ref(), &finding.message)
}

/// Why a drift is what it is, where there is something to say.
pub fn reason(lang: Lang, drift: &Drift) -> Option<String> {
    Some(worded(lang, drift.reason_wording.as_ref(), drift.reason.as_deref()?))
}

/// Why something of an earlier run is called resolved, or unknown.
pub fn why(lang: Lang, past: &Past) -> String {
    worded(lang, Some(&past.why_wording), &past.why)
}

/// What else the reader should know.
pub fn warnings(lang: Lang, document: &Document) -> Vec<String> {
    let of =
        |(i, english): (usize, &String)| worded(lang, document.warning_wordings.get(i), english);
    document.warnings.iter().enumerate().map(of).collect()
}

/// What an ignore rule that matched nothing would take out of the comparison.
pub fn ignored(lang: Lang, rule: &UnusedIgnore) -> String {
    worded(lang, rule.wording.as_ref(), &rule.what)
}

/// Why a document of infrastructure code could not be read.
pub fn unread(lang: Lang, code: &UnreadCode) -> String {
    worded(lang, code.reason_wording.as_ref(), &code.reason)
}

/// A message in another language; in English, and where the language does not know it, the English that
/// stands beside it.
fn worded(lang: Lang, wording: Option<&Message>, english: &str) -> String {
    match wording {
        Some(wording) if lang != Lang::En && has(lang, &wording.id) => say(lang, wording),
        _ => english.to_owned(),
    }
}

/// A severity.
pub fn severity(lang: Lang, severity: Severity) -> String {
    say(lang, &Message::new(format!("severity-{severity}")))
}

/// What a column of severities says of a finding: its severity, or that it could not be told.
pub fn finding_severity(lang: Lang, finding: &Finding) -> String {
    match finding.verdict {
        Verdict::Finding => severity(lang, finding.severity),
        Verdict::Unknown => status(lang, Status::Unknown),
    }
}

/// What became of something since the last run.
pub fn status(lang: Lang, status: Status) -> String {
    say(lang, &Message::new(format!("status-{status}")))
}

/// A kind of drift.
pub fn drift_kind(lang: Lang, kind: DriftKind) -> String {
    say(lang, &Message::new(format!("drift-{kind}")))
}

/// How the look at something ended.
pub fn outcome(lang: Lang, outcome: Outcome) -> String {
    say(lang, &outcome.wording())
}

/// What the whole report says.
pub fn verdict(lang: Lang, verdict: SummaryVerdict) -> String {
    say(lang, &Message::new(format!("verdict-{verdict}")))
}

/// What became of a suppression.
pub fn suppression_state(lang: Lang, state: SuppressionState) -> String {
    say(lang, &Message::new(format!("suppression-{}", state.as_str())))
}

/// A time to the minute, with its zone: `2026-03-01 18:00 JST`. Most abbreviations mean several zones
/// (CST is China's and Chicago's); in place of those stands the offset: `2026-03-01 10:00 +01:00`.
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    let zone = match at.strftime("%Z").to_string() {
        name if ["UTC", "JST", "CET", "CEST"].contains(&name.as_str()) => name,
        _ => at.strftime("%:z").to_string(),
    };
    format!("{} {zone}", at.strftime("%Y-%m-%d %H:%M"))
}

/// The day of a time in a zone: `2026-03-01`.
pub fn date(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
}

/// Until when a suppression holds, as it was typed. Its end is the instant after its last day, which ends at
/// midnight in UTC: the last day is then shown, in no zone. Another end is a time.
pub fn until(end: Timestamp, zone: &TimeZone) -> String {
    let utc = end.to_zoned(TimeZone::UTC);
    let midnight = utc.time() == jiff::civil::Time::midnight();
    match utc.date().yesterday() {
        Ok(last) if midnight => last.to_string(),
        _ => time(end, zone),
    }
}

/// A time in the zone of who answers for the matter; of those without one, in the report's.
pub fn time_for_owner(
    document: &Document,
    owner: Option<&str>,
    at: Timestamp,
    options: &RenderOptions,
) -> String {
    time(at, &zone_of(document, owner, &options.timezone))
}

/// The zone of who answers for a matter; of those without one that is known, `report`.
pub fn zone_of(document: &Document, owner: Option<&str>, report: &TimeZone) -> TimeZone {
    let name = owner.and_then(|owner| document.display.owners.get(owner));
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| report.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppression_ends_with_its_last_day() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(until(at("2027-03-01T00:00:00Z"), &TimeZone::UTC), "2027-02-28");
        assert_eq!(until(at("2027-03-01T00:00:00Z"), &tokyo), "2027-02-28");
        assert_eq!(until(at("2027-03-01T09:30:00Z"), &tokyo), "2027-03-01 18:30 JST");
    }
}
