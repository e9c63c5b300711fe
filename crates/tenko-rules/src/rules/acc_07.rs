use tenko_core::{Cloud, Message, ScopeKey, msg};

use crate::context::Context;
use crate::organization::{ADMINISTRATOR, Organization, of_security, security_administrators};
use crate::policies::clauses;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few};

const FEATURES: &str = "AWS::IAM::OrganizationFeatures";
const ORGANIZATION: &str = "AWS::Organizations::Organization";
const CREDENTIALS: &str = "RootCredentialsManagement";

rule! {
    /// No member account administers any security service for the organization, or the root users
    /// of the member accounts are not managed centrally.
    ///
    /// ## Why it is bad
    /// Without a delegated administrator everybody who looks after findings, detectors and rules
    /// works in the management account, which no policy restrains. Without central management every
    /// member account keeps a root user with a password of its own, which has to be kept, guarded
    /// and recovered account by account.
    ///
    /// ## Example
    /// `ListDelegatedAdministrators` gives nothing, and `ListOrganizationsFeatures` has no
    /// `RootCredentialsManagement`.
    ///
    /// ## What it reads
    /// - `AWS::Organizations::DelegatedAdministrator`: `Services`. Security services are IAM Access
    ///   Analyzer, Audit Manager, CloudTrail, Config (both of its principals), Detective, Firewall
    ///   Manager, GuardDuty, Inspector, Macie, Security Incident Response, Security Hub and
    ///   Security Lake. One administrator of one of them is enough. Administrators of other
    ///   services do not count, nor does a resource policy of the organization, which is not read.
    /// - `AWS::IAM::OrganizationFeatures`: whether `EnabledFeatures` has
    ///   `RootCredentialsManagement`. `RootSessions` is not asked for.
    /// - `AWS::Organizations::Organization`: `TrustedServices`, to name the security services that
    ///   are switched on for the organization.
    ///
    /// One verdict for each organization, on its management account where that was discovered. An
    /// organization without any member account is not judged. Google Cloud has neither delegated
    /// administrators nor root users.
    ///
    /// ## Unknown
    /// Where the organization's types could not be read: only its management account and its
    /// delegated administrators may. Also where no account gave anything of the organization, so
    /// that nobody is known to have asked.
    ///
    /// ## Compared with Prowler
    /// `iam_root_credentials_management_enabled` fails in every account of the organization, and also
    /// where the call was denied or not answered; here there is one verdict, which is unknown then.
    /// `organizations_delegated_administrators` asks something else: whether each administrator is
    /// trusted by Prowler's configuration. It passes where there is none.
    id: "ACC-07",
    name: "No delegated administrator or central root management",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.1.1",
        "CIS AWS v7.0" => "2.1.6",
        "Prowler" => "iam_root_credentials_management_enabled",
    ],
    remediation: "Register a security account as delegated administrator of GuardDuty, Security Hub, Config and the other security services in use; enable centralized root access in IAM and delete the root credentials of the member accounts.",
    parts: [Part::aws(&[ADMINISTRATOR, FEATURES], check).also(&[ORGANIZATION])],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let organizations = Organization::all(context);
    for organization in &organizations {
        let judged = if organization.members.is_empty() {
            let whole = !context.discovery_is_incomplete(&Cloud::aws());
            let unknown = || Judged::Unknown(msg!("rule-members-unknown").into());
            if whole { Judged::Apart } else { unknown() }
        } else {
            judge(context, organization)
        };
        sink.judge(context, organization.subject(), judged);
    }
    if organizations.is_empty() {
        sink.not_evaluated(msg!("rule-no-organization"));
        undiscovered(context, sink);
    }
}

/// Where no organization was discovered, whoever was asked for one and could not tell.
fn undiscovered(context: &Context<'_>, sink: &mut Sink<'_>) {
    for account in context.asked_for(ADMINISTRATOR) {
        if let Some(reason) = context.why_unread(&account, &[ADMINISTRATOR, FEATURES]) {
            sink.unknown(context, account, msg!("acc-07-unread", reason = reason));
        }
    }
}

