//! Whatever the text and the attributes are, there is an answer or an error, and soon.

mod common;

use std::time::{Duration, Instant};

use common::evaluate;
use proptest::prelude::*;
use serde_json::json;
use tenko_cel::{Expression, Over};

fn compile(text: &str) -> Option<Expression> {
    let begun = Instant::now();
    let compiled = Expression::compile(text, Over::Resource);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?} for {text}", begun.elapsed());
    match compiled {
        Ok(expression) => Some(expression),
        Err(error) => {
            assert!(error.message.len() < 1000 && !error.message.is_empty(), "{error}");
            let line = text.split('\n').nth(error.line as usize - 1).unwrap_or_default();
            assert!(error.column >= 1, "{text}");
            assert!(error.column as usize <= line.chars().count() + 2, "{error:?} in {text:?}");
            None
        }
    }
}

#[test]
fn what_is_nested_without_end_is_refused() {
    for part in [
        "(",
        "[",
        "{",
        "!",
        "-",
        "a?",
        "a?b:",
        "a.",
        "a[",
        "f(",
        "'",
        "\"",
        "\\",
        "{1:",
        "a in ",
        "1+",
        "a&&(",
        "[[1].all(x,",
        "has(",
        "//\n(",
        "`",
        "a||b&&",
        ")",
        "\u{0}",
        "é",
        "1.",
        "0x",
        "r'",
        "b\"\"\"",
        "@",
        "\r",
        "&",
        "x ? [",
    ] {
        for times in [31, 99, 1_000, 100_000] {
            compile(&part.repeat(times));
        }
    }
    let closed = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
    assert!(compile(&closed(20)).is_some());
    let error = Expression::compile(&closed(21), Over::Resource).unwrap_err();
    assert_eq!((error.column, error.message.as_str()), (21, "the expression is nested too deep"));
    let error = Expression::compile(&closed(100_000), Over::Resource).unwrap_err();
    assert_eq!(error.message, "the expression is longer than 10000 characters");
}

/// The highest tree that is let through is parsed, checked, evaluated and dropped on the stack of
/// a thread of rayon, which is that of a test.
#[test]
fn the_highest_tree_fits_on_the_stack() {
    for text in [
        format!("{}true{}", "(".repeat(20), ")".repeat(20)),
        format!("{}true", "!".repeat(32)),
        format!("1{} > 0", "+1".repeat(31)),
        format!("true{}", " == true".repeat(32)),
        format!("{}true in [true]{}", "[".repeat(10), "] != []".repeat(10)),
        format!("{}true", "true ? true : ".repeat(32)),
        format!("{}true{}", "(true ? true : ".repeat(16), ")".repeat(16)),
        format!("{}1{} > 0", "(1 + -".repeat(10), ")".repeat(10)),
        format!("{}1{} != []", "[".repeat(20), "]".repeat(20)),
        format!("{}1{} != {{}}", "{1:".repeat(20), "}".repeat(20)),
        format!("{}1{} > 0", "size([".repeat(10), "])".repeat(10)),
        format!("[1].all(a, [1].all(b, [1].all(c, 1{} > 0)))", "+1".repeat(22)),
    ] {
        let answer = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                assert!(compile(&text).is_some(), "{text}");
                evaluate(&text, &json!({}))
            })
            .unwrap();
        assert_eq!(answer.join().unwrap(), Ok(true));
    }
}

#[test]
fn long_lists_and_conditions_compile() {
    let names = (0..600).map(|i| format!("'name-{i}'")).collect::<Vec<_>>().join(", ");
    assert!(compile(&format!("resource.name in [{names}]")).is_some());
    let conditions = vec!["resource.name == 'x'"; 300].join(" || ");
    assert_eq!(evaluate(&conditions, &json!({})), Ok(false));
}

