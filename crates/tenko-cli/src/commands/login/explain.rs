//! `tenko policy explain`: what a login would be allowed to do.

use std::collections::BTreeSet;

use serde_json::json;
use tenko::login::policy::{Decision, SessionPolicy};

use crate::failure::Failure;
use crate::login_args::ExplainArgs;
use crate::output::{Out, wrapped};

pub(crate) fn run(args: &ExplainArgs, out: &Out) -> Result<u8, Failure> {
    let levels: BTreeSet<_> = args.with.iter().copied().collect();
    let policy = SessionPolicy::new(&levels)
        .map_err(|error| Failure::new("failed to make the session policy").because(error))?;
    let explained = policy
        .explain(&args.action, &args.resource)
        .map_err(|error| Failure::new(error.to_string()))?;
    let level = explained.level.map(|level| level.as_str());
    if out.is_json() {
        out.json(&json!({
            "action": args.action,
            "resource": args.resource,
            "with": levels,
            "decision": explained.decision,
            "reason": explained.reason,
            "statement": explained.statement,
            "document": explained.document,
            "level": level,
        }))?;
        return Ok(0);
    }
    let word = match explained.decision {
        Decision::Allow => "allow",
        Decision::Deny => "deny",
    };
    let reason = wrapped(&explained.reason, 2, out.width);
    let text = format!("{word}  {}\n{reason}", args.action);
    out.text(&text)?;
    Ok(0)
}
