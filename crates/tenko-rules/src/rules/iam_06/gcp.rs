//! Google Cloud's side: providers of workload identity pools.

use std::collections::HashMap;

use tenko_core::{Arg, Resource, msg};

use super::Found;
use super::claims::Claims;
use super::condition::{Answer, Condition, Must};
use super::runs::is_production;
use super::subjects::Declared;
use crate::context::Context;
use crate::members::{Numbers, PROJECT, SERVICE_ACCOUNT, bindings, pool};
use crate::sink::{Judged, Seen, Sink, Unread};
use tenko_iam::Issuer;

pub(super) const PROVIDER: &str = "iam.googleapis.com/WorkloadIdentityPoolProvider";
pub(super) const POOL: &str = "iam.googleapis.com/WorkloadIdentityPool";
pub(super) const ALSO: [&str; 3] = [POOL, PROJECT, SERVICE_ACCOUNT];

/// How much of a condition is shown, in characters.
const SHOWN: usize = 200;

pub(super) fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let declared = Declared::new(&context.declaration.trust.repositories);
    let (numbers, uses) = (Numbers::new(context), Uses::new(context));
    sink.each(context, PROVIDER, |provider| {
        let seen = Seen::new(provider);
        let Some(uri) = seen.text("oidc.issuerUri")? else { return Ok(Judged::Apart) };
        let uri = uri.to_lowercase();
        let host = uri.strip_prefix("https://").unwrap_or(&uri).trim_end_matches('/');
        let issuer = Issuer::of(host);
        let is_disabled = || Ok(seen.bool("disabled")? == Some(true));
        if !issuer.is_shared(host) || is_disabled()? {
            return Ok(Judged::Apart);
        }
        let pool_is_disabled = in_disabled_pool(context, provider);
        if pool_is_disabled == Ok(true) {
            return Ok(Judged::Apart);
        }
        let text = seen.text("attributeCondition")?.unwrap_or_default().trim();
        let claims = Claims::new(issuer, &seen)?;
        let mut found = Found::default();
        if text.is_empty() {
            found.bad(msg!("iam-06-no-condition"));
        } else {
            owners(&claims, text, &declared, &mut found);
        }
        if found.bad.is_empty() && claims.tells_runs() {
            let number = numbers.number(&provider.key.scope_key());
            uses.judge(&claims, text, number, pool_of(provider), &mut found);
        }
        if let (Err(why), false) = (pool_is_disabled, found.bad.is_empty()) {
            // Nobody gets in by a pool that is disabled.
            let bad = std::mem::take(&mut found.bad);
            found.untold.splice(0..0, bad);
            found.untold(msg!("iam-06-pool-unread", why = why));
        }
        Ok(found.judged(msg!("iam-06-provider", provider = provider.label(), host = host)))
    });
}

/// The id of a provider's pool.
fn pool_of(provider: &Resource) -> &str {
    provider.key.id.split_once("/providers/").map(|(pool, _)| pool).unwrap_or_default()
}

/// Whether the pool of a provider is disabled, or why that is not known.
fn in_disabled_pool(context: &Context<'_>, provider: &Resource) -> Result<bool, Arg> {
    let project = provider.key.scope_key();
    let pools = context.of_type_in(POOL, &project);
    match pools.iter().find(|pool| pool.key.id == pool_of(provider)) {
        Some(pool) => {
            let disabled = Seen::new(pool).bool("disabled");
            disabled.map(|is| is == Some(true)).map_err(|Unread(attribute)| attribute.into())
        }
        None => context.why_unread(&project, &[POOL]).map_or(Ok(false), |why| Err(why.into())),
    }
}

