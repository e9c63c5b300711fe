//! The showcase behind `tenko demo`: a simulated organization with a story, and the manifest of
//! those who run it.
//!
//! Three tenants live in it. *acme* and *globex* have an account for each environment; *initech*
//! still has everything in one. Somebody suspended a bucket's versioning, somebody opened a
//! database to the internet, a role that does not trust the auditor hides a whole account, and an
//! SCP hides a service. `story` files hold one tenant each, the others say how a service answers.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! let demo = tenko_testkit::demo::start().await?;
//! println!("{} {}", demo.url(), demo.access_key_id());
//! # Ok(())
//! # }
//! ```

mod acme;
mod compute;
mod containers;
mod data;
mod globex;
mod iam;
mod initech;
mod network;
mod org;
mod others;
mod services;
mod site;
mod storage;

use std::fmt;
use std::io;

use crate::sim::{SimCloud, World};

/// The manifest's file name.
pub const MANIFEST_NAME: &str = "tenants.yaml";

/// Stands in environment variables, in a stack's output and in a subscription's address: nothing
/// that tenko writes may hold it.
pub const CANARY: &str = "canary-4f1d-must-never-be-shown";

/// The region that the caller works in.
pub const REGION: &str = "us-east-1";

const ACCESS_KEY_ID: &str = "AKIADEMODEMODEMODEMO";
const SECRET_ACCESS_KEY: &str = "nothing-is-signed-for-real-in-the-demo";

/// The simulated organization.
pub fn world() -> World {
    org::world().key(ACCESS_KEY_ID, org::MANAGEMENT, "arn:aws:iam::111111111111:user/tenko")
}

/// What its tenants are declared to have.
pub fn manifest() -> &'static str {
    include_str!("tenants.yaml")
}

/// Serves the organization on a loopback port.
///
/// # Errors
/// When no port can be opened.
pub async fn start() -> io::Result<Demo> {
    Ok(Demo { cloud: SimCloud::start(world()).await? })
}

/// The organization as it is served. It stops when dropped.
pub struct Demo {
    cloud: SimCloud,
}

impl Demo {
    /// The endpoint of every service.
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

    /// The simulated cloud itself, to change it or to see who asked what.
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
    use super::*;

    #[test]
    fn the_world_is_sound_and_the_same_each_time() {
        assert_eq!(world().problems(), Vec::<String>::new());
        let text = |world: World| serde_json::to_string(&world).unwrap();
        assert_eq!(text(world()), text(world()));
        assert!(text(world()).contains(CANARY) && !manifest().contains(CANARY));
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
    }
}
