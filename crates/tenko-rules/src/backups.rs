//! What AWS Backup does with a resource: which plans select it, and what has been copied.
//!
//! Facts: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html>,
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html>.

use std::collections::HashMap;

use serde_json::Value;
use tenko_core::{Message, Reach, Resource, ScopeKey, msg};

use crate::context::{Context, tags_unread};
use crate::sink::{Seen, Unread};
use crate::stores::{account_of, is_recent};

/// Backup plans, with what they select.
pub(crate) const PLAN: &str = "AWS::Backup::BackupPlan";
/// What AWS Backup has a copy of.
pub(crate) const PROTECTED: &str = "AWS::Backup::ProtectedResource";

/// A backup plan.
struct Plan {
    name: String,
    /// Whether it has a rule, and to which accounts its rules copy; or what was not read.
    rules: Result<Rules, Message>,
    selections: Result<Vec<Selection>, Message>,
}

struct Rules {
    any: bool,
    copies_to: Vec<String>,
}

/// What a plan is wanted for.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// Any backup.
    Backup,
    /// A copy in another account than this one.
    CopyOutside(&'a str),
}

impl Rules {
    fn does(&self, wanted: Wanted<'_>) -> bool {
        match wanted {
            Wanted::Backup => self.any,
            Wanted::CopyOutside(account) => self.copies_to.iter().any(|to| to != account),
        }
    }
}

/// Whether a plan does what is wanted for a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    /// One does.
    Yes,
    /// It cannot be told, and why: a clause.
    Perhaps(Message),
    /// None does.
    No,
}

/// The backup plans of all accounts.
pub(crate) struct Plans {
    by_place: HashMap<(ScopeKey, Reach), Vec<Plan>>,
}

impl Plans {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let mut by_place: HashMap<_, Vec<_>> = HashMap::new();
        for resource in context.of_type(PLAN) {
            let place = (resource.key.scope_key(), resource.key.region.clone());
            by_place.entry(place).or_default().push(Plan::new(resource));
        }
        Self { by_place }
    }

    /// Whether a plan does what is wanted for a resource. A plan works in its own account and
    /// region.
    pub(crate) fn of(
        &self,
        context: &Context<'_>,
        resource: &Resource,
        arn: &str,
        wanted: Wanted<'_>,
    ) -> Planned {
        let place = (resource.key.scope_key(), resource.key.region.clone());
        let mut perhaps = context.why_unread_in(&place.0, &place.1, &[PLAN]);
        for plan in self.by_place.get(&place).into_iter().flatten() {
            let judged = plan.rules.as_ref().map(|rules| rules.does(wanted));
            let selected = || plan.selects(resource, arn);
            let why = match judged {
                Ok(false) => continue,
                Ok(true) => match selected() {
                    Ok(Some(true)) => return Planned::Yes,
                    Ok(Some(false)) => continue,
                    Ok(None) => msg!("data-shared-plan-open", plan = &plan.name),
                    Err(why) => why,
                },
                Err(why) => match selected() {
                    Ok(Some(false)) => continue,
                    _ => why.clone(),
                },
            };
            perhaps.get_or_insert(why);
        }
        perhaps.map_or(Planned::No, Planned::Perhaps)
    }
}

impl Plan {
    fn new(resource: &Resource) -> Self {
        let seen = Seen::new(resource);
        let name = resource.label().to_owned();
        let lost = |Unread(path)| msg!("data-shared-plan-unread", attribute = path, plan = &name);
        let rules = seen.list("Rules").map_err(lost).map(|rules| Rules {
            any: !rules.is_empty(),
            copies_to: rules
                .iter()
                .filter_map(|rule| rule.get("CopyActions")?.as_array())
                .flatten()
                .filter_map(|copy| copy.get("DestinationBackupVaultArn")?.as_str())
                .filter_map(account_of)
                .map(str::to_owned)
                .collect(),
        });
        let selections = seen.list("Selections").map_err(lost);
        let selections = selections.map(|all| all.iter().map(Selection::new).collect());
        Self { name: name.clone(), rules, selections }
    }

    /// Whether the plan selects a resource; `None` where that is open.
    fn selects(&self, resource: &Resource, arn: &str) -> Result<Option<bool>, Message> {
        let selections = self.selections.as_ref().map_err(Clone::clone)?;
        Ok(any(selections.iter().map(|selection| selection.has(resource, arn))))
    }
}

/// What a plan is applied to.
struct Selection {
    resources: Vec<String>,
    not_resources: Vec<String>,
    /// Key and value; one of them is enough.
    tags: Vec<(String, String)>,
    /// All of them must hold.
    conditions: Vec<Condition>,
}

struct Condition {
    operator: String,
    key: String,
    value: String,
}

