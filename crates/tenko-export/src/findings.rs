//! The table of drift and findings.

use tenko_core::{Item, ResourceRef, Standing, Status, Suppressed, Verdict};
use tenko_report::Document;

use crate::Column;

/// One row.
struct Row<'a> {
    item: Item,
    /// What the document says of it beyond its own standing.
    status: Option<Status>,
    suppressed: Option<&'a Suppressed>,
}

impl Row<'_> {
    fn standing(&self) -> Option<&Standing> {
        self.item.standing()
    }

    fn resource(&self) -> Option<&ResourceRef> {
        self.item.resource()
    }
}

pub(crate) fn columns(document: &Document) -> Vec<Column> {
    let plain = |item: Item| Row { item, status: None, suppressed: None };
    let mut rows: Vec<Row<'_>> = Vec::new();
    rows.extend(document.findings.iter().cloned().map(|f| plain(Item::Finding(f))));
    rows.extend(document.drift.iter().cloned().map(|d| plain(Item::Drift(d))));
    rows.extend(document.suppressed.iter().map(|suppressed| Row {
        item: suppressed.item.clone(),
        status: Some(Status::Suppressed),
        suppressed: Some(suppressed),
    }));
    rows.extend(document.past.iter().map(|past| plain(past.item.clone())));
    let rows = rows.as_slice();

    let text = |name, of: fn(&Row<'_>) -> Option<String>| Column::text(name, rows, of);
    let run = document.run.id.clone();
    let ended = document.run.finished_at;
    vec![
        Column::text("run_id", rows, |_| Some(run.clone())),
        Column::time("observed_at", rows, |_| Some(ended)),
        text("fingerprint", |row| Some(row.item.fingerprint().to_string())),
        text("kind", |row| {
            Some(match row.item {
                Item::Finding(_) => "finding".to_owned(),
                Item::Drift(_) => "drift".to_owned(),
            })
        }),
        text("status", |row| {
            let status = row.status.or(row.standing().map(|standing| standing.status));
            status.map(|status| status.to_string())
        }),
        Column::time("first_seen", rows, |row| row.standing().map(|s| s.first_seen)),
        Column::time("last_seen", rows, |row| row.standing().map(|s| s.last_seen)),
        text("rule", |row| match &row.item {
            Item::Finding(finding) => Some(finding.rule.clone()),
            Item::Drift(_) => None,
        }),
        text("name", |row| match &row.item {
            Item::Finding(finding) => Some(finding.name.clone()),
            Item::Drift(_) => None,
        }),
        text("severity", |row| match &row.item {
            Item::Finding(finding) => Some(finding.severity.to_string()),
            Item::Drift(_) => None,
        }),
        text("verdict", |row| match &row.item {
            Item::Finding(finding) => Some(match finding.verdict {
                Verdict::Finding => "finding".to_owned(),
                Verdict::Unknown => "unknown".to_owned(),
            }),
            Item::Drift(drift) if !drift.is_difference() => Some("unknown".to_owned()),
            Item::Drift(_) => Some("drift".to_owned()),
        }),
        text("drift", |row| match &row.item {
            Item::Finding(_) => None,
            Item::Drift(drift) => Some(drift.kind.as_str().to_owned()),
        }),
        text("tenant", |row| match &row.item {
            Item::Finding(finding) => finding.tenant.clone(),
            Item::Drift(drift) => drift.tenant.clone(),
        }),
        text("environment", |row| match &row.item {
            Item::Finding(finding) => finding.environment.clone(),
            Item::Drift(drift) => drift.environment.clone(),
        }),
        text("owner", |row| row.item.owner().map(str::to_owned)),
        text("cloud", |row| match &row.item {
            Item::Finding(finding) => Some(finding.cloud.to_string()),
            Item::Drift(drift) => Some(drift.resource.cloud.to_string()),
        }),
        text("scope", |row| match &row.item {
            Item::Finding(finding) => Some(finding.scope.to_string()),
            Item::Drift(drift) => drift.resource.scope.as_ref().map(ToString::to_string),
        }),
        text("region", |row| row.resource()?.region.as_ref().map(ToString::to_string)),
        text("resource_type", |row| Some(row.resource()?.resource_type.to_string())),
        text("resource_id", |row| row.resource()?.id.clone()),
        text("resource_name", |row| row.resource()?.name.clone()),
        text("message", |row| match &row.item {
            Item::Finding(finding) => Some(finding.message.clone()),
            Item::Drift(drift) => drift.reason.clone(),
        }),
        text("changes", |row| match &row.item {
            Item::Drift(drift) if !drift.changes.is_empty() => {
                serde_json::to_string(&drift.changes).ok()
            }
            _ => None,
        }),
        text("remediation", |row| match &row.item {
            Item::Finding(finding) => Some(finding.remediation.clone()),
            Item::Drift(_) => None,
        }),
        text("declared_at", |row| match &row.item {
            Item::Finding(_) => None,
            Item::Drift(drift) => drift.source.as_ref().map(ToString::to_string),
        }),
        text("suppressed_reason", |row| Some(row.suppressed?.reason.clone())),
        Column::time("suppressed_until", rows, |row| Some(row.suppressed?.expires)),
    ]
}
