//! Runs the binary in a folder and a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// An empty folder to work in, and the environment.
pub(crate) struct Tool {
    place: TempDir,
    env: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Tool {
    /// Without credentials, and without a way to any.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("home")).unwrap();
        std::fs::create_dir(place.path().join("work")).unwrap();
        let tool = Self { place, env: Vec::new() };
        tool.env("AWS_EC2_METADATA_DISABLED", "true")
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a key for the cloud that is served there.
    pub(crate) fn at(self, url: &str, key: &str) -> Self {
        self.env("AWS_ENDPOINT_URL", url)
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-east-1")
    }

    /// A file or folder of the folder to work in.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join("work").join(name)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.place.path().join("home")
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// What is in the folder to work in, without the folder for what is kept.
    pub(crate) fn files(&self) -> Vec<String> {
        names(&self.path(""))
    }

    /// The snapshots that are kept.
    pub(crate) fn kept(&self) -> Vec<String> {
        names(&self.path(".tenko/snapshots"))
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenko"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .current_dir(self.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.spawn(args).wait_with_output().unwrap().into()
    }

    /// As [`Self::ends`], of a command that compares, without the risk rules: what they find in a small world is
    /// not what the test is about.
    pub(crate) fn drifts(&self, code: i32, args: &[&str]) -> Ran {
        self.ends(code, &[args, &["--skip", "*"]].concat())
    }

    /// A run that must end with this code.
    pub(crate) fn ends(&self, code: i32, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(code), "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        ran
    }

    /// A run that must fail with an error that says all of `words`, and with nothing else.
    pub(crate) fn fails(&self, words: &[&str], args: &[&str]) -> Ran {
        let before = (self.files(), self.kept());
        let ran = self.ends(1, args);
        assert_eq!(ran.stdout, "", "{args:?}");
        assert!(ran.stderr.contains("error: "), "{args:?}: {}", ran.stderr);
        for word in words {
            assert!(ran.stderr.contains(word), "{args:?}: no `{word}` in:\n{}", ran.stderr);
        }
        assert_eq!((self.files(), self.kept()), before, "{args:?} left something behind");
        ran
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != ".tenko").collect();
    names.sort();
    names
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Standard output, which must be one JSON document and nothing else.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}", self.stdout))
    }

    /// Text for people: it must fit the page, and hold nothing for a terminal.
    pub(crate) fn text(&self) -> &str {
        let wide: Vec<_> = self.stdout.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:#?}");
        assert!(!self.stdout.contains('\u{1b}'), "{:?}", self.stdout);
        &self.stdout
    }
}

/// A member of a JSON document as text; nothing is empty.
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The items of a list in a JSON document.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_else(|| panic!("no list at {pointer}: {value}"))
}
