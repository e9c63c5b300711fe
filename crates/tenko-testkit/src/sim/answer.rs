//! What an operation answers: the world's data, else what AWS answers where
//! nothing was configured.

use serde_json::{Map, Value, json};

use super::account::{Account, ApiError, Data};
use super::identity::Caller;
use super::paging::Whole;
use super::tables::{self, By, Operation};
use super::world::World;
use super::{credential_report, org, refusal, role, select};

/// A question, as far as data are concerned.
pub(super) struct Question<'a> {
    pub(super) world: &'a World,
    pub(super) account: &'a Account,
    pub(super) caller: &'a Caller,
    pub(super) region: &'a str,
    pub(super) op: &'static Operation,
    pub(super) input: &'a Value,
}

/// Refuses what AWS refuses before it looks at any data.
pub(super) fn check(q: &Question<'_>) -> Result<(), ApiError> {
    let service = q.op.service();
    if !q.input.is_object() {
        return Err(refusal::invalid_input(service, "The request could not be read"));
    }
    for name in &q.op.required {
        if q.input.get(name).is_none_or(Value::is_null) {
            return Err(refusal::missing_input(service, name));
        }
    }
    match service.id.as_str() {
        "organizations" => org::gate(q.world, &q.account.id, q.op.name()),
        "s3" => bucket(q),
        "s3control" if q.input["x-amz-account-id"] != q.account.id.as_str() => {
            Err(ApiError::new("AccessDenied", 403, "Access Denied"))
        }
        "ec2" if q.op.name() == "DescribeInstances" => {
            let has = |name: &str| q.input.get(name).is_some();
            if has("InstanceId") && has("MaxResults") {
                let message =
                    "The parameter instancesSet cannot be used with the parameter maxResults";
                return Err(ApiError::new("InvalidParameterCombination", 400, message));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The bucket's record among an account's buckets.
fn find_bucket<'a>(account: &'a Account, name: &str) -> Option<&'a Value> {
    let data = account.lookup("global", "s3:ListBuckets")?;
    let whole = data.response.as_ref().and_then(|r| r.get("Buckets")).and_then(Value::as_array);
    let mut rows = data.items.iter().chain(whole).flatten();
    rows.find(|b| b.get("Name").and_then(Value::as_str) == Some(name))
}

fn bucket(q: &Question<'_>) -> Result<(), ApiError> {
    let Some(name) = q.input.get("Bucket").and_then(Value::as_str) else { return Ok(()) };
    if q.account.lookup("global", "s3:ListBuckets").is_none() {
        return Ok(());
    }
    let Some(found) = find_bucket(q.account, name) else {
        let elsewhere = q.world.accounts.iter().any(|a| find_bucket(a, name).is_some());
        return Err(if elsewhere {
            ApiError::new("AccessDenied", 403, "Access Denied")
        } else {
            ApiError::new("NoSuchBucket", 404, "The specified bucket does not exist")
        });
    };
    let home = found.get("BucketRegion").and_then(Value::as_str);
    // Its location can be asked for from everywhere.
    match home {
        Some(home) if home != q.region && q.op.name() != "GetBucketLocation" => Err(ApiError::new(
            MOVED,
            301,
            "The bucket you are attempting to access must be addressed using the specified endpoint. \
             Please send all future requests to this endpoint.",
        )),
        _ => Ok(()),
    }
}

/// Code of the answer to a request that went to another region than the bucket's.
pub(super) const MOVED: &str = "PermanentRedirect";

/// The region that a bucket is in, if the world says so.
pub(super) fn bucket_region<'a>(account: &'a Account, input: &Value) -> Option<&'a str> {
    let name = input.get("Bucket")?.as_str()?;
    find_bucket(account, name)?.get("BucketRegion")?.as_str()
}