fn judge(context: &Context<'_>, organization: &Organization<'_>) -> Judged {
    let key = organization.scope.key();
    let halves = [administrators(context, &key), root_users(context, &key)];
    let mut bad = Vec::new();
    let mut unknown = Vec::new();
    for half in halves {
        match half {
            Ok(None) => {}
            Ok(Some(message)) => bad.push(message),
            // Both may be kept from being read by one thing.
            Err(why) if unknown.contains(&why) => {}
            Err(why) => unknown.push(why),
        }
    }
    let (id, is_whole) = (key.id.as_str(), unknown.is_empty());
    let reasons = clauses(unknown);
    let mut bad = bad.into_iter();
    let faults = match (bad.next(), bad.next()) {
        (None, _) if is_whole => return Judged::Pass,
        (None, _) => {
            let message = msg!("acc-07-unknown", organization = id, reasons = reasons);
            return Judged::Unknown(message.into());
        }
        (Some(first), None) => first,
        (Some(first), Some(second)) => msg!("acc-07-both", first = first, second = second),
    };
    let message = if is_whole {
        msg!("acc-07-bad", organization = id, faults = faults)
    } else {
        msg!("acc-07-bad-in-part", organization = id, faults = faults, reasons = reasons)
    };
    Judged::Bad(message.into())
}

/// What is wrong with the delegation of security services.
fn administrators(
    context: &Context<'_>,
    organization: &ScopeKey,
) -> Result<Option<Message>, Message> {
    if let Some(reason) = context.why_unread_organization(ADMINISTRATOR) {
        return Err(reason);
    }
    if !security_administrators(context)?.is_empty() {
        return Ok(None);
    }
    // Only said, not judged: without it the sentence is shorter.
    let found = context.of_type(ORGANIZATION).iter().find(|o| o.key.id == organization.id.as_str());
    let trusted = found.map(|found| Seen::new(found)).and_then(|seen| {
        let services = of_security(&seen.texts("TrustedServices").ok()?);
        (!services.is_empty()).then(|| few(services))
    });
    Ok(Some(match trusted {
        Some(services) => msg!("acc-07-no-administrator-trusted", services = services),
        None => msg!("acc-07-no-administrator"),
    }))
}

/// What is wrong with the management of root users.
fn root_users(context: &Context<'_>, organization: &ScopeKey) -> Result<Option<Message>, Message> {
    if let Some(reason) = context.why_unread_organization(FEATURES) {
        return Err(reason);
    }
    let found = context.of_type(FEATURES).iter().find(|f| f.key.id == organization.id.as_str());
    if let Some(found) = found {
        let seen = Seen::new(found);
        let lost = |Unread(attribute)| {
            msg!("rule-attribute-unread-of", attribute = attribute, resource = FEATURES)
        };
        if seen.texts("EnabledFeatures").map_err(lost)?.contains(&CREDENTIALS) {
            return Ok(None);
        }
    }
    Ok(Some(msg!("acc-07-root-users", feature = CREDENTIALS)))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let accounts = || world().management("9").account("1").account("2");
    let base = || accounts().with("9", ORGANIZATION, "o", json!({"Id": "o"}));
    let admin = |world: World, services: &[&str]| {
        world.with("9", ADMINISTRATOR, "2", json!({"AccountId": "2", "Services": services}))
    };
    let features = |world: World, features: &[&str]| {
        world.with("9", FEATURES, "o", json!({"EnabledFeatures": features}))
    };
    let good = || admin(features(base(), &[CREDENTIALS]), &["guardduty.amazonaws.com"]);
    vec![
        fires("neither", &["9"], base()).saying("administers a security service, and root users"),
        fires("no administrator", &["9"], features(base(), &[CREDENTIALS])),
        fires(
            "of other services only",
            &["9"],
            admin(
                features(accounts(), &[CREDENTIALS]),
                &["sso.amazonaws.com", "evilguardduty.amazonaws.com"],
            )
            .with(
                "9",
                ORGANIZATION,
                "o",
                json!({"TrustedServices": ["sso.amazonaws.com", "config.amazonaws.com"]}),
            ),
        )
        .saying("(trusted are config.amazonaws.com)"),
        fires("root users", &["9"], admin(base(), &["guardduty.amazonaws.com"])),
        fires(
            "sessions only",
            &["9"],
            admin(features(base(), &["RootSessions"]), &["macie.amazonaws.com"]),
        ),
        quiet("both", good()),
        unknown("features denied", &["9"], good().denied("9", FEATURES)),
        unknown("administrators denied", &["9"], good().denied("9", ADMINISTRATOR)),
        fires("one half denied", &["9"], base().denied("9", FEATURES))
            .saying("; not all of it was read: "),
        unknown(
            "services not read",
            &["9"],
            admin(features(base(), &[CREDENTIALS]), &[]).unread("Services"),
        ),
        unknown("nobody read the organization", &["9"], accounts()),
        unknown(
            "a delegated administrator reads it, and was denied all",
            &["9"],
            [ORGANIZATION, ADMINISTRATOR, FEATURES]
                .into_iter()
                .fold(accounts(), |world, name| world.denied("2", name)),
        )
        .saying("aws:2"),
        apart("no member", world().management("9")),
        unknown("members not known", &["9"], world().management("9").discovery_failed("aws")),
    ]
}
