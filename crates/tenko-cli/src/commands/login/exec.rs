//! `tenko exec`: a command that sees the session and no other credentials.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;

use tenko::login::child::{Changes, changes, changes_for_server};
use tenko::login::server::{SessionSource, serve, token};
use tenko::login::{Ask, Login, ReadOnlySession, Target};
use tenko::model::BoxFuture;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::{Asking, Desk, ask, each};
use crate::failure::Failure;
use crate::login_args::ExecArgs;
use crate::output::Out;
use crate::running;

pub(crate) async fn run(args: &ExecArgs, out: &Out) -> Result<u8, Failure> {
    refuse_nested()?;
    let desk = Desk::open(&args.place, Asking::Allowed)?;
    if args.each {
        return each::run(args, &desk, out).await;
    }
    if let [_, _, ..] = args.selectors.as_slice() {
        return Err(Failure::new("several environments were named")
            .hint("--each runs the command in each of them"));
    }
    let how = format!("exec {}", name_of(&args.command));
    let selector = args.selectors.first().map(String::as_str);
    let session = desk.enter(selector, &args.session, &how, out).await?;
    if args.server {
        let target = session.target().clone();
        let ask = ask(&target, &args.session)?;
        let endpoint = Endpoint::start(Arc::clone(&desk.login), target, ask, 0).await?;
        let changes = endpoint.changes(&session)?;
        return running::run(command(&args.command, &changes)?).await;
    }
    let changes = changes(&session).map_err(no_folder)?;
    running::run(command(&args.command, &changes)?).await
}

/// Within a session there are no credentials to begin another one with, and the prompt would lie.
pub(crate) fn refuse_nested() -> Result<(), Failure> {
    match std::env::var("TENKO_ENVIRONMENT") {
        Ok(label) if !label.is_empty() => {
            Err(Failure::new(format!("this is a session of {label} already")).hint(
                "leave it first: `exit`, or after `tenko env` \
                       `eval \"$(tenko env --unset)\"`",
            ))
        }
        _ => Ok(()),
    }
}

/// The program, without its arguments: those may hold what belongs into no log.
pub(crate) fn name_of(command: &[String]) -> &str {
    command.first().map(String::as_str).unwrap_or_default()
}

/// The command with the session's environment.
pub(crate) fn command(words: &[String], changes: &Changes) -> Result<Command, Failure> {
    let (program, arguments) =
        words.split_first().ok_or_else(|| Failure::new("there is no command to run"))?;
    let mut command = Command::new(program);
    command.args(arguments);
    changes.apply(&mut command);
    Ok(command)
}

pub(crate) fn no_folder(error: std::io::Error) -> Failure {
    Failure::new("failed to prepare the command's environment").because(error)
}

/// An endpoint that hands out the session, renewed whenever it must be. It ends with this value.
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    pub(crate) token: Zeroizing<String>,
    task: tokio::task::JoinHandle<()>,
}

impl Endpoint {
    pub(crate) async fn start(
        login: Arc<Login>,
        target: Target,
        ask: Ask,
        port: u16,
    ) -> Result<Self, Failure> {
        let fail =
            |error| Failure::new("failed to serve credentials on this machine").because(error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let token = token();
        let own = token.clone();
        let source = Arc::new(Renewed { login, target, ask: Ask { fresh: false, ..ask } });
        let task = tokio::spawn(async move {
            if let Err(error) = serve(listener, own, source, std::future::pending()).await {
                tracing::error!(%error, "the endpoint ended");
            }
        });
        Ok(Self { address, token, task })
    }

    pub(crate) fn changes(&self, session: &ReadOnlySession) -> Result<Changes, Failure> {
        changes_for_server(session, self.address, &self.token).map_err(no_folder)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Renewed {
    login: Arc<Login>,
    target: Target,
    ask: Ask,
}

impl SessionSource for Renewed {
    fn session(&self) -> BoxFuture<'_, Result<ReadOnlySession, String>> {
        Box::pin(async {
            self.login
                .session(&self.target, &self.ask)
                .await
                .map_err(|error| tenko::with_causes(&error))
        })
    }
}
