//! The showcase behind `tenko demo`: a simulated organization with a story, and the manifest of
//! those who run it.
//!
//! Three tenants live in it. *acme* and *globex* have an AWS account for each environment, and acme
//! a project of Google Cloud beside each of its own; *initech* still has everything in one account.
//! Somebody suspended a bucket's versioning, somebody opened a database to the internet and
//! somebody a network, a role that does not trust the auditor hides a whole account, and an SCP
//! hides a service. acme also has Terraform, with one state for each environment, and initech an old
//! CloudFormation stack. `story` files hold one tenant each, the others say how a service answers.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! let demo = tenko_testkit::demo::start().await?;
//! println!("{} {}", demo.url(), demo.access_key_id());
//! println!("{} {}", demo.google_url(), demo.google_credentials().display());
//! # Ok(())
//! # }
//! ```

mod acme;
mod balance;
mod compute;
mod containers;
mod data;
mod globex;
mod google;
mod iam;
mod initech;
mod login;
mod network;
mod org;
mod others;
mod services;
mod site;
mod storage;
mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::google::{SimGoogle, adc_json_of, endpoint_variables};
use crate::sim::{SimCloud, World};

/// The manifest's file name.
pub const MANIFEST_NAME: &str = "tenants.yaml";

/// Stands in environment variables, in a stack's output and in a subscription's address: nothing
/// that tenko writes may hold it.
pub const CANARY: &str = "canary-4f1d-must-never-be-shown";

/// A secret in a state: it stands there and nowhere else.
pub const STATE_SECRET: &str = "only-the-state-knows-this-77c2";

/// The region that the caller works in.
pub const REGION: &str = "us-east-1";

/// Who asks AWS.
const CALLER: &str = "arn:aws:iam::111111111111:user/tenko";
const ACCESS_KEY_ID: &str = "AKIADEMODEMODEMODEMO";
/// Who asks Google Cloud.
const GOOGLE_CALLER: &str = "tenko@example.com";
const SECRET_ACCESS_KEY: &str = "nothing-is-signed-for-real-in-the-demo";

/// The simulated organization.
pub fn world() -> World {
    let mut world = org::world().key(ACCESS_KEY_ID, org::MANAGEMENT, CALLER);
    world.accounts.iter_mut().for_each(|account| login::add(account, CALLER));
    world
}

/// Its part in Google Cloud.
pub fn google_world() -> crate::google::World {
    google::world()
}

/// What its tenants are declared to have.
pub fn manifest() -> &'static str {
    include_str!("tenants.yaml")
}

/// The Terraform states that the manifest lists, by their paths beside it.
pub fn states() -> [(&'static str, &'static str); 2] {
    [
        ("states/acme-production.tfstate", include_str!("states/acme-production.tfstate")),
        ("states/acme-staging.tfstate", include_str!("states/acme-staging.tfstate")),
    ]
}

/// Serves the organization on two loopback ports.
///
/// # Errors
/// When no port can be opened, or the credentials file cannot be written.
pub async fn start() -> io::Result<Demo> {
    let (cloud, google) =
        (SimCloud::start(world()).await?, SimGoogle::start(google_world()).await?);
    let credentials = NamedTempFile::new()?;
    std::fs::write(credentials.path(), adc_json_of(&google, GOOGLE_CALLER).to_string())?;
    Ok(Demo { cloud, google, credentials })
}

/// The organization as it is served. It stops when dropped.
pub struct Demo {
    cloud: SimCloud,
    google: SimGoogle,
    credentials: NamedTempFile,
}

impl Demo {
    /// The endpoint of every service of AWS.
    pub fn url(&self) -> String {
        self.cloud.url()
    }

    /// The caller's key: a user of the management account.
    pub fn access_key_id(&self) -> &'static str {
        ACCESS_KEY_ID
    }

    /// The key's secret; the simulation takes any.
    pub fn secret_access_key(&self) -> &'static str {
        SECRET_ACCESS_KEY
    }

    /// The region to start from: the simulated organization has only a few.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The endpoint of every service of Google Cloud.
    pub fn google_url(&self) -> String {
        self.google.url()
    }

    /// The environment variables that lead every service of Google Cloud there.
    pub fn google_variables(&self) -> BTreeMap<String, String> {
        endpoint_variables(&self.google)
    }

    /// A file with credentials for Google Cloud: a person's login, which is good there only.
    pub fn google_credentials(&self) -> &Path {
        self.credentials.path()
    }

    /// The simulated Google Cloud itself.
    pub fn google(&self) -> &SimGoogle {
        &self.google
    }

    /// The simulated AWS itself, to change it or to see who asked what.
    pub fn cloud(&self) -> &SimCloud {
        &self.cloud
    }
}

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demo").field("url", &self.url()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_world_is_sound_and_the_same_each_time() {
        assert_eq!(world().problems(), Vec::<String>::new());
        let text = |world: World| serde_json::to_string(&world).unwrap();
        assert_eq!(text(world()), text(world()));
        assert!(text(world()).contains(CANARY) && !manifest().contains(CANARY));
        assert_eq!(google_world().problems(), Vec::<String>::new());
        let text = |world| serde_json::to_string::<crate::google::World>(&world).unwrap();
        assert_eq!(text(google_world()), text(google_world()));
        assert!(text(google_world()).contains(CANARY));
    }

    #[test]
    fn the_states_are_of_this_world() {
        let world = serde_json::to_string(&world()).unwrap();
        let secrets = states().map(|(_, state)| state.matches(STATE_SECRET).count());
        assert_eq!(secrets, [2, 0], "in an output and in a parameter");
        assert!(!world.contains(STATE_SECRET) && !manifest().contains(STATE_SECRET));
        let mut gone = Vec::new();
        for (path, state) in states() {
            assert!(manifest().contains(path), "{path} is listed");
            assert!(!state.contains(CANARY));
            let state: Value = serde_json::from_str(state).unwrap();
            for resource in state["resources"].as_array().unwrap() {
                let id = &resource["instances"][0]["attributes"]["id"];
                let is_whole = !resource["instances"][0]["attributes"]["tags_all"].is_null()
                    && resource["type"] != "aws_vpc_security_group_ingress_rule";
                if is_whole && !world.contains(&id.to_string()) {
                    gone.push(id.as_str().unwrap().rsplit('/').next().unwrap().to_owned());
                }
            }
        }
        assert_eq!(gone, ["acme-production-orders-dlq"], "that is the story");
    }

    #[test]
    fn the_manifest_fits_a_terminal() {
        let long: Vec<_> = manifest().lines().filter(|l| l.chars().count() > 80).collect();
        assert!(long.is_empty(), "{long:#?}");
    }

    #[tokio::test]
    async fn it_is_served() {
        let demo = start().await.unwrap();
        assert!(demo.url().starts_with("http://127.0.0.1:"));
        assert_eq!(world().keys[0].id, demo.access_key_id());
        assert!(demo.google_url().starts_with("http://127.0.0.1:"));
        let file = std::fs::read_to_string(demo.google_credentials()).unwrap();
        assert!(file.contains(&demo.google_url()) && file.contains("authorized_user"));
    }
}
