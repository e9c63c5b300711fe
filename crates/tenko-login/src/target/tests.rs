use proptest::prelude::*;
use tenko_core::{ScopeKind, ScopeStatus, Source, SourceKind, Unmanaged};

use super::*;

fn key(text: &str) -> ScopeKey {
    let (cloud, id) = text.split_once(':').unwrap();
    ScopeKey::new(Cloud::new(cloud), id)
}

fn environment(name: &str, scopes: &[&str]) -> Environment {
    Environment {
        name: name.to_owned(),
        stage: None,
        owner: None,
        baselines: vec![],
        scopes: scopes.iter().map(|text| key(text)).collect(),
        regions: None,
        required_tags: BTreeMap::new(),
        source: Source {
            kind: SourceKind::Manifest,
            file: "m.yaml".into(),
            address: String::new(),
            line: None,
        },
        expected: vec![],
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: Default::default(),
    }
}

fn tenant(id: &str, name: &str, environments: Vec<Environment>) -> Tenant {
    Tenant { id: id.to_owned(), name: name.to_owned(), owner: None, environments }
}

/// Three tenants: one in both clouds, one with a single environment, one beside the first.
fn declaration() -> Declaration {
    let mut canary = environment("canary", &["aws:333333333303"]);
    canary.stage = Some("Production".to_owned());
    canary.owner = Some("sre@example.com".to_owned());
    Declaration {
        tenants: vec![
            tenant(
                "acme",
                "Acme Corp.",
                vec![
                    environment("production", &["aws:333333333301", "gcp:example.com:acme"]),
                    environment("staging", &["aws:333333333302"]),
                    canary,
                ],
            ),
            tenant("globex", "Globex", vec![environment("live", &["aws:444444444401"])]),
            tenant(
                "initech",
                "Initech",
                vec![
                    environment("production", &["gcp:initech-prod"]),
                    environment("dev", &["aws:555555555502", "aws:444444444401"]),
                ],
            ),
        ],
        shared: [(key("aws:999999999999"), "log archive".to_owned())].into(),
        ..Declaration::default()
    }
}

fn tree() -> ScopeTree {
    let scope = |text: &str, name: &str, tags: &[(&str, &str)]| {
        let ScopeKey { cloud, id } = key(text);
        let kind = if cloud == Cloud::aws() { ScopeKind::Account } else { ScopeKind::Project };
        let tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let name = name.to_owned();
        let status = ScopeStatus::Active;
        Scope { cloud, id, kind, parent: None, name, status, management: false, tags }
    };
    ScopeTree::new([
        scope("aws:333333333301", "acme-prod", &[("team", "web"), ("a=b", "c=d"), ("empty", "")]),
        scope("aws:333333333302", "initech-prod", &[("team", "Web")]),
        scope("gcp:initech-prod", "Initech, main", &[("team", "payments")]),
        scope("aws:999999999999", "log-archive", &[]),
        scope("aws:888888888888", "sandbox", &[]),
    ])
}

fn targets() -> Targets {
    Targets::of(&declaration(), Some(&tree()))
}

fn names(found: &[&Target]) -> Vec<String> {
    found.iter().map(|target| format!("{}/{}", target.label(), target.scope.id)).collect()
}

/// What a selector names, or why it does not.
fn one(selector: &str) -> Result<String, String> {
    describe(targets().one(selector, None))
}

fn describe(found: Result<&Target, SelectError>) -> Result<String, String> {
    let with_hint = |e: SelectError| format!("{e}; {}", e.hint().unwrap_or_default());
    found.map(|target| names(&[target]).concat()).map_err(with_hint)
}

