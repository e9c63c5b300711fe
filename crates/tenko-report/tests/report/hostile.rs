//! Text of others stays text, in every member of a document and in every format.

use serde_json::Value;
use tenko_report::messages::Lang;
use tenko_report::{Document, Format, RenderOptions, github, json, render, visible};

use crate::rich::{TEXTS, hostile};

/// The text in a format, without what makes it harmless there: what a reader sees.
fn read(format: Format, text: &str) -> String {
    match format {
        // The strings of a JSON document.
        Format::Sarif | Format::Ocsf => strings(&serde_json::from_str(text).unwrap()),
        Format::Slack => strings(&serde_json::from_str(text).unwrap())
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
        Format::Csv => text.replace("\"\"", "\""),
        Format::Junit | Format::Html => text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&"),
        Format::Github => {
            text.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%25", "%")
        }
        _ => text.to_owned(),
    }
}

fn strings(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(items) => items.iter().map(strings).collect(),
        Value::Object(members) => members.iter().map(|(_, item)| strings(item)).collect(),
        _ => String::new(),
    }
}

#[test]
fn nothing_acts_on_a_screen_and_nothing_is_lost() {
    for text in TEXTS {
        let document = hostile(text);
        for (format, lang) in
            Format::ALL.into_iter().flat_map(|format| Lang::ALL.map(|lang| (format, lang)))
        {
            let options = RenderOptions::of(&document, lang);
            let out = render(&document, format, &options);
            let hidden = |ch: char| {
                let own = matches!(ch, '\n') || (format == Format::Csv && matches!(ch, '\r'));
                !own && visible(ch.encode_utf8(&mut [0; 4])) != ch.to_string()
            };
            let body = out.strip_prefix('\u{feff}').unwrap_or(&out);
            let found = body.chars().find(|ch| hidden(*ch));
            assert_eq!(found, None, "{text:?} in {}", format.as_str());
            let shown = visible(text);
            // Each of these escapes in its own way; Python's parsers say what is left there.
            let escapes = matches!(format, Format::Markdown | Format::Html | Format::Json);
            let changed = match format {
                Format::Sarif => shown.replace("](", "] ("),
                Format::Csv => continue,
                _ => shown.into_owned(),
            };
            assert!(
                escapes || read(format, &out).contains(changed.as_str()),
                "{changed:?} is not in {}: {out}",
                format.as_str()
            );
        }
    }
}

#[test]
fn json_reads_back() {
    for text in TEXTS {
        let document = hostile(text);
        assert_eq!(Document::from_json(&json::render(&document)).unwrap(), document);
    }
}

#[test]
fn no_markup_of_others_is_in_markup() {
    for text in TEXTS {
        let document = hostile(text);
        let options = RenderOptions::of(&document, Lang::Ja);
        for format in [Format::Html, Format::Markdown, Format::Junit, Format::Slack] {
            let out = render(&document, format, &options);
            for bad in [
                "<script>alert",
                "<img src=x",
                "<svg/onload",
                "<a href='javascript",
                "<![CDATA[",
                "<!here>",
                "<@U012AB>",
                "<http://evil",
            ] {
                assert!(!out.contains(bad), "{bad} of {text:?} in {}", format.as_str());
            }
        }
    }
}

#[test]
fn no_line_is_a_command_of_others() {
    for text in TEXTS {
        let document = hostile(text);
        let out = github::render(&document, &RenderOptions::of(&document, Lang::En));
        for line in out.lines() {
            let command = line.strip_prefix("::").unwrap().split_once("::").unwrap().0;
            let (kind, properties) = command.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&kind), "{line}");
            for property in properties.split(',') {
                let (name, _) = property.split_once('=').unwrap();
                assert!(["title", "file", "line"].contains(&name), "{line}");
            }
        }
    }
}

#[test]
fn endless_text_stays_within_every_limit() {
    let document = hostile(&"<&>|@`*".repeat(3_000));
    for lang in Lang::ALL {
        let options = RenderOptions::of(&document, lang);
        let message = render(&document, Format::Slack, &options);
        assert!(message.chars().count() <= 12_001, "{}", message.chars().count());
        assert!(render(&document, Format::Sarif, &options).len() <= 10_000_000);
        assert!(render(&document, Format::Markdown, &options).len() <= 1 << 20);
        let issue = github::issue_body(&document, &options, "<!-- x -->", 65_536);
        assert!(issue.chars().count() <= 65_536);
        for line in github::render(&document, &options).lines() {
            assert!(line.len() < 10_000, "{}", line.len());
        }
    }
}
