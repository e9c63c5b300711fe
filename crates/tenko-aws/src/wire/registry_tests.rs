use std::collections::BTreeSet;
use tenko_jq::{JqValue, JqVars};

use super::super::guard::Matcher;
use super::*;

fn registry() -> TypeRegistry {
    TypeRegistry::embedded().expect("the types parse")
}

#[test]
fn every_type_compiles() {
    let registry = registry();
    for def in registry.defs() {
        registry.get(&def.type_name).unwrap_or_else(|e| panic!("{e:?}"));
    }
    registry.cloud_control("AWS::Logs::LogGroup").unwrap_or_else(|e| panic!("{e:?}"));
}

/// Reads of IAM's own access level "Read" that are not called like one: it has IAM write a report about the account,
/// and changes nothing in it.
const MAKES_A_REPORT: &str = "GenerateCredentialReport";

/// Reads that take their input in a body. Source: the public models, which mark them as read-only.
const POSTED: [&str; 1] = ["GetAlternateContact"];

#[test]
fn every_call_is_named_like_a_read() {
    for call in registry().allowed_calls().expect("known services") {
        let name = &call.operation;
        let named = ["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb));
        assert!(named || name == MAKES_A_REPORT, "{name}");
        if let Matcher::Rest { method, .. } = &call.matcher {
            let posted = POSTED.contains(&name.as_str());
            assert_eq!(method, if posted { "POST" } else { "GET" }, "{name}");
        }
        // Content of code, secrets and parameters.
        for never in ["GetFunction", "GetSecretValue", "GetParameter", "GetParameters", "GetObject"]
        {
            assert_ne!(name, never);
        }
    }
}

#[test]
fn every_file_is_named_by_its_type_and_says_what_it_is() {
    for file in TYPES.files() {
        let path = file.path().display().to_string();
        let def = TypeDef::parse(&path, file.contents_utf8().expect("UTF-8")).expect("parses");
        let words = def.type_name.split("::").skip(1).collect::<Vec<_>>().join("").to_lowercase();
        assert_eq!(path.trim_end_matches(".toml").replace('_', ""), words);
        assert!(def.doc.len() > 100 && def.doc.contains("Source: "), "{path}");
        assert!(def.type_name.starts_with("AWS::"), "{path}");
    }
}

/// Paths of a type's file start with a property that its expression can give; else they would protect nothing.
#[test]
fn paths_name_properties_of_the_type() {
    for def in registry().defs() {
        let mapped = &def.attributes;
        for path in def.ignored.iter().chain(&def.sensitive).chain(&def.sets) {
            let first = path.split('.').next().unwrap_or_default();
            // The summary passes the keys of the response on.
            let known = def.type_name == "AWS::IAM::AccountSummary"
                || mapped.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == first);
            assert!(known, "{}: {path}", def.type_name);
        }
        for path in &def.unreadable {
            let given = mapped.split(['{', ',', ' ', '\n']).any(|word| word == format!("{path}:"));
            assert!(!given, "{}: {path}", def.type_name);
        }
    }
}

