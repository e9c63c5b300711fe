use std::collections::BTreeMap;

use crate::context::Context;
use crate::exposure::{aws, gcp};
use crate::guardrails::{Guardrails, ORGANIZATION, POLICY};
use crate::organization::MEMBERSHIP;
use crate::rule::{Part, rule};
use crate::sink::Sink;

const S3: &str = "AWS::S3::Bucket";
const GCS: &str = "storage.googleapis.com/Bucket";

rule! {
    /// Anyone can read a bucket, or write to it: its policy, its ACL or its IAM bindings let in people
    /// whom nobody knows, and no public access block keeps them out.
    ///
    /// ## Why it is bad
    /// Strangers look for open buckets all the time, by name. What they find is copied before somebody
    /// notices, and it cannot be taken back. Where they can write, they plant what others then load.
    ///
    /// ## Example
    /// ```json
    /// { "Sid": "PublicRead", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::uploads/*" }
    /// ```
    /// Neither the bucket nor its account has `RestrictPublicBuckets`.
    ///
    /// ## What it reads
    /// `AWS::S3::Bucket`, and `AWS::S3::AccountPublicAccessBlock` of the account:
    /// - `BucketPolicy`: statements that let anyone read, list, write or delete objects, or change the
    ///   policy or the ACL. Anyone is `*`, `NotPrincipal`, or everyone with an account at a public
    ///   identity provider. A condition counts where it names what strangers do not have, by S3's own
    ///   definition of public: an organization, an account, a network. One that anyone can satisfy
    ///   (`aws:Referer`) does not. Statements that deny are taken off. `RestrictPublicBuckets`, of the
    ///   bucket or the account, closes this way.
    /// - `AccessControlList`: grants to `AllUsers` and `AuthenticatedUsers`. `IgnorePublicAcls`, of the
    ///   bucket or the account, and `BucketOwnerEnforced` in `OwnershipControls` close this way.
    ///   `BlockPublicAcls` and `BlockPublicPolicy` refuse new grants and leave what is there.
    /// - `PolicyStatus.IsPublic`, what S3 itself says, where the policy could not be read or does not
    ///   tell.
    /// - `AWS::Organizations::Policy`: RCPs that deny the action to everyone outside. Where they could
    ///   not be read they count as none.
    ///
    /// ACLs of single objects, access points and what CloudFront serves are not read.
    ///
    /// `storage.googleapis.com/Bucket`: bindings of `iamPolicy` to `allUsers` or
    /// `allAuthenticatedUsers`, whatever the role, and those of
    /// `cloudresourcemanager.googleapis.com/Project` with a role of Cloud Storage, a basic or a custom
    /// one. `iamConfiguration.publicAccessPrevention: enforced`, or the constraint
    /// `storage.publicAccessPrevention` in `orgpolicy.googleapis.com/EffectivePolicy`, closes every way.
    /// Bindings of folders and the organization are not read.
    ///
    /// ## Unknown
    /// Where what lets anyone in depends on a condition of which it cannot be told whether strangers
    /// satisfy it; the message has the condition. Where a part of the bucket could not be read and
    /// another part does not make up for it; where a grant was found and the public access block, or
    /// the organization policy, could not be read. A Google bucket without uniform bucket-level access
    /// never passes unless public access is prevented: its ACLs are not read.
    ///
    /// ## Compared with Prowler
    /// `s3_bucket_public_access` counts a public access block only where it ignores ACLs and restricts
    /// public buckets at once; here each setting closes the way that it is for. Prowler does not take
    /// off statements that deny, and of conditions on addresses it takes private ranges only.
    /// `cloudstorage_bucket_public_access` reads the bindings of the bucket
    /// alone.
    id: "DATA-06",
    name: "Bucket that anyone can read or write",
    severity: High,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "3.1.4",
        "AWS Security Hub" => "S3.1",
        "AWS Security Hub" => "S3.2",
        "AWS Security Hub" => "S3.3",
        "AWS Security Hub" => "S3.8",
        "AWS Config" => "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "Prowler" => "s3_bucket_public_access",
    ],
    remediation: "Remove the grant, then switch on all four settings of the public access block for the account, or enforce public access prevention on the organization; serve what is meant for everyone through a CDN.",
    parts: [
        Part::aws(&[S3], check_aws).also(&[aws::BLOCK, POLICY, ORGANIZATION, MEMBERSHIP]),
        Part::gcp(&[GCS], check_gcp).also(&[gcp::PROJECT, gcp::EFFECTIVE])],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    let guardrails = Guardrails::new(context);
    let accounts: BTreeMap<_, _> = context
        .asked_for(S3)
        .into_iter()
        .map(|key| (key.clone(), aws::Account::new(context, &guardrails, &key)))
        .collect();
    // Nothing is known of it.
    let none = aws::Account::default();
    sink.each(context, S3, |bucket| {
        Ok(aws::judge(bucket, accounts.get(&bucket.key.scope_key()).unwrap_or(&none)))
    });
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    let projects: BTreeMap<_, _> = context
        .asked_for(GCS)
        .into_iter()
        .map(|key| (key.clone(), gcp::Project::new(context, &key)))
        .collect();
    let none = gcp::Project::unknown();
    sink.each(context, GCS, |bucket| {
        Ok(gcp::judge(bucket, projects.get(&bucket.key.scope_key()).unwrap_or(&none)))
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    cases_aws().into_iter().chain(cases_gcp()).collect()
}

#[cfg(test)]
fn cases_aws() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let bucket = |attributes: Value| world().account("1").with("1", S3, "b", attributes);
    let statement = |effect: &str, action: &str, condition: Value| {
        json!({"Sid": "S", "Effect": effect, "Principal": "*", "Action": action,
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": condition})
    };
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
    let grants = |action: &str, condition: Value| {
        bucket(json!({"BucketPolicy": policy(json!([statement("Allow", action, condition)]))}))
    };
    let open = || grants("s3:GetObject", json!({}));
    let own_block = |name: &str| {
        let policy = policy(json!([statement("Allow", "s3:*", json!({}))]));
        bucket(json!({"BucketPolicy": policy, "PublicAccessBlockConfiguration": {name: true}}))
    };
    let account_block =
        |world: World, name: &str| world.with("1", aws::BLOCK, "1", json!({name: true}));
    let acl = |group: &str, permission: &str, ownership: &str| {
        let uri = format!("http://acs.amazonaws.com/groups/{group}");
        bucket(json!({
            "AccessControlList": [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission}],
            "OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]},
        }))
    };
    let public_acl = || acl("global/AllUsers", "READ", "ObjectWriter");
    let perimeter = |condition: Value| {
        let content = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
            "Action": "s3:*", "Resource": "*", "Condition": condition}]});
        let policy = json!({"Type": "RESOURCE_CONTROL_POLICY", "Content": content.to_string(),
            "TargetIds": ["r-1"]});
        let attributes = json!({"BucketPolicy":
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}});
        world()
            .folder("r-1", "o")
            .management("9")
            .account_in("1", "r-1")
            .with(
                "9",
                ORGANIZATION,
                "o",
                json!({"PolicyTypes": ["RESOURCE_CONTROL_POLICY"], "RootId": "r-1"}),
            )
            .with("9", POLICY, "p-1", policy)
            .with("1", S3, "b", attributes)
    };
    let from_outside = json!({
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    });
    vec![
        quiet("nothing", bucket(json!({}))),
        fires("its policy", &["1/b"], open())
            .saying("the statement \"S\" of its policy grants s3:GetObject to everyone"),
        fires("a pattern", &["1/b"], grants("s3:Get*", json!({}))),
        fires("everyone but one", &["1/b"], {
            let mut statement = statement("Allow", "s3:GetObject", json!({}));
            statement.as_object_mut().unwrap().remove("Principal");
            statement["NotPrincipal"] = json!({"AWS": "111122223333"});
            bucket(json!({"BucketPolicy": policy(json!([statement]))}))
        })
        .saying("grants s3:GetObject to everyone but 111122223333"),
        fires("everyone elsewhere", &["1/b"], {
            let mut statement = statement("Allow", "s3:GetObject", json!({}));
            statement["Principal"] = json!({"Federated": "graph.facebook.com"});
            bucket(json!({"BucketPolicy": policy(json!([statement]))}))
        })
        .saying("to everyone with an account at graph.facebook.com"),
        unknown(
            "a deny of which nobody knows",
            &["1/b"],
            bucket(json!({"BucketPolicy": policy(json!([
                statement("Allow", "s3:GetObject", json!({})),
                statement("Deny", "s3:*", json!({"StringNotEquals": {"acme:Key": "x"}})),
            ]))})),
        )
        .saying("to everyone, and "),
        fires("deleting versions", &["1/b"], grants("s3:DeleteObjectVersion", json!({}))),
        fires("opening objects", &["1/b"], grants("s3:PutObjectAcl", json!({}))),
        fires("everything on its objects", &["1/b"], {
            let mut statement = statement("Allow", "s3:*", json!({}));
            statement["Resource"] = json!("arn:aws:s3:::b/*");
            bucket(json!({"BucketPolicy": policy(json!([statement]))}))
        })
        .saying(
            "grants s3:GetObject, s3:GetObjectVersion, s3:PutObject, s3:DeleteObject, \
             s3:DeleteObjectVersion, s3:PutObjectAcl to everyone",
        ),
        fires("writing", &["1/b"], grants("s3:PutObject", json!({}))),
        quiet("something else", grants("s3:GetBucketLocation", json!({}))),
        fires(
            "a condition for anyone",
            &["1/b"],
            grants(
                "s3:GetObject",
                json!({"StringLike": {"aws:Referer": "https://acme.example/*"}}),
            ),
        ),
        quiet(
            "a condition for some",
            grants("s3:GetObject", json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        ),
        quiet(
            "a deny",
            bucket(json!({"BucketPolicy": policy(json!([
                statement("Allow", "s3:GetObject", json!({})),
                statement("Deny", "s3:*", json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})),
            ]))})),
        ),
        unknown(
            "a condition of which nobody knows",
            &["1/b"],
            grants("s3:GetObject", json!({"StringEquals": {"acme:Key": "x"}})),
        )
        .saying("where StringEquals acme:Key x, and"),
        quiet("of which S3 knows", {
            let allow =
                statement("Allow", "s3:GetObject", json!({"StringEquals": {"acme:Key": "x"}}));
            bucket(
                json!({"BucketPolicy": policy(json!([allow])), "PolicyStatus": {"IsPublic": false}}),
            )
        }),
        quiet("the bucket's block", own_block("RestrictPublicBuckets")),
        fires("only against new policies", &["1/b"], own_block("BlockPublicPolicy")),
        fires("only against ACLs", &["1/b"], own_block("IgnorePublicAcls")),
        quiet("the account's block", account_block(open(), "RestrictPublicBuckets")),
        fires("the account's other block", &["1/b"], account_block(open(), "BlockPublicPolicy")),
        unknown("the account's block was not read", &["1/b"], open().denied("1", aws::BLOCK))
            .saying("but the public access block of its account was not read"),
        unknown(
            "a setting of it was not read",
            &["1/b"],
            account_block(open(), "IgnorePublicAcls").unread("RestrictPublicBuckets"),
        ),
        quiet("and need not be", own_block("RestrictPublicBuckets").denied("1", aws::BLOCK)),
        quiet("where nothing is granted", bucket(json!({})).denied("1", aws::BLOCK)),
        unknown(
            "the bucket's block was not read",
            &["1/b"],
            open().unread("PublicAccessBlockConfiguration"),
        ),
        unknown("its policy was not read", &["1/b"], open().unread("BucketPolicy")),
        fires(
            "S3 says that it is public",
            &["1/b"],
            bucket(json!({"PolicyStatus": {"IsPublic": true}})).unread("BucketPolicy"),
        )
        .saying("S3 takes its policy for a public one"),
        quiet(
            "S3 says that it is not",
            bucket(json!({"PolicyStatus": {"IsPublic": false}})).unread("BucketPolicy"),
        ),
        unknown("no policy", &["1/b"], bucket(json!({"BucketPolicy": {"Statement": "x"}}))),
        unknown(
            "hostile",
            &["1/b"],
            bucket(json!({"BucketPolicy": "{\"Statement\":".repeat(9_000)})),
        ),
        fires("its ACL", &["1/b"], public_acl()).saying("its ACL grants READ to AllUsers"),
        fires(
            "for all accounts",
            &["1/b"],
            acl("global/AuthenticatedUsers", "FULL_CONTROL", "BucketOwnerPreferred"),
        ),
        quiet("for logs", acl("s3/LogDelivery", "WRITE", "ObjectWriter")),
        quiet("to read the ACL only", acl("global/AllUsers", "READ_ACP", "ObjectWriter")),
        quiet("ACLs are off", acl("global/AllUsers", "READ", "BucketOwnerEnforced")),
        quiet("ACLs are ignored", account_block(public_acl(), "IgnorePublicAcls")),
        fires("only new ones are", &["1/b"], account_block(public_acl(), "BlockPublicAcls")),
        fires("policies are", &["1/b"], account_block(public_acl(), "RestrictPublicBuckets")),
        unknown("the ACL was not read", &["1/b"], public_acl().unread("AccessControlList")),
        unknown("ownership was not read", &["1/b"], public_acl().unread("OwnershipControls")),
        unknown("nor the account's block", &["1/b"], public_acl().denied("1", aws::BLOCK)),
        quiet("an RCP", perimeter(from_outside.clone())),
        fires(
            "an RCP for something else",
            &["1/b"],
            perimeter(json!({"Bool": {"aws:SecureTransport": "false"}})),
        ),
        fires("RCPs were not read", &["1/b"], perimeter(from_outside).denied("9", POLICY)),
        unknown("denied", &["1"], world().account("1").denied("1", S3)),
    ]
}

