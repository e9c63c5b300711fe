//! `tenko whoami`: where the credentials of this shell lead.

use serde_json::json;
use tenko::login::{Target, Whoami};
use tenko::model::{LoginSettings, ScopeKey};
use tenko::report::visible;

use super::{Asking, Desk, refused, start};
use crate::failure::Failure;
use crate::login_args::WhoamiArgs;
use crate::output::Out;

pub(crate) async fn run(args: &WhoamiArgs, out: &Out) -> Result<u8, Failure> {
    let desk = Desk::open_if_any(&args.place, Asking::Never)?;
    let said = std::env::var("TENKO_ENVIRONMENT").ok().filter(|label| !label.is_empty());
    let is_google = std::env::var_os("CLOUDSDK_AUTH_ACCESS_TOKEN").is_some()
        && std::env::var_os("AWS_SESSION_TOKEN").is_none();
    if is_google {
        return Err(Failure::new(
            "this is a session in Google Cloud, and `tenko whoami` asks AWS alone",
        )
        .hint("`gcloud projects describe \"$GOOGLE_CLOUD_PROJECT\"` asks with the session"));
    }
    let alone;
    let login = match &desk {
        Some(desk) => desk.login.as_ref(),
        None => {
            alone = start(LoginSettings::default(), &args.place)?;
            &alone
        }
    };
    let who = login.whoami().await.map_err(|error| refused(&error))?;
    let places: Vec<&Target> = desk
        .iter()
        .flat_map(|desk| desk.targets.iter())
        .filter(|target| target.scope.cloud == who.cloud && target.scope.id.as_str() == who.scope)
        .collect();
    if out.is_json() {
        out.json(&document(&who, &places, said.as_deref()))?;
    } else {
        let mut text = format!("{}\n", visible(&who.identity));
        for place in &places {
            let production = if place.is_production { "  PRODUCTION" } else { "" };
            text.push_str(&format!("{}  {}{production}\n", visible(&place.label()), place.scope));
        }
        if places.is_empty() {
            let key = ScopeKey::new(who.cloud.clone(), who.scope.as_str());
            let shared = desk.as_ref().map(|desk| desk.manifest.declaration.shared.get(&key));
            let what = match shared {
                Some(Some(purpose)) => format!("shared: {}", visible(purpose)),
                Some(None) => "which the manifest does not declare".to_owned(),
                None => "and no manifest is here that says whose it is".to_owned(),
            };
            text.push_str(&format!("{}, {what}\n", visible(&key.to_string())));
        }
        if let Ok(expires) = std::env::var("TENKO_EXPIRES") {
            text.push_str(&format!("until {}\n", visible(&expires)));
        }
        out.text(&text)?;
    }
    let Some(said) = said.filter(|_| desk.is_some()) else { return Ok(0) };
    let named: Vec<_> = places.iter().filter(|place| place.label() == said).collect();
    let why = if named.is_empty() {
        "lead elsewhere"
    } else if !named.iter().any(|place| who.is_login_of(place)) {
        // An administrator's, say, in a shell whose prompt says that it can only look.
        "are not those of its read-only login"
    } else {
        return Ok(0);
    };
    Err(Failure::new(format!("TENKO_ENVIRONMENT says {said}, and the credentials {why}"))
        .hint("leave this shell: something changed its credentials"))
}

fn document(who: &Whoami, places: &[&Target], said: Option<&str>) -> serde_json::Value {
    let row = |target: &&Target| {
        json!({
            "tenant": target.tenant,
            "environment": target.environment,
            "stage": target.stage,
            "production": target.is_production,
        })
    };
    json!({
        "identity": who.identity,
        "cloud": who.cloud.to_string(),
        "scope": who.scope,
        "environments": places.iter().map(row).collect::<Vec<_>>(),
        "tenko_environment": said,
    })
}
