//! The templates, and what each is filled in with. Every value is text that is quoted for its place.

use askama::Template;

use crate::facts::{Facts, PLACEHOLDER, file_name};
use crate::quote::{Comment, Pod, Unit, Workflow, Yaml};

/// Where the manifest is for jobs that do not run in its repository.
const FOLDER: &str = "/etc/tenko";

/// A name and its quoted value.
type Variable = (String, String);

#[derive(Template)]
#[template(path = "github-actions.yml", escape = "none")]
struct Github {
    aws: bool,
    google: bool,
    remote: bool,
    s3: Option<String>,
    webhooks: Vec<String>,
    changes: Vec<&'static str>,
    notes: Vec<String>,
    cron: String,
    variables: Vec<Variable>,
    arguments: String,
    image: String,
    aws_role: String,
    aws_region: String,
    google_provider: String,
    google_service_account: String,
}

#[derive(Template)]
#[template(path = "kubernetes.yaml", escape = "none")]
struct Kubernetes {
    aws: bool,
    google: bool,
    remote: bool,
    s3: Option<String>,
    files: Vec<String>,
    secrets: Vec<String>,
    changes: Vec<&'static str>,
    cron: String,
    zone: String,
    variables: Vec<Variable>,
    arguments: String,
    audit: &'static str,
    steps: Vec<&'static str>,
    image: String,
    aws_role: String,
    aws_region: String,
    google_service_account: String,
}

#[derive(Template)]
#[template(path = "tenko.service", escape = "none")]
struct Service {
    aws: bool,
    google: bool,
    remote: bool,
    s3: Option<String>,
    files: Vec<String>,
    secrets: Vec<String>,
    variables: Vec<Variable>,
    arguments: String,
    audit: &'static str,
    steps: Vec<&'static str>,
    aws_role: Option<String>,
    aws_region: Option<String>,
    google_service_account: Option<String>,
}

#[derive(Template)]
#[template(path = "tenko.timer", escape = "none")]
struct Timer {
    clock: String,
    zone: String,
}

#[derive(Template)]
#[template(path = "eventbridge-fargate.yaml", escape = "none")]
struct EventBridge {
    google: bool,
    base: String,
    files: Vec<String>,
    secrets: Vec<String>,
    /// Parameters of the template, each with the variable whose secret it names.
    parameters: Vec<Variable>,
    cron: String,
    zone: String,
    variables: Vec<Variable>,
    arguments: String,
    audit: &'static str,
    steps: Vec<&'static str>,
    image: Option<String>,
    aws_role: Option<String>,
    history: Option<String>,
}

/// A workflow of GitHub Actions.
pub(crate) fn github(facts: &Facts) -> askama::Result<String> {
    let quoted =
        |value: &Option<String>| Workflow(value.as_deref().unwrap_or(PLACEHOLDER)).to_string();
    let (names, arguments) = manifests(facts, repository_path);
    let variables =
        names.into_iter().map(|(name, path)| (name, Workflow(&path).to_string())).collect();
    let mut changes = Vec::new();
    need(&mut changes, &facts.image, "the image to take tenko from (`report.schedule.image`)");
    if facts.aws {
        need(&mut changes, &facts.aws_role, "the role (`report.schedule.aws_role`)");
        need(&mut changes, &facts.aws_region, "the region (`report.schedule.aws_region`)");
    }
    if facts.google {
        let provider = "the provider (`report.schedule.google_provider`)";
        need(&mut changes, &facts.google_provider, provider);
        need(&mut changes, &facts.google_service_account, ACCOUNT);
    }
    Github {
        aws: facts.aws,
        google: facts.google,
        remote: facts.history.is_some(),
        s3: objects(facts),
        webhooks: facts.webhooks.clone(),
        changes,
        notes: facts.when.notes(facts.today),
        cron: facts.when.utc_cron(facts.today),
        variables,
        arguments,
        image: quoted(&facts.image),
        aws_role: quoted(&facts.aws_role),
        aws_region: quoted(&facts.aws_region),
        google_provider: quoted(&facts.google_provider),
        google_service_account: quoted(&facts.google_service_account),
    }
    .render()
    .map(ended)
}