impl Selection {
    fn new(value: &Value) -> Self {
        let of = |name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
        let texts = |name: &str| of(name).filter_map(Value::as_str).map(str::to_owned).collect();
        let operators = value.get("Conditions").and_then(Value::as_object).into_iter().flatten();
        let conditions = operators.flat_map(|(operator, of)| {
            let of = of.as_array().into_iter().flatten();
            of.map(|condition| {
                let (key, value) = pair(condition);
                Condition { operator: operator.clone(), key, value }
            })
        });
        Self {
            resources: texts("Resources"),
            not_resources: texts("NotResources"),
            tags: of("ListOfTags").map(pair).collect(),
            conditions: conditions.collect(),
        }
    }

    /// Whether it has a resource; `None` where that is open: tags that were not read, an operator
    /// that does not exist.
    fn has(&self, resource: &Resource, arn: &str) -> Option<bool> {
        let matches = |patterns: &[String]| patterns.iter().any(|p| p == "*" || like(p, arn));
        if matches(&self.not_resources) {
            return Some(false);
        }
        let tagged = || any(self.tags.iter().map(|(k, v)| tag(resource, k).map(|t| t == Some(v))));
        let named = match (self.resources.is_empty(), self.tags.is_empty()) {
            // Without either, everything is taken that the conditions leave.
            (true, true) => Some(true),
            (false, true) => Some(matches(&self.resources)),
            (true, false) => tagged(),
            // The API reference adds them up (`CreateBackupSelection`), the developer guide lets
            // the tags choose from the resources: what only one of them has is open.
            (false, false) => match (matches(&self.resources), tagged()) {
                (true, Some(true)) => Some(true),
                (false, Some(false)) => Some(false),
                _ => None,
            },
        };
        all([named].into_iter().chain(self.conditions.iter().map(|c| c.holds(resource))))
    }
}

impl Condition {
    fn holds(&self, resource: &Resource) -> Option<bool> {
        let found = tag(resource, &self.key)?;
        let (negated, matches) = match self.operator.as_str() {
            "StringEquals" => (false, found.map(|found| *found == self.value)),
            "StringLike" => (false, found.map(|found| like(&self.value, found))),
            "StringNotEquals" => (true, found.map(|found| *found == self.value)),
            "StringNotLike" => (true, found.map(|found| like(&self.value, found))),
            _ => return None,
        };
        match matches {
            Some(matches) => Some(matches != negated),
            // What AWS Backup does there is written nowhere.
            None if negated => None,
            None => Some(false),
        }
    }
}

/// The value of a tag, by its key as a selection writes it; `None` where that is open.
fn tag<'r>(resource: &'r Resource, key: &str) -> Option<Option<&'r String>> {
    if tags_unread(resource) {
        return None;
    }
    let key = key.strip_prefix("aws:ResourceTag/").unwrap_or(key);
    Some(resource.tags.get(key))
}

fn pair(condition: &Value) -> (String, String) {
    let text = |name| condition.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("ConditionKey"), text("ConditionValue"))
}

fn any(of: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(of.map(|one| one.map(|one| !one))).map(|all| !all)
}

fn all(of: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for one in of {
        match one {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

/// Whether a text is like a pattern, in which `*` stands for any characters. Linear in what is
/// matched piece by piece: pieces are searched from left to right, the last from the end.
fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        let Some((_, behind)) = text.split_once(piece) else { return false };
        text = behind;
    }
    text.ends_with(last)
}

/// What AWS Backup has a copy of, by ARN.
pub(crate) struct Protected<'a> {
    by_arn: HashMap<&'a str, Vec<&'a Resource>>,
}

impl<'a> Protected<'a> {
    pub(crate) fn new(context: &Context<'a>) -> Self {
        let mut by_arn: HashMap<_, Vec<_>> = HashMap::new();
        for resource in context.of_type(PROTECTED) {
            by_arn.entry(resource.key.id.as_str()).or_default().push(*resource);
        }
        Self { by_arn }
    }

    /// Whether AWS Backup has a recent copy of what has the ARN, in the account or in another one;
    /// where there are only old ones, when the last was made.
    ///
    /// # Errors
    /// [`Unread`] where the time of a copy could not be read or is not told.
    pub(crate) fn copy(
        &self,
        context: &Context<'_>,
        arn: &str,
        holder: impl Fn(&ScopeKey) -> bool,
    ) -> Result<Option<Copied>, Unread> {
        let mut newest: Option<Copied> = None;
        let of = self.by_arn.get(arn).into_iter().flatten();
        for resource in of.filter(|resource| holder(&resource.key.scope_key())) {
            let seen = Seen::new(resource);
            let lost = || Unread("LastBackupTime".to_owned());
            let time = seen.text("LastBackupTime")?.ok_or_else(lost)?;
            match is_recent(context, time) {
                Some(true) => return Ok(Some(Copied::Recent)),
                Some(false) => newest = newest.max(Some(Copied::Old(time.to_owned()))),
                None => return Err(lost()),
            }
        }
        Ok(newest)
    }
}

