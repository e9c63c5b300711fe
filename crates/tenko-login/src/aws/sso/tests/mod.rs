//! Sign-ins against a small Identity Center on this machine.

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{How, Portal, SignIn, Signed, SsoError, sha1};
use crate::human::{Human, NoHuman};
use server::{Center, Does, Person};

struct Setup {
    /// How long a second of the polling is.
    second: Duration,
    center: Center,
    home: TempDir,
    portal: Portal,
}

impl Setup {
    async fn new() -> Self {
        let portal = Portal {
            start_url: "https://acme.awsapps.com/start".to_owned(),
            region: "eu-central-1".to_owned(),
            session: Some("acme".to_owned()),
            scopes: Vec::new(),
        };
        let second = Duration::from_millis(5);
        Self { second, center: Center::start().await, home: tempfile::tempdir().unwrap(), portal }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join(".aws/sso/cache")
    }

    fn token_file(&self) -> PathBuf {
        self.folder().join(format!("{}.json", sha1::hex("acme")))
    }

    fn token(&self) -> Value {
        serde_json::from_slice(&fs::read(self.token_file()).unwrap()).unwrap()
    }

    /// As the AWS CLI writes it, with this long to live.
    fn cli_token(&self, minutes: i64, refreshable: bool) {
        let time = |minutes: i64| {
            let time = Timestamp::now() + SignedDuration::from_mins(minutes);
            time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
        };
        let mut token = json!({
            "startUrl": self.portal.start_url, "region": self.portal.region, "accessToken": "cli-token",
            "expiresAt": time(minutes), "clientId": "cli-client", "clientSecret": "client-secret",
            "registrationExpiresAt": time(60 * 24),
        });
        if refreshable {
            token["refreshToken"] = json!("refresh-me");
        }
        fs::create_dir_all(self.folder()).unwrap();
        fs::write(self.token_file(), token.to_string()).unwrap();
    }

    async fn ensure(&self, human: &dyn Human) -> Result<Signed, SsoError> {
        self.ensure_within(human, Duration::from_secs(20)).await
    }

    async fn ensure_within(&self, human: &dyn Human, limit: Duration) -> Result<Signed, SsoError> {
        let config = self.center.config();
        let mut sign_in = SignIn::in_folder(&config, human, &self.folder()).limit(limit);
        sign_in.second = self.second;
        sign_in.ensure(&self.portal).await
    }

