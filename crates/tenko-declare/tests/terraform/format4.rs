//! Terraform 0.12 and later, OpenTofu.

use serde_json::json;
use tenko_core::{Reach, SourceKind};
use tenko_messages::english;

use super::*;

#[test]
fn a_claim_holds_what_the_mapping_asks_for() {
    let file = read(json!([resource(
        "aws_s3_bucket",
        "logs",
        json!([{
            "schema_version": 0,
            "attributes": {
                "id": "logs", "bucket": "logs", "arn": "arn:aws:s3:::logs", "region": "eu-west-1",
                "versioning": [{"enabled": true}], "acl": "PRIVATE", "env": {"A": "secret", "B": null},
                "tags": {"Name": "l"}, "tags_all": {"Name": "l", "owner": "ops", "gone": null},
            },
            "sensitive_attributes": [], "private": "bnVsbA==",
        }])
    )]));
    let [claim] = &file.claims[..] else { panic!("{file:?}") };
    assert_eq!(claim.ids, ["logs", "arn:aws:s3:::logs"]);
    assert_eq!(claim.name.as_deref(), Some("l"));
    assert_eq!(claim.region, Some(Reach::region("eu-west-1")));
    assert_eq!(claim.scope, None);
    let tags = claim.tags.as_ref().unwrap();
    assert_eq!(
        tags.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
        ["Name=l", "owner=ops"]
    );
    assert_eq!(attribute(claim, "Versioning"), Some(&loose(json!(true))));
    assert_eq!(attribute(claim, "Acl"), Some(&loose(json!("private"))));
    // What the collector redacts is not in a claim either, and null says nothing.
    assert_eq!(attribute(claim, "Env"), Some(&loose(json!({"A": "redacted:by tenko"}))));
    assert_eq!(claim.source.kind, SourceKind::Terraform);
    assert_eq!(claim.source.to_string(), "a.tfstate (aws_s3_bucket.logs)");
    assert_eq!(file.info.terraform_version.as_deref(), Some("1.9.5"));
    assert_eq!((file.info.format_version, file.info.serial), (4, Some(7)));
    assert_eq!((file.info.instances, file.info.comparable), (1, 1));
}

#[test]
fn addresses_are_those_of_state_list() {
    let bucket = |name: &str| json!({"id": name, "bucket": name});
    let mut counted = resource(
        "aws_s3_bucket",
        "c",
        json!([
            {"index_key": 0, "attributes": bucket("c0")}, {"index_key": 1, "attributes": bucket("c1")},
        ]),
    );
    counted["module"] = json!("module.a[\"x.y\"].module.b[2]");
    let each = resource(
        "aws_s3_bucket",
        "e",
        json!([
            {"index_key": "eu-west-1", "attributes": bucket("e1")},
            {"index_key": "a\"${b}", "attributes": bucket("e2")},
        ]),
    );
    let mut deposed = resource(
        "aws_s3_bucket",
        "d",
        json!([
            {"attributes": bucket("d")}, {"deposed": "00ab12cd", "attributes": bucket("old")},
            {"status": "tainted", "index_key": 1, "attributes": bucket("bad")},
        ]),
    );
    deposed["each"] = json!("list");
    let file = read(json!([counted, each, deposed]));
    assert_eq!(
        addresses(&file.claims),
        [
            "module.a[\"x.y\"].module.b[2].aws_s3_bucket.c[0]",
            "module.a[\"x.y\"].module.b[2].aws_s3_bucket.c[1]",
            "aws_s3_bucket.e[\"eu-west-1\"]",
            "aws_s3_bucket.e[\"a\\\"$${b}\"]",
            "aws_s3_bucket.d",
            "aws_s3_bucket.d (deposed 00ab12cd)",
            "aws_s3_bucket.d[1]",
        ]
    );
    let doubts: Vec<_> = file.claims.iter().filter_map(|c| c.not_comparable.as_deref()).collect();
    assert_eq!(doubts.len(), 2);
    assert!(doubts[0].starts_with("deposed") && doubts[1].starts_with("tainted"));
    assert!(file.claims[5].attributes.is_empty() && file.claims[5].tags.is_none());
    assert_eq!(file.info.comparable, 5);
}

