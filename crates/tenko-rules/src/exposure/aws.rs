//! What the policy and the ACL of an S3 bucket let anyone do, less what is blocked.
//!
//! Facts: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>.

use serde_json::Value;
use tenko_core::{Arg, Message, Resource, ScopeKey, msg};

use super::{Ways, but, unread};
use crate::context::Context;
use crate::guardrails::{Above, Guardrails};
use crate::policies::{conditions, malformed, reasons, statement};
use crate::sink::{Judged, SHOWN, Seen, Unread, few};
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
    /// Why neither of them is known.
    gap: Option<Message>,
    above: Above,
}

impl Account {
    pub(crate) fn new(context: &Context<'_>, guardrails: &Guardrails<'_>, key: &ScopeKey) -> Self {
        let above = guardrails.above(context, key);
        let gap = context.why_unread(key, &[BLOCK]);
        if gap.is_some() {
            return Self { ignores_acls: None, restricts: None, gap, above };
        }
        let block = context.of_type_in(BLOCK, key).first();
        let is_on = |name: &str| match block {
            None => Some(false),
            Some(block) => Seen::new(block).bool(name).ok().map(|on| on == Some(true)),
        };
        Self {
            ignores_acls: is_on("IgnorePublicAcls"),
            restricts: is_on("RestrictPublicBuckets"),
            gap: None,
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

fn not_known(bucket: &Seen<'_>, account: &Account) -> Message {
    match (bucket.at("PublicAccessBlockConfiguration"), &account.gap) {
        (Err(Unread(path)), _) => unread(path),
        (Ok(_), Some(gap)) => msg!("data-06-block-unread-reason", reason = gap.clone()),
        (Ok(_), None) => msg!("data-06-block-unread"),
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
        Ok(Some(policy)) => Document::parse(policy)
            .map_err(|why| msg!("data-shared-policy-malformed", reason = malformed(&why))),
        Err(Unread(path)) => Err(unread(path)),
    };
    let (mut open, mut untold) = (Vec::new(), Vec::new());
    match (&document, is_public) {
        (Ok(document), _) => granted(document, bucket, account, &mut open, &mut untold),
        (Err(_), Ok(Some(false))) => {}
        (Err(why), Ok(Some(true))) => {
            open.push(msg!("data-06-s3-says", reason = why.clone()));
        }
        (Err(why), _) => untold.push(why.clone()),
    }
    if account.above.gap.is_some() {
        open = open.into_iter().map(|way| msg!("data-06-rcp-unread", way = way)).collect();
    }
    if restricts.is_none() && !open.is_empty() {
        untold.push(but(open, not_known(bucket, account)));
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
    open: &mut Vec<Message>,
    untold: &mut Vec<Message>,
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
            Certainty::Possible(all) => {
                let (clauses, why) = (&grant.statement.conditions.clauses, reasons(all));
                untold.push(match clauses.is_empty() {
                    true => msg!("data-06-grant-perhaps", grant = text, reasons = why),
                    false => msg!(
                        "data-06-grant-perhaps-where",
                        grant = text,
                        conditions = conditions(clauses),
                        reasons = why,
                    ),
                });
            }
        }
    }
}

fn told(grant: &Grant<'_>, reached: &[&str]) -> Message {
    let to = match &grant.to {
        Public::Anyone => msg!("data-06-everyone"),
        Public::AnyoneBut(others) => msg!("data-06-everyone-but", others = few(others)),
        Public::Federated(host) => msg!("data-06-everyone-at", provider = host),
    };
    let (statement, actions) = (statement(grant.statement), Arg::list(reached.iter().copied()));
    msg!("data-06-grant", statement = statement, actions = actions, to = to)
}

fn by_acl(bucket: &Seen<'_>, account: &Account, ways: &mut Ways) {
    let ignored = is_on(bucket, "IgnorePublicAcls", account.ignores_acls);
    if ignored == Some(true) || has_no_acls(bucket) == Ok(true) {
        return;
    }
    let grants = match bucket.list("AccessControlList") {
        Ok(grants) => grants,
        Err(Unread(path)) => {
            ways.untold.push(unread(path));
            return;
        }
    };
    let open: Vec<_> =
        grants.iter().filter_map(|grant| public_acl(grant, bucket, account)).collect();
    if open.is_empty() {
        return;
    }
    let open = msg!("data-06-acl", grants = Arg::some(open, SHOWN));
    match (ignored, has_no_acls(bucket)) {
        (Some(_), Ok(_)) => ways.open.push(open),
        (_, Err(Unread(path))) => ways.untold.push(but(vec![open], unread(path))),
        (None, Ok(_)) => ways.untold.push(but(vec![open], not_known(bucket, account))),
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
fn public_acl(grant: &Value, bucket: &Seen<'_>, account: &Account) -> Option<Message> {
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
    (!is_kept_out).then(|| msg!("data-06-acl-grant", permission = permission, group = group))
}
