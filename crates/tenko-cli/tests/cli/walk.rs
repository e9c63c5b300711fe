//! From the roll call to the second audit, as somebody new would go.

use tenko_testkit::sim::{DeniedBy, Fault, FaultKind};

use crate::clouds::{self, ACME, GLOBEX};
use crate::tool::{at, list};

#[tokio::test(flavor = "multi_thread")]
async fn the_roll_is_called() {
    let (cloud, tool) = clouds::serve().await;
    let ran = tool.ends(0, &["scopes"]);
    let text = ran.text();
    for line in [
        "o-test  organization",
        "└── Root  r-1",
        "    ├── Production  ou-1-prod",
        "    │   ├── acme-production  222222222222  answered · 2 regions",
        "    │   └── globex-production  333333333333  answered · 2 regions",
        "    └── management  111111111111  answered · 2 regions",
        "3 accounts: 3 answered",
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}`:\n{text}");
    }
    assert!(!tool.path(".tenko").exists(), "calling the roll keeps nothing");

    clouds::lock(&cloud, GLOBEX);
    let ran = tool.ends(3, &["scopes"]);
    assert!(ran.text().contains("did not answer"), "{}", ran.stdout);
    assert!(ran.stdout.contains("sts:AssumeRole AccessDenied"), "{}", ran.stdout);
    let json = tool.ends(3, &["scopes", "--format", "json"]).json();
    let scopes = list(&json, "/scopes");
    let answer = |id: &str| {
        let row = scopes.iter().find(|row| at(row, "/id") == id).unwrap();
        at(row, "/outcome").to_owned()
    };
    assert_eq!((answer(ACME).as_str(), answer(GLOBEX).as_str()), ("complete", "denied"));
    // Only these, without the organization.
    let ran = tool.ends(0, &["scopes", "--account", ACME]);
    assert!(ran.stdout.contains("1 account: 1 answered"), "{}", ran.stdout);
    let ran = tool.ends(0, &["scopes", "--caller-only", "--region", "us-east-1"]);
    assert!(ran.stdout.contains("111111111111  answered · 1 region\n"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_manifest_is_clean_and_then_there_is_drift() {
    let (cloud, tool) = clouds::serve().await;
    let ran = tool.fails(&["there is no manifest", "`tenko init`"], &["audit"]);
    assert!(!ran.stderr.contains("units"), "nothing was asked: {}", ran.stderr);

    let ran = tool.ends(0, &["init", "--depth", "attributes"]);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("wrote tenants.yaml") && ran.stderr.contains("`tenko audit`"));
    let ran = tool.drifts(0, &["audit"]);
    assert!(ran.text().starts_with("CLEAN: "), "{}", ran.stdout);
    assert!(tool.kept().is_empty(), "nothing is kept that nobody asked for");

    clouds::change(&cloud);
    let ran = tool.drifts(2, &["audit", "--save", "after.tenko.zst"]);
    assert!(ran.text().starts_with("DRIFT: 3 differences in 1 tenant"), "{}", ran.stdout);
    assert!(ran.stdout.contains("snapshot saved as after.tenko.zst"), "{}", ran.stdout);
    let json = tool.drifts(2, &["audit", "--format", "json", "-q"]).json();
    let mut drift: Vec<_> =
        list(&json, "/drift").iter().map(|d| (at(d, "/kind"), at(d, "/resource/id"))).collect();
    drift.sort_unstable();
    assert_eq!(drift, [("changed", "vol-2"), ("missing", "vol-1"), ("unmanaged", "vol-4")]);
    let ran = tool.ends(2, &["diff", "after.tenko.zst"]);
    assert!(ran.text().starts_with("DRIFT: 3 differences"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_denied_is_unknown_and_not_missing() {
    let (cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init"]);
    clouds::lock(&cloud, GLOBEX);
    let ran = tool.drifts(3, &["audit"]);
    assert!(ran.text().starts_with("INCOMPLETE: nothing differs as far as was seen"));
    assert!(ran.stdout.contains("1 of 3 accounts did not answer"), "{}", ran.stdout);
    let json = tool.drifts(3, &["audit", "--format", "json"]).json();
    assert!(list(&json, "/drift").iter().all(|drift| at(drift, "/kind") == "unknown"));
    assert_eq!(json["summary"]["drift"]["missing"], 0);

    // A first manifest from that says so.
    let ran = tool.ends(3, &["init", "--force"]);
    assert!(ran.stderr.contains("1 of 3 accounts did not answer"), "{}", ran.stderr);
    // Drift counts more than gaps.
    clouds::change(&cloud);
    tool.drifts(2, &["audit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_type_is_unknown_and_not_missing() {
    let (cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init"]);
    let denied = Fault::new(FaultKind::Deny { by: DeniedBy::ScpExplicit });
    cloud.add_fault(denied.account(ACME).operation("ec2:DescribeVolumes"));
    let ran = tool.drifts(3, &["audit"]);
    assert!(ran.text().contains("EC2::Volume: denied by organization policy (SCP)"));
    let ran = tool.ends(3, &["collect"]);
    assert!(ran.text().starts_with("INCOMPLETE: "), "{}", ran.stdout);
    let ran = tool.ends(0, &["show", "--type", "AWS::EC2::Volume", "--scope", "acme-production"]);
    assert!(ran.stdout.contains("0 resources"), "{}", ran.stdout);
    assert!(ran.stderr.contains("units were not read whole: there may be more"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn init_writes_down_how_it_got_in_and_overwrites_nothing() {
    let (demo, tool) = clouds::serve_demo().await;
    let access = ["--role", "TenkoAudit", "--external-id", "tenko-demo"];
    let init = |args: &[&'static str]| [&["init"], args, &access].concat();
    tool.ends(3, &init(&["--region", "eu-central-1,us-east-1", "--type", "AWS::S3::*"]));
    let text = tool.read("tenants.yaml");
    for line in
        ["  role: TenkoAudit", "  external_id: tenko-demo", "  regions: [eu-central-1, us-east-1]"]
    {
        assert!(text.lines().any(|l| l == line), "no `{line}`:\n{text}");
    }
    // The manifest says how to get in, so nothing else has to.
    let ran = tool.drifts(3, &["audit", "--type", "AWS::S3::Bucket"]);
    assert!(ran.text().contains("1 of 11 accounts did not answer"), "{}", ran.stdout);
    tool.fails(&["tenants.yaml is there already", "--force", "--out"], &init(&[]));
    assert_eq!(tool.read("tenants.yaml"), text);
    demo.cloud().clear_seen();
    tool.fails(&["tenants.yaml is there already"], &["init"]);
    assert!(demo.cloud().seen().is_empty(), "that is known before anything is asked");

    // What the present manifest says of that is used, and kept.
    tool.ends(3, &["init", "--force", "--depth", "scopes"]);
    assert!(tool.read("tenants.yaml").contains("  role: TenkoAudit"));
    let ran = tool.ends(3, &["init", "--out", "-", "--depth", "scopes", "-q"]);
    assert_eq!(
        ran.stdout.lines().skip(1).collect::<Vec<_>>(),
        tool.read("tenants.yaml").lines().skip(1).collect::<Vec<_>>()
    );
    assert_eq!(ran.stderr, "");
    // One that is broken is no reason not to write a new one.
    tool.write("tenants.yaml", "version: [");
    let ran = tool.ends(3, &[&["init", "--force"][..], &access].concat());
    assert!(ran.stderr.contains("its settings are not taken over"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_region_does_not_pass_in_silence() {
    let (_cloud, tool) = clouds::serve().await;
    let warning = "region eu-centrall-1 is configured, and does not exist in";
    for command in [&["collect"][..], &["collect", "--format", "json"]] {
        let ran = tool.run(&[command, &["--region", "eu-centrall-1,us-east-1"]].concat());
        assert!(ran.stdout.contains(warning), "{}", ran.stdout);
    }
    tool.ends(0, &["init"]);
    let text = tool
        .read("tenants.yaml")
        .replace("        scopes:", "        regions: [eu-centrall-1]\n        scopes:");
    tool.write("tenants.yaml", text);
    let ran = tool.run(&["audit"]);
    assert!(ran.text().contains("WARNINGS\n  ! region eu-centrall-1"), "{}", ran.stdout);
    assert!(ran.code != Some(0), "what is declared there is unknown: {}", ran.stdout);
}
