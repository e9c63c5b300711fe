//! Blocks of a Slack message, small enough for a webhook.

use serde_json::{Value, json};
use tenko_core::{Arg, Status};
use tenko_messages::t;

use crate::brief;
use crate::document::Document;
use crate::entry::{Entry, clip, entries};
use crate::format::RenderOptions;
use crate::gaps::gaps;
use crate::history::SuppressionState;
use crate::top::top;
use crate::visible::visible;
use crate::words;

/// A message of more blocks is refused.
pub const MOST_BLOCKS: usize = 50;

/// A larger message can be refused, although every block of it is small enough. Characters of the JSON.
pub const MOST_CHARACTERS: usize = 12_000;

/// A longer header is refused.
const HEADER: usize = 150;
/// One item of a list.
const ITEM: usize = 280;
/// A list, which a section of 3,000 characters holds, escaped as it is.
const LIST: usize = 1_700;
/// Items of a list.
const MOST_ITEMS: usize = 8;

/// Renders a document as `{"text": …, "blocks": […]}`: the verdict, what changed, what to fix first, what
/// could not be observed, suppressions that need somebody, and where the full report is.
///
/// Whatever others wrote is in objects of type `plain_text`, in which Slack looks for no link, mention,
/// emoji or emphasis; `text`, which notifications show, holds numbers alone.
pub fn render(document: &Document, options: &RenderOptions) -> String {
    let lang = options.lang;
    let headline = brief::headline(document, lang);
    let fallback = t!(lang, "slack-fallback", headline = headline.as_str());
    let all = entries(document);
    let ended = document.run.finished_at;
    let title = t!(
        lang,
        "slack-header",
        verdict = brief::verdict(document, lang),
        day = words::date(ended, &options.timezone)
    );
    let mut blocks = vec![header(&title), section(plain(&headline, ITEM * 4))];
    if let Some(text) = brief::changes(document, &all, options) {
        blocks.push(section(plain(&text, ITEM)));
    }
    for (title, items) in lists(document, &all, options) {
        if items.is_empty() {
            continue;
        }
        blocks.push(section(json!({"type": "mrkdwn", "text": format!("*{}*", escape(&title))})));
        blocks.push(section(list(&items, options)));
    }
    if let Some(url) = brief::link(options) {
        let link = format!("<{}|{}>", escape(url), escape(&t!(lang, "md-open")));
        blocks.push(section(json!({"type": "mrkdwn", "text": link})));
    }
    blocks.push(json!({"type": "context", "elements": [context(document, options)]}));
    let mut message = json!({"text": escape(clip(&fallback, 500).as_ref()), "blocks": blocks});
    // The lists are small; this holds for names that grow when they are escaped.
    while message.to_string().chars().count() > MOST_CHARACTERS {
        let Some(blocks) = message.get_mut("blocks").and_then(Value::as_array_mut) else { break };
        if blocks.len() < 4 {
            break;
        }
        // From the end of the lists: the context stays.
        blocks.remove(blocks.len() - 2);
    }
    format!("{message}\n")
}

