use std::collections::{BTreeMap, BTreeSet, HashMap};

use tenko_core::{Cloud, Message, Outcome, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::organization::{ADMINISTRATOR, Organization, security_administrators, was_seen};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};
use crate::workloads::{BUCKET, SERVING, TRAIL, Tooling, Workloads};

const MULTI: &str = "AWS::CloudTrail::MultiRegionTrail";
const DETECTOR: &str = "AWS::GuardDuty::Detector";

rule! {
    /// The logs of the organization do not land in an account that is kept apart from workloads, or
    /// its security services are administered only from accounts that are not.
    ///
    /// ## Why it is bad
    /// Whoever breaks into an account deletes its logs first. Logs that lie in the account that
    /// they are about, or beside a workload that many people may reach, are no evidence when they
    /// are needed; and findings that are looked after in an account with a workload are switched
    /// off from there.
    ///
    /// ## Example
    /// The organization's trail writes to a bucket in the management account, and GuardDuty is
    /// administered by the account in which production runs.
    ///
    /// ## What it reads
    /// Logs: every `AWS::CloudTrail::MultiRegionTrail` and `AWS::CloudTrail::Trail` that is logging
    /// and belongs to the organization (`IsOrganizationTrail`) or writes to another account's
    /// bucket. The former shows a trail whose home is a region that is not looked at, too. The
    /// account that has the bucket (`S3BucketName`) among its `AWS::S3::Bucket` is where the logs
    /// land. One such account that is kept apart is enough; no such trail at all is a finding.
    ///
    /// Security: the accounts that `AWS::Organizations::DelegatedAdministrator` names for a
    /// security service (as in ACC-07), and the `AdministratorAccountId` of
    /// `AWS::GuardDuty::Detector`. One that is kept apart is enough. Where there is none at all,
    /// that is ACC-07, and only the logs are judged here.
    ///
    /// An account is kept apart if it is not the management account, belongs to no tenant's
    /// environment, and is declared as shared or holds nothing that serves an application:
    /// `AWS::EC2::Instance`, `AWS::ECS::Service`, `AWS::ElasticLoadBalancingV2::LoadBalancer`,
    /// `AWS::RDS::DBInstance`, `AWS::RDS::DBCluster`. Functions, tables and buckets do not count:
    /// log and security accounts have them too. What is declared as shared is taken at its word.
    ///
    /// Aggregators of AWS Config, event data stores and log groups are not read. One verdict for
    /// each organization, on its management account where that was discovered; an organization
    /// without any member account is not judged. Log sinks of Google Cloud are not read.
    ///
    /// ## Unknown
    /// Where trails could not be read and none of those that were is known to land well or badly;
    /// where of a trail it could not be told where it lands, or what the account there holds, and
    /// no other lands well; where it could not be read who administers security.
    ///
    /// ## Compared with Prowler
    /// `config_delegated_admin_and_org_aggregator_all_regions` looks at Config alone, and not at
    /// what else the administrator's account holds.
    id: "ACC-09",
    name: "No log or security account apart from workloads",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS SRA" => "Log Archive account",
        "AWS SRA" => "Security Tooling account",
        "AWS Config" => "GUARDDUTY_ENABLED_CENTRALIZED",
        "Prowler" => "config_delegated_admin_and_org_aggregator_all_regions",
    ],
    remediation: "Make one account for logs and one for security tooling, in a unit of their own; let the organization's trail write to a locked bucket in the first, delegate the security services to the second, and declare both as shared.",
    parts: [
        Part::aws(&[MULTI, BUCKET], check).also(&[
            TRAIL,
            ADMINISTRATOR,
            DETECTOR,
            "AWS::EC2::Instance",
            "AWS::ECS::Service",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::Organizations::Organization",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance",
        ]),
    ],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tooling = Tooling::new(context);
    let organizations = Organization::all(context);
    if organizations.is_empty() {
        sink.not_evaluated(msg!("rule-no-organization"));
    }
    for organization in organizations {
        if organization.members.is_empty() {
            if context.discovery_is_incomplete(&Cloud::aws()) {
                sink.unknown(context, organization.subject(), msg!("rule-members-unknown"));
            }
            continue;
        }
        let sides = [logs(context, &tooling), security(context, &tooling)];
        sink.judge(context, organization.subject(), both(sides));
    }
}

/// What was learnt of one place: where the logs of a trail land, or who administers.
enum Place {
    /// It is kept apart.
    Apart,
    /// It is not: a sentence with the evidence.
    Beside(Message),
    /// That could not be told: a sentence with why.
    Unread(Message),
}

/// What goes to a place, or comes from it.
enum What<'s> {
    Trail { trail: &'s str, bucket: &'s str },
    Security,
}

