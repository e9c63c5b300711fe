//! What is declared, audits of it, and what their reports tell.

use std::path::Path;
use std::sync::Arc;

use tenko::Audit;
use tenko::aws::AwsProvider;
use tenko::declare::{Manifest, ManifestFile};
use tenko::history::RunHistory;
use tenko::model::{Item, Redactor, Standing, Verdict};
use tenko::report::Document;
use tenko::sources::KeptObjects;

use crate::team::Made;

/// Of configuration that leaves things out a run is none the less whole.
const MANIFEST: &str = r#"
version: 1
aws:
  types: ["AWS::EC2::SecurityGroup", "AWS::SQS::Queue"]
  regions: ["{region}"]
shared: {"{management}": audits}
tenants:
  acme:
    environments:
      production:
        scopes: ["{acme-production}"]
        unmanaged: ignore
        resources:
          - {type: "AWS::SQS::Queue", name: orders, attributes: {VisibilityTimeout: 30}}
  globex:
    environments:
      production: {scopes: ["{globex-production}"], unmanaged: ignore}
"#;

/// How the story calls what it is about.
const CAST: [&str; 5] = ["db", "early", "late", "orders", "web"];

pub(crate) struct Estate {
    /// Of the emulator.
    url: String,
    text: String,
}

impl Estate {
    pub(crate) fn new(made: &Made) -> Self {
        let text = MANIFEST.replace("{region}", &made.region);
        let fill =
            |text: String, (name, id): (&String, &String)| text.replace(&format!("{{{name}}}"), id);
        let text = made.accounts.iter().fold(text, fill);
        Self { url: made.url.clone(), text }
    }

    /// A new one each time, as in every process: it keeps sessions that it has.
    async fn provider(&self) -> AwsProvider {
        tenko::aws_provider(&load(&self.text).aws)
            .endpoint_url(&self.url)
            .static_credentials("AKIAMANAGEMENT000000", "secret")
            .redactor(Redactor::new([7; 32]))
            .load()
            .await
            .unwrap()
    }

    /// One audit; `suppressions` is the text of that file, `types` what the command line would narrow it to.
    pub(crate) async fn audit(&self, suppressions: Option<&str>, types: &[&str]) -> Document {
        let mut manifest = load(&self.text);
        let catalog = tenko::catalog().unwrap();
        if let Some(text) = suppressions {
            let file = ManifestFile { name: "suppressions.yaml", bytes: text.as_bytes() };
            manifest.add_suppressions(tenko::declare::suppressions(&file, &catalog).unwrap());
            tenko::check_rules(&manifest).unwrap();
        }
        let audit = Audit::builder()
            .provider(Arc::new(self.provider().await))
            .manifest(manifest)
            .types(types.iter().map(|name| (*name).to_owned()))
            .build()
            .unwrap();
        audit.run().await.document
    }

    /// Where reports are kept, opened with the credentials of the audit itself.
    pub(crate) async fn kept(&self, url: &str) -> Result<KeptObjects, String> {
        let settings = tenko::source_settings(Some(&self.provider().await), None);
        tenko::sources::kept_objects(&settings, url).await
    }

    /// The history at an address like `s3://bucket/prefix`.
    pub(crate) async fn history(&self, url: &str) -> RunHistory {
        let kept = self.kept(url).await.unwrap();
        RunHistory::over(kept.store, &kept.prefix, url.to_owned())
    }
}

fn load(text: &str) -> Manifest {
    let file = ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() };
    match tenko::declare::load(&[file], &tenko::catalog().unwrap()) {
        Ok(manifest) => manifest,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

pub(crate) fn in_folder(folder: &Path) -> RunHistory {
    RunHistory::local(folder).unwrap()
}

/// What a report tells of the cast: where it stands, its status, and the numbers of the runs that saw it
/// first and last. Whoever is not in the report is not in the story.
pub(crate) fn story(runs: &[Document], now: &Document) -> Vec<String> {
    let number = |standing: &Standing, first: bool| {
        let at = if first { standing.first_seen } else { standing.last_seen };
        let mut all = runs.iter().chain([now]);
        all.position(|run| run.run.finished_at == at)
            .map_or("?".to_owned(), |at| (at + 1).to_string())
    };
    let mut all: Vec<(&str, Item, String)> = Vec::new();
    all.extend(now.findings.iter().map(|f| {
        let place = if f.verdict == Verdict::Unknown { "untold" } else { "finding" };
        (place, Item::Finding(f.clone()), String::new())
    }));
    all.extend(now.drift.iter().map(|d| {
        let place = if d.is_difference() { "drift" } else { "untold" };
        (place, Item::Drift(d.clone()), String::new())
    }));
    all.extend(now.suppressed.iter().map(|s| ("decided", s.item.clone(), String::new())));
    all.extend(
        now.past.iter().map(|p| ("past", p.item.clone(), format!(" ({})", p.why_wording.id))),
    );
    let mut story = Vec::new();
    for (place, item, why) in all {
        let of_story = match &item {
            Item::Finding(finding) => finding.rule == "NET-03",
            Item::Drift(_) => true,
        };
        let name = item.resource().and_then(|resource| resource.name.as_deref());
        let Some(name) = name.filter(|name| of_story && CAST.contains(name)) else { continue };
        let Some(standing) = item.standing() else {
            story.push(format!("{name}: {place}"));
            continue;
        };
        let (first, last) = (number(standing, true), number(standing, false));
        story.push(format!("{name}: {place} {} {first}-{last}{why}", standing.status));
    }
    story.sort();
    story
}

/// The finding about the group with this name.
pub(crate) fn finding<'a>(document: &'a Document, name: &str) -> &'a tenko::model::Finding {
    let mut all = document.findings.iter().filter(|finding| {
        let resource = finding.resource.as_ref();
        finding.rule == "NET-03" && resource.and_then(|r| r.name.as_deref()) == Some(name)
    });
    all.next().unwrap_or_else(|| panic!("no finding is about {name}"))
}