#[cfg(test)]
fn cases_gcp() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};
    use tenko_core::Outcome;

    use crate::testing::*;

    let bucket = |prevention: &str, uniform: bool, bindings: Value| {
        let attributes = json!({
            "iamConfiguration": {"publicAccessPrevention": prevention,
                "uniformBucketLevelAccess": {"enabled": uniform}},
            "iamPolicy": {"bindings": bindings},
        });
        world().project("p").with("gcp:p", GCS, "b", attributes)
    };
    let viewer = |member: &str| json!([{"role": "roles/storage.objectViewer", "members": ["user:a@acme.example", member]}]);
    let open = || bucket("inherited", true, viewer("allUsers"));
    let closed = |uniform: bool| bucket("inherited", uniform, json!([]));
    let constraint = |world: World, name: &str, enforce: bool| {
        let attributes = json!({"constraint": name, "spec": {"rules": [{"enforce": enforce}]}});
        world.with("gcp:p", gcp::EFFECTIVE, name, attributes)
    };
    let project = |world: World, role: &str| {
        let bindings = json!([{"role": role, "members": ["allUsers"]}]);
        world.with(
            "gcp:p",
            gcp::PROJECT,
            "projects/p",
            json!({"iamPolicy": {"bindings": bindings}}),
        )
    };
    let prevention = "storage.publicAccessPrevention";
    vec![
        quiet("Google: nobody", closed(true)),
        fires("Google: everyone", &["gcp:p/b"], open())
            .saying("its IAM policy grants roles/storage.objectViewer to allUsers"),
        fires(
            "Google: everyone with an account",
            &["gcp:p/b"],
            bucket("inherited", false, viewer("allAuthenticatedUsers")),
        ),
        quiet("Google: prevented", bucket("enforced", false, viewer("allUsers"))),
        quiet("Google: by the organization", constraint(open(), prevention, true)),
        fires("Google: not enforced", &["gcp:p/b"], constraint(open(), prevention, false)),
        fires(
            "Google: another constraint",
            &["gcp:p/b"],
            constraint(open(), "storage.uniformBucketLevelAccess", true),
        ),
        unknown("Google: constraints denied", &["gcp:p/b"], open().denied("gcp:p", gcp::EFFECTIVE))
            .saying("but the organization policy storage.publicAccessPrevention was not read"),
        unknown(
            "Google: the API is not enabled",
            &["gcp:p/b"],
            open().outcome("gcp:p", gcp::EFFECTIVE, Outcome::ServiceNotEnabled),
        ),
        quiet("Google: and need not be", closed(true).denied("gcp:p", gcp::EFFECTIVE)),
        unknown("Google: ACLs", &["gcp:p/b"], closed(false)).saying("ACLs, which are not read"),
        unknown(
            "Google: on a condition",
            &["gcp:p/b"],
            bucket("inherited", true, json!([{"role": "roles/storage.objectViewer",
                "members": ["allUsers"], "condition": {"title": "t", "expression": "request.time < x"}}])),
        )
        .saying("where request.time < x"),
        unknown(
            "Google: on a condition that is not told",
            &["gcp:p/b"],
            bucket("inherited", true, json!([{"role": "r", "members": ["allUsers"], "condition": {}}])),
        )
        .saying("grants r to allUsers on a condition."),
        unknown(
            "Google: the project's bindings not read",
            &["gcp:p/b"],
            project(closed(true), "roles/viewer").unread("iamPolicy"),
        )
        .saying("iamPolicy.bindings of its project was not read"),
        fires("Google: by its project", &["gcp:p/b"], project(closed(true), "roles/storage.admin"))
            .saying("of its project"),
        quiet("Google: another role of it", project(closed(true), "roles/run.invoker")),
        unknown("Google: project denied", &["gcp:p/b"], closed(true).denied("gcp:p", gcp::PROJECT)),
        unknown("Google: bindings not read", &["gcp:p/b"], closed(true).unread("iamPolicy")),
        unknown("Google: prevention not read", &["gcp:p/b"], open().unread("iamConfiguration")),
        quiet("Google: hostile", bucket("inherited", true, json!([7, {"members": "allUsers"}, null]))),
        unknown("Google: denied", &["gcp:p"], world().project("p").denied("gcp:p", GCS)),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::world;

    fn word() -> impl Strategy<Value = String> {
        let known = proptest::sample::select(&[
            "Version",
            "2012-10-17",
            "Statement",
            "Effect",
            "Allow",
            "Deny",
            "Principal",
            "NotPrincipal",
            "AWS",
            "*",
            "Action",
            "NotAction",
            "s3:GetObject",
            "s3:DeleteBucket",
            "Resource",
            "NotResource",
            "arn:aws:s3:::b/*",
            "Condition",
            "StringEquals",
            "aws:PrincipalOrgID",
            "bindings",
            "members",
            "allUsers",
            "role",
            "URI",
            "Permission",
        ]);
        prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,6}"]
    }

    fn json_of_any_kind() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(|n| json!(n)),
            word().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(word(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever stands where a policy should, each bucket gets at most one verdict per rule, and
        /// nobody panics.
        #[test]
        fn a_policy_may_be_anything(any in json_of_any_kind(), statement in json_of_any_kind()) {
            let policy = |policy: &Value| json!({"BucketPolicy": policy, "AccessControlList": policy,
                "VersioningConfiguration": policy, "OwnershipControls": {"Rules": policy}});
            let document = json!({"Version": "2012-10-17", "Statement": [statement]});
            let gcs = json!({"iamConfiguration": any, "iamPolicy": {"bindings": any}});
            let said = world()
                .account("1")
                .project("p")
                .with("1", S3, "b", policy(&any))
                .with("1", S3, "text", policy(&Value::from(any.to_string())))
                .with("1", S3, "document", policy(&document))
                .with("gcp:p", GCS, "b", gcs)
                .evaluate();
            for (rule, most) in [("DATA-01", 3), ("DATA-02", 1), ("DATA-06", 4)] {
                let result = said.results.iter().find(|result| result.rule == rule).unwrap();
                prop_assert_eq!(result.findings + result.unknown + result.passed, most, "{}", rule);
            }
            for finding in &said.findings {
                prop_assert!(finding.message.ends_with('.'), "{:?}", finding);
            }
        }
    }
}
