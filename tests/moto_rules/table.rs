//! What the rules say, and what they have to say by how the accounts were filled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tenko::model::{Finding, RuleResult, Verdict};

use crate::world::World;

/// `account: subject`, or the account alone, as often as it is told.
pub(crate) type Subjects = Vec<String>;

/// Verdicts by rule.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<(String, &'static str), Subjects>,
    /// Passes are counted, not listed.
    passed: BTreeMap<String, u64>,
    /// Why a rule said nothing.
    silent: BTreeMap<String, String>,
}

/// `expected.txt`: lines of a rule, a verdict, an account and its subjects.
///
/// ```text
/// IAM-03 finding globex-production: lee
/// IAM-03 pass 6: users without a password
/// LIFE-01 silent: no event is declared
/// ```
pub(crate) fn expected(text: &str) -> Table {
    let mut table = Table::default();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (head, rest) = line.split_once(':').unwrap_or((line, ""));
        // An account, or two of them.
        let words: Vec<_> = head.splitn(3, ' ').collect();
        let rest = rest.trim();
        match *words.as_slice() {
            [rule, "silent"] => {
                table.silent.insert(rule.to_owned(), rest.to_owned());
            }
            [rule, "pass", number] if number.parse::<u64>().is_ok() => {
                assert!(!rest.is_empty(), "{line}: what are they?");
                *table.passed.entry(rule.to_owned()).or_default() += number.parse::<u64>().unwrap();
            }
            [rule, verdict @ ("finding" | "unknown" | "pass"), account] => {
                let subjects: Vec<_> = match rest {
                    "" => vec![account.to_owned()],
                    rest => rest.split(", ").map(|one| format!("{account}: {one}")).collect(),
                };
                if verdict == "pass" {
                    *table.passed.entry(rule.to_owned()).or_default() += subjects.len() as u64;
                }
                let verdict = verdict_name(verdict);
                table.rows.entry((rule.to_owned(), verdict)).or_default().extend(subjects);
            }
            _ => panic!("not understood: {line}"),
        }
    }
    table.rows.values_mut().for_each(|subjects| subjects.sort());
    table
}

fn verdict_name(text: &str) -> &'static str {
    match text {
        "finding" => "finding",
        "unknown" => "unknown",
        _ => "pass",
    }
}

/// What the report says.
pub(crate) fn found(world: &World, results: &[RuleResult], findings: &[Finding]) -> Table {
    let mut table = Table::default();
    for result in results {
        table.passed.insert(result.rule.clone(), result.passed);
        if !result.not_evaluated.is_empty() {
            table.silent.insert(result.rule.clone(), result.not_evaluated.join("; "));
        }
    }
    for finding in findings {
        let subjects = table.rows.entry((finding.rule.clone(), verdict(finding))).or_default();
        subjects.push(subject(world, finding));
    }
    table.rows.values_mut().for_each(|subjects| subjects.sort());
    table
}

fn verdict(finding: &Finding) -> &'static str {
    match finding.verdict {
        Verdict::Finding => "finding",
        Verdict::Unknown => "unknown",
    }
}

/// `account: resource`, by the names that stay the same.
pub(crate) fn subject(world: &World, finding: &Finding) -> String {
    let scope = finding.scope.as_str();
    let scope = world.name(scope).unwrap_or(scope);
    let Some(resource) = &finding.resource else { return scope.to_owned() };
    if finding.rule == "NET-01" {
        return pair(world, &finding.message);
    }
    let id = resource.id.as_deref().unwrap_or_default();
    let name = world.name(id).or(resource.name.as_deref()).unwrap_or(id);
    format!("{scope}: {name}")
}

/// The two networks of a message: under which of them it stands depends on their ids.
fn pair(world: &World, message: &str) -> String {
    let known = world.names().filter(|(id, _)| message.contains(*id));
    let (mut networks, mut accounts): (Vec<_>, Vec<_>) =
        known.partition(|(id, _)| id.starts_with("vpc-"));
    networks.sort_by_key(|(_, name)| *name);
    accounts.sort_by_key(|(_, name)| *name);
    let names =
        |of: &[(&str, &str)]| of.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(" and ");
    format!("{}: {}", names(&accounts), names(&networks))
}

impl Table {
    /// The rules that it speaks of.
    pub(crate) fn rules(&self) -> BTreeSet<&str> {
        let rows = self.rows.keys().map(|(rule, _)| rule.as_str());
        rows.chain(self.passed.keys().chain(self.silent.keys()).map(String::as_str)).collect()
    }

    /// Whether a rule says that of anything.
    pub(crate) fn has(&self, rule: &str, verdict: &'static str) -> bool {
        match verdict {
            "pass" => self.passed.get(rule).is_some_and(|passed| *passed > 0),
            _ => self.rows.contains_key(&(rule.to_owned(), verdict)),
        }
    }

    /// What the two say differently with these rules.
    pub(crate) fn differences(&self, found: &Self, rules: &BTreeSet<&str>) -> String {
        let mut text = String::new();
        for rule in rules {
            for verdict in ["finding", "unknown"] {
                let key = ((*rule).to_owned(), verdict);
                let none = Vec::new();
                let (a, b) =
                    (self.rows.get(&key).unwrap_or(&none), found.rows.get(&key).unwrap_or(&none));
                for subject in missing(a, b) {
                    writeln!(text, "{rule} does not say {verdict}: {subject}").unwrap();
                }
                for subject in missing(b, a) {
                    writeln!(text, "{rule} says {verdict}: {subject}").unwrap();
                }
            }
            let of = |table: &Self| {
                let silent = table.silent.get(*rule).map(String::as_str).unwrap_or_default();
                (table.passed.get(*rule).copied().unwrap_or_default(), silent.to_owned())
            };
            if of(self) != of(found) {
                writeln!(text, "{rule} passes {:?}, not {:?}", of(found), of(self)).unwrap();
            }
        }
        text
    }

    /// Takes what another audit said.
    pub(crate) fn add(&mut self, other: Self) {
        for (key, subjects) in other.rows {
            self.rows.entry(key).or_default().extend(subjects);
        }
    }

    /// What a rule says that of.
    pub(crate) fn subjects(&self, rule: &str, verdict: &'static str) -> &[String] {
        self.rows.get(&(rule.to_owned(), verdict)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Those of `a` that `b` has fewer of.
fn missing<'a>(a: &'a [String], b: &[String]) -> Vec<&'a str> {
    let mut rest: Vec<_> = b.iter().collect();
    let mut missing = Vec::new();
    for one in a {
        match rest.iter().position(|other| *other == one) {
            Some(at) => {
                rest.swap_remove(at);
            }
            None => missing.push(one.as_str()),
        }
    }
    missing
}
