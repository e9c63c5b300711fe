//! JUnit's XML, for build servers: a suite for each rule and kind of drift, a case for each verdict.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use tenko_core::RuleResult;
use tenko_messages::{Lang, t};

use crate::document::Document;
use crate::entry::{About, Entry, Stand, clip, entries};
use crate::format::RenderOptions;
use crate::gaps::gaps;
use crate::visible::visible;
use crate::words;

/// A longer text is cut: it is a name or a message, no document.
const LONGEST: usize = 2_000;

/// A case, and how it ended.
struct Case {
    class: String,
    name: String,
    end: End,
}

enum End {
    Passed(Option<String>),
    Failed {
        kind: String,
        message: String,
        text: String,
    },
    /// Unlike a failure: what should have been looked at was not.
    Broken {
        kind: String,
        message: String,
    },
    Skipped(String),
}

struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
}

/// Renders a document.
///
/// What counts towards the exit code fails; what is unknown or suppressed is skipped and says why; what is
/// resolved passes, and so does what is only good to know. A rule without anything to report has one
/// case, which is skipped where it was not evaluated. The suite `coverage` has an error for every gap, so
/// that a run that could not see does not look like one that passed.
pub fn render(document: &Document, _: &RenderOptions) -> String {
    let suites = suites(document);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let all: Vec<_> = suites.iter().flat_map(|suite| &suite.cases).collect();
    let root_numbers = numbers("tenko", &all);
    let root = writer.create_element("testsuites").with_attributes(borrowed(&root_numbers));
    let seconds = document.run.finished_at.duration_since(document.run.started_at).as_secs();
    let root = root.with_attribute(("time", format!("{}.000", seconds.max(0)).as_str()));
    let _ = root.write_inner_content(|writer| {
        suites.iter().try_for_each(|suite| write_suite(writer, document, suite))
    });
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

/// In English, whatever the language of the report: build servers know a test by its name.
fn suites(document: &Document) -> Vec<Suite> {
    let lang = Lang::En;
    let mut by_rule: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for entry in entries(document) {
        by_rule.entry(entry.rule().into_owned()).or_default().push(case(&entry, lang));
    }
    let mut all = vec![coverage(document, lang)];
    for rule in &document.rules {
        let cases = by_rule.remove(&rule.rule).unwrap_or_else(|| vec![silent(rule, lang)]);
        let properties = vec![
            ("severity", rule.severity.to_string()),
            ("passed", rule.passed.to_string()),
            ("left_out", rule.left_out.to_string()),
        ];
        all.push(Suite { name: rule.rule.clone(), properties, cases });
    }
    let rest = by_rule.into_iter();
    all.extend(rest.map(|(name, cases)| Suite { name, properties: Vec::new(), cases }));
    all
}

/// A rule with nothing to report.
fn silent(rule: &RuleResult, lang: Lang) -> Case {
    let why = words::not_evaluated(lang, rule);
    let end = if why.is_empty() { End::Passed(None) } else { End::Skipped(why.join("; ")) };
    let class = format!("tenko.{}", rule.rule);
    Case { class, name: words::result_name(lang, rule), end }
}

fn coverage(document: &Document, lang: Lang) -> Suite {
    let class = || "tenko.coverage".to_owned();
    let broken = |kind: &str, name: String, message: String| Case {
        class: class(),
        name,
        end: End::Broken { kind: kind.to_owned(), message },
    };
    let mut cases = Vec::new();
    if document.run.cancelled {
        let text = t!(lang, "incomplete-cut-short");
        cases.push(broken("cancelled", text.clone(), text));
    }
    for one in &document.problems {
        let name = format!("{} {}", one.cloud, one.problem.operation);
        let text = format!("{}: {}", one.problem.code, one.problem.message);
        cases.push(broken("discovery", name, text));
    }
    for unread in &document.code.unread {
        cases.push(broken("code", unread.file.to_string(), words::unread(lang, unread)));
    }
    for gap in gaps(document).iter().filter(|gap| gap.outcome.is_gap()) {
        let scopes: Vec<_> = gap.scopes.iter().map(ToString::to_string).collect();
        let name = crate::markdown::gap_subject(lang, gap);
        let outcome = words::outcome(lang, gap.outcome);
        let why = gap.example.map(|one| format!(": {}: {}", one.code, one.message));
        let text = format!("{outcome}{}", why.unwrap_or_default());
        let name = format!("{}: {name}", scopes.join(", "));
        cases.push(broken(gap.outcome.as_str(), name, text));
    }
    if cases.is_empty() {
        let name = t!(lang, "md-observed-whole");
        cases.push(Case { class: class(), name, end: End::Passed(None) });
    }
    let properties = vec![
        ("run", document.run.id.clone()),
        ("verdict", document.summary.verdict.to_string()),
        ("incomplete", document.summary.incomplete.to_string()),
        ("units", document.summary.units.total.to_string()),
        ("units_complete", document.summary.units.complete().to_string()),
    ];
    Suite { name: "coverage".to_owned(), properties, cases }
}

fn case(entry: &Entry<'_>, lang: Lang) -> Case {
    let place = [entry.cloud(), entry.scope(), entry.region()];
    let place: Vec<_> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let mut name = [entry.resource_type(), entry.label()].join(" ").trim().to_owned();
    if !entry.id().is_empty() && entry.id() != entry.label() {
        name = format!("{name} ({})", entry.id());
    }
    let message = entry.message(lang);
    let with_aside = || match entry.aside(lang) {
        Some(aside) => format!("{message} ({aside})"),
        None => message.clone(),
    };
    let end = if entry.is_resolved() {
        End::Passed(Some(with_aside()))
    } else if entry.is_unknown() || matches!(entry.stand, Stand::Suppressed(_)) {
        End::Skipped(with_aside())
    } else if entry.counts() {
        let text = text(entry, lang);
        let message = match entry.about {
            About::Finding(_) => format!("{}: {message}", entry.title(lang)),
            // It begins with its title.
            About::Drift(_) => message,
        };
        End::Failed { kind: entry.severity().to_string(), message, text }
    } else {
        End::Passed(Some(message))
    };
    Case { class: place.join("."), name, end }
}

fn text(entry: &Entry<'_>, lang: Lang) -> String {
    let source = entry.source().map(ToString::to_string).unwrap_or_default();
    let at = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let lines = [
        ("fix", entry.remediation(lang)),
        ("tenant", entry.tenant().to_owned()),
        ("environment", entry.environment().to_owned()),
        ("owner", entry.owner().unwrap_or_default().to_owned()),
        ("declared in", source),
        ("status", entry.status().map(|status| status.to_string()).unwrap_or_default()),
        ("first seen", at(entry.first_seen())),
        ("fingerprint", entry.fingerprint().to_string()),
    ];
    let lines = lines.iter().filter(|(_, text)| !text.is_empty());
    lines.map(|(name, text)| format!("{name}: {}\n", safe(text))).collect()
}

fn numbers(name: &str, cases: &[&Case]) -> Vec<(&'static str, String)> {
    let count = |is: fn(&End) -> bool| cases.iter().filter(|case| is(&case.end)).count();
    vec![
        ("name", safe(name)),
        ("tests", cases.len().to_string()),
        ("failures", count(|end| matches!(end, End::Failed { .. })).to_string()),
        ("errors", count(|end| matches!(end, End::Broken { .. })).to_string()),
        ("skipped", count(|end| matches!(end, End::Skipped(_))).to_string()),
    ]
}

type Out = Writer<Vec<u8>>;

fn write_suite(writer: &mut Out, document: &Document, suite: &Suite) -> std::io::Result<()> {
    let cases: Vec<_> = suite.cases.iter().collect();
    let started = document.run.started_at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let numbers = numbers(&suite.name, &cases);
    let element = writer.create_element("testsuite").with_attributes(borrowed(&numbers));
    let element = element.with_attribute(("timestamp", started.as_str()));
    element.with_attribute(("time", "0")).write_inner_content(|writer| {
        if !suite.properties.is_empty() {
            writer.create_element("properties").write_inner_content(|writer| {
                suite.properties.iter().try_for_each(|(name, value)| {
                    let element = writer.create_element("property");
                    let element = element.with_attribute(("name", *name));
                    element.with_attribute(("value", safe(value).as_str())).write_empty()?;
                    Ok(())
                })
            })?;
        }
        cases.iter().try_for_each(|case| write_case(writer, case))
    })?;
    Ok(())
}

fn write_case(writer: &mut Out, case: &Case) -> std::io::Result<()> {
    let (class, name) = (safe(&case.class), safe(&case.name));
    let element = writer.create_element("testcase").with_attribute(("classname", class.as_str()));
    let element = element.with_attribute(("name", name.as_str())).with_attribute(("time", "0"));
    if matches!(case.end, End::Passed(None)) {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        match &case.end {
            End::Passed(said) => {
                let said = safe(said.as_deref().unwrap_or_default());
                writer.create_element("system-out").write_text_content(BytesText::new(&said))?
            }
            End::Failed { kind, message, text } => {
                let element =
                    writer.create_element("failure").with_attribute(("type", kind.as_str()));
                let element = element.with_attribute(("message", safe(message).as_str()));
                element.write_text_content(BytesText::new(text))?
            }
            End::Broken { kind, message } => {
                let element =
                    writer.create_element("error").with_attribute(("type", kind.as_str()));
                element.with_attribute(("message", safe(message).as_str())).write_empty()?
            }
            End::Skipped(why) => {
                let element = writer.create_element("skipped");
                element.with_attribute(("message", safe(why).as_str())).write_empty()?
            }
        };
        Ok(())
    })?;
    Ok(())
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str()))
}

/// The one place that makes text from elsewhere safe within XML: what XML 1.0 cannot hold at all is made
/// visible (it is a part of what [`visible`] does), and it has a length. Markup is escaped where it is
/// written.
fn safe(text: &str) -> String {
    clip(&visible(text), LONGEST).into_owned()
}
