//! The team whose infrastructure is looked at: a script that makes it, changes it and deletes it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tenko_tests::{Moto, python, root};

/// `tests/python/iac/main.py`, running. Requests are answered line by line, because most of what it
/// knows is how to put back what it changed.
pub(crate) struct Team {
    process: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pub(crate) made: Made,
}

/// What was made, and what Terraform would have written down.
#[derive(Deserialize)]
pub(crate) struct Made {
    pub(crate) account: String,
    pub(crate) region: String,
    /// By file.
    pub(crate) states: BTreeMap<String, Value>,
    /// By type.
    pub(crate) table: BTreeMap<String, Row>,
    /// How many times something can be changed.
    pub(crate) rounds: usize,
    pub(crate) stack: Stack,
}

/// One type's mapped attributes.
#[derive(Deserialize)]
pub(crate) struct Row {
    /// How many changes there are of each.
    pub(crate) changed: BTreeMap<String, usize>,
    /// Why the others have none.
    pub(crate) fixed: BTreeMap<String, String>,
}

/// A stack that no state knows.
#[derive(Deserialize)]
pub(crate) struct Stack {
    pub(crate) id: String,
    pub(crate) resources: Vec<StackResource>,
}

#[derive(Deserialize)]
pub(crate) struct StackResource {
    #[serde(rename = "type")]
    pub(crate) resource_type: String,
    pub(crate) id: String,
}

/// A difference that must be reported, or was.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Difference {
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(rename = "type")]
    pub(crate) resource_type: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) paths: Vec<String>,
    /// The state and the address in it.
    #[serde(default)]
    pub(crate) file: String,
    #[serde(default)]
    pub(crate) address: String,
}

impl Team {
    /// Makes everything in the emulator.
    pub(crate) fn start(moto: &Moto) -> Self {
        let mut process = Command::new(python())
            .arg(root().join("tests/python/iac/main.py"))
            .arg(moto.url())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let made = answer(&mut answers);
        Self { process, requests, answers, made }
    }

    /// Changes one attribute of everything that has another one to change.
    pub(crate) fn change(&mut self, round: usize) -> BTreeSet<Difference> {
        self.ask("changed", &json!(["change", round]))
    }

    /// Puts back what was changed; what can't be put back is left.
    pub(crate) fn restore(&mut self, round: usize) -> BTreeSet<Difference> {
        self.ask("changed", &json!(["restore", round]))
    }

    /// Makes one resource of each type that no code knows.
    pub(crate) fn make_by_hand(&mut self) -> BTreeSet<Difference> {
        self.ask("unmanaged", &json!(["make_by_hand"]))
    }

    /// Deletes those; what can't be deleted at once is left.
    pub(crate) fn tidy(&mut self) -> BTreeSet<Difference> {
        self.ask("unmanaged", &json!(["tidy"]))
    }

    /// Deletes everything that the states declare. What stays listed has changed.
    pub(crate) fn delete(&mut self) -> BTreeSet<Difference> {
        let all = self.ask("missing", &json!(["delete"]));
        let kind = |d: &Difference| if d.paths.is_empty() { "missing" } else { "changed" };
        all.into_iter().map(|d| Difference { kind: kind(&d).to_owned(), ..d }).collect()
    }

    fn ask(&mut self, kind: &str, request: &Value) -> BTreeSet<Difference> {
        writeln!(self.requests, "{request}").unwrap();
        let found: Vec<Difference> = answer(&mut self.answers);
        found.into_iter().map(|d| Difference { kind: kind.to_owned(), ..d }).collect()
    }
}

/// What the script says; what went wrong stands in its own words above.
fn answer<T: DeserializeOwned>(answers: &mut Lines<BufReader<ChildStdout>>) -> T {
    let line = answers.next().expect("the script ended").unwrap();
    serde_json::from_str(&line).unwrap()
}

impl Drop for Team {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
