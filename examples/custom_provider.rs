//! A cloud of your own answers the roll call: machines in a rack, from a list.
//!
//! ```sh
//! cargo run -p tenko-examples --example custom_provider
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use futures_util::stream;
use serde_json::json;
use tenko::Audit;
use tenko::model::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Origin, Outcome, Provider, Rate, Reach, ReachKind, Redactor, ResourceDraft, ResourceKey, Scope,
    ScopeKind, ScopeStatus, TypeInfo, Unit,
};

const MACHINE: &str = "rack.example.com/Machine";

#[derive(Debug)]
struct Rack {
    catalog: Catalog,
    redactor: Redactor,
}

impl Rack {
    fn new() -> Self {
        let info = TypeInfo {
            resource_type: MACHINE.into(),
            cloud: Cloud::new("rack"),
            service: "inventory".to_owned(),
            title: "Machine".to_owned(),
            doc: "A machine in a rack.".to_owned(),
            reach: ReachKind::Global,
            taggable: true,
            attributes: vec!["cores".to_owned(), "serial".to_owned(), "bmcPassword".to_owned()],
            ignored: vec![],
            sensitive: vec!["bmcPassword".parse().expect("a valid path")],
            sets: vec![],
            permissions: vec![],
            iac: Default::default(),
        };
        Self { catalog: [info].into_iter().collect(), redactor: Redactor::new([3; 32]) }
    }
}

impl Provider for Rack {
    fn cloud(&self) -> Cloud {
        Cloud::new("rack")
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn discover<'a>(&'a self, _gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        let scope = |id: &str| {
            DiscoverEvent::Scope(Scope {
                cloud: self.cloud(),
                id: id.into(),
                kind: ScopeKind::Project,
                parent: None,
                name: id.to_owned(),
                status: ScopeStatus::Active,
                management: false,
                tags: BTreeMap::new(),
            })
        };
        Box::pin(stream::iter([scope("tokyo-1"), scope("tokyo-2")]))
    }

    fn open<'a>(&'a self, scope: &'a Scope, _gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        // The second rack does not answer: that is a fact, and not an empty rack.
        let outcome = if scope.id == "tokyo-2" { Outcome::Unreachable } else { Outcome::Complete };
        Box::pin(std::future::ready(Answer {
            scope: scope.id.clone(),
            cloud: self.cloud(),
            outcome,
            identity: Some("inventory reader".to_owned()),
            regions: vec![],
            disabled_regions: vec![],
            problems: vec![],
        }))
    }

    fn collect<'a>(&'a self, unit: &'a Unit, _gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        let machine = |id: &str, cores: u32| {
            let draft = ResourceDraft {
                key: ResourceKey {
                    cloud: self.cloud(),
                    scope: unit.scope.clone(),
                    region: Reach::Global,
                    resource_type: MACHINE.into(),
                    id: id.to_owned(),
                },
                name: Some(id.to_owned()),
                tags: BTreeMap::from([("rack".to_owned(), "a".to_owned())]),
                created_at: None,
                origin: Origin::Customer,
                attributes: json!({ "cores": cores, "serial": id, "bmcPassword": "hunter2" }),
                unknown: vec![],
            };
            draft.finish(&self.catalog.iter().next().expect("one type").clone(), &self.redactor)
        };
        let events = match [machine("db-1", 64), machine("web-1", 16)].into_iter().collect() {
            Ok(machines) => {
                vec![CollectEvent::Resources(machines), CollectEvent::End(Outcome::Complete)]
            }
            Err(_) => vec![CollectEvent::End(Outcome::Unreachable)],
        };
        Box::pin(stream::iter(events))
    }

    fn rate(&self, _service: &str) -> Rate {
        Rate { burst: 10, per_second: 10.0 }
    }

    fn calls(&self) -> Vec<CallCount> {
        vec![]
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let snapshot = Audit::builder().provider(Arc::new(Rack::new())).build()?.collect().await;
    for resource in &snapshot.resources {
        println!("{} {}", resource.key, resource.attributes.as_json());
    }
    for row in snapshot.coverage.iter().filter(|row| row.outcome.is_gap()) {
        println!("not read: {}: {}", row.unit, row.outcome);
    }
    Ok(())
}
