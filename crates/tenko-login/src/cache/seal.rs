//! Sealed bytes: what lies in the cache's folder.
//!
//! A file is `version (1) | id of the key (8) | nonce (24) | XChaCha20-Poly1305 of the content`. What stands before the
//! nonce, and the cache key, are authenticated with it: a file that was renamed to another entry's name does not open.

use chacha20poly1305::aead::Generate;
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::CacheKey;

/// Of the format above. A file of another version is not read.
const VERSION: u8 = 1;
const ID: usize = 8;
const NONCE: usize = 24;
const TAG: usize = 16;

/// The most that one entry may hold, in bytes. Sessions take about 2 KiB.
pub(super) const MOST_BYTES: usize = 256 * 1024;
/// What sealing adds to that.
pub(super) const OVERHEAD: usize = 1 + ID + NONCE + TAG;

/// A key that sessions are sealed with. Wiped when dropped.
#[derive(Clone)]
pub(super) struct SealKey {
    secret: Zeroizing<[u8; 32]>,
    id: [u8; ID],
}

/// Why bytes did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unopened {
    #[error("it is cut off")]
    Short,
    #[error("it is of another version")]
    Version,
    #[error("it was sealed with another key")]
    OtherKey,
    #[error("it was changed, or belongs to another entry")]
    Changed,
}

impl SealKey {
    pub(super) fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        let hash = Zeroizing::new(blake3::derive_key(
            "tenko 2026 session cache: id of a sealing key",
            &*secret,
        ));
        let mut id = [0; ID];
        for (to, from) in id.iter_mut().zip(hash.iter()) {
            *to = *from;
        }
        Self { secret, id }
    }

    /// A random one. `None` where the system has no randomness to give.
    pub(super) fn random() -> Option<Self> {
        let drawn = Zeroizing::new(<[u8; 32]>::try_generate().ok()?);
        Some(Self::new(drawn))
    }

    /// As hexadecimal digits: some keyrings keep nothing but text.
    pub(super) fn to_hex(&self) -> Zeroizing<String> {
        // As long as it gets from the start: growing would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(2 * self.secret.len()));
        for byte in self.secret.iter() {
            for digit in [byte >> 4, byte & 0xf] {
                text.extend(char::from_digit(digit.into(), 16));
            }
        }
        text
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.secret).into())
    }

    /// What is authenticated along with the content.
    fn about(&self, key: &CacheKey) -> Vec<u8> {
        let mut about = vec![VERSION];
        about.extend(self.id);
        about.extend(key.bytes());
        about
    }

    /// `None` if it is too large, or the system has no randomness to give.
    pub(super) fn seal(&self, key: &CacheKey, plain: &[u8]) -> Option<Vec<u8>> {
        if plain.len() > MOST_BYTES {
            return None;
        }
        let nonce = XNonce::try_generate().ok()?;
        // Room for the tag from the start: growing would leave a plain copy behind.
        let mut content = Zeroizing::new(Vec::with_capacity(plain.len().checked_add(TAG)?));
        content.extend_from_slice(plain);
        self.cipher().encrypt_in_place(&nonce, &self.about(key), &mut *content).ok()?;
        let mut sealed = vec![VERSION];
        sealed.extend(self.id);
        sealed.extend(nonce);
        sealed.extend_from_slice(&content);
        Some(sealed)
    }

    pub(super) fn open(
        &self,
        key: &CacheKey,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let (version, rest) = sealed.split_first().ok_or(Unopened::Short)?;
        if *version != VERSION {
            return Err(Unopened::Version);
        }
        let (id, rest) = rest.split_first_chunk::<ID>().ok_or(Unopened::Short)?;
        if *id != self.id {
            return Err(Unopened::OtherKey);
        }
        let (nonce, content) = rest.split_first_chunk::<NONCE>().ok_or(Unopened::Short)?;
        let mut content = Zeroizing::new(content.to_vec());
        match self.cipher().decrypt_in_place(&XNonce::from(*nonce), &self.about(key), &mut *content)
        {
            Ok(()) => Ok(content),
            Err(_) if content.len() < TAG => Err(Unopened::Short),
            Err(_) => Err(Unopened::Changed),
        }
    }
}

/// From 64 hexadecimal digits.
pub(super) fn secret_from_hex(digits: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut secret = Zeroizing::new([0; 32]);
    if digits.len() != 2 * secret.len() {
        return None;
    }
    for (byte, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(secret)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> SealKey {
        SealKey::new(Zeroizing::new([7; 32]))
    }

    #[test]
    fn opens_what_it_sealed_and_for_this_entry_alone() {
        let (one, other) = (CacheKey::new(&["a", "bc"]), CacheKey::new(&["ab", "c"]));
        let sealed = key().seal(&one, b"secret of a session").unwrap();
        assert_eq!(sealed.len(), OVERHEAD + 19);
        assert!(!sealed.windows(6).any(|six| six == b"secret"));
        assert_eq!(key().open(&one, &sealed).unwrap().as_slice(), b"secret of a session");
        assert_eq!(key().open(&other, &sealed), Err(Unopened::Changed));
        assert_eq!(SealKey::random().unwrap().open(&one, &sealed), Err(Unopened::OtherKey));
        assert_ne!(
            sealed,
            key().seal(&one, b"secret of a session").unwrap(),
            "a nonce is never used twice"
        );
        assert_eq!(key().seal(&one, &vec![0; MOST_BYTES + 1]), None);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_found() {
        let entry = CacheKey::new(&["a"]);
        let sealed = key().seal(&entry, b"secret").unwrap();
        for length in 0..sealed.len() {
            assert!(key().open(&entry, &sealed[..length]).is_err(), "{length}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key().open(&entry, &changed).is_err(), "{at}");
        }
    }

    #[test]
    fn keys_are_64_hexadecimal_digits_and_never_shown() {
        let text = key().to_hex();
        assert_eq!(*text, "07".repeat(32));
        assert_eq!(secret_from_hex(text.as_bytes()).unwrap(), key().secret);
        assert!(secret_from_hex("aB".repeat(32).as_bytes()).is_some());
        for bad in ["", "07", &"g".repeat(64), &"é".repeat(32), &"0".repeat(65), &"+7".repeat(32)]
        {
            assert!(secret_from_hex(bad.as_bytes()).is_none(), "{bad}");
        }
        assert!(!format!("{:?}", key()).contains('7'));
    }

    proptest! {
        #[test]
        fn whatever_lies_there_never_panics_and_never_opens(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(key().open(&CacheKey::new(&["a"]), &bytes).is_err());
            // With a beginning that is right.
            let mut longer = vec![VERSION];
            longer.extend(key().id);
            longer.extend(&bytes);
            prop_assert!(key().open(&CacheKey::new(&["a"]), &longer).is_err());
        }

        #[test]
        fn any_content_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let entry = CacheKey::new(&["a"]);
            let sealed = key().seal(&entry, &bytes).unwrap();
            prop_assert_eq!(key().open(&entry, &sealed).unwrap().to_vec(), bytes);
        }
    }
}
