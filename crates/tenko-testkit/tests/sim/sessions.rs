//! What STS looks at when a role is assumed, and what sessions with policies are let do.

use serde_json::{Value, json};
use tenko_testkit::sim::{Mfa, Role, SessionKind, SimCloud, WebIdentity, World};

use crate::client::{
    MANAGEMENT, MEMBER, REGION, Reply, Signer, assume, call, request, role, send, world,
};

const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["s3:ListAllMy*","sts:AssumeRole"],"Resource":"*"}]}"#;

/// The world with these roles in the member account.
fn with(roles: impl IntoIterator<Item = Role>) -> World {
    let mut world = world();
    world.account_mut(MEMBER).unwrap().roles.extend(roles);
    world
}

fn asked(name: &str, more: Value) -> Value {
    let mut input = role(name);
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn refused(cloud: &SimCloud, input: Value) -> Reply {
    assume(cloud, input).await.err().unwrap()
}

async fn chained(cloud: &SimCloud, from: &Signer, input: Value) -> Result<Signer, Reply> {
    let reply = call(cloud, from, "sts:AssumeRole", input).await;
    match (reply.get("AccessKeyId"), reply.get("SessionToken")) {
        (Some(key), token @ Some(_)) => Ok(Signer { key, token, region: REGION.into() }),
        _ => Err(reply),
    }
}

#[tokio::test]
async fn all_that_came_is_kept() {
    let cloud = SimCloud::start(with([])).await.unwrap();
    let more = json!({
        "DurationSeconds": "1800", "SourceIdentity": "alice@example.com", "Policy": DENY,
        "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/SecurityAudit",
        "PolicyArns.member.2.arn": "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        "Tags.member.1.Key": "ticket", "Tags.member.1.Value": "OPS-17",
        "TransitiveTagKeys.member.1": "ticket",
    });
    let reply = call(&cloud, &Signer::root(), "sts:AssumeRole", asked("TenkoAudit", more)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.get("SourceIdentity").unwrap(), "alice@example.com");
    let session = cloud.sessions().pop().unwrap();
    assert_eq!(reply.get("PackedPolicySize").unwrap(), session.packed_percent.to_string());
    assert!((1..=100).contains(&session.packed_percent));
    assert_eq!(session.tags["ticket"], "OPS-17");
    assert_eq!(session.transitive_tag_keys, ["ticket"]);
    assert_eq!(session.policy.as_deref(), Some(DENY));
    assert_eq!(session.policy_arns.len(), 2);
    assert_eq!((session.duration, session.is_chained), (Some(1800), false));
    assert_eq!(session.kind, SessionKind::Role);
    assert_eq!(session.role_arn, format!("arn:aws:iam::{MEMBER}:role/TenkoAudit"));
    assert_eq!(reply.get("SecretAccessKey").unwrap(), session.secret);
    assert_eq!(cloud.count("sts:AssumeRole"), 1);
}

#[tokio::test]
async fn requests_that_sts_cannot_take_are_refused() {
    let cloud = SimCloud::start(with([])).await.unwrap();
    let audit = "arn:aws:iam::aws:policy/SecurityAudit";
    let many: Value =
        (1..=11).map(|n| (format!("PolicyArns.member.{n}.arn"), json!(audit))).collect();
    let long = "x".repeat(2049);
    let nearly = DENY.replace("sts:AssumeRole", &"y".repeat(2048 - DENY.len()));
    let cases = [
        (json!({ "RoleSessionName": "a b" }), "ValidationError", "regular expression pattern"),
        (json!({ "RoleSessionName": "a" }), "ValidationError", "greater than or equal to 2"),
        (json!({ "RoleSessionName": "n".repeat(65) }), "ValidationError", "equal to 64"),
        (json!({ "SourceIdentity": "alice smith" }), "ValidationError", "sourceIdentity"),
        (json!({ "SourceIdentity": "s".repeat(65) }), "ValidationError", "equal to 64"),
        (json!({ "DurationSeconds": "899" }), "ValidationError", "equal to 900"),
        (json!({ "DurationSeconds": "43201" }), "ValidationError", "equal to 43200"),
        (json!({ "DurationSeconds": "3601" }), "ValidationError", "MaxSessionDuration"),
        (json!({ "Policy": "{not json" }), "MalformedPolicyDocument", "invalid Json"),
        (json!({ "Policy": "{\"Statement\":[]}" }), "MalformedPolicyDocument", "Statement"),
        (
            json!({ "Policy": DENY.replace("2012-10-17", "2026-01-01") }),
            "MalformedPolicyDocument",
            "version",
        ),
        (json!({ "Policy": long }), "ValidationError", "equal to 2048"),
        (
            json!({ "Policy": nearly, "PolicyArns.member.1.arn": audit }),
            "PackedPolicyTooLarge",
            "of allotted space",
        ),
        (many, "ValidationError", "equal to 10"),
        (
            json!({ "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/SecurityAudits" }),
            "ValidationError",
            "does not exist",
        ),
        (
            json!({ "PolicyArns.member.1.arn": "arn:aws-cn:iam::aws:policy/SecurityAudit" }),
            "ValidationError",
            "does not exist",
        ),
        (json!({ "TransitiveTagKeys.member.1": "x" }), "InvalidParameterValue", "must be included"),
        (
            json!({ "Tags.member.1.Key": "a", "Tags.member.1.Value": "1",
                    "Tags.member.2.Key": "A", "Tags.member.2.Value": "2" }),
            "InvalidParameterValue",
            "Duplicate",
        ),
    ];
    for (more, code, words) in cases {
        let reply = refused(&cloud, asked("TenkoAudit", more.clone())).await;
        assert_eq!(reply.code(), code, "{more} {}", reply.body);
        assert!(reply.body.contains(words), "{words}: {}", reply.body);
        assert_eq!(reply.status, 400);
    }
    assert_eq!(cloud.sessions(), []);
    cloud.update(|world| world.packed_percent = Some(112));
    let reply = refused(&cloud, asked("TenkoAudit", json!({ "Policy": DENY }))).await;
    assert_eq!(reply.code(), "PackedPolicyTooLarge");
    assert!(reply.body.contains("consumes 112% of allotted space"));
    // What exists besides: somebody's own policy.
    let own = format!("arn:aws:iam::{MEMBER}:policy/Own");
    cloud.update(|world| {
        world.packed_percent = None;
        world.managed_policies.insert(own.clone());
    });
    assume(&cloud, asked("TenkoAudit", json!({ "PolicyArns.member.1.arn": own }))).await.unwrap();
}

#[tokio::test]
async fn the_trust_says_what_may_come_with_a_session() {
    let only = |name: &str, actions: &[&str]| Role {
        allows: actions.iter().map(|&action| action.to_owned()).collect(),
        ..Role::new(name)
    };
    let strict = Role { requires_source_identity: true, ..Role::new("Strict") };
    let roles = [only("Plain", &["sts:AssumeRole"]), only("None", &["sts:TagSession"]), strict];
    let cloud = SimCloud::start(with(roles)).await.unwrap();
    let tags = json!({ "Tags.member.1.Key": "ticket", "Tags.member.1.Value": "OPS-17" });
    for (name, more, action) in [
        ("Plain", json!({ "SourceIdentity": "alice" }), "sts:SetSourceIdentity"),
        ("Plain", tags, "sts:TagSession"),
        ("None", json!({}), "sts:AssumeRole"),
        ("Strict", json!({}), "sts:AssumeRole"),
    ] {
        let reply = refused(&cloud, asked(name, more)).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "AccessDenied"));
        let words = format!("is not authorized to perform: {action} on resource");
        assert!(reply.body.contains(&words), "{}", reply.body);
    }
    assume(&cloud, role("Plain")).await.unwrap();
    assume(&cloud, asked("Strict", json!({ "SourceIdentity": "alice" }))).await.unwrap();
}

