//! Manifests that cannot be used: each says what, where, and what to write instead.

use crate::clouds;
use crate::tool::Tool;

/// A manifest whose only environment ends like this.
fn with(rest: &str) -> String {
    format!(
        "version: 1\ntenants:\n  acme:\n    environments:\n      production:\n        \
         scopes: [222222222222]\n{rest}"
    )
}

#[test]
fn errors_have_a_place_and_a_remedy() {
    let tool = Tool::new().at("http://127.0.0.1:9", "AKIANOBODY");
    let twice = with("  globex:\n    environments: { all: { scopes: [\"222222222222\"] } }\n");
    let wrong_type = with("        resources:\n          - { type: AWS::S3::Buckett, name: x }\n");
    for (text, words) in [
        ("version: 1\ntenants: {acme\n", &["not valid YAML", ":3:1"][..]),
        (
            &with("        regoins: []\n"),
            &["`regoins`", ":7:9", "^^^^^^^", "did you mean `regions`?"],
        ),
        (&wrong_type, &["`AWS::S3::Buckett`", ":8:21", "did you mean `AWS::S3::Bucket`?"]),
        (&twice, &["belongs to two tenants: `acme` and `globex`", ":8:37", ":6:18"]),
        ("version: 9\n", &["version", ":1:10"]),
        ("tenants: {}\n", &["version"]),
        ("", &["error: "]),
    ] {
        tool.write("m.yaml", text);
        for command in ["audit", "collect", "scopes"] {
            let ran = tool.fails(words, &[command, "-f", "m.yaml"]);
            assert!(ran.stderr.contains("--> m.yaml"), "{}", ran.stderr);
            assert!(
                ran.stderr.ends_with("\nerror: the manifest cannot be used\n"),
                "{}",
                ran.stderr
            );
            assert!(!ran.stderr.contains('\u{1b}'));
        }
    }
    assert!(!tool.path(".tenko").exists(), "nothing is kept of a run that did not begin");
}

#[test]
fn unreadable_files_are_named() {
    let tool = Tool::new();
    tool.fails(&["failed to read no-such.yaml", "No such file"], &["audit", "-f", "no-such.yaml"]);
    std::fs::create_dir(tool.path("folder")).unwrap();
    tool.fails(&["failed to read folder", "directory"], &["audit", "-f", "folder"]);
    tool.write("latin.yaml", b"version: 1\n# caf\xe9\n");
    tool.fails(&["latin.yaml", "UTF-8"], &["audit", "-f", "latin.yaml"]);
    tool.fails(&["no-such.yaml"], &["init", "-f", "no-such.yaml", "-o", "new.yaml"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_in_the_organization_ends_the_audit() {
    let (cloud, tool) = clouds::serve().await;
    tool.write("tenants.yaml", with("").replace("222222222222", "\"999999999999\""));
    let words = [
        "aws:999999999999 is not in the organization",
        "--> tenants.yaml:6:18",
        "^^^",
        "`tenko scopes`",
    ];
    let ran = tool.fails(&words, &["audit", "--save", "kept.tenko.zst"]);
    assert!(!ran.stderr.contains("not readable"), "{}", ran.stderr);
    let collected = cloud.seen().iter().any(|seen| seen.id() == "ec2:DescribeVolumes");
    assert!(!collected, "nothing is collected for an answer that nobody wants");
    // Whoever only looks is warned.
    let ran = tool.ends(0, &["collect"]);
    assert!(ran.text().starts_with("COLLECTED"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_are_one_manifest() {
    let (_cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init", "--depth", "scopes"]);
    let text = tool.read("tenants.yaml");
    let at = text.find("\n  globex:").unwrap() + 1;
    let before = text[..at].rfind("  # guessed").unwrap_or(at);
    tool.write("one.yaml", &text[..before]);
    tool.write("two.yaml", format!("version: 1\ntenants:\n{}", &text[at..]));
    std::fs::remove_file(tool.path("tenants.yaml")).unwrap();
    let ran = tool.run(&["audit", "-f", "one.yaml", "-f", "two.yaml"]);
    assert!(ran.text().contains("acme") && ran.stdout.contains("globex"), "{}", ran.stdout);
    tool.fails(
        &["`globex` stands below `tenants` in two files"],
        &["audit", "-f", "two.yaml", "-f", "two.yaml"],
    );
}
