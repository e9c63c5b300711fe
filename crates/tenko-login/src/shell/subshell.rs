//! A shell of the user's, as the user set it up, whose prompt shows where one is.
//!
//! Start-up files are where people set variables too, so what the session sets is set again after
//! them. Values are in the environment alone; the files that tenko writes name variables.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tenko_core::DataLevel;

use super::{Kind, is_name, quote};
use crate::child::{Changes, folder};
use crate::session::ReadOnlySession;

/// Of a prompt, in characters: a name that fills the line hides the command.
const MAX_LABEL: usize = 80;

/// How to start a shell. Its files are gone when this is dropped, so it must outlive the shell.
#[derive(Debug)]
pub struct Subshell {
    /// The shell.
    pub program: PathBuf,
    /// Its arguments; nothing secret is in them.
    pub args: Vec<OsString>,
    /// Its environment.
    pub changes: Changes,
    /// What people should know: that this shell's prompt stays as it is.
    pub note: Option<String>,
    /// What it reads at its start.
    #[cfg_attr(not(test), expect(dead_code, reason = "held until the shell has ended"))]
    folder: Option<TempDir>,
}

impl Subshell {
    /// The command that starts it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        self.changes.apply(&mut command);
        command
    }

    #[cfg(test)]
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(TempDir::path)
    }
}

/// Prepares `shell` (a path, as in `$SHELL`) for a session. Colours are left out where `colour` is
/// false or `NO_COLOR` is set.
///
/// # Errors
/// Where its start-up files cannot be written.
pub fn subshell(
    session: &ReadOnlySession,
    changes: Changes,
    shell: &Path,
    colour: bool,
) -> io::Result<Subshell> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let colour = colour && set("NO_COLOR").is_none();
    let mark = Mark::of(session, colour);
    prepare(&mark, changes, shell, set("ZDOTDIR").as_deref().map(Path::new))
}

/// [`subshell`], for a user whose files for zsh are in `zdotdir`.
pub(super) fn prepare(
    mark: &Mark,
    mut changes: Changes,
    shell: &Path,
    zdotdir: Option<&Path>,
) -> io::Result<Subshell> {
    let program = shell.to_owned();
    let kind = Kind::of(shell).filter(|kind| *kind != Kind::PowerShell);
    let name = shell.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if kind.is_none_or(|kind| kind == Kind::Bash) && PLAIN.contains(&name) {
        // They take the prompt from the environment, and most have no files of the user's.
        changes.put("PS1", format!("{}$ ", mark.text("\u{1b}", "", "")));
        return Ok(Subshell {
            program,
            args: vec!["-i".into()],
            changes,
            note: None,
            folder: None,
        });
    }
    let Some(kind) = kind else {
        let name = shell.file_name().unwrap_or(shell.as_os_str()).to_string_lossy();
        let note =
            format!("the prompt of {name} stays as it is; TENKO_ENVIRONMENT says where it runs");
        return Ok(Subshell { program, args: Vec::new(), changes, note: Some(note), folder: None });
    };
    let folder = folder()?;
    let args = match kind {
        Kind::Zsh => {
            let text = zsh_env(&changes, zdotdir);
            std::fs::write(folder.path().join(".zshenv"), text)?;
            std::fs::write(folder.path().join(".zshrc"), zsh_rc(&changes, mark))?;
            changes.put("ZDOTDIR", path_text(folder.path())?);
            vec!["-i".into()]
        }
        Kind::Fish => {
            let file = folder.path().join("tenko.fish");
            let text = fish(&mut changes, mark);
            std::fs::write(&file, text)?;
            let mut source = "source ".to_owned();
            quote(&mut source, &path_text(&file)?, Kind::Fish);
            vec!["-i".into(), "-C".into(), source.into()]
        }
        _ => {
            let file = folder.path().join("bashrc");
            std::fs::write(&file, bash(&changes, mark))?;
            vec!["--rcfile".into(), file.into_os_string(), "-i".into()]
        }
    };
    Ok(Subshell { program, args, changes, note: None, folder: Some(folder) })
}

