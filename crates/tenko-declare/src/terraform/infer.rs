//! What an instance's attributes say of its place, without a mapping.

use serde_json::Value;
use tenko_core::{Cloud, Reach, ScopeId, ScopeKey};

/// A text attribute that is not empty.
pub(super) fn text<'a>(attributes: &'a Value, name: &str) -> Option<&'a str> {
    attributes.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// The names that the live resource may be known by: this id, the ARN, the self link.
pub(super) fn ids(first: Option<String>, attributes: &Value) -> Vec<String> {
    let rest = ["arn", "self_link"].into_iter().filter_map(|name| text(attributes, name));
    let mut ids: Vec<String> = Vec::with_capacity(2);
    for id in first.into_iter().chain(rest.map(str::to_owned)) {
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The account or project.
pub(super) fn scope(cloud: &Cloud, attributes: &Value, ids: &[String]) -> Option<ScopeKey> {
    let id = if *cloud == Cloud::aws() {
        account(attributes, ids)?
    } else if *cloud == Cloud::gcp() {
        project(attributes, ids)?
    } else {
        return None;
    };
    Some(ScopeKey::new(cloud.clone(), ScopeId::new(id)))
}

fn account<'a>(attributes: &'a Value, ids: &'a [String]) -> Option<&'a str> {
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let of_arns = || ids.iter().filter_map(|id| arn_part(id, 4));
    // `https://sqs.eu-central-1.amazonaws.com/111122223333/queue`
    let of_urls = || ids.iter().filter_map(|id| id.strip_prefix("https://")?.split('/').nth(1));
    let said = || ["owner_id", "account_id"].into_iter().filter_map(|name| text(attributes, name));
    of_arns().chain(said()).chain(of_urls()).find(is_account)
}

fn project<'a>(attributes: &'a Value, ids: &'a [String]) -> Option<&'a str> {
    // A number is the project too, but not by its id.
    let is_id = |text: &&str| !text.is_empty() && !text.bytes().all(|b| b.is_ascii_digit());
    let said = text(attributes, "project").map(|p| p.strip_prefix("projects/").unwrap_or(p));
    said.into_iter().chain(ids.iter().filter_map(|id| path_part(id, "projects"))).find(is_id)
}

/// The region, in the form that collectors give it.
pub(super) fn region(cloud: &Cloud, attributes: &Value, ids: &[String]) -> Option<Reach> {
    if *cloud == Cloud::aws() {
        let of_arns = || ids.iter().filter_map(|id| arn_part(id, 3)).find(|r| !r.is_empty());
        let zone = || region_of_aws_zone(text(attributes, "availability_zone")?);
        return text(attributes, "region").or_else(of_arns).or_else(zone).map(Reach::region);
    }
    if *cloud != Cloud::gcp() {
        return None;
    }
    let said = ["zone", "region", "location"].into_iter().find_map(|name| text(attributes, name));
    let of_ids = || {
        ids.iter().find_map(|id| {
            let part = |name| path_part(id, name);
            let global = || id.contains("/global/").then_some("global");
            part("zones").or_else(|| part("regions")).or_else(|| part("locations")).or_else(global)
        })
    };
    Some(google_region(said.or_else(of_ids)?))
}

/// From a zone, region or location, or a link to one.
pub(super) fn google_region(text: &str) -> Reach {
    let name = text.rsplit('/').next().unwrap_or(text).to_ascii_lowercase();
    let zone = name.rsplit_once('-').filter(|(region, zone)| {
        matches!(zone.as_bytes(), [b'a'..=b'z']) && region.ends_with(|c: char| c.is_ascii_digit())
    });
    Reach::from(zone.map_or(name.as_str(), |(region, _)| region))
}

/// `eu-central-1a` lies in `eu-central-1`; a local zone's name has more parts, and tells nothing.
fn region_of_aws_zone(zone: &str) -> Option<&str> {
    let region = zone.strip_suffix(|c: char| c.is_ascii_lowercase())?;
    let parts = region.split('-').count();
    let wide = ["-gov-", "-iso-", "-isob-", "-isoe-", "-isof-"].iter().any(|p| zone.contains(p));
    (region.ends_with(|c: char| c.is_ascii_digit()) && parts == 3 + usize::from(wide))
        .then_some(region)
}

/// `arn:partition:service:region:account:…`, counted from 0.
fn arn_part(arn: &str, part: usize) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.splitn(6, ':').nth(part))?
}

