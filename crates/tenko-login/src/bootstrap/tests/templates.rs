//! What is written, read back.

use serde_json::{Value, json};

use super::yaml::parse;
use super::*;
use crate::bootstrap::node::{Node, comment, hcl, hcl_text, map, yaml};
use crate::bootstrap::{cloudformation, google, overrides, terraform};
use crate::doctor::{Attached, LiveRole, judge, judge_all};

/// A template's value with the parameters of one account filled in, as CloudFormation does it.
fn resolve(value: &Value, parameters: &BTreeMap<String, String>, conditions: &Value) -> Value {
    let again = |value| resolve(value, parameters, conditions);
    let Value::Object(entries) = value else {
        return match value {
            Value::Array(values) => values.iter().map(again).collect(),
            other => other.clone(),
        };
    };
    if entries.len() == 1 {
        let (name, argument) = entries.iter().next().unwrap();
        match name.as_str() {
            "Ref" => return parameters[argument.as_str().unwrap()].clone().into(),
            "Fn::Sub" => {
                return argument.as_str().unwrap().replace("${AWS::Partition}", "aws").into();
            }
            "Fn::If" => {
                let holds = again(&conditions[argument[0].as_str().unwrap()]);
                return again(&argument[if holds == json!(true) { 1 } else { 2 }]);
            }
            "Fn::Equals" => return (again(&argument[0]) == again(&argument[1])).into(),
            "Fn::Not" => return (again(&argument[0]) != json!(true)).into(),
            _ => {}
        }
    }
    Value::Object(entries.iter().map(|(key, value)| (key.clone(), again(value))).collect())
}

/// The role that the template makes in an account.
fn deployed(template: &Value, overrides: &Value) -> Option<LiveRole> {
    let parameters: BTreeMap<String, String> = overrides["ParameterOverrides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |key| one[key].as_str().unwrap().to_owned();
            (text("ParameterKey"), text("ParameterValue"))
        })
        .collect();
    let conditions = &template["Conditions"];
    let role = &template["Resources"]["Role"];
    let condition = &conditions[role["Condition"].as_str().unwrap()];
    if resolve(condition, &parameters, conditions) != json!(true) {
        return None;
    }
    let role = resolve(&role["Properties"], &parameters, conditions);
    let list = |key: &str| role[key].as_array().unwrap().clone();
    let managed = list("ManagedPolicyArns");
    let managed = managed
        .iter()
        .map(|arn| Attached { arn: arn.as_str().unwrap().to_owned(), document: None });
    let inline = list("Policies");
    let inline = inline.iter().map(|policy| {
        (policy["PolicyName"].as_str().unwrap().to_owned(), policy["PolicyDocument"].clone())
    });
    Some(LiveRole {
        trust: role["AssumeRolePolicyDocument"].clone(),
        managed: Ok(managed.collect()),
        inline: Ok(inline.collect()),
        max_session: role["MaxSessionDuration"].as_str().unwrap().parse().unwrap(),
        boundary: None,
    })
}

#[test]
fn what_the_template_makes_is_what_is_expected() {
    let plan = plan();
    let text = cloudformation(&plan);
    let template = parse(&text);
    let all = overrides(&plan);
    assert_eq!(all.len(), plan.roles.len());
    let live: Vec<_> = all.iter().map(|one| deployed(&template, one).unwrap()).collect();
    for (expected, live) in plan.roles.iter().zip(&live) {
        assert_eq!(judge(expected, live), [], "{}", expected.account);
        assert_eq!(live.trust, expected.trust_policy());
        assert_eq!(live.inline.as_ref().unwrap()[0].1, expected.inline());
    }
    let pairs: Vec<_> = plan.roles.iter().zip(&live).collect();
    assert_eq!(judge_all(&pairs), []);
    // Each is wrong for the other's account.
    assert_ne!(judge(&plan.roles[0], &live[1]), []);
    let mut without = all[0].clone();
    without["ParameterOverrides"][1]["ParameterValue"] = json!("");
    assert_eq!(deployed(&template, &without), None);
}

#[test]
fn a_template_of_one_set_of_levels_has_no_choices() {
    let targets = [account("acme", "production", "333333333301", &[DataLevel::Logs])];
    let plan = Plan::of(&targets, &settings(), &Trusting::default()).unwrap();
    let text = cloudformation(&plan);
    assert!(!text.contains("Fn::If"));
    let live = deployed(&parse(&text), &overrides(&plan)[0]).unwrap();
    assert_eq!(judge(&plan.roles[0], &live), []);
    // Nothing at all is a template still.
    assert!(parse(&cloudformation(&Plan::default())).get("Resources").is_some());
}

