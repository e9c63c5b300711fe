//! The size of pages changes nothing.

use tenko::model::Snapshot;
use tenko_testkit::sim::SimCloud;

use super::world::{Clean, look, timeless, world};

#[tokio::test(flavor = "multi_thread")]
async fn whole_snapshots_are_the_same_at_every_page_size() {
    let clean = &Clean::get().await.snapshot;
    let cloud = SimCloud::start(world()).await.unwrap();
    let mut requests = Vec::new();
    for size in [1, 2, 3, 7] {
        cloud.clear_seen();
        cloud.set_page_size(Some(size));
        let paged = look(&cloud).await;
        assert_eq!(paged.discovery_problems, [], "in pages of {size}");
        let scopes = |snapshot: &Snapshot| -> Vec<_> {
            snapshot.scopes.walk().into_iter().map(|(depth, s)| (depth, s.clone())).collect()
        };
        assert_eq!(scopes(&paged), scopes(clean), "in pages of {size}");
        assert_eq!(paged.answers, clean.answers, "in pages of {size}");
        assert_eq!(paged.resources, clean.resources, "in pages of {size}");
        assert_eq!(timeless(&paged.coverage), timeless(&clean.coverage), "in pages of {size}");
        let later = |operation: &str| {
            let seen = cloud.seen();
            seen.iter()
                .filter(|r| r.page > 1 && (operation.is_empty() || r.id() == operation))
                .count()
        };
        if size == 1 {
            for operation in [
                "organizations:ListAccountsForParent",
                "organizations:ListOrganizationalUnitsForParent",
                "ec2:DescribeSubnets",
                "s3:ListBuckets",
                "iam:GetAccountAuthorizationDetails",
                "lambda:ListFunctions",
                "sqs:ListQueues",
            ] {
                assert!(later(operation) > 0, "{operation} had one page");
            }
        }
        requests.push(later(""));
    }
    assert!(requests.is_sorted_by(|a, b| a >= b) && requests[0] > 50, "{requests:?}");
}
