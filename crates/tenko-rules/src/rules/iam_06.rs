#[cfg(test)]
mod cases;
mod claims;
mod condition;
mod gcp;
mod rights;
mod runs;
mod subjects;

use tenko_core::{Arg, Message, Resource, msg};

use crate::context::Context;
use crate::policies::{clauses, malformed, reasons, trust_unread};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few};
use tenko_iam::{Document, Issuer, Oidc, Trusted, Trustee, trusted};

use rights::Rights;
use subjects::Declared;

#[cfg(test)]
pub(super) use cases::cases;

const ROLE: &str = "AWS::IAM::Role";
const POLICY: &str = "AWS::IAM::ManagedPolicy";
const TRUST: &str = "AssumeRolePolicyDocument";
const ASSUME: &str = "sts:AssumeRoleWithWebIdentity";

rule! {
    /// A role for pipelines lets in more than one repository's, lets any branch, pull request or
    /// non-production environment deploy to production, or makes pipelines administrators. In Google
    /// Cloud: a workload identity pool takes tokens of an issuer that everyone can use, and its
    /// condition does not say whose.
    ///
    /// ## Why it is bad
    /// GitHub, GitLab, HCP Terraform and Buildkite sign the tokens of all their customers alike. A role
    /// that does not ask for the subject, or for `repo:*`, can be assumed from anyone's repository.
    /// Where any branch gets in, whoever may push a branch, or open a pull request, can change
    /// production without a review. And what a pipeline may do, each of its dependencies may.
    ///
    /// ## Example
    /// ```json
    /// {
    ///   "Effect": "Allow",
    ///   "Action": "sts:AssumeRoleWithWebIdentity",
    ///   "Principal": { "Federated": "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" },
    ///   "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme-corp/*" } }
    /// }
    /// ```
    ///
    /// ## What it reads
    /// - `AWS::IAM::Role`: roles that trust an OpenID Connect provider of GitHub Actions (of an
    ///   Enterprise Server too), GitLab, Bitbucket, CircleCI, HCP Terraform or Buildkite, told by the
    ///   issuer's host; a GitLab of your own only where its host begins with `gitlab.`. There is one
    ///   finding for each role, with all reasons:
    ///   - nothing asks for the subject, or there is a wildcard before the name of the repository (the
    ///     project, the workspace, the pipeline) ends. Of GitHub the claims that AWS knows beside `sub`
    ///     count too: `repository`, `repository_id`, `ref`, `environment` and others;
    ///   - a repository of GitHub or a project of GitLab that `trust.repositories` does not name, where
    ///     it names any. That it names all of an owner's does not make a wildcard good;
    ///   - in an account that has production environments only: runs of any branch, of pull requests,
    ///     of a branch or an environment whose name is one of non-production (`develop`, `staging`).
    ///     Bitbucket names environments by ids that tell nothing, HCP Terraform none: of those only a
    ///     subject that leaves all open is told, of HCP Terraform none;
    ///   - administrator rights, or permissions with which the role can get them: over its inline
    ///     policies, the account's own managed policies (`AWS::IAM::ManagedPolicy`) and those of AWS's
    ///     that give such rights (`AdministratorAccess`, `IAMFullAccess`, `PowerUserAccess` with
    ///     others). A permissions boundary without such rights takes them away. Other policies of AWS
    ///     are not listed in an account and count as giving none.
    /// - `iam.googleapis.com/WorkloadIdentityPoolProvider` with an issuer that all customers share:
    ///   GitHub, gitlab.com, HCP Terraform, Buildkite and Google itself. The `attributeCondition` has
    ///   to compare a claim that tells the owner (`assertion.repository_owner`, `assertion.sub`,
    ///   a mapped attribute and so on) with fixed values. It is read as an expression: `==`, `in`,
    ///   `startsWith`, `&&` and `||`; where anything else decides, that is unknown. Where the condition
    ///   leaves the branch open, so must not the roles that projects and service accounts of production
    ///   give to identities of the pool (`iamPolicy` of
    ///   `cloudresourcemanager.googleapis.com/Project` and `iam.googleapis.com/ServiceAccount`);
    ///   policies of other resources are not read. Providers and pools that are disabled, and issuers
    ///   of one customer, are not judged.
    ///
    /// An environment of GitHub may be kept to branches; GitHub knows that, and AWS and Google do not.
    ///
    /// ## Unknown
    /// Where roles, a trust policy or the policies of a role could not be read, where rights depend on
    /// conditions, where repositories are named by id although `trust.repositories` names them by name,
    /// and where a condition of Google Cloud could not be decided, or it is not known whether the
    /// pool of a provider that lets too many in is disabled.
    ///
    /// ## Compared with Prowler
    /// `iam_workload_identity_pool_provider_attribute_condition` passes every provider that has a
    /// condition, whatever it says; this rule reads it.
    id: "IAM-06",
    name: "Trust in pipelines is too wide",
    severity: High,
    needs_tenants: false,
    references: [
        "Checkov" => "CKV_AWS_358",
        "Prowler" => "iam_workload_identity_pool_provider_attribute_condition",
    ],
    remediation: "Ask for one repository and its production environment or its main branch with StringEquals on the subject (in Google Cloud in the attribute condition), one role for each repository, with the permissions that its deployments need.",
    parts: [
        Part::aws(&[ROLE], check).also(&[POLICY]),
        Part::gcp(&[gcp::PROVIDER], gcp::check).also(&gcp::ALSO),
    ],
}

