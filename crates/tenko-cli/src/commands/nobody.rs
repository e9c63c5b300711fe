//! When nobody could be called at all: that is an error with a remedy and not an empty report.

use std::collections::BTreeSet;

use tenko::model::{Answer, Cloud, DiscoveryProblem, Problem, ScopeTree};

use crate::args::CloudName;
use crate::failure::Failure;
use crate::providers::{GOOGLE_SIGN_IN, leave_out};

/// The error of a run that did not get anywhere in one of the clouds that were asked: nothing was
/// discovered, or there were no credentials to ask with. A run that was cancelled is incomplete
/// instead.
pub(crate) fn check(
    asked: &BTreeSet<CloudName>,
    scopes: &ScopeTree,
    problems: &[DiscoveryProblem],
    answers: &[Answer],
    cancelled: bool,
) -> Result<(), Failure> {
    if cancelled {
        return Ok(());
    }
    for name in asked {
        let cloud = name.cloud();
        if let Some(problem) = why_nobody(&cloud, scopes, problems, answers) {
            return Err(leave_out(failure(*name, asked, problem), *name, asked));
        }
    }
    Ok(())
}

fn why_nobody<'a>(
    cloud: &Cloud,
    scopes: &ScopeTree,
    problems: &'a [DiscoveryProblem],
    answers: &'a [Answer],
) -> Option<&'a Problem> {
    let mut here = scopes.iter().filter(|scope| scope.cloud == *cloud).peekable();
    let nothing = here.peek().is_none();
    // What was named is there, whether or not it could be read.
    let nowhere_to_live = !here.any(|scope| scope.kind.holds_resources());
    let mut own = problems.iter().filter(|p| p.cloud == *cloud).map(|p| &p.problem);
    if let Some(problem) = own.find(|problem| nothing || nowhere_to_live && is_unsigned(problem)) {
        return Some(problem);
    }
    let mut own = answers.iter().filter(|answer| answer.cloud == *cloud).peekable();
    let first = own.peek()?.problems.first()?;
    let silent = own.all(|answer| !answer.outcome.is_complete());
    (silent && is_unsigned(first)).then_some(first)
}

/// Whether the provider had nothing to sign its requests with: as AWS's says it, and Google
/// Cloud's.
fn is_unsigned(problem: &Problem) -> bool {
    ["no-credentials", "credentials"].contains(&problem.code.as_str())
}

fn failure(cloud: CloudName, asked: &BTreeSet<CloudName>, problem: &Problem) -> Failure {
    let failure = match asked.len() {
        1 => Failure::new("nobody could be asked"),
        _ => Failure::new(format!("nobody could be asked in {cloud}")),
    };
    if is_unsigned(problem) {
        let failure = failure.because(problem.message.clone());
        return match cloud {
            CloudName::Aws if asked.len() == 1 => failure.hint(
                "sign in as for the AWS CLI (`aws sso login`, `aws configure`), or name a profile \
                 with --profile or AWS_PROFILE; `--cloud gcp` asks Google Cloud instead",
            ),
            CloudName::Aws => failure.hint(
                "sign in as for the AWS CLI (`aws sso login`, `aws configure`), or name a profile \
                 with --profile or AWS_PROFILE",
            ),
            // Where there is nothing to sign in with, the provider itself says what to do.
            CloudName::Gcp if problem.message.contains("gcloud auth") => failure,
            CloudName::Gcp => failure.hint(GOOGLE_SIGN_IN),
        };
    }
    let why = format!("{} {}: {}", problem.operation, problem.code, problem.message);
    failure.because(why).hint(match (cloud, problem.code.as_str()) {
        (CloudName::Aws, "unreachable") => {
            "check the network, HTTPS_PROXY, AWS_REGION and AWS_ENDPOINT_URL"
        }
        (CloudName::Aws, _) => "`aws sts get-caller-identity` must answer before tenko can ask",
        // The last place where credentials are looked for: they are nowhere else.
        (CloudName::Gcp, "unreachable" | "timeout") if problem.message.contains("metadata") => {
            GOOGLE_SIGN_IN
        }
        (CloudName::Gcp, "unreachable" | "timeout") => "check the network and HTTPS_PROXY",
        // A token that expired or was revoked.
        (CloudName::Gcp, "UNAUTHENTICATED" | "authError") => GOOGLE_SIGN_IN,
        (CloudName::Gcp, "SERVICE_DISABLED") => {
            "`gcloud services enable cloudresourcemanager.googleapis.com` enables it in the \
             project that calls are charged to (GOOGLE_CLOUD_QUOTA_PROJECT)"
        }
        (CloudName::Gcp, "no-organization" | "no-project") => {
            "name what is to be asked: --organization, --folder or --project"
        }
        (CloudName::Gcp, _) => {
            "finding all projects takes the role Browser on the organization; --folder and \
             --project name some"
        }
    })
}

#[cfg(test)]
mod tests {
    use tenko::model::{Outcome, Scope, ScopeKind, ScopeStatus};

    use super::*;

    fn problem(cloud: Cloud, code: &str) -> DiscoveryProblem {
        let (operation, message) = ("x:y".to_owned(), "no".to_owned());
        let problem =
            Problem { operation, code: code.to_owned(), message, request_id: None, resource: None };
        DiscoveryProblem { cloud, problem }
    }

    fn account() -> Scope {
        Scope {
            cloud: Cloud::aws(),
            id: "111111111111".into(),
            kind: ScopeKind::Account,
            parent: None,
            name: String::new(),
            status: ScopeStatus::Active,
            management: false,
            tags: Default::default(),
        }
    }

    fn answer(code: &str) -> Answer {
        Answer {
            scope: "111111111111".into(),
            cloud: Cloud::aws(),
            outcome: Outcome::Unreachable,
            identity: None,
            regions: Vec::new(),
            disabled_regions: Vec::new(),
            problems: vec![problem(Cloud::aws(), code).problem],
        }
    }

    #[test]
    fn the_cloud_is_named_and_can_be_left_out() {
        let both: BTreeSet<_> = CloudName::ALL.into_iter().collect();
        let tree = ScopeTree::new([account()]);
        let problems = [problem(Cloud::gcp(), "credentials")];
        let text = check(&both, &tree, &problems, &[], false).unwrap_err().to_string();
        for words in ["in Google Cloud: no", "gcloud auth", "`--cloud aws` leaves Google Cloud out"]
        {
            assert!(text.contains(words), "{text}");
        }
        let aws: BTreeSet<_> = [CloudName::Aws].into();
        assert!(check(&aws, &tree, &problems, &[], false).is_ok());
        assert!(check(&both, &tree, &problems, &[], true).is_ok(), "cancelled");
        let silent = check(&both, &tree, &[], &[answer("no-credentials")], false);
        let text = silent.unwrap_err().to_string();
        assert!(text.contains("in AWS") && text.contains("`--cloud gcp` leaves AWS out"), "{text}");
        assert!(check(&both, &tree, &[], &[answer("AccessDenied")], false).is_ok());
    }
}
