//! What a policy, or a list without order, says does not hang on how it is written.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use tenko_core::*;

use super::fixture::*;
use crate::diff;

const ACTIONS: [&str; 4] = ["s3:GetObject", "s3:Put*", "ec2:*", "*"];
const RESOURCES: [&str; 3] = ["arn:aws:s3:::a", "arn:aws:s3:::a/*", "*"];
const ACCOUNTS: [&str; 3] = ["111122223333", "arn:aws:iam::444455556666:role/x", "*"];

/// A statement in its plainest form: every list is a list.
fn a_statement() -> impl Strategy<Value = Value> {
    (
        select(vec!["", "one", "two"]),
        any::<bool>(),
        subsequence(&ACTIONS[..], 1..=4),
        subsequence(&RESOURCES[..], 1..=3),
        subsequence(&ACCOUNTS[..], 0..=3),
        subsequence(vec!["1", "true", "b"], 0..=3),
    )
        .prop_map(|(sid, allow, actions, resources, accounts, values)| {
            let mut statement = json!({
                "Sid": sid,
                "Effect": if allow { "Allow" } else { "Deny" },
                "Action": actions,
                "Resource": resources,
            });
            if !accounts.is_empty() {
                statement["Principal"] = json!({ "AWS": accounts });
            }
            if !values.is_empty() {
                statement["Condition"] = json!({"StringEquals": {"aws:x": values}});
            }
            statement
        })
}

