//! How infrastructure code's values are compared with live ones.

use serde_json::{Value, json};
use tenko_core::*;

use super::fixture::*;
use crate::diff;

/// The paths that differ between a claim's attribute `A` and a live one.
fn differs(matcher: Matcher, live: Value) -> Vec<String> {
    let mut info = info("T");
    info.sets = ["A.set", "A.*.members"].map(|path| path.parse().unwrap()).into();
    info.iac.defaults =
        [("A.mode".parse().unwrap(), json!("auto")), ("A.on".parse().unwrap(), json!(true))].into();
    let mut claim = claim("T", "a", "prod");
    claim.attributes = vec![("A".parse().unwrap(), matcher)];
    let mut declared = acme(vec![]);
    declared.claims = vec![claim];
    let live = resource(("1", "r1", "T", "a"), json!({ "A": live }));
    let found = diff(&snapshot(&["1"], vec![live]), &declared, &[info].into_iter().collect());
    found.drift.iter().flat_map(|d| &d.changes).map(|c| c.path.to_string()).collect()
}

fn is_same(declared: Value, live: Value) -> bool {
    differs(Matcher::Loose(declared), live).is_empty()
}

#[test]
fn an_empty_value_is_as_good_as_none() {
    for empty in [json!(""), json!([]), json!({}), json!(false), json!(0), json!("false")] {
        for live in [json!(null), json!(""), json!([]), json!({}), json!(false), json!(0)] {
            assert!(is_same(empty.clone(), live.clone()), "{empty} {live}");
        }
        assert!(is_same(json!({"a": {"b": empty.clone()}}), json!(null)));
        assert!(!is_same(empty, json!("x")));
    }
    assert!(!is_same(json!("x"), json!(null)));
    assert!(!is_same(json!({"a": {"b": 1}}), json!(null)));
    // What the code does not say is not compared.
    assert!(is_same(json!({"a": null, "b": 1}), json!({"a": 5, "b": 1, "c": 2})));
}

#[test]
fn a_default_stands_for_what_is_not_there() {
    assert!(is_same(json!({"mode": "auto"}), json!({})));
    assert!(is_same(json!({"mode": ""}), json!({"mode": "auto"})));
    assert!(!is_same(json!({"mode": ""}), json!({"mode": "x"})));
    assert!(!is_same(json!({"mode": "x"}), json!(null)));
    assert!(!is_same(json!({"on": false}), json!({})));
    assert!(is_same(json!({"on": "true"}), json!({})));
    assert!(is_same(json!({"on": false}), json!({"on": false})));
}

#[test]
fn a_digest_is_silent_whichever_side_has_it() {
    let digest = |of: char| json!(format!("redacted:{}", of.to_string().repeat(32)));
    for (declared, live) in [
        (digest('a'), digest('b')),
        (json!("plain"), digest('a')),
        (digest('a'), json!("plain")),
        (digest('a'), digest('a')),
    ] {
        assert!(is_same(json!({"x": declared.clone()}), json!({"x": live.clone()})));
        let list = |value: &Value| json!({"set": [value, "same"]});
        assert!(is_same(list(&declared), list(&live)));
    }
    // That something is gone can be told without its value.
    assert!(!is_same(json!({"x": digest('a')}), json!({"x": null})));
}

#[test]
fn text_of_json_is_its_value() {
    let value = json!({"a": [1, {"b": 2}]});
    assert!(is_same(json!(value.to_string()), value.clone()));
    assert!(is_same(value.clone(), json!(value.to_string())));
    assert!(is_same(json!("{\"a\":1,\"b\":\"\"}"), json!("{ \"a\": \"1\" }")));
    assert_eq!(differs(Matcher::Loose(json!("{\"a\":1}")), json!({"a": 2})), ["A.a"]);
    // A text is all of the document.
    assert_eq!(differs(Matcher::Loose(json!("{\"a\":1}")), json!({"a": 1, "b": 2})), ["A.b"]);
    assert!(!is_same(json!("{\"a\":1"), json!({"a": 1})));
}

#[test]
fn policies_are_compared_by_meaning_as_text_too() {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:Get"}}"#;
    let policy = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": [action]}
        ]})
    };
    assert!(is_same(json!(text), policy("S3:get")));
    let path = ["A.Statement[0].Action"];
    assert_eq!(differs(Matcher::Loose(json!(text)), policy("s3:put")), path);
    assert_eq!(differs(Matcher::Exact(policy("s3:Get")), policy("s3:put")), path);
    assert!(differs(Matcher::Exact(policy("s3:Get")), json!(text)).is_empty());
}

