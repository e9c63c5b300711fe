//! Trust policies (UG id_roles_create_for-user_externalid.html, id_roles_providers_oidc.html; of
//! GitHub docs.github.com/en/actions/reference/security/oidc).

use super::*;

fn statement(principal: Value, condition: Value) -> Value {
    json!({"Effect": "Allow", "Action": "sts:AssumeRole*", "Principal": principal, "Condition": condition})
}

#[test]
fn whom() {
    let policy = document(json!([
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
            "AWS": ["111122223333", "arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:role/x",
                "AROAEXAMPLE", "*"],
            "Service": "ec2.amazonaws.com"}},
        {"Effect": "Allow", "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
         "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/Okta"}},
        // No session comes of these.
        {"Effect": "Allow", "Action": ["sts:TagSession", "sts:SetSourceIdentity"], "Principal": "*"},
    ]));
    let found: Vec<_> =
        trusted(&policy).into_iter().map(|t| (t.trustee, t.actions, t.statement.index)).collect();
    let account = |id: &str| Trustee::Account(id.to_owned());
    let role = Trustee::Principal {
        account: "444455556666".to_owned(),
        arn: "arn:aws:iam::444455556666:role/x".to_owned(),
    };
    let saml = Trustee::Federated("arn:aws:iam::111122223333:saml-provider/Okta".to_owned());
    let assume = vec!["sts:AssumeRole"];
    assert_eq!(
        found,
        [
            (account("111122223333"), assume.clone(), 0),
            (account("444455556666"), assume.clone(), 0),
            (role, assume.clone(), 0),
            (Trustee::Unreadable("AROAEXAMPLE".to_owned()), assume.clone(), 0),
            (Trustee::Anyone, assume.clone(), 0),
            (Trustee::Service("ec2.amazonaws.com".to_owned()), assume, 0),
            (saml, vec!["sts:AssumeRoleWithSAML"], 1),
        ]
    );
    let all = document(statement(json!("*"), json!({})));
    assert_eq!(trusted(&all)[0].actions.len(), 3);
    let but = document(json!({"Effect": "Allow", "Action": "sts:AssumeRole",
        "NotPrincipal": {"AWS": "111122223333"}}));
    assert_eq!(trusted(&but)[0].trustee, Trustee::Anyone);
}

#[test]
fn denies() {
    let allow = statement(json!({"AWS": ["111122223333", "444455556666"]}), json!({}));
    let deny = json!({"Effect": "Deny", "Action": "sts:*", "Principal": {"AWS": "111122223333"}});
    let policy = document(json!([allow, deny]));
    let left: Vec<_> = trusted(&policy).into_iter().map(|t| t.trustee).collect();
    assert_eq!(left, [Trustee::Account("444455556666".to_owned())]);
    let outsiders = json!({"Effect": "Deny", "Action": "*", "Principal": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}});
    let policy = document(json!([statement(json!("*"), json!({})), outsiders]));
    let anyone = &trusted(&policy)[0];
    assert_eq!(anyone.denied, [key("aws:PrincipalOrgID")].into());
    assert!(anyone.open.is_false());
}

#[test]
fn whether_strangers_get_in() {
    let open = |condition: Value| {
        let policy = document(statement(json!({"AWS": "*"}), condition));
        trusted(&policy)[0].open.clone()
    };
    assert!(open(json!({})).is_true());
    assert!(open(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})).is_false());
    assert!(open(json!({"StringLike": {"aws:PrincipalOrgID": "*"}})).is_true());
    let id = Truth::because(Reason::Open("sts:ExternalId".to_owned()));
    assert_eq!(open(json!({"StringEquals": {"sts:ExternalId": "x"}})), id);
}

fn conditions(condition: Value) -> Conditions {
    document(statement(json!("*"), condition)).statements[0].conditions.clone()
}

