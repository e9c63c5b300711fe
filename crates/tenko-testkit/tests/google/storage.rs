//! Cloud Storage by gRPC.

use googleapis_tonic_google_storage_v2::google::iam::v1::{
    GetIamPolicyRequest, GetPolicyOptions, Policy,
};
use googleapis_tonic_google_storage_v2::google::rpc::ErrorInfo;
use googleapis_tonic_google_storage_v2::google::storage::v2::{
    Bucket, ListBucketsRequest, ListBucketsResponse,
};
use googleapis_tonic_google_storage_v2::google::r#type::Date;
use prost::Message;
use tenko_testkit::google::{AUDITOR, Fault, FaultKind, SimGoogle};

use super::client::{Answer, Failed, grpc};
use super::world::world;

const LIST: &str = "/google.storage.v2.Storage/ListBuckets";

async fn list(cloud: &SimGoogle, request: &ListBucketsRequest) -> Result<Answer, Failed> {
    grpc(cloud, Some(&cloud.token(AUDITOR)), LIST, request).await
}

fn request() -> ListBucketsRequest {
    ListBucketsRequest { parent: "projects/acme-prod".into(), ..Default::default() }
}

async fn buckets(cloud: &SimGoogle) -> Vec<Bucket> {
    let mut all = Vec::new();
    let mut request = request();
    loop {
        let answer = list(cloud, &request).await.unwrap();
        assert_eq!(answer.status, Some(0));
        let page = ListBucketsResponse::decode(answer.message.unwrap()).unwrap();
        all.extend(page.buckets);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn every_bucket_comes_once() {
    for size in [Some(1), Some(2), Some(7), None] {
        let mut world = world();
        world.page_size = size;
        let cloud = SimGoogle::start(world).await.unwrap();
        let names: Vec<String> = buckets(&cloud).await.into_iter().map(|b| b.bucket_id).collect();
        assert_eq!(names, ["bucket-0", "bucket-1", "bucket-2", "bucket-3", "bucket-4"]);
    }
}

#[tokio::test]
async fn buckets_become_messages() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let bucket = buckets(&cloud).await.remove(0);
    assert_eq!(bucket.name, "projects/_/buckets/bucket-0");
    assert_eq!(bucket.project, "projects/1001");
    assert_eq!((bucket.metageneration, bucket.etag.as_str()), (7, "CAc="));
    assert_eq!(bucket.location, "EUROPE-WEST3");
    assert_eq!(bucket.create_time.unwrap().nanos, 678_000_000);
    assert_eq!(bucket.labels["env"], "prod");
    assert!(bucket.acl.is_empty(), "not without a mask");
    assert_eq!(bucket.logging.unwrap().log_bucket, "projects/_/buckets/logs");
    assert!(bucket.encryption.unwrap().default_kms_key.ends_with("/k"));
    let retention = bucket.retention_policy.unwrap();
    assert_eq!((retention.is_locked, retention.retention_duration.unwrap().seconds), (true, 3600));
    assert_eq!(bucket.soft_delete_policy.unwrap().retention_duration.unwrap().seconds, 604_800);
    let iam = bucket.iam_config.unwrap();
    assert_eq!(iam.public_access_prevention, "enforced");
    assert!(iam.uniform_bucket_level_access.unwrap().lock_time.is_some());
    let condition = bucket.lifecycle.unwrap().rule.remove(0).condition.unwrap();
    assert_eq!((condition.age_days, condition.is_live), (Some(30), Some(false)));
    assert_eq!(condition.created_before, Some(Date { year: 2026, month: 1, day: 31 }));
    assert_eq!(bucket.cors[0].max_age_seconds, 60);
    assert!(bucket.object_retention.unwrap().enabled);
    assert!(bucket.billing.is_none());
    let mask = prost_types::FieldMask { paths: vec!["*".into()] };
    let whole = ListBucketsRequest { read_mask: Some(mask), ..request() };
    let answer = list(&cloud, &whole).await.unwrap();
    let page = ListBucketsResponse::decode(answer.message.unwrap()).unwrap();
    assert_eq!(page.buckets[0].acl[0].entity, "project-owners-1001");
}

#[tokio::test]
async fn policies_by_either_service() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let token = cloud.token(AUDITOR);
    for service in ["google.storage.v2.Storage", "google.storage.control.v2.StorageControl"] {
        let path = format!("/{service}/GetIamPolicy");
        let request = GetIamPolicyRequest {
            resource: "projects/_/buckets/bucket-1".into(),
            options: Some(GetPolicyOptions { requested_policy_version: 3 }),
        };
        let answer = grpc(&cloud, Some(&token), &path, &request).await.unwrap();
        let policy = Policy::decode(answer.message.unwrap()).unwrap();
        assert_eq!(policy.version, 3);
        assert_eq!(policy.bindings[1].condition.as_ref().unwrap().title, "soon over");
        assert_eq!(policy.etag.len(), 8);
        let other = GetIamPolicyRequest { resource: "projects/_/buckets/none".into(), ..request };
        let answer = grpc(&cloud, Some(&token), &path, &other).await.unwrap();
        assert_eq!(answer.status, Some(5));
    }
    assert_eq!(cloud.log()[0].id(), "storage.buckets.getIamPolicy");
    assert_eq!(cloud.log()[0].project.as_deref(), Some("acme-prod"));
}

