//! Sources of every kind, read from folders and from servers on loopback.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod addresses;
mod objects;
mod paths;
mod server;
mod workspaces;

use std::sync::Arc;
use std::time::Duration;

use tenko_core::{IacOwner, Source, SourceKind, UnreadCode};
use tenko_declare::{IacLocation, IacSource};
use tenko_sources::{Document, Reader, Settings};

/// A source of an environment, as a manifest in `folder` would name it.
fn source(folder: &str, environment: &str, location: IacLocation) -> IacSource {
    let owner = IacOwner { tenant: "acme".into(), environment: environment.into() };
    let place = Source {
        kind: SourceKind::Manifest,
        file: format!("{folder}/tenants.yaml").into(),
        address: String::new(),
        line: None,
    };
    IacSource { owner: Some(owner), place: Some(place), location }
}

fn named(text: &str) -> IacSource {
    IacSource { owner: None, place: None, location: tenko_declare::parse_location(text).unwrap() }
}

/// Quick to give up; `variables` are the environment.
fn settings(variables: &'static [(&'static str, &'static str)]) -> Settings {
    let value = move |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    Settings {
        environment: Arc::new(value),
        retry_delay: Duration::from_millis(1),
        idle_timeout: Duration::from_secs(5),
        plain_loopback: true,
        ..Settings::default()
    }
}

type Results = Vec<Result<Document, UnreadCode>>;

async fn read(settings: Settings, sources: &[IacSource]) -> Results {
    let reader = Reader::new(settings).unwrap();
    let results = reader.documents(sources).await;
    assert_eq!(reader.refused_calls(), 0);
    results
}

/// One line for each result: `name = content`, or `name: reason`.
fn lines(results: &Results) -> Vec<String> {
    let line = |result: &Result<Document, UnreadCode>| match result {
        Ok(document) => {
            format!("{} = {}", document.name, String::from_utf8_lossy(&document.bytes))
        }
        Err(unread) => format!("{}: {}", unread.file, unread.reason),
    };
    results.iter().map(line).collect()
}
