//! The user's own rules: CEL expressions over one resource or one scope.
//!
//! An own rule keeps to what holds for all: what it reads and could not be read is unknown, and so
//! is what its expression cannot be computed for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tenko_cel::{CelError, Expression, Facts, Over};
use tenko_core::{
    Cloud, Environment, OwnRule, OwnSubject, Pattern, Resource, Scope, ScopeId, Tenant, msg,
};

use crate::context::Context;
use crate::sink::{Judged, Sink, Speaker, name_of};

/// An own rule with its expression, ready to be evaluated.
pub(crate) struct Compiled<'a> {
    rule: &'a OwnRule,
    /// An expression that does not compile was refused when the manifest was read; a declaration
    /// that was made in another way may still hold one.
    expression: Result<Expression, CelError>,
}

pub(crate) fn compile(rules: &[OwnRule]) -> Vec<Compiled<'_>> {
    rules.iter().map(Compiled::new).collect()
}

impl<'a> Compiled<'a> {
    fn new(rule: &'a OwnRule) -> Self {
        let over = match &rule.subject {
            OwnSubject::Resources(_) => Over::Resource,
            OwnSubject::Scopes => Over::Scope,
        };
        Self { rule, expression: Expression::compile(&rule.when, over) }
    }

    pub(crate) fn speaker(&self) -> Speaker<'_> {
        Speaker {
            id: &self.rule.id,
            name: &self.rule.name,
            severity: self.rule.severity,
            remediation: &self.rule.remediation,
        }
    }

    pub(crate) fn check(&self, context: &Context<'_>, sink: &mut Sink<'_>) {
        let expression = match &self.expression {
            Ok(expression) => expression,
            Err(error) => {
                let (source, error) = (self.rule.source.to_string(), error.to_string());
                sink.not_evaluated(msg!("rule-own-wrong", source = source, error = error));
                return;
            }
        };
        match &self.rule.subject {
            OwnSubject::Resources(glob) => self.resources(context, expression, glob, sink),
            OwnSubject::Scopes => {
                for place in places(context).values().filter(|p| p.scope.is_collectable()) {
                    let judged = self.judge(context, expression, place, None);
                    sink.judge(context, place.scope, judged);
                }
            }
        }
    }

    fn resources(
        &self,
        context: &Context<'_>,
        expression: &Expression,
        glob: &str,
        sink: &mut Sink<'_>,
    ) {
        let pattern = Pattern::new(Some(glob));
        let mut asked: Vec<&str> =
            context.collected().filter(|name| pattern.matches(name)).collect();
        asked.sort_unstable();
        if asked.is_empty() {
            sink.not_evaluated(msg!("rule-own-no-type", types = glob));
        }
        let places = places(context);
        for resource_type in asked {
            sink.each(context, resource_type, |resource| {
                let unread = expression.attributes().iter().find(|path| resource.is_unknown(path));
                if let Some(path) = unread {
                    let message = msg!("rule-own-unread", attribute = path.to_string());
                    return Ok(Judged::Unknown(message.into()));
                }
                let Some(place) = places.get(&(&resource.key.cloud, &resource.key.scope)) else {
                    return Ok(Judged::Apart);
                };
                Ok(self.judge(context, expression, place, Some(resource)))
            });
        }
    }

    fn judge(
        &self,
        context: &Context<'_>,
        expression: &Expression,
        place: &Place<'_>,
        resource: Option<&Resource>,
    ) -> Judged {
        let Place { scope, path, environments } = place;
        let environments = match resource {
            Some(resource) if environments.len() > 1 => context.environments_for(resource),
            _ => Cow::Borrowed(*environments),
        };
        let (environments, now) = (environments.as_ref(), context.now);
        let facts = Facts { resource, scope: Some(scope), path, environments, now };
        match expression.evaluate(&facts) {
            Ok(true) => {
                let subject = resource.map_or_else(|| scope.key().to_string(), name_of);
                Judged::Bad(format!("{subject}: {}.", self.rule.name.trim_end_matches('.')).into())
            }
            Ok(false) => Judged::Pass,
            // The same words for all: a report puts those together that say the same.
            Err(error) => {
                Judged::Unknown(msg!("rule-own-not-computed", error = error.to_string()).into())
            }
        }
    }
}

