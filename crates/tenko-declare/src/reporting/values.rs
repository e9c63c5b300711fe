//! Values of the `report` section: zones, places, names.

use jiff::tz::{self, TimeZone};

use crate::context::Context;
use crate::node::Node;
use crate::{google, location, placeholder};

/// The longest label of GitHub's.
const LABEL: usize = 50;
/// Words of a query that stand before a secret.
const SIGNED: [&str; 8] =
    ["signature", "sig", "token", "access_token", "key", "password", "secret", "credential"];

/// Whether a text may hold what must not be shown: a webhook's URL is a secret as a whole.
pub(super) fn may_hold_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let authority = location::authority(text).is_some_and(|host| host.contains('@'));
    let token = ["ghp_", "gho_", "ghs_", "github_pat_", "xoxb-", "xoxp-", "xapp-"];
    authority
        || lower.contains("hooks.slack")
        || lower.contains("/services/t")
        || token.iter().any(|token| lower.contains(token))
        || is_signed(&lower)
}

/// Whether a query has a signature or a token.
fn is_signed(lower: &str) -> bool {
    let Some((_, query)) = lower.split_once('?').filter(|_| lower.contains("://")) else {
        return false;
    };
    query.split(['&', '#']).filter_map(|pair| pair.split_once('=')).any(|(name, _)| {
        let name =
            name.strip_prefix("x-amz-").or_else(|| name.strip_prefix("x-goog-")).unwrap_or(name);
        SIGNED.contains(&name)
    })
}

/// The name of an environment variable. What is none may be the secret itself, so it is never
/// quoted.
pub(super) fn variable(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    if location::is_variable(text) {
        return Some(text.to_owned());
    }
    context.hide(node.pos);
    let help = "put the webhook's URL into an environment variable, and write that variable's \
                name: `TENKO_SLACK_WEBHOOK`";
    context.error(node.pos, "`slack` is no name of an environment variable").help(help);
    None
}

/// A time zone, by the name that the database itself has for it.
pub(super) fn zone(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    // It is there for zones that nobody knows.
    if let Some(found) = TimeZone::get(text).ok().filter(|zone| !zone.is_unknown()) {
        return Some(found.iana_name().unwrap_or(text).to_owned());
    }
    let names: Vec<_> = tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let city = |name: &&String| {
        let last = name.rsplit('/').next().unwrap_or_default();
        last.eq_ignore_ascii_case(&text.replace(' ', "_"))
    };
    let meant = names.iter().find(city).map(String::as_str);
    let meant = meant.or_else(|| context.closest(text, names.iter().map(String::as_str)));
    let report = context.error(node.pos, format!("`{text}` is no time zone"));
    match meant {
        Some(meant) => report.did_you_mean(Some(meant)),
        None => report.help("write its IANA name: `Europe/Berlin`, `Asia/Tokyo`, `UTC`"),
    };
    None
}

/// Where a run's report will be found.
pub(super) fn url(context: &mut Context<'_>, node: &Node) -> Option<String> {
    const FORM: &str = "write it as `https://HOST/PATH`; `{run}` stands for the run's id";
    let text = node.text()?;
    if may_hold_secret(text) {
        context.hide(node.pos);
        let message = "`url` holds a user, a token or a signature, and reports are passed on";
        context.error(node.pos, message).help("write an address that asks readers to sign in");
        return None;
    }
    if let Some(word) = placeholder::words(text).into_iter().find(|word| *word != "run") {
        let help = "here only `{run}` stands for something: the run's id";
        context.error(node.pos, format!("unknown placeholder `{{{word}}}`")).help(help);
        return None;
    }
    let without = text.replace("{run}", "");
    let odd = |c: char| c.is_whitespace() || c.is_control() || "{}\"<>\\^`|".contains(c);
    let host = location::authority(text).unwrap_or_default();
    let scheme = text.split("://").next().unwrap_or_default();
    if !["https", "http"].contains(&scheme) || !location::is_host(host) || without.contains(odd) {
        context.error(node.pos, format!("`{text}` is no address")).help(FORM);
        return None;
    }
    Some(text.to_owned())
}

/// Where runs are kept.
pub(super) fn history(context: &mut Context<'_>, node: &Node) -> Option<String> {
    const FORM: &str = "write a folder, `s3://BUCKET/PREFIX` or `gs://BUCKET/PREFIX`";
    let text = node.text()?;
    let mut bad = |message: String, help: &str| {
        context.error(node.pos, message).help(help);
        None::<String>
    };
    if may_hold_secret(text) {
        return bad("`history` holds a user, a token or a signature".to_owned(), FORM);
    }
    if let Some(word) = placeholder::words(text).first() {
        let help = "nothing is filled into `history`";
        return bad(format!("unknown placeholder `{{{word}}}`"), help);
    }
    if text.chars().any(char::is_control) {
        return bad("`history` holds a control character".to_owned(), FORM);
    }
    let Some((scheme, rest)) = text.split_once("://") else { return Some(text.to_owned()) };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    match scheme {
        "s3" | "gs" => {}
        "file" => return bad("`file://` is not read".to_owned(), "write the path alone"),
        _ => return bad(format!("runs cannot be kept in `{scheme}://`"), FORM),
    }
    // Names of buckets: Amazon S3 User Guide and Cloud Storage documentation.
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b);
    let most = if scheme == "gs" { 222 } else { 63 };
    if !(3..=most).contains(&bucket.len()) || !bucket.bytes().all(fits) {
        let help = "a bucket's name is small letters, digits, hyphens and dots";
        return bad(format!("`{bucket}` is no name of a bucket"), help);
    }
    let path = prefix.strip_suffix('/').unwrap_or(prefix);
    if !path.is_empty() && path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        let help = "write names with one slash between them: `s3://BUCKET/tenko/history`";
        return bad(format!("`{prefix}` is no prefix of objects"), help);
    }
    Some(text.to_owned())
}

