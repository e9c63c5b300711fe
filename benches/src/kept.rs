//! Inventories as snapshots on disk.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use tenko_core::{
    Answer, Catalog, Cloud, Coverage, Origin, Outcome, ReachKind, Redactor, Resource,
    ResourceDraft, ResourceKey, RunInfo, Scope, ScopeKind, ScopeStatus, Snapshot, TypeInfo, Unit,
};
use tenko_store::Writer;

use crate::inventory::{Inventory, Row, Side};
use crate::measure::Result;

/// So many resources are made at once.
const BATCH: u64 = 20_000;

/// The types of an inventory.
pub fn catalog(inventory: &Inventory) -> Catalog {
    let info = |name: &str| TypeInfo {
        resource_type: name.into(),
        cloud: Cloud::aws(),
        service: "s".to_owned(),
        title: String::new(),
        doc: String::new(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: Vec::new(),
        ignored: Vec::new(),
        sensitive: Vec::new(),
        sets: ["SecurityGroupIds", "Groups"].iter().filter_map(|path| path.parse().ok()).collect(),
        permissions: Vec::new(),
        iac: Default::default(),
    };
    inventory.types().iter().map(|name| info(name)).collect()
}

/// What a provider would hand over for a row.
pub fn draft(row: &Row) -> Result<ResourceDraft> {
    Ok(ResourceDraft {
        key: ResourceKey {
            cloud: Cloud::aws(),
            scope: row.scope.as_str().into(),
            region: row.region.into(),
            resource_type: row.resource_type.into(),
            id: row.id.clone(),
        },
        name: Some(row.name.clone()),
        tags: serde_json::from_str::<BTreeMap<String, String>>(&row.tags)?,
        created_at: Some(row.created_at.parse()?),
        origin: Origin::Customer,
        attributes: serde_json::from_str(&row.attributes)?,
        unknown: Vec::new(),
    })
}

/// The resources of a stretch of an inventory, in order.
pub fn resources(
    inventory: &Inventory,
    side: Side,
    from: u64,
    to: u64,
    catalog: &Catalog,
) -> Result<Vec<Resource>> {
    let redactor = Redactor::new([7; 32]);
    let make = |row: &mut Row, at| -> Option<Result<Resource>> {
        if !inventory.row(at, side, row) {
            return None;
        }
        let info = catalog.get(&row.resource_type.into());
        let made = info.ok_or_else(|| "a type that is not known".into());
        Some(made.and_then(|info| Ok(draft(row)?.finish(info, &redactor)?)))
    };
    let made = (from..to.min(inventory.universe())).into_par_iter().map_init(Row::default, make);
    made.flatten_iter().collect()
}

/// Everything but the resources: all accounts answered, all units were read whole.
pub fn facts(inventory: &Inventory, side: Side) -> Result<Snapshot> {
    let day = if side == Side::Old { "2026-11-21" } else { "2026-11-22" };
    let time = format!("{day}T04:15:00Z").parse()?;
    let scope = |id: &str, kind| Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: (kind == ScopeKind::Account).then(|| "o-bench".into()),
        name: id.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    };
    let ids: Vec<String> = inventory.scopes().collect();
    let answer = |id: &String| Answer {
        scope: id.as_str().into(),
        cloud: Cloud::aws(),
        outcome: Outcome::Complete,
        identity: None,
        regions: inventory.regions().iter().map(tenko_core::Region::new).collect(),
        disabled_regions: Vec::new(),
        problems: Vec::new(),
    };
    let mut coverage = Vec::new();
    for id in &ids {
        for region in inventory.regions() {
            for name in inventory.types() {
                coverage.push(Coverage {
                    unit: Unit {
                        cloud: Cloud::aws(),
                        scope: id.as_str().into(),
                        reach: region.into(),
                        resource_type: name.into(),
                    },
                    outcome: Outcome::Complete,
                    resources: 0,
                    duration_ms: 90,
                    read_from: None,
                    problems: Vec::new(),
                });
            }
        }
    }
    let accounts = ids.iter().map(|id| scope(id, ScopeKind::Account));
    let mut snapshot = Snapshot {
        run: RunInfo {
            id: format!("{day}-bench"),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: time,
            finished_at: time,
            cancelled: false,
        },
        scopes: accounts.chain([scope("o-bench", ScopeKind::Organization)]).collect(),
        discovery_problems: Vec::new(),
        answers: ids.iter().map(answer).collect(),
        coverage,
        resources: Vec::new(),
        calls: Vec::new(),
    };
    snapshot.sort();
    Ok(snapshot)
}

/// Writes one inventory as a snapshot without ever holding it; gives the number of its resources
/// and the time that was spent in the store.
pub fn write(inventory: &Inventory, side: Side, path: &Path) -> Result<(u64, std::time::Duration)> {
    let catalog = catalog(inventory);
    // Some of everywhere, to learn from.
    let step = (inventory.universe() / 4_000).max(1);
    let mut samples = Vec::new();
    for at in (0..inventory.universe()).step_by(step as usize) {
        samples.extend(resources(inventory, side, at, at + 1, &catalog)?);
    }
    let facts = facts(inventory, side)?;
    let mut in_store = std::time::Duration::ZERO;
    let mut timed = |start: std::time::Instant| in_store += start.elapsed();
    let start = std::time::Instant::now();
    let mut writer = Writer::create(path, &facts, samples.iter())?;
    timed(start);
    let mut count = 0;
    for from in (0..inventory.universe()).step_by(BATCH as usize) {
        let made = resources(inventory, side, from, from + BATCH, &catalog)?;
        count += made.len() as u64;
        let start = std::time::Instant::now();
        for resource in &made {
            writer.add(resource)?;
        }
        timed(start);
    }
    let start = std::time::Instant::now();
    writer.finish()?;
    timed(start);
    Ok((count, in_store))
}
