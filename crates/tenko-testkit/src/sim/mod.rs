//! A simulated AWS: an HTTP server on a loopback port that speaks the real
//! wire protocols, so that the official SDK and any other client can talk to
//! it through one endpoint URL.
//!
//! A [`World`] says what there is: the organization, its accounts, and for
//! each account and region the records of every operation, in wire shape.
//! Faults can be added and removed while it runs, every request is written
//! down, and the page size of all operations can be set to force paging.
//!
//! ```no_run
//! # async fn demo() -> std::io::Result<()> {
//! use serde_json::json;
//! use tenko_testkit::sim::{Account, SimCloud, World};
//!
//! let world = World::default()
//!     .key("AKIAEXAMPLE", "111111111111", "arn:aws:iam::111111111111:user/auditor")
//!     .with(
//!         Account::new("111111111111", "shop").items(
//!             "ap-northeast-1",
//!             "ec2:DescribeVolumes",
//!             vec![json!({ "volumeId": "vol-1", "size": 8, "encrypted": false })],
//!         ),
//!     );
//! let cloud = SimCloud::start(world).await?;
//! println!("{}", cloud.url());
//! # Ok(())
//! # }
//! ```
//!
//! The same world as JSON, for [`World::from_json`]:
//!
//! ```json
//! {
//!   "organization": {
//!     "id": "o-example", "management_account": "111111111111",
//!     "roots": [{ "id": "r-1", "name": "Root", "units": [{ "id": "ou-1-prod", "name": "Production" }] }]
//!   },
//!   "keys": [{ "id": "AKIAEXAMPLE", "account": "111111111111", "arn": "arn:aws:iam::111111111111:user/auditor" }],
//!   "accounts": [
//!     { "id": "111111111111", "name": "management", "parent": "r-1" },
//!     {
//!       "id": "222222222222", "name": "shop", "parent": "ou-1-prod", "state": "ACTIVE",
//!       "roles": [
//!         { "name": "TenkoAudit", "external_id": "example", "trusted": ["111111111111"] },
//!         {
//!           "name": "login/Reader", "trusted": ["arn:aws:iam::111111111111:role/Hub"], "max_session": 7200,
//!           "allows": ["sts:AssumeRole", "sts:SetSourceIdentity"], "requires_source_identity": true,
//!           "mfa": { "serial": "arn:aws:iam::111111111111:mfa/alice", "code": "123456" }, "can_write": false,
//!           "attached": ["arn:aws:iam::aws:policy/SecurityAudit"], "inline": { "Deny": { "Statement": [] } }
//!         }
//!       ],
//!       "regions": { "ap-east-1": "ENABLED" },
//!       "data": {
//!         "ap-northeast-1": {
//!           "ec2:DescribeVolumes": { "items": [{ "volumeId": "vol-1", "tagSet": [{ "key": "env", "value": "prod" }] }] }
//!         },
//!         "global": {
//!           "s3:ListBuckets": { "items": [{ "Name": "logs", "BucketRegion": "ap-northeast-1" }] },
//!           "s3:GetBucketVersioning": { "answers": [{ "when": { "Bucket": "logs" }, "response": { "Status": "Enabled" } }] }
//!         }
//!       }
//!     }
//!   ],
//!   "identity_center": {
//!     "start_url": "https://acme.awsapps.com/start", "region": "eu-central-1", "approval": { "after_polls": 2 },
//!     "assignments": [{ "account": "111111111111", "role": "Hub" }]
//!   },
//!   "web_identities": [
//!     { "token": "eyJ", "roles": ["arn:aws:iam::222222222222:role/TenkoAudit"], "subject": "repo:acme/infra" }
//!   ],
//!   "console": { "refuses_post": true },
//!   "faults": [{ "kind": { "deny": { "by": "scp_explicit" } }, "account": "222222222222", "region": "us-west-2" }]
//! }
//! ```
//!
//! It is not an emulator: nothing can be written, signatures are not computed (the access key alone
//! says who calls), and policies are not evaluated: a refusal is a fault that the test asks for. Two
//! things are judged all the same, since logins are proven by them: what a role's trust and STS
//! refuse (a [`Role`]'s fields), and what session policies stop, which is every action that an
//! inline one denies, and dry runs of EC2 (`CreateVpc`, `RunInstances`) that no policy allows.
//!
//! What came with a request for credentials stays in the [`Session`] ([`SimCloud::sessions`]),
//! attempts to write in [`SimCloud::writes`], and sign-ins to the console in
//! [`SimCloud::sign_ins`]. People sign in at an [`IdentityCenter`], programs with a
//! [`WebIdentity`]: all of it at the same URL.

mod account;
mod answer;
mod assume;
mod assume_check;
mod check;
mod credential_report;
mod fault;
mod faults;
mod handle;
mod identity;
mod log;
mod login;
mod managed;
mod org;
mod paging;
pub mod proxy;
mod refusal;
mod render;
mod role;
mod select;
mod server;
mod session;
mod session_policy;
mod tables;
mod wire;
mod world;
mod writes;

pub use account::{Account, Answer, ApiError, Data};
pub use fault::{Counted, DeniedBy, Fault, FaultKind};
pub use faults::FaultId;
pub use log::Seen;
pub use login::{Approval, Assignment, Console, IdentityCenter, SignIn, WebIdentity};
pub use proxy::RecordingProxy;
pub use role::{Mfa, Role};
pub use server::SimCloud;
pub use session::{Session, SessionKind};
pub use tables::{By, Missing, Operation, Page, Protocol, Service, operation, operations, service};
pub use wire::{Call, Scope, identify, understand};
pub use world::{AccountState, Organization, Policy, RegionStatus, RootKey, Unit, World};