#[test]
fn one_is_named_in_many_ways() {
    for (selector, expected) in [
        ("acme/staging", "acme/staging/333333333302"),
        (" Acme/STAGING ", "acme/staging/333333333302"),
        ("333333333301", "acme/production/333333333301"),
        ("aws:333333333301", "acme/production/333333333301"),
        ("gcp:example.com:acme", "acme/production/example.com:acme"),
        ("acme/production/333333333301", "acme/production/333333333301"),
        ("acme/production/aws:333333333301", "acme/production/333333333301"),
        ("acme/production/acme-prod", "acme/production/333333333301"),
        ("acme-prod", "acme/production/333333333301"),
        ("globex", "globex/live/444444444401"),
        ("GLOBEX", "globex/live/444444444401"),
        ("canary", "acme/canary/333333333303"),
        // An id goes before a name.
        ("initech-prod", "initech/production/initech-prod"),
        ("Initech, main", "initech/production/initech-prod"),
        ("Acme Corp., staging", "acme/staging/333333333302"),
        ("acme/stag*", "acme/staging/333333333302"),
        ("*/{staging,nothing}", "acme/staging/333333333302"),
        ("tenant=acme,stage=staging", "acme/staging/333333333302"),
        ("tenant=acme corp., environment=Staging", "acme/staging/333333333302"),
        ("stage=production,owner=*@example.com", "acme/canary/333333333303"),
        ("tag:team=web", "acme/production/333333333301"),
        ("tag:a=b=c=d", "acme/production/333333333301"),
        ("tag:empty=", "acme/production/333333333301"),
        ("tag:team=pay*", "initech/production/initech-prod"),
        ("initech/dev/444444444401", "initech/dev/444444444401"),
    ] {
        assert_eq!(one(selector), Ok(expected.to_owned()), "{selector}");
    }
}

#[test]
fn what_is_not_named_is_explained() {
    for (selector, expected) in [
        (
            "acme",
            "`acme` names 4 accounts and projects in 3 environments: acme/production (aws:333333333301), acme/production (gcp:example.com:acme), acme/staging (aws:333333333302), acme/canary (aws:333333333303); name one, as `acme/staging`",
        ),
        (
            "acme/production",
            "`acme/production` names 2 accounts and projects: acme/production (aws:333333333301), acme/production (gcp:example.com:acme); name one, as `acme/production/333333333301`",
        ),
        (
            "production",
            "`production` names 3 accounts and projects in 2 environments: acme/production (aws:333333333301), acme/production (gcp:example.com:acme), initech/production (gcp:initech-prod); name one, as `acme/production/333333333301`",
        ),
        (
            "444444444401",
            "`444444444401` names 2 environments: globex/live (aws:444444444401), initech/dev (aws:444444444401); name one, as `initech/dev`",
        ),
        (
            "acme/prod",
            "no tenant, environment, account or project is called `acme/prod`; did you mean `acme-prod` or `acme/production`?",
        ),
        (
            "glbex",
            "no tenant, environment, account or project is called `glbex`; did you mean `globex`?",
        ),
        (
            "333333333311",
            "no tenant, environment, account or project is called `333333333311`; did you mean `333333333301`, `333333333302` or `333333333303`?",
        ),
        (
            "unlike-all-others",
            "no tenant, environment, account or project is called `unlike-all-others`; ",
        ),
        (
            "999999999999",
            "aws:999999999999 is shared (log archive) and belongs to no environment; logins lead to environments of tenants: list it in the `scopes` of one instead of below `shared`",
        ),
        (
            "Log-Archive",
            "aws:999999999999 is shared (log archive) and belongs to no environment; logins lead to environments of tenants: list it in the `scopes` of one instead of below `shared`",
        ),
        (
            "sandbox",
            "aws:888888888888 belongs to no environment of the manifest; list it in the `scopes` of an environment",
        ),
        ("stage=prod", "no environment fits `stage=prod`; did you mean `stage=production`?"),
        (
            "tag:team=wed",
            "no environment fits `tag:team=wed`; did you mean `tag:team=web` or `tag:team=Web`?",
        ),
        ("tag:team", "`tag:team` is no selector: a tag has a value; write `tag:team=VALUE`"),
        (
            "tags:team=web",
            "`tags:team=web` is no selector: filters are `tenant=`, `stage=`, `environment=`, `owner=` and `tag:KEY=`; write `tag:team=web`",
        ),
        (
            "stge=staging",
            "`stge=staging` is no selector: filters are `tenant=`, `stage=`, `environment=`, `owner=` and `tag:KEY=`; write `stage=staging`",
        ),
        ("stage=", "`stage=` is no selector: there is nothing after the equals sign; "),
        ("globex/*,stage=production", "no environment fits `globex/*,stage=production`; "),
        ("globex/*,umbrella", "no tenant, environment, account or project is called `umbrella`; "),
        ("acme/[", "`acme/[` is no selector: unclosed character class; missing ']'; "),
        ("nothing/*", "no environment fits `nothing/*`; "),
        ("acme,", "`acme,` is no selector: there is nothing before or after a comma; "),
        ("", "`` is no selector: it is empty; "),
        ("  ", "`` is no selector: it is empty; "),
        ("a\u{1b}[2Jb", "`a\\u{1b}[2Jb` is no selector: it has a control character; "),
    ] {
        assert_eq!(one(selector), Err(expected.to_owned()), "{selector}");
    }
    let long = one(&"é".repeat(10_000)).unwrap_err();
    assert!(long.len() < 300 && long.contains("longer than 1024"), "{long}");
}

