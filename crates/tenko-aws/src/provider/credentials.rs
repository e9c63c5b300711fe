//! The credentials of one account: held, proven, and renewed before or when they expire.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use tenko_core::BoxFuture;

use crate::wire::CallError;

/// Credentials are renewed when they have less than this left: longer than any one call takes,
/// retries included.
const MARGIN: Duration = Duration::from_secs(180);

/// Credentials with what `GetCallerIdentity` said of them.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    pub(crate) credentials: Credentials,
    pub(crate) account: String,
    pub(crate) arn: String,
}

impl Proven {
    fn is_fresh(&self) -> bool {
        self.credentials.expiry().is_none_or(|expiry| expiry > SystemTime::now() + MARGIN)
    }
}

/// Where credentials come from: the caller's own, or a role.
pub(crate) trait Source: Send + Sync + fmt::Debug {
    /// Gets new ones and proves whose they are.
    fn fetch(&self) -> BoxFuture<'_, Result<Proven, CallError>>;
}

/// The credentials of one account, shared by all its units.
#[derive(Clone)]
pub(crate) struct AccountCredentials(Arc<Inner>);

struct Inner {
    source: Box<dyn Source>,
    /// Locked while new ones are fetched: whoever comes meanwhile waits for the same.
    held: tokio::sync::Mutex<Option<Proven>>,
    /// The access key that a service last called expired.
    expired: Mutex<Option<String>>,
    retry_partition: RetryPartition,
}

impl fmt::Debug for AccountCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountCredentials").field("source", &self.0.source).finish_non_exhaustive()
    }
}

impl AccountCredentials {
    /// `name` tells retry budgets apart in logs.
    pub(crate) fn new(name: &str, source: impl Source + 'static) -> Self {
        Self(Arc::new(Inner {
            source: Box::new(source),
            held: tokio::sync::Mutex::new(None),
            expired: Mutex::new(None),
            retry_partition: RetryPartition::custom(name.to_owned()).build(),
        }))
    }

    /// The account's own retry budget.
    pub(crate) fn retry_partition(&self) -> RetryPartition {
        self.0.retry_partition.clone()
    }

    /// These credentials for one call.
    pub(crate) fn for_call(&self) -> CallCredentials {
        CallCredentials { account: self.clone(), used: Arc::default() }
    }

    /// Whether [`get`](Self::get) would answer without a call.
    pub(crate) fn is_held(&self) -> bool {
        // Somebody holding the lock is about to have new ones.
        self.0.held.try_lock().is_ok_and(|held| held.as_ref().is_some_and(|p| self.is_usable(p)))
    }

    /// The credentials, renewed if need be.
    pub(crate) async fn get(&self) -> Result<Proven, CallError> {
        let mut held = self.0.held.lock().await;
        if let Some(proven) = held.as_ref().filter(|proven| self.is_usable(proven)) {
            return Ok(proven.clone());
        }
        let proven = self.0.source.fetch().await?;
        *held = Some(proven.clone());
        Ok(proven)
    }

    /// Takes note that a service called this access key expired, whatever the clock here says.
    pub(crate) fn expire(&self, access_key: &str) {
        *self.0.expired.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(access_key.to_owned());
    }

    fn is_usable(&self, proven: &Proven) -> bool {
        let expired = self.0.expired.lock().unwrap_or_else(PoisonError::into_inner);
        proven.is_fresh() && expired.as_deref() != Some(proven.credentials.access_key_id())
    }
}

/// The credentials of one call: what provides them and what looks at the answers, as one. Given to an SDK call as its
/// provider of credentials, asked at each attempt, and as a classifier of its retries: an answer that says "expired"
/// makes the next attempt of that same call use renewed ones, so that no page is lost.
#[derive(Clone, Debug)]
pub(crate) struct CallCredentials {
    account: AccountCredentials,
    /// The access key of the last attempt: the request itself is gone when its answer is looked at.
    used: Arc<Mutex<Option<String>>>,
}

impl ProvideCredentials for CallCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let proven = self.account.get().await.map_err(CredentialsError::provider_error)?;
            let key = proven.credentials.access_key_id().to_owned();
            *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
            Ok(proven.credentials)
        })
    }
}

