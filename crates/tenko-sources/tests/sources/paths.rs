//! Files, folders and globs.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tenko_core::{UnreadCode, msg};
use tenko_messages::english;
use tenko_sources::{Reader, Settings};

use crate::{lines, named, read, settings, source};

fn write(folder: &Path, name: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, name).unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "a.tfstate",
        "b[1].tfstate",
        "b1.tfstate",
        "notes.txt",
        "net/terraform.tfstate",
        "net/terraform.tfstate.backup",
        "net/deep/er/old.tfstate.gz",
        "net/.terraform/terraform.tfstate",
        "net/terraform.tfstate.d/prod/terraform.tfstate",
    ] {
        write(folder.path(), name);
    }
    folder
}

/// What a pattern gives, relative to the folder.
async fn of(folder: &Path, pattern: &str) -> Vec<String> {
    let base = folder.to_str().unwrap();
    let location = tenko_declare::parse_location(pattern).unwrap();
    let results = read(settings(&[]), &[source(base, "prod", location)]).await;
    for document in results.iter().flatten() {
        let content = String::from_utf8(document.bytes.to_vec()).unwrap();
        let file = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(file(&document.name), file(&content), "the content is that of the file");
        assert_eq!(document.owner.as_ref().map(|o| &*o.environment), Some("prod"));
    }
    let name = |line: &str| line.replace(&format!("{base}/"), "");
    lines(&results).iter().map(|line| name(line.split(" = ").next().unwrap())).collect()
}

#[tokio::test]
async fn files_folders_and_globs_are_found() {
    let folder = folder();
    let of = |pattern: &'static str| of(folder.path(), pattern);
    assert_eq!(of("a.tfstate").await, ["a.tfstate"]);
    assert_eq!(of("notes.txt").await, ["notes.txt"], "whatever it is called, it was named");
    let below = [
        "net/deep/er/old.tfstate.gz",
        "net/terraform.tfstate",
        "net/terraform.tfstate.d/prod/terraform.tfstate",
    ];
    assert_eq!(of("net").await, below, "not backups, and not Terraform's own folder");
    assert_eq!(of("net/").await, below);
    assert_eq!(of("*.tfstate").await, ["a.tfstate", "b1.tfstate", "b[1].tfstate"]);
    assert_eq!(of("b[1].tfstate").await, ["b[1].tfstate"], "a name comes before a glob");
    assert_eq!(of("b[0-9].tfstate").await, ["b1.tfstate"]);
    assert_eq!(of("*/terraform.tfstate").await, ["net/terraform.tfstate"]);
    assert_eq!(of("**/old.{tfstate,tfstate.gz}").await, ["net/deep/er/old.tfstate.gz"]);
    assert_eq!(of("net/.terraform/*.tfstate").await, ["net/.terraform/terraform.tfstate"]);
    assert_eq!(of("net/../*.tfstate").await.len(), 3);
}

#[tokio::test]
async fn nothing_is_never_silence() {
    let folder = folder();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (pattern, reason) in [
        ("missing.tfstate", "no such file"),
        ("missing/*.tfstate", "no such file or folder"),
        ("*.tfstat", "no file matches this glob"),
        ("n*", "notes.txt"),
        ("ne*", "no file matches this glob"),
        ("empty", "no state is below this folder"),
    ] {
        let found = of(folder.path(), pattern).await;
        assert!(found.len() == 1 && found[0].contains(reason), "{pattern}: {found:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_and_a_circle_is_said() {
    let folder = folder();
    let path = folder.path();
    std::os::unix::fs::symlink(path.join("net"), path.join("linked")).unwrap();
    assert_eq!(of(path, "linked/*.tfstate").await, ["linked/terraform.tfstate"]);
    std::os::unix::fs::symlink(path.join("net"), path.join("net/deep/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", path.join("net/deep/gone.txt")).unwrap();
    let found = of(path, "net").await;
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[0].starts_with("net/deep/er/") && found[1].contains("leads back"), "{found:?}");
}

#[tokio::test]
async fn a_file_that_two_environments_name_is_read_once_and_belongs_to_neither() {
    let folder = folder();
    let base = folder.path().to_str().unwrap();
    let at = |environment: &str, path: &str| {
        source(base, environment, tenko_declare::parse_location(path).unwrap())
    };
    let sources =
        [at("prod", "a.tfstate"), at("stage", "./net/../a.tfstate"), at("stage", "a.tfstate")];
    let results = read(settings(&[]), &sources).await;
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].as_ref().unwrap().owner, None);
    // What cannot be read is unknown to each of them.
    let results = read(settings(&[]), &[at("prod", "gone"), at("stage", "gone")]).await;
    let owners: Vec<_> = results
        .iter()
        .map(|r| r.as_ref().unwrap_err().owner.clone().unwrap().environment)
        .collect();
    assert_eq!(owners.iter().map(|o| &**o).collect::<Vec<_>>(), ["prod", "stage"]);
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let folder = folder();
    let small = Settings { max_bytes: 9, ..settings(&[]) };
    let path = |name: &str| named(folder.path().join(name).to_str().unwrap());
    let results = read(small, &[path("a.tfstate"), path("b1.tfstate")]).await;
    assert!(results[0].is_ok());
    assert!(lines(&results)[1].ends_with("it is larger than 9 bytes, the most that is read"));
}

/// The order is that of the sources, whatever takes longest, and no more than the bound run at once.
#[tokio::test]
async fn documents_are_handled_in_parallel_and_stay_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..20 {
        write(folder.path(), &format!("{i:02}.tfstate"));
    }
    let reader = Reader::new(Settings { parallel: 4, ..settings(&[]) }).unwrap();
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let sources = [named(folder.path().to_str().unwrap()), named("/nowhere/at/all")];
    let (now, high) = (running.clone(), most.clone());
    let results = reader
        .read(&sources, move |document| {
            high.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let text = String::from_utf8(document.bytes.to_vec()).unwrap();
            let number: u64 = text.split('.').next().unwrap().parse().unwrap();
            std::thread::park_timeout(Duration::from_millis(if number.is_multiple_of(4) {
                30
            } else {
                2
            }));
            now.fetch_sub(1, Ordering::SeqCst);
            if number == 7 {
                Err(msg!("code-truncated", byte = "3", line = "1"))
            } else {
                Ok(number)
            }
        })
        .await;
    let numbers: Vec<_> = results.iter().map(|r| r.as_ref().ok().copied()).collect();
    let expected = (0..20).map(|i| (i != 7).then_some(i)).chain([None]);
    assert_eq!(numbers, expected.collect::<Vec<_>>());
    let UnreadCode { reason, reason_wording, .. } = results[7].as_ref().unwrap_err();
    assert_eq!(reason_wording.as_ref().map(english).as_ref(), Some(reason));
    assert!(reason.contains("last byte, 3"), "{reason}");
    assert!((2..=4).contains(&most.load(Ordering::SeqCst)), "{most:?}");
}
