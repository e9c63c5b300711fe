use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use tenko_core::{
    Arg, Environment, EventWindow, Message, Origin, Outcome, Pattern, Reach, Resource, ScopeKey,
    Tenant, has_tags, msg,
};

use crate::context::{Context, tags_unread};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Subject, name_of};

rule! {
    /// Capacity that an environment has for the time of an event is still there after the event ended.
    ///
    /// ## Why it is bad
    /// It is paid for and does nothing. It is also what nobody looks after any more: it is not patched,
    /// not watched, and often more open than the rest, because it was made in a hurry.
    ///
    /// ## Example
    /// ```yaml
    /// events:
    ///   - name: autumn-cup
    ///     from: 2026-10-01
    ///     until: 2026-10-05T06:00:00Z
    ///     resources: { type: "AWS::EC2::*", tags: { event: autumn-cup } }
    /// # and on 2026-10-12 an instance with that tag is there
    /// ```
    ///
    /// ## What it reads
    /// The declared `events` of each environment that ended before now, and the resources of its
    /// accounts and projects that fit: by type, by name or id, and by tags. What fits counts as the
    /// event's capacity, also where it was made before `from`: capacity is often made ahead. So the
    /// declaration should name only what comes with the event; a group that always runs and is larger
    /// for the event's time would be named for ever.
    ///
    /// A group that scales is gone when it is down to zero: `DesiredCapacity` of an Auto Scaling group,
    /// `DesiredCount` of an ECS service, `targetSize` of a managed instance group. An instance that is
    /// stopped is still there, one that is terminated is not. What the provider made is left out, and,
    /// where several environments share an account, what an ownership tag gives to another tenant or
    /// environment than the event's.
    ///
    /// There is one pass for each event of which nothing is left.
    ///
    /// ## Unknown
    /// Where types that fit could not be read completely, or were not collected; where the tags
    /// of a resource that would fit, or the size of a group, could not be read.
    id: "LIFE-01",
    name: "Capacity left over after an event",
    severity: Medium,
    needs_tenants: true,
    references: [],
    remediation: "Delete it or scale it down to zero; where it is needed for longer, say so in the event's until.",
    parts: [Part::any(&[], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut declared = false;
    let mut coverage: Option<HashMap<ScopeKey, Vec<Row<'_>>>> = None;
    for (tenant, environment) in context.declaration.environments() {
        for event in &environment.events {
            declared = true;
            if context.now > event.until {
                let coverage = coverage.get_or_insert_with(|| rows(context));
                Ended::new(tenant, environment, event).check(context, coverage, sink);
            }
        }
    }
    if !declared {
        sink.not_evaluated(msg!("life-01-no-event"));
    }
}

type Row<'a> = (&'a str, &'a Reach, Outcome);

/// The units of each scope that an environment with events has.
fn rows<'a>(context: &Context<'a>) -> HashMap<ScopeKey, Vec<Row<'a>>> {
    let environments = context.declaration.environments().map(|(_, environment)| environment);
    let with_events = environments.filter(|environment| !environment.events.is_empty());
    let mut rows: HashMap<ScopeKey, Vec<Row<'_>>> =
        with_events.flat_map(|e| &e.scopes).map(|scope| (scope.clone(), Vec::new())).collect();
    for row in &context.snapshot.coverage {
        if let Some(of) = rows.get_mut(&row.unit.scope_key()) {
            of.push((row.unit.resource_type.as_ref(), &row.unit.reach, row.outcome));
        }
    }
    rows
}

/// An event that is over.
struct Ended<'e> {
    tenant: &'e Tenant,
    environment: &'e Environment,
    event: &'e EventWindow,
    resource_type: Pattern,
    name: Pattern,
}

impl<'e> Ended<'e> {
    fn new(tenant: &'e Tenant, environment: &'e Environment, event: &'e EventWindow) -> Self {
        Self {
            tenant,
            environment,
            event,
            resource_type: Pattern::new(event.resource_type.as_deref()),
            name: Pattern::new(event.resource.as_deref()),
        }
    }

