//! Sessions, kept sealed on disk and made once for all processes.
//!
//! A keyring is made for a few small secrets: the Credential Manager of Windows takes 2,560 bytes per entry, the kernel's
//! keyring 20,000 per user, and some ask a person for every one. The sessions of hundreds of environments do not fit. So
//! one random key lives in the keyring, and sessions are files sealed with it (XChaCha20-Poly1305). Without a keyring they
//! stay in the memory of the process: nothing is ever written that could be read without a key.
//!
//! Only one caller makes an entry at a time, over all threads and processes; the others wait and get what it made.

mod folder;
mod keyring;
mod place;
mod seal;
mod state;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::lock::HeldLock;
use folder::Folder;
pub(crate) use folder::{private_folder, read_regular};
pub(crate) use place::state as state_folder;
use seal::SealKey;
pub use state::{CacheState, KeyPlace, PassedOver};

/// How long another process may take to make what this one wants: a person may have to sign in over there. After that it
/// is taken for stopped, and this one makes its own.
pub(crate) const WAIT: Duration = Duration::from_secs(10 * 60);

/// What an entry is known by: everything that makes its session another one (account, role, the policy's hash, ...).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CacheKey([u8; 32]);

impl CacheKey {
    /// From its parts, in this order. `["ab", "c"]` is not `["a", "bc"]`.
    pub fn new(parts: &[&str]) -> Self {
        let mut hasher =
            blake3::Hasher::new_derive_key("tenko 2026 session cache: name of an entry");
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().into())
    }

    fn bytes(&self) -> [u8; 32] {
        self.0
    }

    fn name(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    fn is_name(name: &str) -> bool {
        name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CacheKey({})", self.name())
    }
}

/// Which key sessions are sealed with.
pub enum KeyChoice {
    /// The one in the system's keyring, made there if need be: the Secret Service, the keychain or the Credential Manager;
    /// on Linux else the kernel's keyring. Memory if there is none.
    Auto,
    /// This one, from `TENKO_CACHE_KEY`. Whoever gives it keeps it.
    Given(Zeroizing<[u8; 32]>),
    /// None: sessions stay in the memory of this process.
    Memory,
}

impl fmt::Debug for KeyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "Auto",
            Self::Given(_) => "Given(hidden)",
            Self::Memory => "Memory",
        })
    }
}

/// Sessions that were made and are still good: bytes under a name. See the [module](self).
///
/// Files are for their owner alone, in a folder that nobody else may write to. Whatever else lies there, or was sealed with
/// another key, counts as not there. Nothing that fails here keeps anybody from a session: at worst it is made again.
#[derive(Debug)]
pub struct Cache {
    /// Where files are, if there is such a place.
    folder: Option<Folder>,
    /// What they are sealed with. Without it, or without a folder, entries are in memory only.
    seal: Option<SealKey>,
    state: CacheState,
    slots: Mutex<HashMap<CacheKey, Arc<Slot>>>,
    swept: Arc<AtomicBool>,
    wait: Duration,
}

/// One entry, as the threads of this process share it.
#[derive(Default)]
struct Slot {
    /// Held by who is making it.
    turn: tokio::sync::Mutex<()>,
    /// What could not be written.
    memory: Mutex<Option<Zeroizing<Vec<u8>>>>,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot(hidden)")
    }
}

/// How waiting for one's turn ended.
enum Turn {
    /// Somebody else made it meanwhile.
    Made(Zeroizing<Vec<u8>>),
    /// It is this caller's. `None`: files cannot be locked here, and others may make it too.
    Ours(Option<HeldLock>),
}

