use tenko_core::msg;

use crate::context::Context;
use crate::organization::{MEMBERSHIP, is_listed, is_outside};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Sink, scope_name};

rule! {
    /// An account or project belongs to no organization.
    ///
    /// ## Why it is bad
    /// Nothing above the account restrains it: no service control policy or organization policy, no
    /// trail or detector that others switched on for all. It has a bill and contacts of its own,
    /// and its root user, or the person who made the project, is out of everybody else's reach.
    ///
    /// ## Example
    /// `DescribeOrganization` in the account answers `AWSOrganizationsNotInUseException`.
    ///
    /// ## What it reads
    /// Discovery: an account that an organization listed is in it. For every other account
    /// `AWS::Organizations::Membership`, which is `DescribeOrganization` in the account itself.
    ///
    /// In which organization an account is, and whether that is the one that it should be in, is
    /// not judged. An organization with one account, and one with consolidated billing only, are
    /// organizations; what their policies leave open is ACC-06.
    ///
    /// In Google Cloud a project that was read tells its parent: one without a parent is in no
    /// organization, and one below a folder or an organization that the caller may not see is in
    /// one.
    ///
    /// ## Unknown
    /// Where no organization listed the account and `DescribeOrganization` was denied or not
    /// answered in it. In Google Cloud for a project that was named and could not be read.
    ///
    /// ## Compared with Prowler
    /// `organizations_account_part_of_organizations` says the same; where the call is denied it
    /// says nothing.
    id: "ACC-03",
    name: "Account outside an organization",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS Security Hub" => "Account.2",
        "AWS Config" => "ACCOUNT_PART_OF_ORGANIZATIONS",
        "Prowler" => "organizations_account_part_of_organizations",
    ],
    remediation: "In AWS invite the account into the organization from its management account and accept the invitation, then move it into the organizational unit of its stage; or create an organization where there is none. In Google Cloud move the project into the organization's folder for its stage.",
    parts: [Part::aws(&[], check_aws).also(&[MEMBERSHIP]), Part::gcp(&[], check_gcp)],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    let collected = context.was_collected(MEMBERSHIP);
    if !collected && context.accounts("aws").any(|account| !is_listed(context, account)) {
        sink.not_evaluated(msg!("rule-type-not-collected", type = MEMBERSHIP));
    }
    sink.scopes(context, "aws", |account| {
        let key = account.key();
        if is_listed(context, account) {
            Judged::Pass
        } else if !collected {
            Judged::Apart
        } else if let Some(reason) = context.why_unread(&key, &[MEMBERSHIP]) {
            Judged::Unknown(
                msg!("acc-03-unread", account = key.to_string(), reason = reason).into(),
            )
        } else if context.of_type_in(MEMBERSHIP, &key).is_empty() {
            Judged::Bad(msg!("acc-03-bad", scope = scope_name(account)).into())
        } else {
            Judged::Pass
        }
    });
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "gcp", |project| {
        if is_listed(context, project) {
            Judged::Pass
        } else if is_outside(context, project) {
            Judged::Bad(msg!("acc-03-bad", scope = scope_name(project)).into())
        } else {
            Judged::Unknown(msg!("acc-03-unplaced", project = project.key().to_string()).into())
        }
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;
    use tenko_core::ScopeStatus::Suspended;

    use crate::testing::*;

    let member = |world: World, id: &str| {
        world.with(id, MEMBERSHIP, id, json!({"OrganizationId": "o", "ManagementAccountId": "9"}))
    };
    let two = || world().account("1").account_in("2", "gone");
    vec![
        fires("in none", &["1"], world().account_alone("1")).saying("is in no organization"),
        fires("one of two", &["2"], two()),
        quiet("both are, one was named", member(two(), "2")),
        quiet("alone in the snapshot", member(world().account_alone("1"), "1")),
        quiet("listed, and not asked", world().account("1").denied("1", MEMBERSHIP)),
        quiet("suspended", world().account("1").account_in("2", "gone").status(Suspended)),
        unknown("denied", &["1"], world().account_alone("1").denied("1", MEMBERSHIP)),
        quiet("Google: in one", world().project("p")),
        quiet("Google: in one that is not seen", world().account_in("gcp:p", "gcp:folders/1")),
        unknown("no session", &["1"], world().account_alone("1").unanswered("1")),
    ]
}

#[cfg(test)]
mod tests {
    use tenko_core::{ScopeStatus, ScopeTree, Verdict};

    use crate::testing::*;

    #[test]
    fn a_google_project_without_a_parent_is_in_none() {
        for (status, verdict) in
            [(ScopeStatus::Active, Verdict::Finding), (ScopeStatus::Unknown, Verdict::Unknown)]
        {
            let mut snapshot = world().project("p").status(status).snapshot();
            let orphaned = snapshot.scopes.iter().cloned().map(|mut scope| {
                scope.parent = None;
                scope
            });
            snapshot.scopes = orphaned.collect::<ScopeTree>();
            let found = of("ACC-03", &snapshot, &declaration(vec![]));
            let verdicts: Vec<_> = found.iter().map(|f| (f.scope.as_str(), f.verdict)).collect();
            assert_eq!(verdicts, [("p", verdict)]);
        }
    }
}
