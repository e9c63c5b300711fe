//! States behind HTTP addresses.

use tenko_declare::{HttpAuth, IacLocation, IacSource};
use tenko_sources::Settings;

use crate::server::{Server, answer};
use crate::{lines, read, settings};

fn at(url: String, auth: HttpAuth) -> IacSource {
    IacSource { owner: None, place: None, location: IacLocation::Http { url, auth } }
}

fn token() -> HttpAuth {
    HttpAuth::Bearer { token_env: "STATE_TOKEN".to_owned() }
}

const VARIABLES: &[(&str, &str)] =
    &[("STATE_TOKEN", "s3cr3t-token\n"), ("USER", "me"), ("PASSWORD", "p4ss"), ("BAD", "a\nb")];

async fn one(url: String, auth: HttpAuth) -> String {
    lines(&read(settings(VARIABLES), &[at(url, auth)]).await).remove(0)
}

#[tokio::test]
async fn credentials_are_sent_as_asked_and_shown_nowhere() {
    let server = Server::start(|_, _| answer(200, &[], "{}")).await;
    let url = || server.url("/state?sig=abc");
    let basic =
        HttpAuth::Basic { user_env: "USER".to_owned(), password_env: "PASSWORD".to_owned() };
    for auth in [HttpAuth::None, token(), basic] {
        assert_eq!(one(url(), auth).await, format!("{}?... = {{}}", server.url("/state")));
    }
    let sent: Vec<_> =
        server.asked().iter().map(|asked| asked.header("authorization").to_owned()).collect();
    assert_eq!(sent, ["", "Bearer s3cr3t-token", "Basic bWU6cDRzcw=="]);
    assert_eq!(server.asked()[0].path, "/state?sig=abc");
    let variable = |name: &str| HttpAuth::Bearer { token_env: name.to_owned() };
    for (name, reason) in [
        ("UNSET", "the environment variable UNSET is not set"),
        ("BAD", "the environment variable BAD holds no token"),
    ] {
        let line = one(url(), variable(name)).await;
        assert!(line.ends_with(reason), "{line}");
    }
    assert_eq!(server.asked().len(), 3, "nothing was asked without a token");
    assert!(!format!("{:?}", settings(VARIABLES)).contains("s3cr3t"));
}

#[tokio::test]
async fn a_token_stays_with_the_server_that_it_is_for() {
    let other = Server::start(|_, _| answer(200, &[], "{\"from\": \"other\"}")).await;
    let to = other.url("/elsewhere");
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/a" => answer(302, &[("location", "/b")], ""),
        "/b" => answer(307, &[("location", &to)], ""),
        "/loop" => answer(301, &[("location", "/loop")], ""),
        "/file" => answer(302, &[("location", "file:///etc/passwd")], ""),
        _ => answer(302, &[], ""),
    })
    .await;
    let line = one(server.url("/a"), token()).await;
    assert!(line.ends_with("{\"from\": \"other\"}"), "{line}");
    let sent = |server: &Server| -> Vec<_> {
        server.asked().iter().map(|asked| asked.header("authorization").to_owned()).collect()
    };
    assert_eq!(sent(&server), ["Bearer s3cr3t-token"; 2], "both on the same server");
    assert_eq!(sent(&other), [""], "and not on the other");
    for (path, reason) in [
        ("/loop", "more than 5 times"),
        ("/file", "without encryption"),
        ("/none", "sends one on to no address (302)"),
    ] {
        let line = one(server.url(path), token()).await;
        assert!(line.contains(reason), "{line}");
    }
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let server = Server::start(|asked, _| {
        let code = asked.path.trim_start_matches('/').parse().unwrap();
        answer(code, &[("content-type", "text/html; charset=utf-8")], "s3cr3t-token")
    })
    .await;
    for (code, with, without) in [
        (200, "answers with a web page", "answers with a web page"),
        (204, "there is no state yet (204)", "there is no state yet (204)"),
        (401, "have they expired?", "name environment variables"),
        (403, "may not read the state (403)", "name environment variables"),
        (404, "there is no state at this address (404)", "no state at this address (404)"),
        (418, "the status 418", "the status 418"),
    ] {
        for (auth, reason) in [(token(), with), (HttpAuth::None, without)] {
            let line = one(server.url(&format!("/{code}")), auth).await;
            assert!(line.contains(reason) && !line.contains("s3cr3t"), "{code}: {line}");
        }
    }
    assert_eq!(server.asked().len(), 12, "none of these gets better by asking again");
    assert!(one("http://".to_owned(), HttpAuth::None).await.contains("it is no address"));
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let server = Server::start(|asked, before| match (asked.path.as_str(), before) {
        (_, 0) => answer(503, &[("retry-after", "0")], ""),
        (_, 1) => answer(429, &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")], ""),
        // Said to be longer than it is: the connection ends early.
        (_, 2) => answer(200, &[("content-length", "100")], "{"),
        _ => answer(200, &[], "whole"),
    })
    .await;
    assert!(one(server.url("/s"), HttpAuth::None).await.ends_with("= whole"));
    assert_eq!(server.asked().len(), 4);
    let busy = Server::start(|_, _| answer(429, &[], "")).await;
    let line = one(busy.url("/s"), HttpAuth::None).await;
    assert!(line.ends_with("the server finds the requests too many (429) (4 attempts)"), "{line}");
    assert_eq!(busy.asked().len(), 4);
    let waits = Server::start(|_, before| match before {
        0 => answer(503, &[("retry-after", "1")], ""),
        _ => answer(200, &[], "{}"),
    })
    .await;
    let start = std::time::Instant::now();
    assert!(one(waits.url("/s"), HttpAuth::None).await.ends_with("= {}"));
    assert!(start.elapsed().as_millis() >= 1000, "a second was asked for");
    let gone = busy.url("/s");
    drop(busy);
    let line = one(gone, token()).await;
    assert!(line.contains("cannot be reached") && !line.contains("s3cr3t"), "{line}");
}

#[tokio::test]
async fn a_server_cannot_send_more_than_is_read() {
    let server = Server::start(|_, _| answer(200, &[], "0123456789")).await;
    for (max, fits) in [(9, false), (10, true)] {
        let settings = Settings { max_bytes: max, ..settings(&[]) };
        let results = read(settings, &[at(server.url("/s"), HttpAuth::None)]).await;
        assert_eq!(results[0].is_ok(), fits, "{results:?}");
    }
}
