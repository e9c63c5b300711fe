//! What a resource's attributes mention: every string, and the parts of it that may be a name.

use serde_json::Value;

/// Longer strings are read as far as this.
const LONGEST: usize = 64 * 1024;
/// So many parts of a name are taken off, at most, to find what it is below of.
const STEPS: usize = 6;

/// A text that may name a resource.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// The text, as the index has names.
    pub(crate) text: String,
    /// Where names that begin like this are meant: an ARN with a `*` within its last part.
    pub(crate) prefix: String,
    /// It is an ARN, an id or a link and no common word: it means the same wherever it stands.
    pub(crate) is_telling: bool,
    /// The attribute that it stands in.
    pub(crate) key: String,
    /// The keys down to it, and positions in lists.
    pub(crate) keys: Vec<String>,
}

impl Mention {
    /// The path for people: `Volumes[0].VolumeId`.
    pub(crate) fn path(&self) -> String {
        let mut out = String::new();
        for key in &self.keys {
            if !key.starts_with('[') && !out.is_empty() {
                out.push('.');
            }
            out.push_str(key);
        }
        out
    }

    /// The account that an ARN names.
    pub(crate) fn account(&self) -> Option<&str> {
        let account = self.text.strip_prefix("arn:")?.split(':').nth(3)?;
        (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
    }
}

/// Everything that a resource's attributes mention.
pub(crate) fn mentions(value: &Value) -> Vec<Mention> {
    let mut out = Vec::new();
    if let Value::Object(map) = value {
        // What a resource says of itself is no reference; tags are looked at elsewhere.
        let own = |key: &str| matches!(key, "Tags" | "selfLink" | "labels" | "userLabels");
        let mut keys = Vec::new();
        for (key, value) in map.iter().filter(|(key, _)| !own(key)) {
            keys.push(key.clone());
            walk(value, key, &mut keys, &mut out);
            keys.pop();
        }
    }
    out
}

fn walk(value: &Value, key: &str, keys: &mut Vec<String>, out: &mut Vec<Mention>) {
    match value {
        Value::String(text) => read(text, key, keys, out),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                keys.push(format!("[{at}]"));
                walk(item, key, keys, out);
                keys.pop();
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                keys.push(key.clone());
                // A key may be a name too: `Principal: {AWS: …}` is not, `{arn:…: …}` is.
                if key.starts_with("arn:") {
                    read(key, key, keys, out);
                }
                walk(item, key, keys, out);
                keys.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn read(text: &str, key: &str, keys: &[String], out: &mut Vec<Mention>) {
    if text.len() < 3 || text.starts_with(tenko_core::REDACTED_PREFIX) {
        return;
    }
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    let mut say = |text: &str, prefix: &str, is_telling: bool| {
        out.push(Mention {
            text: text.to_owned(),
            prefix: prefix.to_owned(),
            is_telling,
            key: key.to_owned(),
            keys: keys.to_vec(),
        });
    };
    let is_plain = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '-' | '_' | '.' | ':' | '/' | '@' | '*' | '+' | '%' | '~')
    };
    if text.chars().all(is_plain) {
        if is_telling(text) {
            forms(text, &mut say);
        } else {
            say(text, "", false);
        }
        return;
    }
    for token in text.split(|c: char| !is_plain(c)).filter(|token| token.len() > 3) {
        let token = token.trim_matches(|c| matches!(c, '.' | ':'));
        if is_telling(token) {
            forms(token, &mut say);
        }
    }
}

/// Whether a text is so much of a name that it means the same wherever it stands.
pub(crate) fn is_telling(text: &str) -> bool {
    text.starts_with("arn:")
        || text.contains("projects/")
        || text.contains("://")
        || is_native_id(text)
        || is_host(text.split(':').next().unwrap_or_default())
        || (text.contains('@') && text.contains('.'))
}

/// `vpc-0123456789abcdef0`, or a UUID.
pub(crate) fn is_native_id(text: &str) -> bool {
    let Some((head, tail)) = text.rsplit_once('-') else { return false };
    let is_hex = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_hexdigit());
    let is_uuid = text.len() == 36 && text.split('-').count() == 5 && text.split('-').all(is_hex);
    let is_prefixed = !head.is_empty()
        && head.len() <= 16
        && head.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && (8..=32).contains(&tail.len())
        && is_hex(tail)
        && tail.bytes().any(|b| b.is_ascii_digit());
    is_uuid || is_prefixed
}

/// The name of a host of a cloud.
fn is_host(text: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".run.app", ".cloudfront.net", ".awsapprunner.com"]
        .iter()
        .any(|end| text.ends_with(end))
}

/// The forms in which a name may be known.
fn forms(text: &str, say: &mut impl FnMut(&str, &str, bool)) {
    if let Some(bucket) = text.strip_prefix("s3://").and_then(|rest| rest.split('/').next()) {
        return say(&format!("arn:aws:s3:::{bucket}"), "", true);
    }
    if text.starts_with("gs://") {
        let bucket: Vec<_> = text.splitn(4, '/').take(3).collect();
        return say(&bucket.join("/"), "", true);
    }
    if text.starts_with("arn:") {
        return arns(text, say);
    }
    if let Some(at) = text.find("projects/") {
        let path = text.get(at..).unwrap_or_default();
        say(path, "", true);
        // What is below of a resource names it: a version of a secret, a key of an account.
        let mut path = path;
        for _ in 0..STEPS {
            let Some((above, _)) = path.rsplit_once('/') else { break };
            if above.matches('/').count() < 2 {
                break;
            }
            path = above;
            say(path, "", true);
        }
        return;
    }
    say(text, "", true);
    if let Some((_, rest)) = text.split_once("://") {
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        say(host.split(':').next().unwrap_or_default(), "", true);
    } else if text.contains('@') {
        // `serviceAccount:name@project…`
        say(text.rsplit(':').next().unwrap_or_default(), "", true);
    } else if let Some((host, _)) = text.split_once(':') {
        say(host, "", true);
    }
}

fn arns(text: &str, say: &mut impl FnMut(&str, &str, bool)) {
    let plain = text.split('*').next().unwrap_or_default();
    // `bucket-*` means all that begins so, `bucket/*` what is below of it.
    let is_prefix = plain.len() < text.len() && !plain.ends_with(['/', ':']);
    let fixed = plain.trim_end_matches(['/', ':']);
    say(fixed, if is_prefix { plain } else { "" }, true);
    if let Some(last) = fixed.rsplit(['/', ':']).next()
        && is_native_id(last)
    {
        say(last, "", true);
    }
    let mut above = fixed;
    for _ in 0..STEPS {
        let Some(at) = above.rfind(['/', ':']) else { break };
        above = above.get(..at).unwrap_or_default();
        // `arn:partition:service:region:account:` is no resource.
        if above.matches(':').count() < 5 {
            break;
        }
        say(above, "", true);
    }
}
