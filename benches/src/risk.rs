//! The risk rules over a whole snapshot in memory.

use std::time::Instant;

use tenko_core::{
    Declaration, Environment, OwnRule, OwnSubject, Severity, Source, SourceKind, Tenant, Unmanaged,
};
use tenko_rules::{Choice, Inputs, evaluate};

use crate::children::{Numbers, Place};
use crate::inventory::{Inventory, Side};
use crate::kept;
use crate::measure::Result;

/// Evaluates every rule, and one of the manifest's own over all resources, on all cores and on one.
///
/// # Errors
/// When the snapshot cannot be read.
pub(crate) fn evaluated(place: Place<'_>) -> Result<Numbers> {
    let inventory = Inventory::new(place.resources, 1);
    let catalog = kept::catalog(&inventory);
    let snapshot = tenko_store::read(&place.path(Side::Old))?;
    let declaration = declaration(&snapshot);
    let inputs = Inputs {
        snapshot: &snapshot,
        declaration: &declaration,
        catalog: &catalog,
        parity_allow: &[],
        now: snapshot.run.finished_at,
    };
    let run = |only: &str| {
        let choice = Choice { only: vec![only.to_owned()], ..Choice::default() };
        let start = Instant::now();
        let found = evaluate(&inputs, &choice);
        (start.elapsed().as_secs_f64(), found)
    };
    let (all, found) = run("*");
    let own = run("OWN-*").0;
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?.install(|| run("*").0);
    let judged = |f: fn(&tenko_core::RuleResult) -> u64| -> f64 {
        found.results.iter().map(f).sum::<u64>() as f64
    };
    let mut numbers = Numbers::new();
    for rule in tenko_rules::rules() {
        let took = run(rule.id).0;
        if took > all / 20.0 {
            numbers.insert(format!("seconds_{}", rule.id), took);
        }
    }
    for (name, value) in [
        ("seconds", all),
        ("seconds_one", one),
        ("seconds_own", own),
        ("rules", found.results.len() as f64),
        ("passed", judged(|result| result.passed)),
        ("findings", judged(|result| result.findings)),
        ("unknown", judged(|result| result.unknown)),
    ] {
        numbers.insert(name.to_owned(), value);
    }
    Ok(numbers)
}

/// Every second account is a tenant's production, the others its staging.
fn declaration(snapshot: &tenko_core::Snapshot) -> Declaration {
    let source = Source {
        kind: SourceKind::Manifest,
        file: "tenants.yaml".into(),
        address: String::new(),
        line: None,
    };
    let environment = |(at, scope): (usize, &tenko_core::Scope)| Environment {
        name: if at % 2 == 0 { "production" } else { "staging" }.to_owned(),
        stage: None,
        owner: None,
        baselines: vec![],
        scopes: vec![scope.key()],
        regions: None,
        required_tags: Default::default(),
        source: source.clone(),
        expected: vec![],
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: Default::default(),
    };
    let environments: Vec<_> = snapshot.scopes.accounts().enumerate().map(environment).collect();
    let tenant = |(at, of): (usize, &[Environment])| Tenant {
        id: format!("tenant-{at}"),
        name: format!("Tenant {at}"),
        owner: None,
        environments: of.to_vec(),
    };
    let mut declaration = Declaration {
        tenants: environments.chunks(2).enumerate().map(tenant).collect(),
        ..Declaration::default()
    };
    declaration.rules.own.push(OwnRule {
        id: "OWN-01".to_owned(),
        name: "No owner".to_owned(),
        description: String::new(),
        severity: Severity::Low,
        remediation: String::new(),
        references: vec![],
        subject: OwnSubject::Resources("*".to_owned()),
        when: r#""no-such-tag" in resource.tags"#.to_owned(),
        source,
    });
    declaration
}
