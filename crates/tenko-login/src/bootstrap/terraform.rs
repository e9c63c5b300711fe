//! The roles as Terraform.
//!
//! Which provider leads to which account is the user's: the text asks whichever one it is used with
//! for its account, and makes that account's roles.

use std::fmt::Write as _;

use super::cloudformation::DESCRIPTION;
use super::node::{Node, comment, hcl, map, texts};
use super::plan::word;
use super::role::trust;
use super::{DENY, Plan, hub_policies, node};

/// One file for a folder of its own, used as a module once per account with that account's provider.
/// With the provider of an account that is not in the plan it fails, and makes nothing.
pub fn terraform(plan: &Plan) -> String {
    let mut text = String::from(HEAD);
    // Writing into a String does not fail.
    for role in &plan.roles {
        let environments: Vec<_> = role.environments.iter().map(String::as_str).collect();
        let line = format!("{} {} {}", role.account, role.name, environments.join(", "));
        let _ = writeln!(text, "#   {}", comment(&line));
    }
    text.push_str(HUB);
    for policy in hub_policies(plan) {
        let shown = serde_json::to_string_pretty(&policy).unwrap_or_default();
        for line in shown.lines() {
            let _ = writeln!(text, "#   {}", comment(line));
        }
    }
    text.push_str(REQUIRED);
    let _ = write!(text, "\nlocals {{\n  # Each account's roles.\n");
    let roles = plan.roles.iter().map(|role| {
        let values = [
            ("account", role.account.as_str().into()),
            ("name", role.name.as_str().into()),
            ("path", role.path.as_str().into()),
            ("trusted", role.trusted.arn().into()),
            ("external_id", role.external_id.as_str().into()),
            ("max_session", role.max_session.into()),
            ("levels", word(role.levels()).into()),
        ];
        (format!("{}/{}", role.account, role.name), map(values))
    });
    let _ = writeln!(text, "  tenko_declared = {}\n", hcl(&map(roles), 2));
    text.push_str("  # What each set of data levels is attached and denied.\n");
    let sets = plan.levels();
    let sets = sets.iter().map(|role| {
        let deny = role.deny();
        (
            word(role.levels()),
            map([("managed", texts(role.policy.managed().iter().copied())), ("deny", deny)]),
        )
    });
    let _ = writeln!(text, "  tenko_levels = {}\n", hcl(&map(sets), 2));
    text.push_str(LOCALS);
    let trust =
        trust(Node::Expression("each.value.trusted"), Node::Expression("each.value.external_id"));
    let _ = write!(
        text,
        r#"
resource "aws_iam_role" "tenko" {{
  for_each = local.tenko_roles

  name                 = each.value.name
  path                 = each.value.path
  description          = {}
  max_session_duration = each.value.max_session
  assume_role_policy = jsonencode({})

  tags = {{
    ManagedBy = "tenko"
    Purpose   = "read-only login"
  }}
}}

resource "aws_iam_role_policy" "tenko" {{
  for_each = local.tenko_roles

  name   = {}
  role   = aws_iam_role.tenko[each.key].name
  policy = jsonencode(local.tenko_levels[each.value.levels].deny)
}}
"#,
        node::hcl_text(DESCRIPTION),
        hcl(&trust, 2),
        node::hcl_text(DENY),
    );
    text.push_str(TAIL);
    text
}

const HEAD: &str = r#"# The roles that `tenko login` assumes: they look at how things are set up, and are denied data,
# credentials, shells and further sessions. Made by `tenko bootstrap`.
#
# Put this file into a folder of its own, and use that once per account:
#   module "tenko_production" {
#     source    = "./tenko"
#     providers = { aws = aws.production }
#   }
#
# The roles, by account, and the environments that log in with them:
"#;

const HUB: &str = "#
# The trusted principal must itself be allowed to assume them:
";

const REQUIRED: &str = r#"
terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_caller_identity" "tenko" {}

data "aws_partition" "tenko" {}
"#;

const LOCALS: &str = r#"  # Those of the account that the provider leads to.
  tenko_roles = {
    for key, role in local.tenko_declared : key => role
    if role.account == data.aws_caller_identity.tenko.account_id
  }

  tenko_attachments = merge([
    for key, role in local.tenko_roles : {
      for policy in local.tenko_levels[role.levels].managed :
      "${key} ${policy}" => { role = key, policy = policy }
    }
  ]...)
}
"#;

const TAIL: &str = r#"
resource "aws_iam_role_policy_attachment" "tenko" {
  for_each = local.tenko_attachments

  role       = aws_iam_role.tenko[each.value.role].name
  policy_arn = "arn:${data.aws_partition.tenko.partition}:iam::aws:policy/${each.value.policy}"

  # What is denied is denied before anything is allowed.
  depends_on = [aws_iam_role_policy.tenko]
}

output "tenko_role_arns" {
  value = { for key, role in aws_iam_role.tenko : key => role.arn }

  precondition {
    condition     = length(local.tenko_roles) > 0
    error_message = "No role is declared for the account that this provider leads to."
  }
}
"#;
