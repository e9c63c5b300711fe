//! The page on what sessions may do, with the score against the policies that are used for looking elsewhere.

use std::collections::BTreeSet;
use std::fmt::Write;

use tenko_core::DataLevel;
use tenko_iam::access::{self, Action, Kind};
use tenko_iam::{Outcome, managed};

use super::proof::{of_level, outcome};
use super::{LEVELS, LONGEST_PARTITION, LOOKING, MOST_CHARACTERS, SessionPolicy};

/// How many actions of each kind something allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Score {
    /// Of the field's public lists.
    pub(super) public_credentials: usize,
    pub(super) public_data: usize,
    /// Of our own, which hold the public ones.
    pub(super) credentials: usize,
    pub(super) shells: usize,
    pub(super) chains: usize,
    pub(super) data: usize,
}

impl Score {
    /// Counts what is allowed.
    pub(super) fn of(allows: impl Fn(&str) -> bool) -> Self {
        let mut score = Self::default();
        let count = |action: &&Action| allows(action.name);
        for action in access::actions().iter().filter(count) {
            match action.kind {
                Kind::Credential => score.credentials += 1,
                Kind::Shell => score.shells += 1,
                Kind::Chain => score.chains += 1,
                Kind::Data(_) => score.data += 1,
            }
        }
        for action in access::actions().iter().chain(access::open()).filter(count) {
            score.public_credentials += usize::from(action.public_credential);
            score.public_data += usize::from(action.public_data);
        }
        score
    }

    /// What AWS-managed policies allow together, by name.
    pub(super) fn of_managed(names: &[&str]) -> Self {
        let documents: Vec<_> = names.iter().filter_map(|name| managed::document(name)).collect();
        Self::of(|action| outcome(documents.iter().copied(), action) == Outcome::Allowed)
    }

    /// What a session allows.
    pub(super) fn of_session(policy: &SessionPolicy) -> Self {
        Self::of(|action| policy.may_allow(action))
    }

    fn row(self, name: &str) -> String {
        let Self { public_credentials, public_data, credentials, shells, chains, data } = self;
        format!(
            "| {name} | {public_credentials} | {public_data} | {credentials} | {shells} | {chains} | {data} |\n"
        )
    }
}

const VIEW: &str = "job-function/ViewOnlyAccess";

/// The page `docs/login-policy.md`: the score, the very policy, what each level adds, the sources, and what is not
/// proven by any of it.
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    score(&mut page);
    page.push_str(LISTS);
    inline(&mut page);
    levels(&mut page);
    sources(&mut page);
    page.push_str(LIMITS);
    page
}

fn session(levels: impl IntoIterator<Item = DataLevel>) -> Option<SessionPolicy> {
    let levels: BTreeSet<_> = levels.into_iter().collect();
    SessionPolicy::new(&levels).ok()
}

fn score(page: &mut String) {
    page.push_str(
        "## Score\n\nHow many actions each allows, with conditions or without.\n\n\
         | policy | credentials, public list | data, public list | credentials | shells | sessions | data |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    page.push_str(&Score::of(|_| true).row("there are"));
    for (name, policies) in [
        ("`ReadOnlyAccess`", &["ReadOnlyAccess"][..]),
        ("`SecurityAudit`", &["SecurityAudit"]),
        ("`ViewOnlyAccess`", &[VIEW]),
        ("`SecurityAudit` and `ViewOnlyAccess`", LOOKING),
    ] {
        page.push_str(&Score::of_managed(policies).row(name));
    }
    let mut row = |name: &str, policy: Option<SessionPolicy>| {
        let Some(policy) = policy else { return };
        page.push_str(&Score::of_session(&policy).row(name));
    };
    row("**tenko, by default**", session([]));
    for level in DataLevel::ALL {
        row(&format!("tenko `--with {level}`"), session([level]));
    }
    row("tenko with every level", session(DataLevel::ALL));
}

fn inline(page: &mut String) {
    let Some(policy) = session([]) else { return };
    let names: Vec<_> = policy.managed().iter().map(|name| format!("`{name}`")).collect();
    let characters = policy.characters(LONGEST_PARTITION);
    let _ = writeln!(
        page,
        "## The policy\n\nA session is asked for with the managed policies {} and this inline policy. Together they \
         have {characters} of the {MOST_CHARACTERS} characters that AWS takes, counted with the longest ARNs \
         (`{LONGEST_PARTITION}`).\n\n```json\n{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [",
        names.join(" and "),
    );
    let lines = policy.lines();
    for (i, line) in lines.iter().enumerate() {
        let comma = if i + 1 < lines.len() { "," } else { "" };
        let mut actions = String::new();
        let mut width = 0;
        for (j, action) in line.action.iter().enumerate() {
            let text = format!("\"{action}\"{}", if j + 1 < line.action.len() { "," } else { "" });
            let wrap = width == 0 || width + text.len() + 1 > 96;
            actions.push_str(if wrap { "\n        " } else { " " });
            width = if wrap { text.len() } else { width + text.len() + 1 };
            actions.push_str(&text);
        }
        let _ = writeln!(
            page,
            "    {{\n      \"Sid\": \"{}\",\n      \"Effect\": \"Deny\",\n      \"Action\": [{actions}\n      ],\n      \
             \"Resource\": \"*\"\n    }}{comma}",
            line.sid
        );
    }
    page.push_str("  ]\n}\n```\n");
    page.push_str(WHY);
}

fn levels(page: &mut String) {
    page.push_str(
        "## Levels of data\n\nA level must be declared for the environment (`login.data`) and asked for. It takes its \
         statement out of the policy and adds AWS-managed policies that read this data; what those allow besides is \
         denied still.\n\n| level | without it | adds | what can then be read |\n|---|---|---|---|\n",
    );
    for level in LEVELS {
        let Some(policy) = session([level.level]) else { continue };
        let reads: Vec<_> = of_level(level.level)
            .filter(|action| policy.may_allow(action.name))
            .map(|action| format!("`{}`", action.name))
            .collect();
        let adds: Vec<_> = level.managed.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            page,
            "| `{}` | `{}` | {} | {} |",
            level.level,
            level.deny.sid,
            adds.join(", "),
            reads.join(", ")
        );
    }
    page.push('\n');
}

