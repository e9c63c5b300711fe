//! What infrastructure code says: sources are read, states understood, and put beside what the
//! manifest declares.

use std::error::Error;
use std::sync::Arc;

use crate::aws::AwsProvider;
use crate::declare::IacSource;
use crate::declare::terraform::{Mappings, Skipped, StateFile, StateInfo, fold, read_owned_state};
use crate::gcp::GoogleProvider;
use crate::messages::english;
use crate::model::{BoxFuture, Catalog, Claim, IacOwner, Message, UnreadCode, msg};
use crate::sources::{AwsAccess, AwsKeys, Document, GoogleAccess, GoogleToken, Reader, Settings};

/// What infrastructure code says, as it was read. `Default` is no code at all.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Code {
    /// Every resource that it manages.
    pub claims: Vec<Claim>,
    /// What could not be read. What is declared there is unknown.
    pub unread: Vec<UnreadCode>,
    /// The states that were read, in the order of their sources.
    pub states: Vec<State>,
    /// What was left out of a state, with the state's name.
    pub skipped: Vec<(Arc<str>, Skipped)>,
}

/// One state that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// The file, object or address, as the user named it.
    pub name: Arc<str>,
    /// The environment that lists it; null when several do, or none.
    pub owner: Option<IacOwner>,
    /// Its versions and what it holds, in numbers.
    pub info: StateInfo,
}

/// Reads the states that the sources stand for. Nothing ends it early: what cannot be read or
/// understood is [`Code::unread`], with the reason.
///
/// To be called inside a tokio runtime. [`source_settings`] makes settings that know the clouds'
/// credentials; with `Settings::default()` files and addresses are read, and objects are not.
pub async fn read_code(sources: &[IacSource], catalog: &Catalog, settings: Settings) -> Code {
    if sources.is_empty() {
        return Code::default();
    }
    let reader = Reader::new(settings).map_err(|error| in_its_words(&error));
    let mappings = Mappings::new(catalog).map_err(|error| in_its_words(&error));
    let (reader, mappings) = match (reader, mappings) {
        (Ok(reader), Ok(mappings)) => (reader, Arc::new(mappings)),
        (Err(why), _) | (_, Err(why)) => return Code::unread(sources, why),
    };
    let understand = move |document| understand(document, &mappings);
    assemble(reader.read(sources, understand).await)
}

/// As [`read_code`], with states that are already at hand. What cannot be understood is
/// [`Code::unread`], with the reason.
pub fn code_of(documents: impl IntoIterator<Item = Document>, catalog: &Catalog) -> Code {
    let mappings = Mappings::new(catalog).map_err(|error| in_its_words(&error));
    assemble(documents.into_iter().map(|document| {
        let (file, owner) = (document.name.clone(), document.owner.clone());
        let mappings = mappings.as_ref().map_err(Clone::clone);
        let state = mappings.and_then(|mappings| understand(document, mappings));
        state.map_err(|why| unread(file, owner, why))
    }))
}

/// A state with its owner.
type Owned = (StateFile, Option<IacOwner>);

fn understand(document: Document, mappings: &Mappings) -> Result<Owned, Message> {
    let Document { name, owner, bytes } = document;
    let state = read_owned_state(&name, bytes.into(), mappings).map_err(|error| error.wording())?;
    Ok((state, owner))
}

/// An error that only a fault of tenko or of its settings causes, in English.
fn in_its_words(error: &dyn Error) -> Message {
    msg!("as-it-is", text = with_causes(error))
}

/// What all states say together.
fn assemble(results: impl IntoIterator<Item = Result<Owned, UnreadCode>>) -> Code {
    let mut code = Code::default();
    let mut files = Vec::new();
    for result in results {
        match result {
            Ok((file, owner)) => {
                let (name, info) = (file.name.clone(), file.info.clone());
                // What is declared in a part that cannot be read is as unknown as a whole state.
                let gap = file.gap().map(|why| unread(name.clone(), owner.clone(), why));
                code.unread.extend(gap);
                code.states.push(State { name, owner: owner.clone(), info });
                files.push((file, owner));
            }
            Err(unread) => code.unread.push(unread),
        }
    }
    let folded = fold(files);
    (code.claims, code.skipped) = (folded.claims, folded.skipped);
    code
}

impl Code {
    /// Code that was not read at all, for one and the same reason.
    pub(crate) fn unread(sources: &[IacSource], why: Message) -> Self {
        let unread = sources.iter().map(|source| {
            unread(source.location.to_string().into(), source.owner.clone(), why.clone())
        });
        Self { unread: unread.collect(), ..Self::default() }
    }
}

fn unread(file: Arc<str>, owner: Option<IacOwner>, why: Message) -> UnreadCode {
    UnreadCode { file, owner, reason: english(&why), reason_wording: Some(why) }
}

/// How sources are read by whoever has these providers: objects with their credentials, and with
/// the certificates that `AWS_CA_BUNDLE` names. Everything else as in `Settings::default()`.
pub fn source_settings(aws: Option<&AwsProvider>, google: Option<&GoogleProvider>) -> Settings {
    let certificates = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty());
    Settings {
        aws: aws.map(|provider| Arc::new(Aws(provider.clone())) as _),
        google: google.map(|provider| Arc::new(Google(provider.clone())) as _),
        // A file that cannot be read is an error of the provider.
        certificates: certificates.and_then(|path| std::fs::read(path).ok()),
        ..Settings::default()
    }
}

/// The caller's own way into S3.
#[derive(Debug)]
struct Aws(AwsProvider);

impl AwsAccess for Aws {
    fn keys(&self) -> BoxFuture<'_, Result<AwsKeys, String>> {
        Box::pin(async {
            let keys = self.0.caller_keys().await.map_err(|error| error.to_string())?;
            Ok(AwsKeys {
                access_key_id: keys.access_key_id,
                secret_access_key: keys.secret_access_key,
                session_token: keys.session_token,
            })
        })
    }

    fn region(&self) -> Option<String> {
        Some(self.0.caller_region().to_owned())
    }

    fn endpoint(&self) -> Option<String> {
        self.0.s3_endpoint()
    }
}

/// The caller's own way into Cloud Storage.
#[derive(Debug)]
struct Google(GoogleProvider);

impl GoogleAccess for Google {
    fn token(&self) -> BoxFuture<'_, Result<GoogleToken, String>> {
        Box::pin(async {
            let token = self.0.storage_token().await.map_err(|error| error.to_string())?;
            Ok(GoogleToken { bearer: token.bearer, quota_project: token.quota_project })
        })
    }

    fn endpoint(&self) -> Option<String> {
        self.0.storage_endpoint()
    }
}

/// An error with its causes, in one line.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