/// A CronJob, and what goes with it.
pub(crate) fn kubernetes(facts: &Facts) -> askama::Result<String> {
    let plain = |value: &Option<String>| Yaml(value.as_deref().unwrap_or(PLACEHOLDER)).to_string();
    let (mut variables, arguments) = manifests(facts, folder_path);
    variables.extend(suppressions(facts));
    let mut changes = Vec::new();
    need(&mut changes, &facts.image, "the image (`report.schedule.image`)");
    if facts.aws {
        need(&mut changes, &facts.aws_role, "the role (`report.schedule.aws_role`)");
        need(&mut changes, &facts.aws_region, "the region (`report.schedule.aws_region`)");
    }
    if facts.google {
        need(&mut changes, &facts.google_service_account, ACCOUNT);
    }
    Kubernetes {
        aws: facts.aws,
        google: facts.google,
        remote: facts.history.is_some(),
        s3: objects(facts),
        files: files(facts),
        secrets: secrets(facts),
        changes,
        cron: facts.when.cron(),
        zone: Yaml(&facts.when.zone).to_string(),
        variables: variables.iter().map(|(n, v)| (n.clone(), Pod(v).to_string())).collect(),
        // The kubelet takes only `$(` for a variable of its own.
        arguments,
        audit: if facts.suppressions.is_some() { " --suppressions \"$SUPPRESSIONS\"" } else { "" },
        steps: steps(facts),
        image: plain(&facts.image),
        aws_role: plain(&facts.aws_role),
        aws_region: Pod(facts.aws_region.as_deref().unwrap_or(PLACEHOLDER)).to_string(),
        google_service_account: plain(&facts.google_service_account),
    }
    .render()
    .map(ended)
}

/// The service of systemd.
pub(crate) fn service(facts: &Facts) -> askama::Result<String> {
    let (mut variables, arguments) = manifests(facts, folder_path);
    variables.extend(suppressions(facts));
    let assigned = |name: &str, value: &str| Unit(&format!("{name}={value}")).to_string();
    let comment = |value: &Option<String>| value.as_deref().map(|v| Comment(v).to_string());
    Service {
        aws: facts.aws,
        google: facts.google,
        remote: facts.history.is_some(),
        s3: objects(facts),
        files: files(facts),
        secrets: secrets(facts),
        variables: variables.iter().map(|(n, v)| (n.clone(), assigned(n, v))).collect(),
        // Variables are put in by systemd itself, as one word each.
        arguments: arguments.replace("\"$", "${").replace('"', "}"),
        audit: if facts.suppressions.is_some() { " --suppressions ${SUPPRESSIONS}" } else { "" },
        steps: steps(facts),
        aws_role: comment(&facts.aws_role),
        aws_region: facts.aws_region.as_deref().map(|region| assigned("AWS_REGION", region)),
        google_service_account: comment(&facts.google_service_account),
    }
    .render()
    .map(ended)
}

/// The timer of systemd.
pub(crate) fn timer(facts: &Facts) -> askama::Result<String> {
    Timer { clock: facts.when.clock(), zone: facts.when.zone.clone() }.render().map(ended)
}

