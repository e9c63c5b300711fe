//! Whether what is in the accounts and projects is what [`bootstrap`](crate::bootstrap) would make.
//!
//! [`judge`] and [`judge_project`] compare one role, one project; [`judge_all`] finds what only shows
//! over many accounts. Nothing here talks to a cloud. What could not be read is a remark of its own
//! ([`Severity::Unknown`]): no remarks at all means that everything was read and is as it should be.

mod deny;
mod google;
mod grants;
mod login;
mod trust;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::bootstrap::Role;

pub use google::{Binding, LiveProject, judge_project};
pub use login::judge_login;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Someone gets in who must not, a login could do what it must not, or no login works.
    Error,
    /// Something could not be read or decided: it may be as bad as an error.
    Unknown,
    /// More than is needed, or less than is usual.
    Warning,
    /// Worth knowing.
    Information,
}

impl Severity {
    /// The word for people and for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One thing that is not as it should be. Texts out of live documents are in it as they are: whoever
/// shows it on a terminal makes them visible.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Remark {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, for programs: `external_id_missing`. Stays the same from version to version.
    pub code: &'static str,
    /// What it is, for people: one sentence without a full stop, with the evidence.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// `error external_id_missing: anyone ...`, and the fix behind a semicolon.
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}; {}", self.severity, self.code, self.message, self.fix)
    }
}

/// What most remarks are mended with.
const AGAIN: &str = "make the role anew with `tenko bootstrap`";

impl Remark {
    pub(super) fn new(
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { severity, code, message: message.into(), fix: fix.into() }
    }

    /// The role, or the service account, is not there.
    pub fn absent(what: &str) -> Self {
        let message = format!("{what} does not exist");
        Self::new(Severity::Error, "absent", message, "make it with `tenko bootstrap`")
    }

    /// Something that would have to be known to judge it.
    pub fn unknown(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Severity::Unknown, "unknown", message, fix)
    }

    /// A part, or all of it, could not be read.
    pub fn unread(what: &str, why: &str) -> Self {
        let message = format!("{what} could not be read: {why}");
        Self::new(
            Severity::Unknown,
            "unread",
            message,
            "let the one who asks read it, and ask again",
        )
    }
}

/// A managed policy that is attached to a role.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    /// Its ARN.
    pub arn: String,
    /// Its document, where it was read. Those of AWS's own policies that logins use need not be.
    pub document: Option<Value>,
}

/// A role as it is in an account.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveRole {
    /// The trust policy: an object, or its JSON text (not percent-encoded).
    pub trust: Value,
    /// The managed policies that are attached, all of them, or why they could not be listed.
    pub managed: Result<Vec<Attached>, String>,
    /// The inline policies by name, all of them, or why they could not be read.
    pub inline: Result<Vec<(String, Value)>, String>,
    /// The longest session, in seconds.
    pub max_session: u32,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
}

/// What is wrong with one role, the worst first. Roles of one plan should also be looked at together:
/// [`judge_all`].
pub fn judge(expected: &Role, live: &LiveRole) -> Vec<Remark> {
    let mut remarks = trust::judge(expected, &live.trust);
    remarks.extend(grants::judge(expected, live));
    remarks.extend(session(expected, live));
    if let Some(boundary) = &live.boundary {
        let message = format!("the permissions boundary {boundary} limits the role further");
        remarks.push(Remark::new(
            Severity::Information,
            "boundary",
            message,
            "nothing, as long as logins see what they should",
        ));
    }
    remarks.sort();
    remarks.dedup();
    remarks
}

/// What only shows when roles are seen side by side: external ids that are the same for two clients.
/// By the place in what is given.
pub fn judge_all(roles: &[(&Role, &LiveRole)]) -> Vec<(usize, Remark)> {
    let mut of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, (expected, live)) in roles.iter().enumerate() {
        for id in trust::external_ids(expected, &live.trust) {
            of.entry(id).or_default().push(place);
        }
    }
    let mut all = Vec::new();
    for (id, places) in of {
        for place in &places {
            let Some((role, _)) = roles.get(*place) else { continue };
            let foreign = |other: &&usize| {
                roles.get(**other).is_some_and(|(other, _)| {
                    other.account != role.account && other.tenants.is_disjoint(&role.tenants)
                })
            };
            let Some(other) = places.iter().find(foreign) else { continue };
            let Some((other, _)) = roles.get(*other) else { continue };
            let message = format!(
                "the external id {id:?} is also that of account {} of another client, {}",
                other.account,
                other.environments.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            );
            let fix = "declare one that differs, such as \"tenko-{tenant}-{account}\", and make both \
                       roles anew with `tenko bootstrap`";
            all.push((*place, Remark::new(Severity::Error, "external_id_shared", message, fix)));
        }
    }
    all.sort();
    all
}

fn session(expected: &Role, live: &LiveRole) -> Option<Remark> {
    let (is, should) = (live.max_session, expected.max_session);
    if is > should {
        let message = format!("sessions may last {is} seconds, longer than the {should} declared");
        Some(Remark::new(Severity::Warning, "session_too_long", message, AGAIN))
    } else if is < should {
        let message = format!("sessions may last {is} seconds, less than the {should} declared");
        Some(Remark::new(Severity::Error, "session_too_short", message, AGAIN))
    } else {
        None
    }
}
