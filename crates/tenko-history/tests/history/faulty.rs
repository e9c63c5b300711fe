//! An object store that fails.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::*;

/// How it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing more can be written after so many bytes.
    Full(i64),
    /// The answer to the write number so and so is lost, and what was written is there.
    LostAnswer(i64),
    /// The read number so and so fails.
    Read(i64),
    /// Listing fails.
    List,
}

#[derive(Debug)]
pub(crate) struct Faulty {
    inner: Arc<dyn ObjectStore>,
    fault: Fault,
    count: AtomicI64,
}

impl Faulty {
    pub(crate) fn over(inner: Arc<dyn ObjectStore>, fault: Fault) -> Arc<dyn ObjectStore> {
        Arc::new(Self { inner, fault, count: AtomicI64::new(0) })
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faulty")
    }
}

fn fails(why: &'static str) -> Error {
    Error::Generic { store: "faulty", source: why.into() }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, at: &Path, bytes: PutPayload, how: PutOptions) -> Result<PutResult> {
        assert_eq!(how.mode, PutMode::Create, "nothing is overwritten");
        match self.fault {
            Fault::Full(room) => {
                let length = bytes.content_length() as i64;
                if self.count.fetch_add(length, Ordering::SeqCst) + length > room {
                    return Err(fails("no space left on device"));
                }
                self.inner.put_opts(at, bytes, how).await
            }
            Fault::LostAnswer(nth) if self.count.fetch_add(1, Ordering::SeqCst) == nth => {
                self.inner.put_opts(at, bytes, how).await?;
                Err(fails("connection reset"))
            }
            _ => self.inner.put_opts(at, bytes, how).await,
        }
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        panic!("a report is one object")
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        if let Fault::Read(nth) = self.fault
            && self.count.fetch_add(1, Ordering::SeqCst) == nth
        {
            return Err(fails("connection reset"));
        }
        self.inner.get_opts(at, how).await
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        panic!("nothing is deleted")
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.fault {
            Fault::List => Box::pin(futures_util::stream::once(async { Err(fails("denied")) })),
            _ => self.inner.list(prefix),
        }
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        panic!("entries are in one folder")
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        panic!("nothing is copied")
    }
}
