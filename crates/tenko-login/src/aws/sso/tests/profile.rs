//! What profiles want, from files as people write them.

use super::*;

const CONFIG: &str = "
[default]
region = eu-west-1

[profile keys]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = zebra

[profile acme]
sso_session = acme-sso
sso_account_id = 111111111111
sso_role_name = Hub
region = eu-central-1

[sso-session acme-sso]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-north-1
sso_registration_scopes = sso:account:access, other

[profile legacy]
sso_start_url = https://old.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111111111111
sso_role_name = Hub

[profile deep]
role_arn = arn:aws:iam::333333333333:role/C
source_profile = middle
duration_seconds = 1800
region = eu-west-3

[profile middle]
role_arn = arn:aws:iam::222222222222:role/B
source_profile = acme
mfa_serial = arn:aws:iam::111111111111:mfa/jo
external_id = x-1
role_session_name = jo

[profile over-keys]
role_arn = arn:aws:iam::222222222222:role/B
source_profile = has-both
[profile has-both]
role_arn = arn:aws:iam::444444444444:role/Never
source_profile = acme
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = zebra

[profile own-keys]
role_arn = arn:aws:iam::222222222222:role/B
source_profile = own-keys
mfa_serial = GAHT12345678
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = zebra

[profile on-ec2]
role_arn = arn:aws:iam::222222222222:role/B
credential_source = Ec2InstanceMetadata

[profile file]
role_arn = arn:aws:iam::222222222222:role/B
web_identity_token_file = /token
[profile program]
credential_process = /bin/creds --password zebra
[profile console]
login_session = arn:aws:iam::111111111111:user/jo

[profile loop-a]
role_arn = a
source_profile = loop-b
[profile loop-b]
role_arn = b
source_profile = loop-a
[profile lost]
role_arn = a
source_profile = acmee
[profile no-source]
role_arn = a
[profile two-sources]
role_arn = a
source_profile = acme
credential_source = Environment
[profile odd-source]
role_arn = a
credential_source = Moon
[profile no-session]
sso_session = acme-ssso
sso_account_id = 1
sso_role_name = r
[profile mixed]
sso_session = acme-sso
sso_region = eu-central-1
sso_account_id = 1
sso_role_name = r
[profile half-sso]
sso_session = acme-sso
sso_account_id = 1
[profile half-keys]
aws_access_key_id = AKIDEXAMPLE
[profile long]
role_arn = a
source_profile = acme
duration_seconds = 12h
[profile ours]
credential_process = '/opt/bin/tenko' --quiet credentials acme/production
[profile ours-too]
credential_process = tenko.exe credentials acme/production
[profile token-alone]
web_identity_token_file = /token
";

async fn read_with(
    config: &str,
    variables: &[(&str, &str)],
    name: Option<&str>,
) -> Result<Option<ProfileChain>, ProfileError> {
    let fs = Fs::from_slice(&[("/home/jo/.aws/config", config)]);
    let mut all = vec![("HOME", "/home/jo")];
    all.extend(variables);
    ProfileChain::load(&fs, &Env::from_slice(&all), name).await
}

async fn chain(name: &str) -> ProfileChain {
    read_with(CONFIG, &[], Some(name)).await.unwrap().unwrap()
}

fn acme() -> Portal {
    Portal {
        start_url: "https://acme.awsapps.com/start".to_owned(),
        region: "eu-north-1".to_owned(),
        session: Some("acme-sso".to_owned()),
        scopes: vec!["sso:account:access".to_owned(), "other".to_owned()],
    }
}

#[tokio::test]
async fn a_sign_in_is_found_in_the_session_or_in_the_profile() {
    let found = chain("acme").await;
    assert_eq!(found.portal(), Some(&acme()));
    assert!(
        matches!(&found.base, Base::Sso { account, role, .. } if account == "111111111111" && role == "Hub")
    );
    assert!(found.steps.is_empty());
    let legacy = chain("legacy").await;
    let portal = legacy.portal().unwrap();
    assert_eq!((portal.session.as_deref(), portal.region.as_str()), (None, "us-east-1"));
}

#[tokio::test]
async fn chains_are_followed_to_their_beginning() {
    let deep = chain("deep").await;
    assert_eq!(deep.portal(), Some(&acme()));
    assert!(deep.needs_mfa());
    assert_eq!(
        deep.steps,
        [
            AssumeStep {
                profile: "middle".to_owned(),
                role_arn: "arn:aws:iam::222222222222:role/B".to_owned(),
                mfa_serial: Some("arn:aws:iam::111111111111:mfa/jo".to_owned()),
                external_id: Some("x-1".to_owned()),
                session_name: Some("jo".to_owned()),
                duration: None,
                region: None,
            },
            AssumeStep {
                profile: "deep".to_owned(),
                role_arn: "arn:aws:iam::333333333333:role/C".to_owned(),
                duration: Some(1800),
                region: Some("eu-west-3".to_owned()),
                ..AssumeStep::default()
            },
        ]
    );
    let keys = chain("over-keys").await;
    assert_eq!(keys.steps.len(), 1, "the source's keys come before its role");
    assert!(matches!(&keys.base, Base::Static(keys) if keys.access_key_id() == "AKIDEXAMPLE"));
    let own = chain("own-keys").await;
    assert!(matches!(own.base, Base::Static(_)) && own.steps.len() == 1 && own.needs_mfa());
    let ec2 = chain("on-ec2").await;
    assert!(matches!(&ec2.base, Base::Source(source) if source == "Ec2InstanceMetadata"));
    let nothing = aws_smithy_runtime_api::client::http::http_client_fn(|_, _| unreachable!());
    let settings = ProviderConfig::empty().with_http_client(nothing);
    for (name, has) in [
        ("keys", true),
        ("acme", true),
        ("file", true),
        ("program", true),
        ("on-ec2", true),
        ("console", false),
    ] {
        let base = chain(name).await.base;
        assert_eq!(base.provider(&settings).is_some(), has, "{name}");
        assert!(!format!("{base:?}").contains("zebra"), "{base:?}");
    }
}

