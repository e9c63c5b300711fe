//! Condition operators (UG reference_policies_elements_condition_operators.html, and for several
//! values reference_policies_condition-single-vs-multi-valued-context-keys.html).

use super::*;

/// What is known of the key `a:k`.
#[derive(Clone, Copy, Debug)]
enum Is {
    Unknown,
    Absent,
    Values(&'static [&'static str]),
}
use Is::{Absent, Unknown, Values};

fn holds(operator: &str, values: Value, is: Is) -> Truth {
    let keys = match is {
        Unknown => Keys::new(),
        Absent => Keys::new().absent("A:K"),
        Values(values) => Keys::new().with("a:K", values.iter().copied()),
    };
    let document = document(json!({"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {operator: {"a:k": values}}}));
    document.statements[0].conditions.hold(&keys)
}

#[test]
fn operators() {
    let arn = "arn:aws:sns:us-east-1:111122223333:topic";
    let cases: Vec<(&str, Value, &'static [&'static str], bool)> = vec![
        ("StringEquals", json!("ann"), &["ann"], true),
        ("StringEquals", json!("ann"), &["Ann"], false),
        ("StringEquals", json!(["bob", "ann"]), &["ann"], true),
        // A wildcard is one only with Like.
        ("StringEquals", json!("a*"), &["ann"], false),
        ("StringEquals", json!("a*"), &["a*"], true),
        ("StringNotEquals", json!("ann"), &["bob"], true),
        ("StringNotEquals", json!(["ann", "bob"]), &["bob"], false),
        ("StringEqualsIgnoreCase", json!("ANN"), &["ann"], true),
        ("StringNotEqualsIgnoreCase", json!("ANN"), &["ann"], false),
        ("StringLike", json!("a?n*"), &["ann"], true),
        ("StringLike", json!("A*"), &["ann"], false),
        ("StringLike", json!(["", "home/"]), &[""], true),
        ("StringNotLike", json!("a*"), &["ann"], false),
        ("StringNotLike", json!("b*"), &["ann"], true),
        ("ArnEquals", json!("arn:aws:sns:*:111122223333:*"), &[ARN], true),
        ("ArnLike", json!(arn), &[ARN], true),
        ("ArnLike", json!("*"), &[ARN], true),
        // "A wildcard does not span two of the six parts": the page's own example.
        (
            "ArnLike",
            json!("arn:aws:someservice:*:111122223333:finance/*"),
            &["arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/d.txt"],
            false,
        ),
        (
            "StringLike",
            json!("arn:aws:someservice:*:111122223333:finance/*"),
            &["arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/d.txt"],
            true,
        ),
        ("ArnNotEquals", json!(arn), &[ARN], false),
        ("ArnNotLike", json!("arn:aws:sqs:*:*:*"), &[ARN], true),
        ("NumericEquals", json!("10"), &["10.0"], true),
        ("NumericEquals", json!(10), &["10"], true),
        ("NumericNotEquals", json!(10), &["11"], true),
        ("NumericNotEquals", json!([10, 11]), &["11"], false),
        ("NumericLessThan", json!("10"), &["9"], true),
        ("NumericLessThan", json!("10"), &["10"], false),
        ("NumericLessThanEquals", json!("10"), &["10"], true),
        ("NumericGreaterThan", json!("10"), &["9"], false),
        ("NumericGreaterThanEquals", json!("1.2"), &["1.2"], true),
        ("NumericGreaterThan", json!("9007199254740992"), &["9007199254740993"], true),
        ("DateGreaterThan", json!("2020-01-01T00:00:01Z"), &["2020-01-01T00:00:02Z"], true),
        ("DateLessThan", json!("2020-01-01"), &["2019-12-31T23:59:59Z"], true),
        ("DateEquals", json!("2020-01-01T01:00:00+01:00"), &["2020-01-01T00:00:00Z"], true),
        ("DateEquals", json!("1577836800"), &["2020-01-01T00:00:00Z"], true),
        ("DateNotEquals", json!("2020"), &["2020-01-01T00:00:00Z"], false),
        ("DateLessThanEquals", json!("2020-01"), &["2020-01-01T00:00:00Z"], true),
        ("DateGreaterThanEquals", json!("2020-01"), &["2019-12-31T00:00:00Z"], false),
        ("Bool", json!("true"), &["true"], true),
        ("Bool", json!(true), &["TRUE"], true),
        ("Bool", json!(false), &["true"], false),
        ("BinaryEquals", json!("QmluYXJ5"), &["QmluYXJ5"], true),
        ("BinaryEquals", json!("QmluYXJ5"), &["qmluYXJ5"], false),
        ("IpAddress", json!("203.0.113.0/24"), &["203.0.113.9"], true),
        ("IpAddress", json!("203.0.113.0/24"), &["203.0.114.9"], false),
        // Without a prefix it is one address.
        ("IpAddress", json!("203.0.113.9"), &["203.0.113.9"], true),
        ("IpAddress", json!("203.0.113.9"), &["203.0.113.8"], false),
        (
            "IpAddress",
            json!(["203.0.113.0/24", "2001:DB8:1234:5678::/64"]),
            &["2001:db8:1234:5678::1"],
            true,
        ),
        ("IpAddress", json!("0.0.0.0/0"), &["2001:db8::1"], false),
        ("NotIpAddress", json!("203.0.113.0/24"), &["203.0.113.9"], false),
        ("NotIpAddress", json!("203.0.113.0/24"), &["198.51.100.1"], true),
        ("Null", json!("true"), &["x"], false),
        ("Null", json!(false), &["x"], true),
        // Names of operators in another case are read too.
        ("stringequals", json!("ann"), &["ann"], true),
    ];
    for (operator, values, request, expected) in cases {
        let is = holds(operator, values.clone(), Values(request));
        assert_eq!(is, expected.into(), "{operator} {values} {request:?}");
    }
}

const ARN: &str = "arn:aws:sns:us-east-1:111122223333:topic";

/// "If the key is not present, the values do not match"; of the negated operators, it holds.
#[test]
fn a_key_that_is_absent() {
    for (operator, value, expected) in [
        ("StringEquals", "x", false),
        ("StringLike", "*", false),
        ("StringNotEquals", "x", true),
        ("StringNotLike", "*", true),
        ("ArnLike", "*", false),
        ("ArnNotLike", "arn:*", true),
        ("NumericLessThan", "1", false),
        ("NumericNotEquals", "1", true),
        ("DateNotEquals", "2020-01-01", true),
        ("Bool", "false", false),
        ("IpAddress", "0.0.0.0/0", false),
        ("NotIpAddress", "10.0.0.0/8", true),
        ("Null", "true", true),
        ("Null", "false", false),
        // "If the key is not present, evaluate the condition element as true."
        ("StringEqualsIfExists", "x", true),
        ("StringNotEqualsIfExists", "x", true),
        ("BoolIfExists", "false", true),
        ("IpAddressIfExists", "10.0.0.0/8", true),
        ("ForAnyValue:StringEqualsIfExists", "x", true),
        // "ForAllValues returns true if there are no keys in the request", "ForAnyValue false".
        ("ForAllValues:StringEquals", "x", true),
        ("ForAllValues:StringNotEquals", "x", true),
        ("ForAnyValue:StringEquals", "x", false),
        ("ForAnyValue:StringNotEquals", "x", false),
    ] {
        assert_eq!(holds(operator, json!(value), Absent), expected.into(), "{operator}");
        assert_eq!(holds(operator, json!(value), Values(&[])), expected.into(), "{operator}");
    }
    // With a key, IfExists says nothing.
    assert!(holds("StringEqualsIfExists", json!("x"), Values(&["y"])).is_false());
    assert!(holds("StringEqualsIfExists", json!("x"), Values(&["x"])).is_true());
}

#[test]
fn several_values() {
    let policy = || json!(["PostDateTime", "Message", "Tags"]);
    for (operator, request, expected) in [
        ("ForAllValues:StringLike", &["PostDateTime", "Message"] as &'static [_], true),
        // The page's own example: UserName is not among them.
        ("ForAllValues:StringLike", &["PostDateTime", "UserName"], false),
        ("ForAnyValue:StringLike", &["PostDateTime", "UserName"], true),
        ("ForAnyValue:StringLike", &["UserName"], false),
        ("ForAllValues:StringNotEquals", &["UserName", "Id"], true),
        ("ForAllValues:StringNotEquals", &["UserName", "Tags"], false),
        ("ForAnyValue:StringNotEquals", &["UserName", "Tags"], true),
        ("ForAnyValue:StringNotEquals", &["Tags"], false),
        // A text without characters is no value.
        ("ForAllValues:StringLike", &[""], true),
        ("ForAnyValue:StringLike", &[""], false),
        // Without a quantifier.
        ("StringEquals", &["UserName", "Tags"], true),
        ("StringNotEquals", &["UserName", "Tags"], false),
    ] {
        assert_eq!(holds(operator, policy(), Values(request)), expected.into(), "{operator}");
    }
}

#[test]
fn what_is_not_known() {
    let unknown = || Truth::because(key("a:k"));
    for (operator, value) in [
        ("StringEquals", "x"),
        ("StringNotEquals", "x"),
        ("StringLike", "*"),
        ("StringEqualsIfExists", "x"),
        ("ForAllValues:StringEquals", "x"),
        ("Bool", "true"),
        ("IpAddress", "0.0.0.0/0"),
        ("Null", "true"),
    ] {
        assert_eq!(holds(operator, json!(value), Unknown), unknown(), "{operator}");
    }
    // These hold with every value and without one.
    assert!(holds("StringLikeIfExists", json!("*"), Unknown).is_true());
    assert!(holds("ForAllValues:StringLike", json!(["x", "*"]), Unknown).is_true());
    assert!(holds("Null", json!(["true", "false"]), Unknown).is_true());
    let operator = |name: &str| Truth::because(Reason::Operator(name.to_owned()));
    for name in ["StringMatches", "NullIfExists", "ForAllValues:Null", "", "NumericLike"] {
        assert_eq!(holds(name, json!("x"), Values(&["x"])), operator(name));
    }
    let value = || Truth::because(Reason::Value("a:k".to_owned()));
    for (operator, policy, request) in [
        ("NumericEquals", json!("ten"), "10"),
        ("NumericEquals", json!("NaN"), "10"),
        ("NumericEquals", json!("10"), "ten"),
        ("DateLessThan", json!("tomorrow"), "2020-01-01"),
        ("IpAddress", json!("10.0.0.0/99"), "10.0.0.1"),
        ("IpAddress", json!("10.0.0.0/8"), "here"),
        ("Null", json!("maybe"), "x"),
        ("StringEquals", json!([]), "x"),
    ] {
        let request: &'static [&'static str] = vec![request].leak();
        assert_eq!(
            holds(operator, policy.clone(), Values(request)),
            value(),
            "{operator} {policy}"
        );
    }
}

/// UG reference_policies_variables.html: in conditions of texts, ARNs and booleans.
#[test]
fn variables_in_values() {
    let variable = Truth::because(Reason::Variable("aws:username".to_owned()));
    let of = |operator, value| holds(operator, json!(value), Values(&["home/ann/"]));
    assert_eq!(of("StringLike", "home/${aws:username}/*"), variable);
    assert_eq!(of("StringEquals", "home/${aws:username}/"), variable);
    assert_eq!(of("StringNotEquals", "home/${aws:username}/"), variable);
    assert!(of("StringEquals", "work/${aws:username}/").is_false());
    assert!(of("StringNotEquals", "work/${aws:username}/").is_true());
    let itself = holds("StringEquals", json!("${a:k}"), Values(&["x"]));
    assert!(itself.is_true());
}

/// Operators and keys are "and", values are "or".
#[test]
fn clauses_add_up() {
    let document =
        document(json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
            "StringEquals": {"a:x": ["1", "2"], "a:y": "3"}, "Bool": {"a:z": true},
        }}));
    let conditions = &document.statements[0].conditions;
    let all = Keys::new().with("a:x", ["2"]).with("a:y", ["3"]).with("a:z", ["true"]);
    assert!(conditions.hold(&all).is_true());
    assert!(conditions.hold(&all.clone().with("a:y", ["4"])).is_false());
    assert!(conditions.hold(&all.clone().absent("a:z")).is_false());
    // One that fails is enough, whatever the others are.
    assert!(conditions.hold(&Keys::new().with("a:x", ["9"])).is_false());
    let rest = Keys::new().with("a:x", ["1"]);
    assert_eq!(conditions.hold(&rest), Truth::Possible([key("a:y"), key("a:z")].into()));
    let texts: Vec<_> = conditions.clauses.iter().map(Clause::to_string).collect();
    assert!(texts.contains(&"StringEquals a:x 1 or 2".to_owned()), "{texts:?}");
}
