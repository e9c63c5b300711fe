//! The files that the AWS tools share: the token of each start page, and the clients registered for it.
//!
//! Names and fields are those of botocore (`SSOTokenLoader`, `BaseSSOTokenFetcher`) and of the AWS SDK for Rust, which
//! reads the token again for itself.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Portal, SsoError, sha1};

/// Tokens are some kilobytes; nothing that is larger is one.
const LARGEST: u64 = 256 * 1024;

/// As botocore: a registration in its last minutes is not begun with.
const REGISTRATION_MARGIN: SignedDuration = SignedDuration::from_mins(15);

/// What lies in the shared folder of tokens.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
pub(super) struct Token {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) start_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    pub(super) access_token: String,
    #[zeroize(skip)]
    #[serde(with = "time")]
    pub(super) expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client_secret: Option<String>,
    #[zeroize(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_time")]
    pub(super) registration_expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
}

impl Token {
    /// Whether it was issued for this start page.
    pub(super) fn is_for(&self, portal: &Portal) -> bool {
        let page = |url: &str| url.trim_end_matches(['/', '#']).to_ascii_lowercase();
        self.start_url.as_ref().is_none_or(|url| page(url) == page(&portal.start_url))
            && self.region.as_ref().is_none_or(|region| *region == portal.region)
            && !self.access_token.is_empty()
    }

    /// What tells this token from others, and from which it cannot be found out.
    pub(super) fn mark(&self) -> [u8; 32] {
        *blake3::hash(self.access_token.as_bytes()).as_bytes()
    }
}

/// A client that Identity Center knows.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    #[zeroize(skip)]
    #[serde(with = "time")]
    pub(super) expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scopes: Option<Vec<String>>,
    /// The AWS CLI writes them for clients that sign in with a redirect, and for no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) grant_types: Option<Vec<String>>,
}

impl Registration {
    fn has_redirect(&self) -> bool {
        self.grant_types.iter().flatten().any(|grant| grant == "authorization_code")
    }
}

/// The files of one start page.
#[derive(Clone, Debug)]
pub(super) struct Store {
    folder: PathBuf,
    token: PathBuf,
    registration: PathBuf,
}

impl Store {
    pub(super) fn new(folder: &Path, portal: &Portal) -> Self {
        let name = portal.session.as_deref().unwrap_or(&portal.start_url);
        let file = |name: &str| folder.join(format!("{}.json", sha1::hex(name)));
        Self {
            folder: folder.to_owned(),
            token: file(name),
            registration: file(&registration_key(portal)),
        }
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.token.with_extension("lock")
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The token, if a readable one lies there. One that only Python could read (its times end in `UTC`, as the
    /// first AWS CLI 2 wrote them) is written anew, so that the SDK can.
    pub(super) fn token(&self) -> Option<Token> {
        let bytes = read(&self.token)?;
        let token: Token = serde_json::from_slice(&bytes).ok()?;
        if bytes.windows(4).any(|part| part == b"UTC\"") {
            // Without it, the SDK says for itself that it cannot read the file.
            let _ = self.keep_token(&token);
        }
        Some(token)
    }

    pub(super) fn keep_token(&self, token: &Token) -> Result<(), SsoError> {
        write(&self.folder, &self.token, token)
    }

    pub(super) fn registration(&self, redirect: bool, now: Timestamp) -> Option<Registration> {
        let bytes = read(&self.registration)?;
        let registration: Registration = serde_json::from_slice(&bytes).ok()?;
        let lasts = registration.expires_at.duration_since(now) > REGISTRATION_MARGIN;
        (lasts && registration.has_redirect() == redirect && !registration.client_id.is_empty())
            .then_some(registration)
    }

    pub(super) fn keep_registration(&self, registration: &Registration) -> Result<(), SsoError> {
        write(&self.folder, &self.registration, registration)
    }

    /// After the service did not accept it.
    pub(super) fn forget_registration(&self) {
        let _ = fs::remove_file(&self.registration);
    }
}

/// What botocore makes the name of a registration's file of: its arguments as Python writes JSON.
fn registration_key(portal: &Portal) -> String {
    let text = |value: serde_json::Value| ascii(&value.to_string());
    let scopes = if portal.scopes.is_empty() {
        "null".to_owned()
    } else {
        let scopes: Vec<String> = portal.scopes.iter().map(|scope| text(json!(scope))).collect();
        format!("[{}]", scopes.join(", "))
    };
    format!(
        r#"{{"region": {}, "scopes": {scopes}, "session_name": {}, "startUrl": {}, "tool": "botocore"}}"#,
        text(json!(portal.region)),
        text(json!(portal.session)),
        text(json!(portal.start_url)),
    )
}

/// As Python's `ensure_ascii`.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

fn read(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).ok()?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LARGEST).then_some(bytes)
}

