//! Expectations whose resource is there, but not where it was declared.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::matching::{By, Matches, Wish};
use crate::view::View;

/// Types whose ids are names that people choose and that no two accounts can have at once.
const UNIQUE_NAMES: [&str; 2] = ["AWS::S3::Bucket", "storage.googleapis.com/Bucket"];

/// Whether one id of this type can only ever mean one resource, in whatever scope it is. The id
/// of a role or a log group is its name, and every account may have one of that name.
pub(crate) fn is_unique(resource_type: &str, id: &str) -> bool {
    UNIQUE_NAMES.contains(&resource_type)
        || id.starts_with("arn:")
        || id.starts_with("//")
        || is_uuid(id)
        || is_generated(id)
}

/// `vpc-0123456789abcdef0`, `i-1a2b3c4d`: words, then 8 or 17 hexadecimal digits.
fn is_generated(id: &str) -> bool {
    id.rsplit_once('-').is_some_and(|(prefix, digits)| {
        matches!(digits.len(), 8 | 17)
            && is_hex(digits)
            && prefix.starts_with(|c: char| c.is_ascii_lowercase())
            && prefix.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    })
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && id.split('-').all(is_hex)
}

fn is_hex(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

/// The id by which the wish's resource would be known anywhere.
fn unique_id<'a>(wish: &Wish<'a>) -> Option<&'a str> {
    let resource_type = wish.expected.resource_type.as_str();
    let text = match wish.by {
        By::Id => wish.expected.id.as_deref()?,
        By::Name if UNIQUE_NAMES.contains(&resource_type) => wish.expected.name.as_deref()?,
        By::Name | By::Type => return None,
    };
    is_unique(resource_type, text).then_some(text)
}

/// For each wish that found nothing in its place, the resource that it means elsewhere; no
/// resource twice. What another expectation took in its own place is not up for it.
pub(crate) fn elsewhere(
    view: &View<'_>,
    wishes: &[Wish<'_>],
    matches: &Matches<'_>,
) -> HashMap<usize, usize> {
    let lost: Vec<_> = wishes
        .iter()
        .enumerate()
        .zip(&matches.found)
        .filter(|(_, found)| found.is_none())
        .filter_map(|((at, wish), _)| {
            Some((at, (wish.expected.resource_type.as_str(), unique_id(wish)?)))
        })
        .collect();
    let wanted: HashSet<_> = lost.iter().map(|(_, key)| *key).collect();
    if wanted.is_empty() {
        return HashMap::new();
    }
    let hits: Vec<_> = view
        .live
        .par_iter()
        .zip(&matches.taken)
        .enumerate()
        .filter(|(_, (_, taken))| taken.is_none())
        .filter_map(|(at, (resource, _))| {
            let key = (resource.key.resource_type.as_str(), resource.key.id.as_str());
            wanted.contains(&key).then_some((key, at))
        })
        .collect();
    let mut free: HashMap<_, Vec<usize>> = HashMap::new();
    // Backwards, so that the first in order is the one that is popped first.
    for (key, at) in hits.into_iter().rev() {
        free.entry(key).or_default().push(at);
    }
    lost.into_iter().filter_map(|(at, key)| Some((at, free.get_mut(&key)?.pop()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::is_unique;

    #[test]
    fn only_ids_that_no_two_accounts_can_share_are_unique() {
        for id in ["vpc-0123456789abcdef0", "i-1a2b3c4d", "arn:aws:sns:eu-west-1:1:a"] {
            assert!(is_unique("T", id), "{id}");
        }
        assert!(is_unique("T", "1b671a64-40d5-491e-99b0-da01ff1f3341"));
        assert!(is_unique("AWS::S3::Bucket", "logs"));
        for id in ["deploy", "admin", "/aws/lambda/x", "web-server", "", "-", "é-1a2b3c4d"] {
            assert!(!is_unique("AWS::IAM::Role", id), "{id}");
        }
    }
}
