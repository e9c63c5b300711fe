//! A client that knows nothing of the simulation's tables beyond names:
//! requests are written by hand, per protocol.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tenko_testkit::sim::{Account, Organization, SimCloud, Unit, World};
use tokio::net::TcpStream;

pub(crate) const ROOT: &str = "AKIAROOT";
pub(crate) const MANAGEMENT: &str = "111111111111";
pub(crate) const MEMBER: &str = "222222222222";
pub(crate) const REGION: &str = "ap-northeast-1";

/// An organization with a management account and one member.
pub(crate) fn world() -> World {
    World {
        organization: Some(Organization {
            id: "o-example".into(),
            management_account: MANAGEMENT.into(),
            roots: vec![Unit::new("r-1", "Root").with(Unit::new("ou-1-prod", "Production"))],
            ..Organization::default()
        }),
        ..World::default()
    }
    .key(ROOT, MANAGEMENT, &format!("arn:aws:iam::{MANAGEMENT}:user/auditor"))
    .with(Account::new(MANAGEMENT, "management").under("r-1"))
    .with(Account::new(MEMBER, "shop").under("ou-1-prod").role("TenkoAudit"))
}

/// Who signs, and for where.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) key: String,
    pub(crate) token: Option<String>,
    pub(crate) region: String,
}

impl Signer {
    pub(crate) fn root() -> Self {
        Self { key: ROOT.into(), token: None, region: REGION.into() }
    }

    pub(crate) fn in_region(&self, region: &str) -> Self {
        Self { region: region.into(), ..self.clone() }
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    /// The text of the first element or JSON member of this name.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        if let Ok(json) = serde_json::from_str::<Value>(&self.body) {
            return json.get(name).map(|v| v.as_str().map_or(v.to_string(), str::to_owned));
        }
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
    }

    /// The error's code, wherever the protocol puts it.
    pub(crate) fn code(&self) -> String {
        if let Some(kind) = self.headers.get("x-amzn-errortype") {
            return kind.to_str().unwrap().to_owned();
        }
        let code = self.get("__type").or_else(|| self.get("Code")).unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    }
}

pub(crate) type Raw = Request<Full<Bytes>>;

/// Sends a request on a connection of its own.
pub(crate) async fn send(url: &str, request: Raw) -> Result<Reply, Box<dyn std::error::Error>> {
    let address = url.strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    driver.abort();
    Ok(Reply {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec())?,
    })
}

/// Calls an operation, as its service is called on the wire.
pub(crate) async fn call(cloud: &SimCloud, signer: &Signer, id: &str, input: Value) -> Reply {
    send(&cloud.url(), request(signer, id, &input)).await.unwrap()
}

/// The same where the connection may break.
pub(crate) async fn try_call(
    cloud: &SimCloud,
    signer: &Signer,
    id: &str,
) -> Result<Reply, Box<dyn std::error::Error>> {
    send(&cloud.url(), request(signer, id, &json!({}))).await
}

/// Assumes a role of the member account.
pub(crate) async fn assume(cloud: &SimCloud, input: Value) -> Result<Signer, Reply> {
    let reply = call(cloud, &Signer::root(), "sts:AssumeRole", input).await;
    match (reply.get("AccessKeyId"), reply.get("SessionToken")) {
        (Some(key), token @ Some(_)) => Ok(Signer { key, token, region: REGION.into() }),
        _ => Err(reply),
    }
}

pub(crate) fn role(name: &str) -> Value {
    let arn = format!("arn:aws:iam::{MEMBER}:role/{name}");
    json!({ "RoleArn": arn, "RoleSessionName": "tenko" })
}

