use aws_smithy_types::body::SdkBody;

use super::*;
use crate::wire::service::{Services, WireOperation};

fn list() -> AllowList {
    let services = Services::embedded().expect("services.toml parses");
    let op = |service: &str, name: &str, uri: &str| {
        let mut op = WireOperation::new(services.get(service).expect("known").clone(), name);
        op.uri = uri.to_owned();
        AllowedCall::of(&op)
    };
    let mut entries = vec![
        op("iam", "ListRoles", "/"),
        op("ssm", "DescribeParameters", "/"),
        op("lambda", "ListFunctions", "/2015-03-31/functions"),
        op("lambda", "ListTags", "/2017-03-31/tags/{Resource}"),
        op("s3control", "GetPublicAccessBlock", "/v20180820/configuration/publicAccessBlock"),
        AllowedCall::ec2("DescribeInstances"),
        AllowedCall::organizations("ListAccounts"),
        AllowedCall::s3_list_buckets(),
        AllowedCall::s3_head_bucket(),
        AllowedCall::s3_bucket("GetBucketVersioning", "s3:GetBucketVersioning", "versioning"),
    ];
    entries.extend(AllowedCall::credential_sources());
    AllowList::new(entries)
}

fn request(
    method: &str,
    uri: &str,
    service: &str,
    headers: &[(&'static str, &'static str)],
    body: &str,
) -> HttpRequest {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).expect("method");
    request.set_uri(uri).expect("URI");
    if !service.is_empty() {
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=00"
        );
        request.headers_mut().insert("authorization", value);
    }
    for (name, value) in headers {
        request.headers_mut().insert(*name, *value);
    }
    request
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
const JSON: (&str, &str) = ("content-type", "application/x-amz-json-1.1");

fn name(request: &HttpRequest) -> Result<String, RefusedCall> {
    let list = list();
    list.check(request).map(|at| list.entries()[at].operation.clone())
}

#[test]
fn listed_reads_go_out() {
    let target = |value| ("x-amz-target", value);
    for (request, want) in [
        (
            request(
                "POST",
                "https://iam.amazonaws.com/",
                "iam",
                &[FORM],
                "Action=ListRoles&Version=2010-05-08",
            ),
            "ListRoles",
        ),
        (
            request(
                "POST",
                "https://ec2.eu-west-1.amazonaws.com/",
                "ec2",
                &[FORM],
                "Action=DescribeInstances",
            ),
            "DescribeInstances",
        ),
        (
            request(
                "POST",
                "https://x/",
                "ssm",
                &[JSON, target("AmazonSSM.DescribeParameters")],
                "{}",
            ),
            "DescribeParameters",
        ),
        (
            request(
                "POST",
                "https://x/",
                "organizations",
                &[JSON, target("AWSOrganizationsV20161128.ListAccounts")],
                "{}",
            ),
            "ListAccounts",
        ),
        (
            request("GET", "https://x/2015-03-31/functions?Marker=a", "lambda", &[], ""),
            "ListFunctions",
        ),
        (
            request("GET", "https://x/2017-03-31/tags/arn%3Aaws%3Ax%2Fy", "lambda", &[], ""),
            "ListTags",
        ),
        (
            request(
                "GET",
                "https://s3.eu-west-1.amazonaws.com/?x-id=ListBuckets&max-buckets=10",
                "s3",
                &[],
                "",
            ),
            "ListBuckets",
        ),
        (request("HEAD", "https://b.s3.eu-west-1.amazonaws.com/", "s3", &[], ""), "HeadBucket"),
        (
            request("GET", "https://b.s3.eu-west-1.amazonaws.com/?versioning", "s3", &[], ""),
            "GetBucketVersioning",
        ),
        (
            request("GET", "https://s3.eu-west-1.amazonaws.com/b?versioning", "s3", &[], ""),
            "GetBucketVersioning",
        ),
        (
            request(
                "GET",
                "https://111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock",
                "s3",
                &[("x-amz-account-id", "111122223333")],
                "",
            ),
            "GetPublicAccessBlock",
        ),
        (
            request(
                "POST",
                "https://sts.amazonaws.com/",
                "sts",
                &[FORM],
                "Action=AssumeRole&RoleArn=a",
            ),
            "AssumeRole",
        ),
        (
            request(
                "POST",
                "https://sts.amazonaws.com/",
                "",
                &[FORM],
                "Action=AssumeRoleWithWebIdentity",
            ),
            "AssumeRoleWithWebIdentity",
        ),
        (
            request(
                "GET",
                "https://portal.sso.x.amazonaws.com/federation/credentials?role_name=a",
                "",
                &[],
                "",
            ),
            "GetRoleCredentials",
        ),
        (request("PUT", "http://169.254.169.254/latest/api/token", "", &[], ""), "Credentials"),
        (
            request(
                "GET",
                "http://169.254.170.2/v2/credentials/x",
                "",
                &[("authorization", "token")],
                "",
            ),
            "Credentials",
        ),
    ] {
        assert_eq!(name(&request).as_deref(), Ok(want), "{}", request.uri());
    }
}

