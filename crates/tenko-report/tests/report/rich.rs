//! A run with everything that a report can show: a history, findings and drift of every status, what
//! earlier runs had, suppressions in every state, rules, and the proof of read-only access.

use jiff::Timestamp;
use tenko_core::*;
use tenko_report::messages::{Lang, english};
use tenko_report::{
    Document, DriftCounts, FindingCounts, History, Past, ReadOnlyProof, RenderOptions,
    SummaryVerdict, SuppressionRow, SuppressionState, TrendPoint,
};

use crate::differences::drift;
use crate::fixture::{ACME, KAISHA, Run};

pub(crate) const URL: &str = "https://reports.example.com/20260301T090000Z-7f3a/report.html";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn standing(status: Status, first: &str, last: &str) -> Option<Standing> {
    Some(Standing { status, first_seen: at(first), last_seen: at(last) })
}

/// How it is rendered where a test does not say otherwise.
pub(crate) fn options(lang: Lang) -> RenderOptions {
    let mut options = RenderOptions::of(&rich(), lang);
    options.full_report = Some(URL.to_owned());
    options
}

/// The document.
pub(crate) fn rich() -> Document {
    let mut run = Run::everything();
    let mut low = run.findings[2].clone();
    low.rule = "OPS-03".to_owned();
    low.name = "Log group kept for ever".to_owned();
    low.severity = Severity::Low;
    low.message = "No retention is set: 4 GiB since 2021.".to_owned();
    low.remediation = "Set a retention of 90 days.".to_owned();
    low.resource.as_mut().unwrap().name = Some("/aws/lambda/media".to_owned());
    let mut info = low.clone();
    info.rule = "CST-09".to_owned();
    info.name = "Volume of an old generation".to_owned();
    info.severity = Severity::Info;
    info.message = "gp2 costs a fifth more than gp3.".to_owned();
    run.findings.extend([low, info]);
    Finding::identify(&mut run.findings);
    Drift::identify(&mut run.drift);
    let ended = "2026-03-01T09:01:12Z";
    let statuses = [
        (Status::New, ended),
        (Status::Unchanged, "2026-01-12T09:01:00Z"),
        (Status::Changed, "2026-02-20T09:01:00Z"),
        (Status::Unknown, "2026-02-01T09:01:00Z"),
    ];
    for (i, finding) in run.findings.iter_mut().enumerate() {
        let (status, first) = statuses[i % statuses.len()];
        finding.standing = standing(status, first, ended);
    }
    for (i, one) in run.drift.iter_mut().enumerate() {
        let (status, first) = statuses[i % 3];
        let status = if one.is_difference() { status } else { Status::Unknown };
        one.standing = standing(status, first, ended);
    }
    let mut document = run.document();
    let source = Source {
        kind: SourceKind::Manifest,
        file: "suppressions.yaml".into(),
        address: "suppressions[0]".to_owned(),
        line: Some(3),
    };
    let mut accepted = document.findings[1].clone();
    accepted.rule = "STO-04".to_owned();
    accepted.name = "Bucket without versioning".to_owned();
    accepted.severity = Severity::High;
    accepted.fingerprint = "c0ffee00000000000000000000000001".into();
    let suppressed = |item, ticket: Option<&str>| Suppressed {
        item,
        reason: "Migration to v2 is under way".to_owned(),
        owner: Some("platform@acme.example".to_owned()),
        expires: at("2026-03-10T00:00:00Z"),
        ticket: ticket.map(ToOwned::to_owned),
        source: source.clone(),
    };
    let mut lived_with = drift(DriftKind::Unmanaged, "bastion", "acme", ACME, "eu-central-1");
    lived_with.fingerprint = "c0ffee00000000000000000000000002".into();
    document.suppressed = vec![
        suppressed(Item::Finding(accepted.clone()), Some("OPS-123")),
        suppressed(Item::Drift(lived_with), None),
    ];
    let row = |what: &str, state, matched| SuppressionRow {
        what: what.to_owned(),
        state,
        matched,
        reason: "Migration to v2 is under way".to_owned(),
        owner: Some("platform@acme.example".to_owned()),
        created: Some(at("2025-12-01T00:00:00Z")),
        expires: at("2026-03-10T00:00:00Z"),
        ticket: Some("OPS-123".to_owned()),
        source: source.clone(),
    };
    document.suppressions = vec![
        row("c0ffee00000000000000000000000001", SuppressionState::Expiring, 2),
        row("STO-02 in aws:333333333333", SuppressionState::Expired, 0),
        row("NET-01 of web-*", SuppressionState::Rearmed, 0),
        row("IAM-07", SuppressionState::Unused, 0),
        row("KEY-01", SuppressionState::Unseen, 0),
        row("LOG-01", SuppressionState::Active, 5),
    ];
    document.past = past(&document);
    document.history = Some(history(&document));
    document.rules = document
        .findings
        .iter()
        .map(|finding| RuleResult {
            rule: finding.rule.clone(),
            name: finding.name.clone(),
            severity: finding.severity,
            findings: 1,
            unknown: 0,
            passed: 7,
            suppressed: 0,
            left_out: 0,
            turned_off: vec![],
            not_evaluated: vec![],
            not_evaluated_wordings: vec![],
        })
        .collect();
    let mut quiet = document.rules[0].clone();
    quiet.rule = "NET-02".to_owned();
    quiet.name = "Database open to the internet".to_owned();
    let mut unread = quiet.clone();
    unread.rule = "NET-03".to_owned();
    unread.name = "Load balancer without TLS".to_owned();
    unread.not_evaluated = vec!["AWS::ElasticLoadBalancingV2::Listener was not read".to_owned()];
    document.rules.extend([quiet, unread]);
    document.rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    document.rules.dedup_by(|a, b| a.rule == b.rule);
    document.read_only_proof = Some(ReadOnlyProof {
        allowed_operations: 812,
        allow_list: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
        outside: vec![],
        held_back: 0,
    });
    document.display.timezone = Some("Asia/Tokyo".to_owned());
    document.display.owners.insert("sre@acme.example".to_owned(), "Europe/Berlin".to_owned());
    document.display.url = Some(URL.to_owned());
    document
}

