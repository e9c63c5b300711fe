//! Runs commands as a shell would: their signals are their own, and of a single one the exit code becomes ours.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::human;

/// Runs it with this process's input and output. The exit code is the command's, or 128 and the number of the signal
/// that ended it.
pub(crate) async fn run(mut command: Command) -> Result<u8, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let watch = Watch::begin(WhenAsked::PassOn);
    let children = watch.children();
    let mut child = children.spawn(&mut command).map_err(|error| {
        let failure = Failure::new(format!("failed to start `{name}`"));
        let missing = error.kind() == io::ErrorKind::NotFound;
        let failure = failure.because(error);
        if missing { failure.hint("is it installed, and on PATH?") } else { failure }
    })?;
    let waited = tokio::task::spawn_blocking(move || children.wait(&mut child)).await;
    drop(watch);
    match waited {
        Ok(Ok(status)) => Ok(code(status)),
        Ok(Err(error)) => Err(Failure::new(format!("failed to wait for `{name}`")).because(error)),
        Err(error) => Err(Failure::new(format!("failed to wait for `{name}`")).because(error)),
    }
}

/// What a shell would say of it.
pub(crate) fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(255);
    }
    // Windows has codes of 32 bits.
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

/// The commands that run now. None is left behind by a signal that came while it was being started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Children {
    running: Arc<Mutex<Running>>,
}

#[derive(Debug, Default)]
struct Running {
    ids: BTreeSet<u32>,
    is_closed: bool,
}

impl Children {
    /// Starts a command.
    ///
    /// # Errors
    /// Where it cannot be started, and once no more are to be.
    pub(crate) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        let mut running = self.lock();
        if running.is_closed {
            return Err(io::Error::other(STOPPED));
        }
        let child = command.spawn()?;
        running.ids.insert(child.id());
        Ok(child)
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub(crate) fn wait(&self, child: &mut Child) -> io::Result<ExitStatus> {
        let status = child.wait();
        self.lock().ids.remove(&child.id());
        status
    }

    /// From now on none is started.
    fn close(&self) {
        self.lock().is_closed = true;
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        for id in &self.lock().ids {
            let id = i32::try_from(*id).ok().and_then(rustix::process::Pid::from_raw);
            // One that has just ended cannot be told, and need not be.
            let _ = id.map(|id| rustix::process::kill_process(id, signal));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a command was not started.
pub(crate) const STOPPED: &str = "not started: stopped before its turn";

/// What becomes of a signal that asks this process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenAsked {
    /// It is the command's: Ctrl-C the terminal sends to both, the others are passed on.
    PassOn,
    /// The same, and no further command is started; when it comes again, all are told to end, and where there are none
    /// this process ends.
    Stop {
        /// Nothing is said about it.
        quiet: bool,
    },
}

/// While it lives, signals are handled as is said there.
#[derive(Debug)]
pub(crate) struct Watch {
    children: Children,
    stopped: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Watch {
    #[cfg(unix)]
    pub(crate) fn begin(when: WhenAsked) -> Self {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};

        let (children, stopped) = (Children::default(), CancellationToken::new());
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        // Before the first command starts: what comes in between is not lost.
        let [interrupt, quit, terminate, hangup] = kinds.map(signal);
        let (told, stop) = (children.clone(), stopped.clone());
        let task = tokio::spawn(async move {
            let (Ok(mut interrupt), Ok(mut quit), Ok(mut terminate), Ok(mut hangup)) =
                (interrupt, quit, terminate, hangup)
            else {
                return;
            };
            loop {
                let pass_on = tokio::select! {
                    _ = interrupt.recv() => None,
                    _ = quit.recv() => None,
                    _ = terminate.recv() => Some(Signal::TERM),
                    _ = hangup.recv() => Some(Signal::HUP),
                };
                let again = stop.is_cancelled();
                asked(when, &told, &stop);
                if let Some(signal) = pass_on.or(again.then_some(Signal::TERM)) {
                    told.signal(signal);
                }
            }
        });
        Self { children, stopped, task }
    }

    #[cfg(not(unix))]
    pub(crate) fn begin(when: WhenAsked) -> Self {
        let (children, stopped) = (Children::default(), CancellationToken::new());
        let (told, stop) = (children.clone(), stopped.clone());
        let task = tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                asked(when, &told, &stop);
            }
        });
        Self { children, stopped, task }
    }

    /// The commands that signals are passed on to.
    pub(crate) fn children(&self) -> Children {
        self.children.clone()
    }

    /// Cancelled once this process was asked to end.
    pub(crate) fn stopped(&self) -> &CancellationToken {
        &self.stopped
    }
}

/// What a signal does to what is still to come.
fn asked(when: WhenAsked, children: &Children, stop: &CancellationToken) {
    let WhenAsked::Stop { quiet } = when else { return };
    if human::is_typing() || (stop.is_cancelled() && children.lock().ids.is_empty()) {
        crate::end_now();
    }
    children.close();
    if !stop.is_cancelled() && !quiet {
        let _ = writeln!(io::stderr(), "stopping; Ctrl-C again ends what runs");
    }
    stop.cancel();
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Stdio;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn codes_are_those_of_a_shell() {
        assert_eq!(run(shell("exit 0")).await.unwrap(), 0);
        assert_eq!(run(shell("exit 7")).await.unwrap(), 7);
        assert_eq!(run(shell("kill -TERM $$")).await.unwrap(), 143);
        let failure = run(Command::new("/nowhere/a-command")).await.unwrap_err().to_string();
        assert!(failure.contains("failed to start `/nowhere/a-command`"), "{failure}");
        assert!(failure.contains("hint: is it installed"), "{failure}");
    }

    #[test]
    fn all_that_run_are_told_and_none_is_started_after() {
        let children = Children::default();
        let mut all: Vec<_> =
            (0..3).map(|_| children.spawn(&mut shell("exec sleep 60")).unwrap()).collect();
        children.close();
        assert_eq!(children.spawn(&mut shell("true")).unwrap_err().to_string(), STOPPED);
        children.signal(rustix::process::Signal::TERM);
        for child in &mut all {
            assert_eq!(code(children.wait(child).unwrap()), 143);
        }
        assert!(children.lock().ids.is_empty());
    }
}