/// What is answered, borrowed from the world or made up.
pub(super) enum Found<'a> {
    /// Records of a list operation, to be selected from.
    Items(&'a [Value]),
    /// Records that were meant for just this input.
    Chosen(&'a [Value]),
    /// A whole answer.
    Response(&'a Value),
    /// The same, made here.
    Made(Value),
}

/// Looks the answer up.
pub(super) fn find<'a>(q: &Question<'a>) -> Result<Found<'a>, ApiError> {
    let data: Option<&'a Data> = q.account.lookup(q.region, &q.op.id);
    if let Some(data) = data {
        if let Some(fits) = data.answers.iter().find(|a| select::subset(&a.when, q.input)) {
            if let Some(error) = &fits.error {
                return Err(error.clone());
            }
            if let Some(items) = &fits.items {
                return Ok(Found::Chosen(items));
            }
            if let Some(response) = &fits.response {
                return Ok(Found::Response(response));
            }
        }
        if let Some(items) = &data.items {
            return Ok(Found::Items(items));
        }
        if let Some(response) = &data.response {
            return Ok(Found::Response(response));
        }
    }
    match built_in(q) {
        Some(made) => made.map(Found::Made),
        None => nothing(q).map(Found::Made),
    }
}

/// The answer where the world is silent.
fn nothing(q: &Question<'_>) -> Result<Value, ApiError> {
    if let Some(default) = &q.op.default {
        return Ok(default.clone());
    }
    let text = |name: &str| q.input.get(name).and_then(Value::as_str);
    if let Some(missing) = &q.op.missing {
        let mut names =
            q.op.required
                .iter()
                .filter_map(|name| text(name))
                .filter(|v| text("TypeName") != Some(v));
        let key = names.next().or_else(|| text("StackName")).unwrap_or_default();
        return Err(missing.error(&q.account.id, key, text("TypeName").unwrap_or_default()));
    }
    Ok(json!({}))
}

/// Operations that the world's structure answers.
fn built_in(q: &Question<'_>) -> Option<Result<Value, ApiError>> {
    let made = match q.op.id.as_str() {
        "sts:GetCallerIdentity" => json!({
            "Account": q.caller.account, "Arn": q.caller.arn, "UserId": q.caller.user_id,
        }),
        "ec2:DescribeRegions" => regions(q),
        "account:ListRegions" => return Some(opt_ins(q)),
        "s3:GetBucketLocation" => {
            let region = bucket_region(q.account, q.input).filter(|r| *r != "us-east-1");
            json!({ "LocationConstraint": region })
        }
        "s3:HeadBucket" => json!({ "BucketRegion": bucket_region(q.account, q.input) }),
        "s3:GetBucketAcl" => {
            json!({
                "Owner": owner(q.account),
                "AccessControlList": [{
                    "Grantee": { "@xsi:type": "CanonicalUser", "ID": canonical(q.account) },
                    "Permission": "FULL_CONTROL",
                }],
            })
        }
        id if id.starts_with("iam:") && role::read(q.account, q.op.name(), q.input).is_some() => {
            return role::read(q.account, q.op.name(), q.input);
        }
        "iam:GetCredentialReport" => credential_report::answer(q.account),
        "iam:ListOrganizationsFeatures" => {
            return Some(org::root_access_features(q.world, &q.account.id));
        }
        "cloudformation:ListStackResources" => return Some(no_resources(q)),
        id if id.starts_with("organizations:") => {
            return org::answer(q.world, q.op.name(), q.input);
        }
        _ => return None,
    };
    Some(Ok(made))
}

/// A stack whose resources the world does not name has none; one that is not there is refused.
fn no_resources(q: &Question<'_>) -> Result<Value, ApiError> {
    if let Some(op) = tables::operation("cloudformation:DescribeStacks") {
        let stacks = Question { op, ..*q };
        let known = q.account.lookup(q.region, &op.id).is_some();
        let found = if known { find(&stacks)? } else { Found::Items(&[]) };
        whole(&stacks, &found)?;
    }
    Ok(json!({}))
}

fn canonical(account: &Account) -> String {
    format!("{:0>64}", account.id)
}

fn owner(account: &Account) -> Value {
    json!({ "ID": canonical(account) })
}

fn regions(q: &Question<'_>) -> Value {
    let all = q.input.get("AllRegions").and_then(Value::as_str) == Some("true");
    let rows: Vec<Value> = q
        .world
        .regions_of(q.account)
        .into_iter()
        .filter(|(_, status)| all || status.is_usable())
        .map(|(name, status)| {
            json!({
                "regionName": name,
                "regionEndpoint": format!("ec2.{name}.amazonaws.com"),
                "optInStatus": status.opt_in_status(),
            })
        })
        .collect();
    json!({ "regionInfo": rows })
}