#[test]
fn everything_else_stays() {
    let target = |value| ("x-amz-target", value);
    let s3 = |method: &str, uri: &str| request(method, uri, "s3", &[], "");
    for request in [
        // Not on the list, or on it for another service.
        request("POST", "https://iam.amazonaws.com/", "iam", &[FORM], "Action=CreateRole"),
        request("POST", "https://ec2.amazonaws.com/", "ec2", &[FORM], "Action=ListRoles"),
        request("POST", "https://sts.amazonaws.com/", "", &[FORM], "Action=GetCallerIdentity"),
        request("POST", "https://x/", "ssm", &[JSON, target("AmazonSSM.GetParameters")], "{}"),
        request("POST", "https://x/", "kms", &[JSON, target("AmazonSSM.DescribeParameters")], "{}"),
        // Two ways of naming an operation at once.
        request("POST", "https://x/", "iam", &[FORM], "Action=ListRoles&Action=CreateRole"),
        request("POST", "https://x/", "iam", &[FORM], "Action=ListRoles&%41ction=CreateRole"),
        request("POST", "https://x/", "iam", &[FORM], "Action=ListRoles&action=CreateRole"),
        request("POST", "https://x/?Action=CreateRole", "iam", &[FORM], "Action=ListRoles"),
        request(
            "POST",
            "https://x/",
            "ssm",
            &[FORM, target("AmazonSSM.DescribeParameters")],
            "Action=ListRoles",
        ),
        request(
            "POST",
            "https://x/",
            "ssm",
            &[JSON, target("AmazonSSM.DescribeParameters"), ("x-http-method-override", "PUT")],
            "{}",
        ),
        request("GET", "https://x/?Action=ListRoles", "iam", &[], ""),
        request("POST", "https://x/", "iam", &[FORM], ""),
        // REST: another method, a path that only looks alike.
        request("POST", "https://x/2015-03-31/functions", "lambda", &[], "{}"),
        request("DELETE", "https://x/2017-03-31/tags/a", "lambda", &[], ""),
        request("GET", "https://x/2017-03-31/tags/..", "lambda", &[], ""),
        request("GET", "https://x/2017-03-31/tags/a/b", "lambda", &[], ""),
        request("GET", "https://x/2017-03-31/tags/", "lambda", &[], ""),
        request("GET", "https://x/2015-03-31/functions/f", "lambda", &[], ""),
        request("GET", "https://x/2015-03-31/functions", "", &[], ""),
        // S3: objects, listings of objects, writes, several sub-resources, presigned URLs, foreign hosts.
        s3("GET", "https://b.s3.eu-west-1.amazonaws.com/key"),
        s3("GET", "https://b.s3.eu-west-1.amazonaws.com/key?versioning"),
        s3("HEAD", "https://b.s3.eu-west-1.amazonaws.com/key"),
        s3("GET", "https://s3.eu-west-1.amazonaws.com/b/key"),
        s3("GET", "https://s3.eu-west-1.amazonaws.com/b/key?versioning"),
        s3("GET", "https://b.s3.eu-west-1.amazonaws.com/"),
        s3("GET", "https://b.s3.eu-west-1.amazonaws.com/?list-type=2"),
        s3("GET", "https://b.s3.eu-west-1.amazonaws.com/?versioning&list-type=2"),
        s3("GET", "https://b.s3.eu-west-1.amazonaws.com/?policy"),
        s3("PUT", "https://b.s3.eu-west-1.amazonaws.com/?versioning"),
        s3("PUT", "https://b.s3.eu-west-1.amazonaws.com/"),
        // S3 Control: writes, other settings, and a bucket that is called as its paths begin.
        request(
            "PUT",
            "https://111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock",
            "s3",
            &[("x-amz-account-id", "111122223333")],
            "",
        ),
        request(
            "GET",
            "https://111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/jobs",
            "s3",
            &[("x-amz-account-id", "111122223333")],
            "",
        ),
        s3("GET", "https://s3.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock"),
        s3("GET", "https://files.example.com/b?versioning"),
        request("GET", "https://b.s3.amazonaws.com/?versioning&X-Amz-Signature=0", "", &[], ""),
        // Metadata addresses: other paths, other hosts.
        request("GET", "http://169.254.169.254/latest/user-data", "", &[], ""),
        request("PUT", "http://169.254.169.254/latest/meta-data/x", "", &[], ""),
        request("GET", "http://u@169.254.170.2/x", "", &[], ""),
        request("GET", "http://127.0.0.1/v2/credentials", "", &[], ""),
        request("GET", "/relative", "", &[], ""),
    ] {
        assert!(
            name(&request).is_err(),
            "{} {} was let out as {:?}",
            request.method(),
            request.uri(),
            name(&request)
        );
    }
}

