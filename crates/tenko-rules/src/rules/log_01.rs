use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use tenko_core::{Arg, Message, Origin, Reach, Resource, Scope, ScopeKey, msg};

use crate::context::Context;
use crate::organization::was_seen;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};

const TRAIL: &str = "AWS::CloudTrail::MultiRegionTrail";
const DETECTOR: &str = "AWS::GuardDuty::Detector";
const RECORDER: &str = "AWS::Config::ConfigurationRecorder";
const BUCKET: &str = "AWS::S3::Bucket";

/// What is there for the log's sake, or says only how something else was made.
const NO_USE: [&str; 5] = [
    "AWS::CloudTrail::Trail",
    DETECTOR,
    RECORDER,
    "AWS::CloudFormation::Stack",
    // The organization's shows in all of its accounts.
    "AWS::SSO::Instance",
];

rule! {
    /// An account is in use in a region where no multi-region CloudTrail trail records what is done,
    /// GuardDuty is off, or AWS Config does not record.
    ///
    /// ## Why it is bad
    /// What is not recorded cannot be looked up when it is needed: who opened the port, who deleted the
    /// database, since when that key is used from abroad. A trail of one region misses the region that
    /// an intruder chooses because nobody looks there.
    ///
    /// ## Example
    /// ```text
    /// eu-central-1   14 resources   trail (multi-region), GuardDuty, Config
    /// us-east-1       2 resources   trail (multi-region), no GuardDuty, no Config
    /// ```
    ///
    /// ## What it reads
    /// A region is in use where it holds a resource that the customer made; trails, detectors,
    /// recorders, CloudFormation stacks and instances of IAM Identity Center alone are no use. Types and
    /// regions that are left out of the run show none.
    /// - `AWS::CloudTrail::MultiRegionTrail`: `IsLogging` and whether its event selectors take
    ///   management events. A trail of the organization counts in its members; what a member may not
    ///   ask of it counts as its owner says it. Where a trail has its home does not matter: that may
    ///   be a region that is not among those looked at.
    /// - `AWS::GuardDuty::Detector`: `Enable`, in each region.
    /// - `AWS::Config::ConfigurationRecorder`: `Recording`, in each region. A recorder that a service
    ///   of AWS has for itself does not count: it records what that service needs, and for it alone.
    ///
    /// There is one verdict for each account that is in use. What the logs are kept in, and for how
    /// long, is not looked at; nor are CloudTrail Lake and tools of others.
    ///
    /// In Google Cloud the rule has no meaning: admin activity logs are written in every region and
    /// cannot be turned off.
    ///
    /// ## Unknown
    /// Where something is missing in a region of which not everything was read, so that it may be in
    /// use; and where trails, detectors or recorders of a region in use could not be read.
    ///
    /// ## Compared with Prowler
    /// `cloudtrail_multi_region_enabled`, `guardduty_is_enabled` and
    /// `config_recorder_all_regions_enabled` judge every region that is looked at, whether it is in use
    /// or not.
    id: "LOG-01",
    name: "Region in use without audit log or threat detection",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "4.1",
        "CIS AWS v5.0" => "3.1",
        "AWS Security Hub" => "CloudTrail.1",
        "AWS Security Hub" => "GuardDuty.1",
        "AWS Security Hub" => "Config.1",
        "AWS Config" => "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    ],
    remediation: "Make one multi-region trail for the organization, enable GuardDuty and AWS Config in all regions through their delegated administrators, and close regions that nobody uses with a service control policy.",
    parts: [Part::aws(&[TRAIL, DETECTOR, RECORDER], check)],
}

/// What was seen of a thing that has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    There,
    Missing,
    /// A sentence with what could not be read.
    Unread(Message),
}

/// A thing that has to be there, in the order in which they are told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Trail,
    Detector,
    Recorder,
}

