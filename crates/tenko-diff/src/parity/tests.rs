use serde_json::{Value, json};
use tenko_core::*;

use super::*;
use crate::tests::fixture::{
    self, REGIONS, catalog, declaration, denied, environment, resource, set_outcome, tenant, unit,
};

/// Tenant `acme` with `production` in account 111111111111 and `staging` in 222222222222.
fn acme() -> Declaration {
    let environments = [("production", PROD), ("staging", STAGE)]
        .map(|(name, scope)| environment(name, &[scope], vec![]));
    declaration(vec![tenant("acme", environments.into())])
}

const PROD: &str = "111111111111";
const STAGE: &str = "222222222222";

fn named(scope: &str, region: &str, id: &str, name: &str, attributes: Value) -> Resource {
    let mut resource = resource((scope, region, "T", id), attributes);
    resource.name = Some(name.to_owned());
    resource
}

fn compared(resources: Vec<Resource>, allow: &[ParityAllow]) -> Parity {
    let snapshot = fixture::snapshot(&[PROD, STAGE], resources);
    let declaration = acme();
    parity(&snapshot, &declaration, &catalog(), &parity_groups(&declaration), allow)
}

fn rows(parity: &Parity) -> Vec<(ParityKind, String, String)> {
    let text = |row: &ParityRow| {
        let path = row.path.as_ref().map(ToString::to_string).unwrap_or_default();
        (row.kind, row.role.clone().unwrap_or_default(), path)
    };
    parity.groups.iter().flat_map(|group| group.rows.iter().map(text)).collect()
}

/// Two environments that are the same but for what they are called.
fn twins() -> Vec<Resource> {
    [("production", "prod", PROD, "r1", "10.1"), ("staging", "stage", STAGE, "r2", "10.2")]
        .into_iter()
        .flat_map(|(stage, short, account, region, net)| {
            let mut vpc = resource(
                (account, region, "AWS::EC2::VPC", &format!("vpc-0123456{account}")[..21]),
                json!({"CidrBlock": format!("{net}.0.0/16")}),
            );
            vpc.name = Some(format!("acme-{short}"));
            let vpc_id = vpc.key.id.clone();
            let web = named(
                account,
                region,
                &format!("i-{stage}"),
                &format!("acme-{short}-web"),
                json!({
                    "Vpc": vpc_id,
                    "Role": format!("arn:aws:iam::{account}:role/acme-{stage}-web"),
                    "Zone": format!("{region}a"),
                    "Address": format!("{net}.3.4"),
                    "Range": format!("{net}.4.0/24"),
                    "Open": "0.0.0.0/0",
                    "Size": 3,
                    "Set": [format!("{stage}-b"), "a"],
                    "Seen": stage,
                }),
            );
            [vpc, web]
        })
        .collect()
}

#[test]
fn what_must_differ_is_no_difference() {
    let parity = compared(twins(), &[]);
    assert_eq!(rows(&parity), []);
    assert!(parity.is_even());
    assert_eq!(parity.groups[0].name, "tenant acme");
    let names: Vec<_> = parity.groups[0].environments.iter().map(|e| &e.environment).collect();
    assert_eq!(names, ["production", "staging"]);
}

#[test]
fn a_change_of_any_attribute_is_that_attribute() {
    for (path, value) in [
        ("Size", json!(4)),
        ("Zone", json!("r2b")),
        ("Open", json!("192.0.2.0/24")),
        ("Range", json!("10.2.4.0/25")),
        ("Role", json!("arn:aws:iam::333333333333:role/acme-staging-web")),
        ("Vpc", json!("vpc-0aaaaaaaaaaaaaaa1")),
        ("Set", json!(["a"])),
    ] {
        let mut resources = twins();
        let web = resources.last_mut().unwrap();
        let mut attributes = web.attributes.to_value();
        attributes[path] = value;
        web.attributes = Attributes::new(&attributes).unwrap();
        let parity = compared(resources, &[]);
        let role = "{tenant}-{environment}-web".to_owned();
        assert_eq!(rows(&parity), [(ParityKind::Attribute, role, path.to_owned())]);
    }
}

#[test]
fn what_is_not_everywhere_is_counted() {
    let mut resources = twins();
    resources.push(named(PROD, "r1", "i-more", "acme-prod-queue", json!({"Size": 1})));
    let parity = compared(resources, &[]);
    let role = "{tenant}-{environment}-queue".to_owned();
    assert_eq!(rows(&parity), [(ParityKind::Count, role, String::new())]);
    let values = &parity.groups[0].rows[0].values;
    let numbers: Vec<_> =
        values.iter().map(|v| (v.value.clone(), v.environments.clone())).collect();
    assert_eq!(numbers, [(json!(0), vec![1]), (json!(1), vec![0])]);
}

#[test]
fn what_could_not_be_read_is_unknown_and_not_absent() {
    for region in REGIONS {
        let more = named(PROD, "r1", "i-more", "acme-prod-queue", json!({"Size": 1}));
        let mut snapshot = fixture::snapshot(&[PROD, STAGE], vec![more]);
        set_outcome(&mut snapshot, &unit(STAGE, region, "T"), denied());
        let declaration = acme();
        let groups = parity_groups(&declaration);
        let parity = parity(&snapshot, &declaration, &catalog(), &groups, &[]);
        assert_eq!(rows(&parity), []);
    }
}

