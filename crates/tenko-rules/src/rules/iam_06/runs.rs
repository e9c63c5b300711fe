//! Which runs of pipelines are production's.

use tenko_core::{Message, Pattern, ScopeKey, may_be_production, msg};

use crate::context::Context;
use crate::stage::Stage;

/// Names of environments and branches of non-production, to hold against patterns.
const LOWER: [&str; 6] = ["dev", "develop", "development", "qa", "staging", "test"];

/// What a pipeline runs for, as claims tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run<'r> {
    /// A branch, a tag or a pull request: `refs/heads/main`, `refs/pull/1/merge`.
    Ref(&'r str),
    /// A branch, by its own name: `main`.
    Branch(&'r str),
    /// A deployment environment.
    Environment(&'r str),
    PullRequest,
    /// Nothing tells.
    Any,
}

/// Whether an account or project is production and nothing else.
pub(super) fn is_production(context: &Context<'_>, scope: &ScopeKey) -> bool {
    context.stage_of(scope) == Stage::Production
}

impl<'r> Run<'r> {
    /// By the end of a subject of GitHub's: `ref:refs/heads/main`, `environment:prod`.
    pub(super) fn read(text: &'r str) -> Self {
        if text == "pull_request" {
            return Self::PullRequest;
        }
        match text.split_once(':') {
            Some(("ref", name)) => Self::Ref(name),
            Some(("environment", name)) => Self::Environment(name),
            _ => Self::Any,
        }
    }

    /// What is not production's in it; `None` where all may be.
    pub(super) fn fault(self) -> Option<Message> {
        let any = || Some(msg!("iam-06-any-branch"));
        let branch = |name: &str| Some(msg!("iam-06-branch", branch = lower(name)?));
        match self {
            Self::Any => any(),
            Self::PullRequest => Some(msg!("iam-06-pull-requests")),
            Self::Environment(name) => Some(msg!("iam-06-environment", environment = lower(name)?)),
            Self::Branch(name) if is_open(name) => any(),
            Self::Branch(name) => branch(name),
            Self::Ref(name) => match name.strip_prefix("refs/heads/") {
                Some(name) if is_open(name) => any(),
                Some(name) => branch(name),
                None if name.starts_with("refs/pull/") => Self::PullRequest.fault(),
                None if "refs/heads/".starts_with(name.trim_end_matches(['*', '?'])) => any(),
                None => None,
            },
        }
    }
}

/// Whether a pattern is nothing but wildcards.
fn is_open(pattern: &str) -> bool {
    pattern.bytes().all(|b| matches!(b, b'*' | b'?'))
}

/// The name of non-production that a name is, or that a pattern holds.
fn lower(name: &str) -> Option<&str> {
    let small = name.to_lowercase();
    if !may_be_production(&small) {
        return Some(name);
    }
    if !small.contains(['*', '?']) {
        return None;
    }
    // In these patterns only `*` and `?` mean something.
    let mut escaped = String::new();
    for c in small.chars() {
        if matches!(c, '[' | ']' | '{' | '}' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    let pattern = Pattern::new(Some(&escaped));
    LOWER.into_iter().find(|lower| pattern.matches(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_productions() {
        for fine in [
            "ref:refs/heads/main",
            "ref:refs/heads/release/*",
            "ref:refs/tags/v*",
            "environment:production",
            "environment:prod*",
        ] {
            assert_eq!(Run::read(fine).fault(), None, "{fine}");
        }
        for (run, says) in [
            ("ref:refs/heads/*", "any branch"),
            ("ref:*", "any branch"),
            ("ref:refs/*", "any branch"),
            ("", "any branch"),
            ("job:x", "any branch"),
            ("ref:refs/heads/develop", "the branch develop"),
            ("ref:refs/heads/dev*", "the branch dev "),
            ("ref:refs/pull/*", "pull requests"),
            ("pull_request", "pull requests"),
            ("environment:Staging", "the environment Staging"),
            ("environment:*", "the environment dev"),
        ] {
            let fault = tenko_messages::english(&Run::read(run).fault().unwrap());
            assert!(fault.starts_with(says), "{run}: {fault}");
        }
        assert_eq!(Run::read("environment:[*").fault(), None);
        assert!(Run::Branch("*").fault().is_some());
    }
}
