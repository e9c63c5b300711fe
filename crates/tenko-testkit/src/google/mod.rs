//! A simulated Google Cloud: one server on a loopback port, HTTP/1.1 and HTTP/2 without TLS, with
//! the REST methods of all services at their natural paths and Cloud Storage's gRPC.
//!
//! A [`World`] says what there is: organizations, folders, projects, and in each project the
//! resources as their own services give them. Asset Inventory shows the same resources in its
//! own form, which differs as the real one's does. Faults can be added and removed while it
//! runs, every request is written down, and the page size can be set to force paging.
//!
//! ```no_run
//! # async fn demo() -> std::io::Result<()> {
//! use serde_json::json;
//! use tenko_testkit::google::{Folder, Organization, Project, Resource, SimGoogle, World, adc_json};
//!
//! let topic = json!({ "name": "projects/acme-prod/topics/orders" });
//! let world = World::default()
//!     .organization(Organization::new("456", "acme.example"))
//!     .folder(Folder::new("123", "organizations/456", "Production"))
//!     .with(
//!         Project::new("acme-prod", "1001")
//!             .under("folders/123")
//!             .with(Resource::new("pubsub.googleapis.com/Topic", topic)),
//!     );
//! let cloud = SimGoogle::start(world).await?;
//! println!("{} {}", cloud.url(), adc_json(&cloud));
//! # Ok(())
//! # }
//! ```
//!
//! It is not an emulator: nothing can be written, policies are not evaluated (who may read is
//! a list of principals), and a token's signature is not looked at.

mod ask;
mod assets;
pub(crate) mod base64;
mod bucket;
mod credentials;
mod derive;
mod fault;
mod fields;
mod grpc;
mod guardrails;
mod handle;
mod lists;
mod log;
mod manager;
mod methods;
mod paging;
mod permissions;
mod policy;
mod refusal;
mod render;
mod request;
mod resource;
mod server;
mod tokens;
mod world;

pub use credentials::{AUDITOR, adc_json, adc_json_of, endpoint_variables, external_account_json};
pub use fault::{Fault, FaultId, FaultKind};
pub use log::Seen;
pub use resource::Resource;
pub use server::SimGoogle;
pub use tokens::Impersonation;
pub use world::{Folder, Organization, Project, World};
