//! What the policy and the ACL of an S3 bucket let anyone do, less what is blocked.
//!
//! Facts: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>.

use serde_json::Value;
use tenko_core::{Resource, ScopeKey};

use super::Ways;
use crate::context::Context;
use crate::guardrails::{Above, Guardrails};
use crate::sink::{Judged, Seen, Unread, list};
use tenko_iam::{
    Caller, Certainty, Document, Grant, Keys, Public, Request, Scp, public_grants, rcp_verdict,
};

/// The public access block of the account.
pub(crate) const BLOCK: &str = "AWS::S3::AccountPublicAccessBlock";

/// What reads or changes what is in a bucket, or opens it; with whether it is about an object.
const ACTIONS: [(&str, bool); 10] = [
    ("s3:GetObject", true),
    ("s3:GetObjectVersion", true),
    ("s3:ListBucket", false),
    ("s3:ListBucketVersions", false),
    ("s3:PutObject", true),
    ("s3:DeleteObject", true),
    ("s3:DeleteObjectVersion", true),
    ("s3:PutObjectAcl", true),
    ("s3:PutBucketPolicy", false),
    ("s3:PutBucketAcl", false),
];

/// Everyone, and everyone with an account at AWS.
const GROUPS: [&str; 2] = ["/groups/global/AllUsers", "/groups/global/AuthenticatedUsers"];

/// An account that is nobody's.
const STRANGER: &str = "000000000000";

/// What counts for all buckets of an account.
#[derive(Default)]
pub(crate) struct Account {
    ignores_acls: Option<bool>,
    restricts: Option<bool>,
    /// Why one of them is not known.
    why: String,
    above: Above,
}

impl Account {
    pub(crate) fn new(context: &Context<'_>, guardrails: &Guardrails<'_>, key: &ScopeKey) -> Self {
        let above = guardrails.above(context, key);
        if let Some(reason) = context.unread(key, &[BLOCK]) {
            let why = format!("the public access block of its account was not read ({reason})");
            return Self { ignores_acls: None, restricts: None, why, above };
        }
        let block = context.of_type_in(BLOCK, key).first();
        let is_on = |name: &str| match block {
            None => Some(false),
            Some(block) => Seen::new(block).bool(name).ok().map(|on| on == Some(true)),
        };
        Self {
            ignores_acls: is_on("IgnorePublicAcls"),
            restricts: is_on("RestrictPublicBuckets"),
            why: "the public access block of its account was not read".to_owned(),
            above,
        }
    }

    /// Whether the resource control policies keep everyone out whom nobody knows.
    fn keeps_out(&self, action: &str, resource: &str) -> bool {
        let of_nobody = Keys::new()
            .absent("aws:PrincipalAccount")
            .absent("aws:PrincipalArn")
            .absent("aws:PrincipalOrgID")
            .absent("aws:PrincipalOrgPaths")
            .with("aws:PrincipalType", ["Anonymous"])
            .with("aws:PrincipalIsAWSService", ["false"]);
        let of_stranger = Keys::new()
            .with("aws:PrincipalAccount", [STRANGER])
            .with("aws:PrincipalArn", [format!("arn:aws:iam::{STRANGER}:role/stranger")])
            .with("aws:PrincipalOrgID", ["o-nobodys000"])
            .with("aws:PrincipalOrgPaths", ["o-nobodys000/r-0000/"])
            .with("aws:PrincipalType", ["AssumedRole"])
            .with("aws:PrincipalIsAWSService", ["false"]);
        [(Caller::Anonymous, of_nobody), (Caller::Account(STRANGER), of_stranger)].iter().all(
            |(caller, keys)| {
                let request = Request { caller: *caller, action, resource, keys };
                rcp_verdict(&self.above.rcps, &request) == Scp::Denied
            },
        )
    }
}

/// Whether anyone can read or change what is in a bucket.
pub(crate) fn judge(resource: &Resource, account: &Account) -> Judged {
    let bucket = Seen::new(resource);
    let mut ways = Ways::default();
    by_policy(&bucket, account, &mut ways);
    by_acl(&bucket, account, &mut ways);
    ways.judged(resource.label())
}

/// Whether a block is in force, by the bucket or by its account.
fn is_on(bucket: &Seen<'_>, name: &str, of_account: Option<bool>) -> Option<bool> {
    let own = bucket.bool(&format!("PublicAccessBlockConfiguration.{name}"));
    match (own, of_account) {
        (Ok(Some(true)), _) | (_, Some(true)) => Some(true),
        (Ok(_), Some(false)) => Some(false),
        _ => None,
    }
}

fn not_known(bucket: &Seen<'_>, account: &Account) -> String {
    match bucket.at("PublicAccessBlockConfiguration") {
        Err(Unread(path)) => format!("{path} could not be read"),
        Ok(_) => account.why.clone(),
    }
}

