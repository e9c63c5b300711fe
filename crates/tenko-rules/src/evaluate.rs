//! Runs the rules over a snapshot and a declaration.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::prelude::*;
use tenko_core::{
    Catalog, Declaration, Finding, ParityAllow, Pattern, RuleResult, Severity, Snapshot,
    Suppressed, Verdict, msg,
};

use crate::context::Context;
use crate::own;
use crate::rule::{Part, Rule};
use crate::sink::{Sink, Speaker};
use crate::weigh::{Scales, UnusedSuppression, Weighed};

/// What the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What was observed.
    pub snapshot: &'a Snapshot,
    /// What was declared, with how the rules are set.
    pub declaration: &'a Declaration,
    /// The known types.
    pub catalog: &'a Catalog,
    /// Differences between environments that are meant to be.
    pub parity_allow: &'a [ParityAllow],
    /// The time of the evaluation: ages and windows are told by it.
    pub now: Timestamp,
}

/// Which rules are evaluated, and how much of what they say is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Globs over ids; empty is all.
    pub only: Vec<String>,
    /// Globs over ids that are left out.
    pub skip: Vec<String>,
    /// Verdicts of a lower severity are left out.
    pub at_least: Option<Severity>,
}

/// Everything that the rules said.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// Findings and unknown verdicts, in the order of rules, then by cloud, scope, verdict (findings
    /// first), tenant, environment, resource and message.
    pub findings: Vec<Finding>,
    /// What somebody decided to live with, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// One row for each rule that was chosen, in the order of rules; own rules last.
    pub results: Vec<RuleResult>,
    /// Suppressions in force that matched nothing.
    pub unused: Vec<UnusedSuppression>,
}

/// Evaluates the rules, on all cores.
///
/// A declaration without tenants declares no intent: rules that need one are then not evaluated,
/// and their results say so.
pub fn evaluate(inputs: &Inputs<'_>, choice: &Choice) -> Evaluation {
    let context = Context::new(inputs);
    let own = own::compile(&inputs.declaration.rules.own);
    let chosen = Chosen::new(choice);
    let jobs: Vec<Job<'_>> = crate::rules()
        .iter()
        .map(Job::Rule)
        .chain(own.iter().map(Job::Own))
        .filter(|job| chosen.has(job.speaker().id))
        .collect();
    let sinks: Vec<Sink<'_>> = jobs.par_iter().map(|job| job.run(&context)).collect();

    let scales = Scales::new(inputs.declaration, choice.at_least, inputs.now);
    let mut used = vec![false; inputs.declaration.rules.suppressions.len()];
    let mut evaluation = Evaluation::default();
    for (job, sink) in jobs.iter().zip(sinks) {
        evaluation.take(job.speaker(), sink, &scales, &mut used);
    }
    let evaluated: BTreeSet<_> = evaluation.results.iter().map(|r| r.rule.clone()).collect();
    let all = &inputs.declaration.rules.suppressions;
    evaluation.unused = scales.unused(all, &used, |rule| evaluated.contains(rule));
    evaluation
}

struct Chosen {
    only: Vec<Pattern>,
    skip: Vec<Pattern>,
}

impl Choice {
    /// Whether nothing is left out.
    pub fn is_all(&self) -> bool {
        self.only.is_empty() && self.skip.is_empty() && self.at_least.is_none()
    }
}

impl Chosen {
    fn new(choice: &Choice) -> Self {
        let patterns =
            |globs: &[String]| globs.iter().map(|glob| Pattern::new(Some(glob))).collect();
        Self { only: patterns(&choice.only), skip: patterns(&choice.skip) }
    }

    fn has(&self, id: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(id));
        (self.only.is_empty() || any(&self.only)) && !any(&self.skip)
    }
}

enum Job<'a> {
    Rule(&'a Rule),
    Own(&'a own::Compiled<'a>),
}

impl Job<'_> {
    fn speaker(&self) -> Speaker<'_> {
        match self {
            Self::Rule(rule) => Speaker {
                id: rule.id,
                name: rule.name,
                severity: rule.severity,
                remediation: rule.remediation,
            },
            Self::Own(own) => own.speaker(),
        }
    }

    fn run(&self, context: &Context<'_>) -> Sink<'_> {
        let mut sink = Sink::new(self.speaker());
        match self {
            Self::Rule(rule) if rule.needs_tenants && context.declaration.tenants.is_empty() => {
                sink.not_evaluated(msg!("rule-no-tenant"));
            }
            Self::Rule(rule) => {
                for part in rule.parts {
                    run_part(part, context, &mut sink);
                }
            }
            Self::Own(own) => own.check(context, &mut sink),
        }
        sink
    }
}

/// Runs one part, where its cloud is there and its inputs were asked for at all.
fn run_part(part: &Part, context: &Context<'_>, sink: &mut Sink<'_>) {
    if let Some(cloud) = part.cloud {
        if !context.scopes.keys().any(|scope| scope.cloud == *cloud) {
            // A cloud of which discovery failed is not one that nobody uses.
            if context.snapshot.discovery_problems.iter().any(|p| p.cloud == *cloud) {
                sink.not_evaluated(msg!("rule-cloud-undiscovered", cloud = cloud));
            }
            return;
        }
        if let Some(missing) = part.inputs.iter().find(|name| !context.was_collected(name)) {
            sink.not_evaluated(msg!("rule-type-not-collected", type = *missing));
            return;
        }
    }
    (part.check)(context, sink);
}

impl Evaluation {
    fn take(
        &mut self,
        speaker: Speaker<'_>,
        sink: Sink<'_>,
        scales: &Scales<'_>,
        used: &mut [bool],
    ) {
        let mut result = RuleResult {
            rule: speaker.id.to_owned(),
            name: speaker.name.to_owned(),
            severity: speaker.severity,
            findings: 0,
            unknown: 0,
            passed: sink.passed,
            suppressed: 0,
            left_out: 0,
            turned_off: Vec::new(),
            not_evaluated: sink.not_evaluated.iter().map(tenko_messages::english).collect(),
            not_evaluated_wordings: sink.not_evaluated,
        };
        let mut findings = sink.findings;
        findings.par_sort_by(in_order);
        // Before any is taken out: what is suppressed must not change what the rest is known by.
        Finding::identify(&mut findings);
        for finding in findings {
            match scales.weigh(finding) {
                Weighed::LeftOut => result.left_out += 1,
                Weighed::TurnedOff(fingerprint) => {
                    result.left_out += 1;
                    result.turned_off.push(fingerprint);
                }
                Weighed::Suppressed(suppressed, by) => {
                    result.suppressed += 1;
                    if let Some(used) = used.get_mut(by) {
                        *used = true;
                    }
                    self.suppressed.push(suppressed);
                }
                Weighed::Reported(finding) => {
                    match finding.verdict {
                        Verdict::Finding => result.findings += 1,
                        Verdict::Unknown => result.unknown += 1,
                    }
                    self.findings.push(finding);
                }
            }
        }
        self.results.push(result);
    }
}

fn in_order(a: &Finding, b: &Finding) -> Ordering {
    fn key(f: &Finding) -> impl Ord + '_ {
        let unknown = f.verdict == Verdict::Unknown;
        (&f.cloud, &f.scope, unknown, (&f.tenant, &f.environment, &f.resource, &f.message))
    }
    key(a).cmp(&key(b))
}
