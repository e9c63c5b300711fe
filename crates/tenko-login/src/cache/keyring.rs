//! The sealing key in the system's keyring: asked for with a bound on the time, made once.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::seal::{SealKey, secret_from_hex};
use super::state::{KeyPlace, PassedOver};
use crate::lock;

/// How long one call of a keyring may take: one that is locked asks a person, who may not be there.
pub(super) const BOUND: Duration = Duration::from_secs(2);
/// How long another process may take to make the key: as many calls as that takes.
const MAKING: Duration = Duration::from_secs(10);

/// The key's name in the keyring.
const SERVICE: &str = "tenko";
const USER: &str = "session-cache-key";

/// What a keyring is asked for by: to be opened on a thread, as that may hang too.
pub(super) type Opener = fn() -> Result<(Entry, KeyPlace), Error>;

/// The key of the first keyring that has one or takes one, and why those before it were passed over.
/// `key_lock` is held while it is made.
pub(super) fn find(
    openers: Vec<(KeyPlace, Result<Opener, String>)>,
    key_lock: &Path,
    bound: Duration,
) -> (Option<(SealKey, KeyPlace)>, Vec<PassedOver>) {
    let mut passed = Vec::new();
    for (place, opener) in openers {
        let key = opener.and_then(|opener| {
            let caller = Caller::start()?;
            let (entry, place) = caller.ask(bound, opener)?.map_err(|error| reason(&error))?;
            Ok((key(entry, &caller, key_lock, bound)?, place))
        });
        match key {
            Ok(found) => return (Some(found), passed),
            Err(reason) => {
                tracing::debug!(%place, reason, "a keyring is passed over");
                passed.push(PassedOver { place, reason });
            }
        }
    }
    (None, passed)
}

/// The key that is there, or one that is made now: the same one in every process that asks.
fn key(entry: Entry, caller: &Caller, key_lock: &Path, bound: Duration) -> Result<SealKey, String> {
    let entry = std::sync::Arc::new(entry);
    let read = || {
        let entry = entry.clone();
        caller.ask(bound, move || entry.get_password().map(Zeroizing::new))
    };
    match read()? {
        Ok(text) => return parse(&text),
        Err(Error::NoEntry) => {}
        Err(error) => return Err(reason(&error)),
    }
    let waited = key_lock.to_owned();
    // If it comes too late, nobody takes it, and it is let go.
    let _held = caller
        .ask(MAKING, move || lock::wait(&waited))?
        .map_err(|error| format!("its lock: {error}"))?;
    match read()? {
        // Another process has made it meanwhile.
        Ok(text) => return parse(&text),
        Err(Error::NoEntry) => {}
        Err(error) => return Err(reason(&error)),
    }
    let made = SealKey::random().ok_or("the system has no randomness to give")?;
    let (text, target) = (made.to_hex(), entry.clone());
    caller.ask(bound, move || target.set_password(&text))?.map_err(|error| reason(&error))?;
    // What counts is what others will find: a keyring may take a key and not keep it.
    match read()? {
        Ok(text) => parse(&text),
        Err(error) => Err(reason(&error)),
    }
}

fn parse(text: &str) -> Result<SealKey, String> {
    secret_from_hex(text.as_bytes())
        .map(SealKey::new)
        .ok_or_else(|| format!("its entry {USER} of {SERVICE} holds no key of this version"))
}

/// A thread that calls of one keyring run on, so that nobody has to wait for one that hangs. The same one for all of them:
/// what the kernel lets a thread do with a key depends on the keyrings that this very thread has.
struct Caller {
    calls: mpsc::Sender<Call>,
}

type Call = Box<dyn FnOnce() + Send>;

impl Caller {
    fn start() -> Result<Self, String> {
        let (calls, next) = mpsc::channel::<Call>();
        let work = move || next.into_iter().for_each(|call| call());
        let started = std::thread::Builder::new().name("keyring".to_owned()).spawn(work);
        started.map(|_| Self { calls }).map_err(|error| format!("no thread for it: {error}"))
    }

    /// Waits for no longer than `bound`. A call that hangs keeps the thread, until the process ends.
    fn ask<T: Send + 'static>(
        &self,
        bound: Duration,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
        let (done, result) = mpsc::sync_channel(1);
        // Whether there is still somebody at either end is told by the wait.
        drop(self.calls.send(Box::new(move || drop(done.send(call())))));
        result.recv_timeout(bound).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => {
                format!("no answer within {bound:?}; it may be locked")
            }
            // Its thread panicked, which is not ours to pass on.
            mpsc::RecvTimeoutError::Disconnected => "it failed".to_owned(),
        })
    }
}

