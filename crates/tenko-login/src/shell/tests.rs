use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::subshell::{Mark, prepare};
use super::*;
use crate::child::changes_over;
use crate::child::tests::aws_session;
use crate::session::ReadOnlySession;

const HOSTILE: &[&str] = &[
    "",
    " ",
    "plain",
    "it's",
    "''",
    "\"double\" $HOME ${HOME} $(touch /tmp/x) `id`",
    "back\\slash\\",
    "\\'",
    "line\nbreak\r\n",
    "!! !$ ^a^b",
    "; rm -rf / &",
    "%PATH% *?[a]~#",
    "\u{2018}\u{2019}\u{201a}\u{201b}",
    "ünï→🦀",
];

fn changes(values: &[&str]) -> Changes {
    let mut changes = Changes { set: Vec::new(), remove: vec!["GONE".to_owned()], folder: None };
    for (at, value) in values.iter().enumerate() {
        changes.put(&format!("V{at}"), *value);
    }
    changes
}

/// A shell of this machine. Bash is everywhere that these tests run; tests of others are run by hand.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn run(shell: &Path, args: &[&str], input: &str) -> String {
    let mut child = Command::new(shell)
        .args(args)
        .env("GONE", "still here")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{input}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a program sees that is started after the lines were evaluated.
fn seen(shell: &Path, kind: Kind, values: &[&str]) -> Vec<String> {
    let lines = exports(&changes(values), kind);
    let ask = "env -0 | grep -z -E '^(V[0-9]+|GONE)='";
    let text = run(shell, &[], &format!("{}{ask}\n", lines.as_str()));
    let mut found: Vec<(String, String)> = text
        .split_terminator('\0')
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert!(!found.iter().any(|(name, _)| name == "GONE"));
    found.sort_by_key(|(name, _)| name[1..].parse::<usize>().unwrap());
    found.into_iter().map(|(_, value)| value).collect()
}

#[test]
fn posix_shells_read_back_every_value() {
    for name in ["bash", "sh"] {
        assert_eq!(seen(&installed(name).unwrap(), Kind::Bash, HOSTILE), HOSTILE, "{name}");
    }
}

#[test]
fn powershell_doubles_all_that_it_takes_for_quotes() {
    let lines = exports(&changes(&["it's \u{2019}$x`n\u{201b}"]), Kind::PowerShell);
    let expected = "Remove-Item Env:GONE -ErrorAction SilentlyContinue\n\
        $env:V0 = 'it''s \u{2019}\u{2019}$x`n\u{201b}\u{201b}'\n";
    assert_eq!(*lines, expected);
}

#[test]
fn names_that_are_no_names_are_left_out() {
    let mut changes = changes(&[]);
    changes.put("A;B", "x");
    changes.put("1A", "x");
    changes.put("", "x");
    changes.remove = vec!["BASH_FUNC_x%%".to_owned(), "$(id)".to_owned()];
    for kind in Kind::ALL {
        assert_eq!(*exports(&changes, kind), "");
    }
}

#[test]
fn kinds_are_known_by_name() {
    for (program, kind) in [
        ("/bin/bash", Some(Kind::Bash)),
        ("-zsh", Some(Kind::Zsh)),
        ("fish", Some(Kind::Fish)),
        ("pwsh.EXE", Some(Kind::PowerShell)),
        ("/bin/sh", None),
        ("/bin/bashful", None),
        ("", None),
    ] {
        assert_eq!(Kind::of(Path::new(program)), kind, "{program}");
    }
    assert!(Kind::ALL.iter().all(|kind| Kind::of(Path::new(kind.as_str())) == Some(*kind)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_value_survives_bash(values in prop::collection::vec("[^\0]{0,40}", 1..8)) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let bash = installed("bash").unwrap();
        prop_assert_eq!(seen(&bash, Kind::Bash, &values), values);
    }
}

/// A home folder whose start-up files do their worst: they set credentials, a prompt, and a command
/// that makes the prompt anew each time.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = home.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let sets = "export AWS_PROFILE=admin AWS_ACCESS_KEY_ID=AKIAOWN USERS=1\n";
    write(".bashrc", &format!("{sets}PS1='user> '\nPROMPT_COMMAND='PS1=\"<$?> \"; true ;'\n"));
    write(".zshenv", &format!("export FROM_ENV=1\n{sets}"));
    write(".zshrc", &format!("{sets}PROMPT='user> '\nprecmd() {{ PROMPT='<%?> ' }}\n"));
    let fish = "set -gx AWS_PROFILE admin; set -gx AWS_ACCESS_KEY_ID AKIAOWN; set -gx USERS 1\n\
        function fish_prompt; printf '<%s> ' $status; end\n";
    write(".config/fish/config.fish", fish);
    home
}

