//! The console's federation endpoint.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tenko_testkit::sim::{Fault, FaultKind, Role, SimCloud};

use crate::client::{MEMBER, Reply, Signer, assume, call, escape, role, send, world};

async fn get(cloud: &SimCloud, query: &str) -> Reply {
    let request = Request::get(format!("/federation?{query}")).header("host", "localhost");
    send(&cloud.url(), request.body(Full::default()).unwrap()).await.unwrap()
}

async fn post(cloud: &SimCloud, form: String) -> Reply {
    let request = Request::post("/federation")
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Full::from(Bytes::from(form));
    send(&cloud.url(), request.body(body).unwrap()).await.unwrap()
}

/// The query for a sign-in token, as the user guide has it.
fn asked(signer: &Signer, more: &str) -> String {
    let session = json!({
        "sessionId": signer.key, "sessionKey": format!("secret-of-{}", signer.key),
        "sessionToken": signer.token,
    });
    format!("Action=getSigninToken&Session={}{more}", escape(&session.to_string()))
}

fn token(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    answer["SigninToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_becomes_a_page_of_the_console() {
    let cloud = SimCloud::start(world()).await.unwrap();
    let session = assume(&cloud, role("TenkoAudit")).await.unwrap();
    let first = token(&get(&cloud, &asked(&session, "&SessionDuration=1800")).await);
    let second = token(&post(&cloud, asked(&session, "")).await);
    assert_ne!(first, second);
    let to = "https://console.aws.amazon.com/?region=eu-central-1";
    let login =
        format!("Action=login&Issuer=tenko&Destination={}&SigninToken={second}", escape(to));
    let reply = get(&cloud, &login).await;
    assert_eq!((reply.status.as_u16(), reply.headers["location"].to_str().unwrap()), (302, to));
    let sign_ins = cloud.sign_ins();
    assert_eq!(sign_ins.len(), 2);
    assert_eq!((sign_ins[0].duration, sign_ins[0].was_posted), (Some(1800), false));
    assert_eq!((&sign_ins[0].destination, sign_ins[1].was_posted), (&None, true));
    assert_eq!(sign_ins[1].destination.as_deref(), Some(to));
    assert_eq!(sign_ins[1].issuer.as_deref(), Some("tenko"));
    assert_eq!(sign_ins[1].key, session.key);
    assert_eq!(cloud.count("signin:GetSigninToken"), 2);
    assert_eq!(cloud.writes(), []);
    let bad = get(&cloud, "Action=login&Destination=https%3A%2F%2Fx&SigninToken=made-up").await;
    assert_eq!(bad.status, 400);
    cloud.update(|world| world.console.refuses_post = true);
    assert_eq!(post(&cloud, asked(&session, "")).await.status, 405);
    assert_eq!(get(&cloud, &asked(&session, "")).await.status, 200);
}

#[tokio::test]
async fn what_is_no_good_session_is_refused() {
    let mut world = world();
    world.account_mut(MEMBER).unwrap().roles.push(Role::new("Inner"));
    let cloud = SimCloud::start(world).await.unwrap();
    let hub = assume(&cloud, role("TenkoAudit")).await.unwrap();
    let reply = call(&cloud, &hub, "sts:AssumeRole", role("Inner")).await;
    let chained = Signer {
        key: reply.get("AccessKeyId").unwrap(),
        token: reply.get("SessionToken"),
        region: hub.region.clone(),
    };
    // A chained session has its own end: no duration may be named.
    token(&get(&cloud, &asked(&chained, "")).await);
    let forged = Signer { token: Some("forged".into()), ..hub.clone() };
    for query in [
        asked(&chained, "&SessionDuration=900"),
        asked(&hub, "&SessionDuration=899"),
        asked(&hub, "&SessionDuration=3601"),
        asked(&hub, "&SessionDuration=soon"),
        asked(&forged, ""),
        asked(&Signer::root(), ""),
        asked(&hub, "").replace("secret%2Dof", "other"),
        "Action=getSigninToken&Session=nothing".to_owned(),
        "Action=getSigninToken".to_owned(),
    ] {
        assert_eq!(get(&cloud, &query).await.status, 400, "{query}");
    }
    let fault = cloud.add_fault(Fault::new(FaultKind::Throttle).service("signin"));
    assert_eq!(get(&cloud, &asked(&hub, "")).await.status, 429);
    cloud.remove_fault(fault);
    cloud.expire_sessions();
    assert_eq!(get(&cloud, &asked(&hub, "")).await.status, 400);
}
