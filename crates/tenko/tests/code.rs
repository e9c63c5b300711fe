//! Infrastructure code from the manifest's sources to the differences.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

use std::path::Path;
use std::sync::Arc;

use tenko::declare::{Manifest, ManifestFile};
use tenko::model::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Drift,
    DriftKind, Gate, IacMapping, Provider, Rate, Scope, TerraformType, Unit,
};
use tenko::sources::{Reader, Settings};
use tenko::{Audit, Report, read_code};
use tenko_testkit::fake::FakeProvider;

/// The fake cloud, with a type that Terraform knows as `aws_thing`.
#[derive(Debug)]
struct Mapped(FakeProvider, Catalog);

impl Mapped {
    /// Two things in one region of one account, of sizes 1 and 2.
    fn new() -> Self {
        let fake = FakeProvider::new("aws")
            .account("111111111111")
            .regions(&["r1"])
            .regional("AWS::X::Thing");
        let unit = fake.unit("111111111111", "r1", "AWS::X::Thing");
        let things = vec![fake.resource(&unit, 0, 1), fake.resource(&unit, 1, 2)];
        let fake = fake.resources(unit, things);
        let catalog = fake.catalog().iter().cloned().map(|mut info| {
            let table = TerraformType {
                types: vec!["aws_thing".to_owned()],
                attributes: [("Size".parse().unwrap(), ".size".to_owned())].into(),
                ..TerraformType::default()
            };
            info.iac = IacMapping { terraform: vec![table], ..IacMapping::default() };
            info
        });
        let catalog = catalog.collect();
        Self(fake, catalog)
    }
}

impl Provider for Mapped {
    fn cloud(&self) -> Cloud {
        self.0.cloud()
    }
    fn catalog(&self) -> &Catalog {
        &self.1
    }
    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        self.0.discover(gate)
    }
    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        self.0.open(scope, gate)
    }
    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        self.0.collect(unit, gate)
    }
    fn rate(&self, service: &str) -> Rate {
        Provider::rate(&self.0, service)
    }
    fn calls(&self) -> Vec<CallCount> {
        self.0.calls()
    }
}

/// A state with these things, as ids and sizes.
fn state(things: &[(&str, u32)]) -> String {
    let resource = |(id, size): &(&str, u32)| {
        format!(
            r#"{{"mode": "managed", "type": "aws_thing", "name": "t{size}",
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{{"schema_version": 0, "attributes":
                    {{"id": "{id}", "owner_id": "111111111111", "region": "r1", "size": {size}}}}}]}}"#
        )
    };
    let resources: Vec<_> = things.iter().map(resource).collect();
    format!(
        r#"{{"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "l",
            "resources": [{}]}}"#,
        resources.join(",")
    )
}

/// A manifest of one environment beside `states/`, with this list of sources.
fn manifest(folder: &Path, iac: &str) -> Manifest {
    let text = format!(
        "version: 1\ntenants:\n  acme:\n    environments:\n      production:\n        scopes: \
         [\"111111111111\"]\n        iac: {iac}\n"
    );
    let name = folder.join("tenants.yaml").display().to_string();
    let file = ManifestFile { name: &name, bytes: text.as_bytes() };
    tenko::declare::load(&[file], &Mapped::new().1).unwrap()
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn audit(manifest: Manifest) -> Audit {
    Audit::builder().provider(Arc::new(Mapped::new())).manifest(manifest).build().unwrap()
}

/// The differences as kind and label.
fn drift(report: &Report) -> Vec<String> {
    let line = |drift: &Drift| format!("{} {}", drift.kind, drift.resource.label());
    report.document.drift.iter().map(line).collect()
}

#[tokio::test]
async fn states_of_the_manifest_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "states/a.tfstate", &state(&[("AWS::X::Thing-0000", 1)]));
    write(folder.path(), "states/b.tfstate", &state(&[("AWS::X::Thing-0001", 7)]));
    let manifest = manifest(folder.path(), "[{terraform: states/*.tfstate}]");
    let report = audit(manifest).run().await;
    assert_eq!(report.code.unread, []);
    let names: Vec<_> =
        report.code.states.iter().map(|s| s.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["a.tfstate", "b.tfstate"]);
    let state = report.code.states.first().unwrap();
    assert_eq!(state.owner.as_ref().map(|o| &*o.environment), Some("production"));
    assert_eq!((state.info.serial, state.info.instances), (Some(3), 1));
    assert_eq!(report.code.claims.len(), 2);
    assert_eq!(drift(&report), ["changed AWS::X::Thing-0001"], "a size differs");
    let source = &report.document.drift.first().unwrap().source;
    assert!(source.as_ref().unwrap().file.ends_with("states/b.tfstate"), "{source:?}");
}

