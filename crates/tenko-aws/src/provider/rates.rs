//! How fast services may be asked at most: what is published, and for services that publish
//! nothing, little enough that a team's own tools do not notice.

use tenko_core::Rate;

/// What is published, for all our operations of a service together though some is published per
/// operation; the collector uses a share of it, by default half.
///
/// Published are EC2 ("Request throttling for the Amazon EC2 API": 100 at once and 20 a second, per
/// operation), STS (600 a second) and Lambda ("Lambda quotas": 15 a second for the control plane).
/// The others are careful values of ours; the collector slows down further when it is throttled.
const RATES: [(&str, Rate); 20] = [
    ("autoscaling", Rate { burst: 20, per_second: 10.0 }),
    ("backup", Rate { burst: 20, per_second: 10.0 }),
    ("cloudcontrol", Rate { burst: 20, per_second: 6.0 }),
    ("cloudformation", Rate { burst: 40, per_second: 20.0 }),
    ("cloudtrail", Rate { burst: 20, per_second: 10.0 }),
    ("config", Rate { burst: 20, per_second: 10.0 }),
    ("dynamodb", Rate { burst: 100, per_second: 50.0 }),
    ("ec2", Rate { burst: 100, per_second: 20.0 }),
    ("ecs", Rate { burst: 50, per_second: 20.0 }),
    ("guardduty", Rate { burst: 20, per_second: 10.0 }),
    ("iam", Rate { burst: 40, per_second: 20.0 }),
    ("kms", Rate { burst: 200, per_second: 100.0 }),
    ("lambda", Rate { burst: 30, per_second: 15.0 }),
    ("organizations", Rate { burst: 40, per_second: 20.0 }),
    ("rds", Rate { burst: 40, per_second: 20.0 }),
    // Nothing is published for reads of bucket settings, and each bucket takes a dozen of them.
    ("s3", Rate { burst: 200, per_second: 100.0 }),
    ("service-quotas", Rate { burst: 10, per_second: 5.0 }),
    ("sns", Rate { burst: 20, per_second: 10.0 }),
    ("ssm", Rate { burst: 20, per_second: 6.0 }),
    ("sts", Rate { burst: 600, per_second: 600.0 }),
];

/// What a service without a rate of its own gets.
const DEFAULT: Rate = Rate { burst: 40, per_second: 20.0 };

/// The rate of a service, per account and region.
pub(crate) fn rate(service: &str) -> Rate {
    RATES.iter().find(|(name, _)| *name == service).map_or(DEFAULT, |(_, rate)| *rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_lets_calls_through() {
        assert!(RATES.is_sorted_by(|a, b| a.0 < b.0), "sorted, each service once");
        assert!(RATES.iter().all(|(_, rate)| rate.burst > 0 && rate.per_second > 0.0));
        assert_eq!(rate("ec2").per_second, 20.0);
        assert_eq!(rate("a-service-of-tomorrow"), DEFAULT);
    }
}
