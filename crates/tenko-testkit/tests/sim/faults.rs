//! What goes wrong goes wrong where it should, as often as it should.

use std::collections::BTreeSet;

use serde_json::json;
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud, World};

use crate::client::{MANAGEMENT, MEMBER, REGION, Signer, assume, call, role, try_call, world};

/// One operation of each protocol.
const EACH: [&str; 5] = [
    "ec2:DescribeVpcs",
    "iam:ListRoles",
    "s3:ListBuckets",
    "dynamodb:ListTables",
    "lambda:ListFunctions",
];

fn filled() -> World {
    let mut world = world();
    let account = world.account_mut(MANAGEMENT).unwrap();
    for (operation, record) in EACH.iter().zip(0..) {
        account.entry(REGION, operation).items =
            Some((0..5).map(|n| json!({ "Name": format!("record-{record}-{n}") })).collect());
    }
    world
}

async fn code(cloud: &SimCloud, operation: &str) -> (u16, String) {
    let reply = call(cloud, &Signer::root(), operation, json!({})).await;
    (reply.status.as_u16(), reply.code())
}

#[tokio::test]
async fn each_service_refuses_in_its_own_words() {
    let cloud = SimCloud::start(filled()).await.unwrap();
    let cases: [(FaultKind, [(u16, &str); 5]); 5] = [
        (
            FaultKind::Deny { by: DeniedBy::Identity },
            [
                (403, "UnauthorizedOperation"),
                (403, "AccessDenied"),
                (403, "AccessDenied"),
                (400, "AccessDeniedException"),
                (403, "AccessDeniedException"),
            ],
        ),
        (
            FaultKind::Throttle,
            [
                (503, "RequestLimitExceeded"),
                (400, "Throttling"),
                (503, "SlowDown"),
                (400, "ThrottlingException"),
                (429, "TooManyRequestsException"),
            ],
        ),
        (
            FaultKind::ServerError,
            [
                (500, "InternalError"),
                (500, "InternalFailure"),
                (500, "InternalError"),
                (500, "InternalServerError"),
                (500, "InternalServerError"),
            ],
        ),
        (
            FaultKind::ExpiredToken,
            [
                (400, "RequestExpired"),
                (403, "ExpiredToken"),
                (400, "ExpiredToken"),
                (400, "ExpiredTokenException"),
                (403, "ExpiredTokenException"),
            ],
        ),
        (
            FaultKind::NotSubscribed,
            [
                (401, "OptInRequired"),
                (403, "OptInRequired"),
                (403, "NotSignedUp"),
                (400, "SubscriptionRequiredException"),
                (400, "SubscriptionRequiredException"),
            ],
        ),
    ];
    for (kind, expected) in cases {
        let fault = cloud.add_fault(Fault::new(kind));
        for (operation, (status, name)) in EACH.iter().zip(expected) {
            assert_eq!(code(&cloud, operation).await, (status, name.to_owned()), "{operation}");
        }
        assert!(cloud.remove_fault(fault) && !cloud.remove_fault(fault));
        assert_eq!(code(&cloud, EACH[0]).await.0, 200);
    }
}