    fn first(&self, errors: &[&'static str]) {
        self.center.world.lock().unwrap().first.extend(errors);
    }

    fn always(&self, path: &'static str, error: &'static str) {
        self.center.world.lock().unwrap().always.push((path, error));
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_browser_on_this_machine_signs_in_once() {
    let setup = Setup::new().await;
    let person = Person::who(Does::SignIn);
    let signed = setup.ensure(&person).await.unwrap();
    assert_eq!(signed.how, How::SignedIn);
    assert_eq!(setup.center.paths(), ["/client/register", "/authorize", "/token"]);
    assert_eq!(
        setup.center.bodies("/client/register"),
        [json!({
            "clientName": "tenko-acme", "clientType": "public", "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token"],
            "redirectUris": ["http://127.0.0.1/oauth/callback"],
            "issuerUrl": "https://acme.awsapps.com/start",
        })]
    );
    let token = setup.token();
    let expires: Timestamp = token["expiresAt"].as_str().unwrap().parse().unwrap();
    let lasts = expires.duration_since(Timestamp::now()).as_secs();
    assert!((28_700..=28_800).contains(&lasts), "{lasts}");
    let mut rest = token.clone();
    rest.as_object_mut().unwrap().remove("expiresAt");
    assert_eq!(
        rest,
        json!({
            "startUrl": "https://acme.awsapps.com/start", "region": "eu-central-1",
            "accessToken": "access-token-1", "refreshToken": "refresh-me",
            "clientId": "client-1", "clientSecret": "client-secret",
            "registrationExpiresAt": registration_end(&token),
        })
    );
    #[cfg(unix)]
    {
        assert_eq!(mode(&setup.token_file()), 0o600);
        assert_eq!(mode(&setup.folder()), 0o700);
        assert_eq!(mode(&setup.home.path().join(".aws")), 0o700);
    }
    // Now it is there, for everybody.
    let again = setup.ensure(&NoHuman).await.unwrap();
    assert_eq!((again.how, setup.center.paths().len(), person.opened()), (How::Cached, 3, 1));
    // Expired, and without a refresh token: the client is still known.
    setup.cli_token(-1, false);
    setup.ensure(&person).await.unwrap();
    assert_eq!(setup.center.bodies("/client/register").len(), 1);
    assert_eq!(setup.center.bodies("/token").last().unwrap()["clientId"], "client-1");
}

/// The service said 2100, which is not believed: 90 days at most.
fn registration_end(token: &Value) -> Value {
    let end: Timestamp = token["registrationExpiresAt"].as_str().unwrap().parse().unwrap();
    let lasts = end.duration_since(Timestamp::now()).as_hours();
    assert!((24 * 89..=24 * 90).contains(&lasts));
    token["registrationExpiresAt"].clone()
}

#[tokio::test]
async fn what_else_comes_to_the_listener_is_turned_away() {
    let setup = Setup::new().await;
    setup.ensure(&Person::who(Does::SignInAfterNoise)).await.unwrap();
    assert_eq!(setup.token()["accessToken"], "access-token-1");
}

#[tokio::test]
async fn without_a_browser_a_code_is_shown() {
    let setup = Setup::new().await;
    setup.first(&[
        "authorization_pending",
        "slow_down",
        "broken",
        "broken",
        "broken",
        "authorization_pending",
    ]);
    let person = Person::who(Does::Device);
    setup.ensure(&person).await.unwrap();
    let opened = person.opened.lock().unwrap().clone();
    let page = format!("{}/device?user_code=ABCD-EFGH", setup.center.url);
    assert_eq!(opened, [(page, Some("ABCD-EFGH".to_owned()))]);
    assert_eq!(setup.token()["refreshToken"], "refresh-me");
    // First one for a browser here, then one for any.
    let registered = setup.center.bodies("/client/register");
    assert_eq!(registered[0]["grantTypes"][0], "authorization_code");
    assert_eq!(registered[1].get("grantTypes"), None);
    assert_eq!(
        setup.center.bodies("/device_authorization"),
        [json!({
            "clientId": "client-2", "clientSecret": "client-secret",
            "startUrl": "https://acme.awsapps.com/start",
        })]
    );
}

#[tokio::test]
async fn slower_is_slower() {
    let mut setup = Setup::new().await;
    setup.second = Duration::from_millis(50);
    setup.first(&["slow_down", "slow_down"]);
    let start = std::time::Instant::now();
    setup.ensure(&Person::who(Does::Device)).await.unwrap();
    // No less than 1 + 6 + 11 of these seconds; 3 of them where nothing is slower.
    assert!(start.elapsed() >= setup.second * 18, "{:?}", start.elapsed());
}

#[tokio::test]
async fn each_failure_is_told_apart() {
    type Case = (
        Does,
        &'static [&'static str],
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
    );
    let cases: [Case; 12] = [
        (
            Does::Refuse,
            &[],
            &[],
            "the sign-in at https://acme.awsapps.com/start was refused",
            "allow access",
        ),
        (Does::Device, &["access_denied"], &[], "was refused: so it is", "allow access"),
        (
            Does::Device,
            &["authorization_pending", "expired_token"],
            &[],
            "was not finished within",
            "sign in again",
        ),
        (Does::SignIn, &["expired_token"], &[], "was not finished within", "sign in again"),
        (
            Does::SignIn,
            &["invalid_grant"],
            &[],
            "CreateToken failed: invalid_grant: so it is",
            "sign in again",
        ),
        (Does::Blind, &[], &[], "takes a browser", "at a terminal"),
        (
            Does::Device,
            &[],
            &[("/device_authorization", "invalid_request")],
            "IAM Identity Center in eu-central-1 does not accept the start URL https://acme.awsapps.com/start: so it is",
            "check the start URL, and that the Identity Center was set up in eu-central-1",
        ),
        (
            Does::SignIn,
            &[],
            &[("/client/register", "invalid_request")],
            "does not accept the start URL",
            "start URL",
        ),
        (
            Does::Device,
            &[],
            &[("/device_authorization", "unauthorized_client")],
            "StartDeviceAuthorization failed: invalid_client",
            "sign in again",
        ),
        (Does::SignIn, &["broken"], &[], "127.0.0.1 cannot be reached: HTTP 503", "network"),
        (
            Does::SignIn,
            &[],
            &[("/client/register", "made_up")],
            "RegisterClient failed: MadeUpException: so it is",
            "sign in again",
        ),
        (Does::Nothing, &[], &[], "was not finished within 1 minutes", "sign in again"),
    ];
    for (does, first, always, text, hint) in cases {
        let setup = Setup::new().await;
        setup.first(first);
        always.iter().for_each(|(path, error)| setup.always(path, error));
        let limit = Duration::from_millis(if does == Does::Nothing { 300 } else { 20_000 });
        let error = setup.ensure_within(&Person::who(does), limit).await.unwrap_err();
        assert!(error.to_string().contains(text), "{does:?} {first:?}: {error}");
        assert!(error.hint().contains(hint), "{does:?} {first:?}: {}", error.hint());
        assert!(!setup.token_file().exists());
        let shown = format!("{error:?}");
        assert!(!["client-secret", "device-code", "the+code"].iter().any(|it| shown.contains(it)));
    }
}

#[tokio::test]
async fn nobody_is_asked_where_nobody_is() {
    let setup = Setup::new().await;
    let error = setup.ensure(&NoHuman).await.unwrap_err();
    assert!(matches!(error, SsoError::Nobody { .. }), "{error}");
    assert!(setup.center.paths().is_empty());
}

#[tokio::test]
async fn what_is_no_start_page_is_never_asked() {
    let mut setup = Setup::new().await;
    for (url, region) in [
        ("http://acme.awsapps.com/start", "eu-central-1"),
        ("file:///etc/passwd", "eu-central-1"),
        ("acme", "eu-central-1"),
        ("https://acme.awsapps.com/start", "evil.com/#"),
        ("https://acme.awsapps.com/start", ""),
    ] {
        setup.portal = Portal { start_url: url.into(), region: region.into(), ..setup.portal };
        let error = setup.ensure(&Person::who(Does::SignIn)).await.unwrap_err();
        assert!(matches!(error, SsoError::Malformed { .. }), "{url}: {error}");
    }
    assert!(setup.center.paths().is_empty());
}

#[tokio::test]
async fn a_client_that_the_service_forgot_is_registered_anew_once() {
    let setup = Setup::new().await;
    setup.always("/device_authorization", "invalid_client");
    let error = setup.ensure(&Person::who(Does::Device)).await.unwrap_err();
    assert!(
        matches!(&error, SsoError::Refused { code, .. } if code == "invalid_client"),
        "{error}"
    );
    let registered = setup.center.bodies("/client/register");
    let of_device = registered.iter().filter(|body| body.get("grantTypes").is_none()).count();
    assert_eq!(of_device, 2);
    setup.center.world.lock().unwrap().always.clear();
    setup.ensure(&Person::who(Does::Device)).await.unwrap();
}

#[tokio::test]
async fn a_token_of_the_cli_is_used_and_renewed() {
    let setup = Setup::new().await;
    setup.cli_token(60, true);
    assert_eq!(setup.ensure(&NoHuman).await.unwrap().how, How::Cached);
    assert!(setup.center.paths().is_empty());
    // Soon over: renewed without anybody.
    setup.cli_token(10, true);
    setup.center.world.lock().unwrap().without_refresh_token = true;
    assert_eq!(setup.ensure(&NoHuman).await.unwrap().how, How::Refreshed);
    let token = setup.token();
    assert_eq!(token["accessToken"], "access-token-1");
    assert_eq!(token["refreshToken"], "refresh-me", "the service gave no new one");
    assert_eq!(token["clientId"], "cli-client");
    // Long over: likewise.
    setup.cli_token(-600, true);
    assert_eq!(setup.ensure(&NoHuman).await.unwrap().how, How::Refreshed);
    // Soon over, and the service refuses or is away: it is still good.
    for error in ["invalid_grant", "broken"] {
        setup.cli_token(10, true);
        setup.always("/token", error);
        assert_eq!(setup.ensure(&NoHuman).await.unwrap().how, How::Cached, "{error}");
        setup.center.world.lock().unwrap().always.clear();
    }
    // Over, and it cannot be renewed.
    setup.cli_token(-1, true);
    setup.first(&["invalid_grant"]);
    let error = setup.ensure(&NoHuman).await.unwrap_err();
    assert!(matches!(error, SsoError::Nobody { .. }), "{error}");
    setup.first(&["invalid_grant"]);
    assert_eq!(setup.ensure(&Person::who(Does::SignIn)).await.unwrap().how, How::SignedIn);
    // Over, and the service is away: no browser would help.
    setup.cli_token(-1, true);
    setup.always("/token", "broken");
    let person = Person::who(Does::SignIn);
    let error = setup.ensure(&person).await.unwrap_err();
    assert!(matches!(error, SsoError::Unreachable { .. }), "{error}");
    assert_eq!(person.opened(), 0);
}

#[tokio::test]
async fn the_token_of_another_start_page_or_of_nothing_is_not_used() {
    let mut setup = Setup::new().await;
    setup.cli_token(60, true);
    setup.portal.start_url = "https://other.awsapps.com/start".to_owned();
    let error = setup.ensure(&NoHuman).await.unwrap_err();
    assert!(matches!(error, SsoError::Nobody { .. }), "{error}");
    setup.portal.start_url = "https://acme.awsapps.com/start/#/".to_owned();
    assert_eq!(setup.ensure(&NoHuman).await.unwrap().how, How::Cached, "the same page");
    for text in ["", "{", "[]", "{}", r#"{"accessToken": 1, "expiresAt": "x"}"#, "\u{0}"] {
        fs::write(setup.token_file(), text).unwrap();
        let error = setup.ensure(&NoHuman).await.unwrap_err();
        assert!(matches!(error, SsoError::Nobody { .. }), "{text:?}: {error}");
    }
    fs::write(setup.token_file(), "x".repeat(1 << 20)).unwrap();
    assert_eq!(setup.ensure(&Person::who(Does::SignIn)).await.unwrap().how, How::SignedIn);
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced_once() {
    let setup = Setup::new().await;
    setup.cli_token(60, false);
    let person = Person::who(Does::SignIn);
    let config = setup.center.config();
    let sign_in = SignIn::in_folder(&config, &person, &setup.folder());
    let rejected = sign_in.ensure(&setup.portal).await.unwrap();
    let (one, two) = tokio::join!(
        sign_in.again(&setup.portal, &rejected),
        sign_in.again(&setup.portal, &rejected)
    );
    let mut how = [one.unwrap().how, two.unwrap().how];
    how.sort_by_key(|how| *how == How::SignedIn);
    assert_eq!((how, person.opened()), ([How::Cached, How::SignedIn], 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_commands_open_one_browser() {
    for (does, refusals) in [(Does::SignIn, 0), (Does::Refuse, 29)] {
        let setup = std::sync::Arc::new(Setup::new().await);
        let person = Person::who(does);
        let together = std::sync::Arc::new(tokio::sync::Barrier::new(30));
        let tasks: Vec<_> = (0..30)
            .map(|_| {
                let (setup, person) = (setup.clone(), person.clone());
                let together = together.clone();
                tokio::spawn(async move {
                    together.wait().await;
                    setup.ensure(&person).await
                })
            })
            .collect();
        let (mut elsewhere, mut signed_in) = (0, 0);
        for task in tasks {
            match task.await.unwrap() {
                Ok(signed) => signed_in += usize::from(signed.how == How::SignedIn),
                Err(SsoError::FailedElsewhere { .. }) => elsewhere += 1,
                Err(SsoError::Denied { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(person.opened(), 1);
        assert_eq!(elsewhere, refusals);
        assert_eq!(signed_in, usize::from(does == Does::SignIn));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_scripts_renew_once() {
    let setup = std::sync::Arc::new(Setup::new().await);
    setup.cli_token(-1, true);
    let tasks: Vec<_> = (0..30)
        .map(|_| {
            let setup = setup.clone();
            tokio::spawn(async move { setup.ensure(&NoHuman).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(setup.center.paths(), ["/token"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let setup = Setup::new().await;
    fs::create_dir_all(setup.home.path().join(".aws")).unwrap();
    fs::write(setup.home.path().join(".aws/sso"), "a file").unwrap();
    let error = setup.ensure(&Person::who(Does::SignIn)).await.unwrap_err();
    assert!(matches!(error, SsoError::Storage { what: "lock", .. }), "{error}");
    assert!(error.to_string().contains(".aws/sso/cache"), "{error}");
}

#[test]
fn nothing_secret_is_in_debug() {
    let token = super::Token {
        start_url: None,
        region: None,
        access_token: "zebra".to_owned(),
        expires_at: Timestamp::UNIX_EPOCH,
        client_id: None,
        client_secret: Some("zebra".to_owned()),
        registration_expires_at: None,
        refresh_token: None,
    };
    let signed = Signed::of(&token, How::Cached);
    assert_eq!(
        format!("{signed:?}"),
        "Signed { expires: 1970-01-01T00:00:00Z, how: Cached, mark: Mark }"
    );
}
