//! Who a statement is about.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>.

use serde_json::Value;

use super::document::{Reader, Unread};
use super::truth::{Reason, Truth};

/// The canonical user that stands for requests without credentials.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>
const ANONYMOUS: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Someone without credentials.
    Anonymous,
    /// Someone of this account, and nobody knows who.
    Account(&'a str),
    /// A user, a role, the root user or a session of a role, by ARN.
    Arn(&'a str),
    /// A service: `cloudtrail.amazonaws.com`.
    Service(&'a str),
    /// Whoever a provider vouches for: its ARN or its host.
    Federated(&'a str),
    /// An S3 canonical user id.
    Canonical(&'a str),
    /// Nobody knows.
    Unknown,
}

/// A principal that a statement names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trustee {
    /// `*`: anyone, without credentials too.
    Anyone,
    /// All of an account, if it lets them: `111122223333`, `arn:aws:iam::111122223333:root`.
    Account(String),
    /// A user, a role, or a session of one.
    Principal {
        /// The account that it is of.
        account: String,
        /// As the policy writes it.
        arn: String,
    },
    /// A service of AWS.
    Service(String),
    /// An identity provider: an ARN, or the host of a public one.
    Federated(String),
    /// An S3 canonical user id.
    Canonical(String),
    /// Anything else. The id of a user or a role (`AIDA...`, `AROA...`) is of one that is deleted.
    Unreadable(String),
}

impl Trustee {
    fn aws(text: &str) -> Self {
        if text == "*" {
            return Self::Anyone;
        }
        if is_account(text) {
            return Self::Account(text.to_owned());
        }
        match account_of(text) {
            Some((account, "root")) => Self::Account(account.to_owned()),
            Some((account, _)) if !text.contains(['*', '?']) => {
                Self::Principal { account: account.to_owned(), arn: text.to_owned() }
            }
            _ => Self::Unreadable(text.to_owned()),
        }
    }

    /// As a policy writes it.
    pub fn text(&self) -> &str {
        match self {
            Self::Anyone => "*",
            Self::Account(text)
            | Self::Principal { arn: text, .. }
            | Self::Service(text)
            | Self::Federated(text)
            | Self::Canonical(text)
            | Self::Unreadable(text) => text,
        }
    }

    /// Whether the caller is this one.
    fn is(&self, caller: Caller<'_>) -> Truth {
        let perhaps = || Truth::because(Reason::Principal(self.text().to_owned()));
        match (self, caller) {
            (Self::Anyone, _) => Truth::True,
            // Which account a canonical user is of is not known here; it may be any principal.
            (Self::Unreadable(_), _) | (_, Caller::Unknown) => perhaps(),
            (Self::Account(account), Caller::Account(caller)) => (account == caller).into(),
            (Self::Account(account), Caller::Arn(arn)) => match account_of(arn) {
                Some((caller, _)) => (account == caller).into(),
                None => perhaps(),
            },
            (Self::Principal { account, .. }, Caller::Account(caller)) if account == caller => {
                perhaps()
            }
            (Self::Principal { arn, .. }, Caller::Arn(caller)) => principal(arn, caller, &perhaps),
            (Self::Service(name), Caller::Service(caller)) => {
                name.eq_ignore_ascii_case(caller).into()
            }
            (Self::Federated(provider), Caller::Federated(caller)) => (provider == caller).into(),
            (Self::Canonical(id), Caller::Canonical(caller)) => (id == caller).into(),
            (Self::Canonical(_), Caller::Arn(_) | Caller::Account(_)) => perhaps(),
            (Self::Principal { .. } | Self::Account(_), Caller::Canonical(_)) => perhaps(),
            _ => Truth::False,
        }
    }
}

/// Whether a caller is the named user, role or session, or a session of the named role.
fn principal(named: &str, caller: &str, perhaps: &dyn Fn() -> Truth) -> Truth {
    if named == caller {
        return Truth::True;
    }
    let session = |arn: &'_ str| -> Option<(String, String)> {
        let (account, rest) = account_of(arn)?;
        let (role, _) = rest.strip_prefix("assumed-role/")?.split_once('/')?;
        Some((account.to_owned(), role.to_owned()))
    };
    // A session's ARN has the role's name without its path; names are unique in an account.
    let role = |arn: &'_ str| -> Option<(String, String)> {
        let (account, rest) = account_of(arn)?;
        let path = rest.strip_prefix("role/")?;
        Some((account.to_owned(), path.rsplit('/').next()?.to_owned()))
    };
    if role(named).is_some() && role(named) == session(caller) {
        Truth::True
    } else if session(named).is_some() && session(named) == role(caller) {
        perhaps()
    } else {
        Truth::False
    }
}

/// Who a statement is about, or, negated, everyone else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Principals {
    pub(super) negated: bool,
    pub(super) named: Vec<Trustee>,
}

