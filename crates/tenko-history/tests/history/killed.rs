//! Processes that are killed while they record, and ones whose disk is full.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tenko_history::*;

use crate::worlds::{Input, worlds};

const CHILD: &str = "TENKO_HISTORY_CHILD";

/// Starts a process that records the run number `n` of the worlds of a seed.
pub(crate) fn record_in_child(folder: &Path, seed: u64, n: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CHILD, format!("{seed} {n} {}", folder.display()));
    start(command)
}

fn start(mut command: Command) -> Child {
    command.args(["--exact", "killed::child"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// What the process does that a test starts; started otherwise, there is nothing to do.
#[tokio::test]
async fn child() {
    let Ok(job) = std::env::var(CHILD) else { return };
    let (what, folder) = job.rsplit_once(' ').unwrap();
    let history = RunHistory::local(Path::new(folder)).unwrap();
    if what == "full" {
        let all: Vec<usize> = (0..2_000).collect();
        let error = history.record(Input::day(1, &all).document()).await.unwrap_err();
        assert!(error.to_string().starts_with("failed to write reports/0001-run"), "{error}");
        return;
    }
    if what == "check" {
        let error = history.check_writable().await.unwrap_err();
        assert!(error.to_string().starts_with("failed to write runs in "), "{error}");
        return;
    }
    let (seed, n) = what.split_once(' ').unwrap();
    let n: usize = n.parse().unwrap();
    let input = worlds(seed.parse().unwrap(), n + 1).pop().unwrap();
    history.record(input.document()).await.unwrap();
}

#[tokio::test]
async fn a_killed_process_leaves_a_whole_run_or_none() {
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    let runs = worlds(seed, 40);
    let (mut listed, mut killed) = (0, 0);
    for (n, input) in runs.iter().enumerate() {
        let mut child = record_in_child(folder.path(), seed, n);
        // The whole process takes some thirty milliseconds where there is nothing else to do.
        tokio::time::sleep(Duration::from_micros(random.random_range(0..60_000))).await;
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let entries = history.list().await.unwrap();
        let is_there = entries.iter().any(|entry| entry.id == input.id);
        if ended.success() {
            assert!(is_there, "seed {seed}, run {n}: it said that it was recorded");
        } else {
            killed += 1;
        }
        listed += usize::from(is_there);
        assert_eq!(entries.len(), listed, "seed {seed}, run {n}: nothing is lost");
        for entry in &entries {
            assert!(entry.run.is_ok(), "seed {seed}, run {n}: {entry:?}");
        }
        if is_there {
            history.get(&input.id).await.unwrap();
        }
    }
    println!("{killed} of 40 were killed, {listed} are in the history");
    // The next run is as good as any.
    let mut next = runs[0].clone();
    next.id = "9999-run".to_owned();
    assert!(history.record(next.document()).await.unwrap().warnings.is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_leaves_what_is_there_and_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    let first = history.record(Input::day(0, &[1]).document()).await.unwrap();
    // A limit on the size of files is what a full disk looks like to the process.
    for (blocks, what) in [(4, "full"), (0, "check")] {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        command.args(["-c", &script]).arg(std::env::current_exe().unwrap());
        command.env(CHILD, format!("{what} {}", folder.path().display()));
        assert!(start(command).wait().unwrap().success(), "{what}");
    }
    assert_eq!(history.list().await.unwrap().len(), 1);
    assert_eq!(history.get("latest").await.unwrap(), first);
    let reports = std::fs::read_dir(folder.path().join("reports")).unwrap();
    assert_eq!(reports.count(), 1, "no temporary file is left behind");
}
