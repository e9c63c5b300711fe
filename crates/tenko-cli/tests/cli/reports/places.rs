//! Places that cannot be written, and those that are full.

use std::process::{Command, Stdio};

use super::{runs, toured};
use crate::clouds;
use crate::tool::{Ran, Tool};

#[test]
fn a_folder_of_reports_that_is_none_is_known_at_once() {
    let tool = toured();
    tool.write("file", "");
    std::fs::create_dir(tool.path("taken")).unwrap();
    std::fs::create_dir(tool.path("taken/report.html")).unwrap();
    let failed = "failed to make the folder file";
    for command in [&["report"][..], &["demo"]] {
        tool.fails(&[failed], &[command, &["--format", "html", "--out", "file"]].concat());
        tool.fails(&[failed], &[command, &["--format", "html", "--out", "file/below"]].concat());
    }
    tool.fails(&[failed], &["export", "--out", "file"]);
    tool.fails(&[failed], &["schedule", "systemd", "--out", "file"]);
    let words = ["--out writes files, and no format of files is named", "--format html,markdown"];
    tool.fails(&words, &["report", "--out", "new"]);
    tool.fails(&["--out names the folder of reports"], &["demo", "--out", "new.tenko.zst"]);
    assert!(!tool.path("new").exists(), "a command that is refused makes no folder");
    let words = ["failed to write taken/report.html"];
    tool.fails(&words, &["report", "--format", "html", "--out", "taken"]);
    let words = ["--out names the folder of reports", "--save FILE keeps the snapshot"];
    tool.fails(&words, &["report", "--out", "x.tenko.zst"]);
    assert_eq!(runs(&tool).len(), 2, "nothing was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_cannot_be_written_is_known_before_the_work() {
    let (cloud, tool) = clouds::serve().await;
    tool.write("tenants.yaml", clouds::MANIFEST);
    tool.write("file", "");
    tool.fails(
        &["failed to make the folder file"],
        &["audit", "--format", "html", "--out", "file"],
    );
    assert!(!tool.path(".tenko/history").exists());
    tool.fails(&["file is not a folder", "name a folder"], &["audit", "--history", "file"]);
    let words = ["failed to write runs in file/below", "hint: the place needs room"];
    tool.fails(&words, &["audit", "--history", "file/below"]);
    // Not even root may make files below /proc.
    #[cfg(target_os = "linux")]
    tool.fails(
        &["failed to write runs in /proc/tenko", "hint: the place needs room"],
        &["audit", "--history", "/proc/tenko"],
    );
    assert!(cloud.seen().is_empty(), "nothing was asked");

    let tool = toured();
    std::fs::remove_dir_all(tool.path(".tenko/history/reports")).unwrap();
    tool.write(".tenko/history/reports", "");
    let words = ["failed to write reports in ./.tenko/history"];
    tool.fails(&words, &["demo", "--out", "."]);
}

/// Not even root may make files below /proc.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let tool = toured();
    for args in [
        &["report", "--format", "html", "--out", "/proc/tenko"][..],
        &["schedule", "kubernetes", "--out", "/proc/tenko"],
        &["export", "--out", "/proc/tenko"],
        &["demo", "--out", "/proc/tenko"],
    ] {
        tool.fails(&["failed to make the folder /proc/tenko"], args);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_in_every_format() {
    let tool = toured();
    for (format, _) in super::FORMATS.iter().chain(&[("text", "")]) {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = tool.command(&["report", "--format", format]);
        let ran: Ran = command.stdout(Stdio::from(full)).output().unwrap().into();
        assert_eq!(ran.code, Some(1), "{format}");
        let words = "failed to write to standard output: No space left";
        assert!(ran.stderr.contains(words), "{format}: {}", ran.stderr);
    }
}

/// With a limit of so many kilobytes or half of them to a file, which stands in for a disk that has no more room.
#[cfg(target_os = "linux")]
fn confined(tool: &Tool, blocks: u32, args: &str) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {args}");
    let own = tool.command(&[]);
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(script).arg(own.get_program()).env_clear();
    shell.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ran::from(shell.current_dir(tool.path("")).stdin(Stdio::null()).output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_finds_no_room_leaves_nothing_half() {
    let tool = toured();
    let ran = confined(&tool, 8, "report --format html --out pages");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("failed to write pages/report.html"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(tool.path("pages")).unwrap().count(), 0, "nothing half");
}

/// A run that finds no room is no run.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_finds_no_room_is_as_it_was() {
    let (_cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init", "--depth", "attributes"]);
    tool.ends(0, &["audit", "-q", "--skip", "*"]);
    let before = runs(&tool);
    let ran = confined(&tool, 1, "audit -q --skip '*'");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("CLEAN: "), "{}", ran.stdout);
    assert!(ran.stderr.contains("the run was not kept"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: the place needs room"), "{}", ran.stderr);
    assert_eq!(runs(&tool), before);
    let left = |folder: &str| std::fs::read_dir(tool.path(folder)).unwrap().count();
    assert_eq!((left(".tenko/history/runs"), left(".tenko/history/reports")), (1, 1));
    tool.ends(0, &["audit", "-q", "--skip", "*"]);
    assert_eq!(runs(&tool).len(), 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let tool = toured();
    for format in ["text", "csv", "html", "json"] {
        let mut child = tool.spawn(&["report", "--format", format]);
        drop(child.stdout.take());
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!(ran.stderr, "", "{format}: {ran:?}");
    }
}
