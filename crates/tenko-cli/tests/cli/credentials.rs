//! Without a way in: an error that says what to do, and nothing that looks like an empty cloud.

use crate::clouds::{self, ACME};
use crate::tool::Tool;

#[test]
fn without_credentials_nobody_is_asked() {
    let tool = Tool::new().env("AWS_REGION", "us-east-1");
    tool.write("tenants.yaml", clouds::MANIFEST);
    for args in [
        &["scopes"][..],
        &["collect"],
        &["collect", "--out", "kept.tenko.zst"],
        &["audit", "--format", "json"],
        &["init", "--out", "new.yaml"],
        &["scopes", "--account", "222222222222"],
        &["collect", "--account", "222222222222"],
    ] {
        let words = ["nobody could be asked: no credentials", "hint: sign in", "AWS_PROFILE"];
        let ran = tool.fails(&words, args);
        assert!(!ran.stderr.contains("\\u{"), "{}", ran.stderr);
    }
    // A profile that is not there is named.
    tool.fails(&["nobody"], &["scopes", "--profile", "nobody"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nobody_knows_is_an_error() {
    let (cloud, _) = clouds::serve().await;
    let tool = Tool::new().at(&cloud.url(), "AKIANOBODYNOBODY");
    let words = ["nobody could be asked", "sts:GetCallerIdentity InvalidClientTokenId", "hint: "];
    tool.fails(&words, &["scopes"]);
    tool.fails(&words, &["collect"]);
}

#[test]
fn an_endpoint_where_nobody_listens_is_an_error() {
    let tool = Tool::new().at("http://127.0.0.1:9", "AKIANOBODY");
    let words = ["sts:GetCallerIdentity unreachable", "onnection refused", "AWS_ENDPOINT_URL"];
    let ran = tool.fails(&words, &["init"]);
    assert!(!tool.path("tenants.yaml").exists(), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_used() {
    let (cloud, given) = clouds::serve().await;
    let tool = Tool::new();
    let folder = tool.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    let url = cloud.url();
    let key = clouds::small().keys[0].id.clone();
    let profile = format!(
        "[profile audit]\nregion = us-east-1\nendpoint_url = {url}\n\
         aws_access_key_id = {key}\naws_secret_access_key = secret\n"
    );
    std::fs::write(folder.join("config"), profile).unwrap();
    let expected = given.ends(0, &["scopes"]).stdout;
    assert_eq!(tool.ends(0, &["scopes", "--profile", "audit"]).stdout, expected);
    let tool = tool.env("AWS_PROFILE", "audit");
    assert_eq!(tool.ends(0, &["scopes"]).stdout, expected);
    let seen = cloud.seen();
    assert!(seen.iter().any(|seen| seen.account.as_deref() == Some(ACME)));
}
