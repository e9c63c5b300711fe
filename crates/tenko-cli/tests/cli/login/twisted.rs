//! An endpoint that answers something else than the cloud behind it, and never with a date.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves for as long as the test runs: each answer is what `twist` makes of the request's body and of the real answer.
pub(super) async fn start(
    upstream: String,
    twist: impl Fn(&str, String) -> String + Send + Sync + 'static,
) -> String {
    let upstream = upstream.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let twist = Arc::new(twist);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (upstream, twist) = (upstream.clone(), Arc::clone(&twist));
            // A client that goes away is no concern of ours.
            tokio::spawn(async move { forward(client, &upstream, twist.as_ref()).await });
        }
    });
    format!("http://{address}")
}

/// One request and its answer.
async fn forward(
    mut client: TcpStream,
    upstream: &str,
    twist: &(dyn Fn(&str, String) -> String + Send + Sync),
) -> Option<()> {
    let (head, body) = message(&mut client).await?;
    let mut server = TcpStream::connect(upstream).await.ok()?;
    server.write_all(format!("{head}\r\n{body}").as_bytes()).await.ok()?;
    let (head, answer) = message(&mut server).await?;
    let answer = twist(&body, answer);
    // It does not say what time it is.
    let stays = |line: &&str| length(line).is_none() && !line.to_lowercase().starts_with("date:");
    let mut lines: Vec<_> = head.lines().filter(stays).collect();
    let length = format!("content-length: {}", answer.len());
    lines.extend([length.as_str(), "connection: close", "", ""]);
    client.write_all(format!("{}{answer}", lines.join("\r\n")).as_bytes()).await.ok()
}

/// The head, each of its lines with an end, and the body.
async fn message(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8(bytes.clone()).ok()?;
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && head.lines().find_map(length).unwrap_or(0) <= body.len()
        {
            return Some((format!("{head}\r\n"), body.to_owned()));
        }
        let mut more = vec![0; 4096];
        let read = stream.read(&mut more).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&more[..read]);
    }
}

/// Of a line of the head.
fn length(line: &str) -> Option<usize> {
    let (name, value) = line.split_once(':')?;
    name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
}
