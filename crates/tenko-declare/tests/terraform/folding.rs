//! Parts into wholes.

use serde_json::json;
use tenko_core::IacOwner;
use tenko_declare::terraform::{Folded, fold};

use super::*;

fn bucket(name: &str, account: &str) -> Value {
    let arn = format!("arn:aws:s3::{account}:{name}");
    let mut one = resource(
        "aws_s3_bucket",
        "b",
        json!([{"attributes": {
            "bucket": name, "arn": arn, "versioning": [{"enabled": false}], "acl": "private",
        }}]),
    );
    one["name"] = json!(name);
    one
}

fn versioning(bucket: &str) -> Value {
    resource(
        "aws_s3_bucket_versioning",
        "v",
        json!([{"attributes": {"id": "v", "bucket": bucket, "enabled": true}}]),
    )
}

fn owner(environment: &str) -> Option<IacOwner> {
    Some(IacOwner { tenant: "acme".into(), environment: environment.into() })
}

fn folded(states: &[Value]) -> Folded {
    let read = |(at, state): (usize, &Value)| {
        let text = super::state(state.clone());
        (read_state(&format!("{at}.tfstate"), &text, &mappings()).unwrap(), owner("prod"))
    };
    fold(states.iter().enumerate().map(read).collect())
}

fn reasons(folded: &Folded) -> Vec<String> {
    folded.skipped.iter().map(|(file, s)| format!("{file} {}: {}", s.address, s.reason)).collect()
}

#[test]
fn a_part_replaces_what_the_whole_says_across_states() {
    let folded = folded(&[json!([versioning("logs")]), json!([bucket("logs", "")])]);
    let [claim] = &folded.claims[..] else { panic!("{folded:?}") };
    assert_eq!(attribute(claim, "Versioning"), Some(&loose(json!(true))));
    assert_eq!(claim.attributes.iter().filter(|(p, _)| p.to_string() == "Versioning").count(), 1);
    // What the part does not say is the whole's.
    assert_eq!(attribute(claim, "Acl"), Some(&loose(json!("private"))));
    assert_eq!(claim.parts[0].to_string(), "0.tfstate (aws_s3_bucket_versioning.v)");
    assert_eq!(claim.owner, owner("prod"));
    assert!(folded.skipped.is_empty());
}

#[test]
fn lists_of_all_parts_are_one_and_equal_elements_count_once() {
    let part = |name: &str, buckets: Value, topics: Value| {
        let attributes =
            json!({"id": "n", "bucket": buckets, "topics": topics, "role": "r", "members": topics});
        resource("aws_s3_bucket_notification", name, json!([{"attributes": attributes}]))
    };
    let folded = folded(&[json!([
        bucket("a", ""),
        part("1", json!(["a", "gone"]), json!(["x", "y"])),
        part("2", json!(["arn:aws:s3:::A"]), json!(["y", "z"])),
        part("3", json!(["gone"]), json!([])),
        part("4", json!([]), json!([])),
    ])]);
    let [claim, gone] = &folded.claims[..] else { panic!("{folded:#?}") };
    assert_eq!(attribute(claim, "Topics"), Some(&loose(json!(["x", "y", "z"]))));
    // Of what no state declares, the parts are known.
    assert!(gone.partial && !claim.partial);
    assert_eq!((&*gone.ids[0], &*gone.code_type), ("gone", "aws_s3_bucket_notification"));
    assert_eq!(gone.source.to_string(), "0.tfstate (aws_s3_bucket_notification.1)");
    assert_eq!(gone.owner, owner("prod"));
    let topics =
        Matcher::Includes { items: vec![json!("x"), json!("y")], keys: vec![], open: false };
    assert_eq!(attribute(gone, "Topics"), Some(&topics));
    let grants =
        json!([{"role": "r", "members": ["x", "y"]}, {"role": "r", "members": ["y", "z"]}]);
    let items = grants.as_array().unwrap().clone();
    let keys = vec!["role".to_owned()];
    assert_eq!(attribute(claim, "Grants"), Some(&Matcher::Includes { items, keys, open: false }));
    assert_eq!(claim.parts.len(), 2);
    let reasons = reasons(&folded);
    assert_eq!(reasons.len(), 1, "{reasons:#?}");
    assert!(
        reasons[0].ends_with("4: it names no AWS::S3::Bucket that it is a part of"),
        "{reasons:#?}"
    );
}