/// What an interactive shell answers and shows.
fn interactive(shell: &Path, colour: bool, input: &str) -> (String, String) {
    let home = home();
    let session = aws_session();
    let mark = Mark::of(&session, colour);
    let subshell = prepare(&mark, changes_over(&session, &[]).unwrap(), shell, None).unwrap();
    let mut child = subshell
        .command()
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join(".config"))
        .env("XDG_DATA_HOME", home.path().join(".data"))
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

const ASK: &str = "echo \"$AWS_PROFILE,$AWS_ACCESS_KEY_ID,$AWS_SESSION_TOKEN,$USERS,$TENKO_ENVIRONMENT\"\n\
    env | grep -c -e ^AWS_PROFILE -e ^__tenko -e AKIAOWN\n";
const ANSWER: &str = ",ASIAEXAMPLE,SESSION//TOKEN==,1,acme/production\n0\n";

#[test]
fn bash_shows_where_one_is_and_keeps_the_session() {
    let bash = installed("bash").unwrap();
    let (out, err) = interactive(&bash, false, &format!("{ASK}false\nexit\n"));
    assert_eq!(out, ANSWER, "{err}");
    // The user's own prompt is made anew each time, and still knows how the last command ended.
    assert!(err.contains("[acme/production read-only] <0> "), "{err}");
    assert!(err.contains("[acme/production read-only] <1> "), "{err}");
    assert!(!err.contains("] [acme"), "{err}");
    let (_, err) = interactive(&bash, true, "exit\n");
    assert!(err.contains("\u{1b}[1;97;41m[acme/production read-only]\u{1b}[0m <0> "), "{err:?}");
}

#[test]
fn bash_with_a_list_of_prompt_commands_too() {
    let bash = installed("bash").unwrap();
    let session = aws_session();
    let subshell =
        prepare(&Mark::of(&session, false), changes_over(&session, &[]).unwrap(), &bash, None)
            .unwrap();
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(".bashrc"), "PROMPT_COMMAND=('PS1=\"a> \"' 'true')\n").unwrap();
    let mut command = subshell.command();
    command.env("HOME", home.path()).stdin(Stdio::null());
    let err = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(err.contains("[acme/production read-only] a> "), "{err}");
}

#[test]
#[ignore = "needs zsh on PATH"]
fn zsh_reads_values_shows_where_one_is_and_keeps_the_session() {
    let zsh = installed("zsh").unwrap();
    assert_eq!(seen(&zsh, Kind::Zsh, HOSTILE), HOSTILE);
    let ask = "echo \"$FROM_ENV,${ZDOTDIR-unset}\"\nfalse\nprint -P \"$PROMPT\"\nexit\n";
    let (out, err) = interactive(&zsh, false, &format!("{ASK}{ask}"));
    assert!(out.contains(ANSWER), "{out} {err}");
    assert!(out.contains("\n1,unset\n"), "{out}");
    assert!(out.contains("[acme/production read-only] <1>"), "{out} {err}");
}

#[test]
#[ignore = "needs fish on PATH"]
fn fish_reads_values_shows_where_one_is_and_keeps_the_session() {
    let fish = installed("fish").unwrap();
    assert_eq!(seen(&fish, Kind::Fish, HOSTILE), HOSTILE);
    let (out, err) = interactive(&fish, false, &format!("{ASK}false\nfish_prompt\nexit\n"));
    assert!(out.contains(ANSWER), "{out} {err}");
    assert!(out.contains("[acme/production read-only] <1> "), "{out} {err}");
}

