//! What holds of all documents.

use proptest::prelude::*;

use super::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() }
}

fn pick(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::sample::select(of).prop_map(Value::from)
}

fn action() -> impl Strategy<Value = Value> {
    pick(&[
        "*",
        "s3:*",
        "s3:GetObject",
        "s3:Get*",
        "iam:PutRolePolicy",
        "iam:*",
        "sts:AssumeRole",
        "?",
    ])
}

fn resource() -> impl Strategy<Value = Value> {
    pick(&["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:s3:::b/${aws:username}", "a*b*c"])
}

fn principal() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("*")),
        Just(json!({"AWS": "111122223333"})),
        Just(json!({"AWS": ["arn:aws:iam::111122223333:role/x", "*"]})),
        Just(
            json!({"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"})
        ),
        Just(json!({"Service": "s3.amazonaws.com"})),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = proptest::sample::select(&[
        "StringEquals",
        "StringNotLike",
        "ForAllValues:StringLike",
        "BoolIfExists",
        "IpAddress",
        "Null",
        "ArnLike",
        "DateLessThan",
        "NumericNotEquals",
        "Odd",
    ]);
    let name = proptest::sample::select(&[
        "aws:SourceIp",
        "aws:PrincipalOrgID",
        "aws:SecureTransport",
        "aws:username",
        "token.actions.githubusercontent.com:sub",
    ]);
    let value = pick(&["*", "true", "10.0.0.0/8", "o-1", "repo:a/b:*", "${aws:username}", ""]);
    (operator, name, value).prop_map(|(operator, name, value)| json!({operator: {name: value}}))
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    let negated = proptest::array::uniform3(proptest::bool::weighted(0.2));
    (action(), resource(), principal(), condition(), any::<bool>(), negated).prop_map(
        move |(action, resource, principal, condition, conditional, [a, r, p])| {
            let name =
                |negated: bool, name: &str| format!("{}{name}", if negated { "Not" } else { "" });
            let mut statement = json!({"Effect": effect});
            statement[name(a, "Action")] = action;
            statement[name(r, "Resource")] = resource;
            statement[name(p, "Principal")] = principal;
            if conditional {
                statement["Condition"] = condition;
            }
            statement
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    let one = prop_oneof![statement("Allow"), statement("Deny")];
    proptest::collection::vec(one, 0..4)
}

fn asked() -> impl Strategy<Value = (&'static str, &'static str)> {
    (
        proptest::sample::select(&["s3:GetObject", "iam:PutRolePolicy", "*", "s3:*", "ec2:X"][..]),
        proptest::sample::select(&["*", "arn:aws:s3:::b/ann", "arn:aws:s3:::b", "abc"][..]),
    )
}

const CALLERS: [Caller<'static>; 4] = [
    Caller::Anonymous,
    Caller::Account("111122223333"),
    Caller::Arn("arn:aws:sts::111122223333:assumed-role/x/s"),
    Caller::Unknown,
];

/// How much is allowed.
fn rank(decision: &Decision) -> u8 {
    match (decision.outcome, &decision.certainty) {
        (Outcome::Allowed, Certainty::Certain) => 2,
        (Outcome::Allowed, Certainty::Possible(_)) => 1,
        _ => 0,
    }
}

fn known(at: u8) -> Keys {
    match at % 3 {
        0 => Keys::new(),
        1 => Keys::new().absent("aws:PrincipalOrgID").absent("aws:username"),
        _ => Keys::new()
            .with("aws:PrincipalOrgID", ["o-1"])
            .with("aws:username", ["ann"])
            .with("aws:SecureTransport", ["true"])
            .with("aws:SourceIp", ["10.1.2.3"])
            .with("token.actions.githubusercontent.com:sub", ["repo:a/b:pull_request"]),
    }
}

/// Everything that the module says of a document.
fn everything(document: &Document, action: &str, resource: &str) {
    for caller in CALLERS {
        let _ = ask(document, caller, action, resource);
    }
    for grant in public_grants(document) {
        let _ = grant.reaches(action);
    }
    for trusted in trusted(document) {
        let _ = trusted.conditions().external_ids();
        if let Some(oidc) = trusted.oidc() {
            let _ = (oidc.claim("sub"), oidc.github().map(|github| github.any_ref()));
        }
    }
    let levels = [vec![document.clone()]];
    let _ = scp_verdict(&levels, action, resource, &Keys::new());
    let _ = denies_everyone(&levels, action, resource);
    let _ = is_admin([document]);
    let _ = managed_admin(resource);
}

fn hostile() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        ".{0,12}",
        "[*?$a{}:/,']{0,12}",
        proptest::sample::select(
            &["Allow", "Deny", "*", "repo:", "repo:@/@:ref:*", "arn:::::", "${", "1e999"][..]
        )
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let names = proptest::sample::select(
            &[
                "Version",
                "Statement",
                "Effect",
                "Action",
                "NotAction",
                "Resource",
                "Principal",
                "NotPrincipal",
                "Condition",
                "AWS",
                "Federated",
                "StringLike",
                "Null",
                "IpAddress",
                "token.actions.githubusercontent.com:sub",
            ][..],
        )
        .prop_map(str::to_owned);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map(names, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_panics(value in hostile(), action in ".{0,9}", resource in ".{0,9}") {
        if let Ok(document) = Document::parse(&value) {
            everything(&document, &action, &resource);
        }
        let _ = Document::parse(&Value::String(value.to_string()));
    }

    #[test]
    fn hostile_parts_of_a_statement_do_not_panic(
        texts in proptest::collection::vec("[*?$a{}:/,'@\u{0}é-]{0,16}", 8),
        condition in hostile(),
    ) {
        let t = |i: usize| texts[i].as_str();
        let value = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": [t(0), "sts:*"], "Resource": t(1),
            "Principal": {"AWS": [t(2), "*"], "Federated": ["token.actions.githubusercontent.com", t(3)]},
            "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": format!("repo:{}", t(4)), t(5): t(6)}},
        }});
        everything(&parse(value.clone()), t(7), t(1));
        let mut other = value;
        other["Statement"]["Condition"] = condition;
        if let Ok(document) = Document::parse(&other) {
            everything(&document, t(7), t(1));
        }
    }

    #[test]
    fn a_deny_never_grants(
        statements in statements(), deny in statement("Deny"), (action, resource) in asked(), at in any::<u8>(),
    ) {
        let keys = known(at);
        let mut more = statements.clone();
        more.push(deny);
        let (less, more) = (document(json!(statements)), document(json!(more)));
        for caller in CALLERS {
            let request = Request { caller, action, resource, keys: &keys };
            prop_assert!(rank(&evaluate([&more], &request)) <= rank(&evaluate([&less], &request)));
        }
        let public = |d: &Document| public_grants(d).iter().filter(|g| g.reaches(action)).count();
        prop_assert!(public(&more) <= public(&less));
        prop_assert!(trusted(&more).len() <= trusted(&less).len());
    }

    #[test]
    fn an_allow_without_its_conditions_allows_no_less(
        statements in statements(), allow in statement("Allow"), (action, resource) in asked(), at in any::<u8>(),
    ) {
        let keys = known(at);
        let mut free = allow.clone();
        free.as_object_mut().unwrap().remove("Condition");
        let with = |last: &Value| {
            let mut all = statements.clone();
            all.push(last.clone());
            document(json!(all))
        };
        let (bound, free) = (with(&allow), with(&free));
        for caller in CALLERS {
            let request = Request { caller, action, resource, keys: &keys };
            prop_assert!(rank(&evaluate([&bound], &request)) <= rank(&evaluate([&free], &request)));
        }
        prop_assert!(public_grants(&bound).len() <= public_grants(&free).len());
    }

    #[test]
    fn everything_allows_no_less(
        statements in statements(), allow in statement("Allow"), (action, resource) in asked(), at in any::<u8>(),
    ) {
        let keys = known(at);
        let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"});
        let with = |last: &Value| {
            let mut all = statements.clone();
            all.push(last.clone());
            document(json!(all))
        };
        let (some, all) = (with(&allow), with(&all));
        for caller in CALLERS {
            let request = Request { caller, action, resource, keys: &keys };
            prop_assert!(rank(&evaluate([&some], &request)) <= rank(&evaluate([&all], &request)));
        }
    }

    /// What is certain without knowing a request stays so for every request.
    #[test]
    fn what_is_certain_is_so_for_every_request(
        statements in statements(), (action, resource) in asked(), at in any::<u8>(),
    ) {
        let document = document(json!(statements));
        for caller in CALLERS {
            let (nothing, something) = (Keys::new(), known(at));
            let of = |keys: &Keys| evaluate([&document], &Request { caller, action, resource, keys });
            let (before, after) = (of(&nothing), of(&something));
            match rank(&before) {
                2 => prop_assert_eq!(rank(&after), 2),
                0 => prop_assert_eq!(rank(&after), 0),
                _ => {}
            }
        }
    }

    /// The order of statements says nothing.
    #[test]
    fn order_says_nothing(statements in statements(), (action, resource) in asked()) {
        let mut turned = statements.clone();
        turned.reverse();
        let (one, two) = (document(json!(statements)), document(json!(turned)));
        for caller in CALLERS {
            prop_assert_eq!(ask(&one, caller, action, resource), ask(&two, caller, action, resource));
        }
        prop_assert_eq!(is_admin([&one]), is_admin([&two]));
    }

    /// A pattern with a text put in for each wildcard matches it, and only the same text without.
    #[test]
    fn wildcards(parts in proptest::collection::vec("[ab:/]{0,3}", 1..5), fill in "[ab:/]{0,4}") {
        let of = |pattern: &str, resource: &str| {
            let document = document(json!({"Effect": "Allow", "Action": "*", "Resource": pattern}));
            ask(&document, Caller::Unknown, "s3:X", resource).outcome == Outcome::Allowed
        };
        let text = parts.join(&fill);
        prop_assert!(of(&parts.join("*"), &text));
        if fill.len() == 1 {
            prop_assert!(of(&parts.join("?"), &text));
        }
        let other = format!("{}c", text);
        prop_assert!(!of(&text, &other));
    }
}

/// A document is read to a fixed depth only, whatever its own.
#[test]
fn depth_says_nothing() {
    let mut deep = json!("x");
    for _ in 0..20_000 {
        deep = Value::Array(vec![deep]);
    }
    let mut value = json!({"Statement": [{"Effect": "Allow", "Resource": "*"}]});
    value["Statement"][0]["Action"] = deep;
    assert_eq!(Document::parse(&value), Err(Malformed::Statement(0, "Action")));
    // Values are dropped by recursion: not what is tested here.
    std::mem::forget(value);
    let text = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(Document::parse(&Value::String(text)), Err(Malformed::NotJson));
}