#[test]
fn of_what_no_state_declares_the_parts_are_compared() {
    let rule = |name: &str, group: &str, port: u16| {
        resource(
            "aws_security_group_rule",
            name,
            json!([{"attributes": {
                "id": name, "type": "ingress", "security_group_id": group, "from_port": port,
                "region": "eu-west-1",
            }}]),
        )
    };
    let tag = |id: &str, key: &str| {
        resource(
            "aws_ec2_tag",
            key,
            json!([{"attributes": {"id": format!("{id},{key}"), "resource_id": id, "key": key, "value": "1"}}]),
        )
    };
    let mut arn = versioning("arn:aws:s3:::Logs");
    arn["instances"][0]["attributes"]["acl"] = json!("private");
    let empty = resource("aws_s3_bucket_empty", "e", json!([{"attributes": {"bucket": "x"}}]));
    let mut hidden = versioning("hidden");
    hidden["instances"][0]["sensitive_attributes"] =
        json!([[{"type": "get_attr", "value": "enabled"}]]);
    let mut tainted = versioning("tainted");
    tainted["instances"][0]["status"] = json!("tainted");
    let folded = folded(&[
        json!([rule("a", "sg-1", 22), arn, hidden, tainted, empty]),
        json!([rule("b", "sg-1", 22), rule("c", "sg-2", 80), tag("sg-3", "k"), tag("sg-3", "l")]),
    ]);
    assert!(folded.claims.iter().all(|claim| claim.partial && claim.not_comparable.is_none()));
    let ids: Vec<_> = folded.claims.iter().map(|claim| claim.ids.join(" ")).collect();
    assert_eq!(ids, ["sg-1", "arn:aws:s3:::Logs", "hidden", "sg-2", "sg-3"]);
    let [group, bucket, hidden, _, tagged] = &folded.claims[..] else { panic!("{folded:#?}") };
    let ports = vec![json!({"Port": 22}), json!({"Port": 22})];
    let ports = Matcher::Includes { items: ports, keys: vec![], open: false };
    assert_eq!(attribute(group, "Ingress"), Some(&ports));
    assert_eq!(group.source.address, "aws_security_group_rule.a");
    assert_eq!(group.parts.len(), 1);
    assert_eq!(group.parts[0].to_string(), "1.tfstate (aws_security_group_rule.b)");
    assert_eq!(group.region, Some("eu-west-1".into()));
    assert_eq!(attribute(bucket, "Versioning"), Some(&loose(json!(true))));
    assert_eq!((hidden.attributes.len(), hidden.sensitive.len()), (0, 1));
    let tags = tagged.tags.iter().flatten().map(|(k, v)| format!("{k}={v}"));
    assert_eq!(tags.collect::<Vec<_>>(), ["k=1", "l=1"]);
    let reasons = reasons(&folded);
    assert_eq!(reasons.len(), 2, "{reasons:#?}");
    assert!(reasons.iter().any(|r| r.ends_with("Bucket x, which no state declares")));
    assert!(reasons.iter().any(|r| r.contains("adds to tainted is not compared: tainted")));
}

