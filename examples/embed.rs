//! An internal tool that audits the organization and acts on what differs.
//!
//! ```sh
//! cargo run -p tenko-examples --example embed -- tenants.yaml
//! ```
//!
//! Credentials, region and endpoints come from the environment, as for the clouds' own tools.

use std::error::Error;
use std::sync::Arc;

use tenko::Audit;
use tenko::collect::Event;
use tenko::declare::ManifestFile;
use tenko::model::{Cloud, DriftKind, Redactor};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "tenants.yaml".to_owned());
    let bytes = std::fs::read(&path)?;
    let manifest =
        tenko::declare::load(&[ManifestFile { name: &path, bytes: &bytes }], &tenko::catalog()?)?;

    // Keep a random key of your own beside the history: it hides sensitive values, and the same
    // key shows whether one of them changed.
    let redactor = Redactor::new(*b"a random key of thirty-two bytes");
    let clouds = manifest.clouds();
    let mut audit = Audit::builder();
    if clouds.contains(&Cloud::aws()) {
        let aws = tenko::aws_provider(&manifest.aws).redactor(redactor.clone()).load().await?;
        audit = audit.provider(Arc::new(aws));
    }
    if clouds.contains(&Cloud::gcp()) {
        let google = tenko::google_provider(&manifest.google).redactor(redactor).load().await?;
        audit = audit.provider(Arc::new(google));
    }

    let audit = audit
        .manifest(manifest)
        .on_event(|event| {
            if let Event::ScopeAnswered(answer) = event {
                eprintln!("{}: {}", answer.scope, answer.outcome);
            }
        })
        .build()?;
    let report = audit.run().await;

    for drift in &report.document.drift {
        let owner = drift.owner.as_deref().unwrap_or("nobody");
        match drift.kind {
            // Not seen is not the same as not there: never act on it as if it were.
            DriftKind::Unknown => println!("ask again: {}", drift.resource.label()),
            kind => println!("tell {owner}: {kind} {}", drift.resource.label()),
        }
    }
    println!("verdict: {}", report.document.summary.verdict);
    Ok(())
}