#[test]
fn values_that_must_be_there() {
    let ids = |condition: Value| {
        let conditions = conditions(condition);
        let ids = conditions.external_ids();
        ids.map(|ids| ids.iter().map(|m| (m.value.to_owned(), m.is_pattern)).collect::<Vec<_>>())
    };
    let one = |value: &str, pattern| Some(vec![(value.to_owned(), pattern)]);
    assert_eq!(ids(json!({"StringEquals": {"sts:ExternalId": "abc"}})), one("abc", false));
    assert_eq!(ids(json!({"StringEquals": {"STS:externalid": ["abc"]}})), one("abc", false));
    assert_eq!(ids(json!({"StringLike": {"sts:ExternalId": "abc*"}})), one("abc*", true));
    // Under StringEquals a star is a character.
    assert_eq!(ids(json!({"StringEquals": {"sts:ExternalId": "abc*"}})), one("abc*", false));
    assert_eq!(
        ids(json!({"StringEquals": {"sts:ExternalId": "${aws:userid}"}})),
        one("${aws:userid}", true)
    );
    for nothing in [
        json!({}),
        json!({"StringNotEquals": {"sts:ExternalId": "abc"}}),
        json!({"StringEqualsIfExists": {"sts:ExternalId": "abc"}}),
        json!({"ForAllValues:StringEquals": {"sts:ExternalId": "abc"}}),
        json!({"Null": {"sts:ExternalId": "false"}}),
        json!({"StringEquals": {"sts:RoleSessionName": "abc"}}),
    ] {
        assert_eq!(ids(nothing.clone()), None, "{nothing}");
    }
    // With the key there, IfExists is none.
    let both =
        json!({"StringEqualsIfExists": {"sts:ExternalId": "a"}, "Null": {"sts:ExternalId": false}});
    assert_eq!(ids(both), one("a", false));
    // Of two that both must hold, the one that says most.
    let two =
        json!({"StringLike": {"sts:ExternalId": "*"}, "StringEquals": {"sts:ExternalId": "a"}});
    assert_eq!(ids(two), one("a", false));
    let three = json!({"StringLike": {"sts:ExternalId": "*"}, "StringEquals": {"sts:ExternalId": ["a", "b"]}});
    assert_eq!(ids(three).map(|ids| ids.len()), Some(2));
}

#[test]
fn keys_that_must_be_there() {
    for (condition, expected) in [
        (json!({"StringLike": {"a:k": "*"}}), true),
        (json!({"Null": {"a:k": "false"}}), true),
        (json!({"ForAnyValue:StringLike": {"a:k": "*"}}), true),
        (json!({"Null": {"a:k": "true"}}), false),
        (json!({"Null": {"a:k": ["true", "false"]}}), false),
        (json!({"StringNotLike": {"a:k": "x"}}), false),
        (json!({"BoolIfExists": {"a:k": "true"}}), false),
        (json!({"Nonsense": {"a:k": "true"}}), false),
    ] {
        assert_eq!(conditions(condition.clone()).requires("A:K"), expected, "{condition}");
    }
    let ip = conditions(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}));
    assert_eq!(ip.values(Family::Ip, "aws:SourceIp").map(|v| v.len()), Some(1));
    assert_eq!(ip.values(Family::Text, "aws:SourceIp"), None);
}

#[test]
fn issuers() {
    let of = |provider: &str| {
        let policy = document(statement(json!({"Federated": provider}), json!({})));
        let oidc = trusted(&policy)[0].oidc();
        oidc.map(|oidc| (oidc.issuer, oidc.issuer.is_shared(&oidc.host)))
    };
    let arn = |host: &str| format!("arn:aws:iam::111122223333:oidc-provider/{host}");
    for (host, issuer, shared) in [
        ("token.actions.githubusercontent.com", Issuer::GitHub, true),
        ("token.actions.githubusercontent.com/acme", Issuer::GitHub, false),
        ("github.acme.example/_services/token", Issuer::GitHubServer, false),
        ("gitlab.com", Issuer::GitLab, true),
        ("gitlab.acme.example", Issuer::GitLab, false),
        (
            "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
            Issuer::Bitbucket,
            false,
        ),
        ("oidc.circleci.com/org/1234", Issuer::CircleCi, false),
        ("app.terraform.io", Issuer::TerraformCloud, true),
        ("agent.buildkite.com", Issuer::Buildkite, true),
        ("accounts.google.com", Issuer::Google, true),
        ("oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE", Issuer::Eks, false),
        ("login.example", Issuer::Other, false),
        ("token.actions.githubusercontent.com.evil.example", Issuer::Other, false),
    ] {
        assert_eq!(of(&arn(host)), Some((issuer, shared)), "{host}");
        assert_eq!(of(&format!("https://{host}/")), Some((issuer, shared)), "{host}");
    }
    assert_eq!(of("arn:aws:iam::111122223333:saml-provider/Okta"), None);
}

