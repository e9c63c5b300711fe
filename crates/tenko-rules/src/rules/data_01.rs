use std::collections::BTreeMap;

use tenko_core::{Arg, Message, Resource, ScopeKey, ScopeKind, msg};

use crate::context::Context;
use crate::guardrails::{Above, Guardrails, ORGANIZATION, POLICY};
use crate::organization::MEMBERSHIP;
use crate::policies::{clauses, conditions, malformed, statement};
use crate::rule::{Part, rule};
use crate::sink::{Judged, SHOWN, Seen, Sink, Unread};
use crate::stores::partition;
use tenko_iam::{
    Blanket, Caller, Document, Keys, Request, Scp, Statement, denies_everyone, rcp_verdict,
};

const BUCKET: &str = "AWS::S3::Bucket";
const DELETE: &str = "s3:DeleteBucket";

rule! {
    /// An S3 bucket can be lost by one mistake: it has no versioning, no object lock and no MFA
    /// delete, and nobody is denied `s3:DeleteBucket`. It fires where all four are missing; any one
    /// of them is enough to pass.
    ///
    /// ## Why it is bad
    /// One command (`aws s3 rb --force`), one `force_destroy` in a Terraform state, or a mix-up of two
    /// accounts in the console empties the bucket and deletes it. What is deleted without a version
    /// is gone at once, and the name of the bucket can be taken by somebody else.
    ///
    /// ## Example
    /// ```json
    /// { "BucketName": "uploads", "VersioningConfiguration": { "Status": "Suspended" }, "ObjectLockEnabled": false }
    /// ```
    /// Its policy, and the SCPs and RCPs on the path of its account, deny nobody to delete it.
    ///
    /// ## What it reads
    /// `AWS::S3::Bucket`, every one of them: those for logs, Terraform states and trails are judged
    /// like the others.
    /// - `VersioningConfiguration.Status`: `Enabled`. `Suspended` is no versioning. With versioning a
    ///   bucket can be deleted only when its versions are, too.
    /// - `ObjectLockEnabled`: object lock keeps versioning on.
    /// - `VersioningConfiguration.MFADelete`: `Enabled`.
    /// - `BucketPolicy`, and the SCPs and RCPs of `AWS::Organizations::Policy` that are attached on
    ///   the path of the account and whose type `AWS::Organizations::Organization` has enabled:
    ///   whether they deny `s3:DeleteBucket` on the bucket to everyone. Exceptions for some are
    ///   allowed, such as a role for emergencies (`ArnNotLike aws:PrincipalArn`). A denial that leaves
    ///   out the whole account or its organization, or that depends on how one has signed in, is
    ///   none; the message names it. SCPs and RCPs have no effect in the management account, where
    ///   they are not looked at.
    ///
    /// A denial keeps the bucket and not what is in it. That versions are deleted after a short time,
    /// how long objects are locked, and whether an SCP leaves `s3:DeleteBucket` out of what it allows
    /// is not judged.
    ///
    /// ## Unknown
    /// Where nothing that was read protects the bucket, and one of the rest could not be read: a part
    /// of the bucket, a policy that is no policy, or the policies of the organization.
    ///
    /// ## Compared with Prowler
    /// `s3_bucket_object_versioning`, `s3_bucket_object_lock` and `s3_bucket_no_mfa_delete` each fail a
    /// bucket that has only the other two, so that most buckets fail at least one. None of them knows
    /// of denials.
    id: "DATA-01",
    name: "S3 bucket easily lost",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "3.1.2",
        "CIS AWS v5.0" => "2.1.2",
        "AWS Security Hub" => "S3.14",
        "AWS Security Hub" => "S3.15",
        "AWS Security Hub" => "S3.20",
        "AWS Config" => "S3_BUCKET_VERSIONING_ENABLED",
        "AWS Config" => "S3_BUCKET_DEFAULT_LOCK_ENABLED",
        "AWS Config" => "S3_BUCKET_MFA_DELETE_ENABLED",
        "Prowler" => "s3_bucket_object_versioning",
        "Prowler" => "s3_bucket_object_lock",
        "Prowler" => "s3_bucket_no_mfa_delete",
    ],
    remediation: "Enable versioning, with a lifecycle rule that expires old versions, and deny s3:DeleteBucket by an SCP to everyone but a role for emergencies.",
    parts: [Part::aws(&[BUCKET], check).also(&[POLICY, ORGANIZATION, MEMBERSHIP])],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let guardrails = Guardrails::new(context);
    let accounts: BTreeMap<ScopeKey, Account> = context
        .asked_for(BUCKET)
        .into_iter()
        .map(|key| (key.clone(), Account::new(context, &guardrails, &key)))
        .collect();
    let none = Account::default();
    sink.each(context, BUCKET, |bucket| {
        judge(bucket, accounts.get(&bucket.key.scope_key()).unwrap_or(&none))
    });
}

