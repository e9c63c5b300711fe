//! Actions, resources and principals.

use super::*;

fn allows(statement: Value, action: &str, resource: &str) -> Decision {
    ask(&document(statement), Caller::Unknown, action, resource)
}

/// UG reference_policies_elements_action.html: `*` and `?`, and the case says nothing.
#[test]
fn actions() {
    let cases = [
        ("s3:GetObject", "s3:GetObject", true),
        ("S3:getobject", "s3:GetObject", true),
        ("s3:Get*", "s3:GetObjectAcl", true),
        ("s3:*", "s3:GetObject", true),
        ("*", "s3:GetObject", true),
        ("*:*", "s3:GetObject", true),
        ("s3:*Object", "s3:GetObject", true),
        ("iam:*AccessKey*", "iam:CreateAccessKey", true),
        ("s3:Get?bject", "s3:GetObject", true),
        ("s3:Get?Object", "s3:GetObject", false),
        ("s3:Get", "s3:GetObject", false),
        ("s3:Put*", "s3:GetObject", false),
        ("s3", "s3:GetObject", false),
        ("s3-outposts:*", "s3:GetObject", false),
        // Variables are for resources and conditions only.
        ("s3:${aws:username}", "s3:GetObject", false),
    ];
    for (pattern, action, expected) in cases {
        let statement = json!({"Effect": "Allow", "Action": ["a:b", pattern], "Resource": "*"});
        let outcome = if expected { Outcome::Allowed } else { Outcome::NotAllowed };
        assert_eq!(allows(statement, action, "arn:x"), certain(outcome), "{pattern} {action}");
    }
}

/// UG reference_policies_elements_notaction.html: everything but the listed.
#[test]
fn not_action() {
    let statement = json!({"Effect": "Allow", "NotAction": ["iam:*", "s3:Get*"], "Resource": "*"});
    for (action, outcome) in [
        ("iam:CreateUser", Outcome::NotAllowed),
        ("IAM:createuser", Outcome::NotAllowed),
        ("s3:GetObject", Outcome::NotAllowed),
        ("s3:PutObject", Outcome::Allowed),
        ("iamx:Y", Outcome::Allowed),
    ] {
        assert_eq!(allows(statement.clone(), action, "arn:x"), certain(outcome), "{action}");
    }
    // With Deny it denies everything but the listed.
    let denies = document(json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
    ]));
    let of = |action| ask(&denies, Caller::Unknown, action, "arn:x");
    assert_eq!(of("s3:GetObject"), certain(Outcome::Allowed));
    assert_eq!(of("iam:CreateUser"), certain(Outcome::Denied));
}

/// UG reference_policies_elements_resource.html; a wildcard spans `/` and `:`, as S3 keys show.
#[test]
fn resources() {
    let object = "arn:aws:s3:::bucket/a/b:c.txt";
    for (pattern, expected) in [
        ("*", true),
        ("arn:aws:s3:::bucket/*", true),
        ("arn:aws:s3:::*", true),
        ("arn:aws:s3:::bucket/a/b?c.txt", true),
        ("arn:*", true),
        ("arn:*:s3:::bucket/*.txt", true),
        ("arn:aws:s3:::bucket/a/*/c.txt", false),
        ("arn:aws:s3:::bucket", false),
        ("arn:aws:s3:::Bucket/*", false),
        ("arn:aws:s3:::buck?", false),
    ] {
        let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": pattern});
        let outcome = if expected { Outcome::Allowed } else { Outcome::NotAllowed };
        assert_eq!(allows(statement, "s3:GetObject", object), certain(outcome), "{pattern}");
    }
}

/// UG reference_policies_elements_notresource.html.
#[test]
fn not_resource() {
    let statement = json!({"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::hr", "arn:aws:s3:::hr/*"]});
    let of = |resource| allows(statement.clone(), "s3:GetObject", resource);
    assert_eq!(of("arn:aws:s3:::hr/x"), certain(Outcome::NotAllowed));
    assert_eq!(of("arn:aws:s3:::other/x"), certain(Outcome::Allowed));
}

