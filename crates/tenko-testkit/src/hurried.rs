//! A provider without its pace: a simulated cloud has nobody to be considerate of.

use tenko_core::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Provider, Rate, Scope, Unit,
};

/// A provider that asks as fast as it is answered. How fast it may ask is tested elsewhere.
#[derive(Clone, Debug)]
pub struct Hurried<P>(pub P);

impl<P: Provider> Provider for Hurried<P> {
    fn cloud(&self) -> Cloud {
        self.0.cloud()
    }

    fn catalog(&self) -> &Catalog {
        self.0.catalog()
    }

    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        self.0.discover(gate)
    }

    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        self.0.open(scope, gate)
    }

    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        self.0.collect(unit, gate)
    }

    fn rate(&self, _service: &str) -> Rate {
        Rate { burst: 10_000, per_second: 10_000.0 }
    }

    fn guard(&self) -> Option<tenko_core::Guard> {
        self.0.guard()
    }

    fn calls(&self) -> Vec<CallCount> {
        self.0.calls()
    }
}