#[test]
fn an_unread_attribute_is_unknown() {
    let mut resources = twins();
    let web = resources.last_mut().unwrap();
    web.attributes = Attributes::new(&json!({"Size": 9})).unwrap();
    let all = ["Vpc", "Role", "Zone", "Address", "Range", "Open", "Size", "Set"];
    web.unknown = all.iter().map(|path| path.parse().unwrap()).collect();
    assert_eq!(rows(&compared(resources, &[])), []);
}

#[test]
fn an_allowed_difference_is_left_out_and_an_unused_one_is_named() {
    let allow = |path: &str, between: &[&str]| ParityAllow {
        resource_type: Some("T".to_owned()),
        name: Some("*-web".to_owned()),
        attributes: vec![path.parse().unwrap()],
        between: between.iter().map(|b| (*b).to_owned()).collect(),
        reason: path.to_owned(),
        tags: Default::default(),
        source: fixture::source(path),
    };
    let mut resources = twins();
    let web = resources.last_mut().unwrap();
    let mut attributes = web.attributes.to_value();
    attributes["Size"] = json!(1);
    web.attributes = Attributes::new(&attributes).unwrap();
    let parity = compared(resources.clone(), &[allow("Size", &[]), allow("Open", &[])]);
    assert_eq!(rows(&parity), []);
    assert_eq!(parity.groups[0].allowed, 1);
    assert_eq!(parity.unused_allowances, [(fixture::source("Open"), "Open".to_owned())]);
    // Of two values neither is what most have, so both environments must be named.
    assert_eq!(rows(&compared(resources.clone(), &[allow("Size", &["staging"])])).len(), 1);
    let both = allow("Size", &["staging", "production"]);
    assert_eq!(rows(&compared(resources, &[both])).len(), 0);
}

#[test]
fn with_many_environments_the_odd_ones_are_named() {
    let count = 200;
    let account = |n: usize| format!("{:012}", 100_000_000_000 + n);
    let tenants = (0..count)
        .map(|n| {
            let mut production = environment("production", &[&account(n)], vec![]);
            production.baselines = vec!["web".to_owned()];
            tenant(&format!("client-{n}"), vec![production])
        })
        .collect();
    let declaration = declaration(tenants);
    let resources = (0..count)
        .map(|n| {
            let size = if n == 17 { 9 } else { 3 };
            let name = format!("client-{n}-web");
            named(&account(n), "r1", &format!("i-{n}"), &name, json!({"Size": size}))
        })
        .collect();
    let accounts: Vec<_> = (0..count).map(account).collect();
    let accounts: Vec<_> = accounts.iter().map(String::as_str).collect();
    let snapshot = fixture::snapshot(&accounts, resources);
    let groups = parity_groups(&declaration);
    assert_eq!(
        groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(),
        ["baseline web, production"]
    );
    let parity = parity(&snapshot, &declaration, &catalog(), &groups, &[]);
    let [row] = parity.groups[0].rows.as_slice() else { panic!("{parity:?}") };
    assert_eq!(row.majority().unwrap().value, json!(3));
    let odd: Vec<_> = row.odd_ones().map(|at| &parity.groups[0].environments[at].tenant).collect();
    assert_eq!(odd, ["client-17"]);
}

#[test]
fn versions_come_first_and_old_revisions_do_not_count() {
    let task = |account: &str, revision: u32, image: &str| {
        let id = format!("arn:aws:ecs:r1:{account}:task-definition/web:{revision}");
        let mut task = resource(
            (account, "r1", "AWS::ECS::TaskDefinition", &id),
            json!({"Family": "web", "ContainerDefinitions": [{"Image": image}]}),
        );
        task.name = Some("web".to_owned());
        task
    };
    let same = [task(PROD, 3, "web:1.2"), task(STAGE, 1, "web:1.1"), task(STAGE, 2, "web:1.2")];
    assert_eq!(rows(&compared(same.into(), &[])), []);
    let other = compared(vec![task(PROD, 3, "web:1.2"), task(STAGE, 2, "web:1.3")], &[]);
    let first = &rows(&other)[0];
    assert_eq!((first.0, first.2.as_str()), (ParityKind::Version, "ContainerDefinitions.*.Image"));
}

#[test]
fn what_a_provider_gave_is_no_name_and_no_difference() {
    let found = [(PROD, "1", "192.0.2.7"), (STAGE, "2", "198.51.100.9")].into_iter().flat_map(
        |(account, digit, address)| {
            let id = format!("arn:aws:ecs:r1:{account}:task-definition/web:{digit}");
            let mut task = resource((account, "r1", "AWS::ECS::TaskDefinition", &id), json!({}));
            task.name = Some(format!("web:{digit}"));
            let key = resource((account, "r1", "T", &digit.repeat(40)), json!({}));
            let id = format!("eipalloc-0123456789abcde{digit}0");
            let mut ip =
                resource((account, "r1", "AWS::EC2::EIP", &id), json!({"PublicIp": address}));
            ip.name = Some("nat".to_owned());
            let web = named(account, "r1", &format!("i-{digit}"), "web", json!({"To": address}));
            [task, key, ip, web]
        },
    );
    assert_eq!(rows(&compared(found.collect(), &[])), []);
    // Another's address is one.
    let web = |account, to: &str| named(account, "r1", "i-1", "web", json!({"To": to}));
    let other = compared(vec![web(PROD, "192.0.2.7"), web(STAGE, "192.0.2.8")], &[]);
    assert_eq!(rows(&other), [(ParityKind::Attribute, "web".to_owned(), "To".to_owned())]);
}
