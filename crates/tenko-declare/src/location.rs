//! The forms in which a user says where infrastructure code is.

use std::fmt;

use globset::Glob;
use thiserror::Error;

use crate::placeholder::{self, Fill};

/// Where HCP Terraform is.
pub(crate) const HCP_HOST: &str = "app.terraform.io";

/// Where documents of infrastructure code are. `Display` is the form in which a user writes it,
/// without anything that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IacLocation {
    /// A file, a folder or a glob.
    Path {
        /// As it was written; what placeholders stood for is escaped as in a glob.
        pattern: String,
    },
    /// An object, the objects below a prefix that ends in `/`, or a glob of objects:
    /// `s3://BUCKET/KEY`, `gs://BUCKET/NAME`.
    Object {
        /// As it was written; what placeholders stood for is escaped as in a glob.
        url: String,
    },
    /// A state behind an address.
    Http {
        /// The address.
        url: String,
        /// What lets one in.
        auth: HttpAuth,
    },
    /// The current state of a workspace of HCP Terraform or Terraform Enterprise.
    Workspace {
        /// The host, in lower case.
        host: String,
        /// The organization's name.
        organization: String,
        /// The workspace's name.
        workspace: String,
        /// The environment variable that holds the token; null is Terraform's own for the host.
        token_env: Option<String>,
    },
}

/// What lets one in at an address. Secrets are named by the environment variables that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpAuth {
    /// Nothing is sent.
    #[default]
    None,
    /// A bearer token.
    Bearer {
        /// The variable that holds it.
        token_env: String,
    },
    /// A user's name and password.
    Basic {
        /// The variable that holds the name.
        user_env: String,
        /// The variable that holds the password.
        password_env: String,
    },
}

/// Why a text says nowhere. Neither this nor its help quotes what may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LocationError {
    /// A scheme that is not read.
    #[error("`{scheme}://` is not read")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// A user's name or password in an address.
    #[error("the address holds a user or a password")]
    Secret,
    /// No bucket, host or key.
    #[error("the address has no {what}")]
    Lacks {
        /// What it lacks.
        what: &'static str,
    },
    /// A glob that is none.
    #[error("`{glob}` is no glob: {reason}")]
    Glob {
        /// The text.
        glob: String,
        /// Why.
        reason: String,
    },
    /// Characters that an address cannot have.
    #[error("the address holds a blank or a control character")]
    Characters,
}

impl LocationError {
    /// What to write instead.
    pub fn help(&self) -> String {
        match self {
            Self::Scheme { scheme } if scheme == "file" => "write the path alone".to_owned(),
            Self::Scheme { .. } => {
                "places are files, folders and globs, `s3://BUCKET/KEY`, `gs://BUCKET/NAME` and \
                 `https://HOST/PATH`; anything else can be pulled to a file first: `terraform \
                 state pull > FILE`"
                    .to_owned()
            }
            Self::Secret => {
                "name environment variables that hold them: `user_env` and `password_env`, or \
                 `token_env`"
                    .to_owned()
            }
            Self::Lacks { what: "key" } => {
                "name an object, or write `/` at the end for all of the bucket".to_owned()
            }
            Self::Lacks { .. } | Self::Characters => {
                "write it as `s3://BUCKET/KEY`, `gs://BUCKET/NAME` or `https://HOST/PATH`"
                    .to_owned()
            }
            Self::Glob { .. } => "a character in brackets stands for itself: `[[]`".to_owned(),
        }
    }
}

/// Reads one of the forms that are text. The page of a workspace in a browser
/// (`https://app.terraform.io/app/ORGANIZATION/workspaces/WORKSPACE`) is that workspace.
///
/// # Errors
/// [`LocationError`] when nothing can be there.
pub fn parse(text: &str) -> Result<IacLocation, LocationError> {
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| is_scheme(scheme))
    else {
        check_glob(text)?;
        return Ok(IacLocation::Path { pattern: text.to_owned() });
    };
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "s3" | "gs" => {
            let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return Err(LocationError::Lacks { what: "bucket" });
            }
            if !rest.contains('/') {
                return Err(LocationError::Lacks { what: "key" });
            }
            if bucket.contains('@') {
                return Err(LocationError::Secret);
            }
            check_glob(key)?;
            Ok(IacLocation::Object { url: format!("{scheme}://{rest}") })
        }
        "http" | "https" => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (authority, tail) = rest.split_at(end);
            if authority.contains('@') {
                return Err(LocationError::Secret);
            }
            if authority.is_empty() || authority.starts_with(':') {
                return Err(LocationError::Lacks { what: "host" });
            }
            if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Err(LocationError::Characters);
            }
            Ok(workspace_page(authority, tail).unwrap_or_else(|| IacLocation::Http {
                url: format!("{scheme}://{rest}"),
                auth: HttpAuth::None,
            }))
        }
        _ => Err(LocationError::Scheme { scheme }),
    }
}

/// The workspace whose page in a browser this is.
fn workspace_page(host: &str, path: &str) -> Option<IacLocation> {
    let path = path.split(['?', '#']).next()?;
    let mut parts = path.strip_prefix("/app/")?.split('/');
    let (organization, word, workspace) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = word == "workspaces" && !organization.is_empty() && !workspace.is_empty();
    whole.then(|| IacLocation::Workspace {
        host: host.to_ascii_lowercase(),
        organization: organization.to_owned(),
        workspace: workspace.to_owned(),
        token_env: None,
    })
}

