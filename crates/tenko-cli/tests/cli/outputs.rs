//! Where output goes, and what happens when it cannot.

use std::process::Stdio;

use crate::clouds;
use crate::tool::Tool;

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_plain_lines_on_standard_error() {
    let (_cloud, tool) = clouds::serve().await;
    let ran = tool.ends(0, &["collect", "--format", "json"]);
    ran.json();
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert!(lines[0].starts_with("discovered 3 accounts; "), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("collected: "), "{lines:?}");
    assert!(!ran.stderr.contains(['\u{1b}', '\r']), "{:?}", ran.stderr);
    assert_eq!(tool.ends(0, &["collect", "--quiet"]).stderr, "");
    assert_eq!(tool.ends(0, &["init", "--quiet"]).stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_written_is_known_before_the_work() {
    let (cloud, tool) = clouds::serve().await;
    tool.write("tenants.yaml", clouds::MANIFEST);
    std::fs::create_dir(tool.path("folder")).unwrap();
    tool.write("file", "");
    for (place, why) in [
        ("no/such/place.tenko.zst", "failed to write no/such/place.tenko.zst"),
        ("folder", "it is a folder"),
        ("file/below", "failed to write file/below"),
    ] {
        for (command, option) in [("audit", "--save"), ("collect", "--out")] {
            tool.fails(&[why], &[command, option, place]);
        }
        tool.fails(&[why], &["init", "--force", "--out", place]);
    }
    assert!(cloud.seen().is_empty(), "nothing was asked");
    // The folder for what is kept is a file.
    tool.write(".tenko", "");
    tool.fails(&["failed to read .tenko/redaction.key", "TENKO_REDACTION_KEY"], &["collect"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let tool = Tool::new();
    for args in [&["types"][..], &["--help"], &["policy"], &["completions", "bash"]] {
        let mut child = tool.spawn(args);
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let output = Tool::new().command(&["types"]).stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("failed to write to standard output: No space left"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_as_open_as_any_other_file() {
    let (_cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init"]);
    tool.write("other", "");
    let mode = |name: &str| tool.path(name).metadata().unwrap().permissions();
    assert_eq!(mode("tenants.yaml"), mode("other"));
}
