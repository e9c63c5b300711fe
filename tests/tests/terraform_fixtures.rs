//! Every type's Terraform mapping against its fixture: a state that describes a live resource must
//! find it and differ in nothing, and every attribute of it that then changes must be reported, at
//! its path and nowhere else.
//!
//! A fixture in `fixtures/terraform/` has the name of the live one in `fixtures/aws/` or
//! `fixtures/gcp/`, whose resources it describes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use tenko::declare::terraform::{Mappings, fold, read_state};
use tenko::model::{
    AttrPath, Catalog, Claim, Coverage, Declaration, DriftKind, IacOwner, REDACTED_PREFIX, Reach,
    ReachKind, Resource, Segment, Snapshot, TypeInfo, Unit,
};

/// Types that Terraform can't declare.
const UNDECLARABLE: &[(&str, &str)] = &[
    ("AWS::Backup::ProtectedResource", "comes with the backups"),
    ("AWS::CloudTrail::MultiRegionTrail", "the trail is declared where its home is"),
    ("AWS::IAM::AccountSummary", "counts what an account has; nobody makes it"),
    ("AWS::IAM::UserCredentials", "a report about users and keys, which are declared as such"),
    ("AWS::Organizations::DelegatedAdministrator", "each of its services is declared apart"),
    ("AWS::Organizations::Membership", "comes with the account"),
    ("AWS::SSO::Instance", "there is a data source for it and no resource"),
    ("compute.googleapis.com/Project", "comes with the Compute Engine API"),
    ("compute.googleapis.com/Region", "regions are Google's"),
    ("orgpolicy.googleapis.com/EffectivePolicy", "computed from the policies that are set"),
];

