//! Why a token is asked for, as a header that Google Cloud's audit log shows.

use http::HeaderValue;
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::TokenError;

/// Longest reason, in characters: that of a ticket.
const MOST: usize = 256;

/// The header's value. Headers are ASCII: other letters are percent-encoded, as UTF-8.
pub(super) fn header(reason: &str) -> Result<HeaderValue, TokenError> {
    let wrong = || TokenError::Reason(reason.chars().take(MOST).collect());
    let is_good = !reason.trim().is_empty()
        && reason.chars().count() <= MOST
        && !reason.chars().any(char::is_control);
    if !is_good {
        return Err(wrong());
    }
    let text = utf8_percent_encode(reason.trim(), CONTROLS).to_string();
    HeaderValue::from_str(&text).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_a_header_is_refused() {
        for (reason, sent) in [
            ("OPS-123", "OPS-123"),
            (" a/b:c=d+e@f ", "a/b:c=d+e@f"),
            ("\u{70b9} 1", "%E7%82%B9 1"),
        ] {
            assert_eq!(header(reason).unwrap(), sent);
        }
        for bad in ["", "  ", "a\r\nx: y", "a\u{7f}", "a\u{85}", &"x".repeat(257)] {
            assert!(matches!(header(bad), Err(TokenError::Reason(_))), "{bad:?}");
        }
    }
}