#[tokio::test]
async fn a_chain_keeps_its_human_and_its_hour() {
    let inner = Role {
        trusted: vec![format!("arn:aws:iam::{MEMBER}:role/TenkoAudit")],
        max_session: 43_200,
        ..Role::new("Inner")
    };
    let cloud = SimCloud::start(with([inner])).await.unwrap();
    assert_eq!(refused(&cloud, role("Inner")).await.code(), "AccessDenied");
    let more = json!({
        "SourceIdentity": "alice", "Tags.member.1.Key": "ticket", "Tags.member.1.Value": "OPS-17",
        "TransitiveTagKeys.member.1": "ticket",
    });
    let hub = assume(&cloud, asked("TenkoAudit", more)).await.unwrap();
    chained(&cloud, &hub, role("Inner")).await.unwrap();
    let session = cloud.sessions().pop().unwrap();
    assert!(session.is_chained);
    assert_eq!(session.source_identity.as_deref(), Some("alice"));
    assert_eq!(session.tags["ticket"], "OPS-17");
    for (more, code, words) in [
        (json!({ "SourceIdentity": "bob" }), "AccessDenied", "sts:SetSourceIdentity"),
        (json!({ "DurationSeconds": "3601" }), "ValidationError", "role chaining"),
        (
            json!({ "Tags.member.1.Key": "ticket", "Tags.member.1.Value": "OTHER" }),
            "InvalidParameterValue",
            "conflicts",
        ),
    ] {
        let reply = chained(&cloud, &hub, asked("Inner", more)).await.err().unwrap();
        assert_eq!(reply.code(), code);
        assert!(reply.body.contains(words), "{}", reply.body);
    }
    let same = json!({ "SourceIdentity": "alice", "DurationSeconds": "3600" });
    chained(&cloud, &hub, asked("Inner", same)).await.unwrap();
    cloud.expire_sessions_that(|session| !session.is_chained);
    let reply = chained(&cloud, &hub, role("Inner")).await.err().unwrap();
    assert_eq!(reply.code(), "ExpiredToken");
}