/// Errors of keyrings can hold what was stored: those are told by their kind alone.
fn reason(error: &Error) -> String {
    match error {
        Error::PlatformFailure(source) => source.to_string(),
        Error::NoStorageAccess(source) => format!("it cannot be opened: {source}"),
        Error::NoEntry => "it did not keep the key".to_owned(),
        Error::Ambiguous(_) => format!("it has several entries {USER} of {SERVICE}"),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            format!("its entry {USER} of {SERVICE} cannot be read")
        }
        other => other.to_string(),
    }
}

/// The keyrings of this system, best first; one that cannot be there is not even tried.
#[cfg(target_os = "linux")]
pub(super) fn of_this_system() -> Vec<(KeyPlace, Result<Opener, String>)> {
    let secret_service: Result<Opener, String> =
        session_bus(&|name| std::env::var_os(name)).map(|()| secret_service as Opener);
    vec![(KeyPlace::SecretService, secret_service), (KeyPlace::KernelKeyring, Ok(kernel))]
}

/// Whether there may be a session bus at all. Where there is none, nobody waits for it.
#[cfg(target_os = "linux")]
fn session_bus(variable: &dyn Fn(&str) -> Option<std::ffi::OsString>) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("DBUS_SESSION_BUS_ADDRESS").is_some() {
        return Ok(());
    }
    // The same places as zbus looks in.
    let folder = match set("XDG_RUNTIME_DIR") {
        Some(folder) => Some(folder.into()),
        None => std::fs::metadata("/proc/self")
            .ok()
            .map(|of| std::path::PathBuf::from(format!("/run/user/{}", of.uid()))),
    };
    match folder {
        Some(folder) if folder.join("bus").exists() => Ok(()),
        _ => Err("there is no session bus".to_owned()),
    }
}

#[cfg(target_os = "linux")]
fn secret_service() -> Result<(Entry, KeyPlace), Error> {
    use keyring_core::api::CredentialStoreApi;
    let label = std::collections::HashMap::from([("label", "tenko: key of the session cache")]);
    let entry =
        zbus_secret_service_keyring_store::Store::new()?.build(SERVICE, USER, Some(&label))?;
    Ok((entry, KeyPlace::SecretService))
}

/// The key is linked to the user's persistent keyring, which every session of the user reaches, and which the kernel drops
/// when it was not used for some days (`/proc/sys/kernel/keys/persistent_keyring_expiry`) or with a reboot. Where the
/// kernel has none, it is the session's keyring alone: another session makes a key of its own then.
#[cfg(target_os = "linux")]
fn kernel() -> Result<(Entry, KeyPlace), Error> {
    use keyring_core::api::CredentialStoreApi;
    // A process of a service or a CI job often has no session keyring, and the persistent one cannot be linked then. This
    // makes one for the thread that asks, and for it alone.
    let _ =
        linux_keyutils::KeyRing::from_special_id(linux_keyutils::KeyRingIdentifier::Session, true);
    let entry = linux_keyutils_keyring_store::Store::new()?.build(SERVICE, USER, None)?;
    let persistent = entry
        .as_any()
        .downcast_ref::<linux_keyutils_keyring_store::Cred>()
        .is_some_and(|cred| cred.persistent.is_some());
    Ok((entry, if persistent { KeyPlace::KernelKeyring } else { KeyPlace::KernelSession }))
}

/// The keyrings of this system, best first.
#[cfg(target_os = "macos")]
pub(super) fn of_this_system() -> Vec<(KeyPlace, Result<Opener, String>)> {
    fn keychain() -> Result<(Entry, KeyPlace), Error> {
        use keyring_core::api::CredentialStoreApi;
        let entry =
            apple_native_keyring_store::keychain::Store::new()?.build(SERVICE, USER, None)?;
        Ok((entry, KeyPlace::Keychain))
    }
    vec![(KeyPlace::Keychain, Ok(keychain))]
}

/// The keyrings of this system, best first.
#[cfg(windows)]
pub(super) fn of_this_system() -> Vec<(KeyPlace, Result<Opener, String>)> {
    fn credential_manager() -> Result<(Entry, KeyPlace), Error> {
        use keyring_core::api::CredentialStoreApi;
        let entry = windows_native_keyring_store::Store::new()?.build(SERVICE, USER, None)?;
        Ok((entry, KeyPlace::CredentialManager))
    }
    vec![(KeyPlace::CredentialManager, Ok(credential_manager))]
}