#[tokio::test]
async fn what_is_in_no_state_is_unmanaged_unless_a_state_could_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.tfstate", &state(&[("AWS::X::Thing-0000", 1)]));
    write(folder.path(), "cut.tfstate", "{\"version\": 4, ");
    let broken = state(&[("x", 1), ("y", 2)]).replace("\"id\": \"y\"", "\"id\": []");
    write(folder.path(), "half.tfstate", &broken);
    let report = audit(manifest(folder.path(), "[{terraform: a.tfstate}]")).run().await;
    assert_eq!(drift(&report), ["unmanaged AWS::X::Thing-0001"]);
    for (file, reason) in [
        ("cut.tfstate", "cut off"),
        ("half.tfstate", "a part of it cannot be read: aws_thing.t2: it has no id"),
        ("gone.tfstate", "there is no such file"),
        ("none/*.tfstate", "no such file or folder"),
        ("s3://states/a", "no AWS credentials are at hand"),
    ] {
        let iac = format!("[{{terraform: a.tfstate}}, {{terraform: \"{file}\"}}]");
        let report = audit(manifest(folder.path(), &iac)).run().await;
        let unread = report.code.unread.first().unwrap();
        assert!(unread.reason.contains(reason), "{unread:?}");
        assert!(unread.file.ends_with(file), "{unread:?}");
        assert_eq!(report.diff.count(DriftKind::Unmanaged), 0, "{file}: {:?}", drift(&report));
        assert_eq!(report.diff.withheld.len(), 1, "{file}");
    }
}

#[tokio::test]
async fn a_comparison_without_the_code_says_that_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.tfstate",
        &state(&[("AWS::X::Thing-0000", 1), ("AWS::X::Thing-0001", 2)]),
    );
    let manifest = manifest(folder.path(), "[{terraform: a.tfstate}]");
    let audit = audit(manifest.clone());
    let snapshot = audit.collect().await;
    for report in [
        audit.compare(snapshot.clone()),
        tenko::compare(snapshot.clone(), Some(&manifest), audit.catalog()),
    ] {
        assert_eq!(drift(&report), [""; 0]);
        assert_eq!(report.diff.withheld.len(), 1);
        assert!(report.code.unread.first().unwrap().reason.contains("not read in this run"));
    }
    // As `tenko diff` does: from a snapshot and files, without a cloud.
    let code = read_code(&manifest.iac, audit.catalog(), Settings::default()).await;
    assert_eq!(code, audit.code().await);
    let report = tenko::compare_with(
        snapshot,
        Some(&manifest),
        code,
        audit.catalog(),
        &tenko::rules::Choice::default(),
    );
    assert!(report.diff.is_clean() && report.diff.withheld.is_empty(), "{:?}", drift(&report));
}

#[tokio::test]
async fn documents_at_hand_say_what_files_say() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.tfstate", &state(&[("AWS::X::Thing-0000", 1)]));
    write(folder.path(), "cut.tfstate", "{\"version\": 4, ");
    let broken = state(&[("x", 1), ("y", 2)]).replace("\"id\": \"y\"", "\"id\": []");
    write(folder.path(), "half.tfstate", &broken);
    let manifest = manifest(folder.path(), "[{terraform: a.tfstate}, {terraform: cut.tfstate}]");
    let catalog = Mapped::new().1;
    let read = read_code(&manifest.iac, &catalog, Settings::default()).await;
    assert_eq!((read.claims.len(), read.states.len(), read.unread.len()), (1, 1, 1));
    let reader = Reader::new(Settings::default()).unwrap();
    let documents = reader.documents(&manifest.iac).await.into_iter().map(Result::unwrap);
    assert_eq!(tenko::code_of(documents, &catalog), read);
}

#[tokio::test]
async fn sources_beside_the_manifest_are_read_too() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "b.tfstate",
        &state(&[("AWS::X::Thing-0000", 1), ("AWS::X::Thing-0001", 2)]),
    );
    let location =
        tenko::declare::parse_location(folder.path().join("b.tfstate").to_str().unwrap()).unwrap();
    let source = tenko::declare::IacSource { owner: None, place: None, location };
    let audit = Audit::builder()
        .provider(Arc::new(Mapped::new()))
        .manifest(manifest(folder.path(), "[]"))
        .iac([source])
        .build()
        .unwrap();
    assert_eq!(drift(&audit.run().await), [""; 0]);
}
