//! Whose pipelines the conditions of a trust policy let in.
//!
//! Facts: the pages of GitHub, GitLab, Bitbucket, CircleCI, HCP Terraform and Buildkite on the
//! claims of their OpenID Connect tokens.

use std::collections::BTreeSet;

use tenko_core::{Arg, Pattern, msg};

use super::Found;
use super::runs::Run;
use crate::sink::few;
use tenko_iam::{GitHub, Issuer, Limit, Must, Oidc};

/// The repositories that the declaration trusts; case does not matter.
pub(super) struct Declared {
    /// Globs over whole names, and over owners.
    globs: Vec<(Pattern, Pattern)>,
}

impl Declared {
    pub(super) fn new(repositories: &[String]) -> Self {
        let globs = repositories.iter().map(|glob| {
            let glob = glob.to_lowercase();
            let owner = glob.split('/').next();
            (Pattern::new(Some(&glob)), Pattern::new(owner))
        });
        Self { globs: globs.collect() }
    }

    /// Whether the declaration says nothing of repositories.
    pub(super) fn is_silent(&self) -> bool {
        self.globs.is_empty()
    }

    pub(super) fn has(&self, repository: &str) -> bool {
        let name = repository.to_lowercase();
        self.globs.iter().any(|(glob, _)| glob.matches(&name))
    }

    /// Whether any repository of the owner may be one of them.
    pub(super) fn has_owner(&self, owner: &str) -> bool {
        let name = owner.to_lowercase();
        self.globs.iter().any(|(_, glob)| glob.matches(&name))
    }

    fn judge(&self, repository: &str, found: &mut Found) {
        if !self.is_silent() && !self.has(repository) {
            found.bad(msg!("iam-06-not-named", repository = repository));
        }
    }

    fn judge_owner(&self, owner: &str, found: &mut Found) {
        if !self.is_silent() && !self.has_owner(owner) {
            found.bad(msg!("iam-06-owner-not-named", owner = owner));
        }
    }
}

/// Judges what one statement asks of a provider's tokens.
pub(super) fn judge(oidc: &Oidc<'_>, declared: &Declared, production: bool, found: &mut Found) {
    if let Some(github) = oidc.github() {
        return of_github(oidc, &github, declared, production, found);
    }
    let noun = || match oidc.issuer {
        Issuer::Bitbucket => msg!("iam-06-repository"),
        Issuer::TerraformCloud => msg!("iam-06-workspace"),
        Issuer::Buildkite => msg!("iam-06-pipeline"),
        _ => msg!("iam-06-project"),
    };
    let host = &oidc.host;
    let Some(subjects) = oidc.claim("sub").filter(|subjects| !subjects.is_empty()) else {
        found.bad(msg!("iam-06-any-unasked", what = noun(), of = host));
        if production && oidc.issuer != Issuer::TerraformCloud {
            found.bad.extend(Run::Any.fault());
        }
        return;
    };
    for must in &subjects {
        let value = must.value;
        let subject = Subject::read(oidc.issuer, must);
        match (&subject.name, &subject.owner) {
            (Some(name), owner) => {
                if oidc.issuer == Issuer::GitLab {
                    declared.judge(name, found);
                }
                // A name may be one in any organization.
                if owner.is_none() {
                    found.bad(msg!(
                        "iam-06-anyones",
                        what = noun(),
                        name = *name,
                        host = host,
                        subject = value
                    ));
                }
            }
            (None, Some(owner)) => {
                found.bad(msg!("iam-06-any", what = noun(), of = *owner, subject = value));
                if oidc.issuer == Issuer::GitLab {
                    declared.judge_owner(owner, found);
                }
            }
            (None, None) => {
                found.bad(msg!("iam-06-any", what = noun(), of = host, subject = value));
            }
        }
        if let Some(fault) = subject.run.filter(|_| production).and_then(Run::fault) {
            found.bad(fault);
        }
    }
}

fn of_github(
    oidc: &Oidc<'_>,
    github: &GitHub<'_>,
    declared: &Declared,
    production: bool,
    found: &mut Found,
) {
    let any = |of: Arg| match github.subject.as_deref() {
        None | Some([]) => {
            msg!("iam-06-any-unasked", what = msg!("iam-06-repository"), of = of)
        }
        Some(subjects) => {
            let subjects = few(subjects.iter().map(|must| must.value));
            msg!("iam-06-any", what = msg!("iam-06-repository"), of = of, subject = subjects)
        }
    };
    match (&github.owners, &github.repositories) {
        (_, Limit::To(names)) => {
            for name in names {
                declared.judge(name, found);
            }
        }
        (owners, Limit::Ids(ids)) => match owners {
            Limit::To(owners) => owners.iter().for_each(|owner| declared.judge_owner(owner, found)),
            _ => of_ids(ids, declared, found),
        },
        (Limit::To(owners), Limit::Any) => {
            found.bad(any(few(owners)));
            owners.iter().for_each(|owner| declared.judge_owner(owner, found));
        }
        (Limit::Ids(ids), Limit::Any) => {
            found.bad(any(msg!("iam-06-owner", ids = few(ids)).into()));
            of_ids(ids, declared, found);
        }
        (Limit::Any, Limit::Any) => {
            found.bad(any((&oidc.host).into()));
        }
    }
    if !production {
        return;
    }
    match &github.runs {
        _ if github.any_ref() => found.bad.extend(Run::Any.fault()),
        Limit::To(runs) | Limit::Ids(runs) => {
            let is_workflow = |run: &&String| run.starts_with("job_workflow_ref:");
            for run in runs.iter().filter(|run| !is_workflow(run)) {
                if let Some(fault) = Run::read(run).fault() {
                    found.bad(fault);
                }
            }
        }
        Limit::Any => {}
    }
}

