//! Who changes the accounts between two runs: `tests/python/reports.py`, which makes and serves them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tenko_tests::{python, root};

/// The emulator with what makes and changes things in it, until it is dropped.
pub(crate) struct Team {
    process: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pub(crate) made: Made,
}

/// What the script says that it made.
#[derive(Deserialize)]
pub(crate) struct Made {
    pub(crate) url: String,
    /// Numbers by name.
    pub(crate) accounts: BTreeMap<String, String>,
    pub(crate) region: String,
}

impl Team {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(python())
            .arg(root().join("tests/python/reports.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = answers.next().expect("the script ended; it says above why").unwrap();
        let made = serde_json::from_str(&line).unwrap();
        Self { process, requests, answers, made }
    }

    /// Has a method of the script's `Team` called.
    pub(crate) fn does(&mut self, request: Value) -> Value {
        writeln!(self.requests, "{request}").unwrap();
        let line = self.answers.next().expect("the script ended; it says above why").unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Every object of the bucket, by name: its content in hexadecimal digits. Each has one version, and
    /// nothing was ever deleted.
    pub(crate) fn objects(&mut self) -> BTreeMap<String, String> {
        let said = self.does(serde_json::json!(["versions"]));
        assert_eq!(said["deleted"], 0, "something was deleted");
        let keys: Vec<String> = serde_json::from_value(said["keys"].clone()).unwrap();
        let mut objects = BTreeMap::new();
        for key in keys {
            let body = self.does(serde_json::json!(["body", key]));
            let before = objects.insert(key.clone(), body.as_str().unwrap().to_owned());
            assert_eq!(before, None, "{key} has several versions");
        }
        objects
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
