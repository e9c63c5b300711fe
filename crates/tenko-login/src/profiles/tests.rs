use std::fs;
use std::process::Command;

use proptest::prelude::*;

use super::quote::quoted;
use super::*;
use crate::child::tests::target;

fn program() -> Program<'static> {
    Program {
        tenko: Path::new("/usr/local/bin/tenko"),
        manifest: Path::new("/home/jo/My Files/tenants.yaml"),
        platform: Platform::Unix,
    }
}

fn profile(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        selector: name.to_owned(),
        region: Some("eu-central-1".to_owned()),
    }
}

fn plan(old: &str) -> Plan {
    Plan::of(old.as_bytes(), &[profile("acme/production")], &program()).unwrap()
}

const BLOCK: &str = "# BEGIN tenko (written by `tenko profiles --write`; changes between these lines are lost)\n\
    [profile acme/production]\n\
    credential_process = /usr/local/bin/tenko credentials --manifest \"/home/jo/My Files/tenants.yaml\" acme/production\n\
    region = eu-central-1\n\
    # END tenko\n";

#[test]
fn the_block_is_added_once_and_taken_out_again() {
    for old in [
        "",
        "\n",
        "a\r",
        "a\nb\r",
        "a\r\nb\r",
        "a\r\nb",
        "[default]\nregion = x\n",
        "[default]\nregion = x",
        "\u{feff}[a]\n",
        "x\n\n\n",
    ] {
        let first = plan(old);
        assert!(first.changed);
        let text = String::from_utf8(first.text).unwrap();
        assert!(text.starts_with(old), "{old:?}");
        assert!(format!("{text}\n").replace("\r\n", "\n").contains(BLOCK), "{text}");
        let second = plan(&text);
        assert!(!second.changed, "{old:?}");
        let gone = Plan::removal(text.as_bytes()).unwrap();
        assert_eq!(gone.text, old.as_bytes());
        assert!(!Plan::removal(old.as_bytes()).unwrap().changed);
    }
}

#[test]
fn it_is_replaced_where_it_stands() {
    let old = "[default]\n# BEGIN tenko\nold\n# END tenko\n\n[profile mine]\nx = y";
    let text = String::from_utf8(plan(old).text).unwrap();
    assert_eq!(text, format!("[default]\n{BLOCK}\n[profile mine]\nx = y"));
}

#[test]
fn a_last_line_end_that_somebody_cut_off_stays_off() {
    let old = "x\n\n# BEGIN tenko\n# END tenko";
    let text = String::from_utf8(plan(old).text).unwrap();
    assert_eq!(text, format!("x\n\n{}", BLOCK.trim_end()));
    assert!(!plan(&text).changed);
    let text = String::from_utf8(plan("# BEGIN tenko\n# END tenko").text).unwrap();
    assert_eq!(text, BLOCK.trim_end());
}

#[test]
fn a_file_of_windows_gets_lines_of_windows() {
    let old = "[default]\r\nregion = x\r\n";
    let first = plan(old);
    let text = String::from_utf8(first.text).unwrap();
    assert_eq!(text, format!("{old}{}", BLOCK.replace('\n', "\r\n")));
    assert!(!plan(&text).changed);
    assert_eq!(Plan::removal(text.as_bytes()).unwrap().text, old.as_bytes());
}

#[test]
fn markers_that_do_not_fit_change_nothing() {
    for (old, expected) in [
        ("# BEGIN tenko\n", "line 1: `# BEGIN tenko` without its end"),
        ("a\n\n  # BEGIN tenko x\nb", "line 3: `# BEGIN tenko` without its end"),
        ("x\n# END tenko\n", "line 2: `# END tenko` without its beginning"),
        ("# BEGIN tenko\n# BEGIN tenko\n# END tenko\n", "line 2: a second `# BEGIN tenko`"),
        (
            "# BEGIN tenko\n# END tenko\n# BEGIN tenko\n# END tenko\n",
            "line 3: a second `# BEGIN tenko`",
        ),
        (
            "# BEGIN tenko\n# END tenko\n# END tenko\n",
            "line 3: `# END tenko` without its beginning",
        ),
    ] {
        let error = Plan::of(old.as_bytes(), &[], &program()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.hint().is_some());
        assert!(Plan::removal(old.as_bytes()).is_err());
    }
    // No markers of ours.
    assert!(Plan::of(b"# BEGIN tenko-like\n", &[], &program()).is_ok());
}

