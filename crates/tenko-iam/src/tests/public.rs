//! What is public
//! (AmazonS3/latest/userguide/access-control-block-public-access.html, "The meaning of public").

use super::*;

fn grants(principal: Value, condition: Value) -> Option<Truth> {
    let document = document(json!({"Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*", "Principal": principal, "Condition": condition}));
    let found = public_grants(&document);
    assert!(found.len() < 2);
    found.first().map(|grant| match &grant.certainty {
        Certainty::Certain => Truth::True,
        Certainty::Possible(reasons) => Truth::Possible(reasons.clone()),
    })
}

fn of(condition: Value) -> Option<Truth> {
    grants(json!("*"), condition)
}

const PUBLIC: Option<Truth> = Some(Truth::True);
const PRIVATE: Option<Truth> = None;

#[test]
fn principals() {
    assert_eq!(grants(json!("*"), json!({})), PUBLIC);
    assert_eq!(grants(json!({"AWS": "*"}), json!({})), PUBLIC);
    assert_eq!(grants(json!({"AWS": ["111122223333", "*"]}), json!({})), PUBLIC);
    // The page's own example.
    assert_eq!(grants(json!({"Federated": "graph.facebook.com"}), json!({})), PUBLIC);
    assert_eq!(grants(json!({"AWS": "111122223333"}), json!({})), PRIVATE);
    assert_eq!(grants(json!({"Service": "cloudtrail.amazonaws.com"}), json!({})), PRIVATE);
    assert_eq!(grants(json!({"CanonicalUser": "79a5"}), json!({})), PRIVATE);
    let all_but = document(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "NotPrincipal": {"AWS": "111122223333"}}));
    let grant = &public_grants(&all_but)[0];
    assert_eq!(grant.to, Public::AnyoneBut(vec!["111122223333".to_owned()]));
    let identity = document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    assert_eq!(public_grants(&identity), []);
}