/// The keyrings of this system: none that is known.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn of_this_system() -> Vec<(KeyPlace, Result<Opener, String>)> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};

    use keyring_core::api::CredentialStoreApi;
    use keyring_core::mock;

    use super::*;

    /// Keyrings of a process's memory: one per test, as the tests run beside each other.
    static EMPTY: LazyLock<Arc<mock::Store>> = LazyLock::new(|| mock::Store::new().unwrap());
    static FULL: LazyLock<Arc<mock::Store>> = LazyLock::new(|| mock::Store::new().unwrap());
    static SHARED: LazyLock<Arc<mock::Store>> = LazyLock::new(|| mock::Store::new().unwrap());
    static FAILING: LazyLock<Arc<mock::Store>> = LazyLock::new(|| mock::Store::new().unwrap());

    fn of(store: &mock::Store) -> Result<(Entry, KeyPlace), Error> {
        Ok((store.build(SERVICE, USER, None)?, KeyPlace::SecretService))
    }

    fn hangs() -> Result<(Entry, KeyPlace), Error> {
        loop {
            std::thread::park();
        }
    }

    fn panics() -> Result<(Entry, KeyPlace), Error> {
        panic!("a keyring's own bug")
    }

    /// No bound that a busy machine might miss.
    const AMPLE: Duration = Duration::from_secs(60);

    fn asked(
        openers: Vec<(KeyPlace, Result<Opener, String>)>,
        bound: Duration,
    ) -> (Option<(Zeroizing<String>, KeyPlace)>, Vec<PassedOver>) {
        let folder = tempfile::tempdir().unwrap();
        let (found, passed) = find(openers, &folder.path().join("key.lock"), bound);
        (found.map(|(key, place)| (key.to_hex(), place)), passed)
    }

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let openers = || vec![(KeyPlace::SecretService, Ok((|| of(&EMPTY)) as Opener))];
        let (made, passed) = asked(openers(), AMPLE);
        assert_eq!(passed, []);
        assert_eq!(made.unwrap(), asked(openers(), AMPLE).0.unwrap());
    }

    #[test]
    fn many_who_make_it_at_once_get_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("key.lock");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        let openers =
                            vec![(KeyPlace::SecretService, Ok((|| of(&SHARED)) as Opener))];
                        find(openers, &lock, AMPLE).0.unwrap().0.to_hex()
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn what_fails_hangs_or_is_absent_is_passed_over_with_a_reason() {
        of(&FAILING).unwrap().0.set_password("of a newer version: s3cret").unwrap();
        let (_, passed) = asked(vec![(KeyPlace::Keychain, Ok(hangs))], Duration::from_millis(50));
        assert_eq!(
            passed[0].to_string(),
            "the login keychain: no answer within 50ms; it may be locked"
        );
        let (found, passed) = asked(
            vec![
                (KeyPlace::SecretService, Err("there is no session bus".to_owned())),
                (KeyPlace::SecretService, Ok(panics)),
                (
                    KeyPlace::SecretService,
                    Ok((|| Err(Error::NoStorageAccess("locked".into()))) as Opener),
                ),
                (KeyPlace::SecretService, Ok((|| of(&FAILING)) as Opener)),
                (KeyPlace::KernelKeyring, Ok((|| of(&FULL)) as Opener)),
            ],
            AMPLE,
        );
        assert!(found.is_some());
        let reasons: Vec<_> = passed.iter().map(|passed| passed.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "there is no session bus",
                "it failed",
                "it cannot be opened: locked",
                "its entry session-cache-key of tenko holds no key of this version",
            ]
        );
        // What somebody else put there stays.
        assert_eq!(of(&FAILING).unwrap().0.get_password().unwrap(), "of a newer version: s3cret");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_session_bus_nobody_waits_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let bus = |name: &'static str, value: std::ffi::OsString| {
            session_bus(&move |asked: &str| (asked == name).then(|| value.clone()))
        };
        assert!(bus("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere".into()).is_ok());
        assert!(bus("XDG_RUNTIME_DIR", folder.path().into()).is_err());
        std::fs::write(folder.path().join("bus"), "").unwrap();
        assert!(bus("XDG_RUNTIME_DIR", folder.path().into()).is_ok());
    }
}