/// What counts for all buckets of an account.
#[derive(Default)]
struct Account {
    above: Above,
    /// Some role of the account of which nothing else is known.
    someone: String,
    keys: Keys,
}

impl Account {
    fn new(context: &Context<'_>, guardrails: &Guardrails<'_>, key: &ScopeKey) -> Self {
        let id = key.id.as_str();
        // An account is of one partition.
        let bucket = context.of_type_in(BUCKET, key).first();
        let region = bucket.map(|bucket| bucket.key.region.to_string());
        let partition = partition(region.as_deref().unwrap_or_default());
        let someone = format!("arn:{partition}:iam::{id}:role/somebody");
        let keys = Keys::new()
            .with("aws:PrincipalAccount", [id])
            .with("aws:ResourceAccount", [id])
            .with("aws:PrincipalArn", [someone.as_str()])
            .with("aws:PrincipalType", ["AssumedRole"])
            .with("aws:PrincipalIsAWSService", ["false"])
            .with("aws:ViaAWSService", ["false"]);
        let path = context.path_of(key);
        let top = path.first().filter(|top| top.kind == ScopeKind::Organization);
        let keys = match top {
            Some(top) => {
                let above = path.iter().filter(|scope| scope.id != key.id);
                let above: String = above.flat_map(|scope| [scope.id.as_str(), "/"]).collect();
                keys.with("aws:PrincipalOrgID", [top.id.as_str()])
                    .with("aws:ResourceOrgID", [top.id.as_str()])
                    .with("aws:PrincipalOrgPaths", [above])
            }
            None => keys,
        };
        Self { above: guardrails.above(context, key), someone, keys }
    }
}

fn judge(resource: &Resource, account: &Account) -> Result<Judged, Unread> {
    let bucket = Seen::new(resource);
    let mut untold = Vec::new();
    let unread = |path: String| msg!("data-shared-unread", attribute = path);
    let has = |path: &str, value: &str| {
        bucket.at(path).map(|found| found.is_some_and(|f| *f == value || *f == true))
    };
    // What `data-01-bad` says to be missing.
    for path in
        ["VersioningConfiguration.Status", "ObjectLockEnabled", "VersioningConfiguration.MFADelete"]
    {
        match has(path, "Enabled") {
            Ok(true) => return Ok(Judged::Pass),
            Ok(false) => {}
            Err(Unread(path)) => untold.push(unread(path)),
        }
    }
    let arn = crate::stores::arn(&bucket);
    let own = match bucket.at("BucketPolicy") {
        Ok(None) => vec![],
        Ok(Some(policy)) => match Document::parse(policy) {
            Ok(document) => vec![vec![document]],
            Err(why) => {
                untold.push(msg!("data-shared-policy-malformed", reason = malformed(&why)));
                vec![]
            }
        },
        Err(Unread(path)) => {
            untold.push(unread(path));
            vec![]
        }
    };
    let mut partly = Vec::new();
    for levels in [&own, &account.above.scps, &account.above.rcps] {
        match denial(levels, &arn, account) {
            Denial::All => return Ok(Judged::Pass),
            Denial::Some(denied) => partly.extend(denied),
        }
    }
    if let Some(gap) = &account.above.gap {
        untold.push(msg!("data-01-organization-unknown", reason = gap.clone()));
    }
    let name = resource.label();
    if !untold.is_empty() {
        let message = msg!("data-01-unknown", bucket = name, reasons = clauses(untold));
        return Ok(Judged::Unknown(message.into()));
    }
    let message = match partly.is_empty() {
        true => msg!("data-01-bad", bucket = name),
        false => msg!("data-01-bad-partly", bucket = name, conditions = Arg::some(partly, SHOWN)),
    };
    Ok(Judged::Bad(message.into()))
}