/// Asked about many at once, a pattern of the policy covers them all, some or none.
#[test]
fn patterns_of_the_request() {
    let statement =
        json!({"Effect": "Allow", "Action": ["s3:Get*", "ec2:*"], "Resource": "arn:aws:s3:::b/*"});
    let of = |action, resource| allows(statement.clone(), action, resource);
    let some = |text: &str| Reason::Resource(text.to_owned());
    assert_eq!(of("s3:GetObject*", "arn:aws:s3:::b/a*"), certain(Outcome::Allowed));
    assert_eq!(of("ec2:*", "arn:aws:s3:::b/*"), certain(Outcome::Allowed));
    assert_eq!(of("s3:*", "arn:aws:s3:::b/*"), possible([Reason::Action("s3:Get*".to_owned())]));
    assert_eq!(of("s3:GetObject", "*"), possible([some("arn:aws:s3:::b/*")]));
    assert_eq!(of("s3:GetObject", "arn:aws:s3:::c*"), certain(Outcome::NotAllowed));
    assert_eq!(of("iam:*", "*"), certain(Outcome::NotAllowed));
    let twice = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "a*z"});
    assert_eq!(allows(twice.clone(), "s3:X", "*b*"), possible([some("a*z")]));
    assert_eq!(allows(twice, "s3:X", "*b"), certain(Outcome::NotAllowed));
}

/// UG reference_policies_variables.html.
#[test]
fn variables() {
    let of = |resource: &str, keys: Keys| {
        let document =
            document(json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}));
        let asked = "arn:aws:s3:::b/ann/x";
        let request = Request {
            caller: Caller::Unknown,
            action: "s3:GetObject",
            resource: asked,
            keys: &keys,
        };
        evaluate([&document], &request)
    };
    let home = "arn:aws:s3:::b/${aws:UserName}/*";
    assert_eq!(of(home, Keys::new().with("aws:username", ["ann"])), certain(Outcome::Allowed));
    assert_eq!(of(home, Keys::new().with("AWS:username", ["bob"])), certain(Outcome::NotAllowed));
    assert_eq!(of(home, Keys::new().absent("aws:username")), certain(Outcome::NotAllowed));
    assert_eq!(of(home, Keys::new()), possible([Reason::Variable("aws:username".to_owned())]));
    // A wildcard in a value is a character.
    assert_eq!(of(home, Keys::new().with("aws:username", ["*"])), certain(Outcome::NotAllowed));
    let default = "arn:aws:s3:::b/${aws:PrincipalTag/team, 'ann'}/*";
    assert_eq!(of(default, Keys::new().absent("aws:PrincipalTag/team")), certain(Outcome::Allowed));
    // `${*}` is a star.
    assert_eq!(of("arn:aws:s3:::b/${*}", Keys::new()), certain(Outcome::NotAllowed));
    // An open brace is plain text.
    assert_eq!(of("arn:aws:s3:::b/${aws", Keys::new()), certain(Outcome::NotAllowed));
}

const ROLE: &str = "arn:aws:iam::111122223333:role/app/deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/ann";
const BOB: &str = "arn:aws:iam::111122223333:user/Bob";

fn by(principal: Value, caller: Caller<'_>) -> Truth {
    let document = document(
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": principal}),
    );
    truth(ask(&document, caller, "s3:GetObject", "*"))
}

fn truth(decision: Decision) -> Truth {
    match (decision.outcome, decision.certainty) {
        (Outcome::Allowed, Certainty::Certain) => Truth::True,
        (Outcome::Allowed, Certainty::Possible(reasons)) => Truth::Possible(reasons),
        _ => Truth::False,
    }
}

