//! Where the verdicts of a rule go: counted, named, and made findings of.

use std::fmt::Display;

use rayon::prelude::*;
use tenko_core::{
    Arg, AttrPath, Environment, Finding, Fingerprint, Message, Resource, ResourceRef, Scope,
    ScopeKey, Severity, Tenant, msg,
};

use crate::context::Context;

/// A sentence with the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    /// In any language.
    Message(Message),
    /// As the user wrote it, in an own rule.
    Text(String),
}

impl From<Message> for Say {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<String> for Say {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What a rule says of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Everything that the rule reads of it was read, and it is not in the bad state.
    Pass,
    /// It is in the bad state: one sentence with the evidence.
    Bad(Say),
    /// It could not be told: one sentence with what could not be read.
    Unknown(Say),
    /// The rule does not speak of it.
    Apart,
}

/// An attribute that could not be read: neither present nor absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unread(pub(crate) String);

impl Judged {
    /// Of a check in which `?` gives up at what could not be read.
    fn of(resource: &Resource, result: Result<Self, Unread>) -> Self {
        result.unwrap_or_else(|Unread(attribute)| {
            Self::Unknown(
                msg!("rule-attribute-unread", attribute = attribute, resource = name_of(resource))
                    .into(),
            )
        })
    }
}

/// What a verdict is about.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'a> {
    scope: ScopeKey,
    /// What was observed; its tags may tell whose it is.
    resource: Option<&'a Resource>,
    /// What is only declared.
    reference: Option<ResourceRef>,
    owner: Option<(Option<String>, Option<String>)>,
}

impl<'a> Subject<'a> {
    /// Says whose it is, where the scope alone does not tell.
    pub(crate) fn of(self, tenant: &Tenant, environment: Option<&Environment>) -> Self {
        self.owned(Some(tenant.id.clone()), environment.map(|e| e.name.clone()))
    }

    /// Says whose it is by the tenant's id and the environment's name.
    pub(crate) fn owned(mut self, tenant: Option<String>, environment: Option<String>) -> Self {
        self.owner = Some((tenant, environment));
        self
    }

    /// A resource that is known from elsewhere than the snapshot.
    pub(crate) fn reference(scope: &ScopeKey, reference: ResourceRef) -> Self {
        Self { reference: Some(reference), ..Self::from(scope) }
    }
}

impl<'a> From<&'a Resource> for Subject<'a> {
    fn from(resource: &'a Resource) -> Self {
        Self { resource: Some(resource), ..Self::from(resource.key.scope_key()) }
    }
}

impl From<&Scope> for Subject<'_> {
    fn from(scope: &Scope) -> Self {
        Self::from(scope.key())
    }
}

impl From<&ScopeKey> for Subject<'_> {
    fn from(scope: &ScopeKey) -> Self {
        Self::from(scope.clone())
    }
}

impl From<ScopeKey> for Subject<'_> {
    fn from(scope: ScopeKey) -> Self {
        Self { scope, resource: None, reference: None, owner: None }
    }
}

/// Who speaks: what every finding of one rule has in common.
#[derive(Clone, Copy)]
pub(crate) struct Speaker<'r> {
    pub(crate) id: &'r str,
    pub(crate) name: &'r str,
    pub(crate) severity: Severity,
    pub(crate) remediation: &'r str,
}

/// Takes the verdicts of one rule. Severities and suppressions come later: a check does not know
/// of them.
pub(crate) struct Sink<'r> {
    speaker: Speaker<'r>,
    pub(crate) passed: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) not_evaluated: Vec<Message>,
}

impl<'r> Sink<'r> {
    pub(crate) fn new(speaker: Speaker<'r>) -> Self {
        Self { speaker, passed: 0, findings: Vec::new(), not_evaluated: Vec::new() }
    }