/// Whose pipelines a condition lets in.
fn owners(claims: &Claims<'_>, text: &str, declared: &Declared, found: &mut Found) {
    let condition = Condition::read(text);
    let shown: String = text.chars().take(SHOWN).collect();
    let asks = |leaf: &dyn Fn(&str, &Must<'_>) -> Answer| claims.ask(&condition, leaf);
    match asks(&|claim, must| claims.tells_owner(claim, must)) {
        Answer::No => {
            found.bad(msg!("iam-06-condition-open", condition = shown));
            return;
        }
        Answer::Undecided => {
            found.untold(msg!("iam-06-condition-untold", condition = shown));
            return;
        }
        Answer::Yes => {}
    }
    if declared.is_silent() || !claims.tells_repositories() {
        return;
    }
    match asks(&|claim, must| claims.is_declared(claim, must, declared)) {
        Answer::Yes => {}
        Answer::No => found.bad(msg!("iam-06-condition-not-named", condition = shown)),
        Answer::Undecided => found.untold(msg!("iam-06-condition-named-untold", condition = shown)),
    }
}

/// A role in production that identities of a pool have.
struct Use {
    which: String,
    role: String,
    on: String,
}

/// The roles in production that identities of pools have, by the number of the pool's project and
/// the pool.
struct Uses {
    by_pool: HashMap<(String, String), Vec<Use>>,
    unread: Option<Arg>,
}

impl Uses {
    fn new(context: &Context<'_>) -> Self {
        let (mut by_pool, mut unread) = (HashMap::<_, Vec<Use>>::new(), None::<Arg>);
        let production = |scope: &&tenko_core::Scope| is_production(context, &scope.key());
        for project in context.accounts("gcp").filter(production) {
            let key = project.key();
            unread = unread
                .or_else(|| context.why_unread(&key, &[PROJECT, SERVICE_ACCOUNT]).map(Arg::from));
            let all = [PROJECT, SERVICE_ACCOUNT].map(|name| context.of_type_in(name, &key));
            for resource in all.into_iter().flatten() {
                let seen = Seen::new(resource);
                let bindings = match bindings(&seen) {
                    Ok(bindings) => bindings,
                    Err(Unread(attribute)) => {
                        let of = resource.label();
                        let what = msg!("iam-06-attribute-of", attribute = attribute, of = of);
                        unread = Some(what.into());
                        continue;
                    }
                };
                for binding in bindings {
                    for (number, pool, which) in binding.members.iter().filter_map(|m| pool(m)) {
                        let of = by_pool.entry((number.to_owned(), pool.to_owned())).or_default();
                        of.push(Use {
                            which: which.to_owned(),
                            role: binding.role.to_owned(),
                            on: resource.label().to_owned(),
                        });
                    }
                }
            }
        }
        Self { by_pool, unread }
    }

    /// Whether any branch may act in production with identities of this pool.
    fn judge(
        &self,
        claims: &Claims<'_>,
        text: &str,
        number: Option<&str>,
        pool: &str,
        found: &mut Found,
    ) {
        let condition = Condition::read(text);
        let limited = claims.ask(&condition, &|claim, must| claims.tells_run(claim, must));
        if limited == Answer::Yes {
            return;
        }
        let pool = pool.rsplit('/').next().unwrap_or_default();
        let Some(number) = number else {
            if self.by_pool.keys().any(|(_, other)| other == pool) {
                found.untold(msg!("iam-06-acting-number-unread"));
            }
            return;
        };
        let of = self.by_pool.get(&(number.to_owned(), pool.to_owned()));
        for one in of.into_iter().flatten() {
            let asked = match one.which.split_once('/') {
                None if one.which == "*" => Answer::No,
                Some(("subject", value)) => claims.of_identity("google.subject", value),
                Some((name, value)) if name.starts_with("attribute.") => {
                    claims.of_identity(name, value)
                }
                _ => Answer::Undecided,
            };
            let Use { which, role, on } = one;
            match (limited, asked) {
                (_, Answer::Yes) => {}
                (Answer::No, Answer::No) => {
                    found.bad(msg!("iam-06-acting", role = role, on = on, identity = which));
                }
                _ => {
                    let untold =
                        msg!("iam-06-acting-untold", role = role, on = on, identity = which);
                    found.untold(untold);
                }
            }
        }
        if let Some(why) = &self.unread {
            found.untold(msg!("iam-06-acting-unread", why = why.clone()));
        }
    }
}
