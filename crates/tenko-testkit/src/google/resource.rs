//! One resource, and the names under which it is found.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::world::Project;

/// A resource of a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resource {
    /// `compute.googleapis.com/Instance`
    pub asset_type: String,
    /// The resource as its own service gives it by REST. A BigQuery dataset is as `get` gives
    /// it: the list makes its summary of that. A bucket is as the JSON API gives it.
    pub rest: Value,
    /// `resource.data` as Asset Inventory gives it; `None` derives it from `rest`.
    pub asset: Option<Value>,
    /// `//compute.googleapis.com/projects/…`; empty derives it from `rest`.
    pub asset_name: String,
    /// Its IAM policy in REST form: `{version, etag, bindings}`.
    pub iam_policy: Option<Value>,
    /// Asset Inventory shows it only for read times from here on. With [`Timestamp::MAX`] it is so new that the list of
    /// its own service does not show it either: it answers by its name alone.
    pub since: Option<Timestamp>,
    /// Asset Inventory shows it only for read times before.
    pub until: Option<Timestamp>,
}

impl Resource {
    /// A resource whose asset is derived from its REST form.
    pub fn new(asset_type: &str, rest: Value) -> Self {
        Self { asset_type: asset_type.into(), rest, ..Self::default() }
    }

    /// Sets its IAM policy.
    #[must_use]
    pub fn policy(mut self, policy: Value) -> Self {
        self.iam_policy = Some(policy);
        self
    }

    /// Sets its form in Asset Inventory.
    #[must_use]
    pub fn asset(mut self, data: Value) -> Self {
        self.asset = Some(data);
        self
    }

    /// `compute` of `compute.googleapis.com/Instance`
    pub(super) fn service(&self) -> &str {
        self.asset_type.split('.').next().unwrap_or_default()
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.rest.pointer(pointer).and_then(Value::as_str)
    }

    /// The resource's path in its service: `projects/p/zones/z/instances/i`.
    pub(super) fn path(&self, project: &Project) -> String {
        let last = |pointer| self.text(pointer).unwrap_or_default();
        let id = &project.id;
        match self.asset_type.as_str() {
            "storage.googleapis.com/Bucket" => last("/name").to_owned(),
            "sqladmin.googleapis.com/Instance" => {
                format!("projects/{id}/instances/{}", last("/name"))
            }
            "bigquery.googleapis.com/Dataset" => {
                format!("projects/{id}/datasets/{}", last("/datasetReference/datasetId"))
            }
            "run.googleapis.com/Service" => {
                let place = self.location().unwrap_or_default();
                format!("projects/{id}/locations/{place}/services/{}", last("/metadata/name"))
            }
            "container.googleapis.com/Cluster" => {
                let place = self.location().unwrap_or_default();
                // A zone's name has one dash more than that of its region.
                let kind = if place.matches('-').count() > 1 { "zones" } else { "locations" };
                format!("projects/{id}/{kind}/{place}/clusters/{}", last("/name"))
            }
            _ => {
                let name = last("/name");
                let link = last("/selfLink").split_once("/projects/").map(|(_, tail)| tail);
                match link {
                    _ if name.contains('/') => name.to_owned(),
                    Some(tail) => format!("projects/{tail}"),
                    None => format!("projects/{id}/{name}"),
                }
            }
        }
    }

    /// The asset's full name.
    pub(super) fn full_name(&self, project: &Project) -> String {
        if !self.asset_name.is_empty() {
            return self.asset_name.clone();
        }
        let path = self.path(project);
        let numbered = format!("projects/{}/", project.number);
        let by_id =
            path.strip_prefix(&numbered).map(|tail| format!("projects/{}/{tail}", project.id));
        match self.asset_type.as_str() {
            "sqladmin.googleapis.com/Instance" => format!("//cloudsql.googleapis.com/{path}"),
            "iam.googleapis.com/ServiceAccount" | "iam.googleapis.com/ServiceAccountKey" => {
                format!("//iam.googleapis.com/{}", with_unique_id(&path, project))
            }
            // This one is named by the project's number.
            "serviceusage.googleapis.com/Service" => {
                format!("//serviceusage.googleapis.com/{path}")
            }
            of => {
                let host = of.split('/').next().unwrap_or_default();
                format!("//{host}/{}", by_id.unwrap_or(path))
            }
        }
    }

    /// Zone, region or another location in its short form; `None` where it has none of its own.
    pub(super) fn location(&self) -> Option<String> {
        let short = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        let own =
            ["/zone", "/region", "/location", "/metadata/labels/cloud.googleapis.com~1location"];
        let own = own.into_iter().find_map(|pointer| self.text(pointer)).map(short);
        let config =
            || self.text("/config").map(short)?.strip_prefix("regional-").map(str::to_owned);
        own.or_else(config).or_else(|| {
            let (_, tail) = self.text("/name")?.split_once("/locations/")?;
            tail.split('/').next().map(str::to_owned)
        })
    }

    /// Whether it lies in a location, or in a zone of it.
    pub(super) fn is_in(&self, location: &str) -> bool {
        let own = self.location().unwrap_or_default().to_lowercase();
        let tail = own.strip_prefix(&location.to_lowercase());
        tail.is_some_and(|tail| tail.is_empty() || tail.starts_with('-') && tail.len() == 2)
    }

    /// The key of an aggregated list that it stands below: `zones/z`, `regions/r` or `global`.
    pub(super) fn scope(&self) -> String {
        let of = |kind: &str, link: &str| {
            format!("{kind}/{}", link.rsplit('/').next().unwrap_or_default())
        };
        if let Some(zone) = self.text("/zone") {
            of("zones", zone)
        } else if let Some(region) = self.text("/region") {
            of("regions", region)
        } else {
            "global".to_owned()
        }
    }
}

/// Asset Inventory names service accounts by their numbers, IAM by their emails.
fn with_unique_id(path: &str, project: &Project) -> String {
    let Some((before, rest)) = path.split_once("/serviceAccounts/") else {
        return path.to_owned();
    };
    let (email, tail) = rest.split_once('/').map_or((rest, None), |(e, t)| (e, Some(t)));
    let id = unique_id(project, email).unwrap_or(email);
    let tail = tail.map(|t| format!("/{t}")).unwrap_or_default();
    format!("{before}/serviceAccounts/{id}{tail}")
}

fn accounts(project: &Project) -> impl Iterator<Item = (&str, &str)> {
    let of_type = |r: &&Resource| r.asset_type == "iam.googleapis.com/ServiceAccount";
    project
        .resources
        .iter()
        .filter(of_type)
        .filter_map(|r| Some((r.text("/email")?, r.text("/uniqueId")?)))
}

fn unique_id<'a>(project: &'a Project, email: &str) -> Option<&'a str> {
    accounts(project).find(|(e, _)| *e == email).map(|(_, id)| id)
}

/// The email of a service account that is named by its email or its number.
pub(super) fn email_of<'a>(project: &'a Project, account: &str) -> Option<&'a str> {
    accounts(project)
        .find(|(email, id)| *email == account || *id == account)
        .map(|(email, _)| email)
}
