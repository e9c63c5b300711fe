//! When nobody could be called at all: that is an error with a remedy and not an empty report.

use tenko::model::{Answer, Problem, ScopeTree};

use crate::failure::Failure;

/// The error of a run that did not get anywhere: nothing was discovered, or there were no
/// credentials to ask with. A run that was cancelled is incomplete instead.
pub(crate) fn check(
    scopes: &ScopeTree,
    problems: &[Problem],
    answers: &[Answer],
    cancelled: bool,
) -> Result<(), Failure> {
    if cancelled {
        return Ok(());
    }
    let unnamed = scopes.iter().next().is_none();
    let of_answers = || {
        let silent = answers.iter().all(|answer| !answer.outcome.is_complete());
        let first = answers.first().filter(|_| silent)?.problems.first()?;
        (first.code == NO_CREDENTIALS).then_some(first)
    };
    let problem = if unnamed { problems.first() } else { of_answers() };
    match problem {
        Some(problem) => Err(failure(problem)),
        None => Ok(()),
    }
}

/// The code of a provider that has nothing to sign its requests with.
const NO_CREDENTIALS: &str = "no-credentials";

fn failure(problem: &Problem) -> Failure {
    let failure = Failure::new("nobody could be asked");
    if problem.code == NO_CREDENTIALS {
        return failure.because(problem.message.clone()).hint(
            "sign in as for the AWS CLI (`aws sso login`, `aws configure`), or name a profile \
             with --profile or AWS_PROFILE",
        );
    }
    let why = format!("{} {}: {}", problem.operation, problem.code, problem.message);
    failure.because(why).hint(match problem.code.as_str() {
        "unreachable" => "check the network, HTTPS_PROXY, AWS_REGION and AWS_ENDPOINT_URL",
        _ => "`aws sts get-caller-identity` must answer before tenko can ask",
    })
}