enum Denial {
    /// To everyone, but for exceptions.
    All,
    /// To some, by these conditions or statements; or to nobody.
    Some(Vec<Arg>),
}

/// Whether policies deny the deletion of a bucket to whoever has no exception.
fn denial(levels: &[Vec<Document>], bucket: &str, account: &Account) -> Denial {
    let request = Request {
        caller: Caller::Arn(&account.someone),
        action: DELETE,
        resource: bucket,
        keys: &account.keys,
    };
    let verdict = rcp_verdict(levels, &request);
    match (verdict, denies_everyone(levels, DELETE, bucket)) {
        (Scp::Denied, _) | (_, Blanket::Everyone) => Denial::All,
        // Who is left out has a tag or the like that nobody knows here.
        (Scp::PossiblyDenied(_), Blanket::Unless(_)) => Denial::All,
        (_, Blanket::Unless(denies)) => {
            Denial::Some(denies.iter().map(|deny| conditions(&deny.conditions.clauses)).collect())
        }
        (_, Blanket::Partly(denies)) => {
            Denial::Some(denies.into_iter().map(|deny| partly(deny).into()).collect())
        }
        (_, Blanket::Nobody) => Denial::Some(vec![]),
    }
}

/// A statement that denies it in part.
fn partly(deny: &Statement) -> Message {
    let clauses = &deny.conditions.clauses;
    if clauses.is_empty() {
        return statement(deny);
    }
    let (statement, conditions) = (statement(deny), conditions(clauses));
    msg!("data-01-statement-where", statement = statement, conditions = conditions)
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let organization = |types: &[&str]| {
        world()
            .folder("r-1", "o")
            .folder("ou-1", "r-1")
            .management("9")
            .account_in("1", "ou-1")
            .with("9", ORGANIZATION, "o", json!({"PolicyTypes": types, "RootId": "r-1"}))
    };
    let base = || organization(&["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]);
    let plain = || json!({"BucketName": "b", "ObjectLockEnabled": false});
    let bucket = |world: World, attributes: Value| {
        let mut all = plain();
        all.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
        world.within("1", "eu-central-1", BUCKET, "b", all)
    };
    let with = |attributes: Value| bucket(base(), attributes);
    let deny = |principal: Value, condition: Value| {
        let statement = json!({"Effect": "Deny", "Principal": principal, "Action": "s3:DeleteBucket*",
            "Resource": "arn:aws:s3:::b", "Condition": condition});
        json!({"BucketPolicy": {"Version": "2012-10-17", "Statement": [statement]}})
    };
    let guardrail = |world: World, kind: &str, target: &str, condition: Value| {
        let content = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
            "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*", "Condition": condition}]});
        let mut content = content;
        if kind == "SERVICE_CONTROL_POLICY" {
            content["Statement"][0].as_object_mut().unwrap().remove("Principal");
        }
        let attributes =
            json!({"Type": kind, "Content": content.to_string(), "TargetIds": [target]});
        world.with("9", POLICY, "p-1", attributes)
    };
    let (scp, rcp) = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY");
    let emergency =
        || json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}});
    let outsiders = || json!({"StringNotEquals": {"aws:PrincipalOrgID": "o"}});
    let versioned = json!({"VersioningConfiguration": {"Status": "Enabled"}});
    vec![
        fires("nothing", &["1/b"], with(json!({})))
            .saying("has no versioning, no object lock, no MFA delete, and nobody is denied"),
        fires(
            "suspended",
            &["1/b"],
            with(
                json!({"VersioningConfiguration": {"Status": "Suspended", "MFADelete": "Disabled"}}),
            ),
        ),
        quiet("versioning", with(versioned)),
        quiet("object lock", with(json!({"ObjectLockEnabled": true}))),
        quiet(
            "MFA delete",
            with(
                json!({"VersioningConfiguration": {"Status": "Suspended", "MFADelete": "Enabled"}}),
            ),
        ),
        quiet("its policy denies it", with(deny(json!("*"), json!({})))),
        quiet("with an exception", with(deny(json!("*"), emergency()))),
        fires("to outsiders only", &["1/b"], with(deny(json!("*"), outsiders())))
            .saying("StringNotEquals aws:PrincipalOrgID o"),
        fires(
            "without MFA only",
            &["1/b"],
            with(deny(
                json!("*"),
                json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
            )),
        )
        .saying("aws:MultiFactorAuthPresent"),
        fires(
            "to one role only",
            &["1/b"],
            with(deny(json!({"AWS": "arn:aws:iam::111122223333:role/dev"}), json!({}))),
        ),
        quiet("an SCP on the root", guardrail(with(json!({})), scp, "r-1", emergency())),
        quiet("an SCP on the unit", guardrail(with(json!({})), scp, "ou-1", json!({}))),
        quiet(
            "an exception for who has a tag",
            guardrail(
                with(json!({})),
                scp,
                "1",
                json!({"StringNotEquals": {"aws:PrincipalTag/team": "ops"}}),
            ),
        ),
        fires(
            "an SCP that leaves out its unit",
            &["1/b"],
            guardrail(
                with(json!({})),
                scp,
                "r-1",
                json!({"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o/r-1/ou-1/*"}}),
            ),
        ),
        quiet(
            "an SCP for its account",
            guardrail(
                with(json!({})),
                scp,
                "r-1",
                json!({"StringEquals": {"aws:ResourceAccount": "1"}}),
            ),
        ),
        quiet(
            "an exception for a pattern of roles",
            guardrail(
                with(json!({})),
                scp,
                "r-1",
                json!({"StringNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/admin-*"]}}),
            ),
        ),
        fires(
            "an exception for every role",
            &["1/b"],
            guardrail(
                with(json!({})),
                scp,
                "r-1",
                json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}),
            ),
        ),
        fires("an exception for every role of China", &["1/b"], {
            let deny = json!({"BucketPolicy": {"Statement": {"Effect": "Deny", "Principal": "*",
                "Action": "s3:DeleteBucket", "Resource": "arn:aws-cn:s3:::b",
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws-cn:iam::*:role/*"}}}}});
            let mut all = plain();
            all.as_object_mut().unwrap().extend(deny.as_object().unwrap().clone());
            base().within("1", "cn-north-1", BUCKET, "b", all)
        }),
        quiet("an RCP", guardrail(with(json!({})), rcp, "1", json!({}))),
        fires("an RCP for outsiders", &["1/b"], guardrail(with(json!({})), rcp, "1", outsiders())),
        fires(
            "an SCP on another unit",
            &["1/b"],
            guardrail(with(json!({})), scp, "ou-2", json!({})),
        ),
        fires(
            "SCPs are not enabled",
            &["1/b"],
            guardrail(bucket(organization(&[rcp]), json!({})), scp, "r-1", json!({})),
        ),
        fires("SCPs do not hold the management account", &["9/b"], {
            let world = guardrail(base(), scp, "r-1", json!({}));
            world.within("9", "eu-central-1", BUCKET, "b", plain())
        }),
        fires("no organization", &["1/b"], {
            world().account_alone("1").within("1", "eu-central-1", BUCKET, "b", plain())
        }),
        unknown("policies were not read", &["1/b"], with(json!({})).denied("9", POLICY))
            .saying("whether the organization denies"),
        quiet("and need not be", with(json!({"ObjectLockEnabled": true})).denied("9", POLICY)),
        unknown(
            "a policy without content",
            &["1/b"],
            with(json!({})).with("9", POLICY, "p-1", json!({"Type": scp, "TargetIds": ["1"]})),
        )
        .saying("is not known: p-1: it has no content."),
        unknown("another organization", &["1/b"], {
            let world = world().folder("r-1", "o").account_in("1", "r-1").account("9");
            bucket(world.with("9", ORGANIZATION, "o-2", json!({"PolicyTypes": []})), json!({}))
        })
        .saying("AWS::Organizations::Organization o was not found"),
        unknown(
            "versioning was not read",
            &["1/b"],
            with(json!({})).unread("VersioningConfiguration"),
        ),
        unknown("its policy was not read", &["1/b"], with(json!({})).unread("BucketPolicy")),
        quiet(
            "and the organization denies it",
            guardrail(with(json!({})).unread("BucketPolicy"), scp, "1", json!({})),
        ),
        unknown("no policy", &["1/b"], with(json!({"BucketPolicy": {"Statement": 7}}))),
        unknown("hostile", &["1/b"], with(json!({"BucketPolicy": "[".repeat(9_000)}))),
        unknown("buckets denied", &["1"], base().denied("1", BUCKET)),
    ]
}