impl What<'_> {
    /// A sentence, by its id for each of them.
    fn say(&self, of_trail: &'static str, of_security: &'static str) -> Message {
        match self {
            Self::Trail { trail, bucket } => {
                Message::new(of_trail).with("trail", *trail).with("bucket", *bucket)
            }
            Self::Security => Message::new(of_security),
        }
    }
}

/// What holds of all places of one kind together: sentences with the evidence against them, or one
/// with why nobody knows.
type Side = Result<Vec<Message>, Message>;

fn both(sides: [Side; 2]) -> Judged {
    let (mut bad, mut unknown) = (Vec::new(), Vec::new());
    for side in sides {
        match side {
            Ok(evidence) => bad.extend(evidence),
            Err(why) => unknown.push(why),
        }
    }
    match (bad.is_empty(), unknown.is_empty()) {
        (false, _) => Judged::Bad(sentences(bad).into()),
        (true, false) => Judged::Unknown(sentences(unknown).into()),
        (true, true) => Judged::Pass,
    }
}

/// A few sentences in a row, and how many more there are.
fn sentences(all: Vec<Message>) -> Message {
    // Each lies in the one before it.
    const MOST: usize = 6;
    let two = |first, rest| msg!("acc-09-sentences", first = first, rest = rest);
    let more = all.len().saturating_sub(MOST);
    let more = (more > 0).then(|| msg!("acc-09-more", more = more));
    let shown: Vec<_> = all.into_iter().take(MOST).chain(more).collect();
    let mut shown = shown.into_iter().rev();
    let last = shown.next().unwrap_or_else(|| msg!("as-it-is", text = ""));
    shown.fold(last, |rest, first| two(first, rest))
}

/// One place that is kept apart is enough, so one of which that could not be told may be it; else
/// the evidence against the others counts. `gap` says that there may be more of them.
fn together(places: Vec<Place>, gap: Option<Message>) -> Side {
    let (mut beside, mut unread) = (Vec::new(), None);
    for place in places {
        match place {
            Place::Apart => return Ok(Vec::new()),
            Place::Beside(evidence) => beside.push(evidence),
            Place::Unread(why) => _ = unread.get_or_insert(why),
        }
    }
    match unread.or_else(|| gap.filter(|_| beside.is_empty())) {
        Some(why) => Err(why),
        None => Ok(beside),
    }
}

fn logs(context: &Context<'_>, tooling: &Tooling) -> Side {
    let mut owners = HashMap::new();
    for bucket in context.of_type(BUCKET).iter().filter(|bucket| was_seen(context, bucket)) {
        owners.insert(bucket.key.id.as_str(), bucket.key.scope_key());
    }
    // An organization's trail shows in every account, and one of all regions in both types: what
    // one of them could not read, another may tell.
    let mut trails: BTreeMap<&str, &Resource> = BTreeMap::new();
    let all = [MULTI, TRAIL].into_iter().flat_map(|name| context.of_type(name));
    // Of an account whose listing of all regions failed, one region's trails are not enough.
    let listed = |trail: &Resource| {
        let units = context.units(&trail.key.scope_key(), MULTI);
        units.iter().any(|(_, ended)| matches!(ended, Outcome::Complete | Outcome::Partial))
    };
    for trail in all.filter(|trail| was_seen(context, trail) && listed(trail)) {
        let known = trails.entry(trail.key.id.as_str()).or_insert(trail);
        if lands(known, &owners).is_err() {
            *known = trail;
        }
    }
    let mut places = Vec::new();
    for trail in trails.values() {
        match lands(trail, &owners) {
            Ok(None) => {}
            Ok(Some((bucket, Some(owner)))) => {
                let what = What::Trail { trail: trail.label(), bucket: &bucket };
                places.push(place(context, owner, &what, tooling));
            }
            Ok(Some((bucket, None))) => places.push(Place::Unread(msg!(
                "acc-09-bucket-of-nobody",
                bucket = bucket,
                trail = trail.label()
            ))),
            Err(Unread(attribute)) => places.push(Place::Unread(msg!(
                "acc-09-trail-unread",
                attribute = attribute,
                trail = trail.label()
            ))),
        }
    }
    let none = places.is_empty();
    let gap = context.why_unread_anywhere("aws", &[TRAIL, MULTI]);
    if none && gap.is_none() {
        return Ok(vec![msg!("acc-09-no-trail")]);
    }
    together(places, gap.map(|reason| msg!("acc-09-trails-unread", reason = reason)))
}

