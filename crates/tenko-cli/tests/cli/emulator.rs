//! The same walk against moto, an emulator that is not ours.

use std::collections::BTreeMap;

use tenko_tests::Moto;

use crate::tool::{Tool, at, list};

#[test]
fn from_the_first_manifest_to_drift() {
    let moto = Moto::start();
    let seed = moto.seed();
    // As people have it: a profile in the home folder.
    let tool = Tool::new().env("AWS_PROFILE", "moto");
    let folder = tool.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    let profile = format!(
        "[profile moto]\nregion = us-east-1\nendpoint_url = {}\n\
         aws_access_key_id = AKIAMANAGEMENT000000\naws_secret_access_key = secret\n",
        moto.url()
    );
    std::fs::write(folder.join("config"), profile).unwrap();

    let ran = tool.ends(0, &["scopes"]);
    for name in seed.accounts.keys() {
        assert!(ran.text().contains(&format!("{name}  ")), "{name}:\n{}", ran.stdout);
    }
    let regions = seed.regions.join(",");
    // Four operations are not in the emulator: what they would tell is unknown, and said to be.
    tool.ends(3, &["init", "--depth", "attributes", "--rate-share", "1", "--region", &regions]);
    let ran = tool.drifts(3, &["audit", "--rate-share", "1"]);
    assert!(ran.text().starts_with("INCOMPLETE: nothing differs"), "{}", ran.stdout);

    let accounts = serde_json::json!({ "accounts": seed.accounts }).to_string();
    let changed: BTreeMap<String, String> =
        serde_json::from_str(&moto.script("change.py", &[&accounts])).unwrap();
    let document = tool.ends(2, &["audit", "--format", "json", "--rate-share", "1"]).json();
    let drift = list(&document, "/drift").iter();
    let drift: Vec<(&str, &str)> = drift
        .map(|d| (at(d, "/kind"), at(d, "/resource/id")))
        .filter(|(kind, _)| *kind != "unknown")
        .collect();
    for (kind, id) in &changed {
        assert!(drift.contains(&(kind, id)), "no {kind} {id} in {drift:?}");
    }
    assert_eq!(drift.len(), changed.len(), "and nothing else: {drift:?}");
}