    /// Takes one verdict.
    pub(crate) fn judge<'s>(
        &mut self,
        context: &Context<'_>,
        subject: impl Into<Subject<'s>>,
        judged: Judged,
    ) {
        use tenko_core::Verdict::{Finding, Unknown};
        let (verdict, message) = match judged {
            Judged::Apart => return,
            Judged::Pass => {
                self.passed += 1;
                return;
            }
            Judged::Bad(message) => (Finding, message),
            Judged::Unknown(message) => (Unknown, message),
        };
        let finding = self.finding(context, &subject.into(), verdict, message);
        self.findings.push(finding);
    }

    /// The subject is in the bad state.
    pub(crate) fn bad<'s>(
        &mut self,
        context: &Context<'_>,
        subject: impl Into<Subject<'s>>,
        message: impl Into<Say>,
    ) {
        self.judge(context, subject, Judged::Bad(message.into()));
    }

    /// It could not be told.
    pub(crate) fn unknown<'s>(
        &mut self,
        context: &Context<'_>,
        subject: impl Into<Subject<'s>>,
        message: impl Into<Say>,
    ) {
        self.judge(context, subject, Judged::Unknown(message.into()));
    }

    /// The rule, or the part of it that looks at one cloud, can say nothing at all, and why.
    pub(crate) fn not_evaluated(&mut self, reason: impl Into<Say>) {
        let reason = match reason.into() {
            Say::Message(message) => message,
            Say::Text(text) => msg!("as-it-is", text = text),
        };
        if !self.not_evaluated.contains(&reason) {
            self.not_evaluated.push(reason);
        }
    }

    /// Judges every resource of a type, in parallel, and says `unknown` of each account or project
    /// in which the type could not be read completely: there may be more of them.
    pub(crate) fn each(
        &mut self,
        context: &Context<'_>,
        resource_type: &str,
        judge: impl Fn(&Resource) -> Result<Judged, Unread> + Sync,
    ) {
        self.resources(context, context.of_type(resource_type), judge);
        for scope in context.asked_for(resource_type) {
            if let Some(reason) = context.why_unread(&scope, &[resource_type]) {
                let message = msg!("rule-type-unread", type = resource_type, reason = reason)
                    .with("scope", scope.to_string());
                self.unknown(context, &scope, message);
            }
        }
    }

    /// Judges these resources, in parallel.
    pub(crate) fn resources(
        &mut self,
        context: &Context<'_>,
        resources: &[&Resource],
        judge: impl Fn(&Resource) -> Result<Judged, Unread> + Sync,
    ) {
        let (passed, judged) = resources
            .par_iter()
            .map(|resource| (*resource, Judged::of(resource, judge(resource))))
            .fold(
                || (0, Vec::new()),
                |(passed, mut rest), (resource, judged)| match judged {
                    Judged::Pass => (passed + 1, rest),
                    Judged::Apart => (passed, rest),
                    other => {
                        rest.push((resource, other));
                        (passed, rest)
                    }
                },
            )
            .reduce(
                || (0, Vec::new()),
                |(a, mut rest), (b, more)| {
                    rest.extend(more);
                    (a + b, rest)
                },
            );
        self.passed += passed;
        for (resource, judged) in judged {
            self.judge(context, resource, judged);
        }
    }

    /// Judges every account or project of a cloud that is in use.
    pub(crate) fn scopes(
        &mut self,
        context: &Context<'_>,
        cloud: &str,
        judge: impl Fn(&Scope) -> Judged + Sync,
    ) {
        let scopes: Vec<_> = context.accounts(cloud).collect();
        let judged: Vec<_> = scopes.par_iter().map(|scope| judge(scope)).collect();
        for (scope, judged) in scopes.into_iter().zip(judged) {
            self.judge(context, scope, judged);
        }
    }

    fn finding(
        &self,
        context: &Context<'_>,
        subject: &Subject<'_>,
        verdict: tenko_core::Verdict,
        message: Say,
    ) -> Finding {
        let (message, wording) = match message {
            Say::Message(message) => (tenko_messages::english(&message), Some(message)),
            Say::Text(text) => (text, None),
        };
        let (tenant, environment) = match &subject.owner {
            Some(owner) => owner.clone(),
            None => match context.owner_of(&subject.scope, subject.resource) {
                Some((tenant, environment)) => (Some(tenant), environment),
                None => (None, None),
            },
        };
        Finding {
            fingerprint: Fingerprint::default(),
            standing: None,
            rule: self.speaker.id.to_owned(),
            name: self.speaker.name.to_owned(),
            severity: self.speaker.severity,
            verdict,
            cloud: subject.scope.cloud.clone(),
            scope: subject.scope.id.clone(),
            resource: subject.resource.map(Into::into).or_else(|| subject.reference.clone()),
            tenant,
            environment,
            owner: None,
            message,
            wording,
            remediation: self.speaker.remediation.to_owned(),
        }
    }
}

