//! What people are told through, on this machine: a webhook, and the issues of a repository.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Method and path, without what is asked.
    pub(super) line: String,
    /// The headers, in lower case.
    pub(super) headers: String,
    pub(super) body: Value,
}

/// A server; it goes when the test's process does.
pub(super) struct Web {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Web {
    fn start(answer: impl Fn(&Request) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            // One after the other: that is how tenko asks.
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else { continue };
                let (status, body) = answer(&request);
                log.lock().unwrap().push(request);
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n");
                let _ = write!(stream, "{head}connection: close\r\n\r\n{body}");
            }
        });
        Self { url, seen }
    }

    /// A webhook that takes everything, but what is posted to a path with this status in it.
    pub(super) fn slack() -> Self {
        Self::start(|request| match request.line.rsplit('/').next().unwrap().parse() {
            Ok(status) => (status, "no_service".to_owned()),
            Err(_) => (200, "ok".to_owned()),
        })
    }

    /// A repository with an issue that is not tenko's.
    pub(super) fn github() -> Self {
        let other = json!({"number": 1, "state": "open", "body": "mine", "html_url": "http://x/1"});
        let issues = Mutex::new(vec![other]);
        Self::start(move |request| {
            let mut issues = issues.lock().unwrap();
            let (method, path) = request.line.split_once(' ').unwrap();
            if !request.headers.contains("authorization: bearer ghp_right") {
                return (401, json!({"message": "Bad credentials"}).to_string());
            }
            let Some(rest) = path.strip_prefix("/repos/acme/infrastructure/issues") else {
                return (404, json!({"message": "Not Found"}).to_string());
            };
            match method {
                "GET" => (200, Value::Array(issues.clone()).to_string()),
                "POST" => {
                    let mut new = request.body.clone();
                    let number = issues.len() + 1;
                    new["number"] = number.into();
                    new["state"] = "open".into();
                    new["html_url"] = format!("http://x/{number}").into();
                    issues.push(new.clone());
                    (201, new.to_string())
                }
                _ => {
                    let number: usize = rest.trim_start_matches('/').parse().unwrap();
                    let issue = &mut issues[number - 1];
                    for (key, value) in request.body.as_object().unwrap() {
                        issue[key] = value.clone();
                    }
                    (200, issue.to_string())
                }
            }
        })
    }

    /// What came since the last call.
    pub(super) fn taken(&self) -> Vec<Request> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let (first, headers) = head.split_once("\r\n")?;
    let headers = headers.to_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let path = first.rsplit_once(' ')?.0.split('?').next()?.to_owned();
    // The case of a secret matters to those who check it; here only that it came.
    Some(Request { line: path, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}
