//! A session in a shell: lines that a shell reads ([`exports`]), and shells that show where one is
//! ([`subshell`]).

mod subshell;

use std::path::Path;

use zeroize::Zeroizing;

use crate::child::Changes;

pub use subshell::{Subshell, subshell};

/// The shells whose language is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// GNU Bash; the lines are plain POSIX, so `sh`, `dash` and `ksh` read them too.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    /// PowerShell, of Windows and `pwsh`.
    PowerShell,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bash, Self::Zsh, Self::Fish, Self::PowerShell];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
        }
    }

    /// What a program is, by its name.
    pub fn of(program: &Path) -> Option<Self> {
        let name = program.file_name()?.to_str()?.to_ascii_lowercase();
        // A login shell's own name begins with a hyphen.
        let name = name.strip_suffix(".exe").unwrap_or(&name).trim_start_matches('-');
        match name {
            "bash" => Some(Self::Bash),
            "zsh" => Some(Self::Zsh),
            "fish" => Some(Self::Fish),
            "pwsh" | "powershell" => Some(Self::PowerShell),
            _ => None,
        }
    }
}

/// Lines that make these changes in a shell, for `eval "$(tenko env ...)"` and its like. Every value
/// is quoted whole: nothing in one is ever run or expanded.
pub fn exports(changes: &Changes, kind: Kind) -> Zeroizing<String> {
    // With room from the start: text that grows leaves copies behind.
    let room = changes.set.iter().map(|(name, value)| 64 + name.len() + 4 * value.len());
    let names = changes.remove.iter().map(|name| 64 + name.len());
    let mut text = Zeroizing::new(String::with_capacity(room.chain(names).sum()));
    for name in changes.remove.iter().filter(|name| is_name(name)) {
        match kind {
            Kind::Bash | Kind::Zsh => text.extend(["unset ", name, "\n"]),
            // Erasing could reach a universal variable, which is the user's in every shell, for ever:
            // a global one that is not exported hides it.
            Kind::Fish => text.extend(["set -q ", name, "; and set -gu ", name, "\n"]),
            Kind::PowerShell => {
                text.extend(["Remove-Item Env:", name, " -ErrorAction SilentlyContinue\n"]);
            }
        }
    }
    for (name, value) in changes.set.iter().filter(|(name, _)| is_name(name)) {
        match kind {
            Kind::Bash | Kind::Zsh => text.extend(["export ", name, "="]),
            Kind::Fish => text.extend(["set -gx ", name, " "]),
            Kind::PowerShell => text.extend(["$env:", name, " = "]),
        }
        quote(&mut text, value, kind);
        text.push('\n');
    }
    text
}

/// Whether every shell takes this for a variable's name.
fn is_name(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    starts && name.bytes().all(is_word)
}

/// Appends a value between single quotes, in which no shell expands anything.
fn quote(text: &mut String, value: &str, kind: Kind) {
    text.push('\'');
    for char in value.chars() {
        match (kind, char) {
            (Kind::Bash | Kind::Zsh, '\'') => text.push_str(r"'\''"),
            (Kind::Fish, '\'' | '\\') => text.extend(['\\', char]),
            // PowerShell takes typographic quotes for plain ones.
            (Kind::PowerShell, '\'' | '\u{2018}'..='\u{201b}') => text.extend([char, char]),
            _ => text.push(char),
        }
    }
    text.push('\'');
}

#[cfg(test)]
mod tests;