impl Thing {
    /// That there is none in these regions.
    fn missing(self, regions: Vec<&str>) -> Message {
        let regions = Arg::list(regions);
        match self {
            Self::Trail => msg!("log-01-no-trail"),
            Self::Detector => msg!("log-01-no-detector", regions = regions),
            Self::Recorder => msg!("log-01-no-recorder", regions = regions),
        }
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let shows_use = |name: &str| name != TRAIL && !NO_USE.contains(&name);
    if !context.collected().any(|name| name.starts_with("AWS::") && shows_use(name)) {
        sink.not_evaluated(msg!("log-01-no-use-collected"));
        return;
    }
    let elsewhere = logging_by_arn(context);
    let doubtful = doubtful_regions(context);
    sink.scopes(context, "aws", |scope| of_account(context, scope, &elsewhere, &doubtful));
}

/// Whether a trail logs, by what any account could read of it.
fn logging_by_arn(context: &Context<'_>) -> HashMap<String, bool> {
    let mut by_arn = HashMap::new();
    for trail in context.of_type(TRAIL).iter().filter(|trail| was_seen(context, trail)) {
        if let Ok(logging) = logs(trail) {
            *by_arn.entry(trail.key.id.clone()).or_default() |= logging;
        }
    }
    by_arn
}

/// The regions of which not everything was read.
fn doubtful_regions<'a>(context: &Context<'a>) -> HashMap<ScopeKey, BTreeSet<&'a Reach>> {
    let mut doubtful: HashMap<ScopeKey, BTreeSet<&Reach>> = HashMap::new();
    for row in context.snapshot.coverage.iter().filter(|row| row.outcome.is_gap()) {
        let unit = &row.unit;
        if unit.cloud != "aws" {
            continue;
        }
        let scope = unit.scope_key();
        if unit.reach != Reach::Global {
            doubtful.entry(scope).or_default().insert(&unit.reach);
        } else if [BUCKET, DETECTOR].iter().any(|name| unit.resource_type == **name) {
            // Buckets of all regions are one listing; and where no region is known, one row stands
            // for all of them.
            let asked = context.units(&scope, DETECTOR).iter().map(|(reach, _)| *reach);
            let (of_all, mut asked): (BTreeSet<_>, BTreeSet<_>) =
                asked.partition(|reach| **reach == Reach::Global);
            if asked.is_empty() {
                asked = of_all;
            }
            doubtful.entry(scope.clone()).or_default().extend(asked);
        }
    }
    doubtful
}

fn of_account(
    context: &Context<'_>,
    scope: &Scope,
    elsewhere: &HashMap<String, bool>,
    doubtful: &HashMap<ScopeKey, BTreeSet<&Reach>>,
) -> Judged {
    let key = scope.key();
    if let Some(gap) = context.why_unread(&key, &[]) {
        return Judged::Unknown(msg!("log-01-use-unknown", reason = gap).into());
    }
    let is_use = |resource: &&&Resource| {
        resource.origin == Origin::Customer
            && resource.key.region != Reach::Global
            && !NO_USE.iter().any(|name| resource.key.resource_type == **name)
    };
    let used = context.resources_of(&key).iter().filter(is_use).map(|r| &r.key.region);
    let used: BTreeSet<&Reach> = used.collect();
    let none = BTreeSet::new();
    let doubtful = doubtful.get(&key).unwrap_or(&none);
    if used.is_empty() && doubtful.is_empty() {
        return Judged::Apart;
    }
    let mut missing: BTreeMap<Thing, Vec<&str>> = BTreeMap::new();
    let mut unknown: Option<Message> = None;
    let trail = trail(context, &key, elsewhere);
    if trail == State::Missing && used.is_empty() {
        unknown = Some(msg!("log-01-no-trail-perhaps-in-use"));
    } else {
        match trail {
            State::There => {}
            State::Missing => _ = missing.entry(Thing::Trail).or_default(),
            State::Unread(why) => unknown = Some(why),
        }
    }
    for region in used.union(doubtful).copied() {
        for (thing, resource_type, attribute) in
            [(Thing::Detector, DETECTOR, "Enable"), (Thing::Recorder, RECORDER, "Recording")]
        {
            match state(context, &key, region, resource_type, attribute) {
                State::There => {}
                State::Missing if used.contains(region) => {
                    missing.entry(thing).or_default().push(region.as_str());
                }
                State::Missing => {
                    unknown.get_or_insert_with(|| {
                        let missing = thing.missing(vec![region.as_str()]);
                        msg!("log-01-perhaps-in-use", missing = missing)
                    });
                }
                State::Unread(why) => _ = unknown.get_or_insert(why),
            }
        }
    }
    let missing = missing.into_iter().map(|(thing, regions)| thing.missing(regions));
    let both = |rest, first| msg!("log-01-missing", first = first, rest = rest);
    if let Some(missing) = missing.rev().reduce(both) {
        let regions = Arg::list(used.into_iter().map(Reach::as_str));
        let scope = key.to_string();
        let message = msg!("log-01-bad", scope = scope, regions = regions, missing = missing);
        return Judged::Bad(message.into());
    }
    unknown.map_or(Judged::Pass, |why| Judged::Unknown(why.into()))
}

