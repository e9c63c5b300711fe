//! The risk rules, as they are shown to people.

use crate::declare::{Level, Manifest, ManifestErrors};
use crate::model::{OwnRule, OwnSubject};
use crate::report::{RulePage, RuleReference};
use crate::rules::Rule;

/// All rules by id, those that the manifest states last.
pub fn rule_pages(manifest: Option<&Manifest>) -> Vec<RulePage> {
    let own = manifest.map(|m| m.declaration.rules.own.as_slice()).unwrap_or_default();
    crate::rules::rules().iter().map(of_rule).chain(own.iter().map(of_own)).collect()
}

fn of_rule(rule: &Rule) -> RulePage {
    let reference = |framework: &str, id: &str| RuleReference {
        framework: framework.to_owned(),
        id: id.to_owned(),
    };
    let inputs = rule.parts.iter().flat_map(|part| part.inputs);
    RulePage {
        id: rule.id.to_owned(),
        name: rule.name.to_owned(),
        severity: rule.severity,
        clouds: rule.clouds().into_iter().map(ToOwned::to_owned).collect(),
        needs_tenants: rule.needs_tenants,
        inputs: inputs.map(|name| (*name).to_owned()).collect(),
        doc: rule.page(),
        remediation: rule.remediation.to_owned(),
        references: rule.references.iter().map(|r| reference(r.framework, r.id)).collect(),
        source: None,
    }
}

fn of_own(rule: &OwnRule) -> RulePage {
    let references = rule.references.iter();
    RulePage {
        id: rule.id.clone(),
        name: rule.name.clone(),
        severity: rule.severity,
        clouds: cloud_of(&rule.subject).into_iter().map(ToOwned::to_owned).collect(),
        needs_tenants: false,
        inputs: Vec::new(),
        doc: format!("{}\n\n## Expression\n```cel\n{}\n```\n", rule.description, rule.when),
        remediation: rule.remediation.clone(),
        references: references
            .map(|(framework, id)| RuleReference { framework: framework.clone(), id: id.clone() })
            .collect(),
        source: Some(rule.source.clone()),
    }
}

/// The cloud of all types that an own rule can look at; `None` where it may be any.
fn cloud_of(subject: &OwnSubject) -> Option<&'static str> {
    let OwnSubject::Resources(glob) = subject else { return None };
    // What stands before the first wildcard is in every type that the glob matches.
    let plain = glob.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let is_google = glob.split_once('/').is_some_and(|(service, _)| {
        service.ends_with(".googleapis.com") && !service.contains(['[', '{'])
    });
    match plain {
        _ if plain.starts_with("AWS::") => Some("aws"),
        _ if is_google => Some("gcp"),
        _ => None,
    }
}

/// Whether the rules that a manifest names are there: [`load`](crate::declare::load) knows none of
/// them. A report warns of what this would refuse.
///
/// # Errors
/// [`ManifestErrors`] for every id that no rule has, and for own rules with an id that is taken.
pub fn check_rules(manifest: &Manifest) -> Result<(), ManifestErrors> {
    let ids = crate::rules::ids(&[]);
    // What has expired is told by the report, as of the time that it speaks of.
    let mut faults = crate::declare::check_rules(manifest, &ids);
    faults.retain(|fault| fault.level == Level::Error);
    if faults.is_empty() { Ok(()) } else { Err(ManifestErrors(faults)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cloud_of_an_own_rule_is_that_of_its_types() {
        for (glob, cloud) in [
            ("AWS::S3::Bucket", Some("aws")),
            ("AWS::*", Some("aws")),
            ("storage.googleapis.com/Bucket", Some("gcp")),
            ("*.googleapis.com/*", Some("gcp")),
            ("*", None),
            ("*Bucket", None),
            ("{AWS::S3::Bucket,storage.googleapis.com/Bucket}", None),
            ("Acme::Thing", None),
        ] {
            assert_eq!(cloud_of(&OwnSubject::Resources(glob.to_owned())), cloud, "{glob}");
        }
        assert_eq!(cloud_of(&OwnSubject::Scopes), None);
    }
}
