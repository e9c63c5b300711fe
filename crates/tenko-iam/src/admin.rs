//! Who is an administrator, or can make itself one.
//!
//! The ways are those of Spencer Gietzen, "AWS IAM Privilege Escalation", of Rhino Security Labs
//! (<https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation>), and those that came
//! later from <https://pathfinding.cloud>: with one of them, whoever has the permissions on any
//! identity gives itself those of any other.

use std::collections::BTreeSet;

use super::document::{Document, Effect};
use super::evaluate::{Asked, Outcome, Request, evaluate};
use super::keys::Keys;
use super::principal::{Caller, is_account};
use super::truth::{Certainty, Reasons, Truth};

/// Whether permissions are those of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admin {
    /// Everything on everything.
    Full,
    /// Not everything, but these actions, with which it can give itself everything.
    CanBecome(BTreeSet<&'static str>),
    /// One of the two, perhaps.
    Possible(Reasons),
    /// Neither.
    No,
}

/// Actions that together make an administrator, and what those of IAM must be allowed on.
struct Way {
    actions: &'static [&'static str],
    on: &'static str,
}

const fn way(actions: &'static [&'static str], on: &'static str) -> Way {
    Way { actions, on }
}

const WAYS: &[Way] = &[
    way(&["iam:AddUserToGroup"], "group"),
    way(&["iam:AttachGroupPolicy"], "group"),
    way(&["iam:AttachRolePolicy"], "role"),
    way(&["iam:AttachUserPolicy"], "user"),
    way(&["iam:CreateAccessKey"], "user"),
    way(&["iam:CreateLoginProfile"], "user"),
    way(&["iam:CreatePolicyVersion"], "policy"),
    way(&["iam:PutGroupPolicy"], "group"),
    way(&["iam:PutRolePolicy"], "role"),
    way(&["iam:PutUserPolicy"], "user"),
    way(&["iam:SetDefaultPolicyVersion"], "policy"),
    way(&["iam:UpdateAssumeRolePolicy"], "role"),
    way(&["iam:UpdateLoginProfile"], "user"),
    way(&["iam:PassRole", "cloudformation:CreateStack"], "role"),
    way(&["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"], "role"),
    way(
        &["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"],
        "role",
    ),
    way(&["iam:PassRole", "ec2:RunInstances"], "role"),
    way(&["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"], "role"),
    way(&["iam:PassRole", "glue:CreateDevEndpoint"], "role"),
    way(&["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"], "role"),
    way(&["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "role"),
    way(&["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"], "role"),
    way(
        &[
            "iam:PassRole",
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
        ],
        "role",
    ),
];

/// Whether the policies of one identity, added up, make it an administrator.
///
/// Permissions on some identities only, named one by one, are not counted: whether they lead
/// further depends on what those may do. Boundaries and the organization's policies are not
/// looked at.
pub fn is_admin<'d>(documents: impl IntoIterator<Item = &'d Document>) -> Admin {
    let documents: Vec<_> = documents.into_iter().collect();
    let keys = Keys::new();
    let mut reasons = Reasons::new();
    // Everything: denies of some of it change nothing, as long as identities are left. Every action
    // has a colon.
    let all = Asked::new("*:*", "*");
    let allows = documents.iter().flat_map(|document| document.of(Effect::Allow));
    let everything = Truth::any(allows.filter_map(|allow| {
        let covers = all.covers(allow, &keys);
        covers.then(|| allow.conditions.hold(&keys))
    }));
    if everything.may_be_true() {
        let asked = request("iam:*", "*", &keys);
        let denied = evaluate(documents.iter().copied(), &asked).outcome == Outcome::Denied;
        match everything {
            Truth::True if !denied => return Admin::Full,
            Truth::Possible(why) if !denied => reasons.extend(why),
            _ => {}
        }
    }
    let places = places(&documents);
    let mut can = BTreeSet::new();
    for way in WAYS {
        match way.is_open(&documents, &places, &keys) {
            Truth::True => can.extend(way.actions),
            Truth::Possible(why) => reasons.extend(why),
            Truth::False => {}
        }
    }
    match (can.is_empty(), reasons.is_empty()) {
        (false, _) => Admin::CanBecome(can),
        (true, false) => Admin::Possible(reasons),
        (true, true) => Admin::No,
    }
}

impl Way {
    fn is_open(
        &self,
        documents: &[&Document],
        places: &BTreeSet<(String, String)>,
        keys: &Keys,
    ) -> Truth {
        Truth::all(self.actions.iter().map(|action| {
            let identities = places.iter().map(|(partition, account)| {
                format!("arn:{partition}:iam::{account}:{}/*", self.on)
            });
            let on: Vec<_> = match action.starts_with("iam:") {
                true => std::iter::once("*".to_owned()).chain(identities).collect(),
                false => vec!["*".to_owned()],
            };
            Truth::any(on.iter().map(|resource| allowed(documents, action, resource, keys)))
        }))
    }
}

/// Whether an action is allowed on all of a resource pattern; only conditions make it possible.
fn allowed(documents: &[&Document], action: &str, resource: &str, keys: &Keys) -> Truth {
    let decision = evaluate(documents.iter().copied(), &request(action, resource, keys));
    let asked = Asked::new(action, resource);
    let allows = documents.iter().flat_map(|document| document.of(Effect::Allow));
    let covered = allows.filter(|allow| asked.covers(allow, keys)).count() > 0;
    match (decision.outcome, decision.certainty) {
        (Outcome::Allowed, _) if !covered => Truth::False,
        (Outcome::Allowed, Certainty::Certain) => Truth::True,
        (Outcome::Allowed, Certainty::Possible(reasons)) => Truth::Possible(reasons),
        _ => Truth::False,
    }
}

fn request<'a>(action: &'a str, resource: &'a str, keys: &'a Keys) -> Request<'a> {
    Request { caller: Caller::Unknown, action, resource, keys }
}