#[test]
fn no_secret_is_in_files_or_arguments() {
    for shell in ["bash", "zsh", "fish"] {
        let session = aws_session();
        let changes = changes_over(&session, &[]).unwrap();
        let subshell = prepare(&Mark::of(&session, true), changes, Path::new(shell), None).unwrap();
        let folder = subshell.folder().unwrap();
        let mut text = format!("{:?} {subshell:?}", subshell.args);
        for entry in std::fs::read_dir(folder).unwrap() {
            text.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        for secret in ["ASIAEXAMPLE", "SECRET/+KEY", "SESSION//TOKEN"] {
            assert!(!text.contains(secret), "{shell}: {text}");
        }
        assert!(text.contains("AWS_SESSION_TOKEN"));
    }
}

#[test]
fn data_is_loud_and_names_are_harmless() {
    let session =
        aws_session().sample_with(|grant| grant.levels = [tenko_core::DataLevel::Logs].into());
    assert_eq!(Mark::of(&session, false).plain(), "[acme/production read-only +logs] ");
    let mut target = crate::child::tests::target(tenko_core::Cloud::aws(), "1");
    target.tenant = "a$(id)`x`\\$!%{\n\u{1b}ü".to_owned();
    target.is_production = false;
    target.stage = "staging".to_owned();
    let keys = crate::session::Keys::Google { access_token: String::new() };
    let session = ReadOnlySession::sample(target, keys);
    assert_eq!(Mark::of(&session, false).plain(), "[a__id__x________ü/production read-only] ");
    assert!(Mark::of(&session, true).plain().contains("1;36"));
}

#[test]
fn production_says_so_whatever_it_is_called() {
    let plain = |environment: &str, is_production: bool| {
        let mut target = crate::child::tests::target(tenko_core::Cloud::aws(), "1");
        target.environment = environment.to_owned();
        target.is_production = is_production;
        let keys = crate::session::Keys::Google { access_token: String::new() };
        Mark::of(&ReadOnlySession::sample(target, keys), false).plain()
    };
    assert_eq!(plain("eu", true), "[acme/eu PRODUCTION read-only] ");
    assert_eq!(plain("eu", false), "[acme/eu read-only] ");
    assert_eq!(plain("Production", true), "[acme/Production read-only] ");
    // A long name does not hide which environment it is.
    let long = plain(&format!("{}staging", "x".repeat(200)), false);
    assert!(long.starts_with("[acme/xx") && long.ends_with("xxstaging read-only] "), "{long}");
    assert!(long.len() < 110, "{long}");
}

#[test]
fn other_shells_start_plain_and_say_so() {
    for shell in ["pwsh", "/usr/bin/nu"] {
        let session = aws_session();
        let changes = changes_over(&session, &[]).unwrap();
        let subshell = prepare(&Mark::of(&session, true), changes, Path::new(shell), None).unwrap();
        assert!(subshell.args.is_empty());
        assert!(subshell.note.unwrap().contains("TENKO_ENVIRONMENT"));
    }
}

/// What a person who types `echo here` there sees.
#[cfg(unix)]
#[test]
fn a_plain_shell_says_where_one_is() {
    let session = aws_session();
    let changes = changes_over(&session, &[]).unwrap();
    let mark = Mark::of(&session, false);
    let subshell = prepare(&mark, changes, Path::new("/bin/sh"), None).unwrap();
    assert!(subshell.note.is_none());
    let mut command = subshell.command();
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut shell = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut shell.stdin.take().unwrap(), b"echo here\nexit 3\n").unwrap();
    let ended = shell.wait_with_output().unwrap();
    let shown = String::from_utf8(ended.stderr).unwrap();
    assert!(shown.contains(&format!("{}$ ", mark.plain())), "{shown}");
    assert_eq!((ended.stdout.as_slice(), ended.status.code()), (&b"here\n"[..], Some(3)));
}