impl ClassifyRetry for CallCredentials {
    fn classify_retry(&self, ctx: &InterceptorContext) -> RetryAction {
        let says_expired = ctx.response().is_some_and(|response| {
            let kind = response.headers().get("x-amzn-errortype");
            matches!(response.status().as_u16(), 400 | 401 | 403)
                && (kind.is_some_and(|kind| names_expiry(kind.as_bytes()))
                    || response.body().bytes().is_some_and(names_expiry))
        });
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        match (says_expired, used.as_deref()) {
            (true, Some(key)) => {
                self.account.expire(key);
                RetryAction::transient_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "expired credentials"
    }
}

/// Whether an error's code, as a word of its own, says that the session ran out.
fn names_expiry(text: &[u8]) -> bool {
    text.get(..text.len().min(4096))
        .unwrap_or_default()
        .split(|byte| !byte.is_ascii_alphanumeric())
        .any(|word| matches!(word, b"ExpiredToken" | b"ExpiredTokenException" | b"RequestExpired"))
}

#[cfg(test)]
impl From<Credentials> for AccountCredentials {
    /// Credentials that never change, of account 111111111111.
    fn from(credentials: Credentials) -> Self {
        #[derive(Debug)]
        struct Fixed(Proven);

        impl Source for Fixed {
            fn fetch(&self) -> BoxFuture<'_, Result<Proven, CallError>> {
                Box::pin(std::future::ready(Ok(self.0.clone())))
            }
        }

        let (account, arn) =
            ("111111111111".to_owned(), "arn:aws:iam::111111111111:root".to_owned());
        Self::new("fixed", Fixed(Proven { credentials, account, arn }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Gives out keys `K1`, `K2`, ... with the given time left.
    #[derive(Debug)]
    struct Counting(Arc<AtomicU32>, Duration);

    impl Source for Counting {
        fn fetch(&self) -> BoxFuture<'_, Result<Proven, CallError>> {
            Box::pin(async {
                let n = self.0.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::task::yield_now().await;
                let expiry = SystemTime::now() + self.1;
                Ok(Proven {
                    credentials: Credentials::new(format!("K{n}"), "s", None, Some(expiry), "test"),
                    account: "1".to_owned(),
                    arn: "arn".to_owned(),
                })
            })
        }
    }

    fn counting(left: Duration) -> (Arc<AtomicU32>, AccountCredentials) {
        let fetched = Arc::new(AtomicU32::new(0));
        (fetched.clone(), AccountCredentials::new("t", Counting(fetched, left)))
    }

    async fn key(credentials: &AccountCredentials) -> String {
        credentials.get().await.unwrap().credentials.access_key_id().to_owned()
    }

    #[tokio::test]
    async fn many_ask_and_one_fetches() {
        let (fetched, credentials) = counting(Duration::from_secs(3600));
        let keys = futures_util::future::join_all((0..20).map(|_| key(&credentials))).await;
        assert!(keys.iter().all(|k| k == "K1"));
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn an_expired_key_is_renewed_once_for_all_who_saw_it() {
        let (fetched, credentials) = counting(Duration::from_secs(3600));
        assert_eq!(key(&credentials).await, "K1");
        // Two calls in flight with the old key come back, one of them late.
        credentials.expire("K1");
        assert_eq!(key(&credentials).await, "K2");
        credentials.expire("K1");
        assert_eq!(key(&credentials).await, "K2");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn credentials_near_their_end_are_not_used() {
        let (fetched, credentials) = counting(Duration::from_secs(60));
        key(&credentials).await;
        assert!(!credentials.is_held());
        key(&credentials).await;
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn expiry_is_a_word_of_its_own() {
        assert!(names_expiry(b"<Code>ExpiredToken</Code>"));
        assert!(names_expiry(br#"{"__type":"com.amazon.coral.service#ExpiredTokenException"}"#));
        assert!(!names_expiry(b"<Code>AccessDenied</Code> role MyExpiredTokens"));
    }
}
