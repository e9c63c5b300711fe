//! The rule's cases.

use serde_json::{Value, json};

use super::gcp::{POOL, PROVIDER};
use super::{POLICY, ROLE};
use crate::members::{PROJECT, SERVICE_ACCOUNT};
use crate::testing::*;

const PROD: &str = "111111111111";
const DEV: &str = "222222222222";
const ON: &[&str] = &["111111111111/deploy"];
const GITHUB: &str = "token.actions.githubusercontent.com";

fn own() -> World {
    world().account(PROD).account(DEV).tenant("acme", &[("production", PROD), ("development", DEV)])
}

fn trust(host: &str, condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
        "Principal": {"Federated": format!("arn:aws:iam::{PROD}:oidc-provider/{host}")}}]})
}

/// A role with these policies, for the runs of a repository's main branch.
fn with(more: Value) -> Value {
    let key = format!("{GITHUB}:sub");
    let condition = json!({"StringEquals": {key: "repo:acme/web:ref:refs/heads/main"}});
    let mut role = json!({"AssumeRolePolicyDocument": trust(GITHUB, condition)});
    for (name, value) in more.as_object().unwrap() {
        role[name] = value.clone();
    }
    role
}

fn role_in(account: &str, host: &str, condition: Value) -> World {
    own().with(account, ROLE, "deploy", json!({"AssumeRolePolicyDocument": trust(host, condition)}))
}

fn subject_in(account: &str, host: &str, subject: &str) -> World {
    let key = format!("{host}:sub");
    role_in(account, host, json!({"StringLike": {key: subject}}))
}

fn github(subject: &str) -> World {
    subject_in(PROD, GITHUB, subject)
}

fn declared(world: World, repositories: &[&str]) -> World {
    world.declare(|d| d.trust.repositories = repositories.iter().map(ToString::to_string).collect())
}

fn provider(host: &str, condition: &str) -> World {
    let number = json!({"projectNumber": "222"});
    without_number(host, condition).with("gcp:dev", PROJECT, "projects/dev", number)
}

fn without_number(host: &str, condition: &str) -> World {
    let acme = [("production", "gcp:prod"), ("development", "gcp:dev")];
    let attributes = json!({
        "oidc": {"issuerUri": format!("https://{host}")},
        "attributeCondition": condition,
        "attributeMapping": {"google.subject": "assertion.sub", "attribute.ref": "assertion.ref",
            "attribute.repository": "assertion.repository",
            "attribute.odd": "assertion.sub.extract('{x}')"},
    });
    world().project("prod").project("dev").tenant("acme", &acme).with(
        "gcp:dev",
        PROVIDER,
        "projects/dev/pools/ci/providers/github",
        attributes,
    )
}

/// Identities of the pool that may act as a service account of production.
fn acting(condition: &str, which: &str) -> World {
    acting_in(provider(GITHUB, condition), which)
}

fn acting_in(world: World, which: &str) -> World {
    let member = format!(
        "principalSet://iam.googleapis.com/projects/222/locations/global/workloadIdentityPools/ci/{which}"
    );
    let role = "roles/iam.workloadIdentityUser";
    let policy = json!({"iamPolicy": {"bindings": [{"role": role, "members": [member]}]}});
    world.with("gcp:prod", SERVICE_ACCOUNT, "deploy", policy)
}

pub(in crate::rules) fn cases() -> Vec<Case> {
    [subjects(), rights(), others(), google(), google_runs()].into_iter().flatten().collect()
}

