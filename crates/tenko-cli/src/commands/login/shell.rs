//! `tenko login`: a shell in an environment, with a prompt that says where it is.

use serde_json::json;
use tenko::login::ReadOnlySession;
use tenko::login::child::changes;
use tenko::login::shell::subshell;

use super::exec::{no_folder, refuse_nested};
use super::{Asking, Desk};
use crate::banner;
use crate::failure::Failure;
use crate::human;
use crate::login_args::LoginArgs;
use crate::output::Out;
use crate::running;

pub(crate) async fn run(args: &LoginArgs, out: &Out) -> Result<u8, Failure> {
    refuse_nested()?;
    let desk = Desk::open(&args.place, Asking::Allowed)?;
    let session = desk.enter(args.selector.as_deref(), &args.session, "login", out).await?;
    super::note_cache(&desk.login, out);
    if out.is_json() {
        out.json(&facts(&session))?;
        return Ok(0);
    }
    if args.no_shell || !human::is_there() {
        if desk.login.cache().state().is_shared() {
            out.note("signed in; `tenko exec` runs a command there");
        }
        return Ok(0);
    }
    let changes = changes(&session).map_err(no_folder)?;
    let subshell = subshell(&session, changes, &program(), banner::colours()).map_err(no_folder)?;
    if let Some(note) = &subshell.note {
        out.note(note);
    }
    out.note("`exit` leaves it");
    running::run(subshell.command()).await
}

/// The person's own shell.
fn program() -> std::path::PathBuf {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let fallback = if cfg!(windows) { "powershell.exe" } else { "/bin/sh" };
    named("SHELL").unwrap_or_else(|| fallback.into()).into()
}

/// What is known of the session; no secret.
fn facts(session: &ReadOnlySession) -> serde_json::Value {
    let target = session.target();
    json!({
        "tenant": target.tenant,
        "environment": target.environment,
        "stage": target.stage,
        "cloud": target.scope.cloud.to_string(),
        "scope": target.scope.id.to_string(),
        "identity": session.identity(),
        "who": session.who(),
        "ticket": session.ticket(),
        "levels": session.levels(),
        "proof": session.proof(),
        "issued": session.issued().to_string(),
        "expires": session.expires().to_string(),
    })
}