/// What an expression can read of an account or project, looked up once for all its resources.
struct Place<'a> {
    scope: &'a Scope,
    path: Vec<&'a Scope>,
    environments: &'a [(&'a Tenant, &'a Environment)],
}

fn places<'a>(context: &'a Context<'_>) -> BTreeMap<(&'a Cloud, &'a ScopeId), Place<'a>> {
    let of = |scope: &'a Scope| {
        let key = scope.key();
        let environments = context.environments_of(&key);
        ((&scope.cloud, &scope.id), Place { scope, path: context.path_of(&key), environments })
    };
    context.scopes.values().copied().map(of).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tenko_core::{Severity, Verdict};

    use super::*;
    use crate::testing::*;

    fn own(subject: OwnSubject, when: &str) -> OwnRule {
        OwnRule {
            id: "OWN-01".to_owned(),
            name: "It is so".to_owned(),
            description: String::new(),
            severity: Severity::Low,
            remediation: "Change it.".to_owned(),
            references: vec![],
            subject,
            when: when.to_owned(),
            source: source("rules.own.OWN-01.when"),
        }
    }

    fn buckets(when: &str) -> World {
        let rule = own(OwnSubject::Resources("AWS::S3::*".to_owned()), when);
        let world = world().account("1").tenant("acme", &[("prod", "1")]);
        let world = world.with("1", "AWS::S3::Bucket", "a", json!({"Owner": "x"}));
        let world = world.with("1", "AWS::S3::Bucket", "b", json!({})).tags(&[("owner", "me")]);
        world.declare(|declaration| declaration.rules.own.push(rule))
    }

    fn verdicts(world: &World) -> Vec<(String, Verdict)> {
        let said = world.evaluate().findings.into_iter().filter(|f| f.rule == "OWN-01");
        let subject = |f: &tenko_core::Finding| match &f.resource {
            Some(resource) => resource.label().to_owned(),
            None => f.scope.to_string(),
        };
        said.map(|f| (subject(&f), f.verdict)).collect()
    }

    fn said(subject: &str, verdict: Verdict) -> Vec<(String, Verdict)> {
        vec![(subject.to_owned(), verdict)]
    }

    #[test]
    fn fires_where_the_expression_is_true() {
        let world = buckets(r#"!("owner" in resource.tags)"#);
        assert_eq!(verdicts(&world), said("a", Verdict::Finding));
        let finding = world.evaluate().findings.into_iter().find(|f| f.rule == "OWN-01").unwrap();
        assert_eq!(finding.message, "AWS::S3::Bucket a: It is so.");
        assert_eq!((finding.severity, finding.tenant.as_deref()), (Severity::Low, Some("acme")));
    }

    #[test]
    fn unknown_where_it_reads_what_could_not_be_read() {
        let world = buckets(r#"!("owner" in resource.tags)"#).unread("Tags");
        let both = [said("a", Verdict::Finding), said("b", Verdict::Unknown)].concat();
        assert_eq!(verdicts(&world), both);
        let denied = buckets("false").denied("1", "AWS::S3::Bucket");
        assert_eq!(verdicts(&denied), said("1", Verdict::Unknown));
    }

    #[test]
    fn unknown_where_it_cannot_be_computed() {
        let world = buckets(r#"resource.attributes.Owner == "x""#);
        let both = [said("a", Verdict::Finding), said("b", Verdict::Unknown)].concat();
        assert_eq!(verdicts(&world), both);
    }

    #[test]
    fn looks_at_scopes_too() {
        let rule = own(OwnSubject::Scopes, r#"environment.stage == "prod""#);
        let world = world().account("1").tenant("acme", &[("prod", "1")]);
        let mut world = world.declare(|declaration| declaration.rules.own.push(rule));
        world.declaration.tenants[0].environments[0].stage = Some("prod".to_owned());
        assert_eq!(verdicts(&world), said("1", Verdict::Finding));
    }

    fn shared(when: &str) -> World {
        let rule = own(OwnSubject::Resources("AWS::S3::*".to_owned()), when);
        let world = world().account("1").tenant("acme", &[("prod", "1"), ("test", "1")]);
        let world = world.tenant("beta", &[("live", "1")]).declare(|declaration| {
            declaration.rules.own.push(rule);
            declaration.ownership.environment_tags.push("env".to_owned());
        });
        let bucket =
            |world: World, id, tags| world.with("1", "AWS::S3::Bucket", id, json!({})).tags(tags);
        let world = bucket(world, "of-prod", &[("env", "Prod")]);
        let world = bucket(world, "of-beta", &[("tenant", "beta"), ("env", "prod")]);
        let world = bucket(world, "of-acme", &[("tenant", "acme")]);
        bucket(world, "of-nobody", &[("tenant", "gone"), ("env", "gone")])
    }

    #[test]
    fn tags_choose_between_several_environments() {
        let told = |verdict, names: &[&str]| -> Vec<_> {
            names.iter().map(|name| ((*name).to_owned(), verdict)).collect()
        };
        let (finding, unknown) = (Verdict::Finding, Verdict::Unknown);
        let mut expected = told(finding, &["of-prod"]);
        expected.extend(told(unknown, &["of-acme", "of-nobody"]));
        let mut found = verdicts(&shared(r#"environment.name == "prod""#));
        expected.sort_by_key(|(name, _)| name.clone());
        found.sort_by_key(|(name, _)| name.clone());
        assert_eq!(found, expected);

        let mut expected = told(finding, &["of-acme", "of-prod"]);
        expected.extend(told(unknown, &["of-nobody"]));
        let mut found = verdicts(&shared(r#"environment.tenant == "acme""#));
        expected.sort_by_key(|(name, _)| name.clone());
        found.sort_by_key(|(name, _)| name.clone());
        assert_eq!(found, expected);
        assert_eq!(verdicts(&shared("environment == null")), []);
    }

    #[test]
    fn what_cannot_be_computed_is_said_in_the_same_words() {
        let said: Vec<_> = shared(r#"environment.name == "prod""#)
            .evaluate()
            .findings
            .into_iter()
            .filter(|finding| finding.rule == "OWN-01" && finding.verdict == Verdict::Unknown)
            .map(|finding| finding.message)
            .collect();
        let expected = "It could not be computed: the account or project belongs to several \
                        environments, and `name` is not the same in all of them.";
        assert_eq!(said, [expected, expected]);
    }

    #[test]
    fn what_is_hidden_is_unknown() {
        let rule = own(
            OwnSubject::Resources("AWS::S3::Bucket".to_owned()),
            r#"resource.attributes.Password != "x""#,
        );
        let digest = format!("{}{}", tenko_core::REDACTED_PREFIX, "0".repeat(32));
        let world = world().account("1").tenant("acme", &[("prod", "1")]);
        let world = world.with("1", "AWS::S3::Bucket", "a", json!({"Password": digest}));
        let world = world.declare(|declaration| declaration.rules.own.push(rule));
        assert_eq!(verdicts(&world), said("a", Verdict::Unknown));
    }

    #[test]
    fn a_type_that_was_not_collected_is_told() {
        let rule = own(OwnSubject::Resources("AWS::No::*".to_owned()), "true");
        let world = world().account("1").declare(|declaration| declaration.rules.own.push(rule));
        let results = world.evaluate().results;
        let result = results.iter().find(|result| result.rule == "OWN-01").unwrap();
        assert_eq!(result.not_evaluated, ["no type that AWS::No::* matches was collected"]);
    }
}