/// A value for a query or a form.
pub(crate) fn escape(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Writes a request by hand.
pub(crate) fn request(signer: &Signer, id: &str, input: &Value) -> Raw {
    let (service, operation) = id.split_once(':').unwrap();
    let none = Map::new();
    let map = input.as_object().unwrap_or(&none);
    let text = |v: &Value| v.as_str().map_or(v.to_string(), str::to_owned);
    let query = |skip: &str| {
        let pairs: Vec<String> = map
            .iter()
            .filter(|(k, _)| *k != skip)
            .map(|(k, v)| format!("{k}={}", escape(&text(v))))
            .collect();
        pairs.join("&")
    };
    let form = |version: &str| {
        let body = format!("Action={operation}&Version={version}&{}", query(""));
        Request::post("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::from(body))
    };
    let target = |prefix: &str, version: &str| {
        Request::post("/")
            .header("content-type", format!("application/x-amz-json-{version}"))
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .body(Full::from(input.to_string()))
    };
    let mut scope = service;
    let built = match service {
        "sts" => form("2011-06-15"),
        "ec2" => form("2016-11-15"),
        "iam" => form("2010-05-08"),
        "rds" => form("2014-10-31"),
        "cloudformation" => form("2010-05-15"),
        "sns" => form("2010-03-31"),
        "autoscaling" => form("2011-01-01"),
        "elbv2" => {
            scope = "elasticloadbalancing";
            form("2015-12-01")
        }
        "cloudtrail" => target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "1.1"),
        "service-quotas" => {
            scope = "servicequotas";
            target("ServiceQuotasV20190624", "1.1")
        }
        "organizations" => target("AWSOrganizationsV20161128", "1.1"),
        "dynamodb" => target("DynamoDB_20120810", "1.0"),
        "ecs" => target("AmazonEC2ContainerServiceV20141113", "1.1"),
        "kms" => target("TrentService", "1.1"),
        "ssm" => target("AmazonSSM", "1.1"),
        "sqs" => target("AmazonSQS", "1.0"),
        "cloudcontrol" => {
            scope = "cloudcontrolapi";
            target("CloudApiService", "1.0")
        }
        "account" => {
            let path =
                if operation == "ListRegions" { "/listRegions" } else { "/getAlternateContact" };
            Request::post(path).body(Full::from(input.to_string()))
        }
        "s3control" => {
            scope = "s3";
            Request::get("/v20180820/configuration/publicAccessBlock")
                .header("x-amz-account-id", map.get("AccountId").map(text).unwrap_or_default())
                .body(Full::default())
        }
        "sso-admin" => {
            scope = "sso";
            target("SWBExternalService", "1.1")
        }
        _ => {
            let name = |k: &str| map.get(k).map(text).unwrap_or_default();
            let bucket = name("Bucket");
            let function = format!("/2015-03-31/functions/{}", name("FunctionName"));
            let (method, uri) = match id {
                "s3:ListBuckets" => (Method::GET, format!("/?{}", query(""))),
                "s3:HeadBucket" => (Method::HEAD, format!("/{bucket}")),
                "s3:GetBucketPolicy" => (Method::GET, format!("/{bucket}?policy")),
                "s3:GetBucketLocation" => (Method::GET, format!("/{bucket}?location")),
                "s3:GetBucketTagging" => (Method::GET, format!("/{bucket}?tagging")),
                "s3:GetBucketEncryption" => (Method::GET, format!("/{bucket}?encryption")),
                "s3:GetBucketAcl" => (Method::GET, format!("/{bucket}?acl")),
                "s3:PutBucketPolicy" => (Method::PUT, format!("/{bucket}?policy")),
                "s3:GetObject" => (Method::GET, format!("/{bucket}/some/key")),
                "lambda:ListFunctions" => {
                    (Method::GET, format!("/2015-03-31/functions/?{}", query("")))
                }
                "lambda:GetFunctionConfiguration" => (Method::GET, function + "/configuration"),
                "lambda:GetPolicy" => (Method::GET, function + "/policy"),
                "lambda:ListTags" => {
                    let arn = name("Resource").replace(':', "%3A");
                    (Method::GET, format!("/2017-03-31/tags/{arn}"))
                }
                "backup:ListBackupPlans" => (Method::GET, format!("/backup/plans/?{}", query(""))),
                "backup:ListBackupSelections" => {
                    let rest = query("backupPlanId");
                    (
                        Method::GET,
                        format!("/backup/plans/{}/selections/?{rest}", name("backupPlanId")),
                    )
                }
                "backup:ListBackupVaults" => {
                    (Method::GET, format!("/backup-vaults/?{}", query("")))
                }
                "backup:ListProtectedResources" => {
                    (Method::GET, format!("/resources/?{}", query("")))
                }
                "guardduty:ListDetectors" => (Method::GET, format!("/detector?{}", query(""))),
                other => panic!("no request is written for {other}"),
            };
            Request::builder().method(method).uri(uri).body(Full::default())
        }
    };
    let mut request = built.unwrap();
    let headers = request.headers_mut();
    headers.insert("host", "localhost".parse().unwrap());
    let Signer { key, token, region } = signer;
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={key}/20261122/{region}/{scope}/aws4_request, SignedHeaders=host, Signature=00"
    );
    if !key.is_empty() {
        headers.insert("authorization", authorization.parse().unwrap());
    }
    if let Some(token) = token {
        headers.insert("x-amz-security-token", token.parse().unwrap());
    }
    request
}
