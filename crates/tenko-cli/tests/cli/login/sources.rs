//! What a login begins with: sessions of one source are not taken for those of another.

use tenko_testkit::sim::{Role, WebIdentity};

use super::{KEY, MANIFEST, MIKA, STAGING, change, serve};

/// Of a job of GitHub Actions: `{"sub":"repo:acme/infra:ref:refs/heads/main","actor":"mika","repository":"acme/infra","run_id":"77"}`.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOmFjbWUvaW5mcmE6cmVmOnJlZnMvaGVhZHMvbWFpbiIsImFjdG9yIjoibWlrYSIsInJlcG9zaXRvcnkiOiJhY21lL2luZnJhIiwicnVuX2lkIjoiNzcifQ.c2lnbmVk";

const CREDENTIALS: &[&str] = &["credentials", "acme/staging"];

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_changes_is_another_source() {
    let (cloud, tool) = serve().await;
    let other = "AKIAROBINROBINROBIN1";
    cloud.update(|world| {
        let robin = tenko_testkit::sim::RootKey {
            id: other.to_owned(),
            account: "111111111111".to_owned(),
            arn: MIKA.replace("mika", "robin"),
        };
        world.keys.push(robin);
    });
    change(&cloud, STAGING, |role| role.trusted = vec!["111111111111".to_owned()]);
    let tool = tool.env("AWS_ACCESS_KEY_ID", "").env("AWS_SECRET_ACCESS_KEY", "");
    let folder = tool.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    for (file, key, who) in
        [("credentials", KEY, "mika"), ("credentials", other, "robin"), ("config", KEY, "robin")]
    {
        let text =
            format!("[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n");
        std::fs::write(folder.join(file), text).unwrap();
        let keys = tool.ends(0, CREDENTIALS).stdout;
        let session = cloud.sessions().into_iter().next_back().unwrap();
        assert_eq!(session.session_name, who, "{file}");
        assert!(keys.contains(&session.key));
        // And the same while nothing changes.
        assert_eq!(tool.ends(0, CREDENTIALS).stdout, keys);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_gets_the_region_of_its_own_shell() {
    let (_cloud, tool) = serve().await;
    tool.write("tenants.yaml", MANIFEST.replace(", region: eu-central-1", ""));
    for region in ["us-east-1", "us-west-2", "us-east-1"] {
        let mut command =
            tool.command(&["exec", "acme/staging", "--", "sh", "-c", "echo $AWS_REGION"]);
        let output = command.env("AWS_REGION", region).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), region);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_becomes_the_hub_by_its_own_identity() {
    let (cloud, tool) = serve().await;
    let token = TOKEN.to_owned();
    let hub = "arn:aws:iam::111111111111:role/TenkoHub";
    cloud.update(|world| {
        world.account_mut("111111111111").unwrap().roles.push(Role::new("TenkoHub"));
        world.web_identities.push(WebIdentity {
            token: token.clone(),
            roles: vec![hub.to_owned()],
            subject: "repo:acme/infra".to_owned(),
            ..WebIdentity::default()
        });
    });
    change(&cloud, STAGING, |role| role.trusted = vec![hub.to_owned()]);
    tool.write("tenants.yaml", MANIFEST.replace("aws: { ", &format!("aws: {{ hub: \"{hub}\", ")));
    let file = tool.home().join("token");
    std::fs::write(&file, &token).unwrap();
    let tool = tool
        .env("AWS_ACCESS_KEY_ID", "")
        .env("AWS_SECRET_ACCESS_KEY", "")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap())
        .env("RUST_LOG", "trace");
    let ran = tool.ends(0, CREDENTIALS);
    assert!(!ran.stderr.contains(&token), "the token is in the trace");
    let sessions = cloud.sessions();
    assert_eq!((sessions.len(), sessions[0].role_arn.as_str()), (2, hub));
    let given = &sessions[1];
    assert!(given.session_name.starts_with("mika@acme.infra"), "{given:?}");
    assert_eq!(given.source_identity.as_ref(), Some(&given.session_name));
    // A token that is over is said to be.
    cloud.update(|world| world.web_identities[0].is_expired = true);
    let tool = tool.env("RUST_LOG", "off");
    let ran = tool.fails(&["expired"], &["credentials", "acme/staging", "--fresh"]);
    assert!(!ran.stderr.contains(&token));
}
