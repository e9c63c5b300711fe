//! `tenko server`: credentials for programs on this machine that renew them by themselves.

use tenko::login::shell::exports;

use super::exec::Endpoint;
use super::{Asking, Desk, ask};
use crate::failure::Failure;
use crate::login_args::ServerArgs;
use crate::output::Out;

pub(crate) async fn run(
    args: &ServerArgs,
    out: &Out,
    stop: tenko::collect::CancellationToken,
) -> Result<u8, Failure> {
    super::exec::refuse_nested()?;
    let shell = super::env::shell(args.shell)?;
    let desk = Desk::open(&args.place, Asking::Allowed)?.for_aws();
    let session = desk.enter(args.selector.as_deref(), &args.session, "server", out).await?;
    let target = session.target().clone();
    let asked = ask(&target, &args.session)?;
    let endpoint =
        Endpoint::start(std::sync::Arc::clone(&desk.login), target, asked, args.port).await?;
    // The folder with the empty files that the variables name lives as long as the endpoint does.
    let changes = endpoint.changes(&session)?;
    out.text(&exports(&changes, shell))?;
    out.note("serving until Ctrl-C");
    stop.cancelled().await;
    Ok(0)
}
