use serde_json::json;

use super::*;

fn paths(expected: Value, actual: Value) -> Vec<String> {
    policy_changes(&expected, &actual).iter().map(|c| c.path.to_string()).collect()
}

fn one(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

#[test]
fn forms_of_one_meaning() {
    let allow = |key: &str, value: Value| one(json!({"Effect": "Allow", key: value}));
    for (key, a, b) in [
        ("Action", json!("s3:GetObject"), json!(["S3:getobject", "s3:GetObject"])),
        ("Resource", json!(["a", "b"]), json!(["b", "a"])),
        ("Principal", json!("*"), json!({"AWS": ["*"]})),
        (
            "Principal",
            json!({"AWS": ["111122223333"], "Service": "x"}),
            json!({"Service": ["x"], "AWS": "arn:aws-cn:iam::111122223333:root"}),
        ),
        (
            "Condition",
            json!({"Bool": {"a": "true"}, "NumericEquals": {"n": 1.0}}),
            json!({"NumericEquals": {"n": ["1"]}, "Bool": {"a": true}}),
        ),
        ("Condition", json!({}), json!(null)),
        ("Sid", json!(""), json!(null)),
    ] {
        let (a, b) = (allow(key, a), allow(key, b));
        assert_eq!(policy_changes(&a, &b), [], "{a} {b}");
        assert_eq!(policy_changes(&b, &a), [], "{b} {a}");
    }
    let single = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*"}});
    let twice = json!([{"Effect": "Deny", "Action": ["*"]}, {"Effect": "Deny", "Action": "*"}]);
    assert_eq!(
        paths(single, json!({"Version": "2012-10-17", "Id": "", "Statement": twice})),
        [""; 0]
    );
    let old = |version| json!({"Version": version, "Statement": []});
    assert_eq!(paths(json!({"Statement": []}), old("2008-10-17")), [""; 0]);
}

#[test]
fn changes_stand_at_the_part_that_changed() {
    let base = json!({
        "Sid": "a", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:x",
        "Principal": {"AWS": "111122223333", "Service": "x"},
        "Condition": {"StringLike": {"aws:x": "a", "aws:y": "b"}},
    });
    let changed = |key: &str, value: Value| {
        let mut other = base.clone();
        other[key] = value;
        paths(one(base.clone()), one(other))
    };
    assert_eq!(changed("Effect", json!("Deny")), ["Statement[0].Effect"]);
    assert_eq!(changed("Sid", json!("b")), ["Statement[0].Sid"]);
    assert_eq!(changed("Resource", json!("ARN:x")), ["Statement[0].Resource"]);
    assert_eq!(changed("Action", json!(["s3:Get*"])), ["Statement[0].Action"]);
    assert_eq!(
        changed("Principal", json!({"AWS": "111122223334", "Service": "x"})),
        ["Statement[0].Principal.AWS"]
    );
    assert_eq!(
        changed("Condition", json!({"StringLike": {"aws:x": "a", "aws:y": "c"}})),
        ["Statement[0].Condition.StringLike.aws:y"]
    );
    assert_eq!(changed("Condition", json!(null)), ["Statement[0].Condition"]);
    let version = json!({"Statement": [base]});
    assert_eq!(paths(one(version["Statement"][0].clone()), version), ["Version"]);
}

#[test]
fn statements_are_paired_by_sid_then_by_what_they_have_in_common() {
    let statement = |sid: &str, action: &str, resource: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource});
    let of = |list: Vec<Value>| json!({"Version": "2012-10-17", "Statement": list});
    let (a, b, c) =
        (statement("a", "x:A", "1"), statement("", "x:B", "2"), statement("", "x:C", "3"));
    let actual = of(vec![c.clone(), statement("", "x:B", "9"), statement("a", "x:Z", "1")]);
    let expected = of(vec![a.clone(), b.clone(), c.clone()]);
    assert_eq!(paths(expected, actual), ["Statement[1].Resource", "Statement[2].Action"]);
    assert_eq!(paths(of(vec![a.clone(), c.clone()]), of(vec![c.clone()])), ["Statement[1]"]);
    assert_eq!(paths(of(vec![c.clone()]), of(vec![b, c])), ["Statement[0]"]);
}

#[test]
fn only_what_holds_statements_is_a_document() {
    assert!(policy_document(&json!({"Statement": [{"Effect": "Allow"}]})).is_some());
    assert!(policy_document(&json!("{\"Statement\": {\"Effect\": \"Allow\"}}")).is_some());
    // A rule of a web ACL.
    assert!(policy_document(&json!({"Statement": {"RateBasedStatement": {}}})).is_none());
    assert!(policy_document(&json!("{\"Statement\": [")).is_none());
    assert!(policy_document(&json!(["Statement"])).is_none());
}
