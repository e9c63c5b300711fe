//! The inner loops one by one, for work on them.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tenko_benches::inventory::{Inventory, Row, Side};
use tenko_benches::kept;
use tenko_core::{Attributes, Digest, Redactor, Resource, ResourceDraft, StoredSnapshot};
use tenko_diff::diff_indexes;
use tenko_store::SnapshotFile;

const RESOURCES: u64 = 2_000;

fn drafts(inventory: &Inventory) -> Vec<ResourceDraft> {
    let mut row = Row::default();
    let mut made = Vec::new();
    for at in 0..inventory.universe() {
        if inventory.row(at, Side::New, &mut row) {
            made.push(kept::draft(&row).expect("a draft"));
        }
    }
    made
}

fn collection(c: &mut Criterion) {
    let inventory = Inventory::new(RESOURCES, 1);
    let (drafts, catalog) = (drafts(&inventory), kept::catalog(&inventory));
    let redactor = Redactor::new([7; 32]);
    let resources =
        kept::resources(&inventory, Side::New, 0, inventory.universe(), &catalog).expect("made");
    let texts: Vec<&str> = resources.iter().map(|resource| resource.attributes.as_json()).collect();
    let mut group = c.benchmark_group("collection");
    group.throughput(Throughput::Elements(RESOURCES));
    group.bench_function("a provider's values to resources", |b| {
        let finish = |draft: ResourceDraft| -> Resource {
            let info = catalog.get(&draft.key.resource_type).expect("known");
            draft.finish(info, &redactor).expect("shallow")
        };
        b.iter_batched(
            || drafts.clone(),
            |drafts| drafts.into_iter().map(finish).collect::<Vec<_>>(),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("text to canonical text", |b| {
        let read = |text: &&str| serde_json::from_str::<Attributes>(text).expect("JSON");
        b.iter(|| texts.iter().map(read).collect::<Vec<_>>());
    });
    group.bench_function("digests", |b| {
        b.iter(|| texts.iter().map(|text| Digest::of(text.as_bytes())).collect::<Vec<_>>());
    });
    group.finish();
}

fn store(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = Inventory::new(100_000, 1);
    let [old, new] = [(Side::Old, "old"), (Side::New, "new")].map(|(side, name)| {
        let path = folder.path().join(name);
        kept::write(&inventory, side, &path).expect("written");
        path
    });
    let mut group = c.benchmark_group("store");
    group.sample_size(20);
    group.bench_function("open, 100,000 resources", |b| {
        b.iter(|| SnapshotFile::open(&old).expect("opened"));
    });
    let [old, new] = [old, new].map(|path| SnapshotFile::open(&path).expect("opened"));
    group.bench_function("merge of indexes, 100,000 resources", |b| {
        b.iter(|| diff_indexes(&old, &new).expect("merged"));
    });
    let wanted: Vec<_> = {
        let mut rows = diff_indexes(&old, &new).expect("merged").changed;
        rows.sort_unstable();
        rows.into_iter().map(|pair| pair.old).collect()
    };
    group.throughput(Throughput::Elements(wanted.len() as u64));
    group.bench_function("opening the changed resources", |b| {
        b.iter(|| old.resources(&wanted).expect("opened"));
    });
    group.finish();
}

criterion_group!(benches, collection, store);
criterion_main!(benches);
