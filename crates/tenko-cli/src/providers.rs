//! The providers of the real clouds: as the manifest says, and each argument wins over it.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenko::aws::{AwsProvider, AwsProviderBuilder, Discovery};
use tenko::declare::Manifest;
use tenko::gcp::{self, GoogleProvider};
use tenko::model::{Provider, Redactor};
use tenko::sources::Settings;

use crate::args::{CloudArgs, CloudName, Source, TypeArgs};
use crate::failure::Failure;

/// The providers of a run, and the way to infrastructure code with their credentials.
pub(crate) struct Providers {
    pub(crate) all: Vec<Arc<dyn Provider>>,
    pub(crate) sources: Settings,
}

/// A provider for each cloud that is asked. One that cannot be set up is an error: leaving its
/// accounts or projects out would look as if there were none.
pub(crate) async fn providers(
    asked: &BTreeSet<CloudName>,
    args: &CloudArgs,
    types: &TypeArgs,
    manifest: Option<&Manifest>,
    redactor: &Redactor,
) -> Result<Providers, Failure> {
    let mut all: Vec<Arc<dyn Provider>> = Vec::new();
    let (mut of_aws, mut of_google) = (None, None);
    for cloud in asked {
        let redactor = redactor.clone();
        let made: Result<Arc<dyn Provider>, Failure> = match cloud {
            CloudName::Aws => aws(args, types, manifest, redactor).await.map(|provider| {
                of_aws = Some(provider.clone());
                Arc::new(provider) as _
            }),
            CloudName::Gcp => google(args, types, manifest, redactor).await.map(|provider| {
                of_google = Some(provider.clone());
                Arc::new(provider) as _
            }),
        };
        all.push(made.map_err(|failure| leave_out(failure, *cloud, asked))?);
    }
    Ok(Providers { all, sources: tenko::source_settings(of_aws.as_ref(), of_google.as_ref()) })
}

/// Says how the others can be asked without this cloud.
pub(crate) fn leave_out(
    failure: Failure,
    cloud: CloudName,
    asked: &BTreeSet<CloudName>,
) -> Failure {
    match cloud.others(asked) {
        Some(option) => failure.hint(format!("`{option}` leaves {cloud} out")),
        None => failure,
    }
}

async fn aws(
    args: &CloudArgs,
    types: &TypeArgs,
    manifest: Option<&Manifest>,
    redactor: Redactor,
) -> Result<AwsProvider, Failure> {
    let settings = manifest.map(|manifest| manifest.aws.clone()).unwrap_or_default();
    let mut further: Vec<String> =
        settings.cloud_control.iter().map(|name| name.as_str().to_owned()).collect();
    further.extend(types.cloud_control.iter().cloned());
    let mut builder = tenko::aws_provider(&settings).redactor(redactor);
    builder = builder.cloud_control_types(further);
    let own = &args.aws;
    if !own.accounts.is_empty() {
        builder = builder.discovery(Discovery::Accounts(own.accounts.clone()));
    } else if args.caller_only {
        builder = builder.discovery(Discovery::Caller);
    }
    let given = |builder: AwsProviderBuilder,
                 value: &Option<String>,
                 set: fn(AwsProviderBuilder, String) -> AwsProviderBuilder| {
        match value.as_ref().filter(|value| !value.is_empty()) {
            Some(value) => set(builder, value.clone()),
            None => builder,
        }
    };
    builder = given(builder, &own.profile, |builder, value| builder.profile(value));
    builder = given(builder, &own.role, |builder, value| builder.role(value));
    builder = given(builder, &own.external_id, |builder, value| builder.external_id(value));
    if !own.regions.is_empty() {
        builder = builder.regions(own.regions.iter().cloned());
    }
    builder
        .load()
        .await
        .map_err(|error| Failure::new("failed to set up the AWS provider").because(error))
}

async fn google(
    args: &CloudArgs,
    types: &TypeArgs,
    manifest: Option<&Manifest>,
    redactor: Redactor,
) -> Result<GoogleProvider, Failure> {
    let settings = manifest.map(|manifest| manifest.google.clone()).unwrap_or_default();
    let mut further: Vec<String> =
        settings.asset_types.iter().map(|name| name.as_str().to_owned()).collect();
    further.extend(types.asset_types.iter().cloned());
    let mut builder = tenko::google_provider(&settings).redactor(redactor).asset_types(further);
    let own = &args.google;
    let parents = own.parents();
    if !own.projects.is_empty() {
        builder = builder.discovery(gcp::Discovery::Projects(own.projects.clone()));
    } else if !parents.is_empty() {
        builder = builder.discovery(gcp::Discovery::Organization { parents });
    } else if args.caller_only {
        builder = builder.discovery(gcp::Discovery::Caller);
    }
    if let Some(email) = &own.impersonate {
        builder = builder.impersonate(email.clone());
    }
    if let Some(source) = own.source {
        builder = builder.source(match source {
            Source::Auto => gcp::Source::Auto,
            Source::AssetInventory => gcp::Source::AssetInventory,
            Source::Services => gcp::Source::Services,
        });
    }
    builder.load().await.map_err(|error| {
        let unsigned = matches!(error, gcp::BuildError::Credentials(_));
        let failure = Failure::new("failed to set up the Google Cloud provider").because(error);
        if unsigned { failure.hint(GOOGLE_SIGN_IN) } else { failure }
    })
}

/// What to do without credentials for Google Cloud.
pub(crate) const GOOGLE_SIGN_IN: &str = "sign in with `gcloud auth application-default login`, or \
     name a credentials file with GOOGLE_APPLICATION_CREDENTIALS; to impersonate a service account \
     takes the role Service Account Token Creator on it";