const HOST: &str = "token.actions.githubusercontent.com";

/// A GitHub provider's owners, repositories and runs, and whether any branch gets in.
fn github(condition: Value) -> (Limit, Limit, Limit, bool) {
    let mut prefixed = json!({});
    for (operator, keys) in condition.as_object().unwrap() {
        for (claim, value) in keys.as_object().unwrap() {
            prefixed[operator][format!("{HOST}:{claim}")] = value.clone();
        }
    }
    let provider = format!("arn:aws:iam::111122223333:oidc-provider/{HOST}");
    let policy = document(statement(json!({"Federated": provider}), prefixed));
    let trusted = trusted(&policy);
    let github = trusted[0].oidc().and_then(|oidc| oidc.github()).unwrap();
    let any_ref = github.any_ref();
    (github.owners, github.repositories, github.runs, any_ref)
}

fn to(names: &[&str]) -> Limit {
    Limit::To(names.iter().map(|&name| name.to_owned()).collect())
}

fn ids(names: &[&str]) -> Limit {
    Limit::Ids(names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn subjects_of_github() {
    let any = || Limit::Any;
    let like = |sub: &str| github(json!({"StringLike": {"sub": sub}}));
    let is = |sub: &str| github(json!({"StringEquals": {"sub": sub}}));
    let (acme, site) = (|| to(&["acme"]), || to(&["acme/site"]));
    let main = || to(&["ref:refs/heads/main"]);
    assert_eq!(
        github(json!({"StringEquals": {"aud": "sts.amazonaws.com"}})),
        (any(), any(), any(), true)
    );
    for wide in
        ["*", "repo:*", "repo:*/*", "repo:acme*", "repo:*/site:*", "r*", "repo:acme*/site:*"]
    {
        assert_eq!(like(wide), (any(), any(), any(), true), "{wide}");
    }
    assert_eq!(is("repo:acme/site:ref:refs/heads/main"), (acme(), site(), main(), false));
    assert_eq!(like("repo:acme/site:ref:refs/heads/main"), (acme(), site(), main(), false));
    assert_eq!(like("repo:acme/*"), (acme(), any(), any(), true));
    assert_eq!(like("repo:acme/site*"), (acme(), any(), any(), true));
    assert_eq!(like("repo:acme/site:*"), (acme(), site(), any(), true));
    assert_eq!(like("repo:acme/site:ref:*"), (acme(), site(), any(), true));
    assert_eq!(like("repo:acme/*:ref:refs/heads/main"), (acme(), any(), main(), false));
    assert_eq!(like("repo:*:ref:refs/heads/main"), (any(), any(), main(), false));
    let (_, _, runs, any_ref) = like("repo:acme/site:ref:refs/heads/*");
    assert_eq!((runs, any_ref), (to(&["ref:refs/heads/*"]), true));
    let (_, _, _, releases) = like("repo:acme/site:ref:refs/heads/release/*");
    assert!(!releases);
    let (_, _, _, tags) = like("repo:acme/site:ref:refs/tags/*");
    assert!(!tags);
    assert_eq!(
        is("repo:acme/site:environment:production"),
        (acme(), site(), to(&["environment:production"]), false)
    );
    assert_eq!(is("repo:acme/site:pull_request"), (acme(), site(), to(&["pull_request"]), false));
    // Immutable subjects, of 2026: neither name has an `@`.
    assert_eq!(is("repo:acme@12/site@34:ref:refs/heads/main"), (acme(), site(), main(), false));
    assert_eq!(like("repo:acme/site@*:ref:refs/heads/main"), (acme(), site(), main(), false));
    // A star spans `/` too, so that what stands behind it need not be the repository's name.
    assert_eq!(like("repo:acme@*/site@*:ref:refs/heads/main"), (acme(), any(), main(), false));
    assert_eq!(like("repo:acme@12/*"), (acme(), any(), any(), true));
    // A subject of the customer's own making.
    assert_eq!(
        is("repository_owner:acme:environment:prod"),
        (acme(), any(), to(&["environment:prod"]), false)
    );
    assert_eq!(is("repository_id:7"), (ids(&["7"]), ids(&["7"]), any(), true));
    // What a star may have taken in is no beginning of a claim.
    assert_eq!(like("*:repository_owner:acme"), (any(), any(), any(), true));
    assert_eq!(like("repo:*:repository_owner:acme:*"), (any(), any(), any(), true));
    assert_eq!(like("environment:*:repo:acme/site").0, any());
    assert_eq!(like("actor:a*:repo:acme/site").0, any());
    assert_eq!(is("environment:repo:acme/site"), (any(), any(), to(&["environment:repo"]), false));
    // All alternatives count.
    let both = json!({"StringLike": {"sub": ["repo:acme/site:ref:refs/heads/main", "repo:b*"]}});
    assert_eq!(github(both), (any(), any(), any(), true));
    let two = json!({"StringLike": {"sub": ["repo:acme/site:ref:refs/heads/main", "repo:beta/x:environment:p"]}});
    let expected = (
        to(&["acme", "beta"]),
        to(&["acme/site", "beta/x"]),
        to(&["environment:p", "ref:refs/heads/main"]),
        false,
    );
    assert_eq!(github(two), expected);
    // Conditions that hold without the claim ask for nothing.
    for operator in ["StringLikeIfExists", "ForAllValues:StringLike", "StringNotLike"] {
        let found = github(json!({operator: {"sub": "repo:acme/site:environment:p"}}));
        assert_eq!(found, (any(), any(), any(), true), "{operator}");
    }
}

#[test]
fn other_claims_of_github() {
    let of = |claims: Value| github(json!({"StringEquals": claims}));
    assert_eq!(
        of(json!({"repository": "acme/site", "ref": "refs/heads/main"})),
        (to(&["acme"]), to(&["acme/site"]), to(&["ref:refs/heads/main"]), false)
    );
    assert_eq!(of(json!({"repository_id": "7"})), (ids(&["7"]), ids(&["7"]), Limit::Any, true));
    assert_eq!(of(json!({"enterprise_id": "7"})), (ids(&["7"]), Limit::Any, Limit::Any, true));
    let like = github(json!({"StringLike": {"repository": "acme/*", "environment": "*"}}));
    assert_eq!(like, (to(&["acme"]), Limit::Any, Limit::Any, true));
    // Whoever triggers a run, or names a workflow, says nothing of the repository.
    let nobody = of(json!({"actor": "ann", "workflow": "deploy"}));
    assert_eq!(nobody, (Limit::Any, Limit::Any, Limit::Any, true));
    let reusable =
        of(json!({"job_workflow_ref": "acme/x/.github/workflows/d.yml@refs/heads/main"}));
    assert_eq!(reusable.0, Limit::Any);
    assert!(!reusable.3);
    // One says who, another from where.
    let apart = github(
        json!({"StringLike": {"sub": "repo:acme/site:*"}, "StringEquals": {"environment": "p"}}),
    );
    assert_eq!(apart, (to(&["acme"]), to(&["acme/site"]), to(&["environment:p"]), false));
}

#[test]
fn claims() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/app.terraform.io";
    let policy = document(statement(
        json!({"Federated": provider}),
        json!({"StringEquals": {"app.terraform.io:aud": "aws.workload.identity", "aws:x": "y"},
            "StringLike": {"app.terraform.io:sub": "organization:acme:project:*:workspace:*:run_phase:*"},
            "StringNotEquals": {"app.terraform.io:other": "x"}}),
    ));
    let trusted = trusted(&policy);
    let oidc = trusted[0].oidc().unwrap();
    let (subject, audience) = (oidc.claim("sub").unwrap(), oidc.claim("aud").unwrap());
    assert!(subject[0].is_pattern && !audience[0].is_pattern);
    assert_eq!(oidc.claim("other"), None, "a condition that forbids asks for nothing");
    assert_eq!(oidc.github(), None);
    assert_eq!(oidc.claim("SUB"), oidc.claim("sub"));
}