/// What follows `name/` in a path or link.
fn path_part<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = path.split('/');
    parts.find(|part| *part == name)?;
    parts.next().filter(|part| !part.is_empty())
}

/// An id in the form in which ids are compared: an ARN without case, a link as what it names.
pub(super) fn normal_id(id: &str) -> String {
    if id.starts_with("arn:") {
        return id.to_ascii_lowercase();
    }
    match id.find("/projects/") {
        Some(at) if id.starts_with("https://") || id.starts_with("//") => {
            id.get(at + 1..).unwrap_or(id).to_owned()
        }
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn accounts_and_regions_of_aws() {
        let place = |attributes: Value| {
            let ids = ids(attributes["id"].as_str().map(str::to_owned), &attributes);
            let aws = Cloud::aws();
            let scope = scope(&aws, &attributes, &ids).map(|s| s.id.to_string());
            let region = region(&aws, &attributes, &ids).map(|r| r.to_string());
            (scope.unwrap_or_default(), region.unwrap_or_default())
        };
        let is = |a: &str, r: &str| (a.to_owned(), r.to_owned());
        let arn = "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1";
        assert_eq!(place(json!({"id": "vpc-1", "arn": arn})), is("111122223333", "us-east-1"));
        assert_eq!(place(json!({"id": "x", "owner_id": "111122223333"})), is("111122223333", ""));
        let url = "https://sqs.eu-west-1.amazonaws.com/111122223333/q";
        assert_eq!(
            place(json!({"id": url, "region": "eu-west-1"})),
            is("111122223333", "eu-west-1")
        );
        assert_eq!(
            place(json!({"id": "vol-1", "availability_zone": "us-gov-west-1b"})),
            is("", "us-gov-west-1")
        );
        assert_eq!(
            place(json!({"id": "vol-1", "availability_zone": "us-west-2-lax-1a"})),
            is("", "")
        );
        assert_eq!(
            place(json!({"id": "b", "arn": "arn:aws:s3:::b", "region": "eu-west-3"})),
            is("", "eu-west-3")
        );
        assert_eq!(place(json!({"id": "arn:"})), is("", ""));
    }

    #[test]
    fn projects_and_regions_of_google() {
        let place = |attributes: Value| {
            let ids = ids(attributes["id"].as_str().map(str::to_owned), &attributes);
            let gcp = Cloud::gcp();
            let scope = scope(&gcp, &attributes, &ids).map(|s| s.id.to_string());
            let region = region(&gcp, &attributes, &ids).map(|r| r.to_string());
            (scope.unwrap_or_default(), region.unwrap_or_default())
        };
        let is = |a: &str, r: &str| (a.to_owned(), r.to_owned());
        let id = "projects/p/zones/europe-west3-a/instances/i";
        assert_eq!(place(json!({"id": id})), is("p", "europe-west3"));
        assert_eq!(
            place(json!({"id": "i", "project": "p", "zone": "us-central1-f"})),
            is("p", "us-central1")
        );
        let link = "https://www.googleapis.com/compute/v1/projects/p/global/networks/n";
        assert_eq!(place(json!({"id": "n", "self_link": link})), is("p", "global"));
        assert_eq!(place(json!({"id": "b", "project": "123456", "location": "EU"})), is("", "eu"));
        assert_eq!(normal_id(link), "projects/p/global/networks/n");
        assert_eq!(normal_id("arn:aws:IAM::1:x"), "arn:aws:iam::1:x");
        assert_eq!(normal_id("/a/projects/b"), "/a/projects/b");
    }
}