#[test]
fn a_list_of_the_whole_is_older_than_the_parts_that_add_to_it() {
    let whole = |grants: Value, deep: Value| {
        let mut one = bucket("a", "");
        one["instances"][0]["attributes"]["grants"] = grants;
        one["instances"][0]["attributes"]["deep"] = deep;
        one
    };
    let part = |code_type: &str, grants: Value| {
        resource(
            code_type,
            "g",
            json!([{"attributes": {"id": "g", "bucket": "a", "grants": grants}}]),
        )
    };
    let said = |folded: &Folded, path: &str| -> Vec<Matcher> {
        let of = folded.claims[0].attributes.iter();
        of.filter(|(p, _)| p.to_string() == path).map(|(_, m)| m.clone()).collect()
    };
    let includes = |items: Value, keys: &[&str], open: bool| Matcher::Includes {
        items: items.as_array().unwrap().clone(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        open,
    };
    let grant = |role: &str, member: &str| json!({"role": role, "members": [member]});
    let old = json!([grant("r", "old"), grant("s", "own")]);
    let exact = folded(&[json!([whole(old.clone(), json!({"x": 1}))])]);
    assert_eq!(said(&exact, "Grants"), [loose(old.clone())]);
    // What a part says of an element does not count in the whole.
    let new = json!([grant("r", "new")]);
    let full = folded(&[json!([whole(old.clone(), json!(null)), part("aws_grant", new.clone())])]);
    let left = includes(json!([{"role": "r"}, grant("s", "own")]), &["role"], false);
    assert_eq!(said(&full, "Grants"), [includes(new.clone(), &["role"], false), left]);
    // Where a part adds to an element, the whole's is what it has at least.
    let more =
        folded(&[json!([whole(old.clone(), json!(null)), part("aws_grant_more", new.clone())])]);
    let left = includes(old.clone(), &["role"], true);
    assert_eq!(said(&more, "Grants"), [includes(new.clone(), &["role"], true), left]);
    // Elements that the keys do not tell apart each need a partner.
    let twins = json!([grant("s", "a"), grant("s", "b")]);
    let twins_left =
        folded(&[json!([whole(twins.clone(), json!(null)), part("aws_grant", new.clone())])]);
    assert_eq!(said(&twins_left, "Grants")[1], includes(twins, &["role"][..0], false));
    // A list deep in what the whole says.
    let deep = json!({"x": 1, "grants": [grant("s", "own")]});
    let inside = folded(&[json!([whole(json!(null), deep), part("aws_grant_deep", new.clone())])]);
    assert_eq!(said(&inside, "Deep"), [loose(json!({"x": 1}))]);
    assert_eq!(said(&inside, "Deep.grants").len(), 2);
    let only = json!({"grants": []});
    let inside = folded(&[json!([whole(json!(null), only), part("aws_grant_deep", new)])]);
    assert_eq!((said(&inside, "Deep").len(), said(&inside, "Deep.grants").len()), (0, 1));
}

#[test]
fn equal_objects_of_several_parts_each_count_but_not_twice_from_two_states() {
    let group = resource("aws_security_group", "g", json!([{"attributes": {"id": "sg-1"}}]));
    let rule = |id: &str| {
        resource(
            "aws_security_group_rule",
            id,
            json!([{"attributes": {"id": id, "type": "ingress", "security_group_id": "sg-1", "from_port": 22}}]),
        )
    };
    // Another type that says the same sees the same thing from its side.
    let mut side = rule("c");
    side["type"] = json!("aws_security_group_side");
    let all = json!([group, rule("a"), side, rule("b")]);
    let folded = folded(&[all.clone(), all]);
    assert_eq!(folded.claims.len(), 2);
    for claim in &folded.claims {
        assert_eq!(attribute(claim, "Ingress"), Some(&loose(json!([{"Port": 22}, {"Port": 22}]))));
    }
}

#[test]
fn tags_of_parts_are_added_to_the_wholes() {
    let group = |tags: Value| {
        resource("aws_security_group", "g", json!([{"attributes": {"id": "sg-1", "tags": tags}}]))
    };
    let mut tag = resource(
        "aws_ec2_tag",
        "t",
        json!([{"attributes": {"id": "sg-1,a", "resource_id": "sg-1", "key": "a", "value": "2"}}]),
    );
    let tags = |folded: &Folded| folded.claims[0].tags.clone();
    let of = |pairs: &[(&str, &str)]| {
        Some(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    };
    let both = folded(&[json!([group(json!({"a": "1", "b": "1"})), tag])]);
    assert_eq!(tags(&both), of(&[("a", "2"), ("b", "1")]));
    assert_eq!(tags(&folded(&[json!([group(json!(null)), tag])])), of(&[("a", "2")]));
    tag["instances"][0]["status"] = json!("tainted");
    assert_eq!(tags(&folded(&[json!([group(json!({"b": "1"})), tag])])), None);
    tag["instances"][0]["status"] = json!(null);
    tag["instances"][0]["sensitive_attributes"] = json!([[{"type": "get_attr", "value": "value"}]]);
    let hidden = folded(&[json!([group(json!({"b": "1"})), tag])]);
    assert_eq!((tags(&hidden), hidden.claims[0].sensitive.len()), (None, 1));
}

#[test]
fn parts_that_say_nothing_are_not_comparable() {
    let empty = resource("aws_s3_bucket_empty", "e", json!([{"attributes": {"bucket": "x"}}]));
    let file = read(json!([bucket("x", ""), versioning("x"), empty]));
    assert_eq!((file.parts.len(), file.info.comparable), (2, 2));
}

#[test]
fn of_several_wholes_of_one_name_the_nearest_is_meant() {
    let two = || vec![bucket("same", "111111111111"), bucket("same", "222222222222")];
    let with_arn = |account: &str| {
        let mut part = versioning("same");
        part["instances"][0]["attributes"]["arn"] =
            json!(format!("arn:aws:s3:eu-west-1:{account}:x"));
        part
    };
    let said = |folded: &Folded| -> Vec<Option<Matcher>> {
        folded.claims.iter().map(|claim| attribute(claim, "Versioning").cloned()).collect()
    };
    let (yes, no) = (Some(loose(json!(true))), Some(loose(json!(false))));
    // By account.
    let [a, b] = [&two()[0], &two()[1]].map(Clone::clone);
    let by_account = folded(&[json!([a.clone(), b.clone(), with_arn("222222222222")])]);
    assert_eq!(said(&by_account), [no.clone(), yes.clone()]);
    // By state.
    let by_state = folded(&[json!([a.clone(), versioning("same")]), json!([b.clone()])]);
    assert_eq!(said(&by_state), [yes.clone(), no.clone()]);
    // Nothing tells: neither is compared where the part speaks.
    let neither = folded(&[json!([a.clone()]), json!([b]), json!([versioning("same")])]);
    assert_eq!(said(&neither), [None, None]);
    assert!(reasons(&neither)[0].ends_with("of which there are several"));
    // The same resource in two states gets the part in both.
    let twice = folded(&[json!([a.clone()]), json!([a]), json!([versioning("same")])]);
    assert_eq!(said(&twice), [yes.clone(), yes]);
}

#[test]
fn doubtful_and_sensitive_parts_take_their_attributes_out_of_the_comparison() {
    let mut tainted = versioning("logs");
    tainted["instances"][0]["status"] = json!("tainted");
    let first = folded(&[json!([bucket("logs", ""), tainted])]);
    assert_eq!(attribute(&first.claims[0], "Versioning"), None);
    assert!(attribute(&first.claims[0], "Name").is_some());
    assert!(reasons(&first)[0].contains("what it adds to logs is not compared: tainted"));
    let mut hidden = versioning("logs");
    hidden["instances"][0]["sensitive_attributes"] =
        json!([[{"type": "get_attr", "value": "enabled"}]]);
    let second = folded(&[json!([bucket("logs", ""), hidden])]);
    assert_eq!(attribute(&second.claims[0], "Versioning"), None);
    assert_eq!(second.claims[0].sensitive.len(), 1);
}

#[test]
fn a_crowd_of_one_name_does_not_take_the_product_of_time() {
    let wholes = (0..3000).map(|_| bucket("same", ""));
    let all: Vec<_> = wholes.chain((0..3000).map(|_| versioning("same"))).collect();
    let started = std::time::Instant::now();
    let folded = folded(&[json!(all)]);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert!(folded.claims.iter().all(|claim| claim.not_comparable.is_some()));
    assert_eq!(folded.skipped.len(), 3000);
}

#[test]
fn egress_rules_are_no_part_and_ingress_rules_make_the_list() {
    let rule = |name: &str, kind: &str, port: u16| {
        resource(
            "aws_security_group_rule",
            name,
            json!([{"attributes": {"id": name, "type": kind, "security_group_id": "sg-1", "from_port": port}}]),
        )
    };
    let group = resource(
        "aws_security_group",
        "g",
        json!([{"attributes": {
            "id": "sg-1", "name": "web", "ingress": [{"from_port": 1}, {"from_port": 2}, {"from_port": 3}],
        }}]),
    );
    let folded = folded(&[json!([
        rule("a", "ingress", 22),
        group,
        rule("b", "ingress", 80),
        rule("c", "egress", 0)
    ])]);
    let group = folded.claims.iter().find(|c| c.ids[0] == "sg-1").unwrap();
    assert_eq!(attribute(group, "Ingress"), Some(&loose(json!([{"Port": 22}, {"Port": 80}]))));
    assert_eq!(folded.claims.len(), 2);
}