    /// A message about the event, with when it ended: `event autumn-cup of acme/production ended on
    /// 2026-10-05T06:00:00Z`.
    fn say(&self, id: &'static str) -> Message {
        let of = format!("{}/{}", self.tenant.id, self.environment.name);
        let (name, until) = (&self.event.name, self.event.until);
        let ended = match whole_day(until) {
            Some(day) => {
                let day = day.to_string();
                msg!("life-01-ended-with", event = name, environment = of, day = day)
            }
            None => {
                let until = until.to_string();
                msg!("life-01-ended", event = name, environment = of, until = until)
            }
        };
        Message::new(id).with("ended", ended)
    }

    fn check(
        &self,
        context: &Context<'_>,
        coverage: &HashMap<ScopeKey, Vec<Row<'_>>>,
        sink: &mut Sink<'_>,
    ) {
        let event = self.event;
        if event.resource_type.is_none() && event.resource.is_none() && event.tags.is_empty() {
            sink.not_evaluated(self.say("life-01-names-nothing"));
            return;
        }
        let (mut is_clear, mut was_collected) = (true, false);
        let scopes: BTreeSet<_> = self.environment.scopes.iter().collect();
        for scope in &scopes {
            for resource in context.resources_of(scope) {
                let subject = Subject::from(*resource).of(self.tenant, Some(self.environment));
                let judged = self.left(context, resource);
                is_clear &= judged == Judged::Apart;
                sink.judge(context, subject, judged);
            }
            let rows = coverage.get(*scope).map(Vec::as_slice).unwrap_or_default();
            let mut rows =
                rows.iter().filter(|(name, ..)| self.resource_type.matches(name)).peekable();
            was_collected |= rows.peek().is_some();
            let gap = context.why_unread(scope, &[]).or_else(|| {
                if let Some((name, reach, outcome)) = rows.find(|(.., outcome)| outcome.is_gap()) {
                    return Some(match reach {
                        Reach::Global => msg!("rule-unit-ended", type = *name, outcome = *outcome),
                        Reach::Region(region) => msg!(
                            "rule-unit-ended-in",
                            type = *name,
                            region = region.as_str(),
                            outcome = *outcome,
                        ),
                    });
                }
                // Where nothing of it was collected at all, that is said once, below.
                let missed = self.left_out(context, scope).filter(|_| was_collected)?;
                Some(msg!("rule-type-not-collected", type = missed))
            });
            if let Some(gap) = gap {
                is_clear = false;
                was_collected = true;
                let message = self.say("life-01-unread").with("reason", gap);
                let subject = Subject::from(*scope).of(self.tenant, Some(self.environment));
                sink.unknown(context, subject, message);
            }
        }
        let Some(first) = scopes.first() else { return };
        let subject = Subject::from(*first).of(self.tenant, Some(self.environment));
        if !was_collected {
            sink.unknown(context, subject, self.say("life-01-not-collected"));
        } else if is_clear {
            sink.judge(context, subject, Judged::Pass);
        }
    }

