//! `tenko suppress` and `tenko accept`: decisions to live with something until a date.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tenko::declare::ManifestFile;
use tenko::declare::suppressions_file::{AppendError, NewSuppression, append};
use tenko::login::lock;
use tenko::messages::{Lang, english, say};
use tenko::model::{Arg, Item, Message, Suppresses, Suppression, Verdict, msg};
use tenko::report::{Document, visible};

use crate::failure::Failure;
use crate::output::Out;
use crate::report_args::{AcceptArgs, DecisionArgs, SuppressArgs};
use crate::{files, runs, setup};

/// The shortest beginning of a fingerprint that is looked up: less would fit by chance.
const SHORTEST: usize = 4;

/// Suppresses what is named.
pub(crate) async fn suppress(args: &SuppressArgs, out: &Out) -> Result<u8, Failure> {
    let manifests = &args.manifest.files;
    let manifest = files::manifest(manifests, &setup::catalog()?)?;
    let document = runs::document(&args.run, &args.history, manifest.as_ref(), out).await?;
    let lang = args.decision.lang.of(manifest.as_ref());
    check(&args.decision, lang, out)?;
    let open = open(&document);
    let (mut entries, mut told) = (Vec::new(), Vec::new());
    for wanted in &args.fingerprints {
        let item = one(wanted, &open, &document)?;
        let date = Arg::text(args.decision.expires);
        told.push(msg!("cli-suppressed", date = date, what = what(&item)));
        let mut entry = entry(&item, &args.decision);
        if args.any_evidence {
            entry.evidence = None;
        }
        entries.push(entry);
    }
    let (path, _) = runs::suppressions_path(&args.decision.file, manifest.as_ref(), manifests);
    write(&path, &entries)?;
    for message in &told {
        print(lang, message, out)?;
    }
    out.note(&say(lang, &msg!("cli-written", file = Arg::text(path.display()))));
    Ok(0)
}

/// Suppresses all that a run found.
pub(crate) async fn accept(args: &AcceptArgs, out: &Out) -> Result<u8, Failure> {
    let manifests = &args.of.manifest.files;
    let manifest = files::manifest(manifests, &setup::catalog()?)?;
    let document = runs::document(&args.of.run, &args.of.history, manifest.as_ref(), out).await?;
    let lang = args.decision.lang.of(manifest.as_ref());
    check(&args.decision, lang, out)?;
    let least = args.severity.map(tenko::model::Severity::from);
    let (path, _) = runs::suppressions_path(&args.decision.file, manifest.as_ref(), manifests);
    let known = known(&path)?;
    let is_meant = |item: &Item| match (item, least) {
        // Severities are ordered from the worst on.
        (Item::Finding(finding), Some(least)) => finding.severity >= least,
        (Item::Drift(_), Some(_)) => false,
        (_, None) => true,
    };
    let now = Timestamp::now();
    let (mut entries, mut stale) = (Vec::new(), 0_usize);
    for item in open(&document).iter().filter(|item| is_meant(item)) {
        let fingerprint = item.fingerprint().as_str();
        match known.get(fingerprint) {
            None => entries.push(entry(item, &args.decision)),
            Some(all) if all.iter().any(|one| one.holds(now, || item.evidence())) => {}
            Some(_) => stale += 1,
        }
    }
    // They are reported all the same: nobody may think that they were accepted.
    let file = Arg::text(path.display());
    let of_stale = msg!("cli-stale", n = stale, file = file.clone());
    let again = msg!("cli-stale-help");
    if entries.is_empty() && stale > 0 {
        return Err(Failure::new(english(&of_stale)).hint(english(&again)));
    }
    if entries.is_empty() {
        print(lang, &msg!("cli-nothing-to-accept"), out)?;
        return Ok(0);
    }
    write(&path, &entries)?;
    let (run, date) = (&document.run.id, Arg::text(args.decision.expires));
    let accepted = msg!("cli-accepted", run = run, date = date, n = entries.len(), file = file);
    print(lang, &accepted, out)?;
    if stale > 0 {
        print(lang, &msg!("cli-not-accepted", what = of_stale, help = again), out)?;
    }
    let unknown = document.summary.drift.unknown + document.summary.findings.unknown;
    if unknown > 0 {
        out.note(&say(lang, &msg!("cli-unknown-left", n = unknown)));
    }
    Ok(0)
}

