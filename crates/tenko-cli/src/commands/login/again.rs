//! Past a profile that leads back to tenko.

use std::process::Command;

use tenko::login::aws::begins_with_itself;

use crate::failure::Failure;

/// Whoever uses AWS's tools sets `AWS_PROFILE` for a whole shell, also to a profile that `tenko profiles` wrote. Such a
/// one gets its credentials from tenko, so tenko begins with what there is without it. A process cannot safely change its
/// own environment: it is started again. `None`: there is no such profile.
pub(crate) async fn past_own_profile() -> Result<Option<u8>, Failure> {
    if !begins_with_itself().await {
        return Ok(None);
    }
    let fail = |error| Failure::new("failed to start again without AWS_PROFILE").because(error);
    let mut command = Command::new(std::env::current_exe().map_err(fail)?);
    command.args(std::env::args_os().skip(1)).env_remove("AWS_PROFILE");
    again(command).await.map(Some)
}

#[cfg(unix)]
async fn again(mut command: Command) -> Result<u8, Failure> {
    // In this process, so that signals and the terminal are its own. It only comes back where that fails.
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(Failure::new("failed to start again without AWS_PROFILE").because(error))
}

#[cfg(not(unix))]
async fn again(command: Command) -> Result<u8, Failure> {
    crate::running::run(command).await
}