    /// A type that fits and that the run left out.
    fn left_out<'a>(&self, context: &Context<'a>, scope: &ScopeKey) -> Option<&'a str> {
        let of_cloud = context.catalog.iter().filter(|info| info.cloud == scope.cloud);
        let mut names = of_cloud.map(|info| info.resource_type.as_str());
        names.find(|name| self.resource_type.matches(name) && !context.was_collected(name))
    }

    /// Whether a resource is left of the event; [`Judged::Apart`] where it is none of it, or gone.
    fn left(&self, context: &Context<'_>, resource: &Resource) -> Judged {
        let id = &resource.key.id;
        let fits = resource.origin == Origin::Customer
            && self.resource_type.matches(resource.key.resource_type.as_ref())
            && (self.name.matches(id)
                || resource.name.as_ref().is_some_and(|n| self.name.matches(n)));
        if !fits {
            return Judged::Apart;
        }
        if !has_tags(resource, &self.event.tags) {
            if !tags_unread(resource) {
                return Judged::Apart;
            }
            let message = self.say("life-01-tags-unread").with("name", name_of(resource));
            return Judged::Unknown(message.into());
        }
        if context.is_anothers(resource, self.tenant, self.environment) {
            return Judged::Apart;
        }
        let made = resource.created_at;
        let message = match Size::of(resource) {
            Size::Gone => return Judged::Apart,
            Size::Unread(attribute) => {
                let message = self.say("life-01-attribute-unread").with("attribute", attribute);
                return Judged::Unknown(message.with("name", name_of(resource)).into());
            }
            Size::Scaled(size) if made.is_some() => {
                self.say("life-01-bad-size-made").with("size", Arg::text(size))
            }
            Size::Scaled(size) => self.say("life-01-bad-size").with("size", Arg::text(size)),
            Size::There if made.is_some() => self.say("life-01-bad-made"),
            Size::There => self.say("life-01-bad"),
        };
        let message = message.with("name", name_of(resource));
        Judged::Bad(match made {
            Some(made) => message.with("made", made.to_string()).into(),
            None => message.into(),
        })
    }
}

/// The day with which an event ended: a day in a manifest lasts until the next begins, and is told
/// as that day.
fn whole_day(until: Timestamp) -> Option<Date> {
    let next = until.to_zoned(TimeZone::UTC);
    next.date().yesterday().ok().filter(|_| next.time() == Time::midnight())
}

