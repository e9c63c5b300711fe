//! The provider against a fake of STS, EC2 and Organizations: a function from request to answer.

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_types::region::Region as AwsRegion;
use futures_util::StreamExt;
use tenko_core::{DeniedBy, Unlimited};

use super::*;

const CALLER: &str = "111111111111";
const OTHER: &str = "222222222222";

/// One request as the fake sees it: operation, access key, body.
struct Asked<'a> {
    operation: &'a str,
    key: &'a str,
    body: &'a str,
}

type Answers = dyn Fn(&Asked<'_>) -> (u16, String) + Send + Sync;

#[derive(Clone)]
struct Fake {
    answers: Arc<Answers>,
    log: Arc<Mutex<Vec<String>>>,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let target = header("x-amz-target");
        let operation = match target.split_once('.') {
            Some((_, operation)) => operation.to_owned(),
            None => body
                .split("Action=")
                .nth(1)
                .and_then(|s| s.split('&').next())
                .unwrap_or_default()
                .to_owned(),
        };
        let authorization = header("authorization");
        let key = authorization
            .split("Credential=")
            .nth(1)
            .and_then(|s| s.split('/').next())
            .unwrap_or_default();
        self.log.lock().unwrap().push(format!("{operation} {key}"));
        let (status, text) = (self.answers)(&Asked { operation: &operation, key, body: &body });
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            status.try_into().unwrap(),
            SdkBody::from(text),
        )))
    }
}

fn provider(
    answers: impl Fn(&Asked<'_>) -> (u16, String) + Send + Sync + 'static,
) -> (AwsProvider, Fake) {
    let fake = Fake { answers: Arc::new(answers), log: Arc::default() };
    let connector = SharedHttpConnector::new(fake.clone());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(AwsRegion::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "CALLER", "s", None, None, "test",
        )))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    let provider = AwsProvider::builder()
        .sdk_config(config)
        .redactor(Redactor::new([1; 32]))
        .max_attempts(2)
        .build();
    (provider.unwrap(), fake)
}

fn identity(account: &str) -> (u16, String) {
    (
        200,
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::{account}:assumed-role/r/s</Arn>\
         <UserId>u</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
}

fn assumed(key: &str) -> (u16, String) {
    (
        200,
        format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )
}

fn regions() -> (u16, String) {
    let region = |name: &str, status: &str| {
        format!("<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>")
    };
    (
        200,
        format!(
            "<DescribeRegionsResponse><regionInfo>{}{}</regionInfo></DescribeRegionsResponse>",
            region("eu-central-1", "opt-in-not-required"),
            region("af-south-1", "not-opted-in")
        ),
    )
}

fn sts_error(code: &str, message: &str) -> (u16, String) {
    (
        403,
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        ),
    )
}

fn json_error(code: &str) -> (u16, String) {
    (400, format!("{{\"__type\":\"{code}\",\"Message\":\"no\"}}"))
}

async fn open(provider: &AwsProvider, account: &str) -> Answer {
    provider.open(&named_scope(account), &Unlimited).await
}

#[tokio::test]
async fn a_session_in_the_wrong_account_is_not_used() {
    // As emulators do: whatever role is asked for, the session is in one and the same account.
    let (provider, fake) = provider(|asked| match asked.operation {
        "AssumeRole" => assumed("ROLE"),
        _ => identity(CALLER),
    });
    let answer = open(&provider, OTHER).await;
    assert_eq!(answer.outcome, Outcome::Denied { denied_by: DeniedBy::Trust });
    assert_eq!(answer.problems[0].code, "identity-mismatch");
    assert!(
        !fake.log.lock().unwrap().iter().any(|call| call.contains("Regions")),
        "nothing was read with it"
    );
}

#[tokio::test]
async fn the_own_account_takes_no_role_and_regions_are_sorted_out() {
    let (provider, fake) = provider(|asked| match asked.operation {
        "DescribeRegions" => regions(),
        _ => identity(CALLER),
    });
    let answer = open(&provider, CALLER).await;
    assert_eq!(answer.outcome, Outcome::Complete, "{:?}", answer.problems);
    assert_eq!(answer.regions, [Region::new("eu-central-1")]);
    assert_eq!(answer.disabled_regions, [Region::new("af-south-1")]);
    assert_eq!(*fake.log.lock().unwrap(), ["GetCallerIdentity CALLER", "DescribeRegions CALLER"]);
    assert_eq!(provider.refused_calls(), 0);
}

#[tokio::test]
async fn the_role_is_asked_for_with_a_policy_and_a_denial_tells_by_what() {
    for (message, denied_by) in [
        (
            "User: arn:aws:iam::111111111111:user/x is not authorized to perform: sts:AssumeRole",
            DeniedBy::Trust,
        ),
        ("not authorized with an explicit deny in a service control policy", DeniedBy::Scp),
    ] {
        let (provider, _) = provider(move |asked| match asked.operation {
            "AssumeRole" => {
                assert!(
                    asked.body.contains("role%2FOrganizationAccountAccessRole")
                        && asked.body.contains("Policy=")
                );
                sts_error("AccessDenied", message)
            }
            _ => identity(CALLER),
        });
        assert_eq!(open(&provider, OTHER).await.outcome, Outcome::Denied { denied_by });
    }
}

