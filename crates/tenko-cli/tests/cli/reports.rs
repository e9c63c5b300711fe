//! Reports that run on their own: formats, languages, history, decisions, schedules, who is told, and exports.

mod damaged;
mod decisions;
mod exports;
mod formats;
mod kept;
mod places;
mod schedules;
mod told;
mod web;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::tool::{Tool, at, list};

/// What reports are written in, beside text, and the files that hold them.
const FORMATS: [(&str, &str); 9] = [
    ("json", "report.json"),
    ("html", "report.html"),
    ("markdown", "report.md"),
    ("csv", "report.csv"),
    ("sarif", "report.sarif"),
    ("junit", "report.junit.xml"),
    ("ocsf", "report.ocsf.json"),
    ("slack", "report.slack.json"),
    ("github", "report.github.txt"),
];

/// Two runs of the demo into one folder. They take seconds, and many tests only look at what they left behind.
struct Tour {
    /// The texts of both runs.
    texts: [String; 2],
    files: Vec<(PathBuf, Vec<u8>)>,
}

static TOUR: LazyLock<Tour> = LazyLock::new(|| {
    let tool = Tool::new();
    let run = || tool.ends(0, &["demo", "-q", "--out", "."]).text().to_owned();
    let texts = [run(), run()];
    let mut files = Vec::new();
    read(&tool.path(""), Path::new(""), &mut files);
    Tour { texts, files }
});

fn read(root: &Path, below: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(root.join(below)).unwrap() {
        let name = below.join(entry.unwrap().file_name());
        let path = root.join(&name);
        if path.is_dir() {
            read(root, &name, files);
        } else {
            files.push((name, std::fs::read(path).unwrap()));
        }
    }
}

/// A tool where the demo ran twice: its manifest, snapshot and history are in the folder to work in.
fn toured() -> Tool {
    toured_with(Tool::new())
}

fn toured_with(tool: Tool) -> Tool {
    for (name, bytes) in &TOUR.files {
        let path = tool.path(name.to_str().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    tool
}

/// The runs that are kept, the newest first.
fn runs(tool: &Tool) -> Vec<String> {
    let listed = tool.ends(0, &["history", "--format", "json"]).json();
    list(&listed, "/runs").iter().map(|run| at(run, "/run").to_owned()).collect()
}

/// The last run as a document; its code is that of its verdict.
fn latest(tool: &Tool) -> Value {
    tool.run(&["report", "--format", "json"]).json()
}

/// Text as one line: where it is broken depends on what is in it.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What earlier runs had, and this one did not see.
fn past(document: &Value) -> &[Value] {
    document.get("past").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
