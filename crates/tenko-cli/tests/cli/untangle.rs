//! `tenko untangle`, on the demo's organization.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::tool::{Tool, at, list};

const SNAPSHOT: [&str; 4] = ["-s", "tour/demo.tenko.zst", "-f", "tour/tenants.yaml"];

fn tour() -> Tool {
    let tool = Tool::new();
    tool.ends(0, &["demo", "--out", "tour", "-q"]);
    tool
}

fn args<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["untangle"], more, &SNAPSHOT[..]].concat()
}

#[test]
fn the_account_that_two_environments_share_is_untangled() {
    let tool = tour();
    let text = tool.ends(3, &args(&["initech"])).text().to_owned();
    for line in [
        "UNTANGLE initech (555555555501)",
        "  shared  2 owners share the account: the manifest says so.",
        "  1. initech/staging moves out to a new account, 10.0.0.0/16",
        "  2. initech/production stays",
    ] {
        assert!(text.lines().any(|l| l == line), "no {line}:\n{text}");
    }
    assert!(text.contains("? EC2::VPC initech"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");

    let ran = tool.ends(3, &args(&["555555555501", "--format", "json"]));
    let plan = ran.json();
    let schema = tenko_tests::root().join("schema/untangle.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&plan).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let groups: BTreeSet<_> = list(&plan, "/groups").iter().map(|g| at(g, "/id")).collect();
    assert_eq!(groups, ["initech/production", "initech/staging"].into());
    let database = list(&plan, "/resources")
        .iter()
        .find(|r| at(r, "/type") == "AWS::RDS::DBInstance" && at(r, "/id") == "initech-staging");
    let database = database.unwrap();
    assert_eq!(
        (at(database, "/standing"), at(database, "/group"), at(database, "/confidence")),
        ("group", "initech/staging", "certain")
    );
    // The globex-staging account did not let anybody in: its networks are not known.
    assert_eq!(at(&plan, "/network/unread/0/id"), "444444444402");
    assert_eq!(plan["incomplete"], true);
    let elsewhere = list(&plan, "/references_unread");
    assert!(elsewhere.iter().any(|scope| at(scope, "/id") == "444444444402"), "{elsewhere:?}");
    let standing = |id: &str| {
        let all = list(&plan, "/resources").iter();
        all.filter(|r| at(r, "/id") == id).map(|r| at(r, "/standing")).collect::<Vec<_>>()
    };
    assert_eq!(standing("OrganizationAccountAccessRole"), ["account"]);

    let markdown = tool.ends(3, &args(&["initech", "--format", "markdown"])).stdout;
    assert!(markdown.starts_with("# Untangle initech (555555555501)\n"), "{markdown}");
    assert!(markdown.contains("- [ ] make the new account, with a network in 10.0.0.0/16"));
}

#[test]
fn the_range_for_new_networks_can_be_chosen() {
    let tool = tour();
    let text = tool.ends(3, &args(&["initech", "--network", "172.16.0.0/12"])).text().to_owned();
    assert!(text.contains("to a new account, 172.16.0.0/16"), "{text}");
    tool.fails(
        &["there is no room for a network of /16 for initech/staging in 10.60.0.0/16"],
        &args(&["initech", "--network", "10.60.0.0/16"]),
    );
    tool.fails(
        &["8.8.8.0/24 is not within 10.0.0.0/8"],
        &args(&["initech", "--network", "8.8.8.0/24"]),
    );
    tool.fails(&["10.1.2.3/8", "say 10.0.0.0/8"], &args(&["initech", "--network", "10.1.2.3/8"]));
    tool.fails(&["IPv4 only, such as 10.64.0.0/10"], &args(&["initech", "--network", "fd00::/8"]));
}

#[test]
fn what_goes_with_a_delete_is_told_apart_from_what_uses_it() {
    let tool = tour();
    for verbose in [&["initech"][..], &["initech", "-v"]] {
        // Sources are never wrapped, so that they can be followed: verbose lines may be wide.
        let text = tool.ends(3, &args(verbose)).stdout;
        let begin = text.find("WHAT A MISTAKEN DELETE").unwrap();
        let section: String = text[begin..].split("NEW NETWORKS").next().unwrap().to_owned();
        let joined = section.split_whitespace().collect::<Vec<_>>().join(" ");
        for shown in [
            "EC2::Volume initech-production-app-root (vol-",
            "EC2::Volume initech-staging-app-root (vol-",
            "takes along EC2::Volume initech-staging-app-root (vol-",
            "AWS refuses while in use",
            "automated backups (go with it)",
            "deletion protection",
        ] {
            assert!(joined.contains(shown), "no {shown}:\n{section}");
        }
        let is_cut = |line: &str| line.contains('…') && !line.trim().starts_with("… and");
        assert!(!section.lines().any(is_cut), "{section}");
        assert!(!section.contains("critical"), "{section}");
    }
}

#[test]
fn its_help_and_its_errors_name_every_format() {
    let tool = Tool::new();
    let help = tool.ends(0, &["untangle", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("[possible values: text, markdown, json]"), "{help}");
    tool.fails(&["text, markdown, json"], &["untangle", "x", "--format", "yaml"]);
    let other = tool.ends(0, &["scopes", "--help"]).stdout;
    assert!(!other.contains("markdown"), "{other}");
}

#[test]
fn without_a_manifest_tags_and_names_tell() {
    let tool = tour();
    let ran = tool.ends(3, &["untangle", "initech", "-s", "tour/demo.tenko.zst"]);
    assert!(ran.stderr.contains("there is no manifest"), "{}", ran.stderr);
    assert!(ran.text().contains("as tags, names or code say"), "{}", ran.text());
}

#[test]
fn what_is_no_tangle_or_cannot_be_told_says_so() {
    let tool = tour();
    let text = tool.ends(0, &args(&["acme-staging"])).text().to_owned();
    assert!(text.contains("one owner  Nothing to untangle"), "{text}");
    let silent = tool.ends(3, &args(&["globex-staging"])).text().to_owned();
    assert!(silent.contains("not read  Nothing can be said"), "{silent}");
    tool.fails(
        &["no account or project `initec`", "did you mean initech (555555555501)?"],
        &args(&["initec"]),
    );
    tool.fails(
        &["only reports and plans are written as markdown"],
        &["scopes", "--format", "markdown"],
    );
}