fn is_scheme(text: &str) -> bool {
    // One letter is a drive.
    text.len() > 1 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

fn check_glob(text: &str) -> Result<(), LocationError> {
    // Braces of placeholders are no alternation, but both read as one.
    let glob = Glob::new(text);
    glob.map(|_| ()).map_err(|error| LocationError::Glob {
        glob: text.to_owned(),
        reason: error.kind().to_string(),
    })
}

/// Whether the text can be the name of a host, with or without a port.
pub(crate) fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "1"));
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-.{}".contains(&b);
    !name.is_empty() && name.bytes().all(fits) && port.parse::<u16>().is_ok()
}

/// Whether the address is on this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.starts_with("[::1]") || matches!(host.split(':').next(), Some("localhost" | "127.0.0.1"))
}

/// Whether a text is the name of an environment variable, rather than what one holds: tokens are
/// long and have small letters.
pub(crate) fn is_variable(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let small = text.bytes().any(|b| b.is_ascii_lowercase());
    // Terraform's own variables hold host names in small letters.
    first && fits && (!small || text.len() < 30 || text.starts_with("TF_TOKEN_"))
}

/// Host, port and user of an address.
pub(crate) fn authority(text: &str) -> Option<&str> {
    text.split_once("://")?.1.split(['/', '?', '#']).next()
}

/// Whether an address holds what must not be shown: a user, or a query, which may be a signature.
pub(crate) fn may_hold_secret(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    authority.contains('@') || (text.starts_with("http") && rest.contains('?'))
}

impl IacLocation {
    /// Every text in which placeholders can stand.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Path { pattern } => vec![pattern],
            Self::Object { url } | Self::Http { url, .. } => vec![url],
            Self::Workspace { host, organization, workspace, .. } => {
                vec![host, organization, workspace]
            }
        }
    }

    /// With placeholders filled in, so that what they stand for is never taken for a glob or for
    /// the syntax of an address.
    pub(crate) fn filled(&self, with: &Fill<'_>) -> Self {
        let mut filled = self.clone();
        match &mut filled {
            Self::Path { pattern: text } | Self::Object { url: text } => {
                *text = placeholder::fill_glob(text, with);
            }
            Self::Http { url, .. } => *url = placeholder::fill_url(url, with),
            Self::Workspace { host, organization, workspace, .. } => {
                for text in [host, organization, workspace] {
                    *text = placeholder::fill(text, with);
                }
            }
        }
        filled
    }
}

impl fmt::Display for IacLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { pattern } => f.write_str(pattern),
            Self::Object { url } => f.write_str(url),
            // A query may be a signature.
            Self::Http { url, .. } => match url.split_once('?') {
                Some((address, _)) => write!(f, "{address}?..."),
                None => f.write_str(url),
            },
            Self::Workspace { host, organization, workspace, .. } => {
                write!(f, "https://{host}/app/{organization}/workspaces/{workspace}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_from_the_others() {
        let path = |text: &str| Ok(IacLocation::Path { pattern: text.to_owned() });
        let object = |text: &str| Ok(IacLocation::Object { url: text.to_owned() });
        let lacks = |what| Err(LocationError::Lacks { what });
        let http = |url: &str| Ok(IacLocation::Http { url: url.to_owned(), auth: HttpAuth::None });
        let page = IacLocation::Workspace {
            host: HCP_HOST.to_owned(),
            organization: "acme".to_owned(),
            workspace: "prod".to_owned(),
            token_env: None,
        };
        for (text, expected) in [
            ("states/*.tfstate", path("states/*.tfstate")),
            ("C://x", path("C://x")),
            ("-", path("-")),
            ("S3://b/a/*.tfstate", object("s3://b/a/*.tfstate")),
            ("gs://b/", object("gs://b/")),
            ("s3://b", lacks("key")),
            ("s3:///k", lacks("bucket")),
            ("https://h:8/a?b=c", http("https://h:8/a?b=c")),
            ("https:///a", lacks("host")),
            ("https://u:p@h/a", Err(LocationError::Secret)),
            ("https://h/a b", Err(LocationError::Characters)),
            ("https://App.Terraform.io/app/acme/workspaces/prod/runs?x", Ok(page.clone())),
            ("azurerm://x", Err(LocationError::Scheme { scheme: "azurerm".to_owned() })),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert!(matches!(parse("a[b"), Err(LocationError::Glob { .. })));
        assert_eq!(parse(&page.to_string()), Ok(page), "what is shown can be written");
    }

    #[test]
    fn secrets_are_not_taken_for_names_and_not_shown() {
        for name in
            ["TFE_TOKEN", "state_token", "_T1", "TF_TOKEN_app_terraform_enterprise_example_com"]
        {
            assert!(is_variable(name), "{name}");
        }
        for secret in
            ["ghp_0123456789abcdefghijABCDEFGHIJ456789", "a.atlasv1.b", "", "pass word", "1A"]
        {
            assert!(!is_variable(secret), "{secret}");
        }
        let Ok(location) = parse("https://h/s?X-Amz-Signature=abc") else { panic!() };
        assert_eq!(location.to_string(), "https://h/s?...");
        assert!(may_hold_secret("https://u:p@h/") && may_hold_secret("https://h/?t=1"));
        assert!(!may_hold_secret("states/a@b?.tfstate") && !may_hold_secret("s3://b/a?"));
    }
}
