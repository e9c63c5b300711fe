//! Whether conditions keep out those whom the owner of a policy does not know.
//!
//! After Amazon S3's definition of "public", which starts from public and looks for conditions
//! on fixed values:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>.
//! Keys of the same kind that came later, and of other services, are from
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use ipnet::IpNet;

use super::compare::{Operator, network};
use super::condition::{Clause, Conditions, Quantifier};
use super::pattern::{Text, Token};
use super::principal::is_account;
use super::truth::{Reason, Truth};

/// What makes the value of a key one that strangers do not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is the id of something that someone owns.
    Id,
    /// It is an ARN.
    Arn,
    /// An ARN that may have a wildcard behind its account.
    AccessPoint,
    /// It begins with the id of an organization.
    OrgPath,
    /// The id of a user, or of a role and the name of a session.
    UserId,
    /// Networks, none of them wide.
    Ip,
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "aws:principalaccount"
        | "aws:principalorgid"
        | "aws:principalservicename"
        | "aws:sourceaccount"
        | "aws:sourceorgid"
        | "aws:sourceowner"
        | "aws:sourcevpc"
        | "aws:sourcevpce"
        | "aws:vpceaccount"
        | "aws:vpceorgid"
        | "kms:calleraccount"
        | "s3:dataaccesspointaccount"
        | "s3:x-amz-server-side-encryption-aws-kms-key-id" => Kind::Id,
        "aws:principalarn" | "aws:sourcearn" | "aws:sourcevpcarn" => Kind::Arn,
        "s3:dataaccesspointarn" => Kind::AccessPoint,
        "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => Kind::OrgPath,
        "aws:userid" => Kind::UserId,
        "aws:sourceip" => Kind::Ip,
        _ => return None,
    })
}

/// Whether whoever asks chooses the value, or the value says nothing of whoever asks.
fn anyone_can(name: &str) -> bool {
    const PREFIXES: [&str; 7] = [
        // A tag of a principal is given by the principal's own account.
        "aws:principaltag/",
        "aws:requesttag/",
        "aws:resourcetag/",
        "s3:existingobjecttag/",
        "s3:object-lock-",
        "s3:requestobjecttag/",
        "s3:x-amz-",
    ];
    const NAMES: [&str; 26] = [
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:securetransport",
        "aws:tagkeys",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:username",
        // A private address, which anyone's VPC may have.
        "aws:vpcsourceip",
        "lambda:functionurlauthtype",
        "lambda:invokedviafunctionurl",
        "s3:authtype",
        "s3:delimiter",
        "s3:locationconstraint",
        "s3:max-keys",
        "s3:prefix",
        "s3:signatureage",
        "s3:signatureversion",
        "s3:tlsversion",
        "s3:versionid",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

impl Conditions {
    /// Whether nobody whom the owner of the policy does not know can satisfy them: an account, an
    /// organization, a network or the like is named with a fixed value.
    pub fn keep_strangers_out(&self) -> Truth {
        Truth::any(self.clauses.iter().map(|clause| clause.keeps_out(self)))
    }

    /// Whether they hold for every stranger. Of a deny: whether it takes back what is public.
    pub(super) fn catch_strangers(&self) -> Truth {
        Truth::all(self.clauses.iter().map(Clause::catches))
    }

    /// Whether a `Null` says that the request has the key.
    pub(super) fn not_null(&self, name: &str) -> bool {
        let says = |c: &Clause| {
            let is_false = |v: &Text| v.written.eq_ignore_ascii_case("false");
            c.name == name
                && c.test == Operator::Null
                && !c.values.is_empty()
                && c.values.iter().all(is_false)
        };
        self.clauses.iter().any(says)
    }
}

impl Clause {
    fn keeps_out(&self, all: &Conditions) -> Truth {
        let Some(kind) = kind(&self.name) else {
            return if anyone_can(&self.name) { Truth::False } else { self.perhaps() };
        };
        if self.test == Operator::Unknown || self.values.is_empty() {
            return self.perhaps();
        }
        if self.test == Operator::Null || self.test.is_negated() {
            // Anyone may have another value, or any, or none.
            return Truth::False;
        }
        if self.holds_absent() && !all.not_null(&self.name) {
            // Only a request over a VPC endpoint has no address.
            return if kind == Kind::Ip { self.perhaps() } else { Truth::False };
        }
        self.fixed(kind)
    }

    fn catches(&self) -> Truth {
        let is = |text: &str| self.values.iter().all(|v| v.written.eq_ignore_ascii_case(text));
        if self.name == "aws:principalisawsservice" && self.test == Operator::Bool && is("false") {
            return Truth::True;
        }
        let Some(kind) = kind(&self.name) else {
            return if anyone_can(&self.name) { Truth::False } else { self.perhaps() };
        };
        if self.test == Operator::Unknown || self.values.is_empty() {
            self.perhaps()
        } else if !self.test.is_negated() {
            // It asks for a value that strangers do not have.
            Truth::False
        } else if self.quantifier == Quantifier::Any {
            // It does not hold without the key.
            self.perhaps()
        } else {
            match self.fixed(kind) {
                // Nobody else has what such a value stands for.
                Truth::Possible(_) => Truth::True,
                fixed => fixed,
            }
        }
    }

    fn perhaps(&self) -> Truth {
        Truth::because(Reason::Open(self.key.clone()))
    }

    /// Whether all of its values are fixed; possible where AWS does not say so but they are of
    /// one owner.
    fn fixed(&self, kind: Kind) -> Truth {
        Truth::all(self.values.iter().map(|value| self.is_fixed(kind, value)))
    }

    fn is_fixed(&self, kind: Kind, value: &Text) -> Truth {
        let nearly = || Truth::because(Reason::NotFixed(self.key.clone()));
        if let Some(variable) = value.variable() {
            // The owner's own account or organization.
            let own = matches!(variable, "aws:resourceaccount" | "aws:resourceorgid");
            return if own { nearly() } else { Truth::False };
        }
        let text = value.written.as_str();
        if kind == Kind::Ip {
            return match network(text) {
                Some(network) => narrow(network).into(),
                None => nearly(),
            };
        }
        if !text.contains(['*', '?']) {
            return Truth::True;
        }
        if !value.tokens.iter().any(|t| matches!(t, Token::Many | Token::One)) {
            // It is compared as it stands, and nobody has a value like that.
            return nearly();
        }
        let before = text.split(['*', '?']).next().unwrap_or_default();
        let of_account = || {
            let mut parts = before.split(':');
            let account = parts.nth(4);
            account.is_some_and(is_account) && parts.next().is_some()
        };
        match kind {
            Kind::AccessPoint if of_account() => Truth::True,
            Kind::Arn if of_account() => nearly(),
            Kind::OrgPath if before.starts_with("o-") && before.contains('/') => Truth::True,
            // The id of a role is fixed, the names of its sessions are not.
            Kind::UserId if before.starts_with("ARO") && before.contains(':') => nearly(),
            _ => Truth::False,
        }
    }
}

/// S3 counts networks wider than these as public.
fn narrow(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() >= 8,
        IpNet::V6(network) => network.prefix_len() >= 32,
    }
}
