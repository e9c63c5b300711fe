//! What is a document (UG reference_policies_grammar.html).

use super::*;

#[test]
fn one_or_a_list_of_everything_is_the_same() {
    let one = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": {"AWS": "*"},
        "Condition": {"Bool": {"aws:SecureTransport": true}},
    }});
    let many = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"], "Principal": {"AWS": ["*"]},
        "Condition": {"Bool": {"aws:SecureTransport": ["true"]}},
    }]});
    assert_eq!(parse(one.clone()), parse(many));
    assert_eq!(parse(Value::String(one.to_string())), parse(one));
}

#[test]
fn what_is_not_a_policy_is_an_error() {
    let statement = |more: Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "a:b", "Resource": "*"});
        for (key, value) in more.as_object().unwrap() {
            match value {
                Value::Null => statement.as_object_mut().unwrap().remove(key),
                value => statement.as_object_mut().unwrap().insert(key.clone(), value.clone()),
            };
        }
        json!({"Statement": [statement]})
    };
    assert!(Document::parse(&statement(json!({}))).is_ok());
    let cases = [
        (json!(null), Malformed::NotADocument),
        (json!([]), Malformed::NotADocument),
        (json!("{"), Malformed::NotJson),
        (json!(""), Malformed::NotJson),
        (json!("%7B%22Statement%22%3A%5B%5D%7D"), Malformed::NotJson),
        (json!("x".repeat(300_000)), Malformed::TooLarge),
        (json!({}), Malformed::NotADocument),
        (json!({"Statement": "x"}), Malformed::NotADocument),
        (json!({"Statement": [], "Statements": []}), Malformed::NotADocument),
        (json!({"Version": "2013", "Statement": []}), Malformed::Version),
        (json!({"Version": 2012, "Statement": []}), Malformed::Version),
        (json!({"Statement": [1]}), Malformed::Statement(0, "the form")),
        (statement(json!({"Effect": null})), Malformed::Statement(0, "Effect")),
        (statement(json!({"Effect": "allow"})), Malformed::Statement(0, "Effect")),
        (statement(json!({"Action": null})), Malformed::Statement(0, "Action")),
        (statement(json!({"Action": []})), Malformed::Statement(0, "Action")),
        (statement(json!({"Action": [1]})), Malformed::Statement(0, "Action")),
        (statement(json!({"NotAction": "a:c"})), Malformed::Statement(0, "Action")),
        (statement(json!({"NotResource": "*"})), Malformed::Statement(0, "Resource")),
        (statement(json!({"Resource": {"a": "b"}})), Malformed::Statement(0, "Resource")),
        (statement(json!({"Principal": "me"})), Malformed::Statement(0, "Principal")),
        (statement(json!({"Principal": {}})), Malformed::Statement(0, "Principal")),
        (statement(json!({"Principal": {"AWS": []}})), Malformed::Statement(0, "Principal")),
        (statement(json!({"Principal": {"Gcp": "*"}})), Malformed::Statement(0, "Principal")),
        (statement(json!({"Condition": []})), Malformed::Statement(0, "Condition")),
        (statement(json!({"Condition": {"Bool": "x"}})), Malformed::Statement(0, "Condition")),
        (
            statement(json!({"Condition": {"Bool": {"a:b": {}}}})),
            Malformed::Statement(0, "Condition"),
        ),
        (
            json!({"Statement": vec![json!({"Effect": "Deny", "Action": "*"}); 3_000]}),
            Malformed::TooLarge,
        ),
        (statement(json!({"Action": vec!["*"; 5_000]})), Malformed::TooLarge),
        (statement(json!({"Actoin": "s3:*"})), Malformed::Statement(0, "an element")),
        (statement(json!({"Resource": "x".repeat(300_000)})), Malformed::TooLarge),
    ];
    for (value, error) in cases {
        assert_eq!(Document::parse(&value), Err(error.clone()), "{value}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn statements_are_named() {
    let document = document(json!([
        {"Effect": "Allow", "Action": "a:b", "Resource": "*"},
        {"Sid": "Two", "Effect": "Deny", "Action": "a:b", "Resource": "*"},
    ]));
    let names: Vec<_> = document.statements.iter().map(Statement::to_string).collect();
    assert_eq!(names, ["statement 1", "the statement \"Two\""]);
}

/// UG reference_policies_elements_version.html: without a version, `${aws:username}` is plain.
#[test]
fn variables_are_of_the_newer_version() {
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/${aws:username}"});
    let may = |version: Option<&str>, resource: &str| {
        let mut value = json!({"Statement": statement});
        if let Some(version) = version {
            value["Version"] = json!(version);
        }
        ask(&parse(value), Caller::Unknown, "s3:GetObject", resource)
    };
    let (ann, plain) = ("arn:aws:s3:::b/ann", "arn:aws:s3:::b/${aws:username}");
    let unknown = possible([Reason::Variable("aws:username".to_owned())]);
    for old in [None, Some("2008-10-17")] {
        assert_eq!(may(old, ann), certain(Outcome::NotAllowed));
        assert_eq!(may(old, plain), certain(Outcome::Allowed));
    }
    assert_eq!(may(Some("2012-10-17"), ann), unknown);
    assert_eq!(may(Some("2012-10-17"), "arn:aws:s3:::c/ann"), certain(Outcome::NotAllowed));
}

#[test]
fn a_document_is_never_compared_for_long() {
    let stars = "*a".repeat(60_000);
    let document = document(json!({"Effect": "Allow", "Action": "s3:*", "Resource": stars}));
    let resource = "a".repeat(60_000);
    let answer = ask(&document, Caller::Unknown, "s3:GetObject", &resource);
    assert_eq!(answer, possible([Reason::TooLong]));
}