#[test]
fn what_is_not_ours_is_counted_and_named() {
    let mut data =
        resource("aws_s3_bucket", "d", json!([{"attributes": {"id": "d"}}, {"attributes": {}}]));
    data["mode"] = json!("data");
    let mut random = resource(
        "random_id",
        "r",
        json!([{"attributes": {"id": "x"}}, {"attributes": {"id": "y"}}]),
    );
    random["provider"] = json!("provider[\"registry.terraform.io/hashicorp/random\"]");
    let mut mirror = resource(
        "aws_glue_job",
        "g",
        json!([
            {"attributes": {"id": "etl", "arn": "arn:aws:glue:eu-west-1:111122223333:job/etl"}}, {"attributes": {}},
        ]),
    );
    mirror["provider"] = json!("provider[\"mirror.example.com/acme/aws\"].west");
    let other = resource(
        "aws_security_group_rule",
        "e",
        json!([{"attributes": {"id": "sgrule-1", "type": "egress"}}]),
    );
    let file = read(json!([data, random, mirror, other]));
    assert_eq!(file.info.data_sources, 2);
    assert_eq!(file.info.instances, 5);
    assert_eq!(
        file.info.foreign.iter().map(|(k, v)| (&**k, *v)).collect::<Vec<_>>(),
        [("random", 2)]
    );
    assert_eq!(
        file.info.unmapped.iter().map(|(k, v)| (&**k, *v)).collect::<Vec<_>>(),
        [("aws_glue_job", 2)]
    );
    let glue = &file.claims[0];
    assert_eq!(glue.resource_type, None);
    assert_eq!(glue.scope.as_ref().unwrap().id, *"111122223333");
    assert_eq!(glue.region, Some(Reach::region("eu-west-1")));
    assert!(glue.not_comparable.is_some());
    assert_eq!(file.skipped[0].address, "aws_glue_job.g");
    // No table means this instance of a type that others are mapped of.
    assert_eq!(file.claims[1].resource_type, None);
    assert_eq!(file.claims.len(), 2);
}

#[test]
fn sensitive_values_are_neither_compared_nor_kept() {
    let mark = |name: &str| json!([{"type": "get_attr", "value": name}]);
    let file = read(json!([resource(
        "aws_s3_bucket",
        "b",
        json!([{
            "attributes": {"id": "b", "bucket": "b", "acl": "hunter2", "tags": {"k": "hunter3"}, "versioning": []},
            "sensitive_attributes": [mark("acl"), mark("tags"), mark("versioning"), mark("nowhere")],
        }])
    )]));
    let claim = &file.claims[0];
    assert!(!format!("{file:?}").contains("hunter"), "{claim:?}");
    let hidden: Vec<_> = claim.sensitive.iter().map(ToString::to_string).collect();
    assert_eq!(hidden, ["Acl", "Tags", "Versioning"]);
    assert_eq!(attribute(claim, "Name"), Some(&loose(json!("b"))));
    assert_eq!(claim.tags, None);
}

#[test]
fn one_bad_instance_is_not_a_lost_file() {
    let file = read(json!([
        resource("aws_s3_bucket", "a", json!([
            {"attributes": 7}, {"attributes": {"id": "x"}}, {}, 5, {"index_key": 0, "attributes": {"bucket": "ok"}},
            {"attributes": {"bucket": "odd", "acl": 3}},
        ])),
        7,
        {"type": "aws_s3_bucket"},
        resource("aws_security_group", "g", json!([{"attributes": {"id": "sg-1", "ingress": [{"from_port": []}]}}])),
    ]));
    let reasons: Vec<_> =
        file.skipped.iter().map(|s| format!("{}: {}", s.address, s.reason)).collect();
    assert_eq!(reasons.len(), 6, "{reasons:#?}");
    let gap = english(&file.gap().unwrap());
    assert!(gap.contains("aws_s3_bucket.a: its attributes are no object"), "{gap}");
    assert!(
        reasons[0].starts_with("aws_s3_bucket.a: its attributes are no object"),
        "{reasons:#?}"
    );
    assert!(reasons[4].starts_with("resources[1]: here must be "), "{reasons:#?}");
    assert_eq!(
        addresses(&file.claims),
        ["aws_s3_bucket.a[0]", "aws_s3_bucket.a", "aws_security_group.g"]
    );
    assert_eq!(file.claims[0].not_comparable, None);
    // A value that an expression does not expect keeps the resource managed.
    assert!(file.claims[1].not_comparable.as_deref().unwrap().starts_with("Acl: "));
    assert!(file.claims[2].not_comparable.as_deref().unwrap().starts_with("Ingress: "));
}

