//! Infrastructure code, read with the caller's own credentials.

use tenko::Code;
use tenko::declare::{IacLocation, IacSource, Manifest};
use tenko::model::{Catalog, Redactor};
use tenko::report::visible;
use tenko::sources::Settings;

use crate::files;
use crate::output::Out;

/// Reads the code that a manifest names. Clouds are asked for nothing but objects that it names.
pub(crate) async fn of_manifest(manifest: &Manifest, catalog: &Catalog, out: &Out) -> Code {
    let settings = settings(&manifest.iac, Some(manifest), out).await;
    tenko::read_code(&manifest.iac, catalog, settings).await
}

/// Names what could not be read, where no report does.
pub(crate) fn note_unread(code: &Code, out: &Out) {
    for unread in &code.unread {
        out.note(&format!("not read: {}: {}", visible(&unread.file), visible(&unread.reason)));
    }
}

/// The way to the sources: with a cloud's credentials only where an object is in that cloud. A
/// cloud that one cannot sign in to leaves its objects unread, each with the reason.
pub(crate) async fn settings(
    sources: &[IacSource],
    manifest: Option<&Manifest>,
    out: &Out,
) -> Settings {
    let names = |scheme: &str| {
        sources.iter().any(|source| {
            matches!(&source.location, IacLocation::Object { url } if url.starts_with(scheme))
        })
    };
    way_into(names("s3:"), names("gs:"), manifest, out).await
}

/// The way into these clouds' object storage, with the caller's own credentials.
pub(crate) async fn way_into(
    s3: bool,
    cloud_storage: bool,
    manifest: Option<&Manifest>,
    out: &Out,
) -> Settings {
    let redactor = || Redactor::new(files::random_key());
    let (mut aws, mut google) = (None, None);
    if s3 {
        let settings = manifest.map(|manifest| manifest.aws.clone()).unwrap_or_default();
        match tenko::aws_provider(&settings).redactor(redactor()).load().await {
            Ok(provider) => aws = Some(provider),
            Err(error) => out.note(&format!("failed to set up the way into S3: {error}")),
        }
    }
    if cloud_storage {
        let settings = manifest.map(|manifest| manifest.google.clone()).unwrap_or_default();
        match tenko::google_provider(&settings).redactor(redactor()).load().await {
            Ok(provider) => google = Some(provider),
            Err(error) => {
                out.note(&format!("failed to set up the way into Cloud Storage: {error}"));
            }
        }
    }
    tenko::source_settings(aws.as_ref(), google.as_ref())
}