fn path_text(path: &Path) -> io::Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidFilename,
            "the folder for temporary files has a name that is not text",
        )
    })
}

/// Shells of the Bourne family that are not bash or zsh.
const PLAIN: [&str; 6] = ["sh", "dash", "ash", "ksh", "mksh", "yash"];

/// What stands before a prompt.
pub(super) struct Mark {
    /// `[acme/production read-only`
    place: String,
    /// `+logs +objects`; empty without any.
    levels: String,
    /// Of the place, as in SGR sequences; `None` without colours.
    colour: Option<&'static str>,
}

impl Mark {
    pub(super) fn of(session: &ReadOnlySession, colour: bool) -> Self {
        let target = session.target();
        let label = shortened(&target.label());
        // Whatever may be production says so, with and without colours.
        let stage = match target.is_production {
            true if !target.environment.eq_ignore_ascii_case("production") => " PRODUCTION",
            _ => "",
        };
        let level = |level: &DataLevel| format!("+{level}");
        let levels: Vec<String> = session.levels().iter().map(level).collect();
        let of_stage = match target.stage.to_ascii_lowercase() {
            // White on red.
            _ if target.is_production => "1;97;41",
            stage if stage.contains("stag") => "1;36",
            _ => "1;32",
        };
        Self {
            place: format!("{label}{stage} read-only"),
            levels: levels.join(" "),
            colour: colour.then_some(of_stage),
        }
    }

    /// The text, with sequences of the terminal between what says that they have no width.
    fn text(&self, escape: &str, open: &str, close: &str) -> String {
        let (place, levels) = (&self.place, &self.levels);
        let space = if levels.is_empty() { "" } else { " " };
        let Some(colour) = self.colour else { return format!("[{place}{space}{levels}] ") };
        let to = |colour: &str| format!("{open}{escape}[{colour}m{close}");
        let reset = to("0");
        let mut text = format!("{}[{place}", to(colour));
        if !levels.is_empty() {
            // Black on yellow: data may be read here.
            let _ = write!(text, "{reset}{} {levels} {reset}{}", to("1;30;43"), to(colour));
        }
        let _ = write!(text, "]{reset} ");
        text
    }
}

#[cfg(test)]
impl Mark {
    pub(super) fn plain(&self) -> String {
        self.text("", "", "")
    }
}

/// Of a long name the beginning and the end, which is what tells environments apart.
fn shortened(label: &str) -> String {
    let chars: Vec<char> = label.chars().map(harmless).collect();
    let (half, count) = (MAX_LABEL / 2, chars.len());
    if count <= MAX_LABEL {
        return chars.into_iter().collect();
    }
    let (first, last) = (chars.iter().take(half), chars.iter().skip(count - half));
    first.chain("..".chars().collect::<Vec<_>>().iter()).chain(last).collect()
}

/// A character that means nothing to any shell's prompt.
fn harmless(char: char) -> char {
    if char.is_alphanumeric() || "-_./@:+=,~ ".contains(char) { char } else { '_' }
}

/// Lines that keep what is set now in variables of the shell, before the user's files.
fn keep(changes: &Changes) -> String {
    let mut text = String::new();
    for (at, (name, _)) in named(changes).enumerate() {
        let _ = writeln!(text, "__tenko_{at}=${name}");
    }
    text
}

/// Lines that set it again, after them.
fn restore(changes: &Changes) -> String {
    let mut text = String::new();
    for name in changes.remove.iter().filter(|name| is_name(name)) {
        let _ = writeln!(text, "unset {name}");
    }
    for (at, (name, _)) in named(changes).enumerate() {
        let _ = writeln!(text, "export {name}=\"$__tenko_{at}\"; unset __tenko_{at}");
    }
    text
}