fn sources(page: &mut String) {
    page.push_str(
        "## Sources\n\nThe managed policies are AWS's, in the versions that moto 5.2.5 has:\n\n| policy | version | of |\n\
         |---|---|---|\n",
    );
    for policy in managed::names().filter_map(managed::policy) {
        let _ = writeln!(page, "| `{}` | {} | {} |", policy.name, policy.version, policy.updated);
    }
    page.push_str(PUBLIC);
}

const INTRODUCTION: &str = "\
# What a read-only session may do

Generated by `cargo xtask generate`; a test holds the numbers. `tenko policy explain ACTION` says the same of one
action. All of this is about AWS: on Google Cloud, sessions are held by a scope and by the service account's roles.

A session may do what three things agree on: the role in the account, the managed policies of the session, and its
inline policy, which only denies. By default it sees how an account is set up, and neither credentials nor data.

";

const LISTS: &str = "
The public lists are those of the field; the others are our own, which hold the public ones, so that a session with
nothing on them stays clean by both. One action on the public list of data is not counted as data here and is allowed
to every session: `cloudtrail:LookupEvents`, who called which API, which is how changes are followed up. It is in the
column of the public list.

";

const WHY: &str = "
Why denies, where nothing allows: the policy of a resource (a bucket, a queue, a key) can name the session itself and
adds to what it may do, unless something denies it. And AWS adds actions to its managed policies often.

Patterns are short, since they must fit. Some take more than they must: all of Amazon Chime, Amazon Connect, Cloud9 and
Data Pipeline, the clients of Cognito user pools, the access lists and tags of single objects, `logs:GetLogDelivery`,
CodeCommit but its lists. The names of objects (`s3:ListBucket`) can be read: without them neither the use of a bucket
nor what its rules are about can be understood.

`kms:Decrypt` is denied with every level, so that values and objects that are encrypted with a customer managed key, and
parameters of the type `SecureString`, stay closed. Messages in queues cannot be read with any level: receiving one
hides it from whoever it is for.

";

const PUBLIC: &str = "
The public lists are the tags `CredentialExposure` (49 actions) and `DataAccess` (151) of
[iam-dataset](https://github.com/iann0036/iam-dataset) as of 2026-08-22, which [permissions.cloud](https://aws.permissions.cloud)
shows. Our own are in `crates/tenko-iam/access.txt`, from AWS's service authorization reference.

";

const LIMITS: &str = "\
## What this does not prove

- **The role.** A session never has more than its role, and often less: what is allowed here may still be denied there.
- **Policies of resources.** What is denied, they cannot add. What is only not allowed, they can, for this very session
  by its name; such a policy would be someone's intention.
- **Tomorrow.** The managed policies are AWS's, and the table above says of which day they are. What is denied by name
  stays denied.
- **APIs that ask for no permission.** `sts:GetCallerIdentity` always answers, and so does what takes a token of its own
  (`sso:GetRoleCredentials`, `cognito-identity:GetCredentialsForIdentity`): a session does not help with these.
- **Settings that hold secrets.** Where someone put a password into a setting, whoever sees the setting sees the
  password: user data of instances and launch templates, environment variables of Lambda functions, ECS tasks, Batch
  jobs and CodeBuild projects, parameters and outputs of stacks, arguments of Glue jobs and EMR steps, shared keys of VPN
  connections (`ec2:DescribeVpnConnections`) and Direct Connect interfaces. tenko's own snapshots redact what is known to be
  sensitive; a session's own calls do not.
- **Names.** What things are called, who the users of an account are and which API calls were made can be seen.
";
