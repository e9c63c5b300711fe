//! jq expressions over JSON, in pure Rust: how the data files of resource types say what is where.
//!
//! [`Jq`] is any expression. [`Expr`] is one too, and runs the plain ones, which most are, on JSON as
//! it is: no conversion, no interpreter. An expression sees what it is given and nothing else.

mod ast;
mod expr;
mod jq;
mod plain;

pub use expr::{Expr, Subject};
pub use jq::{Jq, JqError, JqValue, JqVars};