#[test]
fn fixed_values_keep_strangers_out() {
    for (key, value) in [
        ("aws:SourceVpc", "vpc-91237329"),
        ("aws:sourcevpce", "vpce-1"),
        ("aws:SourceAccount", "111122223333"),
        ("aws:SourceOwner", "111122223333"),
        ("aws:PrincipalOrgID", "o-1"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:t"),
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/x"),
        ("aws:userid", "AIDAEXAMPLE"),
        ("s3:DataAccessPointAccount", "111122223333"),
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:x"),
        ("kms:CallerAccount", "111122223333"),
    ] {
        for operator in
            ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals"]
        {
            assert_eq!(of(json!({operator: {key: value}})), PRIVATE, "{operator} {key}");
            assert_eq!(of(json!({operator: {key: [value, value]}})), PRIVATE, "{operator} {key}");
        }
        // Anyone has another value, or none.
        for operator in ["StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"] {
            assert_eq!(of(json!({operator: {key: value}})), PUBLIC, "{operator} {key}");
        }
        let there = json!({"ForAllValues:StringEquals": {key: value}, "Null": {key: "false"}});
        assert_eq!(of(there), PRIVATE, "{key}");
        assert_eq!(of(json!({"Null": {key: "false"}})), PUBLIC, "{key}");
        assert_eq!(of(json!({"StringLike": {key: "*"}})), PUBLIC, "{key}");
        // One of two values is open.
        assert_eq!(of(json!({"StringLike": {key: [value, "*"]}})), PUBLIC, "{key}");
    }
}

#[test]
fn values_that_are_not_fixed() {
    // The page's own example.
    assert_eq!(of(json!({"StringLike": {"aws:SourceVpc": "vpc-*"}})), PUBLIC);
    // "Values that don't contain a policy variable."
    assert_eq!(
        of(json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}})),
        PUBLIC
    );
    let nearly = |key: &str| Some(Truth::because(Reason::NotFixed(key.to_owned())));
    let own = json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}});
    assert_eq!(of(own), nearly("aws:PrincipalOrgID"));
    let account = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}});
    assert_eq!(of(account), nearly("aws:PrincipalArn"));
    assert_eq!(of(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}})), PUBLIC);
    assert_eq!(of(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b*"}})), PUBLIC);
    // "This value can contain a wildcard for the access point name."
    let point = |value: &str| of(json!({"StringLike": {"s3:DataAccessPointArn": value}}));
    assert_eq!(point("arn:aws:s3:us-west-2:123456789012:accesspoint/*"), PRIVATE);
    assert_eq!(point("arn:aws:s3:us-west-2:*:accesspoint/x"), PUBLIC);
    let paths =
        |value: &str| of(json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": value}}));
    assert_eq!(paths("o-1/r-1/*"), PRIVATE);
    assert_eq!(paths("o-*"), PUBLIC);
    // "aws:userid, outside the pattern AROLEID:*".
    assert_eq!(of(json!({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}})), nearly("aws:userid"));
    // Nobody has a `*` in the id of an organization.
    assert_eq!(
        of(json!({"StringEquals": {"aws:PrincipalOrgID": "o-*"}})),
        nearly("aws:PrincipalOrgID")
    );
}

#[test]
fn networks() {
    let ip = |value: Value| of(json!({"IpAddress": {"aws:SourceIp": value}}));
    for narrow in ["203.0.113.0/24", "203.0.113.9", "10.0.0.0/8", "2001:db8::/32"] {
        assert_eq!(ip(json!(narrow)), PRIVATE, "{narrow}");
    }
    // "Values broader than /8 for IPv4 and /32 for IPv6."
    for wide in ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/7", "::/0", "2001::/16"] {
        assert_eq!(ip(json!(wide)), PUBLIC, "{wide}");
        assert_eq!(ip(json!(["203.0.113.0/24", wide])), PUBLIC, "{wide}");
    }
    assert_eq!(of(json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})), PUBLIC);
    let open = Some(Truth::because(Reason::Open("aws:SourceIp".to_owned())));
    assert_eq!(of(json!({"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}})), open);
}

#[test]
fn keys_that_anyone_chooses_and_keys_that_nobody_knows() {
    for condition in [
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"StringLike": {"aws:Referer": "https://example.com/*"}}),
        json!({"StringEquals": {"s3:x-amz-acl": "public-read"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "a"}}),
        json!({"StringEquals": {"s3:ExistingObjectTag/public": "yes"}}),
    ] {
        assert_eq!(of(condition.clone()), PUBLIC, "{condition}");
    }
    let open = |key: &str| Some(Truth::because(Reason::Open(key.to_owned())));
    assert_eq!(of(json!({"StringEquals": {"kms:ViaService": "x"}})), open("kms:ViaService"));
    assert_eq!(of(json!({"StringMatches": {"aws:SourceVpc": "x"}})), open("aws:SourceVpc"));
    // Both must hold: one that keeps strangers out is enough.
    let both = json!({"StringEquals": {"kms:ViaService": "x", "aws:SourceVpc": "vpc-1"}});
    assert_eq!(of(both), PRIVATE);
}

#[test]
fn a_deny_takes_it_back() {
    let allow = json!({"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::b/*", "Principal": "*"});
    let deny = |action: &str, resource: &str, more: Value| {
        let mut deny =
            json!({"Effect": "Deny", "Action": action, "Resource": resource, "Principal": "*"});
        for (key, value) in more.as_object().unwrap() {
            deny[key] = value.clone();
        }
        let document = document(json!([allow, deny]));
        let actions: Vec<_> = public_grants(&document)
            .iter()
            .map(|g| (g.actions.join(" "), g.certainty.clone()))
            .collect();
        actions
    };
    let left = |actions: &str| vec![(actions.to_owned(), Certainty::Certain)];
    let all = || left("s3:GetObject s3:PutObject");
    assert_eq!(deny("s3:*", "*", json!({})), []);
    assert_eq!(deny("s3:Put*", "arn:aws:s3:::b/*", json!({})), left("s3:GetObject"));
    // Not all of the resources, or not everyone.
    assert_eq!(deny("s3:*", "arn:aws:s3:::b/secret/*", json!({})), all());
    assert_eq!(deny("s3:*", "*", json!({"Principal": {"AWS": "111122223333"}})), all());
    let on = |condition: Value| deny("s3:*", "*", json!({"Condition": condition}));
    // Everyone but an organization, a network, an endpoint.
    for condition in [
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
        json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
        json!({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}),
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
        json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}),
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
            "Bool": {"aws:PrincipalIsAWSService": "false"}}),
    ] {
        assert_eq!(on(condition.clone()), [], "{condition}");
    }
    for condition in [
        // Whoever asks over TLS is not denied.
        json!({"Bool": {"aws:SecureTransport": "false"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        json!({"StringNotLike": {"aws:SourceVpc": "vpc-*"}}),
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:SecureTransport": "false"}}),
    ] {
        assert_eq!(on(condition.clone()), all(), "{condition}");
    }
    // It does not hold for whoever has no path at all.
    let paths = on(json!({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-1/*"}}));
    let why = Certainty::Possible([Reason::Open("aws:PrincipalOrgPaths".to_owned())].into());
    assert_eq!(paths, [("s3:GetObject s3:PutObject".to_owned(), why)]);
    let found = deny("s3:Put*", "*", json!({"Condition": {"StringNotEquals": {"kms:X": "y"}}}));
    let why = Certainty::Possible([Reason::Open("kms:X".to_owned())].into());
    assert_eq!(found, [left("s3:GetObject").remove(0), ("s3:PutObject".to_owned(), why)]);
}

#[test]
fn what_a_grant_reaches() {
    let document = document(json!([
        {"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "*", "Principal": "*"},
        {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Principal": "*"},
    ]));
    let grant = &public_grants(&document)[0];
    assert_eq!(grant.actions, ["*"]);
    for (action, expected) in
        [("s3:GetObject", true), ("s3:DeleteObject", false), ("S3:putobject", false)]
    {
        assert_eq!(grant.reaches(action), expected, "{action}");
    }
}
