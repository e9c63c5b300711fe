//! Where tenko keeps what it writes for itself, by platform and environment.

use std::ffi::OsString;
use std::path::PathBuf;

/// Environment variables by name, as [`std::env::var_os`] has them.
pub(crate) type Variables<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// `TENKO_CACHE_DIR`, else `tenko/sessions` in the platform's folder for caches.
pub(crate) fn sessions(variable: Variables<'_>) -> Option<PathBuf> {
    let named = set(variable, "TENKO_CACHE_DIR").map(whole);
    named.or_else(|| {
        Some(
            base(variable, "XDG_CACHE_HOME", ".cache", "Library/Caches")?
                .join("tenko")
                .join("sessions"),
        )
    })
}

/// `TENKO_STATE_DIR`, else `tenko` in the platform's folder for what programs keep.
pub(crate) fn state(variable: Variables<'_>) -> Option<PathBuf> {
    let named = set(variable, "TENKO_STATE_DIR").map(whole);
    let state = || base(variable, "XDG_STATE_HOME", ".local/state", "Library/Application Support");
    named.or_else(|| Some(state()?.join("tenko")))
}

fn base(variable: Variables<'_>, xdg: &str, home: &str, mac: &str) -> Option<PathBuf> {
    if cfg!(windows) {
        return absolute(variable, "LOCALAPPDATA");
    }
    if cfg!(target_os = "macos") {
        return Some(absolute(variable, "HOME")?.join(mac));
    }
    absolute(variable, xdg).or_else(|| Some(absolute(variable, "HOME")?.join(home)))
}

fn set(variable: Variables<'_>, name: &str) -> Option<PathBuf> {
    variable(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The XDG base directory specification has relative paths ignored.
fn absolute(variable: Variables<'_>, name: &str) -> Option<PathBuf> {
    set(variable, name).filter(|path| path.is_absolute())
}

/// What the user named counts from where the user is.
fn whole(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_the_environment() {
        type Case =
            (&'static [(&'static str, &'static str)], Option<&'static str>, Option<&'static str>);
        let cases: [Case; 6] = [
            (&[], None, None),
            (&[("HOME", "")], None, None),
            (&[("HOME", "/h")], Some("/h/.cache/tenko/sessions"), Some("/h/.local/state/tenko")),
            (
                &[("HOME", "/h"), ("XDG_CACHE_HOME", "/c"), ("XDG_STATE_HOME", "relative")],
                Some("/c/tenko/sessions"),
                Some("/h/.local/state/tenko"),
            ),
            (&[("XDG_STATE_HOME", "/s")], None, Some("/s/tenko")),
            (
                &[("HOME", "/h"), ("TENKO_CACHE_DIR", "/mine"), ("TENKO_STATE_DIR", "/state")],
                Some("/mine"),
                Some("/state"),
            ),
        ];
        for (variables, cache, log) in cases {
            let variable = |name: &str| {
                variables.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into())
            };
            assert_eq!(sessions(&variable), cache.map(PathBuf::from), "{variables:?}");
            assert_eq!(state(&variable), log.map(PathBuf::from), "{variables:?}");
        }
    }
}
