//! `tenko exec --each`: one command in many environments.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tenko::login::child::changes;
use tenko::login::{Login, Target};
use tenko::report::visible;

use super::exec::{command, name_of, no_folder};
use super::{Desk, ask, refused};
use crate::banner;
use crate::failure::Failure;
use crate::login_args::ExecArgs;
use crate::output::Out;
use crate::running;

/// What is kept of one command's output, for JSON; more is cut off, and said to be.
const MOST: usize = 16 << 20;

/// How it went in one environment.
struct Outcome {
    target: Target,
    /// The command's exit code, or why there was none.
    result: Result<u8, String>,
    stdout: Kept,
    stderr: Kept,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    cut: bool,
}

pub(crate) async fn run(args: &ExecArgs, desk: &Desk, out: &Out) -> Result<u8, Failure> {
    let targets = desk.many(&args.selectors)?;
    if targets.is_empty() {
        return Err(Failure::new("the manifest declares nothing to log in to"));
    }
    // All questions come before the first command runs.
    for target in &targets {
        banner::confirm(target, args.session.yes)?;
    }
    let label = labels(&targets);
    let width = label.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    // Whole lines of one environment at a time.
    let terminal = Arc::new(Mutex::new(()));
    let json = out.is_json();
    let runs = targets.into_iter().zip(label.clone()).map(|(target, label)| {
        let prefix = (!json).then(|| format!("{label:width$} | "));
        one(Arc::clone(&desk.login), desk, args, target, prefix, Arc::clone(&terminal))
    });
    let outcomes: Vec<Outcome> = stream::iter(runs).buffered(args.jobs.into()).collect().await;
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

async fn one(
    login: Arc<Login>,
    desk: &Desk,
    args: &ExecArgs,
    target: Target,
    prefix: Option<String>,
    terminal: Arc<Mutex<()>>,
) -> Outcome {
    let failed = |why: String| Outcome {
        target: target.clone(),
        result: Err(why),
        stdout: Kept::default(),
        stderr: Kept::default(),
    };
    let asked = ask(&target, &args.session);
    let session = match login.session(&target, &asked).await {
        Ok(session) => session,
        Err(error) => return failed(first_line(&refused(&error))),
    };
    let how = format!("exec --each {}", name_of(&args.command));
    if let Err(error) = desk.record(&session, &how) {
        return failed(first_line(&error));
    }
    let prepared = changes(&session).map_err(no_folder).and_then(|changes| {
        let command = command(&args.command, &changes)?;
        Ok((command, changes))
    });
    let (mut command, changes) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return failed(first_line(&error)),
    };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return failed(format!("failed to start `{}`: {error}", name_of(&args.command)));
        }
    };
    let waited = tokio::task::spawn_blocking(move || {
        // The folder must outlive the child.
        let _folder = changes;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            let out = scope.spawn(|| pass(stdout, prefix.as_deref(), &terminal, false));
            let err = scope.spawn(|| pass(stderr, prefix.as_deref(), &terminal, true));
            let status = child.wait();
            (status, out.join().unwrap_or_default(), err.join().unwrap_or_default())
        })
    })
    .await;
    match waited {
        Ok((Ok(status), stdout, stderr)) => {
            Outcome { target, result: Ok(running::code(status)), stdout, stderr }
        }
        Ok((Err(error), ..)) => failed(format!("failed to wait for it: {error}")),
        Err(error) => failed(format!("failed to wait for it: {error}")),
    }
}

fn first_line(failure: &Failure) -> String {
    let text = failure.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    text.lines().next().unwrap_or_default().to_owned()
}

/// Reads to the end: shown line by line with a prefix, or kept without one.
fn pass(from: Option<impl Read>, prefix: Option<&str>, terminal: &Mutex<()>, error: bool) -> Kept {
    let mut kept = Kept::default();
    let Some(from) = from else { return kept };
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line without an end is shown in pieces.
        match (&mut lines).take(1 << 20).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return kept,
            Ok(_) => {}
        }
        match prefix {
            Some(prefix) => {
                let _turn = terminal.lock().unwrap_or_else(PoisonError::into_inner);
                show(prefix, &line, error);
            }
            None if kept.bytes.len() + line.len() > MOST => kept.cut = true,
            None => kept.bytes.extend_from_slice(&line),
        }
    }
}

fn show(prefix: &str, line: &[u8], error: bool) {
    let mut text = Vec::with_capacity(prefix.len() + line.len() + 1);
    text.extend_from_slice(prefix.as_bytes());
    text.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        text.push(b'\n');
    }
    // A closed output is no reason to stop the others.
    let _ = if error {
        std::io::stderr().lock().write_all(&text)
    } else {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&text).and_then(|()| stdout.flush())
    };
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
        "stdout": String::from_utf8_lossy(&outcome.stdout.bytes),
        "stderr": String::from_utf8_lossy(&outcome.stderr.bytes),
        "truncated": outcome.stdout.cut || outcome.stderr.cut,
    })
}
