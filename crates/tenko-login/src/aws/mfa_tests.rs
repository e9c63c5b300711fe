//! Codes, right and wrong, against a stand-in for STS.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_config::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::*;
use crate::human::{NoBrowser, NoHuman};

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/jo";
const DENIED: &str =
    "User: arn:aws:iam::111111111111:user/jo is not authorized to perform: sts:AssumeRole";

/// Answers with these errors first, then with a session. Shared with web identities' tests.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeSts {
    pub(crate) first: Arc<Mutex<VecDeque<(&'static str, &'static str)>>>,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl FakeSts {
    pub(crate) fn client(&self) -> Client {
        let connector = SharedHttpConnector::new(self.clone());
        Client::from_conf(
            aws_sdk_sts::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .http_client(http_client_fn(move |_, _| connector.clone()))
                .build(),
        )
    }

    fn failing(errors: &[(&'static str, &'static str)]) -> Self {
        let sts = Self::default();
        sts.first.lock().unwrap().extend(errors);
        sts
    }
}

impl HttpConnector for FakeSts {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = request.uri().to_owned();
        let signed = request.headers().get("authorization").unwrap_or("unsigned").to_owned();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap()).into_owned();
        self.asked.lock().unwrap().push(format!("{host} {signed} {body}"));
        let operation =
            if body.contains("WebIdentity") { "AssumeRoleWithWebIdentity" } else { "AssumeRole" };
        let (status, text) = match self.first.lock().unwrap().pop_front() {
            Some((code, message)) => (
                403,
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
                ),
            ),
            None => (
                200,
                format!(
                    "<{operation}Response><{operation}Result><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>\
                     <SecretAccessKey>zebra</SecretAccessKey><SessionToken>zebra</SessionToken>\
                     <Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></{operation}Result></{operation}Response>"
                ),
            ),
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            status.try_into().unwrap(),
            SdkBody::from(text),
        )))
    }
}

/// Types these codes, one after the other; then the terminal is gone.
#[derive(Debug, Default)]
struct Typist {
    codes: Mutex<VecDeque<&'static str>>,
    notes: Mutex<Vec<String>>,
}

impl Typist {
    fn of(codes: &[&'static str]) -> Self {
        Self { codes: Mutex::new(codes.iter().copied().collect()), notes: Mutex::default() }
    }
}

impl Human for Typist {
    fn mfa_code(&self, device: &str) -> Result<Zeroizing<String>, NoTerminal> {
        assert_eq!(device, DEVICE);
        let code = self.codes.lock().unwrap().pop_front().ok_or(NoTerminal)?;
        Ok(Zeroizing::new(code.to_owned()))
    }

    fn open(&self, _url: &str, _code: Option<&str>) -> Result<(), NoBrowser> {
        Err(NoBrowser)
    }

    fn note(&self, line: &str) {
        self.notes.lock().unwrap().push(line.to_owned());
    }
}

fn step() -> AssumeStep {
    AssumeStep {
        profile: "p".to_owned(),
        role_arn: "arn:aws:iam::222222222222:role/R".to_owned(),
        mfa_serial: Some(DEVICE.to_owned()),
        external_id: Some("x-1".to_owned()),
        duration: Some(7200),
        region: Some("eu-west-3".to_owned()),
        ..AssumeStep::default()
    }
}

fn source(token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "zebra", token.map(str::to_owned), None, "test")
}

async fn assume(
    sts: &FakeSts,
    step: &AssumeStep,
    human: &dyn Human,
) -> Result<Credentials, MfaError> {
    assume_with_mfa(&sts.client(), &source(None), step, "jo@laptop", human).await
}

const WRONG: (&str, &str) =
    ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ");

#[tokio::test]
async fn the_code_goes_along_with_the_role() {
    let sts = FakeSts::default();
    let keys = assume(&sts, &step(), &Typist::of(&[" 123 456 "])).await.unwrap();
    assert_eq!(keys.access_key_id(), "ASIAEXAMPLE");
    assert_eq!(
        keys.expiry(),
        Some("2030-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap().into())
    );
    let asked = sts.asked.lock().unwrap().concat();
    for part in [
        "https://sts.eu-west-3.amazonaws.com/",
        "Credential=AKIDEXAMPLE/",
        "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FR",
        "RoleSessionName=jo%40laptop",
        "SerialNumber=arn%3Aaws%3Aiam%3A%3A111111111111%3Amfa%2Fjo",
        "TokenCode=123456",
        "ExternalId=x-1",
        "DurationSeconds=7200",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
}

#[tokio::test]
async fn a_step_without_a_device_asks_nobody_and_a_session_gets_an_hour() {
    let sts = FakeSts::default();
    let plain = AssumeStep { mfa_serial: None, session_name: Some("own".to_owned()), ..step() };
    let from = source(Some("zebra"));
    assume_with_mfa(&sts.client(), &from, &plain, "jo", &NoHuman).await.unwrap();
    let asked = sts.asked.lock().unwrap().concat();
    assert!(asked.contains("DurationSeconds=3600") && asked.contains("RoleSessionName=own"));
    assert!(!asked.contains("SerialNumber") && !asked.contains("TokenCode"));
}

#[tokio::test]
async fn a_wrong_code_may_be_typed_twice_more() {
    let sts = FakeSts::failing(&[WRONG, WRONG]);
    let person = Typist::of(&["111111", "222222", "333333", "444444"]);
    assume(&sts, &step(), &person).await.unwrap();
    assert_eq!(sts.asked.lock().unwrap().len(), 3);
    assert!(person.notes.lock().unwrap()[0].contains("every 30 seconds"));

    let sts = FakeSts::failing(&[WRONG, WRONG, WRONG]);
    let person = Typist::of(&["111111", "222222", "333333", "444444"]);
    let error = assume(&sts, &step(), &person).await.unwrap_err();
    assert!(matches!(error, MfaError::WrongCode { .. }), "{error}");
    assert!(error.hint().contains("each works once"));
    assert_eq!(person.codes.lock().unwrap().len(), 1, "it is not asked a fourth time");

    // The same again, and what is no code, are not even sent.
    let sts = FakeSts::failing(&[WRONG]);
    let error =
        assume(&sts, &step(), &Typist::of(&["111111", "111111", "12345"])).await.unwrap_err();
    assert!(matches!(error, MfaError::WrongCode { .. }), "{error}");
    assert_eq!(sts.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn each_failure_is_told_apart() {
    let sts = FakeSts::default();
    let error = assume(&sts, &step(), &NoHuman).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "arn:aws:iam::222222222222:role/R asks for a code of the MFA device {DEVICE}, and there is no terminal to ask for it"
        )
    );
    let error = assume(&sts, &step(), &Typist::default()).await.unwrap_err();
    assert!(matches!(error, MfaError::NoTerminal { .. }), "closed meanwhile: {error}");
    assert!(sts.asked.lock().unwrap().is_empty());
    for (code, message, text, hint) in [
        ("AccessDenied", DENIED, "cannot be assumed: User: arn", "trusts you"),
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ",
            "the MFA device",
            "mfa_serial",
        ),
        ("ExpiredToken", "expired", "have expired or are not valid", "signing in again"),
        ("InvalidClientTokenId", "no", "have expired or are not valid", "signing in again"),
        ("ValidationError", "odd", "could not be assumed: odd", "network"),
    ] {
        let sts = FakeSts::failing(&[(code, message)]);
        let error = assume(&sts, &step(), &Typist::of(&["123456"])).await.unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
        assert!(error.hint().contains(hint), "{}", error.hint());
        assert!(!format!("{error:?}").contains("123456"));
    }
}
