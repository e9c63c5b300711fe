//! The engine against a fake of our own: emulators don't page and don't deny.

use std::sync::Mutex;

use super::*;
use crate::wire::error::DeniedBy;
use crate::wire::service::Services;
use crate::wire::typedef::TypeDef;

/// Answers by operation and input, from a function.
struct Fake<F> {
    answer: F,
    calls: Mutex<Vec<(String, Value)>>,
}

type Answer = Result<Value, (ErrorClass, &'static str)>;

impl<F: Fn(&str, &Value) -> Answer + Send + Sync> Caller for Fake<F> {
    fn call<'a>(
        &'a self,
        op: &'a WireOperation,
        input: &'a Value,
    ) -> BoxFuture<'a, Result<Value, CallError>> {
        Box::pin(async move {
            self.calls.lock().expect("lock").push((op.name.clone(), input.clone()));
            (self.answer)(&op.name, input).map_err(|(class, code)| {
                let mut error = CallError::new(class, &op.service.key, &op.name, "fake");
                error.code = Some(code.to_owned());
                error
            })
        })
    }
}

const DENIED: (ErrorClass, &str) = (ErrorClass::Denied(DeniedBy::Unknown), "AccessDenied");

const QUEUES: &str = r#"
type = "T"
service = "sqs"
title = "t"
doc = "d"
id = ".Id"
tags = ".Tags | tagmap"
attributes = "{Id, V, Policy}"
[list]
operation = "List"
items = ".Items[]?"
token_in = "Token"
token_out = ".Next"
"#;

const POLICY: &str = r#"
[[hydrate]]
operation = "Get"
input = "{Id}"
out = ".Policy"
into = "Policy"
gone = ["NoSuchQueue"]
absent = ["NoSuchPolicy"]
provides = ["Policy"]
"#;

async fn run(
    def: &str,
    answer: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static,
) -> (Vec<TypeEvent>, Vec<(String, Value)>) {
    let services = Services::embedded().expect("services.toml parses");
    let def = TypeDef::parse("test", def).expect("parses");
    let ty = Arc::new(WireType::compile(def, &services).expect("compiles"));
    let caller = Arc::new(Fake { answer, calls: Mutex::default() });
    let place =
        Place { account: "1".to_owned(), region: "r".to_owned(), partition: "aws".to_owned() };
    let events = collect(ty, caller.clone(), &place).collect().await;
    let calls = caller.calls.lock().expect("lock").clone();
    (events, calls)
}

fn ids(events: &[TypeEvent]) -> Vec<&str> {
    events
        .iter()
        .flat_map(|event| match event {
            TypeEvent::Records(records) => records.iter().map(|r| r.id.as_str()).collect(),
            _ => Vec::new(),
        })
        .collect()
}

fn records(events: &[TypeEvent]) -> Vec<&MappedRecord> {
    events
        .iter()
        .filter_map(|event| match event {
            TypeEvent::Records(records) => Some(records),
            _ => None,
        })
        .flatten()
        .collect()
}

fn problems(events: &[TypeEvent]) -> Vec<&Problem> {
    events
        .iter()
        .filter_map(|event| match event {
            TypeEvent::Problem(problem) => Some(problem),
            _ => None,
        })
        .collect()
}

fn failure(events: &[TypeEvent]) -> Option<ErrorClass> {
    match events.last() {
        Some(TypeEvent::Failed(error)) => Some(error.class),
        _ => None,
    }
}

/// A listing of three pages, the second of them empty.
fn pages(input: &Value) -> Value {
    match input.get("Token").and_then(Value::as_str) {
        None => json!({"Items": [{"Id": "a"}], "Next": "1"}),
        Some("1") => json!({"Items": [], "Next": "2"}),
        Some(_) => json!({"Items": [{"Id": "b"}], "Next": ""}),
    }
}

#[tokio::test]
async fn all_pages_are_read_even_behind_an_empty_one() {
    let (events, calls) = run(QUEUES, |_, input| Ok(pages(input))).await;
    assert_eq!(ids(&events), ["a", "b"]);
    assert_eq!((failure(&events), calls.len()), (None, 3));
}

#[tokio::test]
async fn a_token_that_comes_back_ends_the_listing_as_incomplete() {
    let (events, calls) =
        run(QUEUES, |_, _| Ok(json!({"Items": [{"Id": "a"}], "Next": "same"}))).await;
    assert_eq!(ids(&events), ["a"]);
    assert_eq!((failure(&events), calls.len()), (Some(ErrorClass::InvalidResponse), 2));
}

#[tokio::test]
async fn a_failing_page_leaves_what_came_before() {
    let (events, _) = run(QUEUES, |_, input| {
        if input.get("Token").is_some() {
            return Err((ErrorClass::Throttled, "Throttling"));
        }
        Ok(pages(input))
    })
    .await;
    assert_eq!(ids(&events), ["a"]);
    assert_eq!(failure(&events), Some(ErrorClass::Throttled));
}

