//! Where infrastructure code is, turned into its bytes: files, folders and globs, objects in S3 and
//! Cloud Storage, state addresses, and workspaces of HCP Terraform and Terraform Enterprise.
//!
//! [`Reader::read`] reads everything in parallel, within a bound, and hands each document on as
//! soon as it is there. What cannot be read is an [`UnreadCode`](tenko_core::UnreadCode) that says
//! why and what to do, never silence: a glob that matches nothing is one, too.
//!
//! Nothing but `GET` and `HEAD` leaves the process, but for the new objects of [`kept_objects`]. This crate knows no cloud's way to credentials:
//! they come in through [`AwsAccess`] and [`GoogleAccess`].

mod access;
mod expand;
mod files;
mod guard;
mod http;
mod kept;
mod objects;
mod permissions;
mod reader;
mod reason;
mod settings;
mod workspace;

pub use access::{AwsAccess, AwsKeys, GoogleAccess, GoogleToken};
pub use kept::{KeptObjects, kept_objects};
pub use permissions::{GOOGLE_PERMISSIONS, Permission, S3_PERMISSIONS};
pub use reader::{Document, Reader};
pub use settings::{Environment, Settings, SetupError};
