//! The roles as one CloudFormation template, and the values of each account.
//!
//! Facts: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackInstances.html>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::node::{Node, comment, map, texts, yaml};
use super::plan::word;
use super::role::trust;
use super::{DENY, Plan, Role};

/// The name of the StackSet that the texts speak of.
pub const STACK_SET: &str = "tenko-read-only";

/// A template for a StackSet, or for a stack in each account. Its parameters differ from account to
/// account: [`overrides`] has them. Of a plan without roles, one that makes nothing.
pub fn cloudformation(plan: &Plan) -> String {
    let mut text = head(plan);
    text.push_str(&yaml(&template(plan), 0));
    text
}

/// One request of `aws cloudformation create-stack-instances --cli-input-json` per role.
///
/// A StackSet has one instance per account and region: where an account needs a second role, that is
/// of a second StackSet.
pub fn overrides(plan: &Plan) -> Vec<Value> {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let one = |role: &Role, name: String| {
        let values = values(role);
        let values = values
            .iter()
            .map(|(key, value)| json!({ "ParameterKey": key, "ParameterValue": value }));
        json!({
            "StackSetName": name,
            "Accounts": [role.account],
            // Roles are of the whole account: in a second region its name would be taken.
            "Regions": [region(role.trusted.partition())],
            "ParameterOverrides": values.collect::<Value>(),
        })
    };
    let each = plan.roles.iter().map(|role| {
        let count = seen.entry(&role.account).or_default();
        *count += 1;
        match *count {
            1 => one(role, STACK_SET.to_owned()),
            more => one(role, format!("{STACK_SET}-{more}")),
        }
    });
    each.collect()
}