impl Principals {
    pub(super) fn read(reader: &mut Reader, negated: bool, value: &Value) -> Result<Self, Unread> {
        let mut named = Vec::new();
        match value {
            Value::String(all) if all == "*" => named.push(Trustee::Anyone),
            Value::Object(map) if !map.is_empty() => {
                for (kind, value) in map {
                    let make: fn(&str) -> Trustee = match kind.as_str() {
                        "AWS" => Trustee::aws,
                        "Service" => |text| Trustee::Service(text.to_owned()),
                        "Federated" => |text| Trustee::Federated(text.to_owned()),
                        "CanonicalUser" => |text| match text {
                            ANONYMOUS => Trustee::Anyone,
                            _ => Trustee::Canonical(text.to_owned()),
                        },
                        _ => return Err(Unread::Form),
                    };
                    // `{"Service": "*"}` and `{"Federated": "*"}` are whoever those may be.
                    let make = |text: &str| match text {
                        "*" if kind != "AWS" => Trustee::Unreadable(format!("{kind}: *")),
                        _ => make(text),
                    };
                    named.extend(reader.texts(value, false)?.iter().map(|text| make(text)));
                }
            }
            _ => return Err(Unread::Form),
        }
        if named.is_empty() { Err(Unread::Form) } else { Ok(Self { negated, named }) }
    }

    /// Whether the statement is about the caller.
    pub(super) fn hold(&self, caller: Caller<'_>) -> Truth {
        let any = Truth::any(self.named.iter().map(|trustee| trustee.is(caller)));
        if !self.negated {
            return any;
        }
        // AWS may look at the account, the role and the session one after the other, and each of
        // them must be named for the caller to be left out: half of it is not certain.
        match (caller, any) {
            (Caller::Arn(arn), Truth::True) => {
                let account = account_of(arn).map(|(account, _)| account).unwrap_or_default();
                let of_account = |t: &Trustee| *t == Trustee::Account(account.to_owned());
                let exactly =
                    |t: &Trustee| matches!(t, Trustee::Principal { arn: a, .. } if a == arn);
                let everyone = self.named.contains(&Trustee::Anyone);
                let both = self.named.iter().any(exactly) && self.named.iter().any(of_account);
                let is_root = arn.ends_with(":root");
                if everyone || both || is_root {
                    Truth::False
                } else {
                    Truth::because(Reason::Principal(arn.to_owned()))
                }
            }
            (Caller::Account(account), Truth::True) if !self.named.contains(&Trustee::Anyone) => {
                Truth::because(Reason::Principal(account.to_owned()))
            }
            (_, any) => any.not(),
        }
    }
}

/// The account of an ARN of IAM or STS, and what stands behind it.
pub(super) fn account_of(arn: &str) -> Option<(&str, &str)> {
    let rest = arn.strip_prefix("arn:")?;
    let (partition, rest) = rest.split_once(':')?;
    let rest = rest.strip_prefix("iam::").or_else(|| rest.strip_prefix("sts::"))?;
    let (account, rest) = rest.split_once(':')?;
    (!partition.is_empty() && is_account(account)).then_some((account, rest))
}

/// Whether it is the id of an account: twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