/// A line on standard output.
fn print(lang: Lang, message: &Message, out: &Out) -> Result<(), Failure> {
    out.text(&format!("{}\n", visible(&say(lang, message))))
}

/// What is decided on.
fn what(item: &Item) -> Message {
    match item {
        Item::Finding(finding) => {
            let of = finding.resource.as_ref().map(|r| format!(" {}", r.label()));
            let what = format!("{}{}", finding.rule, of.unwrap_or_default());
            let scope = format!("{}:{}", finding.cloud, finding.scope);
            msg!("cli-finding", what = what, scope = scope)
        }
        Item::Drift(drift) => {
            let kind = Message::new(format!("drift-{}", drift.kind));
            let resource = drift.resource.label();
            let resource_type = Arg::text(&drift.resource.resource_type);
            msg!("cli-drift", kind = kind, type = resource_type, resource = Arg::text(resource))
        }
    }
}

/// Days of suppressions are days in UTC.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Whether the decision can have an effect.
fn check(decision: &DecisionArgs, lang: Lang, out: &Out) -> Result<(), Failure> {
    if decision.reason.trim().is_empty() {
        return Err(Failure::new("--reason is empty").hint("say why, for those who read it later"));
    }
    let year = today().saturating_add(jiff::Span::new().years(1));
    if decision.expires > year {
        out.note(&say(lang, &msg!("cli-long")));
    }
    if decision.expires < today() {
        return Err(Failure::new(format!("--expires {} is over", decision.expires))
            .hint("name a day from today on (UTC)"));
    }
    Ok(())
}

/// What can be suppressed: surely there, and not suppressed yet.
fn open(document: &Document) -> Vec<Item> {
    let findings = document.findings.iter().filter(|f| f.verdict == Verdict::Finding);
    let drift = document.drift.iter().filter(|drift| drift.is_difference());
    let findings = findings.cloned().map(Item::Finding);
    findings.chain(drift.cloned().map(Item::Drift)).collect()
}

fn one(wanted: &str, open: &[Item], document: &Document) -> Result<Item, Failure> {
    let wanted = wanted.to_ascii_lowercase();
    if wanted.len() < SHORTEST || !wanted.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Failure::new(format!("`{}` is no fingerprint", visible(&wanted))).hint(
            "`tenko report --verbose` shows them: 32 hexadecimal digits, or a beginning of 4",
        ));
    }
    let fits = |item: &&Item| item.fingerprint().as_str().starts_with(&wanted);
    let found: Vec<_> = open.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(none(&wanted, document)),
        several => {
            let all: Vec<_> = several.iter().take(5).map(|item| label(item)).collect();
            Err(Failure::new(format!("{} begin with {wanted}", several.len()))
                .hint(format!("name one by more digits: {}", all.join("; "))))
        }
    }
}

fn none(wanted: &str, document: &Document) -> Failure {
    let failure =
        Failure::new(format!("run {} has no finding or drift {wanted}", visible(&document.run.id)));
    let begins = |item: &Item| item.fingerprint().as_str().starts_with(wanted);
    if document.suppressed.iter().any(|one| begins(&one.item)) {
        return failure.hint("it is suppressed already");
    }
    let unknown = document.findings.iter().cloned().map(Item::Finding);
    let unknown = unknown.chain(document.drift.iter().cloned().map(Item::Drift));
    if unknown.into_iter().any(|item| begins(&item)) {
        return failure.hint("it is unknown there: what was not seen cannot be suppressed");
    }
    failure.hint("`tenko report --verbose` shows the fingerprints; --run names another run")
}