/// Whether a multi-region trail logs for the account.
fn trail(context: &Context<'_>, scope: &ScopeKey, elsewhere: &HashMap<String, bool>) -> State {
    let mut unread = context.why_unread(scope, &[TRAIL]);
    // One that is there counts, whatever else could not be read.
    for resource in context.of_type_in(TRAIL, scope).iter().filter(|it| was_seen(context, it)) {
        // A member may not be told of the organization's trail what its owner is.
        let known = || elsewhere.get(&resource.key.id).copied();
        match logs(resource).or_else(|unread| known().ok_or(unread)) {
            Ok(true) => return State::There,
            Ok(false) => {}
            Err(Unread(attribute)) => {
                unread = Some(msg!(
                    "rule-attribute-unread-of",
                    attribute = attribute,
                    resource = resource.label(),
                ));
            }
        }
    }
    unread.map_or(State::Missing, |why| State::Unread(msg!("log-01-trail-unknown", reason = why)))
}

/// Whether a trail is a multi-region trail that logs management events.
fn logs(trail: &Resource) -> Result<bool, Unread> {
    let seen = Seen::new(trail);
    if seen.bool("IsMultiRegionTrail")? != Some(true) {
        return Ok(false);
    }
    let logging = seen.bool("IsLogging")?.ok_or_else(|| Unread("IsLogging".to_owned()))?;
    Ok(logging && takes_management_events(&seen)?)
}

/// Whether the selectors take management events; without any they do.
fn takes_management_events(seen: &Seen<'_>) -> Result<bool, Unread> {
    let basic = seen.list("EventSelectors")?;
    let advanced = seen.list("AdvancedEventSelectors")?;
    let is_management = |field: &Value| {
        let values = field.get("Equals").and_then(Value::as_array).into_iter().flatten();
        field.get("Field").and_then(Value::as_str) == Some("eventCategory")
            && values.into_iter().any(|value| value == "Management")
    };
    let fields = |selector: &Value| -> bool {
        let fields = selector.get("FieldSelectors").and_then(Value::as_array);
        fields.is_some_and(|fields| fields.iter().any(is_management))
    };
    let taken =
        |selector: &Value| selector.get("IncludeManagementEvents") != Some(&Value::Bool(false));
    Ok((basic.is_empty() && advanced.is_empty())
        || basic.iter().any(taken)
        || advanced.iter().any(fields))
}

