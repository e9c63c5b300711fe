//! What was probably meant.

/// Longer words are compared by equality only: edit distance takes the product of the lengths.
const MAX_WORD: usize = 100;

/// The candidate that comes closest to the word, if one is close: the same letters in another
/// spelling (`aws_s3_bucket`, `aws::s3::bucket`), the end of a longer name (`Bucket`), or few edits.
pub(crate) fn closest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let wanted = letters(word);
    if wanted.is_empty() || word.chars().nth(MAX_WORD).is_some() {
        return None;
    }
    let most = (wanted.chars().count() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let have = letters(candidate);
        let distance = if have == wanted {
            0
        } else if ends_with_part(candidate, word) {
            1
        } else {
            strsim::damerau_levenshtein(&have, &wanted)
        };
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn ends_with_part(candidate: &str, word: &str) -> bool {
    let Some(at) = candidate.len().checked_sub(word.len()) else { return false };
    candidate.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word))
        && candidate.get(..at).is_some_and(|start| start.ends_with([':', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_are_found_and_others_are_not() {
        let types = ["AWS::EC2::Volume", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"];
        for word in ["AWS::S3::Buckt", "aws::s3::bucket", "aws_s3_bucket", "Bucket", "S3::Bucket"] {
            assert_eq!(closest(word, types), Some("AWS::S3::Bucket"), "{word}");
        }
        assert_eq!(closest("AWS::Lambda::Function", types), None);
        assert_eq!(closest("", types), None);
        assert_eq!(closest("enviroments", ["name", "environments"]), Some("environments"));
    }
}
