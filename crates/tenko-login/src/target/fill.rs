//! What placeholders of the `login` section stand for in one account or project.

use tenko_core::{Cloud, ScopeKey};
use tenko_gcp::address::in_address;

/// What is filled in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill<'a> {
    pub(super) tenant: &'a str,
    pub(super) environment: &'a str,
    pub(super) stage: &'a str,
    pub(super) scope: &'a ScopeKey,
}

impl Fill<'_> {
    /// A text with its placeholders filled in. What is filled in is not looked at again, and
    /// braces around anything else stay.
    pub(super) fn text(&self, template: &str) -> String {
        let id = |cloud: Cloud| {
            if self.scope.cloud == cloud {
                self.scope.id.as_str().to_owned()
            } else {
                String::new()
            }
        };
        fill(template, |word| match word {
            "tenant" => Some(self.tenant.to_owned()),
            "environment" => Some(self.environment.to_owned()),
            "stage" => Some(self.stage.to_owned()),
            "account" => Some(id(Cloud::aws())),
            "project" => Some(id(Cloud::gcp())),
            _ => None,
        })
    }

    /// A service account's e-mail address with its placeholders filled in.
    pub(super) fn address(&self, template: &str) -> String {
        fill(template, |word| match word {
            "project" => Some(in_address(self.scope.id.as_str()).into_owned()),
            word => Some(self.text(&format!("{{{word}}}"))),
        })
    }
}

fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let filled = after.split_once('}').and_then(|(word, tail)| Some((value(word)?, tail)));
        match filled {
            Some((value, tail)) => {
                out.push_str(&value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_once() {
        let scope = ScopeKey::new(Cloud::aws(), "333333333301");
        let fill =
            Fill { tenant: "{account}", environment: "production", stage: "live", scope: &scope };
        for (template, expected) in [
            ("tenko-{tenant}-{account}", "tenko-{account}-333333333301"),
            ("{environment}/{stage}/{project}", "production/live/"),
            ("{region}{", "{region}{"),
            ("{{account}}", "{333333333301}"),
            ("", ""),
        ] {
            assert_eq!(fill.text(template), expected, "{template}");
        }
    }

    #[test]
    fn projects_of_domains_have_addresses_of_their_own() {
        let template = super::super::DEFAULT_SERVICE_ACCOUNT;
        for (project, expected) in [
            ("acme-prod", "tenko-login@acme-prod.iam.gserviceaccount.com"),
            ("example.com:acme", "tenko-login@acme.example.com.iam.gserviceaccount.com"),
        ] {
            let scope = ScopeKey::new(Cloud::gcp(), project);
            let fill = Fill { tenant: "t", environment: "e", stage: "s", scope: &scope };
            assert_eq!(fill.address(template), expected);
            assert_eq!(fill.address("{tenant}@x{y}"), "t@x{y}");
        }
    }
}
