//! The page in Debian's Chromium, driven by `tests/python/report_page.py`. `cargo xtask test` gets the
//! browser and runs these; each test is one check of that script.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

use tenko_report::messages::Lang;

use crate::interpreter::{python, root};
use crate::source::page;
use crate::{hostile, sample};

/// The pages, by file name; written once for all checks.
static PAGES: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    let (hostile, _) = hostile::document();
    let documents = [
        ("daily", sample::daily()),
        ("clean", sample::clean()),
        ("small", sample::small()),
        ("hostile", hostile),
    ];
    for (name, document) in documents {
        for lang in Lang::ALL {
            let file = folder.join(format!("{name}-{lang}.html"));
            std::fs::write(file, page(&document, lang)).unwrap();
        }
    }
    folder
});

/// Runs one check of the script; what it prints is shown with the test.
fn check(name: &str) {
    let python = python();
    let browser = std::env::var_os("TENKO_TEST_CHROMIUM").map_or("chromium".into(), PathBuf::from);
    let out = Command::new(&python)
        .arg(root().join("tests/python/report_page.py"))
        .args([Path::new(name), &browser, &PAGES])
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", python.display()));
    let (stdout, stderr) =
        (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    println!("{stdout}");
    assert!(out.status.success(), "{stdout}\n{stderr}");
}

macro_rules! checks {
    ($($name:ident)+) => {
        $(#[test]
        #[ignore = "needs Chromium: `cargo xtask test` runs it"]
        fn $name() {
            check(stringify!($name));
        })+
    };
}

checks! {
    nothing_is_said_and_nothing_is_fetched
    hostile_text_does_nothing
    axe_finds_nothing
    everything_is_done_with_the_keyboard
    a_phone_needs_no_sideways_scrolling
    a_phone_has_room_for_words_and_numbers
    paper_shows_what_is_closed
    without_script_all_sections_are_there
}

/// Load and filter of a hundred thousand findings, beside a page with none.
#[test]
#[ignore = "needs Chromium: `cargo xtask test` runs it"]
fn a_hundred_thousand_findings_open_and_filter() {
    let file = PAGES.join("large-en.html");
    let document = sample::many(100_000);
    let begin = Instant::now();
    let page = page(&document, Lang::En);
    println!("rendered in {} ms", begin.elapsed().as_millis());
    std::fs::write(file, page).unwrap();
    check("large");
}