fn lists(
    document: &Document,
    all: &[Entry<'_>],
    options: &RenderOptions,
) -> Vec<(String, Vec<String>)> {
    let lang = options.lang;
    let is = |entry: &Entry<'_>, wanted: &[Status]| {
        entry.status().is_some_and(|status| wanted.contains(&status))
    };
    let items = |keep: &dyn Fn(&Entry<'_>) -> bool| {
        all.iter().filter(|entry| keep(entry)).map(|entry| item(entry, options)).collect::<Vec<_>>()
    };
    let compared = document.history.as_ref().is_some_and(|h| !h.compared_with.is_empty());
    let new =
        items(&|entry| compared && entry.counts() && is(entry, &[Status::New, Status::Changed]));
    let resolved = items(&|entry| compared && entry.is_resolved());
    // What to fix says the same with fewer lines.
    let fixes = top(document, options.top);
    let worst = items(&|entry| !compared && fixes.is_empty() && entry.counts());
    let fix = |fix: &crate::top::Fix| {
        let (name, severity) = (words::fix_name(lang, fix), words::severity(lang, fix.severity));
        let (remedy, n) = (words::fix_remediation(lang, fix), fix.closes.len());
        match fix.place.as_str() {
            "" => t!(lang, "slack-fix", name = name, severity = severity, remedy = remedy, n = n),
            place => t!(
                lang,
                "slack-fix-at",
                name = name,
                severity = severity,
                place = place,
                remedy = remedy,
                n = n
            ),
        }
    };
    let mut unseen = Vec::new();
    if document.run.cancelled {
        unseen.push(t!(lang, "incomplete-cut-short"));
    }
    unseen.extend(document.problems.iter().map(|one| brief::problem(&one.problem)));
    let code = document.code.unread.iter();
    unseen.extend(code.map(|one| format!("{}: {}", one.file, words::unread(lang, one))));
    let gap = |gap: &crate::gaps::Gap<'_>| {
        let scopes = brief::gap_scopes(lang, gap);
        t!(lang, "slack-gap", scopes = scopes, text = brief::gap(lang, gap))
    };
    unseen.extend(gaps(document).iter().filter(|gap| gap.outcome.is_gap()).map(gap));
    let decide = document
        .suppressions
        .iter()
        .filter(|one| !matches!(one.state, SuppressionState::Active | SuppressionState::Unseen));
    let subjects = brief::Subjects::of(all);
    let decide = decide.map(|one| {
        let known = subjects.say(lang, one);
        t!(
            lang,
            "slack-suppression",
            state = words::suppression_state(lang, one.state),
            until = words::until(one.expires, &options.timezone),
            what = known.unwrap_or_else(|| one.what.clone()),
            reason = one.reason.as_str()
        )
    });
    vec![
        (t!(lang, "slack-h-new"), new),
        (t!(lang, "slack-h-fixes"), fixes.iter().map(fix).collect()),
        (t!(lang, "slack-h-worst"), worst),
        (t!(lang, "slack-h-gaps"), unseen),
        (t!(lang, "slack-h-resolved"), resolved),
        (t!(lang, "slack-h-suppressions"), decide.collect()),
    ]
}

fn item(entry: &Entry<'_>, options: &RenderOptions) -> String {
    let lang = options.lang;
    let places = [brief::place(entry), brief::whose(entry)];
    t!(
        lang,
        "slack-item",
        severity = words::severity(lang, entry.severity()),
        title = entry.title(lang),
        resource = entry.label(),
        where = Arg::list(places.into_iter().filter(|part| !part.is_empty()))
    )
}

fn context(document: &Document, options: &RenderOptions) -> Value {
    let run = &document.run;
    let ended = words::time(run.finished_at, &options.timezone);
    let text = t!(options.lang, "slack-run", run = run.id.as_str(), time = ended);
    match brief::link(options) {
        Some(_) => plain(&text, ITEM),
        None => plain(&format!("{text} {}", brief::full_report(document, options)), ITEM * 2),
    }
}

fn header(text: &str) -> Value {
    json!({"type": "header", "text": plain(text, HEADER - 1)})
}

fn section(text: Value) -> Value {
    json!({"type": "section", "text": text})
}

/// Items on a line each; the rest is counted.
fn list(items: &[String], options: &RenderOptions) -> Value {
    let mut lines = Vec::new();
    let mut room = LIST;
    for item in items.iter().take(MOST_ITEMS) {
        let line = shown(item, ITEM);
        let size = line.chars().count() + 3;
        if size > room && !lines.is_empty() {
            break;
        }
        room = room.saturating_sub(size);
        lines.push(format!("• {line}"));
    }
    if items.len() > lines.len() {
        lines.push(escape(&t!(options.lang, "slack-more", n = items.len() - lines.len())));
    }
    json!({"type": "plain_text", "emoji": false, "text": lines.join("\n")})
}

fn plain(text: &str, most: usize) -> Value {
    json!({"type": "plain_text", "emoji": false, "text": shown(text, most)})
}

/// Text of at most so many characters, escaped: with markup it is cut earlier, never within an entity.
fn shown(text: &str, most: usize) -> String {
    let mut clipped = clip(&visible(text), most.saturating_sub(1)).into_owned();
    loop {
        let escaped = escape(&clipped);
        let over = escaped.chars().count().saturating_sub(most);
        if over == 0 {
            return escaped;
        }
        let keep = clipped.chars().count().saturating_sub(over.div_ceil(5) + 1);
        clipped = clip(&clipped, keep).into_owned();
    }
}

/// The one place that makes text from elsewhere safe within a message: `<!here>`, `<@U1>` and
/// `<http://x|y>` stay text. Beside this, Slack makes something of text only outside of `plain_text`.
fn escape(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_entities() {
        for most in 10..60 {
            let text = shown(&"<&>".repeat(50), most);
            assert!(text.chars().count() <= most, "{text}");
            let rest = text.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "");
            assert_eq!(rest, "…");
        }
    }
}
