//! Which operation a request is, from the wire alone.

use http::Request;
use serde_json::json;
use tenko_testkit::sim::{identify, understand};

use crate::client::{Signer, request};

fn of(method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut builder = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let (parts, ()) = builder.body(()).unwrap().into_parts();
    let (service, operation) = identify(&parts, body.as_bytes());
    format!("{service}:{operation}")
}

fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIA/20261122/eu-west-1/{service}/aws4_request, SignedHeaders=host"
    )
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

#[test]
fn forms_are_known_by_action_and_version() {
    let form = |body: &str| of("POST", "/", &[FORM], body);
    assert_eq!(form("Action=DescribeVpcs&Version=2016-11-15"), "ec2:DescribeVpcs");
    assert_eq!(form("Version=2010-05-08&Action=ListRoles"), "iam:ListRoles");
    assert_eq!(form("Action=TerminateInstances&Version=2016-11-15"), "ec2:TerminateInstances");
    assert_eq!(form("Action=DescribeDBInstances&Version=2014-10-31"), "rds:DescribeDBInstances");
    assert_eq!(form("Action=ListQueues&Version=2012-11-05"), "sqs:ListQueues");
    assert_eq!(
        of("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", &[], ""),
        "sts:GetCallerIdentity"
    );
}

#[test]
fn targets_are_known_far_beyond_the_simulation() {
    let target = |t: &str| of("POST", "/", &[("x-amz-target", t)], "{}");
    assert_eq!(target("DynamoDB_20120810.DeleteTable"), "dynamodb:DeleteTable");
    assert_eq!(target("CloudApiService.ListResources"), "cloudcontrol:ListResources");
    assert_eq!(target("secretsmanager.GetSecretValue"), "secretsmanager:GetSecretValue");
    assert_eq!(target("AmazonSSM.GetParameter"), "ssm:GetParameter");
}

#[test]
fn s3_is_known_by_method_path_and_query() {
    let auth = signed("s3");
    let s3 = |method: &str, uri: &str| of(method, uri, &[("authorization", &auth)], "");
    assert_eq!(s3("GET", "/"), "s3:ListBuckets");
    assert_eq!(s3("GET", "/?max-buckets=3&x-id=ListBuckets"), "s3:ListBuckets");
    assert_eq!(s3("HEAD", "/b"), "s3:HeadBucket");
    assert_eq!(s3("GET", "/b"), "s3:ListObjects");
    assert_eq!(s3("GET", "/b/?list-type=2"), "s3:ListObjectsV2");
    assert_eq!(s3("GET", "/b?policy"), "s3:GetBucketPolicy");
    assert_eq!(s3("GET", "/b?policyStatus="), "s3:GetBucketPolicyStatus");
    assert_eq!(s3("PUT", "/b?policy"), "s3:PutBucketPolicy");
    assert_eq!(s3("GET", "/b/a/key?acl"), "s3:GetObjectAcl");
    assert_eq!(s3("GET", "/b/a/key"), "s3:GetObject");
    assert_eq!(s3("PUT", "/b/a/key"), "s3:PutObject");
    assert_eq!(s3("DELETE", "/b"), "s3:DeleteBucket");
    // The account's own settings are signed as S3 and told by their header.
    let control = "/v20180820/configuration/publicAccessBlock";
    assert_eq!(s3("GET", control), "s3:GetObject");
    let named = [("authorization", auth.as_str()), ("x-amz-account-id", "111111111111")];
    assert_eq!(of("GET", control, &named, ""), "s3control:GetPublicAccessBlock");
    let copy = [("authorization", auth.as_str()), ("x-amz-copy-source", "/x/y")];
    assert_eq!(of("PUT", "/b/key", &copy, ""), "s3:CopyObject");
}

#[test]
fn rest_services_are_known_by_method_and_path() {
    let auth = signed("lambda");
    let lambda = |method: &str, uri: &str| of(method, uri, &[("authorization", &auth)], "");
    assert_eq!(lambda("GET", "/2015-03-31/functions/"), "lambda:ListFunctions");
    assert_eq!(lambda("GET", "/2015-03-31/functions/f/policy"), "lambda:GetPolicy");
    assert_eq!(lambda("GET", "/2015-03-31/functions/f"), "lambda:GetFunction");
    assert_eq!(lambda("POST", "/2015-03-31/functions/f/invocations"), "lambda:Invoke");
    assert_eq!(lambda("GET", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Ax"), "lambda:ListTags");
    // A service without routes keeps its name, and never passes for S3.
    let eks = signed("eks");
    assert_eq!(of("GET", "/clusters", &[("authorization", &eks)], ""), "eks:GET /clusters");
}

#[test]
fn inputs_are_read_in_every_protocol() {
    let (parts, ()) = Request::post("/").header(FORM.0, FORM.1).body(()).unwrap().into_parts();
    let body = b"Action=DescribeInstances&Version=2016-11-15&InstanceId.2=i-2&InstanceId.1=i-1\
        &Filter.1.Name=tag%3AName&Filter.1.Value.1=a+b&PolicyArns.member.1.arn=x&MaxResults=5";
    let call = understand(&parts, body);
    let expected = json!({
        "InstanceId": ["i-1", "i-2"],
        "Filter": [{ "Name": "tag:Name", "Value": ["a b"] }],
        "PolicyArns": [{ "arn": "x" }],
        "MaxResults": "5",
    });
    assert_eq!(call.input, expected);
    let raw = request(&Signer::root(), "s3:GetBucketPolicy", &json!({ "Bucket": "logs" }));
    let call = understand(&raw.into_parts().0, b"");
    assert_eq!(call.input, json!({ "Bucket": "logs", "policy": "" }));
    let scope = call.scope.unwrap();
    assert_eq!((scope.key.as_str(), scope.service.as_str()), ("AKIAROOT", "s3"));
}

#[test]
fn hostile_requests_are_only_unknown() {
    for body in [&b"\xff\xfe"[..], b"a.1.=&=&.&..=", &b"x.".repeat(100_000), &b"[".repeat(100_000)]
    {
        for (name, value) in [FORM, ("x-amz-target", "."), ("authorization", "Credential=//")] {
            let (parts, ()) = Request::post("/").header(name, value).body(()).unwrap().into_parts();
            let _ = understand(&parts, body);
        }
        let mut form = b"Action=X&Version=1&".to_vec();
        form.extend_from_slice(body);
        let (parts, ()) = Request::post("/").header(FORM.0, FORM.1).body(()).unwrap().into_parts();
        assert_eq!(understand(&parts, &form).id(), "unknown:X");
    }
}
