//! Help, and what is wrong with the arguments themselves.

use crate::tool::Tool;

const COMMANDS: [&str; 13] = [
    "demo",
    "scopes",
    "init",
    "audit",
    "collect",
    "diff",
    "declare",
    "adopt",
    "parity",
    "show",
    "types",
    "policy",
    "completions",
];

#[test]
fn help_fits_a_page_and_shows_examples() {
    let tool = Tool::new();
    let help = tool.ends(0, &["--help"]);
    assert!(help.text().contains("First steps:"), "{}", help.stdout);
    assert_eq!(help.stdout, tool.ends(0, &["-h"]).stdout, "one help and not two");
    for command in COMMANDS {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command}");
        let own = tool.ends(0, &[command, "--help"]);
        assert!(own.text().contains(&format!("Usage: tenko {command}")), "{}", own.stdout);
        assert_eq!(own.stdout, tool.ends(0, &[command, "-h"]).stdout, "{command}");
        let examples = own.stdout.contains(&format!("Examples:\n  tenko {command}"));
        assert!(examples, "{command}");
    }
}

#[test]
fn offline_commands_offer_nothing_of_the_clouds() {
    let tool = Tool::new();
    for command in
        ["demo", "diff", "declare", "adopt", "parity", "show", "types", "policy", "completions"]
    {
        let help = tool.ends(0, &[command, "--help"]);
        for option in ["--profile", "--impersonate"] {
            assert!(!help.stdout.contains(option), "{command}: {}", help.stdout);
        }
    }
}

#[test]
fn the_version_is_told() {
    let ran = Tool::new().ends(0, &["--version"]);
    assert_eq!(ran.stdout, format!("tenko {}\n", env!("CARGO_PKG_VERSION")));
}

/// Clap's own code for this is 2, which says "drift" here.
#[test]
fn wrong_arguments_are_errors_and_not_drift() {
    let tool = Tool::new();
    for (words, args) in [
        (&["unrecognized subcommand 'adit'", "'audit'"][..], &["adit"][..]),
        (&["unexpected argument '--formt'", "'--format'"], &["demo", "--formt", "json"]),
        (&["invalid value 'yaml' for '--format", "text, json"], &["demo", "--format", "yaml"]),
        (&["'5d'", "'--timeout", "a time such as 90s, 5m or 2h"], &["collect", "--timeout", "5d"]),
        (&["'0'", "'--unit-timeout", "a time such as"], &["audit", "--unit-timeout", "0"]),
        (&["'2'", "'--rate-share", "at most 1"], &["collect", "--rate-share", "2"]),
        (&["'0'", "'--max-in-flight"], &["collect", "--max-in-flight", "0"]),
        (&["'12'", "'--account", "12 digits"], &["scopes", "--account", "12"]),
        (&["'us east'", "'--region", "eu-central-1"], &["scopes", "--region", "us east"]),
        (&["''", "'--region", "eu-central-1"], &["audit", "--region", "us-east-1,"]),
        (&["cannot be used with"], &["scopes", "--caller-only", "--account", "111111111111"]),
        (&["<SNAPSHOT>"], &["diff"]),
    ] {
        let ran = tool.fails(words, args);
        assert!(ran.stderr.contains("--help"), "{args:?}: {}", ran.stderr);
    }
    // Without a command there is only help to give.
    let ran = tool.ends(1, &[]);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("Usage: tenko"), "{}", ran.stderr);
}

#[test]
fn types_that_do_not_exist_are_named_before_anything_is_asked() {
    let tool = Tool::new().at("http://127.0.0.1:9", "AKIANOBODY");
    let nothing = ["no resource type matches `AWS::Nope::*`", "`tenko types`"];
    tool.fails(&nothing, &["collect", "--type", "AWS::Nope::*"]);
    tool.fails(&["`AWS::[a` is not a valid glob"], &["collect", "--type", "AWS::[a"]);
    tool.fails(&["`no role!`"], &["scopes", "--role", "no role!"]);
    assert!(tool.kept().is_empty());
}