#[test]
fn a_refusal_never_repeats_headers_or_the_body() {
    let request = request("POST", "https://x/", "iam", &[FORM], "Action=PutThing&Secret=hunter2");
    let text = name(&request).expect_err("refused").to_string();
    assert_eq!(text, "not on the list of read operations: iam:PutThing");
}

#[test]
fn an_endpoint_of_the_users_own_serves_buckets() {
    let request = |uri| request("GET", uri, "s3", &[], "");
    let list = list().with_endpoint_url("http://127.0.0.1:5000");
    assert!(list.check(&request("http://127.0.0.1:5000/b?versioning")).is_ok());
    assert!(list.check(&request("http://127.0.0.1:5000/b/k?versioning")).is_err());
    assert!(list.check(&request("http://b.127.0.0.1:5000/k?versioning")).is_err());
}

#[test]
fn only_a_plain_dry_run_goes_out() {
    let list = AllowList::new([AllowedCall::ec2_dry_run("CreateVpc")]);
    let check = |body: &str| {
        list.check(&request("POST", "https://ec2.eu-west-1.amazonaws.com/", "ec2", &[FORM], body))
    };
    assert!(
        check("Action=CreateVpc&Version=2016-11-15&DryRun=true&CidrBlock=10.0.0.0%2F28").is_ok()
    );
    for body in [
        "Action=CreateVpc",
        "Action=CreateVpc&DryRun=false",
        "Action=CreateVpc&DryRun=True",
        "Action=CreateVpc&dryrun=true",
        "Action=CreateVpc&DryRun=true&DryRun=false",
        "Action=CreateVpc&DryRun=true&%44ryRun=false",
        "Action=CreateVpc&DryRun=true&dryRun=true",
        "Action=RunInstances&DryRun=true",
        "Action=DeleteVpc&DryRun=true",
        "Action=CreateVpc&Action=CreateVpc&DryRun=true",
    ] {
        assert!(check(body).is_err(), "{body}");
    }
    let plain = AllowList::new([AllowedCall::ec2("CreateVpc")]);
    let dry = request(
        "POST",
        "https://ec2.eu-west-1.amazonaws.com/",
        "ec2",
        &[FORM],
        "Action=CreateVpc&DryRun=true",
    );
    assert!(plain.check(&dry).is_err());
}
