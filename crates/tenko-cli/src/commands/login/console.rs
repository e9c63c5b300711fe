//! `tenko console`: the provider's web console, read-only.

use std::time::Duration;

use tenko::login::Target;
use tenko::login::console::{ConsoleError, client, sign_in_url};
use tenko::login::redirect::OneShot;
use tenko::model::Cloud;
use tenko::report::visible;

use super::{Asking, Desk};
use crate::failure::Failure;
use crate::human;
use crate::login_args::ConsoleArgs;
use crate::output::Out;

/// For the browser to ask for the address.
const WAIT: Duration = Duration::from_secs(60);

pub(crate) async fn run(args: &ConsoleArgs, out: &Out) -> Result<u8, Failure> {
    super::exec::refuse_nested()?;
    let desk = Desk::open(&args.place, Asking::Allowed)?.for_aws();
    let has_console = |target: &Target| match target.scope.cloud == Cloud::gcp() {
        true => Err(failed(&ConsoleError::Google)),
        false => Ok(()),
    };
    let selector = args.selector.as_deref();
    let session = desk.enter_if(has_console, selector, &args.session, "console", out).await?;
    let http = client().map_err(|error| failed(&error))?;
    // For emulators, and for partitions whose sign-in host is another one.
    let endpoint = std::env::var("TENKO_SIGNIN_ENDPOINT").ok().filter(|url| !url.is_empty());
    if let Some(endpoint) = &endpoint {
        // It gets the session's credentials.
        out.note(&format!("signing in through TENKO_SIGNIN_ENDPOINT: {}", visible(endpoint)));
    }
    let destination = args.destination.as_deref();
    let url = sign_in_url(&session, &http, endpoint.as_deref(), destination)
        .await
        .map_err(|error| failed(&error))?;
    if args.print {
        let text = zeroize::Zeroizing::new(format!("{}\n", url.as_str()));
        out.text(&text)?;
        return Ok(0);
    }
    let fail = |error| Failure::new("failed to serve the address to the browser").because(error);
    let mut shot = OneShot::bind(url).await.map_err(fail)?;
    // The address of the redirect is good once, and only on this machine: it may stand in an argument list.
    human::browse(&shot.address()).map_err(|error| {
        Failure::new("failed to open the console")
            .because(error)
            .hint("--print shows the address; whoever has it is signed in for 15 minutes")
    })?;
    shot.served(WAIT).await.map_err(|error| {
        Failure::new("failed to open the console").because(error).hint(error.hint())
    })?;
    Ok(0)
}

fn failed(error: &ConsoleError) -> Failure {
    Failure::of(error, error.hint())
}
