//! `tenko types`, `tenko policy`, `tenko completions`.

use crate::clouds;
use crate::tool::{Tool, at, list};

#[test]
fn types_are_listed_and_explained() {
    let tool = Tool::new();
    let text = tool.ends(0, &["types"]).text().to_owned();
    assert!(text.lines().any(|line| line.starts_with("AWS::S3::Bucket ")), "{text}");
    let all = tool.ends(0, &["types", "--format", "json"]).json();
    assert!(list(&all, "/types").len() >= 30);
    for info in list(&all, "/types") {
        let name = at(info, "/type");
        let page = tool.ends(0, &["types", name]);
        assert!(page.text().starts_with(name), "{}", page.stdout);
        assert!(page.stdout.contains("\npermissions\n"), "{}", page.stdout);
    }
    let one = tool.ends(0, &["types", "aws::s3::bucket", "--format", "json"]).json();
    assert_eq!(at(&one, "/type/type"), "AWS::S3::Bucket", "case does not matter");
}

#[test]
fn an_unknown_type_is_an_error_with_what_may_have_been_meant() {
    let tool = Tool::new();
    tool.fails(
        &["`AWS::S3::Buckett`", "did you mean `AWS::S3::Bucket`?"],
        &["types", "AWS::S3::Buckett"],
    );
    tool.fails(&["`volume`", "`AWS::EC2::Volume`"], &["types", "volume"]);
    tool.fails(&["`x`", "`tenko types` lists them all"], &["types", "x"]);
}

#[test]
fn policies_are_policies() {
    let tool = Tool::new();
    for whose in ["member", "caller", "session"] {
        let ran = tool.ends(0, &["policy", "--for", whose]);
        let policy = ran.json();
        assert_eq!(at(&policy, "/Version"), "2012-10-17", "{whose}");
        for statement in list(&policy, "/Statement") {
            assert_eq!(at(statement, "/Effect"), "Allow", "{whose}: {statement}");
            assert!(statement["Action"].is_array() || statement["Action"].is_string());
            assert!(statement["Resource"].is_string(), "{whose}: {statement}");
        }
        let compact = serde_json::to_string(&policy).unwrap();
        assert!(whose != "session" || compact.len() <= 2048, "{} characters", compact.len());
    }
    let member = tool.ends(0, &["policy"]).stdout;
    assert_eq!(member, tool.ends(0, &["policy", "--for", "member", "--format", "json"]).stdout);
    for verb in [":Create", ":Delete", ":Put", ":Update", ":Modify", "\"*\"\n", ":*"] {
        let actions = member.replace("\"Resource\": \"*\"", "");
        assert!(!actions.contains(verb), "{verb} in {actions}");
    }
}

#[test]
fn the_callers_policy_names_the_role() {
    let tool = Tool::new();
    let role = |args: &[&str]| {
        let policy = tool.ends(0, args).json();
        at(&policy, "/Statement/0/Resource").to_owned()
    };
    let caller = ["policy", "--for", "caller"];
    assert!(role(&caller).ends_with(":role/OrganizationAccountAccessRole"));
    let aws = "aws: { role: auditors/Tenko, source_identity: mika }";
    tool.write("tenants.yaml", format!("{}{aws}\n", clouds::MANIFEST));
    assert!(role(&caller).ends_with(":role/auditors/Tenko"), "the manifest's");
    assert!(tool.ends(0, &caller).stdout.contains("sts:SetSourceIdentity"));
    assert!(role(&["policy", "--for", "caller", "--role", "Other"]).ends_with(":role/Other"));
}

#[test]
fn shells_complete() {
    let tool = Tool::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = tool.ends(0, &["completions", shell]);
        assert!(ran.stdout.contains("tenko") && ran.stdout.contains("scopes"), "{shell}");
        assert_eq!(ran.stderr, "");
    }
    tool.fails(&["invalid value 'tcsh'"], &["completions", "tcsh"]);
}