/// Whether there is one of a type in a region whose attribute says that it works.
fn state(
    context: &Context<'_>,
    scope: &ScopeKey,
    region: &Reach,
    resource_type: &str,
    attribute: &str,
) -> State {
    if let Some(gap) = context.why_unread_in(scope, region, &[resource_type]) {
        let (name, region) = (resource_type, region.as_str());
        let message = msg!("log-01-region-unread", type = name, region = region, reason = gap);
        return State::Unread(message);
    }
    let mut unread = None;
    let own = context.of_type_in(resource_type, scope).iter();
    // A service's own recorder is the provider's; detectors are the customer's.
    for resource in own.filter(|r| r.key.region == *region && r.origin == Origin::Customer) {
        match Seen::new(resource).bool(attribute) {
            Ok(Some(true)) => return State::There,
            Ok(_) => {}
            Err(_) => {
                let name = resource.label();
                let message = msg!("rule-attribute-unread", attribute = attribute, resource = name);
                unread = Some(message);
            }
        }
    }
    unread.map_or(State::Missing, State::Unread)
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;
    use tenko_core::Outcome;

    use crate::testing::*;

    const VOLUME: &str = "AWS::EC2::Volume";
    let used = |region: &str| {
        world().account("1").regions(&["r", "s"]).within("1", region, VOLUME, "vol-1", json!({}))
    };
    let trail_with = |world: World, of: Value| world.with("1", TRAIL, "arn:trail", of);
    let trail =
        |world: World| trail_with(world, json!({"IsMultiRegionTrail": true, "IsLogging": true}));
    let guarded = |world: World, region: &str| {
        world.within("1", region, DETECTOR, "d", json!({"Enable": true})).within(
            "1",
            region,
            RECORDER,
            "default",
            json!({"Recording": true}),
        )
    };
    let denied = Outcome::Unreachable;
    vec![
        fires("nothing", &["1"], used("r")).saying(
            "aws:1 is in use in r and has no multi-region trail that logs management events; no GuardDuty detector that is enabled in r; no Config recorder that records in r.",
        ),
        quiet("everything", guarded(trail(used("r")), "r")),
        fires("GuardDuty and Config elsewhere", &["1"], guarded(trail(used("r")), "s")),
        fires(
            "all is there and off",
            &["1"],
            trail_with(used("r"), json!({"IsMultiRegionTrail": true, "IsLogging": false}))
                .within("1", "r", DETECTOR, "d", json!({"Enable": false}))
                .within("1", "r", RECORDER, "default", json!({"Recording": false})),
        )
        .saying("enabled in r"),
        fires(
            "a trail of one region",
            &["1"],
            guarded(trail_with(used("r"), json!({"IsMultiRegionTrail": false, "IsLogging": true})), "r"),
        ),
        fires(
            "a trail of data events only",
            &["1"],
            guarded(
                trail_with(
                    used("r"),
                    json!({"IsMultiRegionTrail": true, "IsLogging": true, "AdvancedEventSelectors":
                        [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]}),
                ),
                "r",
            ),
        ),
        quiet(
            "the organization's trail, as its owner sees it",
            guarded(trail_with(used("r"), json!({"IsMultiRegionTrail": true})), "r")
                .account("2")
                .with("2", TRAIL, "arn:trail", json!({"IsMultiRegionTrail": true, "IsLogging": true})),
        ),
        quiet(
            "the organization's trail, whose home is a region that the account is not looked at in",
            guarded(
                trail_with(
                    used("r"),
                    json!({"IsMultiRegionTrail": true, "IsOrganizationTrail": true,
                        "IsLogging": true, "HomeRegion": "elsewhere"}),
                )
                .by_provider("seen from every region"),
                "r",
            ),
        ),
        quiet(
            "what a member may not ask, its owner tells",
            guarded(
                trail_with(used("r"), json!({"IsMultiRegionTrail": true}))
                    .unread("IsLogging")
                    .unread("EventSelectors")
                    .account("2")
                    .with("2", TRAIL, "arn:trail", json!({"IsMultiRegionTrail": true, "IsLogging": true})),
                "r",
            )
            .outcome_in("1", "global", TRAIL, Outcome::Partial),
        ),
        unknown(
            "what a member may not ask, and nobody tells",
            &["1"],
            guarded(
                trail_with(used("r"), json!({"IsMultiRegionTrail": true, "IsLogging": true}))
                    .unread("EventSelectors"),
                "r",
            )
            .outcome_in("1", "global", TRAIL, Outcome::Partial),
        )
        .saying("EventSelectors of arn:trail could not be read"),
        fires(
            "a trail that has its home there, and is not one of all regions",
            &["1"],
            guarded(used("r"), "r").with("1", TRAIL, "arn:other", json!({"IsMultiRegionTrail": true, "IsLogging": false})).within(
                "1",
                "r",
                "AWS::CloudTrail::Trail",
                "arn:trail",
                json!({"IsMultiRegionTrail": false, "IsLogging": true}),
            ),
        ),
        fires(
            "a recorder that a service has for itself",
            &["1"],
            trail(used("r"))
                .within("1", "r", DETECTOR, "d", json!({"Enable": true}))
                .within("1", "r", RECORDER, "of-a-service", json!({"Recording": true}))
                .by_provider("recorder of observabilityadmin.amazonaws.com"),
        )
        .saying("no Config recorder"),
        unknown(
            "buckets denied, which may be in any region",
            &["1"],
            guarded(trail(used("r")), "r").denied("1", BUCKET),
        )
        .saying("in s, and whether it is in use"),
        quiet(
            "buckets denied, and all regions have it all",
            guarded(guarded(trail(used("r")), "r"), "s").denied("1", BUCKET),
        ),
        unknown(
            "no region is known",
            &["1"],
            [DETECTOR, RECORDER, VOLUME]
                .into_iter()
                .fold(world().account("1"), |world, name| world.outcome("1", name, denied)),
        )
        .saying("whether any region is in use could not be read"),
        apart("not in use", world().account("1").regions(&["r"])),
        apart(
            "only what the provider made, and what only logs",
            guarded(world().account("1").regions(&["r"]), "r")
                .within("1", "r", VOLUME, "default", json!({}))
                .by_provider("default"),
        ),
        unknown(
            "a region that may be in use",
            &["1"],
            guarded(trail(used("r")), "r").outcome_in("1", "s", VOLUME, denied),
        )
        .saying("in s, and whether it is in use"),
        quiet(
            "a region that may be in use and has it all",
            guarded(guarded(trail(used("r")), "r"), "s").outcome_in("1", "s", VOLUME, denied),
        ),
        unknown("trails denied", &["1"], guarded(used("r"), "r").denied("1", TRAIL)),
        unknown(
            "detectors of a region not read",
            &["1"],
            guarded(trail(used("r")), "r").outcome_in("1", "r", DETECTOR, denied),
        )
        .saying("AWS::GuardDuty::Detector in r could not be read: "),
        unknown("no session", &["1"], used("r").unanswered("1")),
        unknown(
            "not read whether it is enabled",
            &["1"],
            trail(used("r"))
                .within("1", "r", DETECTOR, "d", json!({}))
                .unread("Enable")
                .within("1", "r", RECORDER, "default", json!({"Recording": true})),
        ),
    ]
}