#[test]
fn resources_with_very_many_instances_keep_their_order() {
    let instances: Vec<_> = (0..500)
        .map(|at| json!({"index_key": at, "attributes": {"id": "x", "bucket": format!("b{at}")}}))
        .collect();
    let file = read(json!([resource("aws_s3_bucket", "b", json!(instances))]));
    let ids: Vec<_> = file.claims.iter().map(|c| c.ids[0].clone()).collect();
    assert_eq!(ids, (0..500).map(|at| format!("b{at}")).collect::<Vec<_>>());
}

#[test]
fn compressed_states_and_those_with_a_mark_are_read() {
    let text = state(json!([resource(
        "aws_s3_bucket",
        "b",
        json!([{"attributes": {"id": "b", "bucket": "b"}}])
    )]));
    let marked = [b"\xef\xbb\xbf".as_slice(), &text].concat();
    let padded = [b"\n\n ".as_slice(), &text, b"\n"].concat();
    for bytes in [gzip(&text), gzip(&marked), marked, padded] {
        assert_eq!(read_state("a", &bytes, &mappings()).unwrap().claims.len(), 1);
    }
}

#[test]
fn what_0_12_kept_of_a_flat_state_is_expanded() {
    let flat = json!({"id": "b", "bucket": "b", "versioning.#": "1", "versioning.0.enabled": "true", "tags.%": "1", "tags.a.b": "c"});
    let file = read(json!([resource("aws_s3_bucket", "b", json!([{"attributes_flat": flat}]))]));
    assert_eq!(attribute(&file.claims[0], "Versioning"), Some(&loose(json!("true"))));
    assert_eq!(file.claims[0].tags.as_ref().unwrap()["a.b"], "c");
}

#[test]
fn no_tags_are_written_as_null_and_unknown_ones_not_at_all() {
    let tags = |attributes: Value| {
        let mut attributes = attributes;
        attributes["bucket"] = json!("b");
        let bucket = resource("aws_s3_bucket", "b", json!([{"attributes": attributes}]));
        read(json!([bucket])).claims[0].tags.as_ref().map(|tags| tags.len())
    };
    assert_eq!(tags(json!({})), None);
    assert_eq!(tags(json!({"tags": null})), Some(0));
    assert_eq!(tags(json!({"tags": null, "tags_all": {"a": "b"}})), Some(1));
    assert_eq!(tags(json!({"tags": {"a": "b", "c": 1}, "tags_all": null})), Some(2));
}

#[test]
fn google_resources_know_their_project_and_place() {
    let mut network = resource(
        "google_compute_network",
        "n",
        json!([{"attributes": {
            "id": "projects/p/global/networks/n", "self_link": "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
            "project": "p", "labels": {"a": "b"}, "effective_labels": {"a": "b", "goog-x": "y"},
        }}]),
    );
    network["provider"] =
        json!("module.a.provider[\"registry.opentofu.org/hashicorp/google-beta\"]");
    let file = read(json!([network]));
    let claim = &file.claims[0];
    assert_eq!(claim.ids.len(), 2);
    assert_eq!(claim.scope.as_ref().unwrap().to_string(), "gcp:p");
    assert_eq!(claim.region, Some(Reach::Global));
    assert_eq!(claim.tags.as_ref().unwrap().len(), 2);
}
