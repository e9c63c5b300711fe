//! `tenko notify`: tells people of a run.

use serde_json::Value;
use tenko::declare::Manifest;
use tenko::history::RunHistory;
use tenko::messages::{Lang, say};
use tenko::model::{Reporting, msg};
use tenko::notify::{Change, GitHub, Http, Limits, NotifyError, RollingIssue, mark, slack};
use tenko::report::{Document, Kind, github, slack as blocks};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::output::Out;
use crate::report_args::{NotifyArgs, NotifyCommand, RunArgs};
use crate::{files, runs, setup, shown};

/// The variable of a webhook that nothing else names.
const WEBHOOK: &str = "TENKO_SLACK_WEBHOOK";
/// The characters that the text of an issue may have. Source: GitHub refuses more than 65,536.
const ISSUE: usize = 65_536;

/// Tells of a run.
pub(crate) async fn run(args: &NotifyArgs, out: &Out) -> Result<u8, Failure> {
    match &args.whom {
        NotifyCommand::Slack { of, webhook, lang, again, dry_run } => {
            let run = Run::of(of, out).await?;
            if let Some(name) = webhook
                && !is_variable(name)
            {
                // Not shown: it may be the URL itself.
                return Err(Failure::new("--webhook takes the name of an environment variable")
                    .hint("put the URL into that variable: it is a secret"));
            }
            run.slack(webhook.as_deref(), *lang, *again, *dry_run, out).await
        }
        NotifyCommand::Github { of, repository, label, lang, dry_run } => {
            let run = Run::of(of, out).await?;
            run.github(repository.as_deref(), label.as_deref(), *lang, *dry_run, out).await
        }
    }
}

/// A run, and what the manifest says of whom to tell.
struct Run {
    document: Document,
    reporting: Reporting,
    history: Option<RunHistory>,
}

/// Somebody with a webhook.
struct Channel {
    /// The environment variable that holds its URL.
    variable: String,
    /// Whose it is; `None` is everybody's.
    owner: Option<String>,
}

impl Run {
    async fn of(args: &RunArgs, out: &Out) -> Result<Self, Failure> {
        let manifest = files::manifest(&args.manifest.files, &setup::catalog()?)?;
        let manifest: Option<&Manifest> = manifest.as_ref();
        let document = runs::document(&args.run, &args.history, manifest, out).await?;
        let place = runs::place(&args.history, manifest)?;
        Ok(Self {
            document,
            reporting: manifest.map(|m| m.declaration.reporting.clone()).unwrap_or_default(),
            history: runs::open(&place, None, manifest, out).await?,
        })
    }

    fn channels(&self, webhook: Option<&str>) -> Vec<Channel> {
        if let Some(variable) = webhook {
            let variable = variable.to_owned();
            return vec![Channel { variable, owner: None }];
        }
        let theirs = self.document.owners();
        let declared = self.reporting.owners.values().any(|owner| owner.slack_webhook.is_some());
        let all = match &self.reporting.notify.slack_webhook {
            Some(variable) => Some(variable.clone()),
            None => (!declared).then(|| WEBHOOK.to_owned()),
        };
        // What could not be observed may be anybody's: somebody has to hear of it.
        let unseen = self.document.summary.incomplete && all.is_none();
        let owners = self.reporting.owners.iter().filter_map(|(name, owner)| {
            let variable = owner.slack_webhook.clone()?;
            // Nobody is told that there is nothing of theirs.
            let is_told = unseen || theirs.contains_key(name);
            is_told.then(|| Channel { variable, owner: Some(name.clone()) })
        });
        let owners: Vec<_> = owners.collect();
        let all = all.map(|variable| Channel { variable, owner: None });
        all.into_iter().chain(owners).collect()
    }

    async fn slack(
        &self,
        webhook: Option<&str>,
        lang: Option<Lang>,
        again: bool,
        dry_run: bool,
        out: &Out,
    ) -> Result<u8, Failure> {
        let mut failures = Vec::new();
        let channels = self.channels(webhook);
        if channels.is_empty() {
            out.note("nobody is told: nothing in this run is an owner's who has a webhook");
        }
        for channel in channels {
            let own = channel.owner.as_deref().map(|name| self.document.of_owner(name));
            let document = own.as_ref().unwrap_or(&self.document);
            let owner = channel.owner.as_deref();
            let options = shown::options(document, &self.reporting, lang, owner);
            let payload = blocks::render(document, &options);
            if dry_run {
                out.text(&payload)?;
                continue;
            }
            // One channel that fails must not keep the others from being told.
            match self.post(&channel, &payload, again).await {
                Ok(done) => out.text(&format!("{}: {done}\n", channel.variable))?,
                Err(failure) => failures.push(failure),
            }
        }
        let last = failures.pop();
        failures.iter().for_each(|failure| out.error(failure));
        match last {
            Some(failure) => Err(failure),
            None => Ok(0),
        }
    }

