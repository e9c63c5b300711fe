//! What is going on, for who looks for a mistake: `RUST_LOG=tenko=debug`. Off unless asked for.

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, filter, registry};

/// Of a library that tenko uses, this much is shown and no more, whatever is asked for: at the next level those of the
/// clouds show whole requests, with the codes and tokens that people sign in with.
const LIBRARIES: LevelFilter = LevelFilter::DEBUG;

/// To standard error, as `RUST_LOG` has it.
pub(crate) fn to_stderr() {
    // Set once, at the start: nobody else has.
    let _ = tracing::subscriber::set_global_default(subscriber(
        EnvFilter::from_default_env(),
        std::io::stderr,
    ));
}

fn subscriber<W>(wanted: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    registry()
        .with(wanted)
        .with(filter::filter_fn(is_shown))
        .with(tracing_subscriber::fmt::layer().with_writer(writer))
}

fn is_shown(metadata: &Metadata<'_>) -> bool {
    let name = metadata.target().split("::").next().unwrap_or_default();
    name == "tenko" || name.starts_with("tenko_") || *metadata.level() <= LIBRARIES
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_libraries_say_of_requests_is_never_shown() {
        let sink = Sink::default();
        let writer = sink.clone();
        let all = EnvFilter::new("trace");
        tracing::subscriber::with_default(subscriber(all, move || writer.clone()), || {
            tracing::trace!(target: "tenko_login::aws", "ours");
            tracing::debug!(target: "aws_smithy_runtime::client", "theirs");
            tracing::trace!(target: "aws_smithy_runtime::client", request = "TokenCode=123456");
            tracing::trace!(target: "tenkoku", "another one's");
            let span = tracing::trace_span!(target: "zbus::connection", "call", body = "s3cret");
            span.in_scope(|| tracing::info!(target: "zbus", "inside"));
        });
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(
            text.contains("ours") && text.contains("theirs") && text.contains("inside"),
            "{text}"
        );
        for hidden in ["123456", "another", "s3cret"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
}
