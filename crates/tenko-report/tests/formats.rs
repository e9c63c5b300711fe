//! Every format, held to public schemas and to programs that are not ours: `tests/python/formats.py` says
//! which.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot run must fail and say why"
)]
#![expect(dead_code, reason = "the fixture is that of the other tests, which use more of it")]

#[path = "report/differences.rs"]
mod differences;
#[path = "report/fixture.rs"]
mod fixture;
#[path = "../../../tests/python/interpreter.rs"]
mod interpreter;
#[path = "report/rich.rs"]
mod rich;

use std::path::{Path, PathBuf};
use std::process::Command;

use tenko_report::messages::Lang;
use tenko_report::{Document, Format, RenderOptions, github, render, sarif};

use interpreter::{python, root};

/// Writes a document in every format and language below `folder`.
fn write(folder: &Path, name: &str, document: &Document) {
    for lang in Lang::ALL {
        let options = RenderOptions::of(document, lang);
        let folder = folder.join(name).join(lang.tag());
        std::fs::create_dir_all(&folder).unwrap();
        for format in Format::ALL {
            let text = render(document, format, &options);
            std::fs::write(folder.join(format.file_name()), text).unwrap();
        }
        let more = [
            ("summary.md", github::summary(document, &options)),
            ("issue.md", github::issue_body(document, &options, "<!-- tenko:x -->", 65_536)),
            ("archive.sarif", sarif::archive(document, &options)),
        ];
        for (file, text) in more {
            std::fs::write(folder.join(file), text).unwrap();
        }
    }
}

/// What the script says that it read: a script that reads nothing proves nothing.
fn check(folder: &Path) -> serde_json::Value {
    let script = root().join("tests/python/formats.py");
    let mut command = Command::new(python());
    command.arg(script).arg(folder).env("PYTHONDONTWRITEBYTECODE", "1");
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{said}");
    serde_json::from_slice(&out.stdout).unwrap()
}

/// A folder that is there while a test runs.
struct Folder(PathBuf);

impl Folder {
    /// Of this process alone: the same tests may run twice at a time.
    fn new(name: &str) -> Self {
        let name = format!("{name}-{}", std::process::id());
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // One that is left over does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn others_read_what_we_write() {
    let Folder(folder) = &Folder::new("formats");
    let mut first = rich::rich();
    first.history = None;
    first.past.clear();
    first.suppressed.clear();
    first.findings.iter_mut().for_each(|finding| finding.standing = None);
    first.drift.iter_mut().for_each(|drift| drift.standing = None);
    for (name, document) in [
        ("rich", rich::rich()),
        ("first", first),
        ("clean", fixture::Run::new().document()),
        ("many", rich::many(500)),
    ] {
        write(folder, name, &document);
        std::fs::write(folder.join(name).join("expect.json"), expect(&document)).unwrap();
    }
    let read = check(folder);
    assert_eq!(read["files"], 4 * 2 * 12, "{read}");
    assert!(read["results"].as_u64().unwrap() > 3_000, "{read}");
}

#[test]
fn hostile_text_is_text_for_others_too() {
    let Folder(folder) = &Folder::new("formats-hostile");
    for (i, text) in rich::TEXTS.iter().enumerate() {
        let name = format!("hostile-{i:02}");
        let document = rich::hostile(text);
        write(folder, &name, &document);
        std::fs::write(folder.join(name).join("expect.json"), expect(&document)).unwrap();
    }
    let read = check(folder);
    assert_eq!(read["files"], rich::TEXTS.len() * 2 * 12, "{read}");
}

/// What must be in every format that lists all.
fn expect(document: &Document) -> String {
    let all = document.findings.len()
        + document.drift.len()
        + document.suppressed.len()
        + document.past.len();
    serde_json::json!({
        "entries": all,
        "incomplete": document.summary.incomplete,
        "url": document.display.url,
    })
    .to_string()
}
