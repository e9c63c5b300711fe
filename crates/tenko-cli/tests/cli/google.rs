//! Google Cloud beside AWS, as far as it can be seen without either: what is asked, what the options
//! say, and errors of people who are not signed in.

use crate::clouds;
use crate::tool::{Tool, at, list};

const TWO_CLOUDS: &str = "\
version: 1
tenants:
  acme:
    environments:
      production:
        scopes: [\"222222222222\", gcp:acme-prod]
";

/// Without credentials for Google Cloud, and without a machine that has some.
fn nobody() -> Tool {
    Tool::new().env("GCE_METADATA_HOST", "127.0.0.1:9")
}

#[test]
fn without_credentials_no_project_is_asked() {
    let tool = nobody();
    tool.write("tenants.yaml", TWO_CLOUDS);
    for args in [
        &["scopes", "--cloud", "gcp"][..],
        &["collect", "--cloud", "gcp"],
        &["audit", "--cloud", "google"],
        &["init", "--out", "new.yaml", "--folder", "456"],
        &["scopes", "--project", "acme-prod"],
    ] {
        // What was tried, and what to do.
        let words = ["no credentials file was found", "gcloud auth application-default login"];
        let ran = tool.fails(&words, args);
        assert!(ran.stderr.lines().any(|l| l.starts_with("error: nobody could be asked: ")));
        assert!(!ran.stderr.contains("aws sso login"), "{}", ran.stderr);
    }
}

#[test]
fn credentials_that_cannot_be_read_are_named() {
    for (text, word) in [(None, "no-such.json"), (Some("{"), "key.json"), (Some("{}"), "key.json")]
    {
        let tool = nobody();
        let path = tool.path(word);
        if let Some(text) = text {
            tool.write(word, text);
        }
        let tool = tool.env("GOOGLE_APPLICATION_CREDENTIALS", path.to_str().unwrap());
        let words = ["failed to set up the Google Cloud provider", word, "hint: sign in with"];
        let ran = tool.fails(&words, &["scopes", "--cloud", "gcp"]);
        assert!(!ran.stderr.contains("leaves"), "there is nothing else to ask: {}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cloud_without_credentials_is_an_error_that_says_how_to_leave_it_out() {
    let (cloud, tool) = clouds::serve().await;
    let tool = tool
        .env("GCE_METADATA_HOST", "127.0.0.1:9")
        .env("GOOGLE_APPLICATION_CREDENTIALS", "no-such.json");
    tool.write("tenants.yaml", TWO_CLOUDS);
    for command in [&["audit"][..], &["collect"], &["scopes"], &["init", "--out", "new.yaml"]] {
        let words = ["Google Cloud", "no-such.json", "`--cloud aws` leaves Google Cloud out"];
        tool.fails(&words, command);
    }
    assert!(cloud.seen().is_empty(), "nothing is asked of the other one");
    let ran = tool.ends(0, &["scopes", "--cloud", "aws"]);
    assert!(ran.stdout.contains("3 accounts: 3 answered"), "{}", ran.stdout);
    let ran = tool.run(&["audit", "--cloud", "aws"]);
    assert!(ran.stdout.contains("only a part was asked for"), "{}{}", ran.stdout, ran.stderr);
    // One account is one account: nobody else is asked.
    let ran = tool.ends(0, &["scopes", "--account", clouds::ACME]);
    assert!(ran.stdout.contains("1 account: 1 answered"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cloud_that_shows_nothing_ends_the_run_before_anything_is_collected() {
    let (cloud, tool) = clouds::serve().await;
    // The machine may have credentials for Google Cloud; that it has none is seen when one asks.
    let tool = tool.env("GCE_METADATA_HOST", "127.0.0.1:9");
    let words = ["nobody could be asked in Google Cloud", "`--cloud aws` leaves Google Cloud out"];
    tool.fails(&words, &["collect", "--cloud", "aws,gcp"]);
    let collected = cloud.seen().iter().any(|seen| seen.id() == "ec2:DescribeVolumes");
    assert!(!collected, "nothing is collected for an answer that nobody wants");
}

#[test]
fn options_of_a_cloud_that_is_not_asked_are_errors() {
    let tool = nobody().at("http://127.0.0.1:9", "AKIANOBODY");
    let email = "tenko@acme-hub.iam.gserviceaccount.com";
    tool.write("aws.yaml", clouds::MANIFEST);
    for (words, args) in [
        (
            &["--role is for AWS, which is not asked", "`--cloud gcp,aws`"][..],
            &["scopes", "--cloud", "gcp", "--role", "Tenko"][..],
        ),
        (
            &["--project is for Google Cloud, which is not asked", "`--cloud aws,gcp`"],
            &["audit", "-f", "aws.yaml", "--cloud", "aws", "--project", "acme-prod"],
        ),
        (&["--impersonate is for Google"], &["audit", "-f", "aws.yaml", "--impersonate", email]),
        (
            &["--asset-type is for Google"],
            &["collect", "--account", "222222222222", "--asset-type", "run.googleapis.com/Service"],
        ),
        (&["--region is for AWS"], &["collect", "--project", "acme-prod", "--region", "eu-west-1"]),
    ] {
        tool.fails(words, args);
    }
}

#[test]
fn values_of_options_are_checked() {
    let tool = Tool::new();
    for (words, args) in [
        (&["'azure'", "'--cloud"][..], &["scopes", "--cloud", "azure"][..]),
        (&["'acme'", "'--project", "acme-prod"], &["scopes", "--project", "acme"]),
        (&["123456789012 is its number"], &["scopes", "--project", "123456789012"]),
        (
            &["'example.com'", "number of an organization"],
            &["init", "--organization", "example.com"],
        ),
        (&["'abc'", "number of a folder"], &["collect", "--folder", "abc"]),
        (
            &["'mika@example.com'", "service account"],
            &["audit", "--impersonate", "mika@example.com"],
        ),
        (&["'inventory'", "'--source"], &["collect", "--source", "inventory"]),
        (&["cannot be used with"], &["scopes", "--project", "acme-prod", "--folder", "4"]),
        (&["cannot be used with"], &["scopes", "--caller-only", "--organization", "4"]),
        (&["--for is for policies of AWS"], &["policy", "--cloud", "gcp", "--for", "caller"]),
    ] {
        tool.fails(words, args);
    }
}

#[test]
fn types_of_one_cloud_are_listed() {
    let tool = Tool::new();
    let names = |args: &[&str]| {
        let json = tool.ends(0, &[&["types", "--format", "json"], args].concat()).json();
        list(&json, "/types").iter().map(|info| at(info, "/type").to_owned()).collect::<Vec<_>>()
    };
    let (all, aws, google) = (names(&[]), names(&["--cloud", "aws"]), names(&["--cloud", "gcp"]));
    assert_eq!(all.len(), aws.len() + google.len());
    assert_eq!(all, names(&["--cloud", "aws,gcp"]));
    assert!(aws.iter().all(|name| name.starts_with("AWS::")), "{aws:?}");
    assert!(google.iter().all(|name| name.contains(".googleapis.com/")), "{google:?}");
    assert!(google.contains(&"storage.googleapis.com/Bucket".to_owned()), "{google:?}");
    let text = tool.ends(0, &["types", "--cloud", "gcp"]).text().to_owned();
    assert!(!text.contains("AWS::"), "{text}");
    let page = tool.ends(0, &["types", "storage.googleapis.com/bucket"]);
    assert!(page.text().starts_with("storage.googleapis.com/Bucket"), "{}", page.stdout);
    let words = ["did you mean", "`AWS::S3::Bucket`", "`storage.googleapis.com/Bucket`"];
    tool.fails(&words, &["types", "bucket"]);
}

#[test]
fn the_custom_role_reads_and_does_nothing_else() {
    let tool = Tool::new();
    let ran = tool.ends(0, &["policy", "--cloud", "gcp"]);
    let role = ran.json();
    assert!(!at(&role, "/title").is_empty() && !at(&role, "/stage").is_empty(), "{role}");
    let permissions = list(&role, "/includedPermissions");
    assert!(!permissions.is_empty());
    for permission in permissions {
        let name = permission.as_str().unwrap();
        let verb = name.rsplit('.').next().unwrap();
        let reads = ["get", "list", "search", "query"].iter().any(|read| verb.starts_with(read))
            || verb.to_ascii_lowercase().contains("list");
        assert!(reads, "{name}");
    }
    let help = tool.ends(0, &["policy", "--help"]);
    assert!(help.text().contains("gcloud iam roles create"), "{}", help.stdout);
    // A manifest with nothing of AWS has no use for a policy of AWS.
    tool.write("tenants.yaml", TWO_CLOUDS);
    assert_eq!(at(&tool.ends(0, &["policy"]).json(), "/Version"), "2012-10-17");
    tool.write("tenants.yaml", TWO_CLOUDS.replace("\"222222222222\", ", ""));
    assert_eq!(tool.ends(0, &["policy"]).json(), role);
    assert_eq!(at(&tool.ends(0, &["policy", "--cloud", "aws"]).json(), "/Version"), "2012-10-17");
}

#[test]
fn the_help_of_runs_has_a_group_for_each_cloud() {
    let tool = Tool::new();
    for command in ["scopes", "init", "audit", "collect"] {
        let help = tool.ends(0, &[command, "--help"]);
        let place = |text: &str| {
            help.text().find(text).unwrap_or_else(|| panic!("no `{text}`: {}", help.stdout))
        };
        let places = [
            place("\nClouds:"),
            place("--cloud <CLOUD>"),
            place("--caller-only"),
            place("\nAWS (each wins over the manifest):"),
            place("--account <ID>"),
            place("\nGoogle Cloud (each wins over the manifest):"),
            place("--project <ID>"),
            place("--impersonate <EMAIL>"),
            place("\nLimits:"),
        ];
        assert!(places.is_sorted(), "{}", help.stdout);
    }
}

#[test]
fn mistakes_in_the_google_section_have_a_place() {
    let tool = nobody();
    for (line, words) in [
        ("google: {accounts: [\"222222222222\"]}", &["`accounts`", ":2:10", "`projects`"][..]),
        ("google: {impersonate: tenko}", &["`tenko` is no e-mail address", ":2:23"]),
        ("google: {parents: [folders/abc]}", &["`folders/abc`", ":2:20", "number"]),
        ("aws: {projects: [acme-prod]}", &["`projects`", ":2:7", "`google`"]),
    ] {
        let text = clouds::MANIFEST.replace("version: 1", &format!("version: 1\n{line}"));
        tool.write("m.yaml", text);
        tool.fails(words, &["audit", "-f", "m.yaml"]);
    }
}
