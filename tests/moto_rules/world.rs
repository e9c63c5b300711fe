//! The accounts that are looked at: `tests/python/risk/main.py`, which makes and serves them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use tenko_tests::{python, root};

/// The emulator, until it is dropped.
pub(crate) struct World {
    process: Child,
    pub(crate) made: Made,
}

/// What the script says that it made.
#[derive(Deserialize)]
pub(crate) struct Made {
    pub(crate) url: String,
    pub(crate) regions: Vec<String>,
    /// Numbers by name.
    pub(crate) accounts: BTreeMap<String, String>,
    /// Names of what has an id that differs from run to run.
    names: BTreeMap<String, String>,
}

impl World {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(python())
            .arg(root().join("tests/python/risk/main.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The emulator logs every call that it does not know.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let made = serde_json::from_str(&line)
            .expect("tests/python/risk/main.py ended early: run it by hand to see why");
        Self { process, made }
    }

    /// What the tests call what has this id.
    pub(crate) fn name(&self, id: &str) -> Option<&str> {
        self.made.names.get(id).map(String::as_str)
    }

    /// All names, by id.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.made.names.iter().map(|(id, name)| (id.as_str(), name.as_str()))
    }

    /// Replaces `{account}` by the account's number.
    pub(crate) fn fill(&self, text: &str) -> String {
        let accounts = self.made.accounts.iter();
        accounts.fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
