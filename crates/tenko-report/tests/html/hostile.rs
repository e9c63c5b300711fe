//! What others wrote stays text, wherever it stands.

use std::collections::BTreeMap;

use serde_json::Value;
use tenko_report::Document;
use tenko_report::messages::Lang;

use crate::sample;
use crate::source::{between, page};

/// Everything that has ever turned text into something else.
pub(crate) const EVIL: &str = "</script></style></template>--><script>boom()</script><img src=x onerror=boom()>\
    \" onmouseover=boom() x='` javascript:boom() &lt;b&gt; {{7*7}} \u{1b}[31m\u{202e}\u{2066}\u{200b}\u{2028}\u{2029}\u{0}<!--";

/// The document with hostile text in every place that takes any text: what a reader of the document
/// would refuse (times, kinds, numbers) stays as it is.
pub(crate) fn document() -> (Document, Vec<String>) {
    let mut value = serde_json::to_value(sample::daily()).unwrap();
    let mut names = BTreeMap::new();
    collect(&value, &mut names);
    let mut replaced = Vec::new();
    for name in names.into_keys() {
        let mut tried = value.clone();
        replace(&mut tried, &name);
        // What is not understood is an error, or is left out without one.
        let read = serde_json::from_value::<Document>(tried.clone());
        if read.is_ok_and(|read| serde_json::to_value(read).unwrap() == tried) {
            value = tried;
            replaced.push(name);
        }
    }
    (serde_json::from_value(value).unwrap(), replaced)
}

fn collect(value: &Value, names: &mut BTreeMap<String, ()>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if value.is_string() {
                    names.insert(name.clone(), ());
                }
                collect(value, names);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}

fn replace(value: &mut Value, wanted: &str) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if name == wanted => *text = format!("{EVIL} {text}"),
                    other => replace(other, wanted),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| replace(value, wanted)),
        _ => {}
    }
}

#[test]
fn hostile_text_stays_text() {
    let (document, replaced) = document();
    for name in ["message", "reason", "owner", "name", "id", "rule", "operation", "code", "what"] {
        assert!(replaced.iter().any(|known| known == name), "{name} is not tried: {replaced:?}");
    }
    for lang in Lang::ALL {
        let page = page(&document, lang);
        // The page's own elements, and none more.
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert_eq!(page.matches("</style").count(), 1);
        assert_eq!(page.matches("</template").count(), 1);
        assert_eq!(page.matches("<img").count(), 0);
        assert_eq!(page.matches("<!--").count(), 0);
        let own = between(&page, "<script>", "</script>")[0];
        let rest = page.replace(own, "");
        for tag in between(&rest, "<", ">") {
            assert!(!tag.contains("onmouseover") || tag.contains("&#34; onmouseover"), "{tag}");
        }
        let hidden = |c: char| {
            (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200b}\u{2028}\u{2029}".contains(c)
        };
        assert!(!page.contains(hidden), "something that is not seen is in the page");
        // It is there all the same, for whoever has to see it.
        assert!(page.contains("\\u{202e}") && page.contains("&#60;script&#62;boom()"));
        let data = between(&page, "id=\"data\">", "</script>")[0];
        let data: Value = serde_json::from_str(data).unwrap();
        assert!(data["texts"].to_string().contains("<script>boom()"));
    }
}

#[test]
fn commands_hold_fingerprints_only() {
    let mut document = sample::small();
    document.findings[0].fingerprint = "$(boom)".into();
    let page = page(&document, Lang::En);
    assert!(!page.contains("$(boom)"));
    assert_eq!(
        between(&page, "<code data-f=\"command\">", "</code>").len(),
        2,
        "drift and prototype"
    );
}