/// The bucket that a trail of several accounts takes their logs to, and the account that has it.
fn lands<'o>(
    trail: &Resource,
    owners: &'o HashMap<&str, ScopeKey>,
) -> Result<Option<(String, Option<&'o ScopeKey>)>, Unread> {
    let seen = Seen::new(trail);
    if seen.bool("IsLogging")? == Some(false) {
        return Ok(None);
    }
    let Some(bucket) = seen.text("S3BucketName")? else { return Ok(None) };
    let owner = owners.get(bucket);
    // arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME
    let of = trail.key.id.split(':').nth(4).unwrap_or(trail.key.scope.as_str());
    let is_own = owner.is_some_and(|owner| owner.id == *of);
    let is_of_all = seen.bool("IsOrganizationTrail")? == Some(true);
    Ok((is_of_all || !is_own).then(|| (bucket.to_owned(), owner)))
}

fn security(context: &Context<'_>, tooling: &Tooling) -> Side {
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    let mut gap = context.why_unread_organization(ADMINISTRATOR);
    if gap.is_none() {
        match security_administrators(context) {
            Ok(found) => accounts.extend(found.into_iter().map(str::to_owned)),
            Err(why) => gap = Some(why),
        }
    }
    for detector in context.of_type(DETECTOR).iter().filter(|found| was_seen(context, found)) {
        if let Ok(Some(account)) = Seen::new(detector).text("AdministratorAccountId") {
            accounts.insert(account.to_owned());
        }
    }
    let places = accounts.into_iter().map(|account| {
        let key = ScopeKey::new(Cloud::aws(), account);
        place(context, &key, &What::Security, tooling)
    });
    let places: Vec<_> = places.collect();
    match gap {
        // Others that were not read may be kept apart.
        Some(why) if !places.iter().any(|place| matches!(place, Place::Apart)) => {
            Err(msg!("acc-09-administrators-unread", reason = why))
        }
        _ => together(places, None),
    }
}