#[tokio::test]
async fn equal_duplicates_are_dropped_and_others_reported() {
    let (events, _) = run(QUEUES, |_, _| {
        Ok(json!({"Items": [{"Id": "a", "V": 1}, {"Id": "a", "V": 1}, {"Id": "a", "V": 2}]}))
    })
    .await;
    assert_eq!(ids(&events), ["a"]);
    assert_eq!(problems(&events).iter().map(|p| p.lost).collect::<Vec<_>>(), [Lost::Record]);
}

#[tokio::test]
async fn a_record_that_can_not_be_mapped_is_a_problem_and_not_a_hole() {
    let (events, _) =
        run(QUEUES, |_, _| Ok(json!({"Items": [{"Id": 5}, {"Id": "b", "Tags": 1}, {"Id": "c"}]})))
            .await;
    assert_eq!(ids(&events), ["c"]);
    assert_eq!(problems(&events).len(), 2);
}

#[tokio::test]
async fn a_denied_call_leaves_the_record_and_names_what_is_unknown() {
    let (events, _) = run(&format!("{QUEUES}{POLICY}"), |name, input| match (name, &input["Id"]) {
        ("List", _) => Ok(json!({"Items": [{"Id": "a"}, {"Id": "b"}, {"Id": "c"}, {"Id": "d"}]})),
        (_, id) if id == "a" => Ok(json!({"Policy": {"x": null, "y": 1}})),
        (_, id) if id == "b" => Err((ErrorClass::NotFound, "NoSuchQueue")),
        (_, id) if id == "c" => Err((ErrorClass::NotFound, "NoSuchPolicy")),
        _ => Err(DENIED),
    })
    .await;
    let records = records(&events);
    assert_eq!(records.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["a", "c", "d"]);
    assert_eq!(records[0].attributes["Policy"], json!({"y": 1}));
    assert!(records[1].unknown.is_empty() && !records[1].attributes.contains_key("Policy"));
    assert_eq!(records[2].unknown, ["Policy"]);
    let problems = problems(&events);
    assert_eq!((problems.len(), problems[0].record.as_deref()), (1, Some("d")));
    assert_eq!(
        (problems[0].lost, &*problems[0].unknown),
        (Lost::Attributes, &["Policy".to_owned()][..])
    );
}

#[tokio::test]
async fn expired_credentials_end_the_unit() {
    let (events, calls) = run(&format!("{QUEUES}{POLICY}"), |name, _| match name {
        "List" => Ok(json!({"Items": [{"Id": "a"}], "Next": "1"})),
        _ => Err((ErrorClass::Expired, "ExpiredToken")),
    })
    .await;
    assert_eq!(
        (ids(&events).len(), failure(&events), calls.len()),
        (0, Some(ErrorClass::Expired), 2)
    );
}

#[tokio::test]
async fn nothing_configured_is_no_record_and_no_error() {
    let def = format!("{QUEUES}absent = [\"NoSuchEntity\"]");
    let (events, _) = run(&def, |_, _| Err((ErrorClass::NotFound, "NoSuchEntity"))).await;
    assert!(events.is_empty(), "{events:?}");
}

#[tokio::test]
async fn batches_tell_vanished_from_undescribed() {
    let def = format!(
        "{QUEUES}{}",
        r#"
[[hydrate]]
operation = "Describe"
input = "{Ids: map(.Id)}"
batch = 2
items = ".Found[]?"
key = ".Id"
on = ".Id"
failures = ".Failures[]? | {key: .Id, reason: .Why}"
gone = ["MISSING"]
into = "Policy"
provides = ["*"]
"#
    );
    let (events, calls) = run(&def, |name, input| match name {
        "List" => Ok(json!({"Items": [{"Id": "a"}, {"Id": "b"}, {"Id": "c"}, {"Id": "d"}]})),
        _ if input["Ids"] == json!(["a", "b"]) => {
            Ok(json!({"Found": [{"Id": "b"}], "Failures": [{"Id": "a", "Why": "MISSING"}]}))
        }
        _ => Ok(json!({"Found": [{"Id": "c"}]})),
    })
    .await;
    let records = records(&events);
    assert_eq!(records.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["b", "c", "d"]);
    assert_eq!((records[2].unknown.len(), &records[2].tags), (1, &None));
    assert_eq!((problems(&events).len(), calls.len()), (1, 3));
}

#[tokio::test]
async fn one_parent_that_can_not_be_listed_hides_only_its_own() {
    let def = format!(
        "{}input = \"{{Parent}}\"\n{}",
        QUEUES,
        r#"
[before]
operation = "Parents"
items = ".Parents[]"
into = "Parent"
"#
    );
    let (events, _) = run(&def, |name, input| match name {
        "Parents" => Ok(json!({"Parents": ["p", "q", "r"]})),
        _ if input["Parent"] == "q" => Err(DENIED),
        _ => Ok(json!({"Items": [{"Id": input["Parent"]}]})),
    })
    .await;
    assert_eq!((ids(&events), failure(&events)), (vec!["p", "r"], None));
    assert_eq!(problems(&events).iter().map(|p| p.lost).collect::<Vec<_>>(), [Lost::Records]);
}