    async fn post(
        &self,
        channel: &Channel,
        payload: &str,
        again: bool,
    ) -> Result<&'static str, Failure> {
        let variable = &channel.variable;
        let url = std::env::var(variable).ok().filter(|url| !url.trim().is_empty());
        let url = Zeroizing::new(url.ok_or_else(|| {
            Failure::new(format!("the environment variable {variable} holds no webhook"))
                .hint("--webhook NAME, or `report.slack` in the manifest, names another variable")
        })?);
        let run = &self.document.run.id;
        // Owners may share a channel, and are told of different things.
        let whom = match &channel.owner {
            Some(owner) => Zeroizing::new(format!("{}\n{owner}", url.as_str())),
            None => url.clone(),
        };
        if let Some(history) = &self.history
            && !again
            && history.was_told(run, &whom).await.map_err(runs::failure)?
        {
            return Ok("was told of this run already");
        }
        let payload: Value = serde_json::from_str(payload)
            .map_err(|error| Failure::new("failed to write the message").because(error))?;
        slack(&http()?, &url, &payload).await.map_err(failure)?;
        if let Some(history) = &self.history {
            history.note_told(run, &whom).await.map_err(|error| {
                Failure::new("it was posted, and that it was could not be noted").because(error)
            })?;
        }
        Ok("told")
    }

    async fn github(
        &self,
        repository: Option<&str>,
        label: Option<&str>,
        lang: Option<Lang>,
        dry_run: bool,
        out: &Out,
    ) -> Result<u8, Failure> {
        if let Some(name) = repository.filter(|name| !is_repository(name)) {
            return Err(Failure::new(format!("`{name}` is no repository"))
                .hint("write OWNER/NAME, such as acme/infrastructure"));
        }
        let document = &self.document;
        if document.kind != Kind::Audit {
            return Err(Failure::new("the issue tells of audits, and this report is of none")
                .hint("what was compared with no manifest says nothing of what is open"));
        }
        if document.exit_code() == 0 && document.run.narrowed {
            out.text("only a part was asked for, and is well: the issue stays as it is\n")?;
            return Ok(0);
        }
        let run = document.run.id.clone();
        let options = shown::options(document, &self.reporting, lang, None);
        let body = github::issue_body(document, &options, &mark(&run), ISSUE);
        let issue = RollingIssue {
            run,
            title: title(document, options.lang),
            body,
            open: document.exit_code() != 0,
        };
        if dry_run {
            out.text(&format!("{}\n\n{}", issue.title, issue.body))?;
            return Ok(0);
        }
        let notify = &self.reporting.notify;
        let named = |given: Option<&str>, declared: &Option<String>, variable: &str| {
            let variable = || std::env::var(variable).ok().filter(|value| !value.is_empty());
            given.map(ToOwned::to_owned).or_else(|| declared.clone()).or_else(variable)
        };
        let repository = named(repository, &notify.github_repository, "GITHUB_REPOSITORY");
        let repository = repository.ok_or_else(|| {
            Failure::new("no repository is named")
                .hint("--repository OWNER/NAME, or `report.github.repository` in the manifest")
        })?;
        let token =
            ["GITHUB_TOKEN", "GH_TOKEN"].into_iter().find_map(|name| std::env::var(name).ok());
        let token = token.map(|token| token.trim().to_owned());
        let token = token.filter(|token| !token.is_empty()).ok_or_else(|| {
            Failure::new("there is no token for GitHub")
                .hint("GITHUB_TOKEN or GH_TOKEN holds it: `gh auth token` prints yours")
        })?;
        let label = label.map(ToOwned::to_owned).or_else(|| notify.github_label.clone());
        let github = GitHub {
            api: std::env::var("GITHUB_API_URL")
                .unwrap_or_else(|_| "https://api.github.com".into()),
            token: Zeroizing::new(token),
            repository,
            label: label.unwrap_or_else(|| "tenko".to_owned()),
        };
        let done = match github.keep(&http()?, &issue).await.map_err(failure)? {
            Change::Created(url) => format!("made {url}"),
            Change::Updated(url) => format!("brought up to date: {url}"),
            Change::Closed(url) => format!("closed {url}"),
            Change::Unchanged(url) => format!("{url} tells of this run already"),
            _ => "all is well, and no issue is open".to_owned(),
        };
        out.text(&format!("{done}\n"))?;
        Ok(0)
    }
}

/// Whether this can be the name of an environment variable.
fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether this can be a repository: `owner/name`.
fn is_repository(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    name.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

fn title(document: &Document, lang: Lang) -> String {
    let summary = &document.summary;
    let (drift, findings) = (summary.drift.differences(), summary.findings.actionable());
    match (drift + findings, summary.incomplete) {
        (0, false) => say(lang, &msg!("notify-title-clean")),
        (0, true) => say(lang, &msg!("notify-title-incomplete")),
        _ => say(lang, &msg!("notify-title", drift = drift, findings = findings)),
    }
}

fn http() -> Result<Http, Failure> {
    let path = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty());
    let pem = path.and_then(|path| std::fs::read(path).ok());
    Http::new(pem.as_deref(), Limits::default()).map_err(failure)
}

fn failure(error: NotifyError) -> Failure {
    let hint = error.hint();
    let failure = Failure::new("nobody was told").because(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
