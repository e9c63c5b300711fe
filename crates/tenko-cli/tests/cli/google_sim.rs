//! Google Cloud as its user meets it: the simulated one, found through a credentials file and the
//! variables with which gcloud is sent to other endpoints.

use std::collections::BTreeSet;

use serde_json::Value;
use tenko_testkit::demo;
use tenko_testkit::google::{Fault, FaultKind, SimGoogle, World};

use crate::clouds;
use crate::projects::{ACME, BUCKET, GLOBEX, TOPIC, alone, both, change, led_to, lock};
use crate::tool::{Tool, at, list};

/// Few types, for the time that all would take.
const TYPES: &str = "AWS::EC2::Volume,storage.googleapis.com/*,pubsub.googleapis.com/Topic,\
                     compute.googleapis.com/Firewall";

/// The same without AWS.
const TYPES_OF_GOOGLE: &str = "storage.googleapis.com/*,pubsub.googleapis.com/Topic,\
                               compute.googleapis.com/Firewall";

fn drift(document: &Value) -> Vec<(String, String)> {
    let drift = list(document, "/drift").iter();
    let mut rows: Vec<_> =
        drift.map(|d| (at(d, "/kind").to_owned(), at(d, "/resource/name").to_owned())).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roll_is_called_in_both_clouds() {
    let (_aws, google, tool) = both().await;
    let ran = tool.ends(0, &["scopes", "--cloud", "aws,gcp"]);
    let text = ran.text();
    for line in [
        "AWS",
        "    │   ├── acme-production  222222222222  answered · 2 regions",
        "3 accounts: 3 answered",
        "GOOGLE CLOUD",
        "acme.example  organizations/456  organization",
        "└── Production  folders/10",
        "    ├── acme-production  acme-prod  answered",
        "    └── globex-production  globex-prod  answered",
        "2 projects: 2 answered",
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}`:\n{text}");
    }
    lock(&google, GLOBEX);
    let ran = tool.ends(3, &["scopes", "--cloud", "gcp"]);
    assert!(ran.text().contains("globex-production  globex-prod  did not answer"), "{text}");
    assert!(!ran.stdout.contains("AWS"), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 projects: 1 answered, 1 did not answer"), "{}", ran.stdout);
    let json = tool.ends(3, &["scopes", "--cloud", "gcp", "--format", "json"]).json();
    let row = list(&json, "/scopes").iter().find(|row| at(row, "/id") == GLOBEX).unwrap();
    assert_eq!((at(row, "/outcome"), at(row, "/parent")), ("denied", "folders/10"), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_named_is_asked() {
    let (cloud, tool) = alone().await;
    for (args, projects) in [
        (&["--cloud", "gcp"][..], &[ACME, GLOBEX][..]),
        (&["--project", GLOBEX], &[GLOBEX]),
        (&["--folder", "10"], &[ACME, GLOBEX]),
        (&["--organization", "456", "--source", "services"], &[ACME, GLOBEX]),
    ] {
        cloud.clear_log();
        let ran = tool.ends(0, &[&["scopes", "--format", "json"], args].concat());
        let json = ran.json();
        let rows = list(&json, "/scopes").iter().filter(|row| at(row, "/kind") == "project");
        assert_eq!(rows.map(|row| at(row, "/id")).collect::<Vec<_>>(), projects, "{args:?}");
        let asked: BTreeSet<_> = cloud.log().into_iter().filter_map(|seen| seen.project).collect();
        assert_eq!(asked, projects.iter().map(|id| (*id).to_owned()).collect(), "{args:?}");
    }
    // Whose the login is, only the environment says.
    let words = ["nobody could be asked", "--project"];
    tool.fails(&words, &["scopes", "--cloud", "gcp", "--caller-only"]);
    let tool = tool.env("GOOGLE_CLOUD_PROJECT", ACME);
    let ran = tool.ends(0, &["scopes", "--cloud", "gcp", "--caller-only"]);
    assert!(ran.text().contains("1 project: 1 answered"), "{}", ran.stdout);
    let ran = tool.ends(3, &["scopes", "--project", "acme-prodd"]);
    assert!(ran.text().contains("acme-prodd  status unknown  did not answer"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_manifest_of_two_clouds_is_clean_and_then_there_is_drift() {
    let (aws, google, tool) = both().await;
    let with = |args: &[&'static str]| [args, &["--rate-share", "1", "--type", TYPES]].concat();
    tool.ends(0, &with(&["init", "--cloud", "aws,gcp", "--depth", "attributes"]));
    let text = tool.read("tenants.yaml");
    for (account, project) in [(clouds::ACME, ACME), (clouds::GLOBEX, GLOBEX)] {
        let one = text.split("        scopes:").find(|part| part.contains(account)).unwrap();
        assert!(one.contains(&format!("gcp:{project}")), "one environment in two clouds:\n{text}");
    }
    // The manifest names both clouds, so the command line need not.
    let ran = tool.drifts(0, &with(&["audit", "--save", "before.tenko.zst"]));
    assert!(ran.text().starts_with("CLEAN: 9 resources in 5 accounts/projects"), "{}", ran.stdout);
    assert!(ran.stdout.contains("6 of 6 units of Google Cloud read from Cloud Asset Inventory"));

    change(&google);
    clouds::change(&aws);
    let ran = tool.drifts(2, &with(&["audit", "--save", "after.tenko.zst"]));
    let text = ran.text();
    assert!(text.starts_with("DRIFT: 6 differences in 1 tenant"), "{text}");
    for line in [
        "  acme / production",
        "  changed    [new] acme-prod-web  storage/Bucket · eu",
        "             in acme-production (acme-prod)",
        "             iamConfiguration.publicAccessPrevention:",
        "  missing    [new] invoices  pubsub/Topic",
        "  unmanaged  [new] allow-ssh  compute/Firewall · global",
        "             in acme-production (222222222222)",
    ] {
        assert!(text.lines().any(|l| l.starts_with(line)), "no `{line}`:\n{text}");
    }
    let own = |tool: &Tool| {
        let args = ["audit", "--cloud", "gcp", "--format", "json", "--type", TYPES_OF_GOOGLE];
        drift(&tool.ends(2, &args).json())
    };
    let expected =
        [("changed", "acme-prod-web"), ("missing", "invoices"), ("unmanaged", "allow-ssh")];
    let expected = expected.map(|(kind, name)| (kind.to_owned(), name.to_owned()));
    assert_eq!(own(&tool), expected, "of one cloud alone");
    let services = tool.drifts(2, &with(&["audit", "--source", "services", "--format", "json"]));
    assert_eq!(drift(&services.json()).len(), 6, "the services say the same");

    // What was kept is compared without asking anybody.
    google.clear_log();
    let json = tool.ends(2, &["diff", "before.tenko.zst", "after.tenko.zst", "--format", "json"]);
    let names: BTreeSet<_> = drift(&json.json()).into_iter().map(|(_, name)| name).collect();
    assert!(
        ["acme-prod-web", "invoices", "allow-ssh"].iter().all(|n| names.contains(*n)),
        "{names:?}"
    );
    let show = |args: &[&str]| {
        let all = [&["show", "-s", "after.tenko.zst", "--format", "json"], args].concat();
        let json = tool.ends(0, &all).json();
        list(&json, "/resources").iter().map(|r| at(r, "/name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(show(&["--type", "storage.googleapis.com/*"]), ["acme-prod-logs", "acme-prod-web"]);
    assert_eq!(show(&["--tag", "team=web"]), show(&["--type", BUCKET]));
    assert_eq!(show(&["--scope", GLOBEX]), ["scores"]);
    let one = tool.ends(0, &["show", "-s", "after.tenko.zst", "acme-prod-web"]);
    assert!(one.text().contains("\"publicAccessPrevention\": \"inherited\""), "{}", one.stdout);
    assert!(one.stdout.contains("\"user:a@acme.example\""), "its policy: {}", one.stdout);
    assert_eq!(google.log(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_denied_is_unknown_and_not_missing() {
    let (cloud, tool) = alone().await;
    let with =
        |args: &[&'static str]| [args, &["--rate-share", "1", "--type", TYPES_OF_GOOGLE]].concat();
    tool.ends(0, &with(&["init", "--cloud", "gcp"]));
    assert!(!tool.read("tenants.yaml").contains("\naws:"), "{}", tool.read("tenants.yaml"));
    tool.drifts(0, &with(&["audit"]));
    // One API, wherever it is asked.
    let denied = cloud.add_fault(Fault::new(FaultKind::Denied).asset_type(TOPIC));
    let ran = tool.drifts(3, &with(&["audit"]));
    assert!(ran.text().starts_with("INCOMPLETE: nothing differs as far as was seen"));
    assert!(ran.stdout.contains("pubsub/Topic: denied by identity policy"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`tenko policy --cloud gcp`"), "{}", ran.stdout);
    let json = tool.drifts(3, &with(&["audit", "--format", "json"])).json();
    let names = [("unknown", "invoices"), ("unknown", "orders"), ("unknown", "scores")];
    assert_eq!(drift(&json), names.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
    cloud.remove_fault(denied);

    lock(&cloud, ACME);
    let ran = tool.drifts(3, &with(&["audit"]));
    assert!(ran.text().contains("1 of 2 projects did not answer"), "{}", ran.stdout);
    assert!(ran.stdout.contains("For each project that did not answer"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("--role"), "a role is AWS's: {}", ran.stdout);
    let json = tool.drifts(3, &with(&["audit", "--format", "json"])).json();
    assert_eq!(json["summary"]["drift"]["missing"], 0);
    assert_eq!(json["summary"]["drift"]["unknown"], 4);
    // Which of them are asked narrows what is compared.
    tool.drifts(0, &with(&["audit", "--project", GLOBEX]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_and_where_is_chosen() {
    let (cloud, tool) = alone().await;
    let email = "tenko@{project}.iam.gserviceaccount.com";
    let args =
        ["collect", "-q", "--format", "json", "--rate-share", "1", "--type", TYPES_OF_GOOGLE];
    let collect = |more: &[&'static str]| {
        cloud.clear_log();
        let document = tool.ends(0, &[&args, more].concat()).json();
        assert_eq!(document["summary"]["resources"], 5, "{more:?}");
        document
    };
    let asks = |service: &str| cloud.log().iter().any(|seen| seen.service == service);

    let document = collect(&["--source", "services", "--impersonate", email]);
    assert!(asks("storage") && asks("pubsub") && !asks("cloudasset"));
    assert!(list(&document, "/coverage").iter().all(|row| row.get("read_from").is_none()));
    for seen in cloud.log().iter().filter(|seen| seen.service == "pubsub") {
        let project = seen.project.as_deref().unwrap();
        assert_eq!(seen.principal, Some(email.replace("{project}", project)), "{seen:?}");
    }
    let document = collect(&["--source", "asset-inventory"]);
    assert!(asks("cloudasset") && !asks("storage") && !asks("pubsub"));
    let from = list(&document, "/coverage").iter().map(|row| at(row, "/read_from/source"));
    assert!(from.eq(std::iter::repeat_n("cloudasset.googleapis.com", 6)), "{document}");
    // Named one by one, projects are read from their services.
    collect(&["--project", "acme-prod,globex-prod"]);
    assert!(asks("storage") && !asks("cloudasset"));

    // A login that is no longer good.
    cloud.add_fault(Fault::new(FaultKind::Denied).operation("token"));
    let words = ["nobody could be asked", "Token has been expired or revoked", "gcloud auth"];
    tool.fails(&words, &["collect", "--cloud", "gcp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_be_declared_and_either_source_shows_it() {
    let world = World { faults: Vec::new(), ..demo::google_world() };
    let cloud = SimGoogle::start(world).await.unwrap();
    let tool = led_to(&cloud, Tool::new());
    let with = |args: &[&'static str]| [args, &["--rate-share", "1"]].concat();
    tool.ends(0, &with(&["init", "--folder", "900000000002", "--depth", "attributes"]));
    let text = tool.read("tenants.yaml");
    assert!(text.contains("folders/900000000002"), "how it was found is written down:\n{text}");
    for source in ["services", "auto"] {
        let ran = tool.drifts(0, &with(&["audit", "--source", source]));
        assert!(ran.text().starts_with("CLEAN: "), "{source}: {}", ran.stdout);
        let inventory = ran.stdout.contains("54 of 62 units of Google Cloud read from Cloud Asset");
        assert_eq!(inventory, source == "auto", "{}", ran.stdout);
    }
}