#[tokio::test]
async fn a_listing_is_made_for_each_of_what_the_file_names() {
    let def = format!(
        "{QUEUES}{}",
        "input = \"{Parent}\"\ngone = [\"NoSuchParent\"]\n[over]\ninto = \"Parent\"\nvalues = [\"p\", \"q\", \"r\"]\n"
    );
    let listed = |input: &Value| Ok(json!({"Items": [{"Id": input["Parent"]}]}));
    let one_denied = move |_: &str, input: &Value| match input["Parent"].as_str() {
        Some("p") => Err((ErrorClass::NotFound, "NoSuchParent")),
        Some("q") => listed(input),
        _ => Err(DENIED),
    };
    let (events, _) = run(&def, one_denied).await;
    assert_eq!((ids(&events), failure(&events)), (vec!["q"], Some(DENIED.0)));
    // Nothing was read, so the unit is denied and not in part.
    let (events, calls) = run(&def, |_, _| Err(DENIED)).await;
    assert_eq!(failure(&events), Some(DENIED.0));
    assert_eq!((events.len(), calls.len()), (1, 1));
}

const REPORT: &str = r#"
type = "T"
service = "iam"
title = "t"
doc = "d"
id = ".user"
attributes = "{User: .user, At}"
[prepare]
operation = "Make"
until = '.State == "COMPLETE"'
[list]
operation = "Get"
csv = ".Content | @base64d"
items = ".At as $at | .Rows[] | . + {At: $at}"
"#;

#[tokio::test(start_paused = true)]
async fn a_listing_waits_until_the_service_is_ready() {
    let tries = std::sync::atomic::AtomicU32::new(0);
    let (events, calls) = run(REPORT, move |name, _| match name {
        "Make" if tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2 => {
            Ok(json!({"State": "STARTED"}))
        }
        "Make" => Ok(json!({"State": "COMPLETE"})),
        // `user,b` and `a,1`.
        _ => Ok(json!({"Content": "dXNlcixiCmEsMQo=", "At": "now"})),
    })
    .await;
    let names: Vec<_> = calls.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Make", "Make", "Make", "Get"]);
    assert_eq!((ids(&events), failure(&events)), (vec!["a"], None));
}

#[tokio::test(start_paused = true)]
async fn a_table_gives_a_record_a_line() {
    let report = |content: &str| {
        let content = content.to_owned();
        run(REPORT, move |name, _| match name {
            "Make" => Ok(json!({"State": "COMPLETE"})),
            _ => Ok(json!({"Content": content, "At": "now"})),
        })
    };
    // `user,b`, `a,1`, `"x, ""y""",2`
    let (events, _) = report("dXNlcixiCmEsMQoieCwgIiJ5IiIiLDIK").await;
    assert_eq!((ids(&events), failure(&events)), (vec!["a", "x, \"y\""], None));
    assert_eq!(records(&events)[0].attributes["At"], "now");
    // A line too short, no base64, nothing.
    for content in ["dXNlcixiCmEK", "%%%", ""] {
        let (events, _) = report(content).await;
        assert_eq!(ids(&events), [""; 0], "{content}");
        assert_eq!(failure(&events), Some(ErrorClass::InvalidResponse), "{content}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_never_ready_is_not_waited_for_without_end() {
    let before = tokio::time::Instant::now();
    let (events, calls) = run(REPORT, |_, _| Ok(json!({"State": "INPROGRESS"}))).await;
    assert_eq!((failure(&events), calls.len()), (Some(ErrorClass::Unreachable), 30));
    assert!(before.elapsed().as_secs() < 150, "{:?}", before.elapsed());
    let (events, calls) = run(REPORT, |_, _| Err(DENIED)).await;
    assert_eq!((failure(&events), calls.len()), (Some(DENIED.0), 1));
}

#[tokio::test]
async fn what_a_join_lacks_is_unknown() {
    let def = format!(
        "{QUEUES}{}",
        r#"
[[join]]
operation = "Join"
items = ".Items[]?"
key = ".Id"
on = ".Id"
into = "Policy"
provides = ["Policy"]
"#
    );
    let list = || Ok(json!({"Items": [{"Id": "a"}, {"Id": "b"}]}));
    let (events, _) = run(&def, move |name, _| match name {
        "List" => list(),
        _ => Ok(json!({"Items": [{"Id": "a"}]})),
    })
    .await;
    let unknown: Vec<_> = records(&events).iter().map(|r| r.unknown.len()).collect();
    assert_eq!((unknown, problems(&events).len()), (vec![0, 1], 0));
    let (events, _) =
        run(&def, move |name, _| if name == "List" { list() } else { Err(DENIED) }).await;
    let unknown: Vec<_> = records(&events).iter().map(|r| r.unknown.len()).collect();
    assert_eq!((unknown, problems(&events).len()), (vec![1, 1], 1));
}