/// A copy that was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Copied {
    /// The last one is from this time, long ago.
    Old(String),
    /// It is recent.
    Recent,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:rds:eu-central-1:111122223333:db:orders";

    fn has(selection: Value, tags: &[(&str, &str)]) -> Option<bool> {
        Selection::new(&selection).has(&crate::testing::resource("1", "orders", tags), ARN)
    }

    fn condition(operator: &str, value: &str) -> Value {
        json!({operator: [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": value}]})
    }

    #[test]
    fn resources_are_named_by_patterns() {
        for pattern in ["*", ARN, "arn:aws:rds:*:*:db:*", "*:orders", "arn:aws:rds:*"] {
            assert_eq!(has(json!({"Resources": [pattern]}), &[]), Some(true), "{pattern}");
            let not = json!({"Resources": ["*"], "NotResources": [pattern]});
            assert_eq!(has(not, &[]), Some(false), "{pattern}");
        }
        for pattern in ["", "arn:aws:rds:*:cluster:*", "orders", "arn:aws:rds:*:db:orders2*"] {
            assert_eq!(has(json!({"Resources": [pattern]}), &[]), Some(false), "{pattern}");
        }
    }

    #[test]
    fn one_of_the_tags_is_enough_and_all_conditions_must_hold() {
        let tags = json!({"ListOfTags": [
            {"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "1"},
            {"ConditionType": "STRINGEQUALS", "ConditionKey": "b", "ConditionValue": "2"},
        ]});
        assert_eq!(has(tags.clone(), &[("b", "2")]), Some(true));
        assert_eq!(has(tags, &[("b", "1")]), Some(false));
        let both = |value: &str| {
            json!({"Resources": ["*"], "Conditions": {
                "StringEquals": [{"ConditionKey": "aws:ResourceTag/a", "ConditionValue": "1"}],
                "StringLike": [{"ConditionKey": "aws:ResourceTag/b", "ConditionValue": value}],
            }})
        };
        assert_eq!(has(both("x*"), &[("a", "1"), ("b", "xyz")]), Some(true));
        assert_eq!(has(both("x*"), &[("a", "1"), ("b", "yz")]), Some(false));
        assert_eq!(has(both("x*"), &[("b", "xyz")]), Some(false));
    }

    #[test]
    fn what_is_not_documented_is_open() {
        let with = |conditions: Value| json!({"Resources": ["*"], "Conditions": conditions});
        let no = [("backup", "no")];
        assert_eq!(has(with(condition("StringNotEquals", "no")), &no), Some(false));
        assert_eq!(has(with(condition("StringNotEquals", "no")), &[("backup", "x")]), Some(true));
        assert_eq!(has(with(condition("StringNotEquals", "no")), &[]), None);
        assert_eq!(has(with(condition("Odd", "no")), &no), None);
        let two = json!({"Resources": [ARN], "ListOfTags": [
            {"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "1"}]});
        assert_eq!(has(two.clone(), &[]), None);
        assert_eq!(has(two, &[("a", "1")]), Some(true));
        assert_eq!(has(json!({}), &[]), Some(true));
    }

    #[test]
    fn tags_that_were_not_read_are_open() {
        let mut resource = crate::testing::resource("1", "orders", &[]);
        resource.unknown.push("Tags".parse().unwrap());
        let selection = Selection::new(&json!({"Conditions": condition("StringEquals", "yes")}));
        assert_eq!(selection.has(&resource, ARN), None);
        let selection = Selection::new(&json!({"Resources": ["*"]}));
        assert_eq!(selection.has(&resource, ARN), Some(true));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn wildcards(parts in proptest::collection::vec("[ab:/]{0,3}", 1..5), fill in "[ab:/]{0,4}") {
            prop_assert!(like(&parts.join("*"), &parts.join(&fill)));
        }

        #[test]
        fn wildcards_match_no_more(pattern in "[ab*]{0,6}", text in "[ab]{0,6}") {
            // The definition, step by step.
            fn slow(p: &[u8], t: &[u8]) -> bool {
                match (p.split_first(), t.split_first()) {
                    (None, None) => true,
                    (Some((b'*', rest)), _) if slow(rest, t) => true,
                    (Some((b'*', _)), Some((_, behind))) => slow(p, behind),
                    (Some((a, p)), Some((b, t))) if a == b => slow(p, t),
                    _ => false,
                }
            }
            prop_assert_eq!(like(&pattern, &text), slow(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
