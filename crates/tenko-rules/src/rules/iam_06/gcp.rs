//! Google Cloud's side: providers of workload identity pools.

use std::collections::HashMap;

use serde_json::Value;
use tenko_core::{Resource, ScopeKey};

use super::condition::{Answer, Condition, Must};
use super::runs::{Run, is_production};
use super::subjects::Declared;
use super::{Found, runs};
use crate::context::Context;
use crate::iam::Issuer;
use crate::members::{Numbers, PROJECT, SERVICE_ACCOUNT, bindings, pool};
use crate::sink::{Judged, Seen, Sink, Unread};

pub(super) const PROVIDER: &str = "iam.googleapis.com/WorkloadIdentityPoolProvider";
const POOL: &str = "iam.googleapis.com/WorkloadIdentityPool";
pub(super) const ALSO: [&str; 3] = [POOL, PROJECT, SERVICE_ACCOUNT];

/// How much of a condition is shown.
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
        if !issuer.is_shared(host)
            || seen.bool("disabled")? == Some(true)
            || in_disabled_pool(context, provider)
        {
            return Ok(Judged::Apart);
        }
        let text = seen.text("attributeCondition")?.unwrap_or_default();
        let mut found = Found::default();
        let claims = Claims { issuer, mapping: seen.at("attributeMapping") };
        claims.judge(host, text, &declared, &mut found);
        if found.bad.is_empty() && !matches!(issuer, Issuer::TerraformCloud | Issuer::Google) {
            let home = provider.key.scope_key();
            let pool = pool_of(provider).rsplit('/').next().unwrap_or_default();
            match numbers.number(&home) {
                Some(number) => {
                    let uses = uses.of(number, pool);
                    claims.judge_runs(text, uses, &uses_unread(&uses_of(&uses), &home), &mut found);
                }
                None if uses.any => found.untold(
                    "whether any branch may act in production is not known, as the number of its project was not read",
                ),
                None => {}
            }
        }
        Ok(found.judged(&format!("The provider {}, for {host}", provider.label())))
    });
}