#[tokio::test]
async fn a_chain_that_begins_elsewhere_is_another_one() {
    for (name, from, to) in [
        ("own-keys", "source_profile = own-keys", "source_profile = keys-of-jo"),
        ("own-keys", "GAHT12345678", "GAHT12345679"),
        ("deep", "sso_account_id = 111111111111", "sso_account_id = 111111111112"),
        ("deep", "external_id = x-1", "external_id = x-2"),
        ("program", "--password zebra", "--password lion"),
    ] {
        let more = "\n[profile keys-of-jo]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = zebra\n";
        let config = format!("{CONFIG}{more}");
        let changed = config.replace(from, to);
        let mark = |chain: ProfileChain| chain.mark();
        let one = mark(read_with(&config, &[], Some(name)).await.unwrap().unwrap());
        let other = mark(read_with(&changed, &[], Some(name)).await.unwrap().unwrap());
        assert_ne!(one, other, "{name}");
        assert!(!one.contains("zebra"), "{one}");
    }
}

#[tokio::test]
async fn what_cannot_work_says_why() {
    for (name, text, hint) in [
        ("acmee", "there is no profile acmee", "did you mean acme?"),
        ("zzz", "there is no profile zzz", "AWS_CONFIG_FILE"),
        (
            "lost",
            "there is no profile acmee, which profile lost names as its source",
            "did you mean acme?",
        ),
        (
            "loop-a",
            "profiles are each other's source: loop-a -> loop-b -> loop-a",
            "source_profile",
        ),
        (
            "no-source",
            "profile no-source: role_arn needs source_profile or credential_source",
            "[profile no-source]",
        ),
        (
            "two-sources",
            "profile two-sources: source_profile and credential_source are both set",
            "mend",
        ),
        ("odd-source", "profile odd-source: credential_source is none of", "mend"),
        (
            "no-session",
            "profile no-session names the sso-session acme-ssso, which is not there",
            "did you mean acme-sso?",
        ),
        (
            "mixed",
            "profile mixed: sso_start_url and sso_region belong into the sso-session",
            "mend",
        ),
        ("half-sso", "profile half-sso: sso_role_name is missing", "mend"),
        ("half-keys", "profile half-keys: aws_secret_access_key is missing", "mend"),
        ("long", "profile long: duration_seconds is not a number from 900 to 43200", "mend"),
        ("ours", "its credential_process is this program", "--profile"),
        ("ours-too", "its credential_process is this program", "--profile"),
        ("token-alone", "profile token-alone: web_identity_token_file needs role_arn", "mend"),
        ("default", "profile default holds no credentials and no way to any", "aws configure"),
    ] {
        let error = read_with(CONFIG, &[], Some(name)).await.unwrap_err();
        assert!(error.to_string().contains(text), "{name}: {error}");
        assert!(error.hint().contains(hint), "{name}: {}", error.hint());
    }
    let mut long = String::from("[profile p0]\naws_access_key_id = A\naws_secret_access_key = s\n");
    for n in 1..=20 {
        long += &format!("[profile p{n}]\nrole_arn = r\nsource_profile = p{}\n", n - 1);
    }
    assert_eq!(read_with(&long, &[], Some("p8")).await.unwrap().unwrap().steps.len(), 8);
    let error = read_with(&long, &[], Some("p20")).await.unwrap_err();
    assert_eq!(error, ProfileError::TooDeep("p20".to_owned()));
    let error = read_with("[profile x\n", &[], Some("x")).await.unwrap_err();
    assert!(matches!(error, ProfileError::Unreadable(_)), "{error}");
}

#[tokio::test]
async fn without_a_name_the_environment_or_the_default_is_meant() {
    assert!(
        read_with(CONFIG, &[], None).await.unwrap().is_none(),
        "it says nothing of credentials"
    );
    assert!(read_with("", &[], None).await.unwrap().is_none());
    let named = read_with(CONFIG, &[("AWS_PROFILE", "acme")], None).await.unwrap().unwrap();
    assert_eq!(named.name, "acme");
    let lost = read_with(CONFIG, &[("AWS_PROFILE", "acmee")], None).await.unwrap_err();
    assert!(matches!(lost, ProfileError::NotThere { .. }));
    let fs = Fs::from_slice(&[("/elsewhere", CONFIG)]);
    let env = Env::from_slice(&[("AWS_CONFIG_FILE", "/elsewhere")]);
    assert!(ProfileChain::load(&fs, &env, Some("acme")).await.unwrap().is_some());
}
