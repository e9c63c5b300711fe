//! Where each service is asked.

use std::collections::BTreeMap;

use crate::credentials::Environment;

/// The base URL of every service. What is given for one service goes before what is given for all, and both before
/// the environment.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    base: Option<String>,
    services: BTreeMap<String, String>,
    environment: Environment,
}

impl Endpoints {
    /// `base` is one server for everything, at the paths that Google has. `services` are URLs per service, the service
    /// as in its host name (`compute`).
    pub(crate) fn new(
        base: Option<String>,
        services: BTreeMap<String, String>,
        environment: Environment,
    ) -> Self {
        Self { base, services, environment }
    }

    /// The service's base URL, without a slash at its end.
    pub(crate) fn url(&self, service: &str) -> String {
        self.given(service).unwrap_or_else(|| format!("https://{service}.{}", self.universe()))
    }

    /// Whether something other than Google's own endpoint is set.
    pub(crate) fn is_overridden(&self, service: &str) -> bool {
        self.given(service).is_some()
    }

    fn given(&self, service: &str) -> Option<String> {
        if let Some(url) = self.services.get(service).or(self.base.as_ref()) {
            return Some(url.trim_end_matches('/').to_owned());
        }
        // gcloud's own setting `api_endpoint_overrides/<name>`.
        let name = if service == "sqladmin" { "sql" } else { service };
        let name = format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_{}", name.to_uppercase());
        self.environment.get(&name).map(|url| without_version(&url, service).to_owned())
    }

    /// The domain of the cloud: another one only where Google runs a cloud of its own for somebody.
    fn universe(&self) -> String {
        self.environment.get(UNIVERSE).unwrap_or_else(|| "googleapis.com".to_owned())
    }
}

/// The variable with which Google's clients choose a domain other than `googleapis.com`.
pub(crate) const UNIVERSE: &str = "GOOGLE_CLOUD_UNIVERSE_DOMAIN";

/// gcloud's URLs of older services hold the version (`https://compute.googleapis.com/compute/v1/`), which is part of
/// the path here.
fn without_version<'a>(url: &'a str, service: &str) -> &'a str {
    let url = url.trim_end_matches('/');
    let Some((rest, last)) = url.rsplit_once('/') else { return url };
    let mut chars = last.chars();
    let version = chars.next() == Some('v') && chars.next().is_some_and(|c| c.is_ascii_digit());
    if !version || rest.ends_with('/') {
        return url;
    }
    let short = service.strip_suffix("admin").unwrap_or(service);
    [service, short]
        .iter()
        .find_map(|name| rest.strip_suffix(name)?.strip_suffix('/'))
        .filter(|host| !host.ends_with('/'))
        .unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_setting_counts() {
        let environment = Environment::of(&[
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", "https://proxy.example/compute/v1/"),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL", "http://localhost:7/sql/v1beta4"),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB", "http://localhost:8085/"),
        ]);
        let none = Endpoints::new(None, BTreeMap::new(), environment.clone());
        assert_eq!(none.url("storage"), "https://storage.googleapis.com");
        assert!(!none.is_overridden("storage"));
        assert_eq!(none.url("compute"), "https://proxy.example");
        assert_eq!(none.url("sqladmin"), "http://localhost:7");
        assert_eq!(none.url("pubsub"), "http://localhost:8085");
        assert!(none.is_overridden("pubsub"));

        let services = BTreeMap::from([("storage".to_owned(), "http://127.0.0.1:2/".to_owned())]);
        let given = Endpoints::new(Some("http://127.0.0.1:1/".to_owned()), services, environment);
        assert_eq!(given.url("storage"), "http://127.0.0.1:2");
        assert_eq!(given.url("compute"), "http://127.0.0.1:1");
    }

    #[test]
    fn another_universe_has_other_hosts() {
        let environment = Environment::of(&[(UNIVERSE, "cloud.example")]);
        let endpoints = Endpoints::new(None, BTreeMap::new(), environment);
        assert_eq!(endpoints.url("run"), "https://run.cloud.example");
        assert!(!endpoints.is_overridden("run"));
    }
}
