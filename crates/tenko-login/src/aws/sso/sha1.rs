//! SHA-1, for the names of files that the AWS tools share. Nothing here rests on its strength.

use sha1::{Digest, Sha1};

/// The digest as lower-case hex, as the AWS tools name their files.
pub(super) fn hex(text: &str) -> String {
    Sha1::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn published_values() {
        assert_eq!(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
