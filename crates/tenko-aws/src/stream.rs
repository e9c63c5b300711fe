//! Streams that are written as straight-line code: a future that sends what it finds.

use std::future::Future;
use std::pin::Pin;

use futures_util::stream::poll_fn;
use tenko_core::BoxStream;
use tokio::sync::mpsc;

/// Where the code sends its events. Sending waits until the event was taken, so nothing piles up.
pub(crate) struct Sink<T>(mpsc::Sender<T>);

impl<T> Sink<T> {
    /// Hands one event over. It cannot fail: the receiver lives as long as the code that sends.
    pub(crate) async fn send(&self, event: T) {
        let _ = self.0.send(event).await;
    }
}

/// Runs `work` inside the stream that it feeds: no task is spawned, so dropping the stream
/// stops the work, and the work may borrow what the stream borrows.
pub(crate) fn stream_of<'a, T, F>(work: impl FnOnce(Sink<T>) -> F) -> BoxStream<'a, T>
where
    T: Send + 'a,
    F: Future<Output = ()> + Send + 'a,
{
    let (sender, mut receiver) = mpsc::channel(1);
    let mut work: Option<Pin<Box<F>>> = Some(Box::pin(work(Sink(sender))));
    Box::pin(poll_fn(move |cx| {
        // Finished work is dropped at once: with it goes the last sender, which ends the stream.
        if work.as_mut().is_some_and(|work| work.as_mut().poll(cx).is_ready()) {
            work = None;
        }
        receiver.poll_recv(cx)
    }))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn events_come_in_order_and_the_stream_ends() {
        let stream = stream_of(|sink| async move {
            for i in 0..5 {
                sink.send(i).await;
                tokio::task::yield_now().await;
            }
        });
        assert_eq!(stream.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn nothing_is_sent_ahead_of_the_reader() {
        let sent = std::sync::atomic::AtomicUsize::new(0);
        let mut stream = stream_of(|sink| {
            let sent = &sent;
            async move {
                for i in 0..100 {
                    sink.send(i).await;
                    sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            }
        });
        assert_eq!(stream.next().await, Some(0));
        assert!(sent.load(std::sync::atomic::Ordering::Relaxed) <= 2);
    }
}
