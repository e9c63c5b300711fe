use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::loopback::tests::raw;
use super::*;
use crate::child::tests::{aws_session, google_session};

/// Says what it was given and counts.
struct Given(Result<ReadOnlySession, String>, AtomicUsize);

impl SessionSource for Given {
    fn session(&self) -> BoxFuture<'_, Result<ReadOnlySession, String>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { self.0.clone() })
    }
}

struct Running {
    address: SocketAddr,
    source: Arc<Given>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
}

async fn start(answer: Result<ReadOnlySession, String>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let source = Arc::new(Given(answer, AtomicUsize::new(0)));
    let (stop, stopped) = oneshot::channel::<()>();
    let token = Zeroizing::new("t0ken".to_owned());
    let stopped = async { drop(stopped.await) };
    let server = tokio::spawn(serve(listener, token, Arc::clone(&source) as _, stopped));
    Running { address, source, stop: Some(stop), server }
}

impl Running {
    async fn ask(&self, line: &str, headers: &str) -> String {
        let host = format!("Host: {}\r\n", self.address);
        raw(self.address, &format!("{line} HTTP/1.1\r\n{host}{headers}\r\n")).await
    }

    fn asked(&self) -> usize {
        self.source.1.load(Ordering::Relaxed)
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default()
}

fn body(answer: &str) -> serde_json::Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn the_token_gets_what_the_sdks_expect() {
    let server = start(Ok(aws_session())).await;
    let answer = server.ask("GET /credentials", "Authorization: t0ken\r\n").await;
    assert_eq!(status(&answer), 200);
    assert!(answer.contains("cache-control: no-store"));
    let expected = serde_json::json!({
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "SECRET/+KEY",
        "Token": "SESSION//TOKEN==",
        "Expiration": "1970-01-01T01:00:00Z",
        "RoleArn": "arn:aws:iam::333333333301:role/TenkoReadOnly",
        "AccountId": "333333333301",
    });
    assert_eq!(body(&answer), expected);
}

#[tokio::test]
async fn without_the_token_the_source_is_not_even_asked() {
    let server = start(Ok(aws_session())).await;
    for headers in [
        "",
        "Authorization: \r\n",
        "Authorization: t0kem\r\n",
        "Authorization: t0ke\r\n",
        "Authorization: t0kens\r\n",
        "Authorization: Bearer t0ken\r\n",
        "Authorization: t0ken\r\nAuthorization: t0ken\r\n",
        "Cookie: t0ken\r\n",
    ] {
        let answer = server.ask("GET /credentials", headers).await;
        assert_eq!(status(&answer), 401, "{headers:?}");
        assert!(!answer.contains("SECRET"));
    }
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn other_paths_methods_and_hosts_get_nothing() {
    let server = start(Ok(aws_session())).await;
    let auth = "Authorization: t0ken\r\n";
    for (line, expected) in [
        ("GET /", 404),
        ("GET /credentials/", 404),
        ("GET /credentials/../x", 404),
        ("POST /credentials", 405),
        ("HEAD /credentials", 405),
        ("OPTIONS /credentials", 405),
        ("GET http://evil.example/credentials", 403),
    ] {
        assert_eq!(status(&server.ask(line, auth).await), expected, "{line}");
    }
    let port = server.address.port();
    for host in [
        "Host: evil.example\r\n".to_owned(),
        format!("Host: evil.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n".to_owned(),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"),
        String::new(),
    ] {
        let request = format!("GET /credentials HTTP/1.1\r\n{host}{auth}\r\n");
        assert_eq!(status(&raw(server.address, &request).await), 403, "{host:?}");
    }
    assert_eq!(server.asked(), 0);
    let request = format!("GET /credentials HTTP/1.1\r\nHost: localhost:{port}\r\n{auth}\r\n");
    assert_eq!(status(&raw(server.address, &request).await), 200);
}

#[tokio::test]
async fn errors_of_the_source_are_told_as_the_sdks_show_them() {
    let server = start(Err("sign in again:\n\"tenko login\"".to_owned())).await;
    let answer = server.ask("GET /credentials", "Authorization: t0ken\r\n").await;
    assert_eq!(status(&answer), 400);
    assert_eq!(body(&answer)["code"], "NoSession");
    assert_eq!(body(&answer)["message"], "sign in again:\n\"tenko login\"");
    let server = start(Ok(google_session())).await;
    let answer = server.ask("GET /credentials", "Authorization: t0ken\r\n").await;
    assert_eq!(status(&answer), 400);
    assert!(!answer.contains("ya29"));
}

#[tokio::test]
async fn broken_and_huge_requests_end_no_server() {
    let server = start(Ok(aws_session())).await;
    let long = format!("X: {}\r\n", "x".repeat(100_000));
    let many = "X: y\r\n".repeat(1_000);
    for headers in [long.as_str(), many.as_str()] {
        let answer = server.ask("GET /credentials", headers).await;
        assert!(matches!(status(&answer), 400 | 431 | 0), "{answer}");
    }
    let answer = raw(server.address, "\0\x01\r\n\r\n").await;
    assert!(matches!(status(&answer), 400 | 0));
    let body = "Authorization: t0ken\r\nContent-Length: 99999999999\r\n";
    assert_eq!(status(&server.ask("GET /credentials", body).await), 200);
    let answer = server.ask("GET /credentials", "Authorization: t0ken\r\n").await;
    assert_eq!(status(&answer), 200);
}

#[tokio::test]
async fn hundreds_of_idle_connections_keep_nobody_out_for_long() {
    let server = start(Ok(aws_session())).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(TcpStream::connect(server.address).await.unwrap());
    }
    // Sooner than all of a request's time: the idle ones lose theirs.
    let asked = server.ask("GET /credentials", "Authorization: t0ken\r\n");
    let answer = tokio::time::timeout(Duration::from_secs(30), asked).await.unwrap();
    assert_eq!(status(&answer), 200);
}

#[tokio::test]
async fn it_stops_when_told_and_closes_what_is_open() {
    let mut server = start(Ok(aws_session())).await;
    let mut open = TcpStream::connect(server.address).await.unwrap();
    open.write_all(b"GET /cred").await.unwrap();
    server.stop.take().unwrap().send(()).unwrap();
    server.server.await.unwrap().unwrap();
    let mut rest = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), open.read_to_end(&mut rest)).await;
    assert!(read.is_ok());
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn it_is_for_this_machine_alone_and_never_without_a_token() {
    let source = || Arc::new(Given(Ok(aws_session()), AtomicUsize::new(0)));
    let all = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let token = || Zeroizing::new("t0ken".to_owned());
    assert!(serve(all, token(), source(), async {}).await.is_err());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    assert!(serve(listener, Zeroizing::default(), source(), async {}).await.is_err());
}

#[test]
fn tokens_are_long_and_new() {
    assert_eq!(token().len(), 64);
    assert_ne!(token(), token());
}