impl Cache {
    /// A cache in `folder`, which is made if it is not there.
    ///
    /// Never fails: what is wrong with the folder or the keyring leaves it in memory, and [`state`](Self::state) says so.
    /// Blocks while keyrings are asked: each call of one is given up after 2 s.
    pub fn open(folder: &Path, key: KeyChoice) -> Self {
        let folder = match (&key, Folder::open(folder)) {
            (KeyChoice::Memory, _) => return Self::memory(None, CacheState::Memory),
            (_, Ok(folder)) => folder,
            (_, Err(error)) => {
                tracing::warn!(%error, "sessions are kept in memory only");
                return Self::memory(None, CacheState::NoFolder { reason: error.to_string() });
            }
        };
        let (found, passed_over) = match key {
            KeyChoice::Given(secret) => {
                (Some((SealKey::new(secret), KeyPlace::Environment)), Vec::new())
            }
            _ => keyring::find(keyring::of_this_system(), &folder.key_lock(), keyring::BOUND),
        };
        match found {
            Some((seal, key)) => {
                let state =
                    CacheState::Sealed { folder: folder.path().to_owned(), key, passed_over };
                Self { seal: Some(seal), ..Self::memory(Some(folder), state) }
            }
            None => Self::memory(Some(folder), CacheState::NoKey { passed_over }),
        }
    }

    /// The cache that the environment asks for: `TENKO_CACHE_KEY` (64 hexadecimal digits; else the keyring's key), in
    /// `TENKO_CACHE_DIR` (else in `tenko/sessions` of the platform's folder for caches). Otherwise as [`open`](Self::open).
    pub fn from_environment() -> Self {
        let Some(folder) = place::sessions(&|name| std::env::var_os(name)) else {
            let reason =
                "no folder for caches is known: neither HOME nor TENKO_CACHE_DIR is set".to_owned();
            return Self::memory(None, CacheState::NoFolder { reason });
        };
        let given = std::env::var_os("TENKO_CACHE_KEY").filter(|text| !text.is_empty());
        let given = given.map(|text| Zeroizing::new(text.into_encoded_bytes()));
        match given.map(|text| KeyChoice::from_hex(&text)) {
            None => Self::open(&folder, KeyChoice::Auto),
            Some(Some(key)) => Self::open(&folder, key),
            Some(None) => {
                tracing::warn!("TENKO_CACHE_KEY is not 64 hexadecimal digits");
                Self::memory(Folder::open(&folder).ok(), CacheState::BadKey)
            }
        }
    }

    fn memory(folder: Option<Folder>, state: CacheState) -> Self {
        Self {
            folder,
            seal: None,
            state,
            slots: Mutex::default(),
            swept: Arc::default(),
            wait: WAIT,
        }
    }

    /// Waits no longer for what another process is making, and makes its own then. Ten minutes unless told otherwise.
    #[must_use]
    pub fn waiting(mut self, at_most: Duration) -> Self {
        self.wait = at_most;
        self
    }

    /// Where the key lives, or why sessions are in memory only.
    pub fn state(&self) -> CacheState {
        self.state.clone()
    }

    /// The entry if there is one that is `good` (it belongs to this version, it does not expire right away, ...), else
    /// what `make` makes, which is kept.
    ///
    /// One caller makes an entry at a time, over all threads and processes that share folder and key. The others wait for
    /// it without blocking the runtime; if it fails or dies, the next one makes it. `fresh` makes it whatever is there.
    /// Dropping the future lets go of its turn. `make` may ask for other entries, but not for this one.
    ///
    /// # Errors
    /// Only what `make` says.
    pub async fn get_or<F, E>(
        &self,
        key: &CacheKey,
        good: impl Fn(&[u8]) -> bool,
        fresh: bool,
        make: F,
    ) -> Result<Zeroizing<Vec<u8>>, E>
    where
        F: Future<Output = Result<Zeroizing<Vec<u8>>, E>>,
    {
        let slot = self.slot(key);
        let look = || if fresh { None } else { self.look(key, &slot, &good) };
        if let Some(found) = look() {
            return Ok(found);
        }
        let _turn = slot.turn.lock().await;
        let _lock = match self.turn(key, &look).await {
            Turn::Made(found) => return Ok(found),
            Turn::Ours(lock) => lock,
        };
        let made = make.await?;
        self.keep(key, &slot, &made).await;
        Ok(made)
    }

    /// Forgets one entry, here and for all processes. Who got it keeps what it got.
    pub fn forget(&self, key: &CacheKey) {
        *locked(&self.slot(key).memory) = None;
        if let Some(Err(error)) = self.folder.as_ref().map(|folder| folder.remove(key)) {
            tracing::warn!(%error, ?key, "a session could not be removed from the cache");
        }
    }