fn named(changes: &Changes) -> impl Iterator<Item = (&str, &str)> {
    let set = changes.set.iter().filter(|(name, _)| is_name(name) && name != "ZDOTDIR");
    set.map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Bash reads this instead of ~/.bashrc. The mark is put before the prompt by the last of the prompt's
/// own commands, since those are what many prompts are made by.
fn bash(changes: &Changes, mark: &Mark) -> String {
    let mut shown = String::new();
    quote(&mut shown, &mark.text(r"\e", r"\[", r"\]"), Kind::Bash);
    format!(
        r#"{keep}if [ -r ~/.bashrc ]; then . ~/.bashrc; fi
{restore}__tenko_mark={shown}
__tenko_prompt() {{
  local status=$?
  case $PS1 in "$__tenko_mark"*) ;; *) PS1=$__tenko_mark$PS1 ;; esac
  return $status
}}
case $(declare -p PROMPT_COMMAND 2>/dev/null) in
  "declare -a"*) PROMPT_COMMAND+=(__tenko_prompt) ;;
  *) PROMPT_COMMAND=${{PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}}__tenko_prompt ;;
esac
__tenko_prompt
"#,
        keep = keep(changes),
        restore = restore(changes),
    )
}

/// Zsh reads its files from one folder. Ours leads on to the user's, which then finds the variable as
/// it was.
fn zsh_env(changes: &Changes, zdotdir: Option<&Path>) -> String {
    let mut user = "unset ZDOTDIR".to_owned();
    if let Some(path) = zdotdir.and_then(Path::to_str) {
        user = "export ZDOTDIR=".to_owned();
        quote(&mut user, path, Kind::Zsh);
    }
    format!(
        r#"__tenko_folder=$ZDOTDIR
{keep}{user}
if [[ -r ${{ZDOTDIR:-$HOME}}/.zshenv ]]; then . "${{ZDOTDIR:-$HOME}}/.zshenv"; fi
__tenko_is_set=${{+ZDOTDIR}}
__tenko_user=${{ZDOTDIR:-$HOME}}
ZDOTDIR=$__tenko_folder
"#,
        keep = keep(changes),
    )
}

fn zsh_rc(changes: &Changes, mark: &Mark) -> String {
    let mut shown = String::new();
    quote(&mut shown, &mark.text("\u{1b}", "%{", "%}"), Kind::Zsh);
    format!(
        r#"if (( __tenko_is_set )); then ZDOTDIR=$__tenko_user; else unset ZDOTDIR; fi
# Some systems put the history into the folder of these files.
if [[ $HISTFILE == $__tenko_folder/* ]]; then HISTFILE=$__tenko_user/.zsh_history; fi
if [[ -r $__tenko_user/.zshrc ]]; then . "$__tenko_user/.zshrc"; fi
unset __tenko_folder __tenko_is_set __tenko_user
{restore}__tenko_mark={shown}
__tenko_prompt() {{ if [[ $PROMPT != "$__tenko_mark"* ]]; then PROMPT=$__tenko_mark$PROMPT; fi }}
typeset -ga precmd_functions
precmd_functions+=(__tenko_prompt)
"#,
        restore = restore(changes),
    )
}

/// Fish runs this after the user's files, with nothing before them: the values come a second time,
/// under other names. What must go is hidden rather than erased, as in [`exports`](super::exports).
fn fish(changes: &mut Changes, mark: &Mark) -> String {
    let mut text = String::new();
    for name in changes.remove.iter().filter(|name| is_name(name)) {
        let _ = writeln!(text, "set -q {name}; and set -gu {name}");
    }
    let named: Vec<(String, String)> =
        named(changes).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for (at, (name, value)) in named.into_iter().enumerate() {
        let _ = writeln!(text, "set -gx {name} $__tenko_{at}; set -e __tenko_{at}");
        changes.put(&format!("__tenko_{at}"), value);
    }
    let mut shown = String::new();
    quote(&mut shown, &mark.text("\u{1b}", "", ""), Kind::Fish);
    let _ = write!(
        text,
        r#"function __tenko_users_prompt; end
functions -q fish_prompt; and functions -e __tenko_users_prompt; and functions -c fish_prompt __tenko_users_prompt
function __tenko_status
    return $argv[1]
end
function fish_prompt
    set -l __tenko_last $status
    printf %s {shown}
    __tenko_status $__tenko_last
    __tenko_users_prompt
end
"#
    );
    text
}
