//! What the hub itself must be allowed: both sides have to agree to a login across accounts.

use serde_json::{Value, json};

use super::Plan;

/// The most that a managed policy may hold, in characters that are not white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 6_144;

/// The policies that the hub's role needs to log in to the planned accounts: these roles and no
/// others. More than one where they would not fit into a managed policy; none without roles.
pub fn hub_policies(plan: &Plan) -> Vec<Value> {
    let empty = document(&[]).to_string().len();
    let mut all = Vec::new();
    let (mut some, mut length) = (Vec::new(), empty);
    for arn in plan.roles.iter().map(super::Role::arn) {
        // Its quotes and a comma.
        let more = arn.len() + 3;
        if length + more > MOST && !some.is_empty() {
            all.push(document(&some));
            some.clear();
            length = empty;
        }
        length += more;
        some.push(arn);
    }
    if !some.is_empty() {
        all.push(document(&some));
    }
    all
}

fn document(roles: &[String]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TenkoLogin",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
            "Resource": roles,
        }],
    })
}
