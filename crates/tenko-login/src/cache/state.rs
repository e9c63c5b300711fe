//! Where the cache's key lives, or why there is none.

use std::fmt;
use std::path::PathBuf;

/// Where a sealing key lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPlace {
    /// `TENKO_CACHE_KEY`.
    Environment,
    /// The desktop's keyring, over D-Bus: GNOME Keyring, KWallet, KeePassXC.
    SecretService,
    /// The login keychain of macOS.
    Keychain,
    /// The Credential Manager of Windows.
    CredentialManager,
    /// The kernel's keyring of the user: memory that a reboot wipes, or some days without use.
    KernelKeyring,
    /// The kernel's keyring of this login session alone.
    KernelSession,
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "TENKO_CACHE_KEY",
            Self::SecretService => "the Secret Service",
            Self::Keychain => "the login keychain",
            Self::CredentialManager => "the Credential Manager",
            Self::KernelKeyring => "the kernel's keyring",
            Self::KernelSession => "the kernel's keyring of this login session",
        })
    }
}

/// A keyring that was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassedOver {
    /// Which one.
    pub place: KeyPlace,
    /// Why, for people.
    pub reason: String,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// What a cache keeps, and where its key is. [`Display`](fmt::Display) is one line; it may hold text of the system's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheState {
    /// Sessions are kept, sealed, and shared between processes.
    Sealed {
        /// Where the files are.
        folder: PathBuf,
        /// Where the key lives.
        key: KeyPlace,
        /// What would have been better and did not work.
        passed_over: Vec<PassedOver>,
    },
    /// Sessions are kept in the memory of this process, because that was asked for.
    Memory,
    /// Sessions are kept in the memory of this process: there is no folder to keep them in.
    NoFolder {
        /// Why, for people.
        reason: String,
    },
    /// Sessions are kept in the memory of this process: there is no place for a key.
    NoKey {
        /// What was tried, in this order.
        passed_over: Vec<PassedOver>,
    },
    /// Sessions are kept in the memory of this process: `TENKO_CACHE_KEY` is not a key.
    BadKey,
}

impl CacheState {
    /// Whether other processes find what this one keeps.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Sealed { .. })
    }

    /// What to do so that sessions are kept. `None` if they are, or nobody wanted it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sealed { .. } | Self::Memory => None,
            Self::NoFolder { .. } => {
                Some("make the folder yours alone (chmod 700), or name another one in TENKO_CACHE_DIR".to_owned())
            }
            Self::NoKey { .. } => Some(
                "unlock the keyring, or set TENKO_CACHE_KEY to 64 random hexadecimal digits that your processes share"
                    .to_owned(),
            ),
            Self::BadKey => Some("TENKO_CACHE_KEY is 64 hexadecimal digits, such as `openssl rand -hex 32` prints".to_owned()),
        }
    }
}

impl fmt::Display for CacheState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MEMORY: &str = "sessions are kept in this process only";
        let list = |f: &mut fmt::Formatter<'_>, passed: &[PassedOver]| {
            for (nth, passed) in passed.iter().enumerate() {
                write!(f, "{}{passed}", if nth == 0 { "" } else { "; " })?;
            }
            Ok(())
        };
        match self {
            Self::Sealed { folder, key, passed_over } => {
                write!(f, "sessions are kept sealed in {}, their key in {key}", folder.display())?;
                if !passed_over.is_empty() {
                    f.write_str(" (")?;
                    list(f, passed_over)?;
                    f.write_str(")")?;
                }
                Ok(())
            }
            Self::Memory => f.write_str(MEMORY),
            Self::NoFolder { reason } => write!(f, "{MEMORY}: {reason}"),
            Self::NoKey { passed_over } if passed_over.is_empty() => {
                write!(f, "{MEMORY}: no keyring of this system is known")
            }
            Self::NoKey { passed_over } => {
                write!(f, "{MEMORY}: there is no keyring for their key (")?;
                list(f, passed_over)?;
                f.write_str(")")
            }
            Self::BadKey => write!(f, "{MEMORY}: TENKO_CACHE_KEY is not a key"),
        }
    }
}
