use tenko_core::{Resource, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};

const BUCKET: &str = "storage.googleapis.com/Bucket";

rule! {
    /// A Cloud Storage bucket keeps nothing of what is deleted: it has no versioning, soft delete is
    /// off, and there is no retention policy. It fires where all three are missing.
    ///
    /// ## Why it is bad
    /// One mistaken `gcloud storage rm --recursive`, one wrong lifecycle rule or one overwritten object
    /// is final. Soft delete, which Google switches on for new buckets, also brings a deleted bucket
    /// back; where it is off, somebody has switched it off.
    ///
    /// ## Example
    /// ```json
    /// { "name": "uploads", "softDeletePolicy": { "retentionDurationSeconds": "0" } }
    /// ```
    ///
    /// ## What it reads
    /// `storage.googleapis.com/Bucket`, every one of them, those that App Engine made too:
    /// `versioning.enabled`; `softDeletePolicy.retentionDurationSeconds`, where 0 or nothing is off;
    /// `retentionPolicy.retentionPeriod`, locked or not. Retention and holds of single objects, and
    /// how soon a lifecycle rule deletes old versions, are not judged. S3 is DATA-01.
    ///
    /// ## Unknown
    /// Where none of the three was seen and one of them could not be read.
    ///
    /// ## Compared with Prowler
    /// `cloudstorage_bucket_versioning_enabled` and `cloudstorage_bucket_soft_delete_enabled` each fail
    /// a bucket that has the other one.
    id: "DATA-02",
    name: "Cloud Storage bucket easily lost",
    severity: Medium,
    needs_tenants: false,
    references: [
        "Prowler" => "cloudstorage_bucket_versioning_enabled",
        "Prowler" => "cloudstorage_bucket_soft_delete_enabled",
    ],
    remediation: "Switch soft delete on for at least seven days; enable versioning, with a lifecycle rule for old versions, where objects are overwritten.",
    parts: [Part::gcp(&[BUCKET], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, BUCKET, judge);
}

fn judge(resource: &Resource) -> Result<Judged, Unread> {
    let bucket = Seen::new(resource);
    let lasts = |path: &str| Ok::<_, Unread>(bucket.number(path)?.is_some_and(|n| n > 0.0));
    let kept = [
        bucket.bool("versioning.enabled").map(|on| on == Some(true)),
        lasts("softDeletePolicy.retentionDurationSeconds"),
        lasts("retentionPolicy.retentionPeriod"),
    ];
    if kept.contains(&Ok(true)) {
        return Ok(Judged::Pass);
    }
    for kept in kept {
        kept?;
    }
    Ok(Judged::Bad(msg!("data-02-bad", bucket = resource.label()).into()))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let with = |attributes: Value| world().project("p").with("gcp:p", BUCKET, "b", attributes);
    let soft =
        |seconds: Value| with(json!({"softDeletePolicy": {"retentionDurationSeconds": seconds}}));
    vec![
        fires("nothing", &["gcp:p/b"], with(json!({}))),
        fires("soft delete is off", &["gcp:p/b"], soft(json!("0"))),
        fires("versioning is off", &["gcp:p/b"], with(json!({"versioning": {"enabled": false}}))),
        quiet("soft delete", soft(json!("604800"))),
        quiet("as a number", soft(json!(604_800))),
        quiet("versioning", with(json!({"versioning": {"enabled": true}}))),
        quiet("retention", with(json!({"retentionPolicy": {"retentionPeriod": "86400"}}))),
        quiet("one is enough", soft(json!("604800")).unread("versioning")),
        fires(
            "made by Google",
            &["gcp:p/b"],
            with(json!({})).by_provider("bucket of App Engine or Container Registry"),
        ),
        unknown("not read", &["gcp:p/b"], soft(json!("0")).unread("versioning")),
        fires("hostile", &["gcp:p/b"], soft(json!("9e999x"))),
        unknown("denied", &["gcp:p"], world().project("p").denied("gcp:p", BUCKET)),
    ]
}
