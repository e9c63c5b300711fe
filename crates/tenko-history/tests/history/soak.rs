//! Fifty runs with random faults, kills and runs at the same time; what comes out is what a plain
//! model in memory says.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tenko_core::Status;
use tenko_history::*;
use tenko_report::Document;

use crate::faulty::{Fault, Faulty};
use crate::killed::record_in_child;
use crate::model::{Model, said};
use crate::worlds::{Input, worlds};

const RUNS: usize = 50;

struct Soak {
    history: RunHistory,
    model: Model,
    inputs: Vec<Input>,
    seed: u64,
}

impl Soak {
    /// Takes in what is in the history now; `told` are the documents of the runs that said that they
    /// were recorded.
    async fn check(&mut self, told: Vec<Document>) {
        let seed = self.seed;
        let entries = self.history.list().await.unwrap();
        let runs: Vec<&RunEntry> =
            entries.iter().map(|entry| entry.run.as_ref().unwrap()).rev().collect();
        for document in &told {
            let listed = runs.iter().any(|run| run.run == document.run.id);
            assert!(listed, "seed {seed}: {} said that it was recorded", document.run.id);
        }
        let heads: BTreeSet<_> = {
            let old: Vec<_> = runs.iter().filter(|run| self.model.has(&run.run)).collect();
            let parents: BTreeSet<_> = old.iter().flat_map(|run| &run.parents).collect();
            old.iter().map(|run| &run.run).filter(|run| !parents.contains(run)).cloned().collect()
        };
        // Of two that ran at the same time, one may have been compared with the other.
        let mut new: Vec<_> = runs.iter().filter(|run| !self.model.has(&run.run)).collect();
        new.sort_by_key(|run| run.parents.iter().any(|parent| !self.model.has(parent)));
        for run in new {
            let run_id = &run.run;
            let input = self.inputs.iter().find(|input| input.id == *run_id).unwrap();
            let parents: BTreeSet<_> = run.parents.iter().cloned().collect();
            let known = parents.iter().all(|parent| self.model.has(parent));
            assert!(known, "seed {seed}: {run_id} has {parents:?}");
            let among =
                parents.iter().all(|p| heads.contains(p) || told.iter().any(|d| d.run.id == *p));
            assert!(among, "seed {seed}: {run_id} has {parents:?}, the newest were {heads:?}");
            if parents.iter().all(|parent| heads.contains(parent)) {
                assert_eq!(parents, heads, "seed {seed}: {run_id} has all of the newest");
            }
            let expected = self.model.record(input, &run.parents);
            let document = self.history.get(run_id).await.unwrap();
            assert_eq!(said(&document), expected, "seed {seed}: {run_id} after {parents:?}");
            if let Some(told) = told.iter().find(|told| told.run.id == *run_id) {
                assert_eq!(*told, document, "seed {seed}: {run_id}");
            }
            self.nothing_is_resolved_unseen(input, &document);
            assert!(document.warnings.is_empty(), "seed {seed}: {:?}", document.warnings);
        }
        let readable = runs.len();
        assert_eq!(entries.len(), readable);
    }

    /// Whatever the model says: what is called resolved was looked at, and was not there.
    fn nothing_is_resolved_unseen(&self, input: &Input, document: &Document) {
        for (of, (status, ..)) in said(document) {
            if status == Status::Resolved {
                let seed = self.seed;
                assert!(input.is_whole(), "seed {seed}: {} resolves {of:?}", input.id);
                assert!(!input.bad.contains_key(&of), "seed {seed}: {of:?} is still there");
            }
        }
    }
}

fn over(folder: &Path, fault: Fault) -> RunHistory {
    let local: Arc<dyn ObjectStore> = Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap());
    RunHistory::over(Faulty::over(local, fault), "", "faulty".to_owned())
}

async fn soak(seed: u64) -> [usize; 7] {
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed ^ 0x50a4);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let history = RunHistory::local(folder).unwrap();
    let mut soak = Soak { history, model: Model::default(), inputs: worlds(seed, RUNS), seed };
    let mut did = [0; 7];
    for n in 0..RUNS {
        let input = soak.inputs[n].clone();
        let document = input.document();
        let what = random.random_range(0..10_usize).min(6);
        did[what] += 1;
        let mut told = Vec::new();
        match what {
            0 => {
                let full = over(folder, Fault::Full(random.random_range(0..4_000)));
                told.extend(full.record(document).await);
            }
            1 => {
                let lost = over(folder, Fault::LostAnswer(random.random_range(0..2)));
                told.extend(lost.record(document).await);
            }
            2 => {
                let broken = over(folder, Fault::Read(random.random_range(0..12)));
                told.extend(broken.record(document).await);
            }
            3 => {
                let mut child = record_in_child(folder, seed, n);
                tokio::time::sleep(Duration::from_micros(random.random_range(0..60_000))).await;
                child.kill().unwrap();
                child.wait().unwrap();
            }
            4 => {
                // Another run sees something else at the same time.
                let mut other = soak.inputs[random.random_range(0..RUNS)].clone();
                other.id = format!("{}-b", input.id);
                let minute = SignedDuration::from_mins(1);
                (other.started, other.finished) = (input.started + minute, input.finished + minute);
                soak.inputs.push(other.clone());
                let (one, two) = (soak.history.clone(), soak.history.clone());
                let one = tokio::spawn(async move { one.record(document).await });
                let two = tokio::spawn(async move { two.record(other.document()).await });
                told.push(one.await.unwrap().unwrap());
                told.push(two.await.unwrap().unwrap());
            }
            5 => {
                // A try that fails, and another.
                let lost = over(folder, Fault::LostAnswer(0));
                lost.record(document.clone()).await.unwrap_err();
                told.push(soak.history.record(document).await.unwrap());
            }
            _ => told.push(soak.history.record(document).await.unwrap()),
        }
        soak.check(told).await;
    }
    // Everything is there still, and reads as it did.
    for entry in soak.history.list().await.unwrap() {
        let run = entry.run.unwrap();
        let document = soak.history.get(&run.run).await.unwrap();
        assert_eq!(document.history.unwrap().runs.last(), Some(&run.point), "seed {seed}");
    }
    did
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_runs_with_faults_and_kills_say_what_the_model_says() {
    // A seed of a run that failed can be put here.
    let seed: u64 = rand::random();
    for seed in [1, 2, seed] {
        let did = soak(seed).await;
        println!("full, lost, broken, killed, two, twice, plain: {did:?}");
    }
}
