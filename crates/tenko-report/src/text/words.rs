//! How things are called and shortened.

use serde_json::Value;
use tenko_core::{Cloud, Outcome, ResourceType, ScopeId, Source};
use tenko_messages::Lang;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Context;
use crate::visible::visible;

/// A number with its noun: `1 account`, `1,204 accounts`.
pub(crate) fn plural(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {}", number(n), many(noun)) }
}

/// The plural of a noun; of two that are joined by a slash, both.
pub(crate) fn many(noun: &str) -> String {
    format!("{}s", noun.replace('/', "s/"))
}

/// A number with separators of thousands.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The first `limit` items, and how many more there are.
pub(crate) fn list(items: impl IntoIterator<Item = String>, limit: usize) -> String {
    let items: Vec<_> = items.into_iter().collect();
    let more = items.len().saturating_sub(limit);
    let mut text = items.into_iter().take(limit).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" … and {more} more"));
    }
    text
}

/// What people call a scope of this cloud that holds resources.
pub(crate) fn scope_noun<'a>(clouds: impl IntoIterator<Item = &'a Cloud>) -> &'static str {
    let mut nouns = clouds.into_iter().map(|cloud| if *cloud == Cloud::gcp() { 1 } else { 0 });
    let Some(first) = nouns.next() else { return "account/project" };
    match (first, nouns.all(|noun| noun == first)) {
        (0, true) => "account",
        (1, true) => "project",
        _ => "account/project",
    }
}

/// What people call a cloud.
pub(crate) fn cloud(cloud: &Cloud) -> &str {
    match cloud.as_str() {
        "aws" => "AWS",
        "gcp" => "Google Cloud",
        other => other,
    }
}

/// What people call an inventory that a provider keeps.
pub(crate) fn inventory(source: &str) -> &str {
    match source {
        "cloudasset.googleapis.com" => "Cloud Asset Inventory",
        other => other,
    }
}

/// The end of a type's name, which is enough where the whole name is a look-up away:
/// `EC2::Volume`, `storage/Bucket`.
pub(crate) fn short_type(name: &ResourceType) -> String {
    let name = name.as_str();
    if let Some(rest) = name.strip_prefix("AWS::") {
        return rest.to_owned();
    }
    match name.split_once(".googleapis.com/") {
        Some((service, kind)) => format!("{service}/{kind}"),
        None => name.to_owned(),
    }
}

/// `acme-prod (111111111111)`, or only the id of a scope without a name.
pub(crate) fn scope(context: &Context<'_>, cloud: &Cloud, id: &ScopeId) -> String {
    match context.scope_name(cloud, id) {
        Some(name) => format!("{} ({id})", clip(name, context.options.long())),
        None => id.to_string(),
    }
}

/// An outcome in a sentence.
pub(crate) fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Partial => "read in part".to_owned(),
        other => other.to_string(),
    }
}

/// An outcome as the reason why somebody did not answer.
pub(crate) fn why(outcome: Outcome) -> String {
    let text = outcome.to_string();
    text.strip_prefix("denied: ").map(ToOwned::to_owned).unwrap_or(text)
}

/// Where something is declared: `tenants.yaml:42`, or with its address where there is no line.
pub(crate) fn source(source: &Source, verbose: bool) -> String {
    match source.line {
        Some(line) if !verbose => format!("{}:{line}", source.file),
        _ => source.to_string(),
    }
}

/// A text cut to `width` columns, with an ellipsis where something is gone.
pub(crate) fn clip(text: &str, width: usize) -> String {
    let text = visible(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let mut used = 1;
    let mut out = String::new();
    for ch in text.chars() {
        used += ch.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(ch);
    }
    out.push('…');
    out
}

/// A value in one line.
pub(crate) fn value(value: &Value) -> String {
    super::values::value(Lang::En, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_nouns() {
        assert_eq!(plural(1, "account"), "1 account");
        assert_eq!(plural(1_204_000, "resource"), "1,204,000 resources");
        assert_eq!(number(812), "812");
    }

    #[test]
    fn clips_by_columns() {
        assert_eq!(clip("点呼点呼", 8), "点呼点呼");
        assert_eq!(clip("点呼点呼", 7), "点呼点…");
        assert_eq!(clip("点呼点呼", 6), "点呼…");
    }

    #[test]
    fn types_lose_what_all_share() {
        assert_eq!(short_type(&"AWS::EC2::Volume".into()), "EC2::Volume");
        assert_eq!(short_type(&"storage.googleapis.com/Bucket".into()), "storage/Bucket");
    }
}
