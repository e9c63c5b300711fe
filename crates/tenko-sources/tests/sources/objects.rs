//! S3 and Cloud Storage, as a server on loopback plays them.

use std::sync::Arc;

use tenko_core::BoxFuture;
use tenko_sources::{AwsAccess, AwsKeys, GoogleAccess, GoogleToken, Reader, Settings};

use crate::server::{Answer, Asked, Server, answer};
use crate::{lines, named, read, settings};

#[derive(Debug)]
struct Access(String, Result<(), String>);

impl AwsAccess for Access {
    fn keys(&self) -> BoxFuture<'_, Result<AwsKeys, String>> {
        Box::pin(std::future::ready(self.1.clone().map(|()| AwsKeys {
            access_key_id: "AKIAEXAMPLE".to_owned(),
            secret_access_key: "s3cr3t".to_owned(),
            session_token: Some("s3ss10n".to_owned()),
        })))
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

impl GoogleAccess for Access {
    fn token(&self) -> BoxFuture<'_, Result<GoogleToken, String>> {
        Box::pin(std::future::ready(self.1.clone().map(|()| GoogleToken {
            bearer: Some("s3cr3t".to_owned()),
            quota_project: Some("acme-hub".to_owned()),
        })))
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

fn with(server: &Server, outcome: Result<(), String>) -> Settings {
    let access = Arc::new(Access(server.url(""), outcome));
    Settings { aws: Some(access.clone()), google: Some(access), ..settings(&[]) }
}

const KEYS: [&str; 6] = [
    "env:/prod/net.tfstate",
    "live/a.tfstate",
    "live/b.tfstate.gz",
    "live/deep/c.tfstate",
    "live/readme.md",
    "state",
];

/// A bucket `states` as both services show it: a listing of one object a page, and the objects.
fn bucket(asked: &Asked, _: usize) -> Answer {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let decoded = path.replace("%3A", ":").replace("%2F", "/").replace("%2E", ".");
    let error = |status, code: &str| {
        let text = format!(
            "<Error><Code>{code}</Code><Message>words of the service</Message>\
             <StringToSign>s3cr3t</StringToSign></Error>"
        );
        answer(status, &[], text)
    };
    if decoded.starts_with("/closed") {
        return error(403, "AccessDenied");
    }
    if decoded.starts_with("/gone") {
        return error(404, "NoSuchBucket");
    }
    if query.contains("list-type=2") {
        let value = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
            pair.unwrap_or_default().replace("%2F", "/").replace("%3A", ":")
        };
        let (prefix, token) = (value("prefix"), value("continuation-token"));
        let mut keys = KEYS.iter().filter(|key| key.starts_with(&prefix) && ***key > *token);
        let Some(key) = keys.next() else {
            return answer(200, &[], "<ListBucketResult></ListBucketResult>");
        };
        let next = if keys.next().is_some() {
            format!("<NextContinuationToken>{key}</NextContinuationToken>")
        } else {
            String::new()
        };
        let text = format!(
            "<ListBucketResult><Contents><Key>{key}</Key><Size>{}</Size>\
             <LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"e\"</ETag></Contents>{next}\
             </ListBucketResult>",
            key.len()
        );
        return answer(200, &[], text);
    }
    match decoded.strip_prefix("/states/").filter(|key| KEYS.contains(key)) {
        Some(key) => answer(
            200,
            &[("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"), ("etag", "\"e\"")],
            key.to_owned(),
        ),
        None => error(404, "NoSuchKey"),
    }
}

async fn of(server: &Server, pattern: &str) -> Vec<String> {
    let results = read(with(server, Ok(())), &[named(pattern)]).await;
    for document in results.iter().flatten() {
        assert!(document.name.as_bytes().ends_with(&document.bytes), "{document:?}");
    }
    let lines = lines(&results);
    lines.iter().map(|line| line.split(" = ").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn objects_prefixes_and_globs_are_read_in_both_clouds() {
    let server = Server::start(bucket).await;
    for scheme in ["s3", "gs"] {
        for (pattern, keys) in [
            ("state", vec!["state"]),
            ("env:/prod/net.tfstate", vec!["env:/prod/net.tfstate"]),
            ("live/", vec!["live/a.tfstate", "live/b.tfstate.gz", "live/deep/c.tfstate"]),
            ("live/*.tfstate", vec!["live/a.tfstate"]),
            ("l*/**/*.tfstate", vec!["live/a.tfstate", "live/deep/c.tfstate"]),
            ("live/*", vec!["live/a.tfstate", "live/b.tfstate.gz", "live/readme.md"]),
        ] {
            let url = |key: &str| format!("{scheme}://states/{key}");
            let expected: Vec<_> = keys.into_iter().map(url).collect();
            assert_eq!(of(&server, &url(pattern)).await, expected, "{pattern}");
        }
        let whole = of(&server, &format!("{scheme}://states/")).await;
        assert_eq!(whole.len(), 4, "{whole:?}");
    }
    let asked = server.asked();
    let (google, aws): (Vec<_>, Vec<_>) =
        asked.iter().partition(|asked| asked.header("authorization").starts_with("Bearer "));
    assert!(!google.is_empty() && !aws.is_empty());
    for asked in google {
        assert_eq!(asked.header("authorization"), "Bearer s3cr3t");
        assert_eq!(asked.header("x-goog-user-project"), "acme-hub");
    }
    for asked in aws {
        assert!(
            asked.header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
        );
        assert_eq!(asked.header("x-amz-security-token"), "s3ss10n");
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let server = Server::start(bucket).await;
    for (pattern, reason) in [
        ("s3://states/none", "there is no such object"),
        ("s3://states/none/", "no state is below it"),
        ("gs://states/*.tf", "no object matches this glob"),
        ("s3://gone/a", "there is no bucket `gone`"),
        ("s3://closed/a", "the caller needs s3:GetObject (AccessDenied: words of the service)"),
        ("s3://closed/", "the caller needs s3:ListBucket"),
        ("gs://closed/a", "the caller needs storage.objects.get"),
        ("gs://closed/*", "the caller needs storage.objects.list"),
        ("s3://states/a//b", "objects of such a name are not read"),
    ] {
        let found = of(&server, pattern).await;
        assert!(found.len() == 1 && found[0].contains(reason), "{pattern}: {found:?}");
        assert!(!found[0].contains("s3cr3t"), "{found:?}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_asked() {
    let server = Server::start(bucket).await;
    let sources = [named("s3://states/state"), named("gs://states/state")];
    let results = read(with(&server, Err("sign in first".to_owned())), &sources).await;
    assert_eq!(lines(&results).iter().filter(|l| l.ends_with("sign in first")).count(), 2);
    let results = read(settings(&[]), &sources).await;
    let lines = lines(&results);
    assert!(lines[0].contains("no AWS credentials are at hand"), "{lines:?}");
    assert!(lines[1].contains("no Google Cloud credentials are at hand"), "{lines:?}");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn faults_that_pass_are_waited_for_and_sizes_are_kept_to() {
    let server = Server::start(|asked, before| match before {
        0 => answer(503, &[], "<Error><Code>SlowDown</Code><Message>slow</Message></Error>"),
        _ => bucket(asked, before),
    })
    .await;
    assert_eq!(of(&server, "s3://states/state").await, ["s3://states/state"]);
    let busy = Server::start(|_, _| {
        answer(503, &[], "<Error><Code>SlowDown</Code><Message>slow</Message></Error>")
    })
    .await;
    let found = of(&busy, "s3://states/state").await;
    assert!(found[0].ends_with("it cannot be read (SlowDown: slow)"), "{found:?}");
    assert_eq!(busy.asked().len(), 4);
    let small = Settings { max_bytes: 4, ..with(&server, Ok(())) };
    let line = lines(&read(small, &[named("s3://states/state")]).await).remove(0);
    assert!(line.contains("larger than 4 bytes"), "{line}");
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let server = Server::start(bucket).await;
    let settings = with(&server, Ok(()));
    let keys = AwsAccess::keys(&Access(String::new(), Ok(()))).await.unwrap();
    let token = GoogleAccess::token(&Access(String::new(), Ok(()))).await.unwrap();
    let reader = Reader::new(settings).unwrap();
    reader.documents(&[named("s3://states/state"), named("gs://states/state")]).await;
    let text = format!("{reader:?} {keys:?} {token:?}");
    assert!(!text.contains("s3cr3t") && !text.contains("s3ss10n"), "{text}");
}