/// A CloudFormation template.
pub(crate) fn eventbridge(facts: &Facts) -> askama::Result<String> {
    // CloudFormation looks into every text for `{{resolve:...}}`, and knows no escape.
    let fits = |text: &String| !text.contains("{{");
    let plain = |value: &Option<String>| {
        value.as_ref().filter(|text| fits(text)).map(|text| Yaml(text).to_string())
    };
    let (mut variables, arguments) = manifests(facts, folder_path);
    variables.extend(suppressions(facts));
    let value = |text: &String| Yaml(if fits(text) { text } else { PLACEHOLDER }).to_string();
    let secrets = secrets(facts);
    let parameter = |(n, name): (usize, &String)| {
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        (format!("Secret{}{letters}Arn", n + 1), name.clone())
    };
    let zone = Yaml(&facts.when.zone).to_string();
    EventBridge {
        google: facts.google,
        base: Comment(facts.image.as_deref().unwrap_or(PLACEHOLDER)).to_string(),
        files: files(facts),
        parameters: secrets.iter().enumerate().map(parameter).collect(),
        secrets,
        cron: format!("{} {} * * ? *", facts.when.minute, facts.when.hour),
        zone,
        variables: variables.iter().map(|(n, v)| (n.clone(), value(v))).collect(),
        arguments,
        audit: if facts.suppressions.is_some() { " --suppressions \"$SUPPRESSIONS\"" } else { "" },
        steps: steps(facts),
        // It is the image without the manifest, unless somebody put that in.
        image: plain(&facts.image),
        aws_role: plain(&facts.aws_role),
        history: plain(&facts.history),
    }
    .render()
    .map(ended)
}

const ACCOUNT: &str = "the service account (`report.schedule.google_service_account`)";

fn need(changes: &mut Vec<&'static str>, value: &Option<String>, what: &'static str) {
    if value.is_none() {
        changes.push(what);
    }
}

/// Templates lose the end of their last line.
fn ended(mut text: String) -> String {
    text.push('\n');
    text
}

/// The objects of a history in S3, as a policy names them.
fn objects(facts: &Facts) -> Option<String> {
    let (bucket, prefix) = facts.bucket("s3")?;
    Some(if prefix.is_empty() { format!("{bucket}/*") } else { format!("{bucket}/{prefix}/*") })
}

/// The files that go along with a job, for a comment.
fn files(facts: &Facts) -> Vec<String> {
    let all = facts.manifests.iter().chain(&facts.suppressions);
    all.map(|path| Comment(path).to_string()).collect()
}

/// What is told, in this order.
fn steps(facts: &Facts) -> Vec<&'static str> {
    let issue = facts.issue.then_some("tenko notify github");
    let slack = (!facts.webhooks.is_empty()).then_some("tenko notify slack");
    issue.into_iter().chain(slack).collect()
}

/// The variables with secrets, beside the key.
fn secrets(facts: &Facts) -> Vec<String> {
    let token = facts.issue.then(|| "GITHUB_TOKEN".to_owned());
    let webhooks = facts.webhooks.iter().filter(|name| **name != "GITHUB_TOKEN").cloned();
    token.into_iter().chain(webhooks).collect()
}

/// Variables with the paths of the manifest's files, and the arguments that take them. One file needs no
/// argument.
fn manifests(facts: &Facts, place: fn(&str) -> String) -> (Vec<Variable>, String) {
    if let [one] = facts.manifests.as_slice() {
        return (vec![("TENKO_MANIFEST".to_owned(), place(one))], String::new());
    }
    let name = |n: usize| format!("MANIFEST_{}", n + 1);
    let all = facts.manifests.iter().enumerate();
    let arguments = (0..facts.manifests.len()).map(|n| format!(" -f \"${}\"", name(n))).collect();
    (all.map(|(n, path)| (name(n), place(path))).collect(), arguments)
}

fn suppressions(facts: &Facts) -> Option<Variable> {
    let path = facts.suppressions.as_deref()?;
    Some(("SUPPRESSIONS".to_owned(), folder_path(path)))
}

fn folder_path(path: &str) -> String {
    format!("{FOLDER}/{}", file_name(path))
}

/// The path in the repository; of a path that leads out of it, the file's name.
fn repository_path(path: &str) -> String {
    let inner = path.strip_prefix("./").unwrap_or(path);
    let outside = inner.starts_with(['/', '\\', '~'])
        || inner.contains(':')
        || inner.split(['/', '\\']).any(|part| part == "..");
    if outside { file_name(inner).to_owned() } else { inner.to_owned() }
}
