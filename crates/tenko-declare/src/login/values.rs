//! Values of the `login` section: roles, times, addresses.

use crate::context::{Context, Pos};
use crate::location;
use crate::node::Node;
use crate::settings::check_name;

/// The longest name of a role, and of a permission set (AWS IAM; IAM Identity Center).
const ROLE_NAME: usize = 64;
const PERMISSION_SET: usize = 32;
/// How long sessions can live, and those that come from another role's session, in seconds (AWS
/// STS, AssumeRole).
const DURATION: std::ops::RangeInclusive<u32> = 900..=43_200;
const CHAINED: u32 = 3_600;

/// A role in every account: its name, or path and name.
pub(super) fn role(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let (pos, text) = node.get("role").and_then(|n| Some((n.pos, n.text()?)))?;
    check_name(context, pos, "role", text, "/", 512);
    check_path(context, pos, "role", text);
    Some(text.to_owned())
}

fn check_path(context: &mut Context<'_>, pos: Pos, key: &str, text: &str) {
    if text.starts_with("arn:") {
        return;
    }
    let name = text.rsplit('/').next().unwrap_or_default();
    if text.split('/').any(str::is_empty) {
        let help = "write path and name with one slash between them: `tenko/TenkoReadOnly`";
        context.error(pos, format!("`{key}` has a slash too many")).help(help);
    } else if name.len() > ROLE_NAME {
        context.error(pos, format!("the name of a role has at most {ROLE_NAME} characters"));
    }
}

/// The ARN of a role; `key` is what it is the value of.
pub(crate) fn role_arn(context: &mut Context<'_>, node: &Node, key: &str) -> Option<String> {
    let text = node.text()?;
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let whole = "write the role's whole ARN: `arn:aws:iam::ACCOUNT:role/NAME`".to_owned();
    let help = match *parts.as_slice() {
        ["arn", partition, "iam", "", account, resource]
            if is_partition(partition) && is_account(account) =>
        {
            match resource.strip_prefix("role/").filter(|name| !name.is_empty()) {
                Some(name) => {
                    let odd = |c: &char| !c.is_ascii_alphanumeric() && !"_+=,.@-/".contains(*c);
                    if let Some(bad) = name.chars().find(odd) {
                        let message =
                            format!("the name of a role cannot hold the character {bad:?}");
                        context.error(node.pos, message);
                    }
                    check_path(context, node.pos, key, name);
                    return Some(text.to_owned());
                }
                None => whole,
            }
        }
        ["arn", partition, "sts", "", account, resource] => {
            match resource.strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/')) {
                Some((name, _)) => format!(
                    "that is a session of a role: write `arn:{partition}:iam::{account}:role/{name}`"
                ),
                None => whole,
            }
        }
        _ => whole,
    };
    context.error(node.pos, format!("`{text}` is no role's ARN")).help(help);
    None
}

fn is_partition(text: &str) -> bool {
    text == "aws"
        || text.strip_prefix("aws-").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        })
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// How long a session lives, in seconds.
pub(super) fn duration(context: &mut Context<'_>, node: &Node) -> Option<u32> {
    let (pos, text) = node.get("duration").and_then(|n| Some((n.pos, n.text()?)))?;
    let Some(seconds) = seconds(text) else {
        let help = "write it with its unit: `1h`, `90m`, `3600s`";
        context.error(pos, format!("`duration` is `{text}`, which is no time")).help(help);
        return None;
    };
    let through = [
        ("hub", "logins go through this role"),
        ("identity_center", "it gives out sessions of a role"),
    ];
    let chained = through.into_iter().find_map(|(key, why)| Some((node.entry(key)?.0.pos, why)));
    if !DURATION.contains(&seconds) {
        context.error(pos, format!("`duration` is `{text}`; it can be `15m` to `12h`"));
        return None;
    }
    if let Some((at, why)) = chained.filter(|_| seconds > CHAINED) {
        let message = format!(
            "`duration` is `{text}`, and a session that is had from another role's session \
             (role chaining) lives 1 hour at most"
        );
        context.error(pos, message).see(at, why).help("write `1h`, or leave it out");
        return None;
    }
    Some(seconds)
}

/// `1h30m` in seconds.
fn seconds(text: &str) -> Option<u32> {
    let mut rest = text;
    let mut out = 0u32;
    for (unit, factor) in [('h', 3600), ('m', 60), ('s', 1)] {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        // `parse` would take a sign too.
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out = out.checked_add(number.parse::<u32>().ok()?.checked_mul(factor)?)?;
        rest = after;
    }
    (rest.is_empty() && !text.is_empty()).then_some(out)
}

