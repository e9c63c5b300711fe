mod bucket;
mod failures;
pub(crate) mod server;

use std::collections::BTreeMap;
use std::time::Duration;

use google_cloud_auth::credentials::{CacheableResource, CredentialsProvider, EntityTag};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_gax::Result as GaxResult;
use http::{Extensions, HeaderMap};
use serde_json::json;
use tenko_core::{ScopeKind, ScopeStatus};

use self::server::{Answer, Server, field, grpc, small};
use super::assets::{Content, list_assets};
use super::retry::RetrySettings;
use super::storage::{bucket_policy, list_buckets};
use super::{OFFICIAL, Official, PROJECTS_GET, hierarchy};
use crate::call::Ledger;
use crate::credentials::{CredentialSource, Environment};
use crate::endpoints::Endpoints;
use crate::error::ErrorClass;
use crate::session::Session;

/// Credentials that are one header.
#[derive(Debug)]
struct Fixed(&'static str);

impl CredentialsProvider for Fixed {
    async fn headers(
        &self,
        _: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        let data = HeaderMap::from_iter([(http::header::AUTHORIZATION, self.0.parse().unwrap())]);
        Ok(CacheableResource::New { entity_tag: EntityTag::new(), data })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}

fn fast() -> RetrySettings {
    RetrySettings {
        attempts: 3,
        initial_delay: Duration::from_millis(1),
        maximum_delay: Duration::from_millis(5),
        attempt_timeout: Duration::from_secs(5),
    }
}

fn endpoints(url: &str) -> Endpoints {
    Endpoints::new(Some(url.to_owned()), BTreeMap::new(), Environment::of(&[]))
}

fn ledger() -> Ledger {
    Ledger::new(OFFICIAL.iter().map(super::Method::operation))
}

async fn official(url: &str, ledger: &Ledger) -> Official {
    let environment = Environment::of(&[]);
    Official::new(&endpoints(url), ledger.clone(), fast(), &environment).await.unwrap()
}

fn session(token: &'static str, variables: &[(&str, &str)]) -> Session {
    let environment = Environment::of(variables);
    let endpoints = Endpoints::new(None, BTreeMap::new(), environment.clone());
    CredentialSource::given(Fixed(token).into(), endpoints, environment).session("acme").unwrap()
}

fn rest(body: serde_json::Value) -> Answer {
    server::json(200, &body)
}

#[tokio::test]
async fn nothing_leaves_without_a_call_or_when_it_is_not_on_the_list() {
    let server = Server::start(|_| rest(json!({}))).await;
    let none = Ledger::new([]);
    let clients = official(&server.url, &none).await;

    let outside: GaxResult<_> =
        clients.projects.get_project().set_name("projects/acme").send().await;
    assert!(outside.unwrap_err().is_authentication());
    let outside = clients.projects.delete_project().set_name("projects/acme").send().await;
    assert!(outside.unwrap_err().is_authentication());
    let s = session("Bearer one", &[]);
    let refused = hierarchy::get_project(&clients, &s, "acme").await.unwrap_err();
    assert_eq!(refused.class, ErrorClass::Refused);
    assert_eq!(refused.code, "refused");
    let refused = list_buckets(&clients, &s, "acme", None).await.unwrap_err();
    assert_eq!(refused.class, ErrorClass::Refused);
    // A method of another service does not open this one.
    let all = ledger();
    let clients = official(&server.url, &all).await;
    let crossed = clients.storage.list_buckets().set_parent("projects/acme").send();
    let crossed = clients.call(&s, &PROJECTS_GET, crossed).await.unwrap_err();
    assert_eq!(crossed.class, ErrorClass::Refused);

    assert_eq!(server.whats(), Vec::<String>::new());
    assert_eq!((none.refused(), all.refused()), (4, 1));
    assert!(none.calls().is_empty() && all.calls().is_empty());
}

#[tokio::test]
async fn one_client_acts_for_many() {
    let server = Server::start(|sent| {
        let id = sent.what.rsplit('/').next().unwrap();
        rest(json!({"name": "projects/12", "projectId": id, "parent": "folders/3",
            "displayName": "Acme", "state": "DELETE_REQUESTED", "labels": {"env": "prod"}}))
    })
    .await;
    let ledger = ledger();
    let clients = official(&server.url, &ledger).await;
    let one = session("Bearer one", &[]);
    let two = session("Bearer two", &[("GOOGLE_CLOUD_QUOTA_PROJECT", "billing")]);
    let (a, b) = tokio::join!(
        hierarchy::get_project(&clients, &one, "acme-1"),
        hierarchy::get_project(&clients, &two, "acme-2")
    );
    let found = a.unwrap();
    assert_eq!(found.number.as_deref(), Some("12"));
    assert_eq!(found.scope.id.as_str(), "acme-1");
    assert_eq!(found.scope.parent.as_ref().unwrap().as_str(), "folders/3");
    assert_eq!(found.scope.kind, ScopeKind::Project);
    assert_eq!(found.scope.status, ScopeStatus::PendingClosure);
    assert_eq!(found.scope.tags["env"], "prod");
    assert_eq!(b.unwrap().scope.id.as_str(), "acme-2");
    let mut seen: Vec<_> = server
        .sent()
        .iter()
        .map(|sent| {
            let (token, quota) = (sent.header("authorization"), sent.header("x-goog-user-project"));
            format!("{} {token} {quota}", sent.what)
        })
        .collect();
    seen.sort();
    let expected =
        ["GET /v3/projects/acme-1 Bearer one ", "GET /v3/projects/acme-2 Bearer two billing"];
    assert_eq!(seen, expected);
    assert_eq!(ledger.calls()[0].operation, "cloudresourcemanager:projects.get");
    assert_eq!(ledger.calls()[0].calls, 2);
}

#[tokio::test]
async fn the_hierarchy_is_read_page_by_page() {
    let server = Server::start(|sent| match &*sent.what {
        "GET /v3/organizations:search" => rest(json!({"organizations": [
            {"name": "organizations/1", "displayName": "acme.example", "state": "ACTIVE"}]})),
        "GET /v3/organizations/1" => rest(json!({"name": "organizations/1", "state": "ACTIVE"})),
        "GET /v3/folders/3" => rest(json!({"name": "folders/3", "parent": "organizations/1"})),
        "GET /v3/folders" => rest(json!({"folders": [{"name": "folders/4",
            "parent": "folders/3", "displayName": "Dev", "state": "ACTIVE"}],
            "nextPageToken": "more"})),
        "GET /v3/projects" => rest(json!({})),
        other => panic!("{other}"),
    })
    .await;
    let clients = official(&server.url, &ledger()).await;
    let s = session("Bearer one", &[]);
    let found = hierarchy::search_organizations(&clients, &s, None).await.unwrap();
    assert_eq!(found.found[0].scope.name, "acme.example");
    assert_eq!(found.found[0].scope.parent, None);
    let found = hierarchy::get_organization(&clients, &s, "organizations/1").await.unwrap();
    assert_eq!(found.scope.kind, ScopeKind::Organization);
    let found = hierarchy::get_folder(&clients, &s, "folders/3").await.unwrap();
    assert_eq!((found.scope.kind, found.scope.status), (ScopeKind::Folder, ScopeStatus::Unknown));
    let page = hierarchy::list_folders(&clients, &s, "folders/3", Some("again")).await.unwrap();
    assert_eq!(page.found[0].scope.id.as_str(), "folders/4");
    assert_eq!(page.next.as_deref(), Some("more"));
    let page = hierarchy::list_projects(&clients, &s, "folders/4", None).await.unwrap();
    assert!(page.found.is_empty() && page.next.is_none());
    let folders = server::Sent::form(server.sent()[3].query.as_bytes());
    for part in ["parent=folders/3", "pageToken=again", "showDeleted=true"] {
        assert!(folders.contains(part), "{folders}");
    }
}

#[tokio::test]
async fn assets_come_with_the_number_of_their_project() {
    let server = Server::start(|_| {
        rest(json!({"readTime": "2026-11-01T10:00:00.123456Z", "nextPageToken": "p2", "assets": [
            {"name": "//storage.googleapis.com/b", "assetType": "storage.googleapis.com/Bucket",
             "ancestors": ["projects/12", "folders/3", "organizations/1"],
             "resource": {"version": "v1", "data": {"name": "b", "metageneration": 5},
                "location": "europe-west3"}},
            {"name": "//cloudresourcemanager.googleapis.com/folders/3", "assetType": "x/Folder",
             "ancestors": ["folders/3", "organizations/1"],
             "iamPolicy": {"version": 3, "etag": "BwX9", "bindings": [{"role": "roles/viewer",
                "members": ["user:a@acme.example"], "condition": {"title": "t",
                "expression": "true"}}]}}]}))
    })
    .await;
    let clients = official(&server.url, &ledger()).await;
    let s = session("Bearer one", &[]);
    let types = ["storage.googleapis.com/Bucket".to_owned(), "x/Folder".to_owned()];
    let time = Some("2026-11-01T10:00:00Z".parse().unwrap());
    let page =
        list_assets(&clients, &s, "organizations/1", &types, Content::IamPolicy, time, Some("p1"));
    let page = page.await.unwrap();
    assert_eq!(page.read_time.unwrap().to_string(), "2026-11-01T10:00:00.123456Z");
    assert_eq!(page.next.as_deref(), Some("p2"));
    let [bucket, folder] = page.assets.as_slice() else { panic!("{:?}", page.assets) };
    assert_eq!(bucket.project.as_deref(), Some("12"));
    assert_eq!(bucket.location.as_deref(), Some("europe-west3"));
    assert_eq!(bucket.data["metageneration"], 5);
    assert_eq!((&bucket.iam_policy, &folder.project, &folder.location), (&None, &None, &None));
    let policy = json!({"bindings": [{"role": "roles/viewer", "members": ["user:a@acme.example"],
        "condition": {"title": "t", "expression": "true"}}]});
    assert_eq!(folder.iam_policy, Some(policy));
    let sent = &server.sent()[0];
    assert_eq!(sent.what, "GET /v1/organizations/1/assets");
    let query = server::Sent::form(sent.query.as_bytes());
    for part in [
        "assetTypes=storage.googleapis.com/Bucket",
        "assetTypes=x/Folder",
        "pageSize=1000",
        "readTime=2026-11-01T10:00:00Z",
        "pageToken=p1",
    ] {
        assert!(query.contains(part), "{query}");
    }
}

#[tokio::test]
async fn buckets_and_their_policies_come_by_grpc() {
    let server = Server::start(|sent| {
        if sent.what.ends_with("ListBuckets") {
            let bucket = [
                field(1, "projects/_/buckets/assets"),
                field(2, "assets"),
                field(3, "projects/12"),
                field(5, "EU"),
            ];
            let page =
                [field(1, bucket.concat()), field(2, "p2"), field(3, "projects/_/buckets/x")];
            return grpc(&page.concat());
        }
        let condition = [field(1, "true"), field(2, "t")].concat();
        let binding = [field(1, "roles/storage.objectViewer"), field(2, "allUsers")].concat();
        let binding = [binding, field(3, condition)].concat();
        grpc(&[small(1, 3), field(4, binding), field(3, "etag")].concat())
    })
    .await;
    let ledger = ledger();
    let clients = official(&server.url, &ledger).await;
    let s = session("Bearer one", &[]);
    let page = list_buckets(&clients, &s, "acme", None).await.unwrap();
    assert_eq!(page.buckets[0]["name"], "assets");
    assert_eq!(page.buckets[0]["projectNumber"], "12");
    assert_eq!(page.next.as_deref(), Some("p2"));
    assert_eq!(page.unreachable, ["projects/_/buckets/x"]);
    let policy = bucket_policy(&clients, &s, "assets").await.unwrap();
    let expected = json!({"bindings": [{"role": "roles/storage.objectViewer",
        "members": ["allUsers"], "condition": {"expression": "true", "title": "t"}}]});
    assert_eq!(policy, expected);
    assert_eq!(
        server.whats(),
        [
            "POST /google.storage.v2.Storage/ListBuckets",
            "POST /google.storage.control.v2.StorageControl/GetIamPolicy",
        ]
    );
    for sent in server.sent() {
        assert_eq!(sent.header("authorization"), "Bearer one");
    }
    assert_eq!(ledger.calls().len(), 2);
}

#[tokio::test]
async fn googles_own_endpoints_need_no_question_to_start() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let environment = Environment::of(&[]);
    let endpoints = Endpoints::new(None, BTreeMap::new(), environment.clone());
    let clients = Official::new(&endpoints, ledger(), fast(), &environment).await;
    assert!(clients.is_ok(), "{clients:?}");
}