/// A file's path.
pub(super) fn file(context: &mut Context<'_>, node: &Node, key: &str) -> Option<String> {
    let text = node.text()?;
    let help = "write the path, from the manifest's folder: `suppressions.yaml`";
    if text.contains("://") || text.chars().any(char::is_control) {
        if may_hold_secret(text) {
            context.hide(node.pos);
        }
        context.error(node.pos, format!("`{key}` is no file")).help(help);
        return None;
    }
    Some(text.to_owned())
}

/// A repository of GitHub's.
pub(super) fn repository(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    if is_repository(text) {
        return Some(text.to_owned());
    }
    if may_hold_secret(text) {
        context.hide(node.pos);
        let message = "`repository` is an address with a user or a token";
        context.error(node.pos, message).help("write `OWNER/NAME`");
        return None;
    }
    let path = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = path.strip_prefix("git@").unwrap_or(path);
    let path = path.split_once(['/', ':']).map_or("", |(_, path)| path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let path = path.strip_suffix(".git").unwrap_or(path);
    let report = context.error(node.pos, format!("`{text}` is no repository"));
    if is_repository(path) {
        report.help(format!("write `{path}`"));
    } else {
        report.help("write `OWNER/NAME`: `acme/infrastructure`");
    }
    None
}

fn is_repository(text: &str) -> bool {
    let Some((owner, name)) = text.split_once('/') else { return false };
    let word = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    let begins = owner.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    begins
        && owner.len() <= 100
        && owner.bytes().all(word)
        && (1..=100).contains(&name.len())
        && !matches!(name, "." | "..")
        && name.bytes().all(|b| word(b) || b == b'.')
}

/// A label of GitHub's. Lists of labels are parted by commas.
pub(super) fn label(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    if text.chars().count() > LABEL {
        context.error(node.pos, format!("a label has at most {LABEL} characters"));
    } else if let Some(bad) = text.chars().find(|c| *c == ',' || c.is_control()) {
        context.error(node.pos, format!("a label cannot hold the character {bad:?}"));
    } else if text.trim() != text {
        context.error(node.pos, "a label cannot begin or end with a blank");
    } else {
        return Some(text.to_owned());
    }
    None
}

/// A time of day: `HH:MM`.
pub(super) fn time_of_day(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    let parts: Vec<_> = text.split(':').collect();
    let number = |part: &str, below: u8| {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u8>().ok().filter(|n| digits && *n < below)
    };
    let (hour, minute) = match *parts.as_slice() {
        [hour, minute] | [hour, minute, "00"] => (number(hour, 24), number(minute, 60)),
        _ => (None, None),
    };
    let meant = hour.zip(minute).map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
    if meant.as_deref() == Some(text) {
        return meant;
    }
    let report = context.error(node.pos, format!("`at` is `{text}`, which is no time of day"));
    match meant {
        Some(meant) => report.help(format!("write `{meant}`")),
        None => report.help("write hours and minutes, `00:00` to `23:59`; the zone is `timezone`"),
    };
    None
}

/// A provider of workload identity federation.
pub(super) fn provider(context: &mut Context<'_>, node: &Node) -> Option<String> {
    const FORM: &str =
        "write `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`";
    let text = node.text()?;
    if is_provider(text) {
        return Some(text.to_owned());
    }
    let bare = text.split_once("iam.googleapis.com/").map(|(_, rest)| rest);
    let bare = bare.map(|rest| rest.strip_prefix("v1/").unwrap_or(rest));
    let message = format!("`{text}` is no provider of workload identity federation");
    let report = context.error(node.pos, message);
    match bare.filter(|bare| is_provider(bare)) {
        Some(bare) => report.help(format!("write `{bare}`")),
        None if text.starts_with("projects/") && !text.starts_with("projects/{") => {
            let number = text.split('/').nth(1).unwrap_or_default();
            if number.bytes().all(|b| b.is_ascii_digit()) {
                report.help(FORM)
            } else {
                report.help(format!("`{number}` is the project's id: write its number"))
            }
        }
        None => report.help(FORM),
    };
    None
}

fn is_provider(text: &str) -> bool {
    let parts: Vec<_> = text.split('/').collect();
    let [projects, number, locations, place, pools, pool, providers, provider] = *parts.as_slice()
    else {
        return false;
    };
    // 4 to 32 characters: IAM API, workloadIdentityPools.create.
    let id = |text: &str| {
        (4..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    [projects, locations, place, pools, providers]
        == ["projects", "locations", "global", "workloadIdentityPools", "providers"]
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && id(pool)
        && id(provider)
}

/// A service account; no project is filled in.
pub(super) fn service_account(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = google::service_account(context, node)?;
    if text.contains(['{', '}']) {
        let help = "write the project's id: a job has one service account";
        context.error(node.pos, "nothing is filled into `google_service_account`").help(help);
        return None;
    }
    Some(text)
}

/// A container image.
pub(super) fn image(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "._/:@-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let rest = text.split_once("://").map(|(_, rest)| rest);
    if begins && text.chars().all(fits) && rest.is_none() && !may_hold_secret(text) {
        return Some(text.to_owned());
    }
    if may_hold_secret(text) {
        context.hide(node.pos);
        context.error(node.pos, "`image` holds a user or a token").help("write the image's name");
        return None;
    }
    let report = context.error(node.pos, format!("`{text}` is no container image"));
    match rest.filter(|rest| !rest.is_empty() && rest.chars().all(fits)) {
        Some(rest) => report.help(format!("write `{rest}`")),
        None => report.help("write it as `registry.example.com/tenko:0.1.0`"),
    };
    None
}