#[test]
fn a_set_tells_which_elements_differ() {
    let set = |list: Value| json!({ "set": list });
    assert!(is_same(set(json!(["a", "b"])), set(json!(["b", "a"]))));
    assert!(is_same(set(json!(["a", "a", "b"])), set(json!(["b", "a"]))));
    assert!(is_same(set(json!([{"p": "1"}])), set(json!([{"p": 1, "q": 2}]))));
    assert!(!is_same(set(json!([{"p": 1}, {"p": 1}])), set(json!([{"p": 1}]))));
    assert_eq!(differs(Matcher::Loose(set(json!(["a"]))), set(json!(["a", "b"]))), ["A.set"]);
    let large: Vec<_> = (0..2000).collect();
    let mut turned: Vec<_> = large.iter().rev().map(ToString::to_string).collect();
    assert!(is_same(set(json!(large)), set(json!(turned))));
    turned[7] = "x".to_owned();
    assert!(!is_same(set(json!(large)), set(json!(turned))));
}

#[test]
fn included_elements_are_known_by_their_keys() {
    let live = json!([
        {"role": "viewer", "members": ["a", "b"]},
        {"role": "viewer", "members": ["c"], "condition": {"title": "t"}},
    ]);
    let includes = |items: Value, open: bool| Matcher::Includes {
        items: items.as_array().unwrap().clone(),
        keys: vec!["role".to_owned(), "condition".to_owned()],
        open,
    };
    let check = |items: Value, open: bool| differs(includes(items, open), live.clone());
    assert!(check(json!([{"role": "viewer", "members": ["b", "a"]}]), false).is_empty());
    assert!(check(json!([{"role": "viewer", "members": ["b"]}]), true).is_empty());
    assert_eq!(check(json!([{"role": "viewer", "members": ["b"]}]), false), ["A[0].members"]);
    assert_eq!(check(json!([{"role": "viewer", "members": ["c"]}]), true), ["A[0].members"]);
    let titled = json!([{"role": "viewer", "condition": {"title": "t"}, "members": ["c"]}]);
    assert!(check(titled, false).is_empty());
    assert_eq!(check(json!([{"role": "owner", "members": ["b"]}]), true), ["A"]);
    let any = Matcher::Includes { items: vec![json!("1")], keys: vec![], open: false };
    assert!(differs(any.clone(), json!([2, 1])).is_empty());
    assert_eq!(differs(any, json!(null)), ["A"]);
}

#[test]
fn each_included_element_needs_one_of_its_own() {
    let includes = |items: Value| {
        let items = items.as_array().unwrap().clone();
        Matcher::Includes { items, keys: vec![], open: false }
    };
    let twice = || includes(json!([{"p": "https"}, {"p": "https"}]));
    assert_eq!(differs(twice(), json!([{"p": "https", "x": 1}, {"p": "sqs"}])), ["A"]);
    assert!(differs(twice(), json!([{"p": "https"}, {"p": "https", "x": 1}])).is_empty());
    // The one that could have either gets what is left.
    let either = includes(json!([{"p": 1}, {"p": 1, "q": 2}]));
    assert!(differs(either, json!([{"p": 1, "q": 2}, {"p": "1"}])).is_empty());
    // A text that two places ask for is one.
    assert!(differs(includes(json!(["a", "a"])), json!(["b", "a"])).is_empty());
    let many = |of: usize| -> Vec<Value> { (0..of).map(|_| json!({"p": "1"})).collect() };
    let live: Vec<Value> = (0..600).map(|i| json!({"p": 1, "i": i})).collect();
    assert!(differs(includes(json!(many(600))), json!(live)).is_empty());
    assert_eq!(differs(includes(json!(many(601))), json!(live)), ["A"]);
}

#[test]
fn several_items_may_be_about_the_element_of_one_key() {
    let items = ["a", "b"].map(|member| json!({"role": "r", "members": [member]})).to_vec();
    let both = Matcher::Includes { items, keys: vec!["role".to_owned()], open: true };
    let live = |members: Value| json!([{"role": "r", "members": members}]);
    assert!(differs(both.clone(), live(json!(["b", "c", "a"]))).is_empty());
    assert_eq!(differs(both, live(json!(["b", "c"]))), ["A[0].members"]);
}

#[test]
fn keys_without_a_version_and_addresses_in_other_spellings_are_the_same() {
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    let version = format!("{key}/cryptoKeyVersions/1");
    assert!(is_same(json!({"k": key}), json!({"k": version})));
    assert!(!is_same(json!({"k": version}), json!({"k": key})));
    assert!(is_same(
        json!({"set": ["10.0.0.0/8", "::0/0"]}),
        json!({"set": ["::/0", "10.0.0.0/8"]})
    ));
    assert!(!is_same(json!("10.0.0.1/32"), json!("10.0.0.1")));
}