fn opt_ins(q: &Question<'_>) -> Result<Value, ApiError> {
    let wanted = q.input.get("AccountId").and_then(Value::as_str).unwrap_or(&q.account.id);
    if wanted != q.account.id {
        org::gate(q.world, &q.account.id, "")?;
    }
    let message = "The requested account does not exist.";
    let account = q
        .world
        .account(wanted)
        .ok_or_else(|| ApiError::new("ResourceNotFoundException", 404, message))?;
    let only = q.input.get("RegionOptStatusContains").and_then(Value::as_array);
    let rows: Vec<Value> = q
        .world
        .regions_of(account)
        .into_iter()
        .map(|(name, status)| (name, status.opt_status()))
        .filter(|(_, status)| only.is_none_or(|list| list.iter().any(|v| v == status)))
        .map(|(name, status)| json!({ "RegionName": name, "RegionOptStatus": status }))
        .collect();
    Ok(json!({ "Regions": rows }))
}

/// Splits an answer into its lists, selected, and the rest.
pub(super) fn whole<'a>(q: &Question<'_>, found: &'a Found<'_>) -> Result<Whole<'a>, ApiError> {
    let mut rest = Map::new();
    let mut lists: Vec<(&'a str, Vec<&'a Value>)> = Vec::new();
    let response = match found {
        Found::Items(items) if q.op.by.as_ref().is_some_and(|by| by.one) => {
            let by = q.op.by.as_ref().map(|by| chosen(q, by, items)).transpose()?;
            match by.and_then(|(rows, _)| rows.first().copied()) {
                Some(Value::Object(record)) => rest = record.clone(),
                _ => return nothing(q).map(|_| Whole { lists, rest }),
            }
            return Ok(Whole { lists, rest });
        }
        Found::Items(items) => {
            let mut rows: Vec<&'a Value> = items.iter().collect();
            if let Some(by) = &q.op.by {
                let (found, failures) = chosen(q, by, items)?;
                rows = found;
                if by.failures {
                    rest.insert("failures".into(), Value::Array(failures));
                }
            }
            rows = select::filtered(q.op, rows, q.input)?;
            lists.push((q.op.lists.first().map_or("", String::as_str), rows));
            None
        }
        Found::Chosen(items) => {
            lists.push((q.op.lists.first().map_or("", String::as_str), items.iter().collect()));
            None
        }
        Found::Response(response) => Some(*response),
        Found::Made(response) => Some(response),
    };
    if let Some(Value::Object(map)) = response {
        for (name, value) in map.iter().filter(|(name, _)| !q.op.lists.contains(name)) {
            rest.insert(name.clone(), value.clone());
        }
        for name in &q.op.lists {
            let rows = map.get(name).and_then(Value::as_array);
            lists.push((name, rows.into_iter().flatten().collect()));
        }
    }
    if q.op.id == "iam:GetAccountAuthorizationDetails" {
        lists.retain(|(name, _)| select::wants_detail(q.input, name));
    }
    if q.op.id == "s3:ListBuckets" && !rest.contains_key("Owner") {
        rest.insert("Owner".into(), owner(q.account));
    }
    Ok(Whole { lists, rest })
}

fn chosen<'a>(
    q: &Question<'_>,
    by: &By,
    items: &'a [Value],
) -> Result<(Vec<&'a Value>, Vec<Value>), ApiError> {
    let mut names = select::names(q.input.get(&by.input));
    if names.is_empty() {
        if q.op.id != "ecs:DescribeClusters" {
            return Ok((items.iter().collect(), Vec::new()));
        }
        names.push("default".to_owned());
    }
    let mut failures = Vec::new();
    for name in &names {
        if items.iter().any(|item| select::named(item, by, name)) {
            continue;
        }
        if let Some(missing) = &by.missing {
            return Err(missing.error(&q.account.id, name, ""));
        }
        failures.push(json!({ "arn": name, "reason": "MISSING" }));
    }
    let rows = items.iter().filter(|i| names.iter().any(|n| select::named(i, by, n))).collect();
    Ok((rows, failures))
}