#[test]
fn loops_over_large_lists_end() {
    let many: Vec<_> = (0..3_000).collect();
    let attributes = json!({"L": many, "M": vec![json!({"N": many}); 10]});
    for text in [
        "resource.attributes.L.all(a, resource.attributes.L.all(b, a + b >= 0))",
        "resource.attributes.L.map(a, resource.attributes.L).size() > 0",
        "[resource.attributes.L].all(l, l.all(a, l.all(b, a + b >= 0)))",
        "[resource.attributes.L].all(l, l.map(a, l.filter(b, a + b >= 0)).size() > 0)",
        "[resource.attributes.L].exists_one(l, l.map(a, l.map(b, a)).size() > 0)",
    ] {
        let begun = Instant::now();
        let error = evaluate(text, &attributes).unwrap_err();
        assert_eq!(error.to_string(), "the loops of the expression go over too much", "{text}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?} for {text}", begun.elapsed());
    }
    for text in [
        "resource.attributes.L.all(a, a >= 0 && a < 3000)",
        "resource.attributes.L.map(a, a + 1).filter(a, a > 10).size() == 2990",
        "resource.attributes.M.all(m, m.N.exists(n, n == 100))",
    ] {
        assert_eq!(evaluate(text, &attributes), Ok(true), "{text}");
    }
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "resource", "scope", "environment", "now", ".", "tags", "attributes", "name", "A", "L",
            "created_at", "path", "[", "]", "(", ")", "{", "}", ",", ":", "?", "!", "-", "+", "*",
            "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", " in ", "has(", ".exists(x, ",
            ".all(y,", ".map(z, ", ".filter(x,", "size(", ".size()", "x", "y", "1", "2u", "1.5",
            "0x1F", "9223372036854775807", "1e400", "'a'", "\"b\"", "r'\\d'", "b'c'", "'''d'''",
            "true", "false", "null", "duration('1h')", "timestamp(", ".matches('a')", "type(",
            "int(", "string(", "double(", "\n", " ", "//", "\\", "'", "\"", "`", "@", "=", "é",
            ".?", "[?", "if", "@result", ".getHours(", "'Mars/Olympus'",
        ]).prop_map(ToOwned::to_owned),
        1 => "\\PC{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_refused_or_evaluated(text in "\\PC{0,60}") {
        if compile(&text).is_some() {
            let _ = evaluate(&text, &json!({"A": 1}));
        }
    }

    #[test]
    fn any_parts_are_refused_or_evaluated(parts in prop::collection::vec(part(), 0..30)) {
        let text = parts.concat();
        if compile(&text).is_some() {
            let _ = evaluate(&text, &json!({"A": 1, "L": [1, "x", {"A": null}]}));
        }
    }

    /// What the checks let through, over attributes of any kind.
    #[test]
    fn well_formed_ones_are_evaluated(
        left in operand(), right in operand(), operator in prop::sample::select(OPERATORS.to_vec()),
    ) {
        let text = format!("{left} {operator} {right}");
        if compile(&text).is_some() {
            let attributes = json!({"A": {"B": 1}, "L": [1, "x", {"A": null}], "S": "s"});
            if let Err(error) = evaluate(&text, &attributes) {
                let error = error.to_string();
                prop_assert!(!error.is_empty() && error.len() < 500, "{error}");
                prop_assert!(!error.contains('@'), "{error}");
            }
        }
    }
}

const OPERATORS: &[&str] = &["==", "!=", "<", ">=", "+", "-", "*", "/", "%", "in", "&&", "||"];

fn operand() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "resource.attributes.A",
        "resource.attributes.L",
        "resource.attributes.S",
        "resource.tags",
        "resource.attributes.A.B",
        "resource.attributes",
        "resource.created_at",
        "now",
        "1",
        "'a'",
        "true",
        "null",
        "[1, 2]",
        "{'a': 1}",
        "duration('1h')",
        "scope.path",
        "1.5",
        "2u",
        "b'x'",
        "resource.attributes.L[2].A",
        "resource.attributes.Gone",
        "int",
        "environment.stage",
    ])
    .prop_map(ToOwned::to_owned);
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(OPERATORS.to_vec()), inner.clone())
                .prop_map(|(a, operator, b)| format!("({a} {operator} {b})")),
            inner.clone().prop_map(|a| format!("size({a})")),
            inner.clone().prop_map(|a| format!("!{a}")),
            inner.clone().prop_map(|a| format!("type({a})")),
            inner.clone().prop_map(|a| format!("string({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}.exists(x, x == {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}.map(x, {b})")),
            inner.prop_map(|a| format!("(true ? {a} : {a})")),
        ]
    })
}

/// Whatever is at the edge of a type's range is an answer or an error, and no panic.
#[test]
fn numbers_and_times_at_their_edges() {
    let attributes = json!({
        "Min": i64::MIN, "Max": i64::MAX, "Large": u64::MAX, "Huge": 1e308, "Text": "é".repeat(100),
    });
    let names = ["Min", "Max", "Large", "Huge", "Text"].map(|n| format!("resource.attributes.{n}"));
    let others = [
        "-1",
        "0",
        "1",
        "0u",
        "18446744073709551615u",
        "1e308",
        "-0.0",
        "duration('1ns')",
        "now",
        "duration('2562047h')",
        "duration('-2562047h')",
        "timestamp('0001-01-01T00:00:00Z')",
        "timestamp('9999-12-31T23:59:59.999999999Z')",
        "''",
        "b''",
        "[]",
        "{}",
        "null",
    ];
    let all: Vec<&str> = names.iter().map(String::as_str).chain(others).collect();
    let mut evaluated = 0;
    for a in &all {
        let mut texts = vec![format!("-dyn({a}) == 0"), format!("dyn([1])[dyn({a})] == 1")];
        for function in
            ["int", "uint", "double", "string", "bytes", "timestamp", "duration", "size"]
        {
            texts.push(format!("{function}(dyn({a})) == dyn(0)"));
        }
        for function in ["getFullYear", "getHours", "getMilliseconds"] {
            texts.push(format!("dyn({a}).{function}() == 0"));
            texts.push(format!("dyn({a}).{function}(resource.attributes.Text) == 0"));
        }
        texts.push(format!("dyn({a}).matches(resource.attributes.Text)"));
        for b in &all {
            for operator in ["+", "-", "*", "/", "%", "in", "<", "=="] {
                texts.push(format!("(dyn({a}) {operator} dyn({b})) == dyn(0)"));
            }
        }
        for text in texts {
            let _ = evaluate(&text, &attributes);
            evaluated += 1;
        }
    }
    assert!(evaluated > 4_000, "{evaluated}");
}