#[tokio::test]
async fn a_role_may_ask_for_a_second_factor() {
    let serial = format!("arn:aws:iam::{MANAGEMENT}:mfa/auditor");
    let mfa = Some(Mfa { serial: serial.clone(), code: "123456".into() });
    let cloud = SimCloud::start(with([Role { mfa, ..Role::new("Guarded") }])).await.unwrap();
    for (more, code, words) in [
        (json!({}), "AccessDenied", "sts:AssumeRole"),
        (
            json!({ "SerialNumber": serial, "TokenCode": "654321" }),
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code.",
        ),
        (
            json!({ "SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456" }),
            "AccessDenied",
            "verify your MFA serial number",
        ),
        (json!({ "SerialNumber": serial, "TokenCode": "12345" }), "ValidationError", "tokenCode"),
        (json!({ "SerialNumber": serial, "TokenCode": "12345a" }), "ValidationError", "tokenCode"),
    ] {
        let reply = refused(&cloud, asked("Guarded", more)).await;
        assert_eq!(reply.code(), code);
        assert!(reply.body.contains(words), "{}", reply.body);
    }
    let good = json!({ "SerialNumber": serial, "TokenCode": "123456" });
    assume(&cloud, asked("Guarded", good)).await.unwrap();
    let session = cloud.sessions().pop().unwrap();
    assert_eq!(session.token_code.as_deref(), Some("123456"));
    assert_eq!(session.serial_number, Some(serial));
}

#[tokio::test]
async fn dry_runs_tell_whether_a_session_could_write() {
    let weak = Role { can_write: false, ..Role::new("Weak") };
    let deaf = Role { ignores_session_policies: true, ..Role::new("Deaf") };
    let cloud = SimCloud::start(with([weak, deaf])).await.unwrap();
    let arn = |name: &str| json!({ "PolicyArns.member.1.arn": format!("arn:aws:iam::aws:policy/{name}") });
    let both = |name: &str| {
        let mut more = arn(name);
        more["Policy"] = json!(DENY.replace("s3:ListAllMy*", "ec2:Create*"));
        more
    };
    let inline = |action: &str| {
        let text = DENY.replace("Deny", "Allow").replace("sts:AssumeRole", action);
        json!({ "Policy": text })
    };
    for (name, more, could) in [
        ("TenkoAudit", json!({}), true),
        ("TenkoAudit", arn("SecurityAudit"), false),
        ("TenkoAudit", arn("AdministratorAccess"), true),
        ("TenkoAudit", both("AdministratorAccess"), false),
        ("TenkoAudit", inline("ec2:*"), true),
        ("TenkoAudit", inline("ec2:Describe*"), false),
        ("Weak", json!({}), false),
        ("Deaf", both("SecurityAudit"), true),
    ] {
        let session = assume(&cloud, asked(name, more.clone())).await.unwrap();
        let input = json!({ "CidrBlock": "10.0.0.0/28", "DryRun": "true" });
        let reply = call(&cloud, &session, "ec2:CreateVpc", input).await;
        let expected =
            if could { (412, "DryRunOperation") } else { (403, "UnauthorizedOperation") };
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), expected, "{name} {more}");
        assert!(could || reply.body.contains("Encoded authorization failure message: "));
    }
    assert_eq!(cloud.writes(), []);
    // For real it is refused whoever asks, and it shows.
    let root = Signer::root();
    let input = json!({ "MinCount": "1", "MaxCount": "1", "DryRun": "true" });
    assert_eq!(call(&cloud, &root, "ec2:RunInstances", input).await.code(), "DryRunOperation");
    let reply = call(&cloud, &root, "ec2:CreateVpc", json!({ "CidrBlock": "10.0.0.0/28" })).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "UnauthorizedOperation"));
    call(&cloud, &root, "ec2:DeleteVpc", json!({ "VpcId": "vpc-1" })).await;
    call(&cloud, &root, "s3:PutBucketPolicy", json!({ "Bucket": "b" })).await;
    let writes: Vec<String> = cloud.writes().iter().map(|seen| seen.id()).collect();
    assert_eq!(writes, ["ec2:CreateVpc", "ec2:DeleteVpc", "s3:PutBucketPolicy"]);
}

