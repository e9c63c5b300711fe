//! The part of a document that one owner answers for.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::summary::{DriftCounts, FindingCounts, SummaryVerdict};

impl Document {
    /// Those who answer for some drift or finding, open or gone, with how many.
    pub fn owners(&self) -> BTreeMap<String, usize> {
        let mut owners = BTreeMap::new();
        let findings = self.findings.iter().map(|finding| finding.owner.as_deref());
        let drift = self.drift.iter().map(|drift| drift.owner.as_deref());
        let past = self.past.iter().map(|past| past.item.owner());
        for owner in findings.chain(drift).chain(past).flatten() {
            *owners.entry(owner.to_owned()).or_default() += 1;
        }
        owners
    }

    /// What this owner answers for, with times in their zone. What could not be observed stays as it
    /// is: it may be theirs.
    #[must_use]
    pub fn of_owner(&self, name: &str) -> Self {
        let is_theirs = |owner: &Option<String>| owner.as_deref() == Some(name);
        let mut own = self.clone();
        own.findings.retain(|finding| is_theirs(&finding.owner));
        own.drift.retain(|drift| is_theirs(&drift.owner));
        own.past.retain(|past| past.item.owner() == Some(name));
        own.suppressed.retain(|one| one.item.owner() == Some(name));
        for tenant in &mut own.tenants {
            let whole = is_theirs(&tenant.owner);
            tenant.environments.retain(|environment| match &environment.owner {
                Some(owner) => owner == name,
                None => whole,
            });
        }
        own.tenants.retain(|tenant| !tenant.environments.is_empty());
        let summary = &mut own.summary;
        summary.drift = DriftCounts::of(&own.drift);
        summary.findings = FindingCounts::of(&own.findings);
        summary.verdict = SummaryVerdict::of(&summary.drift, &summary.findings, summary.incomplete);
        summary.exit_code = summary.verdict.exit_code();
        if let Some(zone) = self.display.owners.get(name) {
            own.display.timezone = Some(zone.clone());
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use tenko_core::{
        Cloud, Declaration, Finding, Item, RunInfo, ScopeTree, Severity, Snapshot, Source,
        SourceKind, Suppressed, Tenant, Verdict,
    };

    use crate::{Counts, Document, Kind};

    #[test]
    fn what_is_suppressed_stays_with_its_owner() {
        let now = "2026-11-22T06:00:00Z".parse().unwrap();
        let run = RunInfo {
            id: "1".into(),
            tool_version: "0".into(),
            started_at: now,
            finished_at: now,
            cancelled: false,
        };
        let snapshot = Snapshot {
            run,
            scopes: ScopeTree::default(),
            discovery_problems: vec![],
            answers: vec![],
            coverage: vec![],
            resources: vec![],
            calls: vec![],
        };
        let finding = Finding {
            fingerprint: "f".into(),
            standing: None,
            rule: "DATA-01".into(),
            name: "n".into(),
            severity: Severity::High,
            verdict: Verdict::Finding,
            cloud: Cloud::aws(),
            scope: "1".into(),
            resource: None,
            tenant: Some("acme".into()),
            environment: None,
            owner: None,
            message: "m".into(),
            wording: None,
            remediation: "r".into(),
        };
        let suppressed = Suppressed {
            item: Item::Finding(finding),
            reason: "r".into(),
            owner: Some("somebody@acme.example".into()),
            expires: now,
            ticket: None,
            source: Source {
                kind: SourceKind::Manifest,
                file: "s".into(),
                address: String::new(),
                line: None,
            },
        };
        let tenant = Tenant {
            id: "acme".into(),
            name: "Acme".into(),
            owner: Some("sre@acme.example".into()),
            environments: vec![],
        };
        let declaration = Declaration { tenants: vec![tenant], ..Declaration::default() };
        let document = Document::new(Kind::Audit, &snapshot, vec![], vec![], Counts::default())
            .with_rules(vec![], vec![suppressed])
            .with_declaration(&declaration);
        assert_eq!(document.of_owner("sre@acme.example").suppressed.len(), 1);
        assert_eq!(document.of_owner("somebody@acme.example").suppressed.len(), 0);
    }
}
