//! `tenko collect`, `tenko show`, `tenko diff`, and snapshots that are none.

use crate::clouds::{self, ACME};
use crate::tool::{Tool, at, list};

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_kept_beside_the_manifest_and_out_of_its_repository() {
    let (_cloud, tool) = clouds::serve().await;
    let ran = tool.ends(0, &["collect"]);
    assert!(ran.text().starts_with("COLLECTED: "), "{}", ran.stdout);
    let kept = tool.kept();
    assert_eq!(kept.len(), 1);
    assert!(ran.stdout.contains(".tenko/snapshots/"), "{}", ran.stdout);
    assert_eq!(tool.read(".tenko/.gitignore"), "*\n");
    let key = tool.read(".tenko/redaction.key");
    assert_eq!(key.trim().len(), 64);
    #[cfg(unix)]
    for file in ["redaction.key".to_owned(), format!("snapshots/{}", kept[0])] {
        use std::os::unix::fs::PermissionsExt;
        let mode = tool.path(".tenko").join(&file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} is for its owner alone: {mode:o}");
    }
    tool.ends(0, &["collect", "--quiet", "--out", "named.tenko.zst"]);
    assert_eq!((tool.kept(), tool.files()), (kept, vec!["named.tenko.zst".to_owned()]));
    assert_eq!(tool.read(".tenko/redaction.key"), key, "the key stays");
    tool.write(".tenko/redaction.key", "short");
    tool.fails(&["redaction.key does not hold 64", "delete it"], &["collect"]);
    let tool = tool.env("TENKO_REDACTION_KEY", &"5".repeat(64));
    tool.ends(0, &["collect", "-q"]);
    let tool = tool.env("TENKO_REDACTION_KEY", "five");
    tool.fails(&["TENKO_REDACTION_KEY must be 64 hexadecimal digits"], &["collect"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_shown_and_sorted_out() {
    let (_cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init"]);
    tool.ends(0, &["collect", "--quiet"]);
    let ids = |args: &[&str]| {
        let json = tool.ends(0, &[&["show", "--format", "json"], args].concat()).json();
        let ids = list(&json, "/resources").iter().map(|r| at(r, "/id").to_owned());
        ids.filter(|id| id.starts_with("vol-")).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), ["vol-1", "vol-2", "vol-3", "vol-9"]);
    assert_eq!(ids(&["--type", "AWS::EC2::V*"]), ids(&[]));
    assert!(ids(&["--type", "AWS::S3::*"]).is_empty());
    assert_eq!(ids(&["--tenant", "globex"]), ["vol-9"]);
    assert_eq!(ids(&["--tenant", "acme/production"]), ["vol-1", "vol-2", "vol-3"]);
    assert_eq!(ids(&["--tag", "Name=data-vol-2"]), ["vol-2"]);
    assert_eq!(ids(&["--tag", "Name", "--scope", ACME]), ids(&["--scope", "acme-production"]));
    assert!(tool.ends(0, &["show"]).text().contains("data-vol-9"));

    let ran = tool.ends(0, &["show", "vol-3"]);
    assert!(ran.text().contains("\"Size\": 24"), "{}", ran.stdout);
    assert_eq!(ran.stdout, tool.ends(0, &["show", "data-vol-3"]).stdout, "by name");
    let json = tool.ends(0, &["show", "vol-3", "--format", "json"]).json();
    assert_eq!((at(&json, "/kind"), at(&json, "/resource/id")), ("resource", "vol-3"));

    tool.fails(&["no resource `vol-7`", "`tenko show` lists them"], &["show", "vol-7"]);
    tool.fails(
        &["no tenant or environment `nobody`", "acme/production"],
        &["show", "--tenant", "nobody"],
    );
    tool.fails(&["no account or project `nowhere`"], &["show", "--scope", "nowhere"]);
    tool.fails(&["`AWS::[` is not a valid glob"], &["show", "--type", "AWS::["]);
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_compared() {
    let (cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init", "--depth", "attributes"]);
    tool.ends(0, &["collect", "-q", "-o", "a.tenko.zst"]);
    clouds::change(&cloud);
    tool.ends(0, &["collect", "-q"]);
    let ran = tool.drifts(2, &["diff", "latest"]);
    assert!(ran.text().starts_with("DRIFT: 3 differences"), "{}", ran.stdout);
    assert!(ran.stdout.contains("declared at tenants.yaml:"), "{}", ran.stdout);
    tool.drifts(0, &["diff", "a.tenko.zst"]);

    let json = tool.ends(2, &["diff", "a.tenko.zst", "latest", "--format", "json"]).json();
    assert_eq!(at(&json, "/kind"), "diff");
    let mut drift: Vec<_> =
        list(&json, "/drift").iter().map(|d| (at(d, "/kind"), at(d, "/resource/id"))).collect();
    drift.sort_unstable();
    assert_eq!(drift, [("changed", "vol-2"), ("missing", "vol-1"), ("unmanaged", "vol-4")]);
    let ran = tool.ends(2, &["diff", "latest", "a.tenko.zst"]);
    assert!(ran.stderr.contains("the second snapshot is older"), "{}", ran.stderr);
    tool.ends(0, &["diff", "a.tenko.zst", "a.tenko.zst"]);
    // A run is called by its id, or by the beginning of it.
    let id = tool.kept()[0].replace(".tenko.zst", "");
    tool.ends(2, &["diff", &id]);
    tool.ends(2, &["diff", &id[..12]]);
    tool.ends(0, &["scopes", "--snapshot", &id]);
    tool.ends(0, &["init", "--snapshot", "latest", "--out", "later.yaml"]);
    tool.drifts(0, &["diff", "latest", "-f", "later.yaml"]);
}

#[test]
fn what_is_no_snapshot_is_an_error() {
    let tool = Tool::new();
    let none = ["no snapshot \"latest\"", "`tenko collect` makes one"];
    tool.fails(&none, &["show"]);
    tool.fails(&none, &["diff", "latest", "latest"]);
    tool.fails(&["no-such.tenko.zst", "No such file"], &["show", "-s", "no-such.tenko.zst"]);
    tool.ends(0, &["demo", "-q", "--out", "tour"]);
    let whole = std::fs::read(tool.path("tour/demo.tenko.zst")).unwrap();

    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    tool.write("flipped", flipped);
    tool.write("cut", &whole[..whole.len() / 2]);
    tool.write("text", "version: 1\n");
    tool.write("empty", "");
    for (name, why) in [
        ("flipped", "damaged"),
        ("cut", "cut off"),
        ("text", "not a tenko snapshot"),
        ("empty", "the file is empty"),
    ] {
        for command in
            [&["show", "-s"][..], &["diff"], &["scopes", "-s"], &["init", "-o", "m.yaml", "-s"]]
        {
            tool.fails(&[name, why], &[command, &[name]].concat());
        }
    }
    let newer = "{\"schema\":\"tenko.snapshot\",\"version\":99,\"run\":{}}\n";
    tool.write("newer", zstd::encode_all(newer.as_bytes(), 1).unwrap());
    tool.fails(&["newer was written by a newer tenko (version 99)"], &["show", "-s", "newer"]);

    std::fs::create_dir_all(tool.path(".tenko/snapshots")).unwrap();
    for id in ["20260101T000000.000Z-1", "20260102T000000.000Z-2"] {
        tool.write(&format!(".tenko/snapshots/{id}.tenko.zst"), &whole);
    }
    tool.fails(&["20260101T000000.000Z-1", "20260102T000000.000Z-2"], &["show", "-s", "2026"]);
    tool.fails(&["no snapshot \"1999\"", "20260102T000000.000Z-2"], &["show", "-s", "1999"]);
}