#[tokio::test]
async fn a_sessions_explicit_deny_stops_every_operation() {
    let deaf = Role { ignores_session_policies: true, ..Role::new("Deaf") };
    let cloud = SimCloud::start(with([deaf])).await.unwrap();
    let session = assume(&cloud, asked("TenkoAudit", json!({ "Policy": DENY }))).await.unwrap();
    let reply = call(&cloud, &session, "s3:ListBuckets", json!({})).await;
    assert_eq!(reply.code(), "AccessDenied");
    assert!(reply.body.contains("with an explicit deny in a session policy"));
    let reply = call(&cloud, &session, "sts:AssumeRole", role("Deaf")).await;
    assert_eq!(reply.code(), "AccessDenied");
    assert_eq!(call(&cloud, &session, "ec2:DescribeVpcs", json!({})).await.status, 200);
    assert_eq!(call(&cloud, &session, "sts:GetCallerIdentity", json!({})).await.status, 200);
    let deaf = assume(&cloud, asked("Deaf", json!({ "Policy": DENY }))).await.unwrap();
    assert_eq!(call(&cloud, &deaf, "s3:ListBuckets", json!({})).await.status, 200);
}

#[tokio::test]
async fn other_providers_tokens_and_a_users_own_sessions() {
    let mut world = with([]);
    let arn = format!("arn:aws:iam::{MEMBER}:role/TenkoAudit");
    let identity = |token: &str, roles: &[&str]| WebIdentity {
        token: token.into(),
        roles: roles.iter().map(|&arn| arn.to_owned()).collect(),
        subject: "repo:acme/infra:ref:refs/heads/main".into(),
        audience: "sts.amazonaws.com".into(),
        provider: "token.actions.githubusercontent.com".into(),
        is_expired: token == "old",
    };
    world.web_identities =
        vec![identity("good", &[&arn]), identity("other", &[]), identity("old", &[&arn])];
    let cloud = SimCloud::start(world).await.unwrap();
    let nobody = Signer { key: String::new(), ..Signer::root() };
    let with_token = |token: &str| asked("TenkoAudit", json!({ "WebIdentityToken": token }));
    let id = "sts:AssumeRoleWithWebIdentity";
    for (token, status, code) in [
        ("bad", 400, "InvalidIdentityToken"),
        ("old", 400, "ExpiredTokenException"),
        ("other", 403, "AccessDenied"),
    ] {
        let reply = call(&cloud, &nobody, id, with_token(token)).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code));
    }
    let reply = call(&cloud, &nobody, id, with_token("good")).await;
    assert_eq!(reply.get("Audience").unwrap(), "sts.amazonaws.com");
    assert!(reply.get("SubjectFromWebIdentityToken").unwrap().starts_with("repo:acme/infra"));
    let session = cloud.sessions().pop().unwrap();
    assert_eq!((session.kind, session.is_chained), (SessionKind::WebIdentity, false));
    let signer = Signer {
        key: reply.get("AccessKeyId").unwrap(),
        token: reply.get("SessionToken"),
        region: REGION.into(),
    };
    let who = call(&cloud, &signer, "sts:GetCallerIdentity", json!({})).await;
    assert_eq!(who.get("Arn").unwrap(), session.arn);

    let reply = call(&cloud, &Signer::root(), "sts:GetSessionToken", json!({})).await;
    let own = Signer {
        key: reply.get("AccessKeyId").unwrap(),
        token: reply.get("SessionToken"),
        region: REGION.into(),
    };
    let who = call(&cloud, &own, "sts:GetCallerIdentity", json!({})).await;
    assert!(who.get("Arn").unwrap().ends_with(":user/auditor"));
    // That is no chain: the session is the user's own.
    chained(&cloud, &own, role("TenkoAudit")).await.unwrap();
    assert!(!cloud.sessions().pop().unwrap().is_chained);
    // A fault hits it like every other operation.
    let fault = tenko_testkit::sim::Fault::new(tenko_testkit::sim::FaultKind::ServerError);
    cloud.add_fault(fault.operation("sts:AssumeRoleWithWebIdentity"));
    let raw = request(&nobody, id, &with_token("good"));
    assert_eq!(send(&cloud.url(), raw).await.unwrap().status, 500);
}