fn place(context: &Context<'_>, account: &ScopeKey, what: &What<'_>, tooling: &Tooling) -> Place {
    let say = |of_trail, of_security| {
        what.say(of_trail, of_security).with("account", account.to_string())
    };
    let Some(scope) = context.scopes.get(account) else {
        let message = say("acc-09-trail-to-undiscovered", "acc-09-security-from-undiscovered");
        return Place::Unread(message);
    };
    if scope.management {
        return Place::Beside(say("acc-09-trail-to-management", "acc-09-security-from-management"));
    }
    if let Some((tenant, environment)) = context.environments_of(account).first() {
        let message = say("acc-09-trail-to-tenant", "acc-09-security-from-tenant");
        let message = message.with("tenant", &tenant.id).with("environment", &environment.name);
        return Place::Beside(message);
    }
    if context.declaration.shared.contains_key(account) {
        return Place::Apart;
    }
    let workloads = Workloads::of(context, account, &SERVING, tooling);
    if !workloads.are_none() {
        let message = say("acc-09-trail-to-workloads", "acc-09-security-from-workloads");
        return Place::Beside(message.with("workloads", workloads.counted()));
    }
    match workloads.gap {
        Some(gap) => {
            let message = say("acc-09-trail-to-unread", "acc-09-security-from-unread");
            Place::Unread(message.with("reason", gap))
        }
        None => Place::Apart,
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    const ARN: &str = "arn:aws:cloudtrail:r:9:trail/org";
    let accounts = || {
        let world = world().regions(&["r"]).management("9");
        let world = world.account("1").account("2").account("3");
        world.with("9", "AWS::Organizations::Organization", "o", json!({"Id": "o"}))
    };
    let trail = |world: World, of: serde_json::Value| world.with("9", MULTI, ARN, of);
    let org = || json!({"S3BucketName": "logs", "IsOrganizationTrail": true, "IsLogging": true});
    let bucket =
        |world: World, account: &str| world.within(account, "r", BUCKET, "logs", json!({}));
    let admin = |world: World, account: &str| {
        let of = json!({"Services": ["guardduty.amazonaws.com"]});
        world.with("9", ADMINISTRATOR, account, of)
    };
    let good = || admin(bucket(trail(accounts(), org()), "2"), "3");
    let serving = |world: World, account: &str| {
        world.within(account, "r", "AWS::EC2::Instance", "i-1", json!({}))
    };
    vec![
        quiet("both", good()),
        quiet("no administrator is another rule's", bucket(trail(accounts(), org()), "2")),
        quiet(
            "functions do not count",
            good().within("2", "r", "AWS::Lambda::Function", "f", json!({})),
        ),
        quiet("declared as shared", serving(good(), "2").shared("2", "log archive")),
        quiet(
            "a member's trail to another's bucket",
            bucket(accounts(), "2").within(
                "1",
                "r",
                TRAIL,
                "arn:aws:cloudtrail:r:1:trail/t",
                json!({"S3BucketName": "logs"}),
            ),
        ),
        quiet(
            "one of two is enough",
            bucket(trail(accounts(), org()), "2")
                .within(
                    "9",
                    "r",
                    TRAIL,
                    "arn:aws:cloudtrail:r:9:trail/old",
                    json!({"S3BucketName": "old", "IsOrganizationTrail": true}),
                )
                .within("9", "r", BUCKET, "old", json!({})),
        ),
        quiet("the trail in its home region, too", good().within("9", "r", TRAIL, ARN, org())),
        quiet(
            "what one account may not ask, another tells",
            good().with("1", MULTI, ARN, org()).unread("IsLogging").outcome(
                "1",
                MULTI,
                Outcome::Partial,
            ),
        ),
        fires("no trail", &["9"], admin(accounts(), "3")).saying("No trail takes the logs"),
        fires(
            "a trail that is off",
            &["9"],
            bucket(
                trail(
                    accounts(),
                    json!({"S3BucketName": "logs", "IsOrganizationTrail": true, "IsLogging": false}),
                ),
                "2",
            ),
        ),
        fires(
            "each account's own",
            &["9"],
            bucket(accounts(), "1").within(
                "1",
                "r",
                TRAIL,
                "arn:aws:cloudtrail:r:1:trail/t",
                json!({"S3BucketName": "logs"}),
            ),
        ),
        fires("in the management account", &["9"], bucket(trail(accounts(), org()), "9"))
            .saying("writes to the bucket logs of the management account aws:9."),
        fires("in a tenant's", &["9"], good().tenant("acme", &[("prod", "2")]))
            .saying("aws:2, which is prod of the tenant acme."),
        fires("beside a workload", &["9"], serving(good(), "2"))
            .saying("1 AWS::EC2::Instance (i-1)"),
        fires("security beside a workload", &["9"], serving(good(), "3"))
            .saying("Security is administered from aws:3"),
        fires(
            "GuardDuty from the management account",
            &["9"],
            bucket(trail(accounts(), org()), "2").within(
                "1",
                "r",
                DETECTOR,
                "d",
                json!({"AdministratorAccountId": "9"}),
            ),
        ),
        unknown(
            "own trails, and a bucket that was not read",
            &["9"],
            bucket(accounts(), "1").denied("1", BUCKET).within(
                "1",
                "r",
                TRAIL,
                "arn:aws:cloudtrail:r:1:trail/t",
                json!({"S3BucketName": "logs"}),
            ),
        ),
        unknown(
            "GuardDuty from the management account, and others not read",
            &["9"],
            bucket(trail(accounts(), org()), "2").denied("9", ADMINISTRATOR).within(
                "1",
                "r",
                DETECTOR,
                "d",
                json!({"AdministratorAccountId": "9"}),
            ),
        ),
        unknown(
            "one lands badly, and another where nobody could look",
            &["9"],
            bucket(trail(accounts(), org()), "9").denied("2", BUCKET).with(
                "9",
                MULTI,
                "arn:aws:cloudtrail:r:9:trail/archive",
                json!({"S3BucketName": "archive", "IsOrganizationTrail": true, "IsLogging": true}),
            ),
        )
        .saying("has the bucket archive"),
        unknown("nobody's bucket", &["9"], trail(accounts(), org())).saying("has the bucket logs"),
        unknown("trails denied", &["9"], admin(accounts(), "3").denied("1", TRAIL)),
        unknown("those of all regions denied", &["9"], admin(accounts(), "3").denied("9", MULTI)),
        quiet("of others", good().denied("1", TRAIL).denied("1", BUCKET)),
        unknown("the bucket's account denied", &["9"], good().denied("2", BUCKET)),
        unknown("what else is there denied", &["9"], good().denied("2", "AWS::EC2::Instance")),
        unknown("administrators denied", &["9"], good().denied("9", ADMINISTRATOR)),
        unknown(
            "the trail's bucket not read",
            &["9"],
            trail(accounts(), org()).unread("S3BucketName"),
        ),
        unknown(
            "an administrator that is not known",
            &["9"],
            admin(bucket(trail(accounts(), org()), "2"), "7"),
        ),
        apart("no member", world().management("9")),
        unknown("members not known", &["9"], world().management("9").discovery_failed("aws")),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_that_serves_is_among_what_is_read() {
        let read = super::RULE.parts.iter().flat_map(|part| part.also).collect::<Vec<_>>();
        for name in crate::workloads::SERVING {
            assert!(read.contains(&&name), "{name}");
        }
    }
}