#[test]
fn a_profile_that_is_there_already_is_left_out_and_named() {
    for old in [
        "[profile acme/production]\nregion = x\n",
        "  [ profile  \"acme/production\" ] # mine\n",
        "[profile 'acme/production']\r\n",
    ] {
        let plan = plan(old);
        assert_eq!(plan.left_out, ["acme/production"], "{old}");
        assert_eq!(plan.profiles, [""; 0]);
        assert!(!String::from_utf8(plan.text).unwrap().contains("credential_process"));
    }
    // What is in the block is ours, and a section of another kind is no profile.
    assert_eq!(plan(&format!("[sso-session acme/production]\n{BLOCK}")).left_out, [""; 0]);
    let shadow =
        shadowed(b"[acme/production]\naws_access_key_id = x\n", &[profile("acme/production")]);
    assert_eq!(shadow, ["acme/production"]);
}

fn targets(list: &[(&str, &str, Cloud, &str)]) -> Vec<Target> {
    let each = |(tenant, environment, cloud, id): &(&str, &str, Cloud, &str)| {
        let mut target = target(cloud.clone(), id);
        target.tenant = (*tenant).to_owned();
        target.environment = (*environment).to_owned();
        target
    };
    list.iter().map(each).collect()
}

#[test]
fn every_account_has_a_profile_whose_selector_names_it_alone() {
    let list = targets(&[
        ("acme", "production", Cloud::aws(), "111111111111"),
        ("acme", "staging", Cloud::aws(), "222222222221"),
        ("acme", "staging", Cloud::aws(), "222222222222"),
        ("acme", "staging", Cloud::aws(), "222222222222"),
        ("acme", "mixed", Cloud::aws(), "333333333333"),
        ("acme", "mixed", Cloud::gcp(), "acme-mixed"),
        ("a b/c", "ü%]\n", Cloud::aws(), "444444444444"),
        ("-x", "*", Cloud::aws(), "555555555555"),
    ]);
    let profiles = of(&list);
    let both: Vec<(&str, &str)> =
        profiles.iter().map(|profile| (profile.name.as_str(), profile.selector.as_str())).collect();
    assert_eq!(
        both,
        [
            ("acme/production", "acme/production"),
            ("acme/staging/222222222221", "acme/staging/222222222221"),
            ("acme/staging/222222222222", "acme/staging/222222222222"),
            ("acme/mixed", "acme/mixed/333333333333"),
            ("a%20b%2Fc/%C3%BC%25%5D%0A", "aws:444444444444"),
            ("-x/%2A", "aws:555555555555"),
        ]
    );
}

