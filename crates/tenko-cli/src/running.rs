//! Runs a command as a shell would: its signals are its own, and its exit code becomes ours.

use std::process::{Command, ExitStatus};

use crate::failure::Failure;

/// Runs it with this process's input and output. The exit code is the command's, or 128 and the number of the signal
/// that ended it.
pub(crate) async fn run(mut command: Command) -> Result<u8, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| {
        let failure = Failure::new(format!("failed to start `{name}`"));
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let failure = failure.because(error);
        if missing { failure.hint("is it installed, and on PATH?") } else { failure }
    })?;
    let signals = Signals::begin(child.id());
    let waited = tokio::task::spawn_blocking(move || child.wait()).await;
    drop(signals);
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

/// While it lives, Ctrl-C is the command's alone (the terminal sends it to both), and what asks this process to end is
/// passed on.
struct Signals {
    task: tokio::task::JoinHandle<()>,
}

impl Signals {
    #[cfg(unix)]
    fn begin(child: u32) -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let [interrupt, quit, terminate, hangup] = kinds.map(signal);
        let task = tokio::spawn(async move {
            let (Ok(mut interrupt), Ok(mut quit), Ok(mut terminate), Ok(mut hangup)) =
                (interrupt, quit, terminate, hangup)
            else {
                return;
            };
            let pass_on = |signal| {
                if let Some(pid) =
                    i32::try_from(child).ok().and_then(rustix::process::Pid::from_raw)
                {
                    let _ = rustix::process::kill_process(pid, signal);
                }
            };
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = quit.recv() => {}
                    _ = terminate.recv() => pass_on(rustix::process::Signal::TERM),
                    _ = hangup.recv() => pass_on(rustix::process::Signal::HUP),
                }
            }
        });
        Self { task }
    }

    #[cfg(not(unix))]
    fn begin(_child: u32) -> Self {
        let task = tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
        Self { task }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.task.abort();
    }
}