fn of_ids(ids: &BTreeSet<String>, declared: &Declared, found: &mut Found) {
    if !declared.is_silent() {
        found.untold(msg!("iam-06-named-untold", ids = few(ids)));
    }
}

/// What one subject of an issuer other than GitHub says.
struct Subject<'s> {
    /// Whose: a group, an organization.
    owner: Option<&'s str>,
    /// Which project, repository, workspace or pipeline.
    name: Option<&'s str>,
    /// For what; `None` where the issuer does not tell.
    run: Option<Run<'s>>,
}

impl<'s> Subject<'s> {
    fn read(issuer: Issuer, must: &Must<'s>) -> Self {
        let parts =
            Parts { must: *must, separator: if issuer == Issuer::CircleCi { '/' } else { ':' } };
        match issuer {
            // project_path:group/project:ref_type:branch:ref:main
            Issuer::GitLab => {
                let known = parts.known("project_path");
                let path = parts.whole("project_path");
                let owner = known.and_then(|known| known.split_once('/')).map(|(owner, _)| owner);
                let run = match parts.behind("ref") {
                    Some(name) => Run::Branch(name),
                    None => Run::Any,
                };
                Self { owner, name: path, run: Some(run) }
            }
            // organization:acme:project:web:workspace:prod:run_phase:apply
            Issuer::TerraformCloud => Self {
                owner: parts.whole("organization"),
                name: parts.behind("workspace").filter(|name| !parts.is_wild(name)),
                run: None,
            },
            // organization:acme:pipeline:web:ref:refs/heads/main:commit:1234:step:deploy
            Issuer::Buildkite => Self {
                owner: parts.whole("organization"),
                name: parts.behind("pipeline").filter(|name| !parts.is_wild(name)),
                run: Some(parts.behind("ref").map_or(Run::Any, Run::Ref)),
            },
            // org/1234/project/5678/user/9012/vcs-origin/.../vcs-ref/refs/heads/main; the host is
            // one organization's.
            Issuer::CircleCi => {
                let reference = must.value.split_once("/vcs-ref/").map(|(_, name)| name);
                let name = parts.behind("project").filter(|name| !parts.is_wild(name));
                let run = reference.map_or(Run::Any, Run::Ref);
                Self { owner: name, name, run: Some(run) }
            }
            // {repository}:{environment}:{step}, or without an environment; the host is one
            // workspace's.
            _ => {
                let known = must.value.find(['*', '?', '$']).filter(|_| must.is_pattern);
                let known = must.value.get(..known.unwrap_or(must.value.len()));
                let name = known.and_then(|known| known.split_once('}')).map(|(name, _)| name);
                let rest = name.and_then(|name| must.value.get(name.len() + 1..));
                let rest = rest.map(|rest| rest.trim_start_matches(':'));
                let run = rest.filter(|rest| parts.is_wild(rest) && rest.starts_with(['*', '?']));
                Self { owner: name, name, run: run.map(|_| Run::Any) }
            }
        }
    }
}

/// A subject made of names and values.
struct Parts<'s> {
    must: Must<'s>,
    separator: char,
}

impl<'s> Parts<'s> {
    /// Whether the text stands for more than itself.
    fn is_wild(&self, text: &str) -> bool {
        self.must.is_pattern && (text.contains(['*', '?']) || text.contains("${"))
    }

    /// The value of a name, and whether everything before it is fixed.
    fn find(&self, name: &str) -> Option<(&'s str, bool)> {
        let mut parts = self.must.value.split(self.separator).peekable();
        let mut sure = true;
        while let Some(part) = parts.next() {
            if part == name {
                return parts.peek().map(|value| (*value, sure));
            }
            // Behind a wildcard it is not known which is a name and which a value.
            sure = sure && !self.is_wild(part);
            if sure {
                sure = parts.next().is_none_or(|value| !self.is_wild(value));
            }
        }
        None
    }

    /// The value, wherever it stands: what must stand there does, wildcards before it or not.
    fn behind(&self, name: &str) -> Option<&'s str> {
        self.find(name).map(|(value, _)| value)
    }

    /// The value, where nothing before it and nothing in it is open.
    fn whole(&self, name: &str) -> Option<&'s str> {
        self.find(name)
            .filter(|(value, sure)| *sure && !self.is_wild(value))
            .map(|(value, _)| value)
    }

    /// What is fixed of the value.
    fn known(&self, name: &str) -> Option<&'s str> {
        let (value, _) = self.find(name).filter(|(_, sure)| *sure)?;
        let end = if self.must.is_pattern { value.find(['*', '?', '$']) } else { None };
        value.get(..end.unwrap_or(value.len()))
    }
}
