//! Tokens of read-only logins, from the first question to the last.

use std::time::Duration;

use tenko_gcp::login::{Issuer, PermissionsError, READ_ONLY_SCOPE, TokenError};
use tenko_testkit::google::{AUDITOR, Fault, FaultKind, SimGoogle};

use crate::common::{credentials, login};
use crate::world::{WEB, start, world};

const LOGIN: &str = "tenko-login@acme-web.iam.gserviceaccount.com";
const HUB: &str = "hub@acme-shared.iam.gserviceaccount.com";

fn issuer(cloud: &SimGoogle) -> Issuer {
    let builder = Issuer::builder().credentials_file(credentials(&login(cloud)));
    let builder = builder.endpoint_url(cloud.url()).max_attempts(2);
    builder.retry_delay(Duration::from_millis(5)).load().unwrap()
}

fn fault(kind: FaultKind, service: &str) -> Fault {
    Fault {
        kind,
        project: None,
        service: Some(service.to_owned()),
        operation: None,
        asset_type: None,
        value: None,
        page: None,
        times: None,
        overall: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_becomes_the_account_for_looking_only() {
    let mut world = world();
    let chain =
        [(HUB.to_owned(), vec![AUDITOR.to_owned()]), (LOGIN.to_owned(), vec![HUB.to_owned()])];
    world.impersonators = Some(chain.into());
    let cloud = SimGoogle::start(world).await.unwrap();
    let issuer = issuer(&cloud);
    assert_eq!(issuer.who().await.as_deref(), Some(AUDITOR));
    let delegates = [HUB.to_owned()];
    let quarter = Some(Duration::from_secs(900));
    let token = issuer.token(WEB, LOGIN, &delegates, quarter, None).await.unwrap();
    assert_eq!(token.principal(), LOGIN);

    let given = cloud.impersonations();
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].caller.as_str(), given[0].account.as_str()), (AUDITOR, LOGIN));
    assert_eq!(
        (given[0].scopes.clone(), given[0].lifetime),
        (vec![READ_ONLY_SCOPE.to_owned()], Some(900))
    );

    let asked = ["resourcemanager.projects.get", "storage.objects.get", "compute.instances.create"];
    let granted = issuer.permissions(&token, WEB, &asked).await.unwrap();
    assert_eq!(granted, ["resourcemanager.projects.get"]);
    cloud.update(|world| {
        let project = world.projects.iter_mut().find(|project| project.id == WEB).unwrap();
        project.granted.insert(LOGIN.to_owned(), vec!["storage.objects.*".to_owned()]);
    });
    assert_eq!(issuer.permissions(&token, WEB, &asked).await.unwrap(), ["storage.objects.get"]);
    let strange = ["storage.objects.paint.it"];
    let error = issuer.permissions(&token, WEB, &strange).await.unwrap_err();
    assert!(matches!(error, PermissionsError::Invalid { .. }), "{error:?}");

    // As whom each of these was asked, and nothing that changes anything.
    let last = cloud.log().pop().unwrap();
    assert_eq!(last.principal.as_deref(), Some(LOGIN));
    assert!(cloud.writes().is_empty());

    // Not without the one in between.
    let error = issuer.token(WEB, LOGIN, &[], None, None).await.unwrap_err();
    assert!(matches!(&error, TokenError::NotPermitted { caller: Some(who), .. } if who == AUDITOR));
    assert!(error.hint().is_some_and(|hint| hint.contains(LOGIN) && hint.contains(AUDITOR)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_apart() {
    let cloud = start().await;
    cloud.update(|world| world.service_accounts = Some([HUB.to_owned()].into()));
    let issuer = issuer(&cloud);
    let ask = async |lifetime| issuer.token(WEB, LOGIN, &[], lifetime, None).await.unwrap_err();
    assert!(matches!(ask(None).await, TokenError::NoServiceAccount { .. }));
    cloud.update(|world| world.service_accounts = None);
    let long = Some(Duration::from_secs(7200));
    assert!(matches!(ask(long).await, TokenError::Lifetime { .. }));

    for (kind, fits) in [
        (
            FaultKind::Denied,
            (|e| matches!(e, TokenError::NotPermitted { .. })) as fn(&TokenError) -> bool,
        ),
        (FaultKind::ServiceDisabled, |e| matches!(e, TokenError::ApiDisabled { .. })),
        (FaultKind::Perimeter, |e| matches!(e, TokenError::Perimeter { .. })),
        (FaultKind::Unauthenticated, |e| matches!(e, TokenError::Credentials { .. })),
        (FaultKind::Throttled, |e| matches!(e, TokenError::Throttled { .. })),
        (FaultKind::Unavailable, |e| matches!(e, TokenError::Unreachable { .. })),
        (FaultKind::Disconnect, |e| matches!(e, TokenError::Unreachable { .. })),
        (FaultKind::WrongShape { html: true }, |e| matches!(e, TokenError::Broken { .. })),
        (FaultKind::ForeignObject, |e| matches!(e, TokenError::Broken { .. })),
    ] {
        let id = cloud.add_fault(fault(kind.clone(), "iamcredentials"));
        let error = ask(None).await;
        assert!(fits(&error), "{kind:?}: {error:?}");
        assert!(!error.to_string().contains("ya29"), "{error}");
        cloud.remove_fault(id);
    }
    assert!(issuer.token(WEB, LOGIN, &[], None, None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_was_revoked_says_so() {
    let cloud = start().await;
    cloud.add_fault(fault(FaultKind::Denied, "oauth2"));
    let error = issuer(&cloud).token(WEB, LOGIN, &[], None, None).await.unwrap_err();
    assert!(matches!(error, TokenError::Credentials { .. }), "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("application-default login")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_permissions_that_fails_is_no_answer() {
    let cloud = start().await;
    let issuer = issuer(&cloud);
    let token = issuer.token(WEB, LOGIN, &[], None, None).await.unwrap();
    for kind in [
        FaultKind::Denied,
        FaultKind::ServiceDisabled,
        FaultKind::Throttled,
        FaultKind::Unauthenticated,
        FaultKind::ServerError,
        FaultKind::WrongShape { html: true },
        FaultKind::WrongShape { html: false },
        FaultKind::ForeignObject,
        FaultKind::LoseEnd { bytes: 1, fitting_length: true },
    ] {
        let id = cloud.add_fault(fault(kind.clone(), "cloudresourcemanager"));
        let answer = issuer.permissions(&token, WEB, &["storage.objects.get"]).await;
        assert!(answer.is_err(), "{kind:?}: {answer:?}");
        cloud.remove_fault(id);
    }
}