/// What it is, in a line.
fn label(item: &Item) -> String {
    let fingerprint = item.fingerprint();
    match item {
        Item::Finding(finding) => {
            let of = finding.resource.as_ref().map(|r| format!(" {}", r.label()));
            format!(
                "{fingerprint} {}{} in {}:{}",
                finding.rule,
                of.unwrap_or_default(),
                finding.cloud,
                finding.scope
            )
        }
        Item::Drift(drift) => format!(
            "{fingerprint} {} {} {}",
            drift.kind,
            drift.resource.resource_type,
            drift.resource.label()
        ),
    }
}

fn entry(item: &Item, decision: &DecisionArgs) -> NewSuppression {
    let label = label(item);
    let note = label.split_once(' ').map_or("", |(_, rest)| rest);
    NewSuppression {
        of: Suppresses::One(item.fingerprint().clone()),
        reason: decision.reason.clone(),
        owner: decision.owner.clone().or_else(|| item.owner().map(str::to_owned)),
        created: Some(today()),
        expires: decision.expires,
        ticket: decision.ticket.clone(),
        evidence: Some(item.evidence().to_string()),
        note: Some(note.to_owned()),
    }
}

/// The decisions about single findings and drifts that are in the file, by fingerprint.
fn known(path: &Path) -> Result<HashMap<String, Vec<Suppression>>, Failure> {
    let text = text(path)?;
    let mut known: HashMap<String, Vec<Suppression>> = HashMap::new();
    if text.is_empty() {
        return Ok(known);
    }
    let name = path.display().to_string();
    let file = ManifestFile { name: &name, bytes: text.as_bytes() };
    let all = tenko::declare::suppressions(&file, &setup::catalog()?).map_err(unusable)?;
    for entry in all.entries {
        if let Suppresses::One(fingerprint) = &entry.suppression.of {
            known.entry(fingerprint.to_string()).or_default().push(entry.suppression);
        }
    }
    Ok(known)
}

fn unusable(errors: tenko::declare::ManifestErrors) -> Failure {
    Failure::new("the suppressions cannot be used").details(errors)
}

fn text(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| {
            Failure::new(format!("failed to read {}", path.display())).because(error)
        }),
    }
}

/// Adds entries to the file, one process at a time: each reads it, adds to it and replaces it.
fn write(path: &Path, entries: &[NewSuppression]) -> Result<(), Failure> {
    let mut beside = std::ffi::OsString::from(".");
    beside.push(path.file_name().unwrap_or_default());
    beside.push(".lock");
    let held = match lock::wait(&path.with_file_name(beside)) {
        Ok(held) => Some(held),
        // Some file systems of networks have no locks: better without than not at all.
        Err(error) if error.kind() == std::io::ErrorKind::Unsupported => None,
        Err(error) => {
            let failure = Failure::new(format!("failed to write {}", path.display()));
            return Err(failure.because(error));
        }
    };
    let added = add(path, entries);
    // What would stay is an empty file.
    let _removed = held.map(lock::HeldLock::remove);
    added
}

/// Adds entries to the file: everything that is there stays as it is.
fn add(path: &Path, entries: &[NewSuppression]) -> Result<(), Failure> {
    let (name, text) = (path.display().to_string(), text(path)?);
    let file = ManifestFile { name: &name, bytes: text.as_bytes() };
    let new = append(&file, &setup::catalog()?, entries).map_err(|error| {
        let failure = Failure::new(format!("failed to add to {name}"));
        match error {
            AppendError::File(errors) | AppendError::Entry(errors) => failure.details(errors),
            AppendError::Known { .. } => {
                failure.because(error).hint("change its `expires` there to decide anew")
            }
            other => failure.because(other),
        }
    })?;
    files::write_text(path, &new)
}
