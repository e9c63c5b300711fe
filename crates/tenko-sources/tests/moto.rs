//! S3 as moto plays it: an emulator that is not ours. Like the other tests with it, this one fails
//! where its Python environment is not there, instead of passing without a look.

use std::sync::Arc;

use tenko_core::BoxFuture;
use tenko_declare::{IacSource, parse_location};
use tenko_sources::{AwsAccess, AwsKeys, Reader, Settings};
use tenko_tests::Moto;

#[derive(Debug)]
struct Access(String);

impl AwsAccess for Access {
    fn keys(&self) -> BoxFuture<'_, Result<AwsKeys, String>> {
        Box::pin(std::future::ready(Ok(AwsKeys {
            access_key_id: "AKIAEXAMPLE000000000".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        })))
    }

    fn region(&self) -> Option<String> {
        Some("eu-central-1".to_owned())
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn states_in_a_bucket_are_read() {
    let moto = Moto::start();
    let access = Arc::new(Access(moto.url().to_owned()));
    let reader = Reader::new(Settings { aws: Some(access), ..Settings::default() }).unwrap();
    let client = reqwest::Client::new();
    let put = async |path: &str, body: Vec<u8>| {
        let url = format!("{}/{path}", moto.url());
        let answer = client.put(url).body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    };
    put("tenko-states", Vec::new()).await;
    let mut expected = Vec::new();
    for i in 0..7 {
        let key = format!("acme/env {i}~(x)/terraform.tfstate");
        put(&format!("tenko-states/{}", key.replace(' ', "%20")), key.clone().into_bytes()).await;
        expected.push(format!("s3://tenko-states/{key}"));
    }
    put("tenko-states/acme/readme.md", b"#".to_vec()).await;
    let read = async |text: &str| {
        let location = parse_location(text).unwrap();
        let source = IacSource { owner: None, place: None, location };
        reader.documents(&[source]).await
    };
    for pattern in
        ["s3://tenko-states/", "s3://tenko-states/acme/", "s3://tenko-states/**/*.tfstate"]
    {
        let found = read(pattern).await;
        let names: Vec<_> = found.iter().map(|d| d.as_ref().unwrap().name.to_string()).collect();
        assert_eq!(names, expected, "{pattern}");
        for document in found.iter().flatten() {
            assert!(document.name.as_bytes().ends_with(&document.bytes), "{document:?}");
        }
    }
    for (text, reason) in [
        ("s3://tenko-states/none", "there is no such object"),
        ("s3://tenko-states/none/", "no state is below it"),
        ("s3://tenko-elsewhere/a", "there is no bucket `tenko-elsewhere`"),
        ("s3://tenko-elsewhere/", "there is no bucket `tenko-elsewhere`"),
    ] {
        let found = read(text).await.remove(0).unwrap_err();
        assert!(found.reason.contains(reason), "{found:?}");
    }
    assert_eq!(reader.refused_calls(), 0);
}
