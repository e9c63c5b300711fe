//! Addresses of service accounts: `NAME@PROJECT.iam.gserviceaccount.com`.
//!
//! The id of a project of a domain, `example.com:acme`, is turned around in them: `acme.example.com`.
//! Source: "Service accounts overview" in the IAM guide, domain-scoped projects.

use std::borrow::Cow;

const HOST: &str = ".iam.gserviceaccount.com";

/// A project's id as the addresses of its service accounts have it.
pub fn in_address(project: &str) -> Cow<'_, str> {
    match project.split_once(':') {
        Some((domain, id)) => Cow::Owned(format!("{id}.{domain}")),
        None => Cow::Borrowed(project),
    }
}

/// The name and the project's id of an address that people's service accounts have; `None` for those that Google makes,
/// such as `123-compute@developer.gserviceaccount.com`.
pub fn name_and_project(address: &str) -> Option<(&str, Cow<'_, str>)> {
    let (name, host) = address.split_once('@')?;
    let project = host.strip_suffix(HOST)?;
    if name.is_empty() || project.is_empty() {
        return None;
    }
    let project = match project.split_once('.') {
        Some((id, domain)) => Cow::Owned(format!("{domain}:{id}")),
        None => Cow::Borrowed(project),
    };
    Some((name, project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_of_domains_are_turned_around() {
        for (project, host) in
            [("acme-prod", "acme-prod"), ("example.com:acme", "acme.example.com")]
        {
            assert_eq!(in_address(project), host);
            let address = format!("tenko@{host}.iam.gserviceaccount.com");
            let (name, back) = name_and_project(&address).unwrap();
            assert_eq!((name, back.as_ref()), ("tenko", project));
        }
        for none in
            ["tenko", "@acme.iam.gserviceaccount.com", "x@.iam.gserviceaccount.com", "a@b.c", ""]
        {
            assert_eq!(name_and_project(none), None, "{none}");
        }
        assert_eq!(name_and_project("1-compute@developer.gserviceaccount.com"), None);
    }
}