#[test]
fn windows_paths_are_quoted_for_its_runtime() {
    let windows = |text| quoted(text, Platform::Windows).ok();
    assert_eq!(windows(r"C:\tenko.exe").as_deref(), Some(r"C:\tenko.exe"));
    assert_eq!(windows(r"C:\Program Files\t.exe").as_deref(), Some(r#""C:\Program Files\t.exe""#));
    assert_eq!(windows(r"C:\a b\").as_deref(), Some(r#""C:\a b\\""#));
    for wrong in ["a\"b", "%PATH%", r"C:\a #b", "a ;b", "a\nb"] {
        assert_eq!(windows(wrong), None, "{wrong}");
    }
}

const NAMES: &[&str] = &[
    "/plain/tenko",
    "/with space/it's",
    "/\"double\"/$HOME/`id`/back\\slash",
    "/a #b/ ;c/#d",
    "/a '# b",
    "/ünï/→!",
    "",
    "~",
    "*",
];

#[cfg(unix)]
#[test]
fn the_shell_reads_the_very_paths() {
    for name in NAMES {
        let line = format!("printf %s {}", quoted(name, Platform::Unix).unwrap());
        assert!(!line.contains(" #") && !line.contains(" ;"), "{line}");
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), *name, "{line}");
    }
}

#[test]
fn paths_that_cannot_be_written_are_errors() {
    let with = |tenko| Program { tenko: Path::new(tenko), ..program() };
    for tenko in ["/a\nb", "/a\rb", "relative/tenko"] {
        let error = Plan::of(b"", &[profile("a/b")], &with(tenko)).unwrap_err();
        assert!(matches!(error, ProfilesError::Path { .. }) && error.hint().is_some());
        assert!(!error.to_string().contains(['\n', '\r']));
    }
}

#[cfg(unix)]
mod files {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn put(path: &Path) -> Result<Outcome, ProfilesError> {
        write(path, &[profile("acme/production")], &program())
    }

    #[test]
    fn a_new_file_is_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        let path = folder.join("config");
        let outcome = put(&path).unwrap();
        assert!(outcome.changed && outcome.backup.is_none());
        assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
        assert_eq!(fs::read_to_string(&path).unwrap(), BLOCK);
        assert_eq!(names(&folder), ["config"]);
    }

    #[test]
    fn what_was_there_is_kept_with_its_mode_and_copied_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let old = b"[default]\nname = \xff\xfe";
        fs::write(&path, old).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let outcome = put(&path).unwrap();
        let backup = outcome.backup.unwrap();
        assert!(backup.file_name().unwrap().to_str().unwrap().starts_with("config.tenko-backup-2"));
        assert_eq!(fs::read(&backup).unwrap(), old);
        assert_eq!((mode(&path), mode(&backup)), (0o640, 0o600));
        assert!(fs::read(&path).unwrap().starts_with(old));
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        let again = put(&path).unwrap();
        assert!(!again.changed && again.backup.is_none());
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
        assert_eq!(names(folder.path()).len(), 2);
        // Two changes within a second have two copies.
        remove(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), old);
        put(&path).unwrap();
        assert_eq!(names(folder.path()).len(), 4);
    }

    #[test]
    fn links_stay_links() {
        let home = tempfile::tempdir().unwrap();
        let (dotfiles, aws) = (home.path().join("dotfiles"), home.path().join(".aws"));
        fs::create_dir(&dotfiles).unwrap();
        fs::create_dir(&aws).unwrap();
        fs::write(dotfiles.join("config"), "[default]\n").unwrap();
        let path = aws.join("config");
        symlink("../dotfiles/config", &path).unwrap();
        let outcome = put(&path).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(names(&dotfiles), ["config"]);
        assert!(fs::read_to_string(dotfiles.join("config")).unwrap().ends_with(BLOCK));
        assert_eq!(outcome.backup.unwrap().parent(), Some(aws.as_path()));
        // To where nothing is yet.
        let other = aws.join("other");
        symlink("../dotfiles/new", &other).unwrap();
        put(&other).unwrap();
        assert_eq!(fs::read_to_string(dotfiles.join("new")).unwrap(), BLOCK);
        let ring = aws.join("ring");
        symlink("ring", &ring).unwrap();
        assert!(matches!(put(&ring), Err(ProfilesError::File { .. })));
    }

    #[test]
    fn errors_leave_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "# BEGIN tenko\n").unwrap();
        assert!(matches!(put(&path), Err(ProfilesError::Markers { .. })));
        assert_eq!(names(folder.path()), ["config"]);
        assert!(matches!(put(folder.path()), Err(ProfilesError::File { .. })));
        let below = path.join("config");
        assert!(matches!(put(&below), Err(ProfilesError::Io { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "# BEGIN tenko\n");
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "\\[profile [a-c]/[a-c]\\]",
        "[a-z]{1,5} = [ -~]{0,10}",
        Just(String::new()),
        "[ -~\u{e4}]{0,12}",
        Just("\u{0}\u{1}".to_owned()),
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    let lines = prop::collection::vec((line, end), 0..8);
    (lines, any::<bool>(), prop::collection::vec(any::<u8>(), 0..3)).prop_map(
        |(lines, ends, bytes)| {
            let mut text: Vec<u8> =
                lines.iter().flat_map(|(line, end)| format!("{line}{end}").into_bytes()).collect();
            if !ends {
                text.extend(bytes);
            }
            text
        },
    )
}

proptest! {
    #[test]
    fn outside_of_the_block_every_byte_stays(
        before in text(),
        after in text(),
        has_block in any::<bool>(),
        names in prop::collection::vec("[a-c]/[a-c]", 0..4),
    ) {
        let mut old = before.clone();
        if has_block {
            if !old.is_empty() && !old.ends_with(b"\n") {
                old.push(b'\n');
            }
            old.extend(b"# BEGIN tenko\nstale\n# END tenko\n");
            old.extend(&after);
        }
        let profiles: Vec<Profile> = names.iter().map(|name| profile(name)).collect();
        let first = Plan::of(&old, &profiles, &program()).unwrap();
        let second = Plan::of(&first.text, &profiles, &program()).unwrap();
        prop_assert!(!second.changed);
        prop_assert_eq!(&second.text, &first.text);
        let outside = Plan::removal(&old).unwrap().text;
        prop_assert_eq!(Plan::removal(&first.text).unwrap().text, outside);
        prop_assert_eq!(first.profiles.len() + first.left_out.len(), names.len());
    }

    #[test]
    fn no_text_is_too_much(old in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Plan::of(&old, &[profile("a/b")], &program());
        let _ = Plan::removal(&old);
    }

    #[cfg(unix)]
    #[test]
    fn any_path_survives_the_shell(name in "/[ -~\u{e4}]{0,30}") {
        let line = format!("printf %s {}", quoted(&name, Platform::Unix).unwrap());
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), name);
    }
}
