//! Collects two types of the caller's own account, keeps the snapshot and reads it back.
//!
//! ```sh
//! cargo run -p tenko-examples --example collect_only -- inventory.tenko.zst
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use tenko::Audit;
use tenko::aws::{AwsProvider, Discovery};
use tenko::model::Redactor;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args().nth(1).unwrap_or("inventory.tenko.zst".to_owned()));
    let provider = AwsProvider::builder()
        .discovery(Discovery::Caller)
        .redactor(Redactor::new(*b"a random key of thirty-two bytes"))
        .load()
        .await?;
    let snapshot = Audit::builder()
        .provider(Arc::new(provider))
        .types(["AWS::EC2::VPC".to_owned(), "AWS::S3::*".to_owned()])
        .build()?
        .collect()
        .await;
    tenko::store::write(&path, &snapshot)?;

    let read = tenko::store::read(&path)?;
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for resource in &read.resources {
        *counts.entry(&resource.key.resource_type).or_default() += 1;
    }
    for (resource_type, count) in counts {
        println!("{count:6} {resource_type}");
    }
    // Say what was not seen: a list without this is a list that lies.
    for row in read.coverage.iter().filter(|row| row.outcome.is_gap()) {
        println!("not read: {}: {}", row.unit, row.outcome);
    }
    Ok(())
}