/// The partitions and accounts that patterns for identities name: `arn:aws:iam::1112...:role/*`.
fn places(documents: &[&Document]) -> BTreeSet<(String, String)> {
    const MOST: usize = 8;
    let statements = documents.iter().flat_map(|document| document.of(Effect::Allow));
    let patterns = statements.filter_map(|s| s.resources.as_ref()).flat_map(|set| &set.patterns);
    let place = |text: &str| {
        let mut parts = text.split(':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let account = parts.nth(1)?;
        let known = arn == "arn" && service == "iam" && (is_account(account) || account == "*");
        known.then(|| (partition.to_owned(), account.to_owned()))
    };
    patterns.filter_map(|p| place(&p.written)).take(MOST).collect()
}

/// What an AWS managed policy makes of whoever has it, by the policy's ARN; `None` of those that
/// are not known here, which are not managed or must be read.
///
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>
pub fn managed_admin(arn: &str) -> Option<Admin> {
    let (partition, name) = arn.strip_prefix("arn:")?.split_once(":iam::aws:policy/")?;
    if partition.contains(':') {
        return None;
    }
    Some(match name {
        "AdministratorAccess" => Admin::Full,
        "IAMFullAccess" => {
            let of_iam = WAYS.iter().filter(|way| way.actions.len() == 1);
            Admin::CanBecome(of_iam.flat_map(|way| way.actions.iter().copied()).collect())
        }
        "PowerUserAccess" | "ReadOnlyAccess" | "SecurityAudit" | "job-function/ViewOnlyAccess" => {
            Admin::No
        }
        _ => return None,
    })
}

impl Asked {
    /// Whether a statement is about all of the action and the resource.
    fn covers(&self, statement: &super::Statement, keys: &Keys) -> bool {
        statement.actions.holds(&self.action, keys, super::Reason::Action).is_true()
            && self.resource_in(statement, keys).is_true()
    }
}
