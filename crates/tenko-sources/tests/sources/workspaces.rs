//! Workspaces of HCP Terraform and Terraform Enterprise.

use tenko_declare::{IacLocation, IacSource};

use crate::server::{Answer, Asked, Server, answer};
use crate::{lines, read, settings};

fn workspace(host: &str, name: &str, token_env: Option<&str>) -> IacSource {
    let location = IacLocation::Workspace {
        host: host.to_owned(),
        organization: "acme/corp".to_owned(),
        workspace: name.to_owned(),
        token_env: token_env.map(str::to_owned),
    };
    IacSource { owner: None, place: None, location }
}

const VARIABLES: &[(&str, &str)] =
    &[("TFE_TOKEN", "s3cr3t"), ("TF_TOKEN_127_0_0_1", "own-s3cr3t"), ("WRONG", "wrong")];

/// The API as documented; `download` is where the state is.
fn api(asked: &Asked, download: &str) -> Answer {
    if asked.path.starts_with("/download") {
        return answer(200, &[], "the state");
    }
    if !asked.header("authorization").ends_with("s3cr3t") {
        return answer(401, &[], r#"{"errors":[{"status":"401"}]}"#);
    }
    let json = [("content-type", "application/vnd.api+json")];
    match asked.path.as_str() {
        "/api/v2/organizations/acme%2Fcorp/workspaces/prod%20eu" => {
            answer(200, &json, r#"{"data": {"id": "ws-1", "type": "workspaces"}}"#)
        }
        "/api/v2/organizations/acme%2Fcorp/workspaces/new" => {
            answer(200, &json, r#"{"data": {"id": "ws-2"}}"#)
        }
        "/api/v2/organizations/acme%2Fcorp/workspaces/uploading" => {
            answer(200, &json, r#"{"data": {"id": "ws-3"}}"#)
        }
        "/api/v2/organizations/acme%2Fcorp/workspaces/odd" => answer(200, &json, "<html>"),
        "/api/v2/organizations/acme%2Fcorp/workspaces/closed" => answer(403, &json, ""),
        "/api/v2/workspaces/ws-1/current-state-version" => {
            let body = format!(
                r#"{{"data": {{"attributes": {{"hosted-state-download-url": "{download}"}}}}}}"#
            );
            answer(200, &json, body)
        }
        "/api/v2/workspaces/ws-3/current-state-version" => {
            answer(200, &json, r#"{"data": {"attributes": {"hosted-state-download-url": null}}}"#)
        }
        _ => answer(404, &json, r#"{"errors":[{"status":"404"}]}"#),
    }
}

async fn one(source: IacSource) -> String {
    lines(&read(settings(VARIABLES), &[source]).await).remove(0)
}

#[tokio::test]
async fn the_current_state_is_read() {
    let archive = Server::start(|asked, _| api(asked, "")).await;
    let download = archive.url("/download?signature=x");
    let server = Server::start(move |asked, _| api(asked, &download)).await;
    let shown = format!("https://{}/app/acme/corp/workspaces/prod eu = the state", server.host);
    assert_eq!(one(workspace(&server.host, "prod eu", Some("TFE_TOKEN"))).await, shown);
    // Without a name, Terraform's own variable for the host counts.
    assert_eq!(one(workspace(&server.host, "prod eu", None)).await, shown);
    let sent: Vec<_> =
        server.asked().iter().map(|asked| asked.header("authorization").to_owned()).collect();
    assert_eq!(sent, ["Bearer s3cr3t", "Bearer s3cr3t", "Bearer own-s3cr3t", "Bearer own-s3cr3t"]);
    let sent: Vec<_> =
        archive.asked().iter().map(|asked| asked.header("authorization").to_owned()).collect();
    assert_eq!(sent, ["", ""], "the archive is somebody else");
}

#[tokio::test]
async fn an_archive_on_the_same_host_gets_the_token() {
    let server = Server::start(|asked, _| api(asked, "/download/1")).await;
    let line = one(workspace(&server.host, "prod eu", Some("TFE_TOKEN"))).await;
    assert!(line.ends_with("= the state"), "{line}");
    assert_eq!(server.asked()[2].header("authorization"), "Bearer s3cr3t");
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let server = Server::start(|asked, _| api(asked, "file:///etc/passwd")).await;
    for (name, token, reason) in [
        ("none", "TFE_TOKEN", "there is no such workspace, or the token may not see it (404)"),
        ("new", "TFE_TOKEN", "has no state yet"),
        ("uploading", "TFE_TOKEN", "not uploaded yet"),
        ("odd", "TFE_TOKEN", "is no JSON"),
        ("closed", "TFE_TOKEN", "the token in TFE_TOKEN may not read this workspace (403)"),
        ("prod eu", "WRONG", "does not know the token in WRONG (401)"),
        ("prod eu", "UNSET", "the environment variable UNSET is not set: put a token into it"),
        ("prod eu", "TFE_TOKEN", "without encryption"),
    ] {
        let line = one(workspace(&server.host, name, Some(token))).await;
        assert!(line.contains(reason) && !line.contains("s3cr3t"), "{name}: {line}");
    }
    let line = one(workspace("tfe.my-company.test", "w", None)).await;
    assert!(line.contains("TF_TOKEN_tfe_my__company_test is not set"), "{line}");
}