/// The type and the name of a resource, for messages: `AWS::S3::Bucket uploads`.
pub(crate) fn name_of(resource: &Resource) -> String {
    format!("{} {}", resource.key.resource_type, resource.label())
}

/// An account or project with the name that people know it by: `aws:111111111111 (acme-prod)`.
pub(crate) fn scope_name(scope: &Scope) -> String {
    let key = scope.key();
    if scope.name.is_empty() { key.to_string() } else { format!("{key} ({})", scope.name) }
}

/// How many items of a list are named.
pub(crate) const SHOWN: usize = 3;

/// The first few names, and how many there are beside them: `a, b, c and 4 more`.
pub(crate) fn few(items: impl IntoIterator<Item = impl Display>) -> Arg {
    Arg::some(items.into_iter().map(Arg::text), SHOWN)
}

/// A resource with its attributes parsed once, in which what is not there and what could not be
/// read are two things.
pub(crate) struct Seen<'a> {
    pub(crate) resource: &'a Resource,
    value: serde_json::Value,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(resource: &'a Resource) -> Self {
        Self { resource, value: resource.attributes.to_value() }
    }

    /// The value at a path (`VersioningConfiguration.Status`), `None` where there is none.
    ///
    /// # Errors
    /// [`Unread`] where it, or a part of it, could not be read; and where `path` is no path.
    pub(crate) fn at(&self, path: &str) -> Result<Option<&serde_json::Value>, Unread> {
        let Ok(parsed) = path.parse::<AttrPath>() else { return Err(Unread(path.to_owned())) };
        if self.resource.is_unknown(&parsed) {
            return Err(Unread(path.to_owned()));
        }
        Ok(parsed.get(&self.value).filter(|value| !value.is_null()))
    }

    /// The boolean there, whether it is written as one or as text; anything else is `None`.
    pub(crate) fn bool(&self, path: &str) -> Result<Option<bool>, Unread> {
        Ok(self.at(path)?.and_then(|value| match value {
            serde_json::Value::Bool(value) => Some(*value),
            serde_json::Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }))
    }

    /// The text there; anything else is `None`.
    pub(crate) fn text(&self, path: &str) -> Result<Option<&str>, Unread> {
        Ok(self.at(path)?.and_then(serde_json::Value::as_str))
    }

    /// The number there, whether it is written as one or as text; anything else is `None`.
    pub(crate) fn number(&self, path: &str) -> Result<Option<f64>, Unread> {
        Ok(self.at(path)?.and_then(|value| match value {
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.parse().ok(),
            _ => None,
        }))
    }

    /// The list there; empty where there is none.
    pub(crate) fn list(&self, path: &str) -> Result<&[serde_json::Value], Unread> {
        let list = self.at(path)?.and_then(serde_json::Value::as_array);
        Ok(list.map(Vec::as_slice).unwrap_or_default())
    }

    /// The texts in the list there.
    pub(crate) fn texts(&self, path: &str) -> Result<Vec<&str>, Unread> {
        Ok(self.list(path)?.iter().filter_map(serde_json::Value::as_str).collect())
    }
}