/// Whole or not at all, readable for its owner alone.
fn write(folder: &Path, path: &Path, value: &impl Serialize) -> Result<(), SsoError> {
    let failed = |source| SsoError::Storage { what: "write", path: path.to_owned(), source };
    let bytes = serde_json::to_vec(value).map(Zeroizing::new).map_err(io::Error::other);
    let bytes = bytes.map_err(failed)?;
    make(folder).map_err(failed)?;
    // tempfile makes it 0600 on Unix.
    let mut file = tempfile::Builder::new().suffix(".tmp").tempfile_in(folder).map_err(failed)?;
    file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The folder with its parents, those that are missing for their owner alone.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Times as the AWS tools write them: `2026-11-22T17:24:23Z`.
mod time {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        let whole = Timestamp::from_second(time.as_second()).unwrap_or(*time);
        to.collect_str(&whole)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        let plain = text.strip_suffix("UTC").map(|rest| format!("{rest}Z"));
        plain.as_deref().unwrap_or(&text).parse().map_err(D::Error::custom)
    }
}

mod maybe_time {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Time(#[serde(with = "super::time")] Timestamp);

    pub(super) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::time::serialize(time, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<Time>::deserialize(from)?.map(|time| time.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portal(session: Option<&str>) -> Portal {
        Portal {
            start_url: "https://acme.awsapps.com/start".to_owned(),
            region: "eu-central-1".to_owned(),
            session: session.map(str::to_owned),
            scopes: Vec::new(),
        }
    }

    #[test]
    fn registrations_are_named_as_botocore_names_them() {
        // json.dumps({...}, sort_keys=True) of botocore's arguments
        assert_eq!(
            registration_key(&portal(None)),
            r#"{"region": "eu-central-1", "scopes": null, "session_name": null, "startUrl": "https://acme.awsapps.com/start", "tool": "botocore"}"#
        );
        let scoped = Portal {
            scopes: vec!["sso:account:access".to_owned(), "b".to_owned()],
            ..portal(Some("Büro\u{1f600}\"\n"))
        };
        assert_eq!(
            registration_key(&scoped),
            r#"{"region": "eu-central-1", "scopes": ["sso:account:access", "b"], "session_name": "B\u00fcro\ud83d\ude00\"\n", "startUrl": "https://acme.awsapps.com/start", "tool": "botocore"}"#
        );
    }

    #[test]
    fn tokens_of_the_first_cli_are_read_and_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), &portal(Some("acme")));
        assert_eq!(
            store.token.file_name().unwrap(),
            "293abb6b76d7791c0732cc517d38c4b5c734b87f.json",
        );
        fs::write(
            &store.token,
            r#"{"accessToken": "a", "expiresAt": "2020-06-17T10:02:08UTC", "other": [1]}"#,
        )
        .unwrap();
        let token = store.token().unwrap();
        assert_eq!(token.expires_at, "2020-06-17T10:02:08Z".parse().unwrap());
        let text = fs::read_to_string(&store.token).unwrap();
        assert_eq!(text, r#"{"accessToken":"a","expiresAt":"2020-06-17T10:02:08Z"}"#);
    }
}
