//! What is wrong with an expression is said at its place.

use tenko_cel::{Expression, Over};
use tenko_core::AttrPath;

/// `line:column message (help)`.
fn said(text: &str, over: Over) -> String {
    let Err(error) = Expression::compile(text, over) else { return "ok".to_owned() };
    let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}:{} {}{help}", error.line, error.column, error.message)
}

/// `faults.txt` has an expression per paragraph, and below it what is said of it.
#[test]
fn faults_are_said_at_their_place() {
    let mut cases = 0;
    for case in include_str!("faults.txt").trim_end().split("\n\n") {
        let (text, expected) = case.split_once('\n').unwrap();
        assert_eq!(said(&text.replace('⏎', "\n"), Over::Resource), expected, "{text}");
        cases += 1;
    }
    assert!(cases > 90, "{cases}");
}

#[test]
fn over_scopes_there_is_no_resource() {
    assert_eq!(
        said("resource.name == \"x\"", Over::Scope),
        "1:1 `resource` is not there in a rule over accounts and projects (read `scope`, or give \
         the rule a `type` instead of `over`)"
    );
    assert_eq!(said("scope.management && environment == null", Over::Scope), "ok");
    assert_eq!(
        said("name == \"x\"", Over::Scope),
        "1:1 there is no variable `name` (did you mean `scope.name`?)"
    );
    assert_eq!(said("", Over::Scope), "1:1 the expression is empty");
}

#[test]
fn what_is_read_is_known() {
    for (text, expected) in [
        ("\"owner\" in resource.tags && resource.tags.owner == \"x\"", vec!["Tags.owner"]),
        (
            "resource.tags[\"a.b\"] == \"x\" || size(resource.tags) > 0",
            vec!["Tags[\"a.b\"]", "Tags"],
        ),
        ("has(resource.attributes.A) && resource.attributes.A.B[0].C == 1", vec!["A", "A.B[0].C"]),
        ("resource.attributes.L.exists(l, l.P == 22)", vec!["L"]),
        ("\"A\" in resource.attributes", vec!["A"]),
        ("\"A\" in resource.attributes.L", vec!["L"]),
        ("resource.attributes[resource.name] == 1", vec![""]),
        ("scope.tags.owner == \"x\" && resource.name == \"\" && now > now", vec![]),
    ] {
        let expression = Expression::compile(text, Over::Resource).unwrap();
        let paths: Vec<_> = expression.attributes().iter().map(ToString::to_string).collect();
        assert_eq!(paths, expected, "{text}");
    }
    let all = Expression::compile("size(resource.attributes) > 3", Over::Resource).unwrap();
    assert!(all.attributes().iter().any(|path| path.covers(&AttrPath::key("Anything"))));
}