fn past(document: &Document) -> Vec<Past> {
    let mut gone = document.findings[1].clone();
    gone.rule = "NET-01".to_owned();
    gone.name = "SSH open to the internet".to_owned();
    gone.severity = Severity::High;
    gone.message = "0.0.0.0/0 may connect to port 22 of bastion-old.".to_owned();
    gone.fingerprint = "c0ffee00000000000000000000000003".into();
    gone.scope = KAISHA.into();
    gone.standing = standing(Status::Resolved, "2026-01-02T09:00:00Z", "2026-02-28T09:01:00Z");
    let mut lost = drift(DriftKind::Changed, "web-9", "globex", KAISHA, "ap-northeast-1");
    lost.fingerprint = "c0ffee00000000000000000000000004".into();
    lost.standing = standing(Status::Unknown, "2026-01-02T09:00:00Z", "2026-02-27T09:01:00Z");
    let say = |item, wording: Message| Past { item, why: english(&wording), why_wording: wording };
    vec![
        say(Item::Finding(gone), msg!("as-it-is", text = "all that the rule reads was read")),
        say(Item::Drift(lost), msg!("as-it-is", text = "the account did not answer")),
    ]
}

fn history(document: &Document) -> History {
    let point = |day: u8, critical: u64, new: u64| TrendPoint {
        run: format!("202602{day:02}T090000Z-aaaa"),
        at: at(&format!("2026-02-{day:02}T09:01:00Z")),
        verdict: SummaryVerdict::Drift,
        incomplete: day.is_multiple_of(2),
        drift: DriftCounts { missing: 1, changed: 3, ..DriftCounts::default() },
        findings: FindingCounts { critical, high: 2, ..FindingCounts::default() },
        new,
        resolved: 1,
        suppressed: 2,
    };
    let mut runs = vec![point(26, 1, 0), point(27, 2, 1), point(28, 1, 0)];
    runs.push(TrendPoint {
        run: document.run.id.clone(),
        at: document.run.finished_at,
        verdict: document.summary.verdict,
        incomplete: document.summary.incomplete,
        drift: document.summary.drift,
        findings: document.summary.findings,
        new: 8,
        resolved: 1,
        suppressed: 2,
    });
    History {
        compared_with: vec!["20260228T090000Z-aaaa".to_owned()],
        since: Some(at("2026-02-28T09:01:00Z")),
        runs,
    }
}