/// A record of which every further call failed must still have its id: it is named, not lost.
#[test]
fn a_record_without_its_hydrates_still_maps() {
    let registry = registry();
    let listed = [
        ("AWS::SQS::Queue", r#"{"QueueUrl": "https://x/1/q"}"#, "https://x/1/q"),
        ("AWS::SNS::Topic", r#"{"TopicArn": "arn:aws:sns:r:1:t"}"#, "arn:aws:sns:r:1:t"),
        ("AWS::KMS::Key", r#"{"KeyId": "k", "KeyArn": "a"}"#, "k"),
        ("AWS::SSM::Parameter", r#"{"Name": "/a"}"#, "/a"),
        ("AWS::DynamoDB::Table", r#"{"TableName": "t"}"#, "t"),
        ("AWS::Lambda::Function", r#"{"FunctionName": "f"}"#, "f"),
        ("AWS::ECS::Cluster", r#"{"Arn": "arn:aws:ecs:r:1:cluster/c"}"#, "c"),
        ("AWS::ECS::Service", r#"{"Arn": "arn:s/c/s", "Cluster": "c"}"#, "arn:s/c/s"),
        ("AWS::ECS::TaskDefinition", r#"{"Arn": "arn:t/f:1"}"#, "arn:t/f:1"),
        ("AWS::IAM::Role", r#"{"RoleName": "r"}"#, "r"),
        ("AWS::IAM::User", r#"{"UserName": "u"}"#, "u"),
        ("AWS::IAM::Group", r#"{"GroupName": "g"}"#, "g"),
        ("AWS::IAM::ManagedPolicy", r#"{"Arn": "arn:p/x"}"#, "arn:p/x"),
        ("AWS::IAM::InstanceProfile", r#"{"InstanceProfileName": "p"}"#, "p"),
        ("AWS::IAM::OrganizationFeatures", r#"{"OrganizationId": "o-1"}"#, "o-1"),
        ("AWS::IAM::UserCredentials", r#"{"user": "u"}"#, "u"),
        ("AWS::Account::AlternateContact", r#"{"Kind": "SECURITY"}"#, "SECURITY"),
        ("AWS::SSO::Instance", r#"{"InstanceArn": "arn:i"}"#, "arn:i"),
        ("AWS::IAM::OIDCProvider", r#"{"Arn": "arn:oidc-provider/x"}"#, "arn:oidc-provider/x"),
        ("AWS::IAM::SAMLProvider", r#"{"Arn": "arn:saml-provider/x"}"#, "arn:saml-provider/x"),
        ("AWS::CloudFormation::Stack", r#"{"StackId": "s"}"#, "s"),
        ("AWS::RDS::DBInstance", r#"{"DBInstanceIdentifier": "d"}"#, "d"),
        ("AWS::RDS::DBCluster", r#"{"DBClusterIdentifier": "d"}"#, "d"),
        ("AWS::RDS::DBSnapshot", r#"{"DBSnapshotIdentifier": "s"}"#, "s"),
        ("AWS::RDS::DBClusterSnapshot", r#"{"DBClusterSnapshotIdentifier": "s"}"#, "s"),
        (
            "AWS::CloudTrail::Trail",
            r#"{"TrailARN": "arn:aws:cloudtrail:r:1:t"}"#,
            "arn:aws:cloudtrail:r:1:t",
        ),
        (
            "AWS::CloudTrail::MultiRegionTrail",
            r#"{"TrailARN": "arn:aws:cloudtrail:r:1:t"}"#,
            "arn:aws:cloudtrail:r:1:t",
        ),
        ("AWS::GuardDuty::Detector", r#"{"DetectorId": "d"}"#, "d"),
        ("AWS::Config::ConfigurationRecorder", r#"{"name": "default"}"#, "default"),
        ("AWS::Backup::BackupPlan", r#"{"BackupPlanId": "p"}"#, "p"),
        ("AWS::Backup::BackupVault", r#"{"BackupVaultName": "v"}"#, "v"),
        ("AWS::Backup::ProtectedResource", r#"{"ResourceArn": "arn:r"}"#, "arn:r"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", r#"{"LoadBalancerArn": "arn:l"}"#, "arn:l"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", r#"{"TargetGroupArn": "arn:t"}"#, "arn:t"),
        ("AWS::AutoScaling::AutoScalingGroup", r#"{"AutoScalingGroupName": "g"}"#, "g"),
        ("AWS::ServiceQuotas::Quota", r#"{"ServiceCode": "s", "QuotaCode": "L-1"}"#, "s/L-1"),
    ];
    let tested: BTreeSet<&str> = listed.iter().map(|(name, ..)| *name).collect();
    // Those are known by the account.
    let of_account = ["AWS::IAM::Account", "AWS::S3::AccountPublicAccessBlock"];
    let named = |def: &&TypeDef| !of_account.iter().any(|name| def.type_name.starts_with(name));
    for def in registry.defs().filter(named) {
        assert!(tested.contains(def.type_name.as_str()), "{} has no case here", def.type_name);
    }
    for (name, record, id) in listed {
        let ty = registry.get(name).expect("compiles");
        let record: Value = serde_json::from_str(record).expect("JSON");
        let out = ty.record.one(&JqValue::from(&record), &JqVars::default());
        assert_eq!(out.map(|out| out["id"].clone()), Ok(Value::String(id.to_owned())), "{name}");
    }
}

/// What the template hides, or CloudFormation masks, is unknown and not a value to compare.
#[test]
fn hidden_parameters_of_a_stack_are_unknown() {
    let ty = registry().get("AWS::CloudFormation::Stack").expect("compiles");
    let map = |hidden: Value| {
        let parameters = serde_json::json!([
            {"ParameterKey": "Token", "ParameterValue": "canary"},
            {"ParameterKey": "Password", "ParameterValue": "****"},
            {"ParameterKey": "Size", "ParameterValue": "2"}]);
        let stack = serde_json::json!({
            "StackId": "s", "StackName": "s", "Parameters": parameters, "Hidden": hidden});
        ty.record.one(&JqValue::from(&stack), &JqVars::default()).expect("maps")
    };
    let out = map(serde_json::json!(["Token"]));
    assert_eq!(out["attributes"]["Parameters"], serde_json::json!({"Size": "2"}));
    assert_eq!(out["unknown"], serde_json::json!(["Parameters.Token", "Parameters.Password"]));
    // Without the template's word none is kept.
    assert_eq!(map(Value::Null)["attributes"]["Parameters"], Value::Null);
}

#[test]
fn names_of_types_can_not_carry_anything_else() {
    for bad in
        ["", "AWS::S3", "A::B::C\"}", "AWS::S3::Bucket::X", "aws s3 bucket", "AWS::S3::B{type}"]
    {
        assert!(registry().cloud_control(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_file_that_lacks_something_does_not_compile() {
    let services = Services::embedded().expect("services.toml parses");
    let head = "type='T'\nservice='SERVICE'\ntitle='t'\ndoc='d'\nid='.a'\nattributes='{}'\n";
    for (service, rest) in [
        ("nope", "[list]\noperation='L'\nitems='.a'"),
        ("sqs", "[list]\noperation='L'"),
        ("sqs", "[list]\noperation='L'\nitems='.a |'"),
        ("sqs", "[list]\noperation='L'\nitems='.a'\ntoken_in='T'"),
        ("sqs", "[list]\noperation='L'\nitems='.a'\nuri='/x'"),
        ("lambda", "[list]\noperation='L'\nitems='.a'"),
        ("sqs", "[list]\noperation='L'\nitems='.a'\n[[hydrate]]\noperation='H'\ninto='X'"),
        (
            "sqs",
            "[list]\noperation='L'\nitems='.a'\n[[join]]\noperation='H'\ninto='X'\nprovides=['X']",
        ),
    ] {
        let def = TypeDef::parse("test", &format!("{}{rest}", head.replace("SERVICE", service)));
        assert!(WireType::compile(def.expect("parses"), &services).is_err(), "{rest}");
    }
    assert!(TypeDef::parse("test", &format!("{head}typo=1\n[list]\noperation='L'")).is_err());
}