/// Where each cloud's fixtures are, the key of their resources, and the scope that they are in.
const CLOUDS: [(&str, &str, &str); 2] =
    [("aws", "expect", "111122223333"), ("gcp", "resources", "acme-prod")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    #[serde(rename = "type")]
    resource_type: String,
    /// Why what is `uncompared` in every case is not.
    why: Option<String>,
    cases: Vec<Case>,
    /// Live resources that the live fixture lacks.
    #[serde(default)]
    live: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    state: Vec<Instance>,
    /// The id of the live resource that the state describes.
    same_as: Option<String>,
    /// Attributes of it that Terraform does not manage, or this state does not tell.
    #[serde(default)]
    uncompared: Vec<AttrPath>,
    why: Option<String>,
    /// What the reason of a part that is left out says.
    skipped: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instance {
    #[serde(rename = "type")]
    code_type: String,
    name: String,
    #[serde(default)]
    attributes: Value,
    /// As Terraform 0.11 wrote them.
    attributes_flat: Option<Value>,
    #[serde(default)]
    sensitive: Vec<AttrPath>,
    module: Option<String>,
    index_key: Option<Value>,
    status: Option<String>,
    provider: Option<String>,
}

#[test]
fn every_mapping_finds_its_resource_and_sees_every_change() {
    let catalog = tenko::catalog().unwrap();
    let mappings = Mappings::new(&catalog).unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (cloud, resources, scope) in CLOUDS {
        let environment = environment(cloud, scope, &catalog);
        for (name, text) in files(&format!("fixtures/terraform/{cloud}")) {
            let fixture: Fixture =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let path = tenko_tests::root().join("fixtures").join(cloud).join(&name);
            let known: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let live: Vec<_> =
                fixture.live.iter().chain(known[resources].as_array().unwrap()).collect();
            let info = catalog
                .get(&fixture.resource_type.as_str().into())
                .unwrap_or_else(|| panic!("{name}: there is no type {}", fixture.resource_type));
            if fixture.cases.len() < 2 {
                wrong.push(format!("{name}: one provider version is not enough"));
            }
            for case in &fixture.cases {
                let environment = &environment;
                let run = Run { case, info, live: &live, scope, environment, catalog: &catalog };
                let why = fixture.why.as_deref().or(case.why.as_deref());
                if !case.uncompared.is_empty() && why.is_none_or(str::is_empty) {
                    wrong.push(format!("{name}, {}: `uncompared` without `why`", case.name));
                }
                let problems = run.check(&mappings, &mut tried);
                wrong.extend(problems.into_iter().map(|p| format!("{name}, {}: {p}", case.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 3000, "only {tried} changes were tried");
}

#[test]
fn every_type_has_a_mapping_and_a_fixture_or_a_reason() {
    let catalog = tenko::catalog().unwrap();
    let mappings = Mappings::new(&catalog).unwrap();
    mappings.check().unwrap_or_else(|errors| panic!("{errors:#?}"));
    let wholes: BTreeSet<_> = catalog
        .iter()
        .filter(|info| info.iac.terraform.iter().any(|table| table.part_of.is_none()))
        .map(|info| info.resource_type.to_string())
        .collect();
    let tested: BTreeSet<_> = CLOUDS
        .iter()
        .flat_map(|(cloud, ..)| files(&format!("fixtures/terraform/{cloud}")))
        .map(|(_, text)| serde_json::from_str::<Fixture>(&text).unwrap().resource_type)
        .collect();
    let excused: BTreeSet<_> = UNDECLARABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    let all: BTreeSet<_> = catalog.iter().map(|info| info.resource_type.to_string()).collect();
    let left: Vec<_> = all.difference(&wholes).filter(|name| !excused.contains(*name)).collect();
    assert!(left.is_empty(), "neither mapped nor excused: {left:?}");
    let both: Vec<_> = excused.intersection(&wholes).collect();
    assert!(both.is_empty(), "excused and mapped: {both:?}");
    assert!(excused.is_subset(&all), "excused and unknown: {excused:?}");
    let untested: Vec<_> = wholes.difference(&tested).collect();
    assert!(untested.is_empty(), "without a fixture: {untested:?}");
}

#[test]
fn every_table_is_tried() {
    let used: BTreeSet<String> = CLOUDS
        .iter()
        .flat_map(|(cloud, ..)| files(&format!("fixtures/terraform/{cloud}")))
        .flat_map(|(_, text)| serde_json::from_str::<Fixture>(&text).unwrap().cases)
        .flat_map(|case| case.state)
        .map(|instance| instance.code_type)
        .collect();
    let catalog = tenko::catalog().unwrap();
    let left: Vec<_> = catalog
        .iter()
        .flat_map(|info| &info.iac.terraform)
        .filter(|table| !table.types.iter().any(|name| used.contains(name)))
        .map(|table| table.types.join(", "))
        .collect();
    assert!(left.is_empty(), "{} tables are never tried: {left:#?}", left.len());
}

fn files(folder: &str) -> Vec<(String, String)> {
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(tenko_tests::root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), read(&path)))
        .collect();
    files.sort();
    files
}

struct Run<'a> {
    case: &'a Case,
    info: &'a TypeInfo,
    live: &'a [&'a Value],
    scope: &'a str,
    /// The scope as an environment of a manifest.
    environment: &'a Declaration,
    catalog: &'a Catalog,
}

impl Run<'_> {
    fn check(&self, mappings: &Mappings, tried: &mut usize) -> Vec<String> {
        let case = self.case;
        let file =
            read_state("case.tfstate", state(case).to_string().as_bytes(), mappings).unwrap();
        let folded = fold(vec![(file, None)]);
        let reasons = folded.skipped.iter().map(|(_, s)| format!("{}: {}", s.address, s.reason));
        let stray = folded.claims.iter().filter(|claim| claim.partial);
        let mut out: Vec<String> = Vec::new();
        match &case.skipped {
            Some(text) if folded.skipped.iter().any(|(_, s)| s.reason.contains(text)) => {}
            Some(text) => out.push(format!("nothing was left out with {text:?}")),
            None => out.extend(reasons.map(|reason| format!("left out: {reason}"))),
        }
        let used: BTreeSet<_> = folded.claims.iter().flat_map(|claim| &claim.parts).collect();
        for claim in stray.filter(|claim| !used.contains(&claim.source)) {
            let (part, id) = (&claim.source.address, &claim.ids[0]);
            out.push(format!("{part} is a part of {id}, which the case does not have"));
        }
        let Some(same_as) = &case.same_as else {
            if case.skipped.is_none() {
                out.push("it has neither `same_as` nor `skipped`".to_owned());
            }
            return out;
        };
        let unmapped = folded.claims.iter().filter(|claim| claim.resource_type.is_none());
        out.extend(unmapped.map(|claim| format!("{} is not mapped", claim.code_type)));
        let ours = Some(&self.info.resource_type);
        let claims: Vec<_> = folded
            .claims
            .iter()
            .filter(|c| !c.partial && c.resource_type.as_ref() == ours)
            .collect();
        let [claim] = claims[..] else {
            out.push(format!("{} claims instead of one", claims.len()));
            return out;
        };
        let Some(live) = self.live.iter().copied().find(|live| live["id"] == json!(same_as)) else {
            out.push(format!("there is no live {same_as}"));
            return out;
        };
        out.extend(self.identity(claim, live));
        out.extend(
            self.differences(claim, live).into_iter().map(|(path, what)| format!("{path}: {what}")),
        );
        if out.is_empty() {
            self.changes(claim, live, tried, &mut out);
        }
        out
    }

    fn identity(&self, claim: &Claim, live: &Value) -> Vec<String> {
        let mut out = Vec::new();
        // What an account has just one of is known by the account.
        let id = if claim.ids[0] == "{account}" { self.scope } else { &claim.ids[0] };
        if live["id"] != json!(id) {
            out.push(format!("its id is {}", claim.ids[0]));
        }
        out.extend(claim.not_comparable.clone());
        if let Some(region) = &claim.region
            && live["region"] != json!(region.as_str())
        {
            out.push(format!("its region is {region}, and live {}", live["region"]));
        }
        if let Some(scope) = &claim.scope
            && scope.id != *self.scope
        {
            out.push(format!("its scope is {scope}"));
        }
        out
    }

    /// Changes every leaf of the live resource, one at a time.
    fn changes(&self, claim: &Claim, live: &Value, tried: &mut usize, out: &mut Vec<String>) {
        let unknown: Vec<AttrPath> =
            serde_json::from_value(live["unknown"].clone()).unwrap_or_default();
        let left_out: Vec<_> = self
            .info
            .ignored
            .iter()
            .chain(&self.case.uncompared)
            .chain(&unknown)
            .chain(&claim.sensitive)
            .collect();
        let leaves = leaves(live);
        for path in &leaves {
            let mut changed = live.clone();
            if left_out.iter().any(|known| known.covers(path)) || !change(&mut changed, path) {
                continue;
            }
            *tried += 1;
            let found = self.differences(claim, &changed);
            if found.is_empty() {
                out.push(format!("a change of {path} is not seen"));
            }
            let elsewhere = |at: &AttrPath| !(at.covers(path) || path.covers(at));
            for (at, what) in found {
                if at.segments().is_empty() || elsewhere(&at) {
                    out.push(format!("a change of {path} is reported at {at}: {what}"));
                }
            }
        }
        let stale = self.case.uncompared.iter().filter(|p| !leaves.iter().any(|l| p.covers(l)));
        out.extend(stale.map(|path| format!("{path} is `uncompared`, and live there is none")));
    }

    /// What the audit finds when this is all that was declared and all that is there. A drift that
    /// is not about an attribute has the empty path.
    fn differences(&self, claim: &Claim, live: &Value) -> Vec<(AttrPath, String)> {
        let mut live = live.clone();
        for (key, value) in [
            ("cloud", json!(self.info.cloud)),
            ("scope", json!(self.scope)),
            ("type", json!(self.info.resource_type)),
            ("digest", json!("0".repeat(32))),
        ] {
            live[key] = value;
        }
        let resource: Resource = serde_json::from_value(live).unwrap();
        let owner = IacOwner { tenant: "acme".into(), environment: "prod".into() };
        let declaration = Declaration {
            claims: vec![Claim { owner: Some(owner), ..claim.clone() }],
            ..self.environment.clone()
        };
        let reach = match self.info.reach {
            ReachKind::Global => Reach::Global,
            ReachKind::Regional => resource.key.region.clone(),
        };
        let unit = Unit {
            cloud: self.info.cloud.clone(),
            scope: self.scope.into(),
            reach,
            resource_type: self.info.resource_type.clone(),
        };
        let diff = tenko::diff::diff(&snapshot(unit, resource), &declaration, self.catalog);
        let mut out = Vec::new();
        for drift in diff.drift {
            if drift.kind != DriftKind::Changed || drift.changes.is_empty() {
                out.push((AttrPath::default(), format!("{} {:?}", drift.kind, drift.reason)));
            }
            out.extend(drift.changes.into_iter().map(|change| {
                (change.path, format!("declared {}, live {}", change.expected, change.actual))
            }));
        }
        out
    }
}

fn environment(cloud: &str, scope: &str, catalog: &Catalog) -> Declaration {
    let scope = if cloud == "aws" { scope.to_owned() } else { format!("{cloud}:{scope}") };
    let text = format!(
        "version: 1\ntenants:\n  acme:\n    environments:\n      prod:\n        scopes: ['{scope}']\n"
    );
    let file = tenko::declare::ManifestFile { name: "m.yaml", bytes: text.as_bytes() };
    tenko::declare::load(&[file], catalog).expect("the manifest is right").declaration
}

fn snapshot(unit: Unit, resource: Resource) -> Snapshot {
    let coverage: Coverage = serde_json::from_value(json!({
        "cloud": unit.cloud, "scope": unit.scope, "region": unit.reach, "type": unit.resource_type,
        "outcome": "complete", "resources": 1, "duration_ms": 1,
    }))
    .unwrap();
    assert_eq!(coverage.unit, unit);
    let run = serde_json::from_value(json!({
        "id": "1", "tool_version": "0", "started_at": "2026-01-01T00:00:00Z",
        "finished_at": "2026-01-01T00:00:00Z", "cancelled": false,
    }))
    .unwrap();
    Snapshot {
        run,
        scopes: Default::default(),
        discovery_problems: vec![],
        answers: vec![],
        coverage: vec![coverage],
        resources: vec![resource],
        calls: vec![],
    }
}

fn state(case: &Case) -> Value {
    let resources = case.state.iter().map(|instance| {
        let provider = if instance.code_type.starts_with("google") { "google" } else { "aws" };
        let provider = format!("provider[\"registry.terraform.io/hashicorp/{provider}\"]");
        let sensitive: Vec<_> = instance.sensitive.iter().map(mark).collect();
        json!({
            "mode": "managed", "type": instance.code_type, "name": instance.name,
            "module": instance.module, "provider": instance.provider.clone().unwrap_or(provider),
            "instances": [{
                "schema_version": 0, "index_key": instance.index_key, "status": instance.status,
                "attributes": instance.attributes, "attributes_flat": instance.attributes_flat,
                "sensitive_attributes": sensitive,
            }],
        })
    });
    json!({
        "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {},
        "resources": resources.collect::<Vec<_>>(),
    })
}

/// As a state marks a sensitive attribute.
fn mark(path: &AttrPath) -> Value {
    let step = |segment: &Segment| match segment {
        Segment::Key(key) => json!({"type": "get_attr", "value": key}),
        Segment::Index(at) => json!({"type": "index", "value": {"value": at, "type": "number"}}),
        Segment::Any => json!({"type": "index", "value": {"value": {}, "type": "object"}}),
    };
    path.segments().iter().map(step).collect()
}

fn is_the_providers(tag: &str) -> bool {
    ["aws:", "goog-", "gke-"].iter().any(|prefix| tag.starts_with(prefix))
}

/// The paths of all leaves of attributes and tags.
fn leaves(live: &Value) -> Vec<AttrPath> {
    fn collect(path: AttrPath, value: &Value, out: &mut Vec<AttrPath>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                map.iter().for_each(|(key, value)| collect(path.join(key), value, out));
            }
            Value::Array(items) if !items.is_empty() => {
                let each = items.iter().enumerate();
                each.for_each(|(at, v)| collect(path.with(Segment::Index(at)), v, out));
            }
            _ => out.push(path),
        }
    }
    let mut out = Vec::new();
    for (key, value) in live["attributes"].as_object().unwrap() {
        collect(AttrPath::key(key), value, &mut out);
    }
    let tags = live["tags"].as_object().into_iter().flatten();
    let ours = tags.filter(|(key, _)| !is_the_providers(key));
    out.extend(ours.map(|(key, _)| AttrPath::key("Tags").join(key)));
    out
}

/// Changes the value at the path; false where it is one that is not compared.
fn change(live: &mut Value, path: &AttrPath) -> bool {
    let tag = AttrPath::key("Tags").covers(path);
    let path = AttrPath::new(path.segments().iter().skip(usize::from(tag)).cloned());
    let mut done = false;
    path.visit_mut(&mut live[if tag { "tags" } else { "attributes" }], &mut |value| {
        let new = match &*value {
            Value::String(text) if text.starts_with(REDACTED_PREFIX) => return,
            // How Google's fixtures show it.
            Value::String(text) if text == "<redacted>" => return,
            Value::String(text) => json!(format!("{text}-changed")),
            // Not to 0, which is as good as nothing.
            Value::Number(n) => json!(n.as_i64().filter(|n| *n != -1).map_or(7, |n| n + 1)),
            Value::Bool(value) => json!(!value),
            Value::Null => json!("changed"),
            Value::Array(_) => json!(["changed"]),
            Value::Object(_) => json!({"Changed": "changed"}),
        };
        (*value, done) = (new, true);
    });
    done
}
