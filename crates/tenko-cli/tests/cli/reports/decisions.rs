//! `tenko suppress` and `tenko accept`, and what the next audit makes of them.

use serde_json::{Value, json};
use tenko_testkit::sim::SimCloud;

use super::{flat, latest, past, runs, toured};
use crate::clouds::{self, ACME};
use crate::tool::{Tool, at, list};

const DECIDED: [&str; 6] =
    ["--reason", "a test of restores", "--expires", "2099-12-31", "--ticket", "OPS-123"];

/// A small cloud as it was declared, and then three volumes are not.
async fn changed() -> (SimCloud, Tool) {
    let (cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init", "--depth", "attributes"]);
    clouds::change(&cloud);
    (cloud, tool)
}

/// An audit as a document; the rules are not what most tests are about.
fn audit(tool: &Tool, code: i32) -> Value {
    tool.drifts(code, &["audit", "-q", "--format", "json"]).json()
}

fn drift<'a>(document: &'a Value, id: &str) -> Option<&'a Value> {
    list(document, "/drift").iter().find(|one| at(one, "/resource/id") == id)
}

fn suppress<'a>(fingerprint: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["suppress", fingerprint][..], &DECIDED, more].concat()
}

/// The state and the number of matches of each suppression.
fn states(document: &Value) -> Vec<(&str, u64)> {
    let rows = list(document, "/suppressions").iter();
    rows.map(|row| (at(row, "/state"), row["matched"].as_u64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_holds_until_the_evidence_changes() {
    let (cloud, tool) = changed().await;
    let before = audit(&tool, 2);
    let one = drift(&before, "vol-2").unwrap();
    let fingerprint = at(one, "/fingerprint");
    assert_eq!(fingerprint.len(), 32);
    let ran = tool.ends(0, &suppress(&fingerprint[..8].to_uppercase(), &[]));
    let told = "suppressed until 2099-12-31: changed AWS::EC2::Volume data-vol-2";
    assert!(ran.text().starts_with(told), "{}", ran.stdout);
    assert!(ran.stderr.contains("written to suppressions.yaml"), "{}", ran.stderr);
    let text = tool.read("suppressions.yaml");
    for part in
        ["version: 1", fingerprint, "a test of restores", "2099-12-31", "OPS-123", "evidence:"]
    {
        assert!(text.contains(part), "no {part}:\n{text}");
    }
    // It is in the file, although the last run does not know yet.
    let words = ["failed to add to suppressions.yaml", "`expires`"];
    tool.fails(&words, &suppress(fingerprint, &[]));
    assert_eq!(tool.read("suppressions.yaml"), text);

    let ran = tool.drifts(2, &["audit", "-q"]);
    assert!(flat(ran.text()).starts_with("DRIFT: 2 differences in 1 tenant"), "{}", ran.stdout);
    assert!(flat(ran.text()).contains("1 difference suppressed"), "{}", ran.stdout);
    let after = latest(&tool);
    assert!(drift(&after, "vol-2").is_none());
    let kept = &list(&after, "/suppressed")[0];
    assert_eq!(at(kept, "/drift/resource/id"), "vol-2");
    assert_eq!((at(kept, "/reason"), at(kept, "/ticket")), ("a test of restores", "OPS-123"));
    assert_eq!(states(&after), [("active", 1)]);
    assert!(past(&after).is_empty(), "suppressed is not gone: {}", after["past"]);
    tool.fails(&["it is suppressed already"], &suppress(fingerprint, &[]));
    let ran = tool.ends(0, &["history"]);
    assert!(ran.stdout.lines().next().unwrap().contains("1 suppressed"), "{}", ran.stdout);

    // Its size is another one again: nobody decided on that.
    cloud.update(|world| {
        let acme = world.account_mut(ACME).unwrap();
        let volumes = acme.entry("eu-central-1", "ec2:DescribeVolumes").items.as_mut().unwrap();
        volumes.iter_mut().find(|one| one["volumeId"] == "vol-2").unwrap()["size"] = json!(100);
    });
    let rearmed = audit(&tool, 2);
    assert!(drift(&rearmed, "vol-2").is_some());
    assert_eq!(states(&rearmed), [("rearmed", 0)]);
    let text = flat(tool.ends(2, &["report"]).text()).to_lowercase();
    assert!(text.contains("re-armed") || text.contains("rearmed"), "{text}");

    // Whatever it is from now on.
    std::fs::remove_file(tool.path("suppressions.yaml")).unwrap();
    tool.ends(0, &suppress(fingerprint, &["--any-evidence"]));
    assert!(!tool.read("suppressions.yaml").contains("evidence:"));
    cloud.update(|world| {
        let acme = world.account_mut(ACME).unwrap();
        let volumes = acme.entry("eu-central-1", "ec2:DescribeVolumes").items.as_mut().unwrap();
        volumes.iter_mut().find(|one| one["volumeId"] == "vol-2").unwrap()["size"] = json!(101);
    });
    let document = audit(&tool, 2);
    assert_eq!(states(&document), [("active", 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_or_matches_nothing_is_told() {
    let (_cloud, tool) = changed().await;
    let first = tool.ends(2, &["audit", "-q", "--format", "json"]).json();
    let fingerprint = at(drift(&first, "vol-2").unwrap(), "/fingerprint");
    let soon = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let soon = soon.checked_add(jiff::Span::new().days(3)).unwrap();
    let other = at(drift(&first, "vol-4").unwrap(), "/fingerprint");
    let nothing = "0f".repeat(16);
    tool.write(
        "suppressions.yaml",
        format!(
            "version: 1\nsuppressions:\n\
             # The first.\n\
             - {{ fingerprint: {fingerprint}, reason: over, expires: 2026-01-31 }}\n\
             - {{ fingerprint: {nothing}, reason: nothing, expires: 2099-12-31 }}\n\
             - {{ fingerprint: {other}, reason: soon, expires: {soon} }}\n"
        ),
    );
    let ran = tool.ends(2, &["audit", "-q"]);
    let document = latest(&tool);
    let all = states(&document);
    assert_eq!((all[0], all[1]), (("expired", 0), ("expiring", 1)), "{all:?}");
    // Of what was not all looked at, nobody can say that nothing matches.
    let whole = document["summary"]["incomplete"] == false;
    assert_eq!(all[2], (if whole { "unused" } else { "unseen" }, 0));
    assert!(drift(&document, "vol-2").is_some(), "what has expired is reported again");
    let text = flat(ran.text());
    assert!(text.contains("! expired ") && text.contains("! expires "), "{}", ran.stdout);
    assert!(!whole || text.contains("unused"), "{}", ran.stdout);

    // What is there stays as it is.
    let missing = at(drift(&first, "vol-1").unwrap(), "/fingerprint");
    tool.ends(0, &suppress(missing, &[]));
    let text = tool.read("suppressions.yaml");
    assert!(text.contains("# The first.") && text.contains(missing), "{text}");
    assert_eq!(states(&audit(&tool, 2)).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_today_is_accepted() {
    let (_cloud, tool) = changed().await;
    let first = tool.ends(2, &["audit", "-q", "--format", "json"]).json();
    let decided = ["--reason", "as found", "--expires", "2099-12-31", "--owner", "sre@example.com"];
    let accept = |more: &[&str]| tool.ends(0, &[&["accept"], &decided[..], more].concat());
    let ran = accept(&[]);
    let id = &runs(&tool)[0];
    assert!(ran.stdout.starts_with(&format!("accepted run {id} until 2099-12-31: ")), "{ran:?}");
    assert!(ran.stdout.contains(" entries written to suppressions.yaml"), "{}", ran.stdout);
    assert_eq!(accept(&[]).stdout, "nothing is left to accept\n");
    assert_eq!(accept(&["--lang", "ja"]).stdout, "受け入れるものは残っていません\n");

    let ran = tool.run(&["audit", "-q", "--format", "json"]);
    let document = ran.json();
    let code = if document["summary"]["incomplete"] == true { 3 } else { 0 };
    assert_eq!(ran.code, Some(code), "{}", document["summary"]);
    assert!(list(&document, "/drift").iter().all(|one| at(one, "/kind") == "unknown"));
    assert!(list(&document, "/findings").iter().all(|one| at(one, "/verdict") == "unknown"));
    let entries = list(&document, "/suppressed");
    let known = |document: &Value| {
        let findings =
            list(document, "/findings").iter().filter(|f| at(f, "/verdict") == "finding");
        findings.count()
            + list(document, "/drift").iter().filter(|d| at(d, "/kind") != "unknown").count()
    };
    assert_eq!(entries.len(), known(&first));
    assert!(entries.iter().all(|one| at(one, "/owner") == "sre@example.com"), "{entries:?}");
    assert_eq!(states(&document).len(), entries.len());
    // Without the file all of it is back.
    std::fs::remove_file(tool.path("suppressions.yaml")).unwrap();
    let document = tool.ends(2, &["audit", "-q", "--format", "json"]).json();
    assert_eq!(known(&document), known(&first));
}

#[test]
fn only_what_is_known_can_be_suppressed() {
    let tool = toured();
    let id = runs(&tool).remove(0);
    for bad in ["abc", "zzzz", "", "0x12", "抑制抑制"] {
        let words = ["is no fingerprint", "32 hexadecimal digits"];
        tool.fails(&words, &suppress(bad, &[]));
    }
    let words = [&format!("run {id} has no finding or drift ffffffffffff"), "--run names another"];
    tool.fails(&words, &suppress("ffffffffffff", &[]));
    let document = latest(&tool);
    let find = |pointer: &str, member: &str, value: &str| {
        let all = list(&document, pointer).iter();
        let found = all.filter(|one| at(one, member) == value).map(|one| at(one, "/fingerprint"));
        found.collect::<Vec<_>>()
    };
    let findings = find("/findings", "/verdict", "finding");
    for unknown in [find("/findings", "/verdict", "unknown"), find("/drift", "/kind", "unknown")] {
        let words = ["it is unknown there: what was not seen cannot be suppressed"];
        tool.fails(&words, &suppress(unknown[0], &[]));
    }
    // Two that begin alike: so many digits that there are some by chance would take too long.
    let mut twins = document.clone();
    for (i, last) in ["0", "1"].into_iter().enumerate() {
        let n = list(&document, "/findings").iter();
        let nth = n.enumerate().filter(|(_, f)| at(f, "/verdict") == "finding").nth(i).unwrap().0;
        twins["findings"][nth]["fingerprint"] = format!("{}{last}", "a".repeat(31)).into();
    }
    tool.write("twins.json", twins.to_string());
    let words = ["2 begin with aaaa", "name one by more digits: ", &"a".repeat(31)];
    tool.fails(&words, &suppress("aaaa", &["--run", "twins.json"]));

    for (words, args) in [
        (&["--reason is empty"][..], &["--reason", " ", "--expires", "2099-12-31"][..]),
        (&["--expires 2026-01-31 is over"], &["--reason", "r", "--expires", "2026-01-31"]),
        (&["'soon'", "a day such as 2027-01-31"], &["--reason", "r", "--expires", "soon"]),
        (&["--expires <DATE>"], &["--reason", "r"]),
        (&["--reason <TEXT>"], &["--expires", "2099-12-31"]),
    ] {
        tool.fails(words, &[&["suppress", findings[0]], args].concat());
        tool.fails(words, &[&["accept"], args].concat());
    }
    // One that is wrong, and none is written.
    tool.fails(&["is no fingerprint"], &suppress(findings[0], &["xyz"]));
    assert!(!tool.path("suppressions.yaml").exists());

    // The file cannot be written, or is none.
    std::fs::create_dir(tool.path("taken")).unwrap();
    tool.fails(&["taken"], &suppress(findings[0], &["--suppressions", "taken"]));
    tool.fails(&["no/such"], &suppress(findings[0], &["--suppressions", "no/such/file.yaml"]));
    tool.write("broken.yaml", "version: 1\nsuppressions: [\n");
    let broken = ["broken.yaml:"];
    tool.fails(&broken, &suppress(findings[0], &["--suppressions", "broken.yaml"]));
    tool.fails(
        &broken,
        &["accept", "--reason", "r", "--expires", "2099-12-31", "--suppressions", "broken.yaml"],
    );
    tool.fails(&broken, &["audit", "--suppressions", "broken.yaml"]);
    tool.fails(&["failed to read gone.yaml"], &["audit", "--suppressions", "gone.yaml"]);

    // The owner of what is suppressed, several at once, and only what is not so bad.
    tool.ends(0, &suppress(findings[0], &[findings[1], "-q"]));
    let text = tool.read("suppressions.yaml");
    assert!(text.contains(findings[0]) && text.contains(findings[1]), "{text}");
    let accept = ["accept", "--reason", "r", "--expires", "2099-12-31", "--severity", "low"];
    let ran = tool.ends(0, &accept);
    assert!(ran.stdout.contains(": 1 entry written to suppressions.yaml"), "{}", ran.stdout);
    assert!(ran.stderr.contains("unknown are not among them"), "{}", ran.stderr);
}

#[test]
fn decisions_at_the_same_time_are_all_kept() {
    let tool = toured();
    let document = latest(&tool);
    let found = list(&document, "/findings").iter().filter(|f| at(f, "/verdict") == "finding");
    let all: std::collections::BTreeSet<_> = found.map(|f| at(f, "/fingerprint")).collect();
    let some: Vec<_> = all.into_iter().take(10).collect();
    assert_eq!(some.len(), 10);
    let running: Vec<_> = some.iter().map(|one| tool.spawn(&suppress(one, &[]))).collect();
    for child in running {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    }
    let text = tool.read("suppressions.yaml");
    assert!(some.iter().all(|one| text.contains(one)), "{text}");
    assert_eq!(text.matches("a test of restores").count(), 10, "{text}");
    #[cfg(unix)]
    assert!(!tool.files().iter().any(|name| name.ends_with(".lock")), "{:?}", tool.files());
}
