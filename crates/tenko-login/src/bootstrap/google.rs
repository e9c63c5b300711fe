//! The service accounts of Google Cloud projects as Terraform.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::node::{Node, comment, hcl, map, texts};
use super::{ACCOUNT_VIEWER, PROJECT_ROLES, Plan, TOKEN_CREATOR};

/// One file for the `google` provider: the service accounts, what they may see of the projects, and
/// who may become them. Of a plan without projects, one that makes nothing.
pub fn google(plan: &Plan) -> String {
    let mut text = String::from(HEAD);
    // Writing into a String does not fail.
    for project in &plan.projects {
        let environments: Vec<_> = project.environments.iter().map(String::as_str).collect();
        let line = format!("{} {}", project.project, environments.join(", "));
        let _ = writeln!(text, "#   {}", comment(&line));
    }
    text.push_str(REQUIRED);

    // One service account may be of several projects.
    let emails: BTreeSet<_> =
        plan.projects.iter().map(|one| one.service_account.as_str()).collect();
    let accounts = emails.into_iter().filter_map(|email| {
        let (name, project) = super::project::home(email)?;
        let home = map([("name", name.into()), ("project", project.as_ref().into())]);
        Some((email, home))
    });
    let mut entries = vec![("tenko_accounts", map(accounts))];
    let projects = plan.projects.iter().map(|one| {
        let values = [
            ("account", one.service_account.as_str().into()),
            ("project", one.project.as_str().into()),
        ];
        (format!("{} {}", one.project, one.service_account), map(values))
    });
    entries.push(("tenko_projects", map(projects)));
    let members = plan.projects.iter().flat_map(|one| {
        let account = one.service_account.as_str();
        one.members.iter().map(move |member| (account, member.as_str()))
    });
    let members: BTreeSet<_> = members.collect();
    let members = members.into_iter().map(|(account, member)| {
        let values = [("account", account.into()), ("member", member.into())];
        (format!("{account} {member}"), map(values))
    });
    entries.push(("tenko_members", map(members)));
    entries.push(("tenko_grants", Node::Expression(GRANTS)));
    let homes = plan.projects.iter().filter_map(|one| one.home());
    let homes: BTreeSet<_> = homes.map(|(_, project)| project).collect();
    let services = homes.iter().flat_map(|project| {
        SERVICES.iter().map(move |service| {
            let values = [("project", project.as_ref().into()), ("service", (*service).into())];
            (format!("{project} {service}"), map(values))
        })
    });
    entries.push(("tenko_services", map(services)));
    entries.push(("tenko_roles", texts(PROJECT_ROLES)));
    text.push_str("locals {\n");
    let each: Vec<_> =
        entries.iter().map(|(key, node)| format!("  {key} = {}\n", hcl(node, 2))).collect();
    text.push_str(&each.join("\n"));
    text.push_str("}\n");
    let resources = RESOURCES.replace("TOKEN_CREATOR", TOKEN_CREATOR);
    text.push_str(&resources.replace("ACCOUNT_VIEWER", ACCOUNT_VIEWER));
    text
}

/// What calls of logins and of `tenko doctor` are charged to the service account's project for.
const SERVICES: [&str; 3] =
    ["cloudresourcemanager.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com"];

const HEAD: &str = "\
# The service accounts that `tenko login` becomes: they see the inventory and who may do what, and
# nobody has a key of one. Made by `tenko bootstrap`.
#
# In the projects that the service accounts are of, three APIs are turned on: that of IAM, the one that
# gives their tokens (iamcredentials.googleapis.com), and the one that says what they may, without
# which no login can be proven to be read-only (cloudresourcemanager.googleapis.com). They stay on when
# this is taken away again. For the inventory, the Cloud Asset API (cloudasset.googleapis.com) must be
# on there too.
#
# The projects and the environments that log in to them:
";

const REQUIRED: &str = r#"
terraform {
  required_version = ">= 1.3"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 5.0"
    }
  }
}

"#;

const GRANTS: &str = r#"merge([
    for key, place in local.tenko_projects : {
      for role in local.tenko_roles : "${key} ${role}" => merge(place, { role = role })
    }
  ]...)"#;

const RESOURCES: &str = r#"
resource "google_project_service" "tenko" {
  for_each = local.tenko_services

  project            = each.value.project
  service            = each.value.service
  disable_on_destroy = false
}

resource "google_service_account" "tenko" {
  for_each = local.tenko_accounts

  project      = each.value.project
  account_id   = each.value.name
  display_name = "tenko, read-only login"
  description  = "Read-only logins with tenko; has no keys"

  depends_on = [google_project_service.tenko]
}

# Adds to the policy of the project, and leaves everything else in it as it is.
resource "google_project_iam_member" "tenko" {
  for_each = local.tenko_grants

  project = each.value.project
  role    = each.value.role
  member  = google_service_account.tenko[each.value.account].member
}

# Who may become the service account: on that account alone, not on its project.
resource "google_service_account_iam_member" "tenko" {
  for_each = local.tenko_members

  service_account_id = google_service_account.tenko[each.value.account].name
  role               = "TOKEN_CREATOR"
  member             = each.value.member
}

# The same see that it has no keys, and who may become it: `tenko doctor` reads that as them.
resource "google_service_account_iam_member" "tenko_viewer" {
  for_each = local.tenko_members

  service_account_id = google_service_account.tenko[each.value.account].name
  role               = "ACCOUNT_VIEWER"
  member             = each.value.member
}
"#;
