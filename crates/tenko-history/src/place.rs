//! Where a history is said to be.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// A place for a history, as a user names it: a folder, `s3://bucket/prefix`, `gs://bucket/prefix`, or
/// `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryPlace {
    /// No history is kept.
    None,
    /// A folder.
    Folder(PathBuf),
    /// A part of a bucket.
    Objects {
        /// Whose bucket it is.
        service: ObjectService,
        /// The bucket.
        bucket: String,
        /// What the names of all objects begin with, without a slash at either end; empty is the whole
        /// bucket.
        prefix: String,
    },
}

/// A service that keeps objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectService {
    /// Amazon S3: `s3://`.
    S3,
    /// Google Cloud Storage: `gs://`.
    Gs,
}

impl ObjectService {
    /// What addresses begin with.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gs => "gs",
        }
    }
}

/// Why a text names no place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// It is empty.
    #[error("the place of the history is empty")]
    Empty,
    /// Something else than a folder or object storage.
    #[error("a history cannot be kept at {scheme}://")]
    Scheme {
        /// What it begins with.
        scheme: String,
    },
    /// The address has no bucket, or not the name of one.
    #[error("`{url}` names no bucket")]
    Bucket {
        /// The address.
        url: String,
    },
    /// What follows the bucket cannot be used.
    #[error("the prefix in `{url}` has something else in it than letters, digits and -_./")]
    Prefix {
        /// The address.
        url: String,
    },
}

impl PlaceError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        "name a folder, s3://bucket/prefix, gs://bucket/prefix, or none"
    }
}

impl FromStr for HistoryPlace {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let trimmed = text.trim();
        match trimmed {
            "" => return Err(PlaceError::Empty),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let Some((scheme, rest)) = trimmed.split_once("://") else {
            return Ok(Self::Folder(PathBuf::from(text)));
        };
        let service = match scheme {
            "s3" => ObjectService::S3,
            "gs" => ObjectService::Gs,
            _ => return Err(PlaceError::Scheme { scheme: scheme.to_owned() }),
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let url = || trimmed.to_owned();
        // Source: "General purpose bucket naming rules" (S3), "About Cloud Storage buckets".
        let of_bucket = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if bucket.is_empty() || bucket.starts_with('.') || !bucket.bytes().all(of_bucket) {
            return Err(PlaceError::Bucket { url: url() });
        }
        let prefix = prefix.trim_matches('/');
        let of_prefix = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
        let odd = |part: &str| matches!(part, "" | "." | "..");
        let parts = prefix.bytes().all(of_prefix) && !prefix.split('/').any(odd);
        if !prefix.is_empty() && !parts {
            return Err(PlaceError::Prefix { url: url() });
        }
        Ok(Self::Objects { service, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for HistoryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Folder(path) => path.display().fmt(f),
            Self::Objects { service, bucket, prefix } if prefix.is_empty() => {
                write!(f, "{}://{bucket}", service.scheme())
            }
            Self::Objects { service, bucket, prefix } => {
                write!(f, "{}://{bucket}/{prefix}", service.scheme())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<HistoryPlace, PlaceError> {
        text.parse()
    }

    #[test]
    fn places_read_back_as_they_are_written() {
        for text in ["none", ".tenko/history", "/var/lib/tenko", "s3://acme-audit", "gs://a/b/c"] {
            assert_eq!(place(text).unwrap().to_string(), text);
        }
        assert_eq!(place("s3://acme-audit//tenko/").unwrap().to_string(), "s3://acme-audit/tenko");
        assert_eq!(place(r"C:\audit").unwrap(), HistoryPlace::Folder(r"C:\audit".into()));
        assert_eq!(place("./none").unwrap(), HistoryPlace::Folder("./none".into()));
    }

    #[test]
    fn what_is_no_place_says_why() {
        assert_eq!(place("  ").unwrap_err(), PlaceError::Empty);
        assert_eq!(
            place("https://x/y").unwrap_err().to_string(),
            "a history cannot be kept at https://"
        );
        for url in ["s3://", "s3:///x", "gs://a b/c", "s3://.."] {
            assert_eq!(place(url).unwrap_err(), PlaceError::Bucket { url: url.to_owned() });
        }
        for url in ["s3://a/b/../c", "s3://a/b//c", "gs://a/ü", "s3://a/x?y=1", "s3://a/%2e%2e"] {
            assert_eq!(place(url).unwrap_err(), PlaceError::Prefix { url: url.to_owned() });
        }
        assert!(place("https://x").unwrap_err().hint().contains("none"));
    }
}
