//! A state in a bucket, read with the credentials of the AWS provider, from moto.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use tenko::aws::AwsProvider;
use tenko::declare::{IacSource, parse_location};
use tenko::model::Redactor;
use tenko::{read_code, source_settings};
use tenko_tests::Moto;

#[tokio::test(flavor = "multi_thread")]
async fn states_are_read_with_the_callers_own_credentials() {
    let moto = Moto::start();
    let put = |path: &str, body: &str| {
        let host = moto.url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        write!(
            stream,
            "PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    };
    put("/tenko-states", "");
    let resource = r#"{"mode": "managed", "type": "aws_vpc", "name": "main",
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{"attributes": {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}}]}"#;
    let state = format!(r#"{{"version": 4, "serial": 1, "resources": [{resource}]}}"#);
    put("/tenko-states/acme/net.tfstate", &state);
    put("/tenko-states/acme/cut.tfstate", state.get(..40).unwrap());
    let provider = AwsProvider::builder()
        .endpoint_url(moto.url())
        .static_credentials("AKIAMANAGEMENT000000", "s3cr3t")
        .redactor(Redactor::new([7; 32]))
        .load()
        .await
        .unwrap();
    let keys = provider.caller_keys().await.unwrap();
    assert_eq!(keys.access_key_id, "AKIAMANAGEMENT000000");
    assert!(!format!("{keys:?}").contains("s3cr3t"));
    let location = parse_location("s3://tenko-states/acme/").unwrap();
    let source = IacSource { owner: None, place: None, location };
    let catalog = tenko::catalog().unwrap();
    let code = read_code(&[source], &catalog, source_settings(Some(&provider), None)).await;
    let claims: Vec<_> = code.claims.iter().map(|claim| claim.ids.join(" ")).collect();
    assert_eq!(claims, ["vpc-1"]);
    assert_eq!(&*code.claims.first().unwrap().source.file, "s3://tenko-states/acme/net.tfstate");
    let unread = code.unread.first().unwrap();
    assert_eq!(&*unread.file, "s3://tenko-states/acme/cut.tfstate");
    assert!(unread.reason.contains("cut off"), "{unread:?}");
}
