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
    let claim = &folded.claims[0];
    assert_eq!(attribute(claim, "Topics"), Some(&loose(json!(["x", "y", "z"]))));
    let grants =
        json!([{"role": "r", "members": ["x", "y"]}, {"role": "r", "members": ["y", "z"]}]);
    let items = grants.as_array().unwrap().clone();
    let keys = vec!["role".to_owned()];
    assert_eq!(attribute(claim, "Grants"), Some(&Matcher::Includes { items, keys, open: false }));
    assert_eq!(claim.parts.len(), 2);
    let reasons = reasons(&folded);
    assert_eq!(reasons.len(), 2, "{reasons:#?}");
    assert!(
        reasons[0].ends_with("4: it names no AWS::S3::Bucket that it is a part of"),
        "{reasons:#?}"
    );
    assert!(
        reasons[1]
            .ends_with("3: it is a part of the AWS::S3::Bucket gone, which no state declares")
    );
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