#[tokio::test]
async fn errors_carry_their_details() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let answer = grpc(&cloud, None, LIST, &request()).await.unwrap();
    assert_eq!(answer.status, Some(16));
    let cases = [
        (FaultKind::Denied, 7, "IAM_PERMISSION_DENIED"),
        (FaultKind::ServiceDisabled, 7, "SERVICE_DISABLED"),
        (FaultKind::Perimeter, 7, "SECURITY_POLICY_VIOLATED"),
        (FaultKind::Throttled, 8, "RATE_LIMIT_EXCEEDED"),
        (FaultKind::Unavailable, 14, ""),
        (FaultKind::ServerError, 13, ""),
    ];
    for (kind, code, reason) in cases {
        cloud.clear_faults();
        cloud.add_fault(Fault::new(kind.clone()).operation("storage.buckets.list"));
        let answer = list(&cloud, &request()).await.unwrap();
        assert_eq!(answer.status, Some(code), "{kind:?}");
        assert!(answer.message.is_none());
        let status = answer.details();
        assert_eq!(status.code, code);
        let info = status.details.iter().find(|any| any.type_url.ends_with("google.rpc.ErrorInfo"));
        let info = info.map(|any| ErrorInfo::decode(any.value.as_slice()).unwrap());
        assert_eq!(info.map(|info| info.reason).unwrap_or_default(), reason, "{kind:?}");
    }
    let request = request();
    let answer = grpc(&cloud, Some("x"), "/google.storage.v2.Storage/DeleteBucket", &request);
    assert_eq!(answer.await.unwrap().status, Some(12));
}

#[tokio::test]
async fn messages_are_lost_in_many_ways() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    for (bytes, fitting_length) in [(3, true), (3, false)] {
        cloud.clear_faults();
        cloud.add_fault(Fault::new(FaultKind::LoseEnd { bytes, fitting_length }));
        match list(&cloud, &request()).await {
            Ok(answer) => assert!(fitting_length && answer.message.is_none()),
            Err(_) => assert!(!fitting_length),
        }
    }
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::Disconnect).times(1).overall());
    assert!(list(&cloud, &request()).await.is_err());
    assert!(list(&cloud, &request()).await.is_ok());
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::WrongShape { html: false }));
    let answer = list(&cloud, &request()).await.unwrap();
    assert!(ListBucketsResponse::decode(answer.message.unwrap()).is_err());
}

#[tokio::test]
async fn a_location_may_be_down() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    cloud.add_fault(Fault::new(FaultKind::Partial { location: "europe-west3".into() }));
    assert_eq!(list(&cloud, &request()).await.unwrap().status, Some(14));
    let partial = ListBucketsRequest { return_partial_success: true, ..request() };
    let answer = list(&cloud, &partial).await.unwrap();
    let page = ListBucketsResponse::decode(answer.message.unwrap()).unwrap();
    assert!(page.buckets.is_empty());
    assert_eq!(page.unreachable.len(), 5);
    assert_eq!(page.unreachable[0], "projects/_/buckets/bucket-0");
}
