//! One argument of a `credential_process` line, as all that read it take it.
//!
//! botocore (AWS CLI, boto3) splits the line with Python's `shlex`, on Windows by the rules of
//! Microsoft's C runtime; the other SDKs hand it to `sh -c` or `cmd.exe /C`. Before that, the parsers
//! of some SDKs end a value at a `#` or `;` that follows white space, in quotes too.

use super::ProfilesError;

/// Whose rules a line follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// `shlex` and `sh`.
    Unix,
    /// The C runtime and `cmd.exe`.
    Windows,
}

impl Platform {
    /// This machine's.
    pub const HERE: Self = if cfg!(windows) { Self::Windows } else { Self::Unix };
}

/// Quotes where that is needed.
pub(super) fn quoted(text: &str, platform: Platform) -> Result<String, ProfilesError> {
    let wrong = |reason| ProfilesError::Path { path: text.to_owned(), reason };
    if text.chars().any(char::is_control) {
        return Err(wrong("it has a line break or another control character"));
    }
    let is_plain = |char: char| {
        char.is_ascii_alphanumeric()
            || "/._-+=:@,".contains(char)
            || (char == '\\' && platform == Platform::Windows)
    };
    if !text.is_empty() && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    match platform {
        Platform::Unix => Ok(unix(text)),
        Platform::Windows if text.contains(['"', '%']) => {
            Err(wrong("a quote or a percent sign means something else on this system"))
        }
        Platform::Windows if comment_starts(text) => {
            Err(wrong("what follows the space would be taken for a comment"))
        }
        Platform::Windows => {
            // Backslashes before the closing quote would escape it.
            let end = text.len() - text.trim_end_matches('\\').len();
            Ok(format!("\"{text}{}\"", "\\".repeat(end)))
        }
    }
}

/// Between double quotes, as people expect to see it, unless it has what means something there: then
/// between single ones, in which `shlex` and `sh` agree on everything.
fn unix(text: &str) -> String {
    if !text.contains(['"', '\\', '$', '`', '!']) && !comment_starts(text) {
        return format!("\"{text}\"");
    }
    let mut quoted = "'".to_owned();
    let mut before = ' ';
    for char in text.chars() {
        match char {
            '\'' => quoted.push_str("'\"'\"'"),
            // Two quotes between the space and the sign: nothing to a shell, and no comment.
            '#' | ';' if before.is_whitespace() => {
                quoted.extend(["''", char.encode_utf8(&mut [0; 4])])
            }
            _ => quoted.push(char),
        }
        before = char;
    }
    quoted.push('\'');
    quoted
}

fn comment_starts(text: &str) -> bool {
    let pairs = text.chars().zip(text.chars().skip(1));
    pairs.into_iter().any(|(before, char)| before.is_whitespace() && matches!(char, '#' | ';'))
}
