//! `tenko exec --each`: one command in many environments.

use std::process::Stdio;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tenko::login::Target;
use tenko::login::child::changes;
use tenko::report::visible;

use super::exec::{command, name_of, no_folder};
use super::lines::{Kept, MOST_OF_ALL, pass};
use super::{Desk, ask, refused};
use crate::banner;
use crate::failure::Failure;
use crate::login_args::ExecArgs;
use crate::output::Out;
use crate::running::{self, Watch, WhenAsked};

/// How it went in one environment.
struct Outcome {
    target: Target,
    /// The command's exit code, or why there was none.
    result: Result<u8, String>,
    /// Why the session was taken to be read-only.
    proof: Option<String>,
    stdout: Kept,
    stderr: Kept,
}

/// What all runs have in common.
struct Runs<'a> {
    desk: &'a Desk,
    args: &'a ExecArgs,
    watch: &'a Watch,
    out: &'a Out,
    /// Whole lines of one environment at a time.
    terminal: Arc<Mutex<()>>,
    /// Left of [`MOST_OF_ALL`].
    room: Arc<AtomicUsize>,
}

pub(crate) async fn run(args: &ExecArgs, desk: &Desk, out: &Out) -> Result<u8, Failure> {
    if args.selectors.is_empty() {
        return Err(Failure::new("no environments were named")
            .hint("name them: 'acme/*', stage=production, or '*/*' for every one"));
    }
    let targets = desk.many(&args.selectors)?;
    // All questions come before the first command runs.
    for target in &targets {
        banner::confirm(target, args.session.yes)?;
    }
    let label = labels(&targets);
    let levels = |target| ask(target, &args.session).map(|ask| ask.levels).unwrap_or_default();
    let levels = targets.iter().flat_map(levels).collect();
    banner::show_all(&targets, &label, &levels, out);
    let width = label.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    let json = out.is_json();
    let watch = Watch::begin(WhenAsked::Stop { quiet: out.quiet });
    let runs = Runs {
        desk,
        args,
        watch: &watch,
        out,
        terminal: Arc::default(),
        room: Arc::new(AtomicUsize::new(MOST_OF_ALL)),
    };
    let each = targets.into_iter().zip(&label).map(|(target, label)| {
        let prefix = (!json).then(|| format!("{label:width$} | "));
        runs.one(target, prefix)
    });
    let outcomes: Vec<Outcome> = stream::iter(each).buffered(args.jobs.into()).collect().await;
    let failed: Vec<_> = outcomes.iter().zip(&label).filter(|(o, _)| o.result != Ok(0)).collect();
    if json {
        let rows: Vec<_> = outcomes.iter().map(row).collect();
        out.json(&json!({
            "environments": rows,
            "succeeded": outcomes.len() - failed.len(),
            "failed": failed.len(),
        }))?;
    } else {
        for (outcome, label) in &failed {
            let why = match &outcome.result {
                Ok(code) => format!("exit code {code}"),
                Err(why) => visible(why).into_owned(),
            };
            out.note(&format!("failed: {label}: {why}"));
        }
        out.note(&format!("{} of {} succeeded", outcomes.len() - failed.len(), outcomes.len()));
    }
    Ok(u8::from(!failed.is_empty()))
}

/// What tells the environments apart: their labels, with the account or project where one has several.
fn labels(targets: &[Target]) -> Vec<String> {
    let several = |target: &Target| {
        targets.iter().filter(|other| other.label() == target.label()).count() > 1
    };
    let label = |target: &Target| {
        let label = if several(target) {
            format!("{}/{}", target.label(), target.scope.id)
        } else {
            target.label()
        };
        visible(&label).into_owned()
    };
    targets.iter().map(label).collect()
}

impl Runs<'_> {
    async fn one(&self, target: Target, prefix: Option<String>) -> Outcome {
        let mut outcome = Outcome {
            target,
            result: Err(running::STOPPED.to_owned()),
            proof: None,
            stdout: Kept::default(),
            stderr: Kept::default(),
        };
        if let Err(why) = self.fill(&mut outcome, prefix).await {
            outcome.result = Err(why);
        }
        outcome
    }

    async fn fill(&self, outcome: &mut Outcome, prefix: Option<String>) -> Result<(), String> {
        let (desk, words) = (self.desk, &self.args.command);
        let asked = ask(&outcome.target, &self.args.session);
        let asked = asked.map_err(|error| first_line(&error))?;
        let login = desk.login.session(&outcome.target, &asked);
        let session = self.watch.stopped().run_until_cancelled(login).await;
        let session = session.ok_or_else(|| running::STOPPED.to_owned())?;
        let session = session.map_err(|error| first_line(&refused(&error)))?;
        let proof = session.proof().to_string();
        if !session.proof().is_proven() {
            let label = visible(&outcome.target.label()).into_owned();
            self.out.note(&format!("warning: {label}: {}", visible(&proof)));
        }
        outcome.proof = Some(proof);
        let how = format!("exec --each {}", name_of(words));
        desk.record(&session, &how).map_err(|error| first_line(&error))?;
        let changes = changes(&session).map_err(|error| first_line(&no_folder(error)))?;
        let mut command = command(words, &changes).map_err(|error| first_line(&error))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let children = self.watch.children();
        let mut child = children.spawn(&mut command).map_err(|error| match error.to_string() {
            stopped if stopped == running::STOPPED => stopped,
            why => format!("failed to start `{}`: {why}", name_of(words)),
        })?;
        let (terminal, room) = (Arc::clone(&self.terminal), Arc::clone(&self.room));
        let waited = tokio::task::spawn_blocking(move || {
            // The folder must outlive the child.
            let _folder = changes;
            let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
            let prefix = prefix.as_deref();
            std::thread::scope(|scope| {
                let out = scope.spawn(|| pass(stdout, prefix, &terminal, &room, false));
                let err = scope.spawn(|| pass(stderr, prefix, &terminal, &room, true));
                let status = children.wait(&mut child);
                (status, out.join().unwrap_or_default(), err.join().unwrap_or_default())
            })
        });
        let wrong = |error: &dyn std::fmt::Display| format!("failed to wait for it: {error}");
        let (status, stdout, stderr) = waited.await.map_err(|error| wrong(&error))?;
        (outcome.stdout, outcome.stderr) = (stdout, stderr);
        outcome.result = Ok(running::code(status.map_err(|error| wrong(&error))?));
        Ok(())
    }
}

fn first_line(failure: &Failure) -> String {
    let text = failure.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    text.lines().next().unwrap_or_default().to_owned()
}

fn row(outcome: &Outcome) -> Value {
    let target = &outcome.target;
    let (code, why) = match &outcome.result {
        Ok(code) => (Some(*code), None),
        Err(why) => (None, Some(why)),
    };
    json!({
        "tenant": target.tenant,
        "environment": target.environment,
        "stage": target.stage,
        "cloud": target.scope.cloud.to_string(),
        "scope": target.scope.id.to_string(),
        "exit_code": code,
        "error": why,
        "proof": outcome.proof,
        "stdout": String::from_utf8_lossy(&outcome.stdout.bytes),
        "stderr": String::from_utf8_lossy(&outcome.stderr.bytes),
        "truncated": outcome.stdout.cut || outcome.stderr.cut,
    })
}