fn by_policy(bucket: &Seen<'_>, account: &Account, ways: &mut Ways) {
    let restricts = is_on(bucket, "RestrictPublicBuckets", account.restricts);
    if restricts == Some(true) {
        return;
    }
    // What S3 itself makes of the policy.
    let is_public = bucket.bool("PolicyStatus.IsPublic");
    let document = match bucket.at("BucketPolicy") {
        Ok(None) => return,
        Ok(Some(policy)) => Document::parse(policy).map_err(|why| format!("of its policy, {why}")),
        Err(Unread(path)) => Err(format!("{path} could not be read")),
    };
    let (mut open, mut untold) = (Vec::new(), Vec::new());
    match (&document, is_public) {
        (Ok(document), _) => granted(document, bucket, account, &mut open, &mut untold),
        (Err(_), Ok(Some(false))) => {}
        (Err(why), Ok(Some(true))) => {
            open.push(format!("S3 takes its policy for a public one ({why})"));
        }
        (Err(why), _) => untold.push(why.clone()),
    }
    if account.above.gap.is_some() {
        for way in &mut open {
            way.push_str("; whether a resource control policy closes that was not read");
        }
    }
    if restricts.is_none() && !open.is_empty() {
        let open = open.join("; ");
        untold.push(format!("{open}, but {}", not_known(bucket, account)));
        ways.untold.append(&mut untold);
        return;
    }
    ways.open.append(&mut open);
    ways.untold.append(&mut untold);
}

fn granted(
    document: &Document,
    bucket: &Seen<'_>,
    account: &Account,
    open: &mut Vec<String>,
    untold: &mut Vec<String>,
) {
    let arn = crate::stores::arn(bucket);
    let objects = format!("{arn}/*");
    for grant in public_grants(document) {
        // A statement about objects grants nothing on the bucket, nor the other way round. Of one
        // that seems to be about neither, the name of the bucket was not understood.
        let (of_bucket, of_objects) = match (grant.is_about(&arn), grant.is_about(&objects)) {
            (false, false) => (true, true),
            about => about,
        };
        let reached: Vec<_> = ACTIONS
            .iter()
            .filter(|(action, of_object)| {
                let resource = if *of_object { &objects } else { &arn };
                grant.reaches(action)
                    && (if *of_object { of_objects } else { of_bucket })
                    && !account.keeps_out(action, resource)
            })
            .map(|(action, _)| *action)
            .collect();
        if reached.is_empty() {
            continue;
        }
        let text = told(&grant, &reached);
        match &grant.certainty {
            Certainty::Certain => open.push(text),
            // S3 itself has an answer.
            Certainty::Possible(_) if bucket.bool("PolicyStatus.IsPublic") == Ok(Some(false)) => {}
            Certainty::Possible(reasons) => {
                let conditions: Vec<_> =
                    grant.statement.conditions.clauses.iter().map(ToString::to_string).collect();
                let conditions = match conditions.is_empty() {
                    true => String::new(),
                    false => format!(" where {}", conditions.join(" and ")),
                };
                untold.push(format!("{text}{conditions}, and {}", list(reasons)));
            }
        }
    }
}

fn told(grant: &Grant<'_>, reached: &[&str]) -> String {
    let to = match &grant.to {
        Public::Anyone => "everyone".to_owned(),
        Public::AnyoneBut(others) => format!("everyone but {}", list(others)),
        Public::Federated(host) => format!("everyone with an account at {host}"),
    };
    format!("{} of its policy grants {} to {to}", grant.statement, reached.join(", "))
}

fn by_acl(bucket: &Seen<'_>, account: &Account, ways: &mut Ways) {
    let ignored = is_on(bucket, "IgnorePublicAcls", account.ignores_acls);
    if ignored == Some(true) || has_no_acls(bucket) == Ok(true) {
        return;
    }
    let grants = match bucket.list("AccessControlList") {
        Ok(grants) => grants,
        Err(Unread(path)) => {
            ways.untold.push(format!("{path} could not be read"));
            return;
        }
    };
    let open: Vec<_> =
        grants.iter().filter_map(|grant| public_acl(grant, bucket, account)).collect();
    if open.is_empty() {
        return;
    }
    let open = format!("its ACL grants {}", list(open));
    match (ignored, has_no_acls(bucket)) {
        (Some(_), Ok(_)) => ways.open.push(open),
        (_, Err(Unread(path))) => ways.untold.push(format!("{open}, but {path} was not read")),
        (None, Ok(_)) => ways.untold.push(format!("{open}, but {}", not_known(bucket, account))),
    }
}

/// Whether the owner of the bucket owns all objects, so that ACLs count for nothing.
fn has_no_acls(bucket: &Seen<'_>) -> Result<bool, Unread> {
    let rules = bucket.list("OwnershipControls.Rules")?;
    let is_off = |rule: &Value| {
        rule.get("ObjectOwnership").is_some_and(|ownership| *ownership == "BucketOwnerEnforced")
    };
    Ok(rules.iter().any(is_off))
}

/// A grant of an ACL to everyone, or to everyone with an account at AWS.
fn public_acl(grant: &Value, bucket: &Seen<'_>, account: &Account) -> Option<String> {
    let uri = grant.get("Grantee")?.get("URI")?.as_str()?;
    let group = GROUPS.iter().find(|group| uri.ends_with(**group))?.rsplit('/').next()?;
    let permission = grant.get("Permission")?.as_str()?;
    let actions: &[&str] = match permission {
        "READ" => &["s3:ListBucket"],
        "WRITE" => &["s3:PutObject"],
        "WRITE_ACP" => &["s3:PutBucketAcl"],
        "FULL_CONTROL" => &["s3:ListBucket", "s3:PutObject", "s3:PutBucketAcl"],
        _ => return None,
    };
    let arn = crate::stores::arn(bucket);
    let is_kept_out = actions.iter().all(|action| {
        let of_object = ACTIONS.contains(&(*action, true));
        let resource = if of_object { format!("{arn}/*") } else { arn.clone() };
        account.keeps_out(action, &resource)
    });
    (!is_kept_out).then(|| format!("{permission} to {group}"))
}
