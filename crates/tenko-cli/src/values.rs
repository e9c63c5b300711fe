//! Values of arguments.

use std::time::Duration;

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

/// A region by its form: which regions there are, each account says itself.
pub(crate) fn region(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.contains('-') && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("expected a region such as eu-central-1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
