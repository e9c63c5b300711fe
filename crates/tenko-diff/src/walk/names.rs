//! When two texts name one thing: ARNs, links, addresses.

use std::net::IpAddr;

use ipnet::IpNet;

/// Equal but for the case of an ARN, the host and API version of a Google link, the version of a key
/// that only the live link ends with, and the spelling of an IP address or network.
pub(super) fn same_text(expected: &str, actual: &str) -> bool {
    if expected == actual || (is_arn(expected) && expected.eq_ignore_ascii_case(actual)) {
        return true;
    }
    if let (Some(expected), Some(actual)) = (link(expected), link(actual)) {
        return expected == actual || without_version(actual) == Some(expected);
    }
    match (network(expected), network(actual)) {
        (Some(expected), Some(actual)) => expected == actual,
        _ => false,
    }
}

fn is_arn(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:"))
}

/// What a Google link names: `projects/…`, whatever host and version of an API it was read from.
pub(crate) fn link(text: &str) -> Option<&str> {
    let at = if text.starts_with("projects/") { 0 } else { text.find("/projects/")? + 1 };
    let (prefix, rest) = text.split_at_checked(at)?;
    let is_host = prefix.starts_with("https://")
        || prefix.starts_with("http://")
        || prefix.starts_with("//")
        || prefix.contains("googleapis.com/");
    (prefix.is_empty() || (is_host && !prefix.contains(char::is_whitespace))).then_some(rest)
}

/// The key of `…/cryptoKeys/K/cryptoKeyVersions/N`. Code names the key, and what was encrypted with
/// it names the version that was used.
fn without_version(link: &str) -> Option<&str> {
    let (key, version) = link.rsplit_once("/cryptoKeyVersions/")?;
    let is_key = key.rsplit('/').nth(1) == Some("cryptoKeys");
    (is_key && !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit())).then_some(key)
}

/// An address, or a network with `true`: an address is not the network that holds nothing else. What
/// stands behind the prefix of a network counts: APIs that don't keep it clear it in what code reads.
fn network(text: &str) -> Option<(IpNet, bool)> {
    // No text of either kind is longer, and most texts are neither.
    let may_be = (2..=49).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'/'))
        && text.contains(['.', ':']);
    if !may_be {
        return None;
    }
    match text.contains('/') {
        true => Some((text.parse::<IpNet>().ok()?, true)),
        false => Some((IpNet::from(text.parse::<IpAddr>().ok()?), false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "projects/p/locations/l/keyRings/r/cryptoKeys/k";

    #[test]
    fn only_the_live_key_may_have_a_version() {
        let live = format!("https://cloudkms.googleapis.com/v1/{KEY}/cryptoKeyVersions/3");
        assert!(same_text(KEY, &live));
        assert!(!same_text(&live, KEY));
        assert!(!same_text(&format!("{KEY}/cryptoKeyVersions/2"), &live));
        for other in ["2/x", "", "x"] {
            assert!(!same_text(KEY, &format!("{KEY}/cryptoKeyVersions/{other}")), "{other}");
        }
        assert!(!same_text("projects/p/k", "projects/p/k/cryptoKeyVersions/3"));
    }

    #[test]
    fn addresses_are_compared_by_value() {
        for (a, b) in [
            ("2001:DB8:0:0::/64", "2001:db8::/64"),
            ("::ffff:10.0.0.1", "::FFFF:a00:1"),
            ("0:0:0:0:0:0:0:0/0", "::/0"),
        ] {
            assert!(same_text(a, b) && same_text(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("10.0.0.1/32", "10.0.0.1"),
            ("::1/128", "::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("10.0.0.1/24", "10.0.0.0/24"),
            ("10.0.0.0/24", "10.0.0.0/25"),
            ("2001:db8::/64", "2001:db8::/65"),
            ("de:ad", "de:AD"),
        ] {
            assert!(!same_text(a, b) && !same_text(b, a), "{a} {b}");
        }
    }
}
