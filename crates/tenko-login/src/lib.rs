//! Read-only logins to any account or project that is declared.
//!
//! [`Login::session`] is the only way to credentials: it gets the caller's own, assumes the role of a [`Target`]
//! with a session policy that allows looking and nothing else, proves that, and only then hands out a
//! [`ReadOnlySession`]. What is done with it (a command's environment, `credential_process`, the console) starts there.
//!
//! ```compile_fail
//! // Nobody else can make one.
//! let session = tenko_login::ReadOnlySession { grant: todo!() };
//! ```

mod attribution;
pub mod aws;
pub mod bootstrap;
pub mod cache;
pub mod child;
pub mod console;
pub mod doctor;
mod error;
pub mod google;
mod http;
mod human;
pub mod lock;
pub mod log;
mod login;
pub mod policy;
pub mod profiles;
mod proof;
pub mod redirect;
pub mod server;
mod session;
pub mod shell;
mod target;
mod whoami;

pub use error::LoginError;
pub use human::{Human, NoBrowser, NoHuman, NoTerminal};
pub use login::{Ask, Login};
pub use proof::{PolicyProof, Probe, Proof};
pub use session::{ReadOnlySession, Secrets};
pub use target::{DEFAULT_ROLE, DEFAULT_SERVICE_ACCOUNT, SelectError, Target, Targets};
pub use whoami::Whoami;
