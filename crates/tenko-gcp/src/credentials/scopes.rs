use std::sync::Arc;

/// What a token may be used for: OAuth scopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scopes {
    /// Reading everything: the scope that every service should take, and some do not.
    ReadOnly,
    /// Just these.
    Of(Arc<[String]>),
}

impl Scopes {
    /// Everything that the identity is allowed, for methods that take nothing less.
    pub(crate) fn everything() -> Self {
        Self::Of([CLOUD_PLATFORM.to_owned()].into())
    }

    /// As URLs.
    pub(crate) fn urls(&self) -> Vec<String> {
        match self {
            Self::ReadOnly => vec![READ_ONLY.to_owned()],
            Self::Of(urls) => urls.to_vec(),
        }
    }
}

const READ_ONLY: &str = "https://www.googleapis.com/auth/cloud-platform.read-only";
/// The source of an impersonation needs it: `generateAccessToken` takes nothing less but `iam`.
pub(super) const CLOUD_PLATFORM: &str = "https://www.googleapis.com/auth/cloud-platform";
