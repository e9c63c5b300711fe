//! What holds between processes: real ones, many at once, some of them killed.
//!
//! Every test starts its own binary again for its own name alone, with a task in the environment; that run is then one of
//! the processes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod cache;
mod log;

const TASK: &str = "TENKO_TEST_TASK";
const FOLDER: &str = "TENKO_TEST_FOLDER";

/// What this process was started to do, and where; `None` in the one that the test began in.
fn task() -> Option<(String, std::path::PathBuf)> {
    Some((std::env::var(TASK).ok()?, std::env::var_os(FOLDER)?.into()))
}

/// Longer than any of this takes on a busy machine; no process outlives it by much.
const AMPLE: Duration = Duration::from_secs(120);

/// A process that ends with its test, however that ends.
struct Process(Child);

impl Process {
    /// As `kill -9` does.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts this binary for one test, with a task.
fn start(test: &str, task: &str, folder: &Path) -> Process {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--test-threads=1"])
        .env(TASK, task)
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn();
    Process(child.unwrap())
}

/// Waits until they have all ended well.
fn all_end(processes: Vec<Process>) {
    let give_up = Instant::now() + AMPLE;
    for mut process in processes {
        let status = loop {
            match process.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(Instant::now() < give_up, "a process hangs"),
            }
            pause();
        };
        assert!(status.success());
    }
}

/// Waits until a file is there.
fn until(path: &Path) {
    let give_up = Instant::now() + AMPLE;
    while !path.exists() {
        assert!(Instant::now() < give_up, "{} never came", path.display());
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "there is no runtime here that it could block")]
fn pause() {
    std::thread::sleep(Duration::from_millis(2));
}