#[tokio::test]
async fn a_refusal_names_the_policy_that_refused() {
    let cloud = SimCloud::start(filled()).await.unwrap();
    for (by, end) in [
        (DeniedBy::Identity, "because no identity-based policy allows the ec2:DescribeVpcs action"),
        (DeniedBy::ScpExplicit, "with an explicit deny in a service control policy<"),
        (DeniedBy::ScpExplicitWithArn, "in a service control policy: arn:aws:organizations::"),
        (DeniedBy::ResourceExplicit, "with an explicit deny in a resource-based policy"),
        (DeniedBy::VpcEndpointExplicit, "with an explicit deny in a VPC endpoint policy"),
        (DeniedBy::Boundary, "because no permissions boundary allows"),
        (DeniedBy::Unstated, "You are not authorized to perform this operation.<"),
    ] {
        let fault = cloud.add_fault(Fault::new(FaultKind::Deny { by }));
        let body = call(&cloud, &Signer::root(), "ec2:DescribeVpcs", json!({})).await.body;
        assert!(body.contains(end), "{body}");
        cloud.remove_fault(fault);
    }
    let bucket = Fault::new(FaultKind::Deny { by: DeniedBy::ResourceExplicit }).key("logs");
    cloud.update(|w| w.account_mut(MANAGEMENT).unwrap().data.clear());
    cloud.add_fault(bucket);
    let root = Signer::root();
    let of = |name: &str| call(&cloud, &root, "s3:GetBucketEncryption", json!({ "Bucket": name }));
    let denied = of("logs").await.body;
    assert!(
        denied.contains("s3:GetEncryptionConfiguration on resource: &quot;arn:aws:s3:::logs&quot;")
    );
    assert_eq!(of("others").await.code(), "ServerSideEncryptionConfigurationNotFoundError");
}

#[tokio::test]
async fn matchers_narrow_a_fault_down() {
    let cloud = SimCloud::start(filled()).await.unwrap();
    let deny = || Fault::new(FaultKind::Deny { by: DeniedBy::Scp });
    let member = assume(&cloud, role("TenkoAudit")).await.unwrap();
    let root = Signer::root();
    let away = root.in_region("us-east-1");
    cloud.add_fault(
        deny().account(MEMBER).region(REGION).service("ec2").operation("ec2:DescribeVpcs"),
    );
    for (signer, operation, status) in [
        (&member, "ec2:DescribeVpcs", 403),
        (&member, "ec2:DescribeSubnets", 200),
        (&member, "iam:ListRoles", 200),
        (&root, "ec2:DescribeVpcs", 200),
        (&away, "ec2:DescribeVpcs", 200),
    ] {
        let reply = call(&cloud, signer, operation, json!({})).await;
        assert_eq!(reply.status, status, "{operation}");
    }
    cloud.clear_faults();
    cloud.add_fault(deny().nth(2));
    let mut statuses = Vec::new();
    for operation in EACH {
        statuses.push(code(&cloud, operation).await.0);
    }
    assert_eq!(statuses, [200, 403, 200, 200, 200]);
}

#[tokio::test]
async fn a_count_is_per_request_or_overall() {
    let cloud = SimCloud::start(filled()).await.unwrap();
    let fault = cloud.add_fault(Fault::new(FaultKind::Throttle).times(2));
    for operation in EACH {
        let mut bad = 0;
        while code(&cloud, operation).await.0 != 200 {
            bad += 1;
        }
        assert_eq!(bad, 2, "{operation}");
    }
    cloud.remove_fault(fault);
    cloud.add_fault(Fault::new(FaultKind::Throttle).times(2).overall());
    let mut bad = 0;
    for operation in EACH {
        bad += usize::from(code(&cloud, operation).await.0 != 200);
    }
    assert_eq!(bad, 2);
}

#[tokio::test]
async fn chance_depends_on_the_seed_only() {
    let mut runs = BTreeSet::new();
    for seed in [1, 1, 2] {
        let mut world = filled();
        world.seed = seed;
        world.faults = vec![Fault::new(FaultKind::ServerError).chance(0.5)];
        let cloud = SimCloud::start(world).await.unwrap();
        let mut outcome = Vec::new();
        for n in 0..40 {
            outcome.push(code(&cloud, EACH[n % EACH.len()]).await.0);
        }
        assert!(outcome.contains(&200) && outcome.contains(&500));
        runs.insert(outcome);
    }
    assert_eq!(runs.len(), 2);
}