fn subjects() -> Vec<Case> {
    let main = "repo:acme/web:ref:refs/heads/main";
    let claim =
        |name: &str, value: &str| json!({"StringEquals": {format!("{GITHUB}:{name}"): value}});
    vec![
        fires("no subject", ON, role_in(PROD, GITHUB, json!({}))).saying(
            "any repository of token.actions.githubusercontent.com gets in, as nothing asks",
        ),
        fires(
            "an audience is no subject",
            &["222222222222/deploy"],
            role_in(DEV, GITHUB, claim("aud", "sts.amazonaws.com")),
        )
        .saying("nothing asks for the subject"),
        fires("any repository", &["222222222222/deploy"], subject_in(DEV, GITHUB, "repo:*"))
            .saying("gets in (repo:*)."),
        fires(
            "any of an owner's",
            &["222222222222/deploy"],
            subject_in(DEV, GITHUB, "repo:acme/*"),
        )
        .saying("any repository of acme gets in (repo:acme/*)."),
        fires(
            "any that begins so",
            &["222222222222/deploy"],
            subject_in(DEV, GITHUB, "repo:acme/web*"),
        ),
        fires("another's repository", ON, declared(github(main), &["globex/*"]))
            .saying("trust.repositories does not name acme/web."),
        fires("any branch", ON, github("repo:acme/web:*"))
            .saying("any branch may deploy to production."),
        fires("pull requests", ON, github("repo:acme/web:pull_request"))
            .saying("pull requests may"),
        fires("an environment of non-production", ON, github("repo:acme/web:environment:staging"))
            .saying("the environment staging may deploy to production."),
        fires("a branch of non-production", ON, github("repo:acme/web:ref:refs/heads/develop")),
        fires(
            "by the repository alone",
            ON,
            role_in(PROD, GITHUB, claim("repository", "acme/web")),
        )
        .saying("any branch"),
        quiet(
            "by repository and environment",
            role_in(
                PROD,
                GITHUB,
                json!({"StringEquals": {
                format!("{GITHUB}:repository"): "acme/web", format!("{GITHUB}:environment"): "production"}}),
            ),
        ),
        quiet("the main branch", github(main)),
        quiet("the production environment", github("repo:acme/web:environment:production")),
        quiet("any branch into development", subject_in(DEV, GITHUB, "repo:acme/web:*")),
        quiet("declared, in another case", declared(github(main), &["ACME/*"])),
        unknown(
            "declared by name, asked for by id",
            &["222222222222/deploy"],
            declared(role_in(DEV, GITHUB, claim("repository_id", "123")), &["acme/*"]),
        ),
        quiet("asked for by id", role_in(DEV, GITHUB, claim("repository_id", "123"))),
        apart(
            "another provider",
            subject_in(PROD, "oidc.eks.eu-central-1.amazonaws.com/id/1", "*"),
        ),
        apart(
            "no provider",
            own().with(
                PROD,
                ROLE,
                "deploy",
                json!({"AssumeRolePolicyDocument": {
            "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {"Service": "ec2.amazonaws.com"}}}}),
            ),
        ),
        unknown(
            "any provider",
            ON,
            own().with(
                PROD,
                ROLE,
                "deploy",
                json!({"AssumeRolePolicyDocument": {
            "Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "*"}}}}),
            ),
        ),
        unknown(
            "malformed",
            ON,
            own().with(PROD, ROLE, "deploy", json!({"AssumeRolePolicyDocument": {"Statement": 1}})),
        ),
        unknown("no policy", ON, own().with(PROD, ROLE, "deploy", json!({}))),
        unknown("denied", &[PROD], world().account(PROD).denied(PROD, ROLE)),
    ]
}

fn rights() -> Vec<Case> {
    let role = |more: Value| own().with(PROD, ROLE, "deploy", with(more));
    let managed = |arn: &str| role(json!({"ManagedPolicyArns": [arn]}));
    let allow =
        |action: &str| json!({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}});
    let inline = |action: &str| json!([{"PolicyName": "p", "PolicyDocument": allow(action)}]);
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let power = "arn:aws:iam::aws:policy/PowerUserAccess";
    let ours = "arn:aws:iam::111111111111:policy/deploy";
    let all = || managed(ours).with(PROD, POLICY, ours, json!({"PolicyDocument": allow("*")}));
    vec![
        fires("an administrator", ON, managed(admin)).saying("it has administrator rights."),
        fires("by an inline policy", ON, role(json!({"Policies": inline("*")}))),
        fires("by a policy of the account", ON, all()),
        fires("it can become one", ON, role(json!({"Policies": inline("iam:PutRolePolicy")})))
            .saying("with iam:PutRolePolicy"),
        fires(
            "with two policies together",
            ON,
            role(json!({"ManagedPolicyArns": [power], "Policies": inline("iam:PassRole")})),
        ),
        quiet("power alone is none", managed(power)),
        quiet(
            "a policy of AWS that makes none",
            managed("arn:aws:iam::aws:policy/AmazonS3FullAccess"),
        ),
        quiet(
            "an inline policy that makes none",
            role(json!({"Policies": inline("s3:PutObject")})),
        ),
        quiet(
            "within a boundary",
            role(json!({"ManagedPolicyArns": [admin], "PermissionsBoundary": power})),
        ),
        fires(
            "within a boundary of all",
            ON,
            role(json!({"ManagedPolicyArns": [admin], "PermissionsBoundary": admin})),
        ),
        unknown(
            "a boundary that was not read",
            ON,
            role(json!({"ManagedPolicyArns": [admin], "PermissionsBoundary": ours})),
        ),
        unknown("a policy that was not read", ON, managed(ours))
            .saying("policy/deploy was not read"),
        unknown("the account's policies", ON, managed(ours).denied(PROD, POLICY)),
        fires("evidence counts", ON, role(json!({"ManagedPolicyArns": [admin, ours]}))),
        unknown(
            "on a condition",
            ON,
            role(json!({"Policies": [{"PolicyDocument": {"Statement": {
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}}}}]})),
        ),
        unknown("inline policies", ON, role(json!({})).unread("Policies")),
    ]
}

fn others() -> Vec<Case> {
    let workspace = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
    let circle = "oidc.circleci.com/org/1234";
    let of = subject_in;
    const DEPLOY: &[&str] = &["222222222222/deploy"];
    vec![
        fires("GitLab: no subject", DEPLOY, role_in(DEV, "gitlab.com", json!({})))
            .saying("any project of gitlab.com gets in, as nothing asks for the subject."),
        fires(
            "GitLab: a group",
            DEPLOY,
            of(DEV, "gitlab.com", "project_path:acme/*:ref_type:branch:ref:main"),
        )
        .saying("any project of acme gets in"),
        fires(
            "GitLab: any branch",
            ON,
            of(PROD, "gitlab.com", "project_path:acme/web:ref_type:branch:ref:*"),
        ),
        fires(
            "GitLab: another's",
            DEPLOY,
            declared(of(DEV, "gitlab.com", "project_path:evil/web:*"), &["acme/*"]),
        )
        .saying("does not name evil/web."),
        quiet(
            "GitLab: the main branch",
            of(PROD, "gitlab.com", "project_path:acme/web:ref_type:branch:ref:main"),
        ),
        fires(
            "Terraform: any organization",
            DEPLOY,
            of(DEV, "app.terraform.io", "organization:*:workspace:prod:*"),
        ),
        fires(
            "Terraform: any workspace",
            DEPLOY,
            of(DEV, "app.terraform.io", "organization:acme:project:*"),
        )
        .saying("any workspace of acme"),
        quiet(
            "Terraform: a workspace",
            of(PROD, "app.terraform.io", "organization:acme:project:*:workspace:prod:run_phase:*"),
        ),
        fires(
            "Buildkite: any pipeline",
            DEPLOY,
            of(DEV, "agent.buildkite.com", "organization:acme:*"),
        ),
        fires(
            "Buildkite: any branch",
            ON,
            of(PROD, "agent.buildkite.com", "organization:acme:pipeline:web:*"),
        ),
        quiet(
            "Buildkite: the main branch",
            of(PROD, "agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/main:*"),
        ),
        fires("CircleCI: any project", DEPLOY, of(DEV, circle, "org/1234/*")),
        fires("CircleCI: any branch", ON, of(PROD, circle, "org/1234/project/5678/user/*")),
        quiet(
            "CircleCI: the main branch",
            of(PROD, circle, "org/1234/project/5678/user/*/vcs-origin/*/vcs-ref/refs/heads/main"),
        ),
        fires("Bitbucket: any repository", DEPLOY, of(DEV, workspace, "*")),
        fires("Bitbucket: any run", ON, of(PROD, workspace, "{1234}:*")),
        quiet("Bitbucket: an environment", of(PROD, workspace, "{1234}:{5678}:*")),
        quiet("Bitbucket: a repository", of(DEV, workspace, "{1234}*")),
    ]
}

fn google() -> Vec<Case> {
    const AT: &[&str] = &["gcp:dev/projects/dev/pools/ci/providers/github"];
    let owner = "assertion.repository_owner == 'acme'";
    let more = |more: Value| {
        let mut attributes = json!({"oidc": {"issuerUri": "https://gitlab.com/"}});
        for (name, value) in more.as_object().unwrap() {
            attributes[name] = value.clone();
        }
        world().project("p").with("gcp:p", PROVIDER, "pools/ci/providers/x", attributes)
    };
    vec![
        fires("Google: no condition", AT, provider(GITHUB, "")).saying("no attribute condition"),
        fires("Google: not whose", AT, provider(GITHUB, "assertion.ref == 'refs/heads/main'"))
            .saying("does not say whose (assertion.ref == 'refs/heads/main')."),
        fires(
            "Google: one way is open",
            AT,
            provider(GITHUB, &format!("{owner} || assertion.ref == 'x'")),
        ),
        fires(
            "Google: a name that may go on",
            AT,
            provider(GITHUB, "assertion.repository.startsWith('acme')"),
        ),
        fires("Google: another's", AT, declared(provider(GITHUB, owner), &["globex/*"])),
        fires("Google: GitLab", &["gcp:p/pools/ci/providers/x"], more(json!({}))),
        quiet("Google: an owner", provider(GITHUB, owner)),
        quiet(
            "Google: a mapped attribute",
            provider(GITHUB, "attribute.repository in ['acme/web']"),
        ),
        quiet("Google: a beginning", provider(GITHUB, "google.subject.startsWith('repo:acme/')")),
        quiet("Google: declared", declared(provider(GITHUB, owner), &["acme/*"])),
        quiet(
            "Google: HCP Terraform",
            provider("app.terraform.io", "assertion.terraform_organization_name == 'acme'"),
        ),
        unknown(
            "Google: not decided",
            AT,
            provider(GITHUB, "assertion.repository.matches('^acme/')"),
        )
        .saying("is not known (assertion.repository.matches('^acme/'))."),
        unknown(
            "Google: an attribute that is made",
            AT,
            provider(GITHUB, "attribute.odd == 'acme'"),
        ),
        unknown(
            "Google: by id",
            AT,
            declared(provider(GITHUB, "assertion.repository_owner_id == '1'"), &["acme/*"]),
        ),
        apart("Google: one customer's issuer", provider("login.example.com", "")),
        apart("Google: disabled", more(json!({"disabled": true}))),
        apart(
            "Google: in a pool that is disabled",
            more(json!({})).with("gcp:p", POOL, "pools/ci", json!({"disabled": true})),
        ),
        unknown(
            "Google: whether its pool is disabled was not read",
            AT,
            provider(GITHUB, "").denied("gcp:dev", POOL),
        )
        .saying("anyone gets in, as it has no attribute condition; whether its pool is disabled"),
        quiet("Google: pools need not be read", provider(GITHUB, owner).denied("gcp:dev", POOL)),
        apart(
            "Google: no tokens",
            world().project("p").with("gcp:p", PROVIDER, "x", json!({"aws": {}})),
        ),
        unknown(
            "Google: not read",
            &["gcp:p/pools/ci/providers/x"],
            more(json!({})).unread("attributeCondition"),
        ),
        unknown("Google: denied", &["gcp:p"], world().project("p").denied("gcp:p", PROVIDER)),
    ]
}

fn google_runs() -> Vec<Case> {
    const AT: &[&str] = &["gcp:dev/projects/dev/pools/ci/providers/github"];
    let owner = "assertion.repository_owner == 'acme'";
    let main = format!("{owner} && assertion.ref == 'refs/heads/main'");
    vec![
        fires("Google: all of the pool in production", AT, acting(owner, "*")).saying(
            "any branch may act in production: roles/iam.workloadIdentityUser on deploy, as *.",
        ),
        fires("Google: all of a repository", AT, acting(owner, "attribute.repository/acme/web")),
        quiet("Google: the main branch", acting(&main, "*")),
        quiet("Google: one branch's identities", acting(owner, "attribute.ref/refs/heads/main")),
        quiet("Google: one subject", acting(owner, "subject/repo:acme/web:environment:production")),
        fires(
            "Google: a subject of non-production",
            AT,
            acting(owner, "subject/repo:acme/web:environment:dev"),
        ),
        unknown("Google: an attribute that nobody knows", AT, acting(owner, "attribute.odd/acme")),
        unknown(
            "Google: the number of the pool's project was not read",
            AT,
            acting_in(without_number(GITHUB, owner), "*"),
        ),
        unknown("Google: policies that were not read", AT, acting(owner, "*").unread("iamPolicy")),
        unknown(
            "Google: production was not read",
            AT,
            provider(GITHUB, owner).denied("gcp:prod", SERVICE_ACCOUNT),
        ),
        quiet(
            "Google: production does not matter",
            provider(GITHUB, &main).denied("gcp:prod", SERVICE_ACCOUNT),
        ),
    ]
}
