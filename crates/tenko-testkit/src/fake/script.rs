//! A stream as a list of steps.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::unfold;
use tenko_core::{BoxStream, Gate, RateKey};
use tokio::time::sleep;

use super::log::{Log, Running};

/// One thing that a stream does.
#[derive(Debug)]
pub(super) enum Step<T> {
    /// Passes the gate, and takes so long.
    Call(RateKey, Duration),
    /// Tells the gate that it was throttled.
    Throttled(RateKey),
    Sleep(Duration),
    Emit(T),
    /// Emits the same for ever.
    Flood(T),
    Hang,
    Panic(String),
}

struct Player<'a, T> {
    steps: VecDeque<Step<T>>,
    gate: &'a dyn Gate,
    log: Arc<Log>,
    // Ends with the stream, whether it was read to its end or dropped.
    _running: Option<Running>,
}

/// Plays the steps, one after the other.
pub(super) fn play<'a, T: Clone + Send + 'a>(
    steps: Vec<Step<T>>,
    gate: &'a dyn Gate,
    log: Arc<Log>,
    running: Option<Running>,
) -> BoxStream<'a, T> {
    let player = Player { steps: steps.into(), gate, log, _running: running };
    Box::pin(unfold(player, |mut player| async move {
        let item = player.next().await?;
        Some((item, player))
    }))
}

impl<T: Clone> Player<'_, T> {
    async fn next(&mut self) -> Option<T> {
        loop {
            match self.steps.pop_front()? {
                Step::Call(key, takes) => {
                    self.gate.pass(&key).await;
                    self.log.add_call(key);
                    sleep(takes).await;
                }
                Step::Throttled(key) => {
                    self.gate.throttled(&key);
                    self.log.add_throttled();
                }
                Step::Sleep(duration) => sleep(duration).await,
                Step::Emit(item) => return Some(item),
                Step::Flood(item) => {
                    self.steps.push_front(Step::Flood(item.clone()));
                    return Some(item);
                }
                Step::Hang => std::future::pending().await,
                #[expect(clippy::panic, reason = "misbehaving is what it is asked for")]
                Step::Panic(message) => panic!("{message}"),
            }
        }
    }
}
