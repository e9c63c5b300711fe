//! What the end-to-end tests share: emulators that are not ours, and scripts that fill them.

#[path = "../python/interpreter.rs"]
mod interpreter;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

/// A server of the Python environment, on a port of its own until it is dropped.
#[derive(Debug)]
pub struct Emulator {
    name: &'static str,
    process: Child,
    url: String,
    // Kept so that the log can be read when something fails.
    log: tempfile::NamedTempFile,
}

/// Types that moto cannot be asked for whole, with the operation that it lacks. Tests look for the gaps, so that an
/// entry does not outlive its reason.
pub const MOTO_LACKS: &[(&str, &str)] = &[
    ("AWS::Backup::BackupPlan", "backup:ListBackupSelections"),
    ("AWS::Backup::ProtectedResource", "backup:ListProtectedResources"),
    ("AWS::IAM::OrganizationFeatures", "iam:ListOrganizationsFeatures"),
    ("AWS::ServiceQuotas::Quota", "servicequotas:ListServices"),
];

/// Whether moto cannot be asked for a type whole.
pub fn moto_lacks(resource_type: &str) -> bool {
    MOTO_LACKS.iter().any(|(name, _)| *name == resource_type)
}

/// moto, which plays AWS.
#[derive(Debug)]
pub struct Moto(Emulator);

/// What `seed.py` made, and what boto3 says of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Seed {
    /// The management account.
    pub management: String,
    /// Account numbers by name.
    pub accounts: std::collections::BTreeMap<String, String>,
    /// Organizational units' ids by name.
    pub units: std::collections::BTreeMap<String, String>,
    /// Ids of the organization, its root and its policy.
    pub organization: std::collections::BTreeMap<String, String>,
    /// The regions that hold resources.
    pub regions: Vec<String>,
    /// What must be collected.
    pub expect: Vec<Expected>,
}

/// One resource as the emulator reports it: through boto3 and under CloudFormation's names, or through Google's REST
/// APIs.
#[derive(Clone, Debug, Deserialize)]
pub struct Expected {
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// The account or project.
    pub scope: String,
    /// The region or `global`.
    pub region: String,
    /// The id; null where only the name is known.
    pub id: Option<String>,
    /// The name; null where it does not matter.
    pub name: Option<String>,
    /// The tags; null where they do not matter.
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// Attributes that must have these values. Of AWS others may be there.
    pub attributes: serde_json::Map<String, Value>,
}

/// The interpreter of the environment that `cargo xtask test` makes.
///
/// # Panics
/// When it is not there: a test that cannot run must not pass.
pub fn python() -> PathBuf {
    interpreter::python()
}

/// The repository's root.
pub fn root() -> PathBuf {
    interpreter::root()
}

/// What `google.py` made in one emulator, and what that emulator says of it.
#[derive(Clone, Debug, Deserialize)]
pub struct GoogleSeed {
    /// Projects below an organization.
    pub projects: Vec<String>,
    /// Projects that lie nowhere.
    pub parentless: Vec<String>,
    /// What must be collected, with all its attributes.
    pub expect: Vec<Expected>,
}

impl Emulator {
    /// Plays Google Cloud's Resource Manager v3, Pub/Sub and BigQuery, and things that are not read.
    ///
    /// # Panics
    /// When it does not start.
    pub fn drongo() -> Self {
        Self::start("drongo", |command, port| {
            command.args(["server", "--host", "127.0.0.1", "--port", port]);
        })
    }

    /// Plays Google Cloud's Compute Engine, IAM, Pub/Sub, Cloud SQL and Resource Manager v1, each in part.
    ///
    /// # Panics
    /// When it does not start.
    pub fn gcplocal() -> Self {
        Self::start("gcplocal", |command, port| {
            command.args(["start", "--host", "127.0.0.1", "--port", port]);
        })
    }

    /// Starts a program of the environment and waits until it takes connections.
    #[expect(clippy::expect_used, clippy::panic, reason = "a test that cannot run must fail")]
    fn start(name: &'static str, arguments: impl FnOnce(&mut Command, &str)) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let log = tempfile::NamedTempFile::new().expect("a log file");
        let program = python().with_file_name(name);
        let stream = || Stdio::from(log.reopen().expect("the log file"));
        let mut command = Command::new(&program);
        arguments(&mut command, &port.to_string());
        let process = command
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(stream())
            .stderr(stream())
            .spawn()
            .unwrap_or_else(|error| panic!("failed to start {}: {error}", program.display()));
        let mut emulator = Self { name, process, url: format!("http://127.0.0.1:{port}"), log };
        let deadline = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = emulator.process.try_wait().expect("the emulator's state").is_some();
            let late = ended || Instant::now() >= deadline;
            assert!(!late, "{} did not start:\n{}", emulator.name, emulator.log());
            wait(Duration::from_millis(50));
        }
        emulator
    }

    /// Where it serves.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap_or_default()
    }

    /// Runs a script of `tests/python` with this emulator's address; the result is what it prints.
    ///
    /// # Panics
    /// When the script fails.
    #[expect(clippy::expect_used, reason = "a test that cannot run must fail")]
    pub fn script(&self, name: &str, args: &[&str]) -> String {
        let output = Command::new(python())
            .arg(root().join("tests/python").join(name))
            .arg(&self.url)
            .args(args)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("the script to start");
        let said = BufReader::new(&*output.stderr).lines().map_while(Result::ok);
        let said: Vec<_> = said.collect();
        let said = said.join("\n");
        assert!(output.status.success(), "{name} failed:\n{said}\n{}: {}", self.name, self.log());
        String::from_utf8(output.stdout).expect("text")
    }

    /// Fills it, when it plays Google Cloud, with projects and resources.
    ///
    /// # Panics
    /// When that fails.
    #[expect(clippy::expect_used, reason = "a test that cannot run must fail")]
    pub fn google_seed(&self) -> GoogleSeed {
        let said = self.script("google.py", &[self.name]);
        serde_json::from_str(&said).expect("the seed's document")
    }
}

impl Moto {
    /// Starts the emulator and waits until it answers.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        Self(Emulator::start("moto_server", |command, port| {
            command.args(["-H", "127.0.0.1", "-p", port]);
            command.env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false");
        }))
    }

    /// Fills it with an organization and resources.
    ///
    /// # Panics
    /// When that fails.
    #[expect(clippy::expect_used, reason = "a test that cannot run must fail")]
    pub fn seed(&self) -> Seed {
        serde_json::from_str(&self.script("seed.py", &[])).expect("the seed's document")
    }
}

impl Deref for Moto {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.0
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "no runtime here; a process is being waited for")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}
