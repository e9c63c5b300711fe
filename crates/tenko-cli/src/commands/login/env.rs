//! `tenko env`: the session's variables, for a shell to take over. Only where it is asked for: `exec` keeps them in one
//! command.

use serde_json::{Map, Value};
use tenko::login::child::{changes, undone};
use tenko::login::shell::{Kind, exports};

use super::exec::no_folder;
use super::{Asking, Desk};
use crate::failure::Failure;
use crate::login_args::{EnvArgs, ShellName};
use crate::output::Out;

pub(crate) async fn run(args: &EnvArgs, out: &Out) -> Result<u8, Failure> {
    if args.unset {
        out.text(&exports(&undone(), shell(args.shell)?))?;
        return Ok(0);
    }
    super::exec::refuse_nested()?;
    let desk = Desk::open(&args.place, Asking::Allowed)?;
    let session = desk.enter(args.selector.as_deref(), &args.session, "env", out).await?;
    let mut changes = changes(&session).map_err(no_folder)?;
    if let Some(folder) = changes.folder.take() {
        // The shell that takes the variables over outlives this process; the folder (0700) holds nothing but gcloud's
        // cache, and nobody else knows when it is of no more use.
        let kept = folder.keep();
        out.note(&format!("gcloud's own files will be in {}: delete it when done", kept.display()));
    }
    if out.is_json() {
        let set: Map<String, Value> = changes
            .set
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
            .collect();
        out.json(&serde_json::json!({ "set": set, "unset": changes.remove }))?;
        return Ok(0);
    }
    out.text(&exports(&changes, shell(args.shell)?))?;
    Ok(0)
}

/// The shell that was named, else that of SHELL.
pub(crate) fn shell(named: Option<ShellName>) -> Result<Kind, Failure> {
    if let Some(named) = named {
        return Ok(match named {
            ShellName::Bash => Kind::Bash,
            ShellName::Zsh => Kind::Zsh,
            ShellName::Fish => Kind::Fish,
            ShellName::PowerShell => Kind::PowerShell,
        });
    }
    let own = std::env::var("SHELL").unwrap_or_default();
    match own.rsplit('/').next().unwrap_or_default() {
        "zsh" => Ok(Kind::Zsh),
        "fish" => Ok(Kind::Fish),
        "pwsh" | "powershell" => Ok(Kind::PowerShell),
        "" if cfg!(windows) => Ok(Kind::PowerShell),
        // What bash reads, every other shell of its family does.
        "bash" | "sh" | "dash" | "ksh" | "ash" | "mksh" | "" => Ok(Kind::Bash),
        other => Err(Failure::new(format!("tenko does not know the shell `{other}`"))
            .hint("--shell bash, zsh, fish or powershell")),
    }
}