/// A profile's name.
pub(super) fn profile(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    let bad = |c: char| c.is_control() || matches!(c, '[' | ']' | '\u{2028}' | '\u{2029}');
    if let Some(bad) = text.chars().find(|c| bad(*c)) {
        context.error(node.pos, format!("a profile's name cannot hold the character {bad:?}"));
        return None;
    }
    if let Some(name) = text.strip_prefix("profile ") {
        let message = "`profile` is the name without the word before it";
        context.error(node.pos, message).help(format!("write `{name}`"));
        return None;
    }
    Some(text.to_owned())
}

/// A permission set's name.
pub(super) fn permission_set(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let (pos, text) = (node.pos, node.text()?);
    let last = text.rsplit('/').next().unwrap_or_default();
    let reserved = last.strip_prefix("AWSReservedSSO_").and_then(|name| name.rsplit_once('_'));
    if let Some((name, _)) = reserved {
        let message = format!("`{text}` is the role that Identity Center made of a permission set");
        context.error(pos, message).help(format!("write the permission set's name: `{name}`"));
        return None;
    }
    if text.starts_with("arn:") {
        let help = "write the permission set's name, as the access portal shows it";
        context.error(pos, "`role` takes no ARN").help(help);
        return None;
    }
    check_name(context, pos, "role", text, "", PERMISSION_SET);
    Some(text.to_owned())
}

/// The address of an access portal.
pub(super) fn start_url(context: &mut Context<'_>, node: &Node) -> Option<String> {
    const FORM: &str = "write it as `https://NAME.awsapps.com/start`";
    let text = node.text()?;
    if location::may_hold_secret(text) {
        context.hide(node.pos);
        context.error(node.pos, "the address has a user or a query").help(FORM);
        return None;
    }
    let mut bad = |message: String, help: &str| {
        context.error(node.pos, message).help(help);
        None::<String>
    };
    let no_address = format!("`{text}` is no address");
    let Some((scheme, rest)) = text.split_once("://") else { return bad(no_address, FORM) };
    let host = rest.split(['/', '#']).next().unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "{}\"<>\\^`|".contains(c);
    let is_port = |text: &str| text.is_empty() || text.strip_prefix(':').is_some_and(is_port);
    let is_host = location::is_host(host) || host.strip_prefix("[::1]").is_some_and(is_port);
    if !is_host || text.contains(odd) {
        return bad(no_address, FORM);
    }
    if let Some((before, _)) = text.split_once('#') {
        let help = format!("write `{}`", before.trim_end_matches('/'));
        return bad(format!("`{text}` is a place on a page"), &help);
    }
    match scheme {
        "https" => Some(text.to_owned()),
        "http" if location::is_loopback(text) => Some(text.to_owned()),
        "http" => {
            let message = "people would sign in over an unencrypted connection".to_owned();
            bad(message, &format!("write `https://{rest}`"))
        }
        _ => bad(no_address, FORM),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// A region of AWS. They come and go, so only the form is checked.
pub(crate) fn region(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    if is_region(text) {
        return Some(text.to_owned());
    }
    let lower = text.to_ascii_lowercase();
    let zone = lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let report = context.error(node.pos, format!("`{text}` is no region"));
    match [lower.as_str(), zone].into_iter().find(|text| is_region(text)) {
        Some(meant) => report.did_you_mean(Some(meant)),
        None => report.help("write it as AWS does: `eu-central-1`"),
    };
    None
}

fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let all = |text: &str, is: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|b| is(&b));
    words.len() >= 2
        && text.len() <= 32
        && all(number, u8::is_ascii_digit)
        && words.iter().all(|word| all(word, u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, expected) in [
            ("1h", Some(3600)),
            ("90m", Some(5400)),
            ("1h30m", Some(5400)),
            ("900s", Some(900)),
            ("1h0m5s", Some(3605)),
            ("", None),
            ("h", None),
            ("30m1h", None),
            ("+1h", None),
            ("1 h", None),
            ("1h1h", None),
            ("3600", None),
            ("99999999999h", None),
            ("4294967295h", None),
            ("١h", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn regions_are_told_by_their_form() {
        for text in ["eu-central-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"] {
            assert!(is_region(text), "{text}");
        }
        for text in ["", "-", "eu", "eu-central", "eu-central-1a", "eu--1", "a/b-c-1", "EU-west-1"]
        {
            assert!(!is_region(text), "{text}");
        }
    }
}
