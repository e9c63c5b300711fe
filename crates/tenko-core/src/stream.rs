//! Streams that are written as straight-line code: a future that sends what it finds. For authors of providers.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use crate::provider::BoxStream;

/// Where the code sends its events. Sending waits until the event before was taken, so nothing piles up.
#[derive(Debug)]
pub struct Sink<T>(Arc<Mutex<Slot<T>>>);

#[derive(Debug)]
struct Slot<T> {
    event: Option<T>,
    waiting: VecDeque<Waker>,
}

impl<T> Sink<T> {
    /// Hands one event over. It cannot fail: the reader lives as long as the code that sends.
    pub async fn send(&self, event: T) {
        let mut event = Some(event);
        poll_fn(|cx| {
            let mut slot = lock(&self.0);
            if slot.event.is_none() {
                slot.event = event.take();
                return Poll::Ready(());
            }
            slot.waiting.push_back(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

fn lock<T>(slot: &Mutex<Slot<T>>) -> std::sync::MutexGuard<'_, Slot<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

struct WorkStream<T, F> {
    /// Dropped when it is done.
    work: Option<Pin<Box<F>>>,
    slot: Arc<Mutex<Slot<T>>>,
}

impl<T, F: Future<Output = ()>> Stream for WorkStream<T, F> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        let mut taken = this.take();
        if taken.is_none() {
            if this.work.as_mut().is_some_and(|work| work.as_mut().poll(cx).is_ready()) {
                this.work = None;
            }
            taken = this.take();
        }
        match taken {
            Some(event) => Poll::Ready(Some(event)),
            None if this.work.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl<T, F> WorkStream<T, F> {
    fn take(&self) -> Option<T> {
        let mut slot = lock(&self.slot);
        let event = slot.event.take()?;
        slot.waiting.drain(..).for_each(Waker::wake);
        Some(event)
    }
}

/// Runs `work` inside the stream that it feeds: no task is spawned, so dropping the stream
/// stops the work, and the work may borrow what the stream borrows.
pub fn stream_of<'a, T, F>(work: impl FnOnce(Sink<T>) -> F) -> BoxStream<'a, T>
where
    T: Send + 'a,
    F: Future<Output = ()> + Send + 'a,
{
    let slot = Arc::new(Mutex::new(Slot { event: None, waiting: VecDeque::new() }));
    let work = Some(Box::pin(work(Sink(Arc::clone(&slot)))));
    Box::pin(WorkStream { work, slot })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Takes everything without a runtime: the work never waits for anything but its reader.
    fn drain<T>(mut stream: BoxStream<'_, T>) -> Vec<T> {
        let mut cx = Context::from_waker(Waker::noop());
        let mut out = Vec::new();
        loop {
            match stream.as_mut().poll_next(&mut cx) {
                Poll::Ready(Some(event)) => out.push(event),
                Poll::Ready(None) => return out,
                Poll::Pending => {}
            }
        }
    }

    #[test]
    fn events_come_in_order_and_the_stream_ends() {
        let stream = stream_of(|sink| async move {
            for i in 0..5 {
                sink.send(i).await;
            }
        });
        assert_eq!(drain(stream), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn nothing_is_sent_ahead_of_the_reader() {
        let sent = AtomicUsize::new(0);
        let mut stream = stream_of(|sink| {
            let sent = &sent;
            async move {
                for i in 0..100 {
                    sink.send(i).await;
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let mut cx = Context::from_waker(Waker::noop());
        assert!(stream.as_mut().poll_next(&mut cx).is_ready());
        assert!(sent.load(Ordering::Relaxed) <= 2);
    }

    #[test]
    fn two_that_send_at_once_are_both_heard() {
        let stream = stream_of(|sink| async move {
            let mut both = [Some(Box::pin(sink.send(1))), Some(Box::pin(sink.send(2)))];
            poll_fn(|cx| {
                for one in &mut both {
                    if one.as_mut().is_some_and(|one| one.as_mut().poll(cx).is_ready()) {
                        *one = None;
                    }
                }
                if both.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        });
        let mut seen = drain(stream);
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
    }
}
