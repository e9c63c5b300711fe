//! Sessions: what is asked for, what they are used for, and what happens when they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tenko::collect::Event;
use tenko::model::Outcome;
use tenko_testkit::sim::{Fault, FaultKind, SimCloud};

use super::cases::{Case, Keeps, check};
use super::places::{LISTINGS, at_paged_listings, is_in};
use super::world::{
    Clean, EXTERNAL_ID, Look, MANAGEMENT, OPEN, PRODUCTION, SHARED_BY_TWO, STAGING, look,
    look_with, provider, timeless, world,
};

const MEMBERS: [&str; 3] = [PRODUCTION, STAGING, SHARED_BY_TWO];

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_asked_for_as_configured() {
    let cloud = SimCloud::start(world()).await.unwrap();
    let look = Look {
        provider: |builder| builder.session_name("roll call").source_identity("mika@example.com"),
        ..Look::default()
    };
    let snapshot = look_with(&cloud, look).await;
    assert!(!snapshot.is_incomplete());
    let policy = provider(&cloud, |b| b).await.session_policy().unwrap().to_owned();
    // All actions together are too long for STS, so that some stand behind a wildcard.
    assert!(policy.contains("ec2:Describe*") && policy.len() <= 2048, "{policy}");
    let mut sessions = cloud.sessions();
    sessions.sort_by(|a, b| a.account.cmp(&b.account));
    let accounts: Vec<_> = sessions.iter().map(|s| s.account.as_str()).collect();
    assert_eq!(accounts, MEMBERS, "one each, and none in the caller's own account");
    for session in &sessions {
        assert_eq!(session.role, "TenkoAudit");
        assert_eq!(session.session_name, "roll-call");
        assert_eq!(session.external_id.as_deref(), Some(EXTERNAL_ID));
        assert_eq!(session.source_identity.as_deref(), Some("mika@example.com"));
        assert_eq!(session.policy.as_deref(), Some(policy.as_str()));
        assert_eq!(session.policy_arns, [""; 0]);
        assert_eq!(session.assumed_by.0, MANAGEMENT);
    }
    // Each account is read with its own session, and each session is proven before.
    for session in &sessions {
        let seen = cloud.seen().into_iter().filter(|r| r.key.as_deref() == Some(&session.key));
        let seen: Vec<_> = seen.collect();
        assert_eq!(seen[0].id(), "sts:GetCallerIdentity");
        assert!(seen.iter().all(|r| r.account.as_deref() == Some(session.account.as_str())));
        let answer = snapshot.answers.iter().find(|a| a.scope.as_str() == session.account).unwrap();
        assert_eq!(answer.identity.as_deref(), Some(session.arn.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_need_not_be_narrowed_and_the_caller_may_assume_a_role_too() {
    let clean = &Clean::get().await.snapshot;
    let mut world = world();
    let role = world.account(PRODUCTION).unwrap().roles[0].clone();
    world.account_mut(MANAGEMENT).unwrap().roles.push(role);
    let cloud = SimCloud::start(world).await.unwrap();
    let look = Look {
        provider: |builder| builder.narrow_sessions(false).caller_role("TenkoAudit"),
        ..Look::default()
    };
    let snapshot = look_with(&cloud, look).await;
    assert_eq!(timeless(&snapshot.coverage), timeless(&clean.coverage));
    let mut accounts: Vec<_> = cloud.sessions().into_iter().map(|s| s.account).collect();
    accounts.sort();
    assert_eq!(accounts, OPEN);
    assert!(cloud.sessions().iter().all(|s| s.policy.is_none() && s.session_name == "tenko"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_is_renewed_once_and_no_page_is_lost() {
    let clean = Clean::get().await;
    let refreshed_once = |cloud: &SimCloud, _: &tenko::model::Snapshot| {
        let of = |account| cloud.sessions().iter().filter(|s| s.account == account).count();
        assert_eq!((of(PRODUCTION), of(STAGING), of(SHARED_BY_TWO)), (2, 1, 1));
    };
    // In each protocol; alone, so that one renewal must do.
    let first = LISTINGS.map(|listing| {
        let fault = Fault::new(FaultKind::ExpiredToken).account(PRODUCTION).region(listing.region);
        Case::new(format!("{} finds the session ended", listing.operation))
            .faults([fault.operation(listing.operation).times(1).overall()])
            .also(refreshed_once)
    });
    // EC2, KMS, S3 and SQS: each way to speak.
    let later =
        at_paged_listings(FaultKind::ExpiredToken).enumerate().step_by(2).map(|(at, fault)| {
            Case::new(format!("paged listing {at} finds the session ended on its second page"))
                .page_size(1)
                .faults([fault.page(2).times(1).overall()])
                .also(refreshed_once)
        });
    check(clean, first.into_iter().chain(later)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_end_in_the_middle_of_a_run() {
    let clean = &Clean::get().await.snapshot;
    let cloud = Arc::new(SimCloud::start(world()).await.unwrap());
    let (ended, finished) = (cloud.clone(), AtomicUsize::new(0));
    let finished = Arc::new(finished);
    let look = Look {
        audit: Box::new(move |audit| {
            let (ended, finished) = (ended.clone(), finished.clone());
            audit.on_event(move |event| {
                let unit = matches!(event, Event::UnitFinished(_));
                if unit && finished.fetch_add(1, Ordering::Relaxed) == 20 {
                    ended.expire_sessions();
                }
            })
        }),
        ..Look::default()
    };
    let snapshot = look_with(&cloud, look).await;
    assert_eq!(timeless(&snapshot.coverage), timeless(&clean.coverage));
    assert_eq!(snapshot.resources, clean.resources);
    for member in MEMBERS {
        assert_eq!(cloud.sessions().iter().filter(|s| s.account == member).count(), 2, "{member}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_are_apart_do_not_matter() {
    let clean = Clean::get().await;
    let cases = [3600, -3600].map(|seconds| {
        Case::new(format!("the service's clock is {seconds} s ahead"))
            .faults([Fault::new(FaultKind::SkewedClock { seconds })])
    });
    check(clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_throttled_does_not_use_up_the_patience_for_others() {
    let clean = Clean::get().await;
    let throttle = || Fault::new(FaultKind::Throttle);
    let services =
        ["cloudformation", "ecs", "iam", "kms", "lambda", "rds", "s3", "sns", "sqs", "ssm"];
    let always = services.map(|service| throttle().account(PRODUCTION).service(service));
    let ec2 = ["Instances", "SecurityGroups", "Subnets", "Vpcs"]
        .map(|what| throttle().account(PRODUCTION).operation(&format!("ec2:Describe{what}")));
    // The others are throttled once each, so they need retries too.
    let once =
        [MANAGEMENT, STAGING, SHARED_BY_TWO].map(|account| throttle().account(account).times(1));
    let case = Case::new("one account is throttled for ever, the others now and then")
        .faults(always.into_iter().chain(ec2).chain(once))
        .look(Look { provider: |b| b.max_attempts(3), ..Look::default() })
        .expect(Outcome::ThrottledOut, Keeps::None, |unit| is_in(unit, PRODUCTION));
    check(clean, [case]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_of_a_suspended_account() {
    let cloud = SimCloud::start(world()).await.unwrap();
    let snapshot = look(&cloud).await;
    let rows =
        snapshot.coverage.iter().filter(|r| r.unit.scope.as_str() == super::world::SUSPENDED);
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), super::world::TYPES.len(), "one row a type");
    assert!(rows.iter().all(|row| row.outcome == Outcome::ScopeSuspended));
    assert!(snapshot.answers.iter().all(|a| a.scope.as_str() != super::world::SUSPENDED));
    assert!(cloud.seen().iter().all(|r| r.account.as_deref() != Some(super::world::SUSPENDED)));
}
