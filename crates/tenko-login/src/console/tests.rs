use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

use super::*;
use crate::child::tests::{aws_session, google_session};
use crate::server::loopback;

fn fresh() -> ReadOnlySession {
    let expires = Timestamp::now() + SignedDuration::from_hours(1);
    aws_session().sample_with(|grant| grant.expires = expires)
}

/// Method, query and body of each request.
type Seen = Arc<Mutex<Vec<(Method, String, String)>>>;

/// What a federation endpoint answers, which depends on the method.
type Reply = fn(&Method) -> (StatusCode, String);

async fn endpoint(answer: Reply) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let record = Arc::clone(&seen);
    let run = loopback::run(listener, address.port(), move |request: Request<Incoming>| {
        let record = Arc::clone(&record);
        async move {
            let method = request.method().clone();
            let query = request.uri().query().unwrap_or_default().to_owned();
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            record.lock().unwrap().push((method.clone(), query, body));
            let (status, text) = answer(&method);
            loopback::reply(status, "application/json", Bytes::from(text)).into()
        }
    });
    tokio::spawn(run);
    (address, seen)
}

async fn ask(
    session: &ReadOnlySession,
    address: SocketAddr,
) -> Result<Zeroizing<String>, ConsoleError> {
    let http = client().unwrap();
    sign_in_url(session, &http, Some(&format!("http://{address}")), Some("s3")).await
}

const FORM: &str = "Action=getSigninToken&Session=%7B%22sessionId%22%3A%22ASIAEXAMPLE%22%2C\
    %22sessionKey%22%3A%22SECRET%2F%2BKEY%22%2C%22sessionToken%22%3A%22SESSION%2F%2FTOKEN%3D%3D%22%7D";

fn granted(_: &Method) -> (StatusCode, String) {
    (StatusCode::OK, r#"{"SigninToken":"T+k&n"}"#.to_owned())
}

#[tokio::test]
async fn credentials_go_into_a_body_and_no_duration_is_asked_for() {
    let (address, seen) = endpoint(granted).await;
    let url = ask(&fresh(), address).await.unwrap();
    let expected = format!(
        "http://{address}/federation?Action=login&Issuer=tenko&Destination=https%3A%2F%2Fconsole%2Eaws\
         %2Eamazon%2Ecom%2Fs3%2Fhome%3Fregion%3Deu%2Dcentral%2D1&SigninToken=T%2Bk%26n"
    );
    assert_eq!(*url, expected);
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, [(Method::POST, String::new(), FORM.to_owned())]);
}

#[tokio::test]
async fn an_endpoint_that_knows_get_alone_is_asked_again() {
    let (address, seen) = endpoint(|method| match *method {
        Method::POST => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
        _ => granted(method),
    })
    .await;
    ask(&fresh(), address).await.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1], (Method::GET, FORM.to_owned(), String::new()));
}

#[tokio::test]
async fn errors_say_what_to_do_and_nothing_of_the_secrets() {
    let answers: [(Reply, &str); 5] = [
        (|_| (StatusCode::BAD_REQUEST, "SECRET".to_owned()), "does not take the session (400)"),
        (|_| (StatusCode::BAD_GATEWAY, "SECRET".to_owned()), "does not take the session (502)"),
        (|_| (StatusCode::OK, "<html>SECRET".to_owned()), "holds no sign-in token"),
        (|_| (StatusCode::OK, r#"{"SigninToken":""}"#.to_owned()), "holds no sign-in token"),
        (|_| (StatusCode::OK, "SECRET".repeat(100_000)), "holds no sign-in token"),
    ];
    for (answer, expected) in answers {
        let (address, _) = endpoint(answer).await;
        let error = ask(&fresh(), address).await.unwrap_err();
        let text = format!("{error} {error:?} {:?}", error.hint());
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("SECRET"), "{text}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let error = ask(&fresh(), nobody).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(matches!(error, ConsoleError::Unreachable(_)), "{text}");
    assert!(!text.contains("SECRET") && !text.contains("SESSION"), "{text}");
}

#[tokio::test]
async fn expired_and_google_sessions_are_never_sent() {
    let (address, seen) = endpoint(granted).await;
    assert!(matches!(ask(&aws_session(), address).await, Err(ConsoleError::Expired)));
    let error = ask(&google_session(), address).await.unwrap_err();
    assert!(error.to_string().contains("would not be read-only"), "{error}");
    assert!(error.hint().is_some());
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn each_partition_has_its_hosts() {
    let of = |partition, region| Hosts::of(partition, region).unwrap();
    assert_eq!(of("aws", None).sign_in, "signin.aws.amazon.com");
    assert_eq!(of("aws-cn", None).console, "console.amazonaws.cn");
    assert_eq!(of("aws-us-gov", None).sign_in, "signin.amazonaws-us-gov.com");
    assert_eq!(of("aws-eusc", None).sign_in, "eusc-de-east-1.signin.amazonaws-eusc.eu");
    let other = of("aws-eusc", Some("eusc-fr-west-1"));
    assert_eq!(other.console, "eusc-fr-west-1.console.amazonaws-eusc.eu");
    assert_eq!(
        of("aws-eusc", Some("evil/eusc-")).console,
        "eusc-de-east-1.console.amazonaws-eusc.eu"
    );
    assert!(matches!(Hosts::of("aws-iso", None), Err(ConsoleError::Partition(_))));
}

#[test]
fn destinations_stay_in_the_console() {
    let hosts = Hosts::of("aws", None).unwrap();
    let region = Some("eu-west-1");
    let to = |asked| hosts.destination(asked, region);
    assert_eq!(to(None).unwrap(), "https://console.aws.amazon.com/console/home?region=eu-west-1");
    let service = to(Some("cloudwatch")).unwrap();
    assert_eq!(service, "https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1");
    assert_eq!(
        hosts.destination(Some("s3"), None).unwrap(),
        "https://console.aws.amazon.com/s3/home"
    );
    for fine in [
        "https://console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:",
        "https://eu-west-1.console.aws.amazon.com/s3/buckets",
    ] {
        assert_eq!(to(Some(fine)).unwrap(), fine);
    }
    for wrong in [
        "",
        "S3 buckets",
        "s3/../x",
        "http://console.aws.amazon.com/",
        "https://evil.example/",
        "https://console.aws.amazon.com.evil.example/",
        "https://evilconsole.aws.amazon.com/",
        "https://console.aws.amazon.com@evil.example/",
        "https://user@console.aws.amazon.com/",
        "https://console.aws.amazon.com:8443/",
        "https://console.amazonaws.cn/",
        "javascript:alert(1)",
    ] {
        assert!(matches!(to(Some(wrong)), Err(ConsoleError::Destination { .. })), "{wrong}");
    }
}

#[test]
fn a_given_endpoint_is_safe_or_here() {
    let given = |endpoint| given_endpoint(endpoint).ok();
    assert_eq!(given("http://127.0.0.1:5000").as_deref(), Some("http://127.0.0.1:5000/federation"));
    assert_eq!(
        given("http://localhost:5000/").as_deref(),
        Some("http://localhost:5000/federation")
    );
    let full = "https://eu-west-1.signin.aws.amazon.com/federation";
    assert_eq!(given(full).as_deref(), Some(full));
    for wrong in ["http://signin.aws.amazon.com/federation", "ftp://x", "x", "https://x/?a=b", ""] {
        assert_eq!(given(wrong), None, "{wrong}");
    }
}
