//! Which bucket, and whether an object, an S3 request is about: that depends on the host as much as on the path.
//!
//! S3 Control, which holds what is set for a whole account, is signed as S3 and has hosts of its own. At an endpoint of
//! the user's own it is told by its header: there alone its path could be an object's.

use super::super::endpoint::dns_suffixes;

/// What an S3 request addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum S3Target {
    /// The service itself.
    Service,
    /// A bucket.
    Bucket,
    /// An account's own settings.
    Control,
    /// An object, or something whose form isn't known.
    Other,
}

/// What the paths of S3 Control begin with.
const CONTROL_PATH: &str = "/v20180820/";

/// `custom` is the host (with port, without scheme) of an endpoint that the user configured; `names_account` says that
/// the request has the header that S3 Control's requests have, and no other request of S3.
pub(super) fn target(
    host: &str,
    path: &str,
    custom: Option<&str>,
    names_account: bool,
) -> S3Target {
    if names_account {
        let known = custom == Some(host) || is_control(host);
        let control = known && path.starts_with(CONTROL_PATH);
        return if control { S3Target::Control } else { S3Target::Other };
    }
    let in_host = match bucket_in_host(host, custom) {
        Some(in_host) => in_host,
        None => return S3Target::Other,
    };
    let path = path.strip_prefix('/').unwrap_or(path);
    match (in_host, path) {
        (true, "") => S3Target::Bucket,
        (true, _) => S3Target::Other,
        (false, "") => S3Target::Service,
        (false, path) => {
            // One segment, a trailing slash allowed. Percent signs would hide another one.
            let name = path.strip_suffix('/').unwrap_or(path);
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            let named = !name.is_empty() && name != "." && name != ".." && name.bytes().all(plain);
            if named { S3Target::Bucket } else { S3Target::Other }
        }
    }
}

/// Whether the bucket is part of the host; `None` when it isn't a host of S3.
fn bucket_in_host(host: &str, custom: Option<&str>) -> Option<bool> {
    if let Some(custom) = custom {
        if host == custom {
            return Some(false);
        }
        if host.strip_suffix(custom).is_some_and(|rest| rest.ends_with('.')) {
            return Some(true);
        }
    }
    let labels = labels(host)?;
    // The endpoint is the last run of labels that has its form; a bucket's own name may contain `s3` as well.
    let start =
        (0..labels.len()).rev().find(|&at| is_endpoint(labels.get(at..).unwrap_or_default()))?;
    Some(start > 0)
}

/// The parts of a host of AWS before its suffix.
fn labels(host: &str) -> Option<Vec<&str>> {
    let name =
        host.rsplit_once(':').map_or(host, |(name, port)| if port == "443" { name } else { host });
    let rest = dns_suffixes().find_map(|suffix| name.strip_suffix(suffix)?.strip_suffix('.'))?;
    Some(rest.split('.').collect())
}

/// `{account}.s3-control.{region}`.
fn is_control(host: &str) -> bool {
    let account = |label: &str| label.len() == 12 && label.bytes().all(|b| b.is_ascii_digit());
    match labels(host).as_deref() {
        Some([first, "s3-control", region]) => account(first) && is_region(region),
        _ => false,
    }
}

fn is_region(label: &str) -> bool {
    label.split('-').count() >= 3 && label.ends_with(|c: char| c.is_ascii_digit())
}

/// `s3`, `s3.{region}`, `s3-{region}`, `s3.dualstack.{region}`, `s3-fips.{region}`, `s3-fips.dualstack.{region}`.
fn is_endpoint(labels: &[&str]) -> bool {
    let Some((&first, rest)) = labels.split_first() else { return false };
    match (first, rest) {
        ("s3", []) => true,
        ("s3" | "s3-fips", [r] | ["dualstack", r]) => is_region(r),
        (old, []) => old.strip_prefix("s3-").is_some_and(is_region),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_objects_and_the_service_are_told_apart() {
        use S3Target::{Bucket, Other, Service};
        for (host, path, want) in [
            ("s3.amazonaws.com", "/", Service),
            ("s3.eu-west-1.amazonaws.com", "/", Service),
            ("s3.eu-west-1.amazonaws.com:443", "/", Service),
            ("s3.eu-west-1.amazonaws.com", "/bucket", Bucket),
            ("s3.eu-west-1.amazonaws.com", "/bucket/", Bucket),
            ("s3.eu-west-1.amazonaws.com", "/bucket/key", Other),
            ("s3.eu-west-1.amazonaws.com", "/bucket%2Fkey", Other),
            ("s3.eu-west-1.amazonaws.com", "/..", Other),
            ("s3.eu-west-1.amazonaws.com", "//key", Other),
            ("bucket.s3.eu-west-1.amazonaws.com", "/", Bucket),
            ("bucket.s3.eu-west-1.amazonaws.com", "", Bucket),
            ("bucket.s3.eu-west-1.amazonaws.com", "/key", Other),
            ("s3.eu-west-1.s3.eu-west-1.amazonaws.com", "/key", Other),
            ("a.b.s3.dualstack.eu-west-1.amazonaws.com", "/", Bucket),
            ("a.s3-eu-west-1.amazonaws.com", "/", Bucket),
            ("s3-eu-west-1.amazonaws.com", "/a", Bucket),
            ("b.s3.cn-north-1.amazonaws.com.cn", "/", Bucket),
            ("b.s3.cn-north-1.amazonaws.com.cn", "/key", Other),
            ("123.s3-control.eu-west-1.amazonaws.com", "/", Other),
            ("ap.s3-accesspoint.eu-west-1.amazonaws.com", "/", Other),
            ("s3.eu-west-1.example.com", "/b", Other),
            ("127.0.0.1:5000", "/", Service),
            ("127.0.0.1:5000", "/b", Bucket),
            ("127.0.0.1:5000", "/b/k", Other),
            ("b.127.0.0.1:5000", "/k", Other),
            ("127.0.0.1:5001", "/b", Other),
        ] {
            assert_eq!(target(host, path, Some("127.0.0.1:5000"), false), want, "{host} {path}");
        }
        assert_eq!(target("127.0.0.1:5000", "/b", None, false), Other);
    }

    #[test]
    fn settings_of_an_account_are_asked_for_at_hosts_of_their_own() {
        use S3Target::{Control, Other};
        let path = "/v20180820/configuration/publicAccessBlock";
        for (host, path, names_account, want) in [
            ("111122223333.s3-control.eu-west-1.amazonaws.com", path, true, Control),
            ("111122223333.s3-control.cn-north-1.amazonaws.com.cn", path, true, Control),
            ("127.0.0.1:5000", path, true, Control),
            ("127.0.0.1:5000", path, false, Other),
            ("111122223333.s3-control.eu-west-1.amazonaws.com", path, false, Other),
            ("111122223333.s3-control.eu-west-1.amazonaws.com", "/", true, Other),
            ("bucket.s3-control.eu-west-1.amazonaws.com", path, true, Other),
            ("s3.eu-west-1.amazonaws.com", path, true, Other),
            ("111122223333.s3.eu-west-1.amazonaws.com", path, true, Other),
            ("111122223333.s3-control.eu-west-1.example.com", path, true, Other),
        ] {
            let found = target(host, path, Some("127.0.0.1:5000"), names_account);
            assert_eq!(found, want, "{host} {path} {names_account}");
        }
    }
}