#[tokio::test]
async fn a_session_that_runs_out_is_renewed_within_the_same_call() {
    let roles = Mutex::new(0);
    let (provider, fake) = provider(move |asked| {
        match (asked.operation, asked.key) {
        ("AssumeRole", _) => {
            *roles.lock().unwrap() += 1;
            assumed(&format!("ROLE{}", roles.lock().unwrap()))
        }
        ("GetCallerIdentity", "CALLER") => identity(CALLER),
        ("GetCallerIdentity", _) => identity(OTHER),
        ("DescribeRegions", "ROLE1") => {
            (400, "<Response><Errors><Error><Code>RequestExpired</Code><Message>m</Message></Error></Errors></Response>".to_owned())
        }
        ("DescribeRegions", "ROLE2") => regions(),
        _ => sts_error("AccessDenied", ""),
    }
    });
    let answer = open(&provider, OTHER).await;
    assert_eq!(
        answer.outcome,
        Outcome::Complete,
        "{:?} {:?}",
        answer.problems,
        fake.log.lock().unwrap()
    );
    assert_eq!(
        fake.log.lock().unwrap().iter().filter(|call| call.starts_with("AssumeRole")).count(),
        2
    );
}

#[tokio::test]
async fn expired_credentials_of_the_caller_are_named_as_such() {
    let (provider, _) = provider(|_| {
        sts_error("ExpiredToken", "The security token included in the request is expired")
    });
    let answer = open(&provider, OTHER).await;
    assert_eq!(answer.outcome, Outcome::Denied { denied_by: DeniedBy::Trust });
    assert!(answer.problems[0].message.contains("sign in again"), "{:?}", answer.problems);
}

async fn discover(provider: &AwsProvider) -> (Vec<String>, Vec<String>) {
    let (mut scopes, mut problems) = (Vec::new(), Vec::new());
    let mut events = provider.discover(&Unlimited);
    while let Some(event) = events.next().await {
        match event {
            DiscoverEvent::Scope(scope) => {
                scopes.push(format!(
                    "{}<{}",
                    scope.id,
                    scope.parent.map(|p| p.to_string()).unwrap_or_default()
                ));
            }
            DiscoverEvent::Problem(problem) => problems.push(problem.operation),
            _ => {}
        }
    }
    (scopes, problems)
}

fn organization() -> (u16, String) {
    (200, format!(r#"{{"Organization":{{"Id":"o-1","MasterAccountId":"{OTHER}"}}}}"#))
}

#[tokio::test]
async fn without_an_organization_the_caller_is_alone() {
    let (provider, _) = provider(|asked| match asked.operation {
        "DescribeOrganization" => json_error("AWSOrganizationsNotInUseException"),
        _ => identity(CALLER),
    });
    assert_eq!(discover(&provider).await, (vec![format!("{CALLER}<")], vec![]));
}

#[tokio::test]
async fn a_member_account_that_sees_nothing_still_calls_itself() {
    let (provider, _) = provider(|asked| match asked.operation {
        "GetCallerIdentity" => identity(CALLER),
        "DescribeOrganization" => organization(),
        _ => json_error("AccessDeniedException"),
    });
    let (scopes, problems) = discover(&provider).await;
    assert_eq!(scopes, ["o-1<".to_owned(), format!("{CALLER}<o-1")]);
    assert_eq!(problems, ["organizations:ListRoots", "organizations:ListAccounts"]);
    assert!(!provider.0.reads_organization(CALLER, &Unlimited).await);
    assert!(
        provider.0.reads_organization(OTHER, &Unlimited).await,
        "the management account reads it"
    );
}

#[tokio::test]
async fn a_branch_that_cannot_be_listed_takes_no_account_with_it() {
    let (provider, _) = provider(|asked| {
        let ok = |text: &str| (200, text.to_owned());
        let of = |parent: &str| asked.body.contains(&format!("\"{parent}\""));
        match asked.operation {
            "GetCallerIdentity" => identity(CALLER),
            "DescribeOrganization" => organization(),
            "ListRoots" => ok(r#"{"Roots":[{"Id":"r-1","Name":"Root"}]}"#),
            // A ring: the unit holds itself.
            "ListOrganizationalUnitsForParent" => {
                ok(r#"{"OrganizationalUnits":[{"Id":"ou-1","Name":"A"}]}"#)
            }
            "ListAccountsForParent" if of("ou-1") => json_error("ServiceException"),
            "ListAccountsForParent" => {
                ok(r#"{"Accounts":[{"Id":"111111111111","State":"ACTIVE"}]}"#)
            }
            "ListAccounts" => {
                ok(r#"{"Accounts":[{"Id":"111111111111"},{"Id":"333333333333","State":"CLOSED"}]}"#)
            }
            "ListTagsForResource" => json_error("AccessDeniedException"),
            _ => json_error("UnknownOperationException"),
        }
    });
    let (scopes, mut problems) = discover(&provider).await;
    assert_eq!(scopes, ["o-1<", "r-1<o-1", "ou-1<r-1", "111111111111<r-1", "333333333333<o-1"]);
    problems.sort();
    assert_eq!(
        problems,
        ["organizations:ListAccountsForParent", "organizations:ListTagsForResource"]
    );
}