/// What is wrong, and what could not be told: clauses of one sentence.
#[derive(Default)]
struct Found {
    bad: Vec<Message>,
    untold: Vec<Message>,
}

impl Found {
    fn bad(&mut self, clause: Message) {
        if !self.bad.contains(&clause) {
            self.bad.push(clause);
        }
    }

    fn untold(&mut self, clause: Message) {
        if !self.untold.contains(&clause) {
            self.untold.push(clause);
        }
    }

    /// The verdict on what is so called. What could not be told is told beside what is wrong.
    fn judged(self, of: impl Into<Arg>) -> Judged {
        let (is_good, is_told) = (self.bad.is_empty(), self.untold.is_empty());
        if is_good && is_told {
            return Judged::Pass;
        }
        let all = clauses(self.bad.into_iter().chain(self.untold));
        let message = msg!("iam-06-found", of = of, clauses = all).into();
        if is_good { Judged::Unknown(message) } else { Judged::Bad(message) }
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let declared = Declared::new(&context.declaration.trust.repositories);
    let rights = Rights::new(context);
    sink.each(context, ROLE, |role| {
        let seen = Seen::new(role);
        let Some(document) = seen.at(TRUST)? else { return Err(Unread(TRUST.to_owned())) };
        Ok(match Document::parse(document) {
            Ok(document) => of_role(context, &declared, &rights, &seen, &document),
            Err(error) => Judged::Unknown(trust_unread(role.label(), malformed(&error)).into()),
        })
    });
}

fn of_role(
    context: &Context<'_>,
    declared: &Declared,
    rights: &Rights<'_>,
    seen: &Seen<'_>,
    document: &Document,
) -> Judged {
    let role: &Resource = seen.resource;
    let all = trusted(document);
    let all = all.iter().filter(|one| one.actions.contains(&ASSUME));
    let (mut found, mut hosts) = (Found::default(), Vec::new());
    for one in all {
        if let Some(oidc) = pipelines(one) {
            let production = runs::is_production(context, &role.key.scope_key());
            subjects::judge(&oidc, declared, production, &mut found);
            if !one.denied.is_empty() {
                found.untold(msg!("iam-06-denied", why = reasons(&one.denied)));
            }
            hosts.push(oidc.host);
        } else if matches!(&one.trustee, Trustee::Unreadable(who) if who.starts_with("Federated")) {
            found.untold(msg!("iam-06-any-provider"));
        }
    }
    if hosts.is_empty() && found.untold.is_empty() {
        return Judged::Apart;
    }
    hosts.dedup();
    if !hosts.is_empty() {
        rights.judge(seen, &mut found);
    }
    if hosts.is_empty() {
        return found.judged(role.label());
    }
    found.judged(msg!("iam-06-role", role = role.label(), hosts = few(hosts)))
}

/// Whose pipelines are trusted, where they are.
fn pipelines<'d>(one: &Trusted<'d>) -> Option<Oidc<'d>> {
    use Issuer::{Bitbucket, Buildkite, CircleCi, GitHub, GitHubServer, GitLab, TerraformCloud};
    one.oidc().filter(|oidc| {
        matches!(
            oidc.issuer,
            GitHub | GitHubServer | GitLab | Bitbucket | CircleCi | TerraformCloud | Buildkite
        )
    })
}
