//! What tenko says of a run besides, in the language of the report, and in English where a document has
//! nothing else.

use serde_json::Value;
use tenko_core::*;
use tenko_report::messages::{Lang, english};
use tenko_report::text::{self, TextOptions};
use tenko_report::{Document, Format, RenderOptions, json, render};

use crate::fixture::Run;
use crate::golden::options;

fn ignore(tags: &[(&str, Option<&str>)]) -> Ignore {
    Ignore {
        resource_type: None,
        name: Some("tmp-*".to_owned()),
        tags: tags.iter().map(|(k, v)| ((*k).to_owned(), v.map(str::to_owned))).collect(),
        attributes: vec!["A.B".parse().unwrap(), "C".parse().unwrap()],
        reason: "made by hand".to_owned(),
        source: Source {
            kind: SourceKind::Manifest,
            file: "tenants.yaml".into(),
            address: "ignore[0]".to_owned(),
            line: Some(7),
        },
    }
}

fn warned() -> Document {
    let mut run = Run::new();
    let why = msg!("code-not-asked");
    run.declaration.unread_code = vec![UnreadCode {
        file: "a.tfstate".into(),
        owner: None,
        reason: english(&why),
        reason_wording: Some(why),
    }];
    let text = msg!("warning-owner-empty", owner = "platform");
    let text = msg!("warning-help", text = text, help = msg!("warning-owner-empty-help"));
    run.document()
        .with_warnings([msg!("warning-at", place = "tenants.yaml:3:5", text = text)])
        .with_unused_ignores([&ignore(&[("team", None), ("stage", Some("dev"))])])
}

/// Each in English and in Japanese.
const SAID: [(&str, &str); 3] = [
    (
        "tenants.yaml:3:5: nothing is said of the owner `platform` (it can have `timezone`, `lang` and `slack`)",
        "tenants.yaml:3:5: 担当者 `platform` の設定が空です (`timezone`、`lang`、`slack` を指定できます)",
    ),
    (
        "any type named tmp-* tagged stage=dev, team, attributes A.B, C",
        "すべてのタイプ、名前 tmp-*、タグ stage=dev、team、属性 A.B、C",
    ),
    ("it was not read in this run", "今回の実行では読み取っていません"),
];

#[test]
fn the_document_has_english_and_the_wording_beside_it() {
    let value: Value = serde_json::from_str(&json::render(&warned())).unwrap();
    let said = [
        &value["warnings"][0],
        &value["unused_ignores"][0]["what"],
        &value["code"]["unread"][0]["reason"],
    ];
    assert_eq!(said, SAID.map(|(english, _)| english));
    assert_eq!(value["warning_wordings"][0]["id"], "warning-at");
    assert_eq!(value["unused_ignores"][0]["wording"]["id"], "ignore-attributes");
    assert_eq!(value["code"]["unread"][0]["reason_wording"]["id"], "code-not-asked");
}

fn page(document: &Document, lang: Lang) -> String {
    text::render(document, &TextOptions { lang, ..options(300) })
}

#[test]
fn reports_say_it_in_their_language() {
    let document = warned();
    for (english, japanese) in SAID {
        for (lang, own, other) in [(Lang::En, english, japanese), (Lang::Ja, japanese, english)] {
            let text = page(&document, lang);
            assert!(text.contains(own) && !text.contains(other), "{own}: {text}");
        }
    }
    // Of rules that matched nothing these formats say nothing, or escape what they say.
    for (format, which) in
        [(Format::Html, &[0, 1, 2][..]), (Format::Markdown, &[2]), (Format::Slack, &[2])]
    {
        let out = render(&document, format, &RenderOptions::of(&document, Lang::Ja));
        for at in which {
            let (english, japanese) = SAID[*at];
            assert!(out.contains(japanese) && !out.contains(english), "{japanese}: {out}");
        }
    }
    let markdown = render(&document, Format::Markdown, &RenderOptions::of(&document, Lang::Ja));
    assert!(markdown.contains("の設定が空です"), "{markdown}");
}

/// As documents were written before there were wordings.
#[test]
fn a_document_without_wordings_is_shown_in_english() {
    let mut value: Value = serde_json::from_str(&json::render(&warned())).unwrap();
    value.as_object_mut().unwrap().remove("warning_wordings");
    value["unused_ignores"][0].as_object_mut().unwrap().remove("wording");
    value["code"]["unread"][0].as_object_mut().unwrap().remove("reason_wording");
    let old = Document::from_json(&value.to_string()).unwrap();
    for (english, _) in SAID {
        assert!(page(&old, Lang::Ja).contains(english), "{english}");
    }
}

#[test]
fn a_warning_without_wording_keeps_its_place() {
    let mut document = Run::new().document();
    document.warnings.push("somebody's own words".to_owned());
    let document = document.with_warnings([msg!("warning-narrowed")]);
    let text = page(&document, Lang::Ja);
    for part in ["somebody's own words", "一部のみを対象としたため"] {
        assert_eq!(text.matches(part).count(), 1, "{text}");
    }
}