/// The values of a role's parameters.
fn values(role: &Role) -> [(&'static str, String); 6] {
    [
        ("HubPrincipalArn", role.trusted.arn().to_owned()),
        ("ExternalId", role.external_id.clone()),
        ("RoleName", role.name.clone()),
        ("RolePath", role.path.clone()),
        ("MaxSessionDuration", role.max_session.to_string()),
        ("DataLevels", word(role.levels())),
    ]
}

/// A region that each account of the partition has.
fn region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

fn head(plan: &Plan) -> String {
    let mut text = String::from(HEAD);
    let mut line = |line: String| {
        // Writing into a String does not fail.
        let _ = writeln!(text, "#   {}", comment(&line));
    };
    for role in &plan.roles {
        let environments: Vec<_> = role.environments.iter().map(String::as_str).collect();
        line(format!("{} {}", role.account, environments.join(", ")));
        for (key, value) in values(role) {
            line(format!("  {key}={value}"));
        }
    }
    text
}

const HEAD: &str = "\
# The roles that `tenko login` assumes: they look at how things are set up, and are denied data,
# credentials, shells and further sessions. Made by `tenko bootstrap`.
#
# As a StackSet, from the management account or a delegated administrator:
#   aws cloudformation create-stack-set --stack-set-name tenko-read-only \\
#     --template-body file://FILE --capabilities CAPABILITY_NAMED_IAM
#   aws cloudformation create-stack-instances --cli-input-json file://ACCOUNT.json
# once per account with its own values, in one region: a role is of the whole account. With
# service-managed permissions, name the accounts as DeploymentTargets instead of Accounts.
#
# Service-managed StackSets leave the management account of an organization out: deploy this template
# there as a stack of its own. Without an ExternalId a stack makes nothing.
#
# The accounts:
";

fn template(plan: &Plan) -> Node {
    let sets = plan.levels();
    let mut template = vec![
        ("AWSTemplateFormatVersion", "2010-09-09".into()),
        ("Description", "The role that tenko login assumes, read-only".into()),
        ("Parameters", parameters(plan, &sets)),
        ("Conditions", conditions(&sets)),
    ];
    let role = map([
        ("Type", "AWS::IAM::Role".into()),
        ("Condition", "HasExternalId".into()),
        ("Properties", properties(&sets)),
    ]);
    template.push(("Resources", map([("Role", role)])));
    let arn = map([
        ("Condition", "HasExternalId".into()),
        ("Description", "What tenko login assumes".into()),
        ("Value", map([("Fn::GetAtt", texts(["Role", "Arn"]))])),
    ]);
    template.push(("Outputs", map([("RoleArn", arn)])));
    map(template)
}

fn parameters(plan: &Plan, sets: &[&Role]) -> Node {
    let text = |description: &str, pattern: &str, default: Option<&str>| {
        let mut entries = vec![
            ("Type", "String".into()),
            ("Description", description.into()),
            ("AllowedPattern", pattern.into()),
        ];
        entries.extend(default.map(|default| ("Default", default.into())));
        map(entries)
    };
    let first = plan.roles.first();
    let words: Vec<_> = match sets {
        [] => vec!["none".to_owned()],
        sets => sets.iter().map(|role| word(role.levels())).collect(),
    };
    let least = words.first().map_or("none", String::as_str);
    let levels = map([
        ("Type", "String".into()),
        ("Description", "The data that logins to this account may ask for".into()),
        ("AllowedValues", texts(words.iter().map(String::as_str))),
        ("Default", least.into()),
    ]);
    let longest = map([
        ("Type", "Number".into()),
        ("Description", "The longest session, in seconds".into()),
        ("MinValue", 3_600.into()),
        ("MaxValue", 43_200.into()),
        ("Default", 3_600.into()),
    ]);
    map([
        (
            "HubPrincipalArn",
            text(
                "The one role or user that may assume the role",
                "^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[^*?]+$",
                first.map(|role| role.trusted.arn()),
            ),
        ),
        (
            "ExternalId",
            text(
                "Another one for each client; without one, nothing is made",
                "^$|^[A-Za-z0-9_+=,.@:/-]{2,1224}$",
                Some(""),
            ),
        ),
        (
            "RoleName",
            text(
                "The name of the role",
                "^[A-Za-z0-9_+=,.@-]{1,64}$",
                first.map(|role| role.name.as_str()),
            ),
        ),
        (
            "RolePath",
            text("The path of the role", "^/([!-~]+/)?$", first.map(|role| role.path.as_str())),
        ),
        ("MaxSessionDuration", longest),
        ("DataLevels", levels),
    ])
}

fn reference(name: &str) -> Node {
    map([("Ref", name.into())])
}

/// `LevelsLogsObjects`.
fn condition(role: &Role) -> String {
    let mut name = String::from("Levels");
    for level in role.levels() {
        let mut chars = level.as_str().chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name.extend(chars);
    }
    if role.levels().is_empty() { format!("{name}None") } else { name }
}

fn conditions(sets: &[&Role]) -> Node {
    let is =
        |name: &str, value: &str| map([("Fn::Equals", vec![reference(name), value.into()].into())]);
    let mut all =
        vec![("HasExternalId".to_owned(), map([("Fn::Not", vec![is("ExternalId", "")].into())]))];
    if let [_, rest @ ..] = sets {
        // The last one is what is left.
        let named = sets.iter().take(rest.len());
        all.extend(named.map(|role| (condition(role), is("DataLevels", &word(role.levels())))));
    }
    map(all)
}

/// What differs with the levels: the first of the sets that is the parameter's.
fn by_levels(sets: &[&Role], of: &dyn Fn(&Role) -> Node) -> Node {
    match sets {
        [] => map([("Ref", "AWS::NoValue".into())]),
        [last] => of(last),
        [first, rest @ ..] => {
            let choice = vec![condition(first).into(), of(first), by_levels(rest, of)];
            map([("Fn::If", choice.into())])
        }
    }
}

fn properties(sets: &[&Role]) -> Node {
    let managed = |role: &Role| {
        let arn = |name: &&str| {
            map([("Fn::Sub", format!("arn:${{AWS::Partition}}:iam::aws:policy/{name}").into())])
        };
        Node::List(role.policy.managed().iter().map(arn).collect())
    };
    let tag = |key: &str, value: &str| map([("Key", key.into()), ("Value", value.into())]);
    let deny = map([
        ("PolicyName", DENY.into()),
        ("PolicyDocument", by_levels(sets, &|role| role.deny())),
    ]);
    map([
        ("RoleName", reference("RoleName")),
        ("Path", reference("RolePath")),
        ("Description", DESCRIPTION.into()),
        ("MaxSessionDuration", reference("MaxSessionDuration")),
        ("AssumeRolePolicyDocument", trust(reference("HubPrincipalArn"), reference("ExternalId"))),
        ("ManagedPolicyArns", by_levels(sets, &managed)),
        ("Policies", Node::List(vec![deny])),
        ("Tags", Node::List(vec![tag("ManagedBy", "tenko"), tag("Purpose", "read-only login")])),
    ])
}

/// The description of each role.
pub(super) const DESCRIPTION: &str =
    "Read-only logins with tenko: no data, no credentials, no changes";