fn a_policy() -> impl Strategy<Value = Value> {
    proptest::collection::vec(a_statement(), 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

/// Numbers that decide how each part of a document is written.
#[derive(Debug)]
struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    fn next(&mut self) -> usize {
        usize::from(self.0.next().unwrap_or(0))
    }

    fn coin(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn shuffle(&mut self, list: &mut Vec<Value>) {
        for i in 0..list.len() {
            let j = self.next() % list.len();
            list.swap(i, j);
        }
        if !list.is_empty() && self.coin() {
            list.push(list[self.next() % list.len()].clone());
        }
    }

    /// The same list in another order, with a repetition, or as one text.
    fn list(&mut self, value: &mut Value, form: fn(&str, bool) -> Value) {
        let Value::Array(list) = value else { return };
        self.shuffle(list);
        for item in list.iter_mut() {
            *item = form(item.as_str().unwrap(), self.coin());
        }
        if list.len() == 1 && self.coin() {
            *value = list[0].clone();
        }
    }

    fn policy(&mut self, policy: &Value) -> Value {
        let mut policy = policy.clone();
        let Value::Array(statements) = &mut policy["Statement"] else { return policy };
        self.shuffle(statements);
        for statement in statements.iter_mut() {
            self.statement(statement);
        }
        if statements.len() == 1 && self.coin() {
            policy["Statement"] = statements[0].clone();
        }
        if self.coin() { Value::from(policy.to_string()) } else { policy }
    }

    fn statement(&mut self, statement: &mut Value) {
        let as_is = |text: &str, _: bool| Value::from(text);
        let action = |text: &str, other: bool| {
            Value::from(if other { text.to_ascii_uppercase() } else { text.to_owned() })
        };
        let principal = |text: &str, other: bool| match text {
            "111122223333" if other => json!("arn:aws-us-gov:iam::111122223333:root"),
            text => json!(text),
        };
        let scalar = |text: &str, other: bool| match text {
            "1" if other => json!(1),
            "true" if other => json!(true),
            text => json!(text),
        };
        self.list(&mut statement["Action"], action);
        self.list(&mut statement["Resource"], as_is);
        if statement.get("Principal").is_some() {
            self.list(&mut statement["Principal"]["AWS"], principal);
            let everyone = statement["Principal"] == json!({"AWS": "*"});
            if everyone && self.coin() {
                statement["Principal"] = json!("*");
            }
        }
        if statement.get("Condition").is_some() {
            self.list(&mut statement["Condition"]["StringEquals"]["aws:x"], scalar);
        } else if self.coin() {
            statement["Condition"] = json!({});
        }
        if statement["Sid"] == "" && self.coin() {
            statement.as_object_mut().unwrap().remove("Sid");
        }
    }
}

/// Another policy than it was.
fn change(policy: &mut Value, what: u8) {
    if what == 0 {
        policy["Version"] = json!("2008-10-17");
        return;
    }
    let new = json!({"Sid": "new", "Effect": "Deny", "Action": ["new:New"], "Resource": ["new"]});
    let statements = policy["Statement"].as_array_mut().unwrap();
    if what == 1 {
        statements.push(new);
        return;
    }
    // Of a statement that is there twice the other one would still say what it said.
    let before = statements[0].clone();
    statements.retain(|s| *s != before);
    statements.insert(0, before);
    let first = &mut statements[0];
    match what {
        2 => first["Action"].as_array_mut().unwrap().push(json!("new:New")),
        3 => first["Resource"] = json!(["new"]),
        4 => first["Principal"] = json!({"Service": "new"}),
        5 => first["Condition"] = json!({"StringEquals": {"aws:x": ["new"]}}),
        6 => first["Sid"] = json!("new"),
        7 => first["NotAction"] = json!("new"),
        _ => first["Effect"] = json!("New"),
    }
}

fn dice() -> impl Strategy<Value = Dice> {
    proptest::collection::vec(any::<u8>(), 120).prop_map(|all| Dice(all.into_iter()))
}

/// The changes between a declared attribute and a live one.
fn differs(name: &str, matcher: Matcher, live: &Value) -> Vec<Change> {
    let mut claim = claim("T", "a", "prod");
    claim.attributes = vec![(AttrPath::key(name), matcher)];
    let mut declared = acme(vec![]);
    declared.claims = vec![claim];
    let live = resource(("1", "r1", "T", "a"), json!({ name: live }));
    let found = diff(&snapshot(&["1"], vec![live]), &declared, &catalog());
    found.drift.into_iter().flat_map(|d| d.changes).collect()
}

/// Any value, with the keys and texts that mean something to the comparison.
fn any_value() -> impl Strategy<Value = Value> {
    let text = select(vec!["", "0", "false", "[", "{\"a\": [1]}", "arn:x", "projects/p", "*", "b"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3_i8).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    let key = select(vec!["Statement", "Effect", "Principal", "AWS", "Condition", "Action", "a"]);
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_form_of_a_policy_never_changes_the_verdict(
        policy in a_policy(), mut one in dice(), mut two in dice(),
    ) {
        let (a, b) = (one.policy(&policy), two.policy(&policy));
        for matcher in [Matcher::Loose(a.clone()), Matcher::Exact(a.clone())] {
            prop_assert_eq!(differs("A", matcher, &b), vec![], "{} {}", a, b);
        }
    }

    #[test]
    fn a_change_of_a_policy_always_does(
        policy in a_policy(), what in 0..9_u8, mut one in dice(), mut two in dice(),
    ) {
        let mut changed = policy.clone();
        change(&mut changed, what);
        let (a, b) = (one.policy(&policy), two.policy(&changed));
        for (a, b) in [(&a, &b), (&b, &a)] {
            for matcher in [Matcher::Loose(a.clone()), Matcher::Exact(a.clone())] {
                prop_assert_ne!(differs("A", matcher, b), vec![], "{} {}", a, b);
            }
        }
    }

    #[test]
    fn the_order_of_a_set_never_changes_the_verdict(
        texts in subsequence(vec!["a", "b", "1", "arn:x", "true"], 0..=5),
        objects in subsequence(vec![1, 2, 3], 0..=3),
        mut one in dice(), mut two in dice(),
    ) {
        let texts: Vec<Value> = texts.into_iter().map(Value::from).collect();
        let objects: Vec<Value> = objects.iter().map(|p| json!({"p": p, "l": [p]})).collect();
        let mut forms = [texts.clone(), texts];
        one.shuffle(&mut forms[0]);
        two.shuffle(&mut forms[1]);
        let [mut a, mut b] = forms;
        a.splice(0..0, objects.iter().cloned());
        b.extend(objects.into_iter().rev());
        prop_assert_eq!(differs("Set", Matcher::Loose(json!(a)), &json!(b)), vec![]);
        b.push(json!("new"));
        let found = differs("Set", Matcher::Loose(json!(a)), &json!(b));
        prop_assert_eq!(&found[0].actual, &json!(["new"]));
        let found = differs("Set", Matcher::Loose(json!(b)), &json!(a));
        prop_assert_eq!((&found[0].expected, &found[0].actual), (&json!(["new"]), &json!([])));
    }

    #[test]
    fn any_value_is_as_it_is(value in any_value(), other in any_value()) {
        for name in ["A", "Set"] {
            for matcher in [Matcher::Loose(value.clone()), Matcher::Exact(value.clone())] {
                prop_assert_eq!(differs(name, matcher, &value), vec![]);
            }
            // Whatever these say, they say it.
            differs(name, Matcher::Loose(value.clone()), &other);
            differs(name, Matcher::Exact(value.clone()), &other);
            let items = vec![value.clone(), other.clone()];
            let list = json!(items);
            let keys = vec!["a".to_owned()];
            let by_keys = Matcher::Includes { items: items.clone(), keys, open: true };
            differs(name, by_keys, &list);
            let all = Matcher::Includes { items, keys: vec![], open: false };
            prop_assert_eq!(differs(name, all, &list), vec![]);
        }
    }
}
