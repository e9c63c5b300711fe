//! `tenko credentials`: what AWS's tools start as a `credential_process`.

use jiff::Timestamp;
use serde_json::{Value, json};
use tenko::login::{ReadOnlySession, Secrets};
use zeroize::Zeroizing;

use super::{Asking, Desk};
use crate::failure::Failure;
use crate::login_args::CredentialsArgs;
use crate::output::Out;

pub(crate) async fn run(args: &CredentialsArgs, out: &Out) -> Result<u8, Failure> {
    // Whoever reads the output waits for it: nobody is asked anything, not even at a terminal.
    let desk = Desk::open(&args.place, Asking::Never)?.for_aws();
    let target = desk.one_without_asking(&args.selector)?;
    let session = desk.session(&target, &args.session).await?;
    desk.record(&session, "credentials")?;
    let text = Zeroizing::new(format!("{}\n", document(&session)));
    out.text(&text)?;
    Ok(0)
}

/// The form that the AWS CLI and the SDKs read (`Version` 1); for Google Cloud that of executable-sourced credentials
/// is of no use, as its clients would exchange the token: so the plain one with `access_token`.
/// Sources: "Sourcing credentials with an external process" in the AWS CLI's guide.
fn document(session: &ReadOnlySession) -> Value {
    let expires: Timestamp = session.expires();
    let expires = expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    match session.secrets() {
        Secrets::Aws { access_key_id, secret_access_key, session_token } => json!({
            "Version": 1,
            "AccessKeyId": access_key_id,
            "SecretAccessKey": secret_access_key,
            "SessionToken": session_token,
            "Expiration": expires,
        }),
        Secrets::Google { access_token } => json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expiration": expires,
        }),
        _ => Value::Null,
    }
}