/// How much of a resource is there.
enum Size {
    Gone,
    There,
    Scaled(f64),
    Unread(&'static str),
}

impl Size {
    fn of(resource: &Resource) -> Self {
        let attribute = match resource.key.resource_type.as_ref() {
            "AWS::EC2::Instance" => {
                let seen = Seen::new(resource);
                let gone =
                    matches!(seen.text("State.Name"), Ok(Some("terminated" | "shutting-down")));
                return if gone { Self::Gone } else { Self::There };
            }
            "AWS::AutoScaling::AutoScalingGroup" => "DesiredCapacity",
            "AWS::ECS::Service" => "DesiredCount",
            "compute.googleapis.com/InstanceGroupManager" => "targetSize",
            _ => return Self::There,
        };
        match Seen::new(resource).number(attribute) {
            // A daemon service of ECS has no count of its own.
            Ok(None) => Self::There,
            Ok(Some(size)) if size > 0.0 => Self::Scaled(size),
            Ok(Some(_)) => Self::Gone,
            Err(_) => Self::Unread(attribute),
        }
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
    const INSTANCE: &str = "AWS::EC2::Instance";
    let event = |until: &str, resource_type: Option<&str>, name: Option<&str>| EventWindow {
        name: "cup".to_owned(),
        from: "2026-05-01T00:00:00Z".parse().unwrap(),
        until: until.parse().unwrap(),
        resource_type: resource_type.map(ToOwned::to_owned),
        resource: name.map(ToOwned::to_owned),
        tags: Default::default(),
        source: source("cup"),
    };
    let with = |event: EventWindow| {
        let world = world().account("1").regions(&["r"]).tenant("acme", &[("prod", "1")]);
        world.declare(|d| d.tenants[0].environments[0].events.push(event))
    };
    let ended = "2026-05-05T06:00:00Z";
    let named = |name: &str| with(event(ended, None, Some(name)));
    let tagged = || {
        let mut event = event(ended, Some("AWS::EC2::*"), None);
        event.tags.insert("event".to_owned(), Some("cup".to_owned()));
        with(event)
    };
    let group = |size: u32| {
        named("cup-*").within("1", "r", GROUP, "cup-web", json!({"DesiredCapacity": size}))
    };
    let known = |mut world: World, types: &[&str]| {
        world.catalog = types.iter().map(|name| known_type(name)).collect();
        world
    };
    let instance = |world: World| world.within("1", "r", INSTANCE, "i-1", json!({}));
    let tags_env =
        |d: &mut tenko_core::Declaration| d.ownership.environment_tags.push("env".to_owned());
    let together = |tags: &[(&str, &str)]| {
        let others = tenant("acme", &[("test", "1"), ("dev", "2")]).environments;
        let world = named("i-*").declare(|d| d.tenants[0].environments.extend(others));
        instance(world.declare(tags_env)).tags(tags)
    };
    vec![
        fires("left over", &["1/cup-web"], group(3)).saying(
            "The event cup of acme/prod ended on 2026-05-05T06:00:00Z, and AWS::AutoScaling::AutoScalingGroup cup-web still has a size of 3.",
        ),
        fires("left over, and when it was made", &["1/cup-web"], {
            group(3).created("2026-04-01T00:00:00Z")
        })
        .saying("cup-web, made on 2026-04-01T00:00:00Z, still has a size of 3."),
        quiet("scaled to zero", group(0)),
        unknown("a size that was not read", &["1/cup-web"], group(3).unread("DesiredCapacity")),
        fires("by tag", &["1/i-1"], instance(tagged()).tags(&[("event", "cup")])),
        fires(
            "made before the event",
            &["1/i-1"],
            instance(tagged()).tags(&[("event", "cup")]).created("2026-04-01T00:00:00Z"),
        )
        .saying("made on 2026-04-01T00:00:00Z, is still there."),
        fires("a whole day", &["1/i-1"], {
            let world = with(event("2026-05-06T00:00:00Z", None, Some("i-*")));
            instance(world)
        })
        .saying("event cup of acme/prod ended with 2026-05-05 (UTC), and"),
        quiet("another tag", instance(tagged()).tags(&[("event", "bowl")])),
        quiet("terminated", {
            let gone = json!({"State": {"Name": "terminated"}});
            tagged().within("1", "r", INSTANCE, "i-1", gone).tags(&[("event", "cup")])
        }),
        quiet("made by the provider", instance(named("i-*")).by_provider("default")),
        unknown("tags not read", &["1/i-1"], instance(tagged()).unread("Tags")),
        unknown("a type denied", &["1"], tagged().denied("1", INSTANCE)),
        unknown("no session", &["1"], tagged().unanswered("1")),
        quiet("another type denied", tagged().denied("1", "AWS::RDS::DBInstance")),
        unknown("a type that nobody collects", &["1"], with(event(ended, Some("AWS::No::*"), None))),
        apart("not over yet", with(event("2026-06-01T12:00:00Z", None, Some("*")))),
        apart("it names nothing", instance(with(event(ended, None, None)))),
        apart("no event", instance(world().account("1").tenant("acme", &[("prod", "1")]))),
        quiet("all that it names was collected", known(named("i-*"), &[GROUP, INSTANCE])),
        unknown(
            "a type that the run left out",
            &["1"],
            known(named("i-*"), &[GROUP, "AWS::No::Such"]),
        )
        .saying("AWS::No::Such was not collected"),
        quiet("that it does not name", known(tagged(), &[INSTANCE, "AWS::No::Such"])),
        quiet("another tenant's in a shared account", {
            let world = named("i-*").tenant("beta", &[("prod", "1")]);
            instance(world).tags(&[("tenant", "beta")])
        }),
        quiet("another environment's in a shared account", together(&[("env", "Test")])),
        quiet("that of an environment elsewhere", together(&[("env", "dev")])),
        quiet(
            "another environment's of the tenant that the tag names",
            together(&[("tenant", "acme"), ("env", "test")]),
        ),
        fires(
            "its own in a shared account",
            &["1/i-1"],
            together(&[("tenant", "acme"), ("env", "prod")]),
        ),
        fires(
            "an environment that is not declared",
            &["1/i-1"],
            together(&[("env", "gone")]),
        ),
        fires("another environment's tag where nobody shares", &["1/i-1"], {
            instance(named("i-*").declare(tags_env)).tags(&[("env", "test")])
        }),
    ]
}
