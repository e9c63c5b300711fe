//! Rules as SARIF's reporting descriptors.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenko_core::Severity;
use tenko_messages::Lang;

use crate::document::Document;
use crate::entry::Entry;
use crate::markdown;
use crate::words;

/// The rules that were evaluated, and those of these results, by id.
pub(super) fn rules(document: &Document, listed: &[Entry<'_>], lang: Lang) -> Vec<Value> {
    let mut all = BTreeMap::new();
    for rule in &document.rules {
        let name = words::result_name(lang, rule);
        all.insert(rule.rule.clone(), descriptor(&rule.rule, &name, &name, rule.severity));
    }
    let mut seen = std::collections::BTreeSet::new();
    for entry in listed {
        let id = entry.rule().into_owned();
        // The worst comes first: where a setting changed a severity, it is the rule's.
        if seen.insert(id.clone()) {
            let (title, help) = (entry.title(lang), entry.remediation(lang));
            let rule = descriptor(&id, &title, &help, entry.severity());
            all.insert(id, rule);
        }
    }
    all.into_values().collect()
}

fn descriptor(id: &str, name: &str, help: &str, severity: Severity) -> Value {
    json!({
        "id": id,
        "name": id,
        "shortDescription": {"text": super::result::text(name)},
        "fullDescription": {"text": super::result::text(name)},
        "help": {"text": super::result::text(help), "markdown": markdown::escape(help)},
        "defaultConfiguration": {"level": level(severity)},
        "properties": {
            "severity": severity,
            "security-severity": score(severity),
            "problem.severity": problem(severity),
            "precision": "high",
            "tags": ["security"],
        },
    })
}

/// SARIF has three levels of what fails.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// What code scanning makes its severities of: above 9.0 critical, from 7.0 high, from 4.0 medium.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}