    /// Forgets all entries; says how many there were. The key stays in its keyring.
    ///
    /// # Errors
    /// If files cannot be listed or removed.
    pub fn clear(&self) -> io::Result<usize> {
        let forgotten = locked(&self.slots)
            .values()
            .filter(|slot| locked(&slot.memory).take().is_some())
            .count();
        Ok(forgotten + self.folder.as_ref().map_or(Ok(0), Folder::clear)?)
    }

    fn slot(&self, key: &CacheKey) -> Arc<Slot> {
        locked(&self.slots).entry(*key).or_default().clone()
    }

    fn look(
        &self,
        key: &CacheKey,
        slot: &Slot,
        good: &impl Fn(&[u8]) -> bool,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let memory = locked(&slot.memory).clone();
        // Newer than the file, if there is any: it is only there because it could not be written.
        if let Some(found) = memory.filter(|found| good(found)) {
            return Some(found);
        }
        let (folder, seal) = (self.folder.as_ref()?, self.seal.as_ref()?);
        let sealed = folder.read(key)?;
        match seal.open(key, &sealed) {
            Ok(found) => Some(found).filter(|found| good(found)),
            Err(reason) => {
                tracing::debug!(?key, %reason, "a cached session is not used");
                None
            }
        }
    }

    /// Waits until the entry is there, or nobody else is making it.
    async fn turn(&self, key: &CacheKey, look: &impl Fn() -> Option<Zeroizing<Vec<u8>>>) -> Turn {
        let folder = self.folder.as_ref().filter(|_| self.seal.is_some());
        let give_up = Instant::now() + self.wait;
        let mut pause = 4;
        loop {
            let lock = match folder.map(|folder| folder.try_lock(key)).transpose() {
                Ok(lock) => lock,
                Err(error) => {
                    tracing::warn!(%error, "the cache cannot be locked: other processes may make the same session");
                    None
                }
            };
            // After the lock, not before: it may have been made in between.
            if let Some(found) = look() {
                return Turn::Made(found);
            }
            match lock {
                Some(Some(held)) => return Turn::Ours(Some(held)),
                None => return Turn::Ours(None),
                Some(None) if Instant::now() >= give_up => {
                    tracing::warn!(
                        ?key,
                        "another process has been making the same session for too long"
                    );
                    return Turn::Ours(None);
                }
                Some(None) => {}
            }
            // Not all at the same moment. Not a blocking lock on another thread: the runtime would wait for that thread
            // when it ends, and Ctrl-C would not be heard.
            tokio::time::sleep(Duration::from_millis(pause + u64::from(rand::random::<u8>() % 16)))
                .await;
            pause = (pause * 2).min(100);
        }
    }

    async fn keep(&self, key: &CacheKey, slot: &Slot, made: &Zeroizing<Vec<u8>>) {
        let written = self.write(key, made).await;
        // A folder that is full or was taken away: the threads of this process still share it.
        *locked(&slot.memory) = if written { None } else { Some(made.clone()) };
    }

    async fn write(&self, key: &CacheKey, made: &[u8]) -> bool {
        let (Some(folder), Some(seal)) = (self.folder.clone(), &self.seal) else { return false };
        let Some(sealed) = seal.seal(key, made) else {
            tracing::warn!(bytes = made.len(), "a session is too large for the cache");
            return false;
        };
        let (key, swept) = (*key, self.swept.clone());
        let write = move || {
            let written = folder.write(&key, &sealed);
            if !swept.swap(true, Ordering::Relaxed) {
                folder.sweep(SystemTime::now());
            }
            written
        };
        match tokio::task::spawn_blocking(write).await.map_err(io::Error::from).flatten() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "a session could not be written to the cache");
                false
            }
        }
    }
}

impl KeyChoice {
    /// A given key, from 64 hexadecimal digits. `None` if it is anything else.
    pub fn from_hex(digits: &[u8]) -> Option<Self> {
        Some(Self::Given(seal::secret_from_hex(digits)?))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing under these locks is left half-changed by a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
