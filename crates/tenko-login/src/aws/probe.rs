//! Asking AWS whether a session could change something, without changing anything.

use aws_credential_types::Credentials;
use tenko_aws::wire::classify_sdk_error;

use super::caller::hidden;
use crate::proof::Probe;

/// What is asked about. EC2 evaluates the permission and stops there.
/// Source: "Dry run" in the EC2 API reference.
const WRITE: &str = "ec2:CreateVpc";

/// The smallest network that EC2 takes; nothing is made.
const NETWORK: &str = "10.0.0.0/28";

/// Asks whether the credentials, which the configuration has too, could make a network. That they could not shows that
/// the session cannot write; not which of its role's policies and its own keeps it from that.
pub(crate) async fn dry_run(
    client: &aws_sdk_ec2::Client,
    config: aws_sdk_ec2::config::Builder,
    credentials: &Credentials,
) -> Probe {
    let request = client.create_vpc().cidr_block(NETWORK).dry_run(true).customize();
    let error = match request.config_override(config).send().await {
        Ok(_) => {
            return Probe::Permitted { what: WRITE.to_owned() };
        }
        Err(error) => hidden(classify_sdk_error(&error, "ec2", "CreateVpc"), credentials),
    };
    match error.code.as_deref() {
        Some("UnauthorizedOperation") => Probe::Refused { asked: WRITE.to_owned() },
        Some("DryRunOperation") => Probe::Permitted { what: WRITE.to_owned() },
        _ => Probe::Unproven { reason: error.to_string() },
    }
}