#[test]
fn of_many_candidates_ten_are_named() {
    let environments = (0..25)
        .map(|at| environment(&format!("e{at}"), &[&format!("aws:{:012}", at + 1)]))
        .collect();
    let declaration =
        Declaration { tenants: vec![tenant("acme", "Acme", environments)], ..Default::default() };
    let error = Targets::of(&declaration, None).one("acme", None).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("names 25 environments"), "{text}");
    assert!(text.contains("e9 ") && !text.contains("e10 "), "{text}");
    assert!(text.ends_with(", and 15 more"), "{text}");
}

#[test]
fn a_cloud_narrows() {
    let targets = targets();
    let (aws, gcp) = (Cloud::aws(), Cloud::gcp());
    let one = |selector, cloud| describe(targets.one(selector, Some(cloud)));
    assert_eq!(one("acme/production", &gcp), Ok("acme/production/example.com:acme".to_owned()));
    assert_eq!(one("initech", &gcp), Ok("initech/production/initech-prod".to_owned()));
    // The id is another cloud's; the name is not.
    assert_eq!(one("initech-prod", &aws), Ok("acme/staging/333333333302".to_owned()));
    assert_eq!(
        one("globex", &gcp),
        Err("`globex` has nothing in the cloud `gcp`; `globex/live` is in the cloud `aws`".into())
    );
    assert_eq!(
        one("globx", &gcp).unwrap_err(),
        "no tenant, environment, account or project is called `globx`; did you mean `globex`?"
    );
    let all = |selector: &str, cloud| {
        targets.many(&[selector.to_owned()], Some(cloud)).map(|found| found.len())
    };
    assert_eq!(all("*", &aws), Ok(6));
    assert_eq!(all("*", &gcp), Ok(2));
    assert!(matches!(all("globex/*", &gcp), Err(SelectError::OtherCloud { .. })));
}

#[test]
fn many_are_each_named_once_and_in_order() {
    let targets = targets();
    let many = |selectors: &[&str]| {
        let selectors: Vec<_> = selectors.iter().map(ToString::to_string).collect();
        targets.many(&selectors, None).map(|found| names(&found))
    };
    let expected = [
        "acme/production/333333333301",
        "acme/production/example.com:acme",
        "globex/live/444444444401",
    ];
    assert_eq!(many(&["globex", "acme/production", "*/live"]).unwrap(), expected);
    assert_eq!(many(&["*"]).unwrap().len(), targets.iter().count());
    assert_eq!(many(&["stage=production"]).unwrap().len(), 4);
    assert_eq!(many(&["*/production"]).unwrap().len(), 3);
    assert_eq!(many(&[]), Err(SelectError::Nothing));
    // One that names nothing must not hide behind one that does.
    assert!(matches!(many(&["acme/*", "globx"]), Err(SelectError::Unknown { .. })));
    assert!(matches!(many(&["acme/*", "x*/*"]), Err(SelectError::NoMatch { .. })));
    let none = Targets::of(&Declaration::default(), None);
    assert_eq!(none.one("x", None), Err(SelectError::NoEnvironments));
    assert_eq!(Targets::default().many(&["*".into()], None), Err(SelectError::NoEnvironments));
}

#[test]
fn names_and_tags_need_a_snapshot() {
    let targets = Targets::of(&declaration(), None);
    assert_eq!(targets.one("tag:team=web", None), Err(SelectError::NoTags));
    assert!(SelectError::NoTags.hint().unwrap().contains("tenko collect"));
    let error = targets.one("acme-prod-eu", None).unwrap_err();
    assert!(error.hint().unwrap().contains("tenko collect"), "{error:?}");
    assert_eq!(targets.one("initech/production", None).unwrap().name, None);
}

#[test]
fn the_same_word_in_another_case_is_another_word_where_both_exist() {
    let declaration = Declaration {
        tenants: vec![
            tenant("Acme", "Acme", vec![environment("p", &["aws:333333333301"])]),
            tenant("acme", "acme", vec![environment("p", &["aws:333333333302"])]),
        ],
        ..Default::default()
    };
    let targets = Targets::of(&declaration, None);
    assert_eq!(targets.one("Acme/p", None).unwrap().scope.id, *"333333333301");
    assert_eq!(targets.one("acme", None).unwrap().scope.id, *"333333333302");
    assert!(matches!(targets.one("ACME/P", None), Err(SelectError::Ambiguous { .. })));
}