/// The same with so many findings.
pub(crate) fn many(findings: usize) -> Document {
    let mut document = rich();
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let one = document.findings[2].clone();
    document.findings = (0..findings)
        .map(|n| {
            let mut finding = one.clone();
            finding.rule = format!("STO-{:02}", n % 40);
            finding.severity = severities[n % severities.len()];
            finding.fingerprint = Fingerprint(format!("{n:032x}"));
            let resource = finding.resource.as_mut().unwrap();
            resource.name = Some(format!("media-{n}"));
            resource.id = Some(format!("arn:aws:s3:::media-{n}"));
            finding
        })
        .collect();
    document.summary.findings = FindingCounts::of(&document.findings);
    document
}

/// What somebody may write into a name, a tag or a message.
pub(crate) const TEXTS: [&str; 22] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</script><svg/onload=alert(1)>",
    "\"><a href='javascript:alert(1)'>x</a>",
    "--> <b>x</b> <!-- ]]> <![CDATA[ &lt; &amp;",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "＝1+1;=cmd|'/c calc'!A0",
    "\t@SUM(1,1)",
    "\r\n-2+3",
    "[x](http://evil.example) ![y](http://evil.example/p.png)",
    "<http://evil.example> https://evil.example www.evil.example a@evil.example",
    "| a | b |\n|---|---|\n# title\n- [ ] item\n1. one\n```\ncode",
    "**bold** _it_ ~~no~~ `code` ``more`` $x$ \\[y\\](z)",
    "@channel @here @acme/team #1 GH-1 acme/web#2",
    "<!channel> <!here> <@U012AB> <#C01|x> <http://evil.example|bank.example> :bomb:",
    "::error title=x::y\n::add-mask::z",
    "##[error]x ::stop-commands::t %0A::warning::w",
    "${{ secrets.TOKEN }} {{ x }} {0} $(id) `id` %s",
    "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m",
    "\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}\u{ad}",
    "\0\u{8}\u{b}\u{fffe}\u{ffff}\u{85}\u{2028}",
    "'; DROP TABLE findings; -- \u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
];

/// The rich document with this text in every member that takes any text: names, ids, messages, values of
/// messages, types, places.
pub(crate) fn hostile(text: &str) -> Document {
    fn keys(value: &serde_json::Value, key: &str, out: &mut std::collections::BTreeSet<String>) {
        match value {
            serde_json::Value::String(_) => {
                out.insert(key.to_owned());
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, key, out)),
            serde_json::Value::Object(members) => {
                members.iter().for_each(|(key, item)| keys(item, key, out));
            }
            _ => {}
        }
    }
    fn put(value: &mut serde_json::Value, key: &str, wanted: &str, text: &str) {
        match value {
            // An attribute's path has a form; within it a key is any text.
            serde_json::Value::String(old) if key == wanted && wanted == "path" => {
                *old = format!("Tags[{}]", serde_json::Value::from(text));
            }
            serde_json::Value::String(old) if key == wanted => *old = text.to_owned(),
            serde_json::Value::Array(items) => {
                items.iter_mut().for_each(|item| put(item, key, wanted, text));
            }
            serde_json::Value::Object(members) => {
                members.iter_mut().for_each(|(key, item)| put(item, key, wanted, text));
            }
            _ => {}
        }
    }
    static KEYS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
        let json = serde_json::to_value(rich()).unwrap();
        let mut all = std::collections::BTreeSet::new();
        keys(&json, "", &mut all);
        // Times, verdicts and the like take no other text.
        let takes_any = |key: &String| {
            let mut changed = json.clone();
            put(&mut changed, "", key, "any [text].");
            // Of a member that is flattened, what it cannot be read as is lost in silence.
            let read = serde_json::from_value::<Document>(changed.clone());
            read.is_ok_and(|read| serde_json::to_value(read).unwrap() == changed)
        };
        all.into_iter().filter(takes_any).collect()
    });
    assert!(KEYS.len() > 40, "{KEYS:?}: a hostile document that is not hostile proves nothing");
    let mut json = serde_json::to_value(rich()).unwrap();
    KEYS.iter().for_each(|key| put(&mut json, "", key, text));
    serde_json::from_value(json).unwrap()
}
