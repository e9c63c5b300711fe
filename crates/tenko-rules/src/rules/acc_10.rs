use tenko_core::{Scope, msg};

use crate::context::Context;
use crate::organization::is_not_enabled;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few, scope_name};

const ALTERNATE: &str = "AWS::Account::AlternateContact";
const ESSENTIAL: &str = "essentialcontacts.googleapis.com/Contact";

rule! {
    /// The provider has nobody to tell when it sees that an account is abused: no alternate contact
    /// for security in an AWS account, no essential contact for security that holds for a Google
    /// Cloud project.
    ///
    /// ## Why it is bad
    /// When keys of the account turn up in public, or its machines attack others, the provider
    /// writes to its contact. Without one, AWS writes to the root user's address and Google to
    /// whoever has the role of an organization administrator: often mailboxes that nobody reads.
    ///
    /// ## Example
    /// The account has the alternate contact `BILLING` and no `SECURITY`. Or the project's only
    /// contact for `SECURITY` is `INVALID`: mail to it did not arrive.
    ///
    /// ## What it reads
    /// - `AWS::Account::AlternateContact`: whether there is one of the type `SECURITY`, in every
    ///   account. AWS does not hand contacts down: those of the management account hold for it
    ///   alone.
    /// - `essentialcontacts.googleapis.com/Contact`: those that hold for the project, inherited
    ///   ones too, with `SECURITY` or `ALL` in `notificationCategorySubscriptions`. A contact whose
    ///   `validationState` is `INVALID` does not count; one that was never validated does.
    ///
    /// Whether somebody reads the mail cannot be seen; addresses are redacted at collection.
    ///
    /// ## Unknown
    /// Where the contacts could not be read. Also where the Essential Contacts API is not enabled
    /// in the project: contacts of its folders and its organization hold for it all the same.
    ///
    /// ## Compared with Prowler
    /// `account_security_contact_information_is_registered` leaves it to people: its result is always
    /// `MANUAL`. `iam_organization_essential_contacts_configured` asks whether the
    /// organization has any contact, of any category; this rule asks for each project whether one
    /// for security holds.
    id: "ACC-10",
    name: "No security contact",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.3",
        "CIS AWS v5.0" => "1.2",
        "CIS Google Cloud v5.0" => "1.17",
        "AWS Security Hub" => "Account.1",
        "AWS Config" => "SECURITY_ACCOUNT_INFORMATION_PROVIDED",
    ],
    remediation: "Set the security team's shared mailbox as the contact: in AWS as alternate contact SECURITY of every account, in Google Cloud as essential contact for SECURITY on the organization.",
    parts: [Part::aws(&[ALTERNATE], check_aws), Part::gcp(&[ESSENTIAL], check_gcp)],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "aws", |account| of_account(context, account));
}

fn of_account(context: &Context<'_>, account: &Scope) -> Judged {
    let key = account.key();
    if let Some(reason) = context.why_unread(&key, &[ALTERNATE]) {
        let message = msg!("acc-10-unread", scope = key.to_string(), reason = reason);
        return Judged::Unknown(message.into());
    }
    let contacts = context.of_type_in(ALTERNATE, &key);
    if contacts.iter().any(|contact| contact.key.id == "SECURITY") {
        return Judged::Pass;
    }
    let account = scope_name(account);
    if contacts.is_empty() {
        return Judged::Bad(msg!("acc-10-no-contact", account = account).into());
    }
    let others = few(contacts.iter().map(|contact| &contact.key.id));
    Judged::Bad(msg!("acc-10-others", account = account, contacts = others).into())
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "gcp", |project| of_project(context, project));
}

fn of_project(context: &Context<'_>, project: &Scope) -> Judged {
    let key = project.key();
    let unread = context
        .why_unread(&key, &[ESSENTIAL])
        .or_else(|| is_not_enabled(context, &key, ESSENTIAL).then(|| msg!("rule-api-not-enabled")));
    if let Some(reason) = unread {
        let message = msg!("acc-10-unread", scope = key.to_string(), reason = reason);
        return Judged::Unknown(message.into());
    }
    let (mut invalid, mut untold) = (Vec::new(), None);
    for contact in context.of_type_in(ESSENTIAL, &key) {
        match holds(&Seen::new(contact)) {
            Ok(Some(true)) => return Judged::Pass,
            Ok(Some(false)) => invalid.push(&contact.key.id),
            Ok(None) => {}
            Err(Unread(attribute)) => untold = Some((attribute, &contact.key.id)),
        }
    }
    if let Some((attribute, contact)) = untold {
        let message = msg!("acc-10-contact-unread", attribute = attribute, contact = contact);
        return Judged::Unknown(message.into());
    }
    let project = scope_name(project);
    if invalid.is_empty() {
        return Judged::Bad(msg!("acc-10-no-essential", project = project).into());
    }
    Judged::Bad(msg!("acc-10-invalid", project = project, contacts = few(invalid)).into())
}

/// Of a contact for security, whether mail arrives, as far as Google knows; of others `None`.
fn holds(contact: &Seen<'_>) -> Result<Option<bool>, Unread> {
    let categories = contact.texts("notificationCategorySubscriptions")?;
    if !categories.iter().any(|category| matches!(*category, "SECURITY" | "ALL")) {
        return Ok(None);
    }
    Ok(Some(contact.text("validationState")? != Some("INVALID")))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;
    use tenko_core::Outcome;

    use crate::testing::*;

    let of = |world: World, account: &str, kind: &str| {
        world.with(account, ALTERNATE, kind, json!({"AlternateContactType": kind}))
    };
    let contact = |categories: &[&str], state: &str| {
        let attributes =
            json!({"notificationCategorySubscriptions": categories, "validationState": state});
        world().project("p").with("gcp:p", ESSENTIAL, "organizations/1/contacts/0", attributes)
    };
    vec![
        fires("none", &["1"], world().account("1")).saying("it has none"),
        fires("for billing only", &["1"], of(world().account("1"), "1", "BILLING"))
            .saying("it has BILLING"),
        fires(
            "another account's does not count",
            &["2"],
            of(world().account("1").account("2"), "1", "SECURITY"),
        ),
        quiet("one for security", of(world().account("1"), "1", "SECURITY")),
        unknown("denied", &["1"], world().account("1").denied("1", ALTERNATE)),
        fires("Google: none", &["gcp:p"], world().project("p")),
        fires("Google: for billing only", &["gcp:p"], contact(&["BILLING"], "VALID")),
        fires("Google: mail does not arrive", &["gcp:p"], contact(&["SECURITY"], "INVALID"))
            .saying("organizations/1/contacts/0"),
        quiet("Google: for security", contact(&["LEGAL", "SECURITY"], "VALID")),
        quiet("Google: for all", contact(&["ALL"], "VALIDATION_STATE_UNSPECIFIED")),
        unknown(
            "Google: the state was not read",
            &["gcp:p"],
            contact(&["SECURITY"], "VALID").unread("validationState"),
        ),
        unknown(
            "Google: the API is not enabled",
            &["gcp:p"],
            world().project("p").outcome("gcp:p", ESSENTIAL, Outcome::ServiceNotEnabled),
        )
        .saying("not enabled"),
        unknown("Google: denied", &["gcp:p"], world().project("p").denied("gcp:p", ESSENTIAL)),
    ]
}