#[test]
fn a_target_has_what_its_login_needs() {
    let mut declaration = declaration();
    let target = |declaration: &Declaration, selector: &str| {
        Targets::of(declaration, None).one(selector, None).unwrap().clone()
    };
    let account = target(&declaration, "acme/production/333333333301");
    assert_eq!((account.role.as_str(), account.external_id.as_deref()), (DEFAULT_ROLE, None));
    assert_eq!((account.impersonate, account.stage.as_str()), (None, "production"));
    let project = target(&declaration, "gcp:example.com:acme");
    let address = "tenko-login@acme.example.com.iam.gserviceaccount.com";
    assert_eq!((project.role.as_str(), project.impersonate.as_deref()), ("", Some(address)));

    declaration.login.aws.role = Some("audit/Reader".to_owned());
    declaration.login.aws.external_id = Some("{tenant}-{environment}-{stage}-{account}".to_owned());
    declaration.login.google.delegates = vec!["hop@{project}.iam.gserviceaccount.com".to_owned()];
    declaration.tenants[0].owner = Some("acme@example.com".to_owned());
    let canary = &mut declaration.tenants[0].environments[2].login;
    canary.role = Some("Own".to_owned());
    canary.data = [DataLevel::Logs].into();
    let account = target(&declaration, "acme/staging");
    assert_eq!(account.external_id.as_deref(), Some("acme-staging-staging-333333333302"));
    assert_eq!((account.role.as_str(), account.data.len()), ("audit/Reader", 0));
    assert_eq!(account.owner.as_deref(), Some("acme@example.com"));
    assert!(account.delegates.is_empty());
    let canary = target(&declaration, "canary");
    assert_eq!(canary.external_id.as_deref(), Some("acme-canary-Production-333333333303"));
    assert_eq!((canary.role.as_str(), canary.data.len()), ("Own", 1));
    assert_eq!(canary.owner.as_deref(), Some("sre@example.com"));
    let project = target(&declaration, "gcp:example.com:acme");
    assert_eq!(project.delegates, ["hop@acme.example.com.iam.gserviceaccount.com"]);
    assert_eq!(project.external_id, None);
}

#[test]
fn what_may_be_production_warns_as_production_does() {
    let mut declaration = declaration();
    declaration.login.production = Warning::Confirm;
    declaration.tenants[0].environments[0].login.warning = Some(Warning::Off);
    declaration.tenants[2].environments[1].login.warning = Some(Warning::Banner);
    let targets = Targets::of(&declaration, None);
    let found: Vec<_> =
        targets.iter().map(|t| (t.environment.as_str(), t.is_production, t.warning)).collect();
    assert_eq!(
        found,
        [
            ("production", true, Warning::Off),
            ("production", true, Warning::Off),
            ("staging", false, Warning::Off),
            ("canary", true, Warning::Confirm),
            // A word that is not known to be something else.
            ("live", true, Warning::Confirm),
            ("production", true, Warning::Confirm),
            ("dev", false, Warning::Banner),
            ("dev", false, Warning::Banner),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_selector_panics(
        text in prop_oneof![
            "\\PC{0,40}",
            "([\\[\\]{}!^*?,=:/\\\\-]|tag:|stage=|acme|prod|é|点|\u{10ffff}|\u{0}){0,30}",
            "[\\[\\]{},*?a-cé-ü\\\\!-]{0,1100}",
        ],
        is_aws in proptest::option::of(any::<bool>()),
    ) {
        let targets = targets();
        let cloud = is_aws.map(|aws| if aws { Cloud::aws() } else { Cloud::gcp() });
        match targets.many(std::slice::from_ref(&text), cloud.as_ref()) {
            Ok(found) => {
                prop_assert!(!found.is_empty());
                prop_assert!(found.iter().all(|t| cloud.as_ref().is_none_or(|c| t.scope.cloud == *c)));
                prop_assert_eq!(targets.one(&text, cloud.as_ref()).is_ok(), found.len() == 1);
            }
            Err(error) => {
                let shown = format!("{error}{:?}", error.hint());
                prop_assert!(shown.len() < 2_000 && !shown.contains(char::is_control));
                prop_assert_eq!(targets.one(&text, cloud.as_ref()).unwrap_err(), error);
            }
        }
    }
}
