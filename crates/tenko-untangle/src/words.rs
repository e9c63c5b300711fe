//! Words in names and tag values that stand for an environment.

/// What an environment's name stands for: `prod` and `live` are `production`. A word that stands
/// for nothing in particular stays as it is.
pub(crate) fn stage_of(word: &str) -> String {
    let word = word.to_lowercase();
    let stage = match word.as_str() {
        "prod" | "prd" | "production" | "live" => "production",
        "stage" | "staging" | "stg" => "staging",
        "dev" | "develop" | "development" => "development",
        "test" | "testing" | "tst" => "test",
        "qa" => "qa",
        "uat" => "uat",
        "sandbox" | "sbx" => "sandbox",
        "demo" => "demo",
        "preprod" | "preproduction" => "preproduction",
        "nonprod" | "nonproduction" => "nonproduction",
        _ => return word,
    };
    stage.to_owned()
}

/// Whether the word is one of those that [`stage_of`] knows.
pub(crate) fn is_stage_word(word: &str) -> bool {
    let stage = stage_of(word);
    matches!(
        stage.as_str(),
        "production"
            | "staging"
            | "development"
            | "test"
            | "qa"
            | "uat"
            | "sandbox"
            | "demo"
            | "preproduction"
            | "nonproduction"
    )
}

/// Whether this is production. `preproduction` is not.
pub(crate) fn is_production(stage: Option<&str>) -> bool {
    stage.is_some_and(|stage| stage_of(stage) == "production")
}

/// Longer names are cut: nobody tells environments apart behind a thousand characters.
const LONGEST: usize = 1024;

/// The words of a name: split at everything that is no letter or digit, in lower case, digits at
/// the end of a word taken off. `non-prod` and `pre-prod` are one word each: taking them for
/// production would be the very mistake that this is about.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let head: String = name.chars().take(LONGEST).collect();
    for part in head.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let lower = part.to_lowercase();
        let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit());
        let word = if bare.is_empty() { lower.as_str() } else { bare };
        match out.last_mut() {
            Some(last)
                if matches!(last.as_str(), "non" | "pre" | "not")
                    && stage_of(word) == "production" =>
            {
                let joined = if last == "pre" { "preprod" } else { "nonprod" };
                *last = joined.to_owned();
            }
            _ => out.push(word.to_owned()),
        }
    }
    out
}

/// Whether the words `wanted` stand in `all`, one after the other.
pub(crate) fn contains(all: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && all.windows(wanted.len()).any(|window| window == wanted)
}

/// The end of a type's name: `EC2::Volume`, `storage/Bucket`.
pub(crate) fn short_type(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("AWS::") {
        return rest.to_owned();
    }
    match name.split_once(".googleapis.com/") {
        Some((service, kind)) => format!("{service}/{kind}"),
        None => name.to_owned(),
    }
}

/// A text of at most so many characters.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.by_ref().take(longest).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_production_is_not_taken_for_it() {
        let has = |name: &str| words(name).iter().any(|word| stage_of(word) == "production");
        for name in ["acme-prod-db", "acme_PROD01", "/acme/live/x", "prd.web"] {
            assert!(has(name), "{name}");
        }
        for name in ["acme-nonprod", "acme-non-prod-db", "pre-prod", "products", "reproduction"] {
            assert!(!has(name), "{name}");
        }
        assert!(!words("developers").iter().any(|word| is_stage_word(word)));
    }

    #[test]
    fn sequences_are_found() {
        let all = words("acme-blue-green-web");
        assert!(contains(&all, &words("blue-green")));
        assert!(!contains(&all, &words("green-blue")) && !contains(&all, &[]));
    }
}
