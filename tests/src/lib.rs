//! What the end-to-end tests share: the emulator, filled by boto3.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

/// moto, serving on a port of its own until it is dropped.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    url: String,
    // Kept so that the log can be read when something fails.
    log: tempfile::NamedTempFile,
}

/// What the seed script made, and what boto3 says of it.
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

/// One resource as boto3 reports it, under CloudFormation's names.
#[derive(Clone, Debug, Deserialize)]
pub struct Expected {
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// The account.
    pub scope: String,
    /// The region or `global`.
    pub region: String,
    /// The id; null where only the name is known.
    pub id: Option<String>,
    /// The name; null where it does not matter.
    pub name: Option<String>,
    /// The tags; null where they do not matter.
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// Attributes that must have these values; others may be there.
    pub attributes: serde_json::Map<String, Value>,
}

/// The interpreter of the environment that `cargo xtask test` makes.
///
/// # Panics
/// When it is not there: a test that cannot run must not pass.
#[expect(clippy::panic, reason = "a test that cannot run must fail and say why")]
pub fn python() -> PathBuf {
    let given = std::env::var_os("TENKO_TEST_PYTHON").map(PathBuf::from);
    let made = root().join("target/python/bin/python");
    match given.or_else(|| made.is_file().then_some(made)) {
        Some(path) => path,
        None => panic!("the emulator's Python environment is missing: run `cargo xtask test`"),
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

impl Moto {
    /// Starts the emulator and waits until it answers.
    ///
    /// # Panics
    /// When it does not start.
    #[expect(clippy::expect_used, clippy::panic, reason = "a test that cannot run must fail")]
    pub fn start() -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let log = tempfile::NamedTempFile::new().expect("a log file");
        let server = python().with_file_name("moto_server");
        let stream = || Stdio::from(log.reopen().expect("the log file"));
        let process = Command::new(&server)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
            .stdin(Stdio::null())
            .stdout(stream())
            .stderr(stream())
            .spawn()
            .unwrap_or_else(|error| panic!("failed to start {}: {error}", server.display()));
        let mut moto = Self { process, url: format!("http://127.0.0.1:{port}"), log };
        let deadline = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = moto.process.try_wait().expect("the emulator's state").is_some();
            assert!(!ended && Instant::now() < deadline, "moto did not start:\n{}", moto.log());
            wait(Duration::from_millis(50));
        }
        moto
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
        assert!(output.status.success(), "{name} failed:\n{}\n{}", said.join("\n"), self.log());
        String::from_utf8(output.stdout).expect("text")
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

impl Drop for Moto {
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
