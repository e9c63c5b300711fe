//! Values of arguments.

use std::net::Ipv6Addr;
use std::time::Duration;

use clap::ValueEnum as _;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use tenko::messages::Lang;
use tenko::untangle::Ipv4Net;

use crate::args::Format;

/// `90s`, `5m`, `2h`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let value = number.parse::<u64>().ok().zip(seconds).and_then(|(n, s)| n.checked_mul(s));
    match value {
        Some(value) if value > 0 => Ok(Duration::from_secs(value)),
        _ => Err("expected a time such as 90s, 5m or 2h".to_owned()),
    }
}

pub(crate) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("expected a share above 0 and at most 1".to_owned()),
    }
}

/// An account number.
pub(crate) fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("expected an account number of 12 digits".to_owned())
    }
}

/// A project's id, as far as its form tells.
pub(crate) fn project(text: &str) -> Result<String, String> {
    let id = text.strip_prefix("gcp:").or(text.strip_prefix("projects/")).unwrap_or(text);
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:".contains(&b);
    let begins = id.starts_with(|c: char| c.is_ascii_alphanumeric());
    if digits(id) {
        return Err(format!("expected a project's id: {id} is its number"));
    }
    if begins && id.bytes().all(plain) && id.len() >= 6 {
        Ok(id.to_owned())
    } else {
        Err("expected a project's id, such as acme-prod".to_owned())
    }
}

/// An organization by its number, with or without `organizations/`, as Google Cloud names it.
pub(crate) fn organization(text: &str) -> Result<String, String> {
    numbered(text, "organizations/")
        .ok_or_else(|| "expected the number of an organization, such as 123456789012".to_owned())
}

/// A folder by its number, with or without `folders/`, as Google Cloud names it.
pub(crate) fn folder(text: &str) -> Result<String, String> {
    numbered(text, "folders/")
        .ok_or_else(|| "expected the number of a folder, such as 123456789012".to_owned())
}

fn numbered(text: &str, prefix: &str) -> Option<String> {
    let number = text.strip_prefix(prefix).unwrap_or(text);
    digits(number).then(|| format!("{prefix}{number}"))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A service account's e-mail address, as far as its form tells.
pub(crate) fn service_account(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._{}".contains(c);
    let form = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && domain.ends_with(".gserviceaccount.com")
            && name.chars().chain(domain.chars()).all(plain)
    });
    let filled = text.replace("{project}", "");
    if form && !filled.contains(['{', '}']) {
        Ok(text.to_owned())
    } else {
        Err("expected a service account such as tenko@acme-hub.iam.gserviceaccount.com".to_owned())
    }
}

/// A region by its form: which regions there are, each account says itself.
pub(crate) fn region(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.contains('-') && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("expected a region such as eu-central-1".to_owned())
    }
}

/// A range of IPv4 addresses, written as the network that is meant.
pub(crate) fn network(text: &str) -> Result<Ipv4Net, String> {
    let address = text.split('/').next().unwrap_or_default();
    if address.parse::<Ipv6Addr>().is_ok() {
        return Err("IPv4 only, such as 10.64.0.0/10: ranges of IPv6 come from the provider".into());
    }
    let network: Ipv4Net = text
        .parse()
        .map_err(|_| "expected a private range, IPv4 only, such as 10.64.0.0/10".to_owned())?;
    let meant = network.trunc();
    if meant != network {
        return Err(format!("{network} begins within a network: say {meant} if that is meant"));
    }
    Ok(network)
}

/// Every format, Markdown too, which other commands do not have.
pub(crate) fn any_format() -> impl TypedValueParser<Value = Format> {
    of_formats(vec![("text", Format::Text), ("markdown", Format::Markdown), ("json", Format::Json)])
}

/// The formats of reports.
pub(crate) fn report_format() -> impl TypedValueParser<Value = Format> {
    let all = Format::value_variants().iter();
    of_formats(all.map(|format| (format.name(), *format)).collect())
}

fn of_formats(all: Vec<(&'static str, Format)>) -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(all.iter().map(|(name, _)| PossibleValue::new(*name))).map(
        move |name| {
            all.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, format)| *format)
                .unwrap_or_default()
        },
    )
}

/// A language that tenko speaks.
pub(crate) fn lang(text: &str) -> Result<Lang, String> {
    text.parse().map_err(|error: tenko::messages::UnknownLang| error.to_string())
}

/// A day.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "expected a day such as 2027-01-31".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        assert_eq!(network("10.64.0.0/10").map(|n| n.to_string()).as_deref(), Ok("10.64.0.0/10"));
        for (bad, says) in [
            ("10.1.2.3/8", "say 10.0.0.0/8"),
            ("fd00::/8", "IPv4 only, such as 10.64.0.0/10"),
            ("fd00::", "IPv4 only"),
            ("10.0.0.0", "IPv4 only, such as 10.64.0.0/10"),
            ("10.0.0.0/33", "such as 10.64.0.0/10"),
            ("", "such as 10.64.0.0/10"),
        ] {
            assert!(network(bad).is_err_and(|error| error.contains(says)), "{bad}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for bad in ["", "0", "5d", "m", "-1s", "99999999999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn shares() {
        assert_eq!(share("1"), Ok(1.0));
        for bad in ["0", "-0.5", "1.1", "NaN", "half", ""] {
            assert!(share(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_of_google_cloud() {
        assert_eq!(project("gcp:acme-prod").as_deref(), Ok("acme-prod"));
        assert!(project("example.com:acme").is_ok());
        for bad in ["", "acme", "Acme-Prod", "123456789012", "folders/12", "acme_prod"] {
            assert!(project(bad).is_err(), "{bad}");
        }
        assert_eq!(organization("12").as_deref(), Ok("organizations/12"));
        assert_eq!(folder("folders/34").as_deref(), Ok("folders/34"));
        assert!(organization("folders/34").is_err() && folder("").is_err());
        let email = "tenko@{project}.iam.gserviceaccount.com";
        assert_eq!(service_account(email).as_deref(), Ok(email));
        for bad in ["", "tenko", "mika@example.com", "x@{projct}.iam.gserviceaccount.com"] {
            assert!(service_account(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn accounts_and_regions() {
        assert!(account("012345678901").is_ok() && region("us-gov-west-1").is_ok());
        for bad in ["", "12345678901", "01234567890a", "０１２３４５６７８９０１"] {
            assert!(account(bad).is_err(), "{bad}");
        }
        for bad in ["", "us east 1", "US-EAST-1", "useast1", "us-east-1/"] {
            assert!(region(bad).is_err(), "{bad}");
        }
    }
}