/// UG reference_policies_elements_principal.html.
#[test]
fn principals() {
    let root = "arn:aws:iam::111122223333:root";
    let cases = [
        // `"*"` and `{"AWS": "*"}` are the same, and are everyone, without credentials too.
        (json!("*"), Caller::Anonymous, true),
        (json!({"AWS": "*"}), Caller::Anonymous, true),
        (json!({"AWS": ["*"]}), Caller::Arn(BOB), true),
        (json!("*"), Caller::Service("s3.amazonaws.com"), true),
        (json!("*"), Caller::Unknown, true),
        // An account is its id or the ARN of its root, and is all of it.
        (json!({"AWS": "111122223333"}), Caller::Arn(BOB), true),
        (json!({"AWS": root}), Caller::Arn(BOB), true),
        (json!({"AWS": "arn:aws-cn:iam::111122223333:root"}), Caller::Arn(SESSION), true),
        (json!({"AWS": root}), Caller::Account("111122223333"), true),
        (json!({"AWS": "999999999999"}), Caller::Arn(BOB), false),
        (json!({"AWS": root}), Caller::Anonymous, false),
        (json!({"AWS": BOB}), Caller::Arn(BOB), true),
        // Names of users are compared with their case.
        (json!({"AWS": BOB}), Caller::Arn("arn:aws:iam::111122223333:user/bob"), false),
        // A session has what its role has; a session's principal is that session alone.
        (json!({"AWS": ROLE}), Caller::Arn(SESSION), true),
        (json!({"AWS": ROLE}), Caller::Arn(ROLE), true),
        (json!({"AWS": SESSION}), Caller::Arn(SESSION), true),
        (
            json!({"AWS": SESSION}),
            Caller::Arn("arn:aws:sts::111122223333:assumed-role/deploy/eve"),
            false,
        ),
        (json!({"Service": "lambda.amazonaws.com"}), Caller::Service("lambda.amazonaws.com"), true),
        (
            json!({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}),
            Caller::Service("c.amazonaws.com"),
            false,
        ),
        (json!({"Service": "lambda.amazonaws.com"}), Caller::Anonymous, false),
        (
            json!({"Federated": "accounts.google.com"}),
            Caller::Federated("accounts.google.com"),
            true,
        ),
        (json!({"Federated": "accounts.google.com"}), Caller::Arn(BOB), false),
        (json!({"CanonicalUser": "79a5"}), Caller::Canonical("79a5"), true),
        (json!({"CanonicalUser": "79a5"}), Caller::Anonymous, false),
        // The canonical user of requests without credentials.
        (json!({"CanonicalUser": "65a011a29cdf8ec533ec3d1ccaae921c"}), Caller::Anonymous, true),
    ];
    for (principal, caller, expected) in cases {
        assert_eq!(by(principal.clone(), caller), expected.into(), "{principal} {caller:?}");
    }
    let perhaps = |text: &str| Truth::because(Reason::Principal(text.to_owned()));
    assert_eq!(by(json!({"AWS": BOB}), Caller::Account("111122223333")), perhaps(BOB));
    assert_eq!(by(json!({"AWS": BOB}), Caller::Unknown), perhaps(BOB));
    assert_eq!(by(json!({"AWS": SESSION}), Caller::Arn(ROLE)), perhaps(SESSION));
    assert_eq!(by(json!({"CanonicalUser": "79a5"}), Caller::Arn(BOB)), perhaps("79a5"));
    // AWS takes no wildcard within an ARN.
    let wild = "arn:aws:iam::111122223333:role/*";
    assert_eq!(by(json!({"AWS": wild}), Caller::Arn(ROLE)), perhaps(wild));
}

/// UG reference_policies_elements_notprincipal.html.
#[test]
fn not_principal() {
    let account = "arn:aws:iam::444455556666:root";
    let bob = "arn:aws:iam::444455556666:user/Bob";
    let deny = |named: Value, caller| {
        let document = document(json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": named}},
        ]));
        ask(&document, caller, "s3:GetObject", "*")
    };
    // The page's own example: Bob and his account are named, everyone else is denied.
    assert_eq!(deny(json!([bob, account]), Caller::Arn(bob)), certain(Outcome::Allowed));
    assert_eq!(deny(json!([bob, account]), Caller::Arn(BOB)), certain(Outcome::Denied));
    assert_eq!(deny(json!([bob, account]), Caller::Anonymous), certain(Outcome::Denied));
    // "The policy might deny access to the entire account": the account is not named.
    let half = possible([Reason::Principal(bob.to_owned())]);
    assert_eq!(deny(json!(bob), Caller::Arn(bob)), half);
    assert_eq!(deny(json!(account), Caller::Arn(bob)), half);
    // With Allow: everyone but the named, without credentials too.
    let allow = document(json!(
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": [bob, account]}}
    ));
    assert_eq!(ask(&allow, Caller::Anonymous, "s3:GetObject", "*"), certain(Outcome::Allowed));
    assert_eq!(ask(&allow, Caller::Arn(bob), "s3:GetObject", "*"), certain(Outcome::NotAllowed));
}