#[test]
fn a_second_role_of_an_account_is_of_a_second_stack_set() {
    let mut other = account("acme", "tools", "333333333301", &[]);
    other.role = "TenkoTools".to_owned();
    let targets = [account("acme", "production", "333333333301", &[]), other];
    let plan = Plan::of(&targets, &settings(), &Trusting::default()).unwrap();
    let names: Vec<_> = overrides(&plan).iter().map(|one| one["StackSetName"].clone()).collect();
    assert_eq!(names, ["tenko-read-only", "tenko-read-only-2"]);
}

#[test]
fn terraform_has_every_role() {
    let text = terraform(&plan());
    for part in [
        "\"333333333301/TenkoReadOnly\" = {",
        "external_id = \"tenko-beta-333333333303\"",
        "levels      = \"logs.objects\"",
        "\"sts:ExternalId\" = each.value.external_id",
        "AWS = each.value.trusted",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn google_lets_in_those_that_are_named() {
    let text = google(&plan());
    for part in [
        "= [\"roles/browser\", \"roles/cloudasset.viewer\"]\n",
        "service = \"cloudresourcemanager.googleapis.com\"",
        "service = \"iamcredentials.googleapis.com\"",
        "service = \"iam.googleapis.com\"",
        "disable_on_destroy = false",
        "member  = \"group:platform@example.com\"",
        "project = \"beta-analytics\"",
        "role               = \"roles/iam.serviceAccountTokenCreator\"",
        "role               = \"roles/iam.serviceAccountViewer\"",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    // The proof of a login refuses an account that has one of these.
    assert!(!text.contains("roles/viewer") && !text.contains("securityReviewer"));
}

#[test]
fn hostile_names_stay_names() {
    // What comes from the manifest and has no form of its own: tenants and environments, in comments.
    let evil = "x\n}\nresource \"evil\" \"x\" {\u{2028}\u{202e}${file(\"/etc/passwd\")}%{for}";
    let mut target = account(evil, evil, "333333333301", &[]);
    target.external_id = Some("tenko-x".to_owned());
    let mut cloud = project(evil, evil, "acme-prod");
    cloud.tenant_name = evil.to_owned();
    let google_too = BTreeSet::from(["group:a@example.com".to_owned()]);
    let trusting = Trusting { aws: None, google: google_too };
    let plan = Plan::of([&target, &cloud], &settings(), &trusting).unwrap();
    for text in [cloudformation(&plan), terraform(&plan), google(&plan)] {
        for line in text.lines() {
            assert!(!line.contains("evil") || line.starts_with('#'), "{line}");
        }
        assert!(!text.contains('\u{2028}') && !text.contains('\u{202e}'));
    }
    parse(&cloudformation(&plan));
    assert_eq!(comment("a\r\n\u{85}b\u{1b}[2J"), "a\\r\\n\\u{85}b\\u{1b}[2J");
    assert_eq!(
        hcl_text("${x} %{y} $ % \"\\\n\u{2028}😀"),
        r#""$${x} %%{y} $ % \"\\\u000a\u2028\U0001f600""#
    );
}

#[test]
fn values_are_written_as_they_are_read() {
    let node = map([
        ("Plain", "on".into()),
        ("with: colon", Node::Number(7)),
        ("Empty", Node::List(Vec::new())),
        (
            "Nested",
            Node::List(vec![
                map([
                    ("a", "x: y # z".into()),
                    ("b", Node::List(vec!["1".into(), map([("c", "d".into())])])),
                ]),
                "- no list".into(),
            ]),
        ),
    ]);
    let text = yaml(&node, 0);
    assert_eq!(parse(&text), crate::bootstrap::node::json(&node), "{text}");
    assert_eq!(
        hcl(&node, 0),
        "{\n  Plain         = \"on\"\n  \"with: colon\" = 7\n  Empty         = []\n  Nested = [\n    {\n      a = \"x: y # z\"\n      b = [\n        \"1\",\n        {\n          c = \"d\"\n        },\n      ]\n    },\n    \"- no list\",\n  ]\n}"
    );
}