#[tokio::test]
async fn transport_faults_break_the_transport() {
    let cloud = SimCloud::start(filled()).await.unwrap();
    let root = Signer::root();
    for operation in EACH {
        let whole = call(&cloud, &root, operation, json!({})).await.body;
        for kind in [
            FaultKind::Disconnect,
            FaultKind::CutConnection { at: 20 },
            FaultKind::CutConnection { at: 100_000 },
        ] {
            let fault = cloud.add_fault(Fault::new(kind));
            assert!(try_call(&cloud, &root, operation).await.is_err(), "{operation} {kind:?}");
            cloud.remove_fault(fault);
        }
        let cut = |at| Fault::new(FaultKind::Truncate { at });
        let fault = cloud.add_fault(cut(20));
        let reply = call(&cloud, &root, operation, json!({})).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (200, 20));
        // The request's number differs, nothing else of the beginning does.
        assert!(whole.starts_with(&reply.body));
        cloud.remove_fault(fault);
        let fault = cloud.add_fault(Fault::new(FaultKind::HtmlError500));
        let reply = call(&cloud, &root, operation, json!({})).await;
        assert!(reply.status == 500 && reply.body.starts_with("<!doctype html>"));
        cloud.remove_fault(fault);
        let fault = cloud.add_fault(Fault::new(FaultKind::InvalidBody));
        let reply = call(&cloud, &root, operation, json!({})).await;
        assert!(reply.status == 200 && !reply.body.contains("record"));
        cloud.remove_fault(fault);
    }
    cloud.add_fault(Fault::new(FaultKind::Hang));
    // Whichever is first: the answer never comes, so the other always is.
    tokio::select! {
        _ = try_call(&cloud, &root, EACH[0]) => panic!("an answer"),
        () = async { while cloud.seen().last().is_none_or(|s| s.status.is_some()) { tokio::task::yield_now().await } } => {}
    }
}

#[tokio::test]
async fn pages_can_loop_be_empty_and_repeat_records() {
    let mut world = filled();
    world.page_size = Some(2);
    let cloud = SimCloud::start(world).await.unwrap();
    let page = |token: Option<String>| {
        let input = token.map_or(json!({}), |t| json!({ "ExclusiveStartTableName": t }));
        let cloud = &cloud;
        async move {
            let reply = call(cloud, &Signer::root(), "dynamodb:ListTables", input).await;
            let names = reply.body.matches("record").count();
            (names, reply.get("LastEvaluatedTableName"))
        }
    };
    let fault = cloud.add_fault(Fault::new(FaultKind::RepeatToken).page(2));
    let (_, second) = page(None).await;
    let (names, again) = page(second.clone()).await;
    assert_eq!((names, &again), (2, &second));
    cloud.remove_fault(fault);

    let fault = cloud.add_fault(Fault::new(FaultKind::EmptyPageWithToken));
    let (mut sizes, mut token) = (Vec::new(), None);
    loop {
        let (names, next) = page(token).await;
        sizes.push(names);
        token = next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [0, 2, 0, 2, 0, 1]);
    cloud.remove_fault(fault);

    cloud.add_fault(Fault::new(FaultKind::DuplicateItems).page(2));
    let (first, second) = page(None).await;
    let (twice, third) = page(second).await;
    let (last, end) = page(third).await;
    assert_eq!((first, twice, last, end), (2, 3, 1, None));
}

#[tokio::test]
async fn a_skewed_clock_refuses_and_tells_its_time() {
    let cloud = SimCloud::start(filled()).await.unwrap();
    cloud.add_fault(Fault::new(FaultKind::SkewedClock { seconds: 86_400 }));
    for (operation, code) in EACH.iter().zip([
        "RequestExpired",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "InvalidSignatureException",
        "InvalidSignatureException",
    ]) {
        let mut raw = crate::client::request(&Signer::root(), operation, &json!({}));
        let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        raw.headers_mut().insert("x-amz-date", now.parse().unwrap());
        let reply = crate::client::send(&cloud.url(), raw).await.unwrap();
        assert_eq!(reply.code(), code);
        let date = reply.headers["date"].to_str().unwrap();
        let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
        assert!(date > jiff::Timestamp::now() + jiff::SignedDuration::from_hours(23));
    }
}
