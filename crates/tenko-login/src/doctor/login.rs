//! Whether a login works, and is proven to be read-only.

use super::{Remark, Severity};
use crate::error::LoginError;
use crate::google::GoogleError;
use crate::proof::Probe;
use crate::session::ReadOnlySession;

/// What a login that was tried says of the role or service account: nothing, if it works and is proven.
pub fn judge_login(tried: &Result<ReadOnlySession, LoginError>) -> Option<Remark> {
    match tried {
        Ok(session) => match &session.proof().probe {
            Probe::Unproven { reason } => Some(unproven(reason)),
            _ => None,
        },
        Err(error) => Some(refused(error)),
    }
}

fn unproven(reason: &str) -> Remark {
    let message = format!("a login cannot be proven to be read-only: {reason}");
    let fix = "see to what the reason names: until then it is not known whether logins only look";
    Remark::new(Severity::Unknown, "login_unproven", message, fix)
}

fn refused(error: &LoginError) -> Remark {
    let (severity, code, what) = match error {
        LoginError::NotReadOnly { .. } => {
            (Severity::Error, "login_too_much", "no login is given that could do more than look")
        }
        LoginError::Google(google) if matches!(**google, GoogleError::TooMuch { .. }) => {
            (Severity::Error, "login_too_much", "no login is given that could do more than look")
        }
        LoginError::Unproven { .. } => {
            (Severity::Unknown, "login_unproven", "no login is given that is not proven")
        }
        // It may be about the one who asks, or about now.
        _ => (Severity::Unknown, "login_fails", "a login fails for the one who asks"),
    };
    let fix = match error {
        // AWS answers the same to all of these, and who may not get in cannot look.
        LoginError::Denied { role, caller, external_id, .. } => {
            let id = match external_id {
                Some(id) => format!("ask for the external id {id:?}"),
                None => "ask for no external id".to_owned(),
            };
            format!(
                "have somebody with other rights in that account look at {role}: it must be there, trust {caller} (or \
                 its role) and {id}; `tenko bootstrap` makes it so"
            )
        }
        _ => error.hint().unwrap_or_else(|| "see to what the reason names".to_owned()),
    };
    Remark::new(severity, code, format!("{what}: {}", tenko_aws::wire::on_one_line(error)), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::google::GoogleProof;
    use crate::proof::Proof;

    const LOGIN: &str = "tenko-login@acme-prod.iam.gserviceaccount.com";

    fn said(error: LoginError) -> Remark {
        judge_login(&Err(error)).unwrap()
    }

    #[test]
    fn a_login_that_is_refused_is_a_remark_with_its_reason() {
        let proof = GoogleProof {
            identity: LOGIN.to_owned(),
            asked: 1,
            granted: vec!["storage.objects.get".to_owned()],
            unasked: Vec::new(),
            looks: true,
            failure: None,
            hint: None,
        };
        let (project, proof) = ("acme-prod".to_owned(), Box::new(proof));
        let error = GoogleError::TooMuch { project, proof };
        let remark = said(LoginError::Google(Box::new(error)));
        assert_eq!((remark.severity, remark.code), (Severity::Error, "login_too_much"));
        assert!(remark.message.contains("storage.objects.get"), "{remark}");
        assert!(remark.fix.contains("acme-prod"), "{remark}");

        let probe = Probe::Unproven { reason: "no answer".to_owned() };
        let proof = Box::new(Proof { identity: LOGIN.to_owned(), policy: None, probe });
        let remark = said(LoginError::Unproven { target: "acme/production".to_owned(), proof });
        assert_eq!((remark.severity, remark.code), (Severity::Unknown, "login_unproven"));
        assert!(remark.message.contains("no answer"), "{remark}");

        let remark = said(LoginError::NoTicket);
        assert_eq!((remark.severity, remark.code), (Severity::Unknown, "login_fails"));
        assert_eq!(unproven("x").severity, Severity::Unknown);
    }
}
