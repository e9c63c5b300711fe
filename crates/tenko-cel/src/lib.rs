//! CEL expressions of own rules: compiled and checked once, evaluated over resources and scopes.
//!
//! [`Expression::compile`] says what is wrong with a text and where: its syntax, names that are
//! not there, types that do not fit. What an attribute holds is only known when it is read, so the
//! rest of an expression's errors are those of [`Expression::evaluate`], one by one.
//!
//! An expression can read `resource`, `scope`, `environment` and `now`, and nothing else.
//! [`Facts`] says what they hold. An attribute or a tag becomes a value of CEL only when the
//! evaluation comes to it. Of a value that was redacted when it was collected it is known that it
//! is there; whatever else is asked of it has no answer.
//!
//! Texts come from people and attributes from providers. A text is bounded in length and nesting
//! before it is parsed, an evaluation in what its loops may cost.

mod calls;
mod check;
mod error;
mod fail;
mod functions;
mod hidden;
mod json;
mod limits;
mod plan;
mod read;
mod syntax;
mod types;
mod words;

use cel::common::ast::IdedExpr;
use cel::common::types::CelBool;
use cel::{Context, Value};
use jiff::Timestamp;
use tenko_core::{AttrPath, Environment, Resource, Scope, Tenant};

pub use error::{CelError, EvalError};

use check::Checker;
use plan::{Plan, Slot};

/// What an expression is evaluated over, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Over {
    /// Resources.
    Resource,
    /// Accounts and projects: there is no `resource`.
    Scope,
}

/// What an expression can read.
///
/// - `resource`: `cloud`, `account` (the id of the account or project), `region` (or `global`),
///   `type`, `id`, `name` (empty where there is none), `tags`, `attributes`, `created_at` (null
///   where it is not known), `made_by_provider`;
/// - `scope`: `cloud`, `id`, `name`, `kind` (`account`, `project`), `status` (`active`,
///   `suspended`, ...), `parent` (an id, or empty), `path` (the names from the organization down),
///   `tags`, `management`;
/// - `environment`: `tenant` (its id), `name`, `stage` (the name where there is none), `owner` (the
///   tenant's where there is none, or empty); null where the scope belongs to no environment; of
///   several environments only those members that are the same in all of them;
/// - `now`: the time of the run.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The resource, for [`Over::Resource`].
    pub resource: Option<&'a Resource>,
    /// The account or project that it is in, or that is looked at.
    pub scope: Option<&'a Scope>,
    /// The scopes from the organization down to that one.
    pub path: &'a [&'a Scope],
    /// What it was declared to be; several where it may be either of them.
    pub environments: &'a [(&'a Tenant, &'a Environment)],
    /// The time of the run.
    pub now: Timestamp,
}

/// A compiled expression that is true or false.
#[derive(Debug)]
pub struct Expression {
    tree: IdedExpr,
    slots: Vec<Slot>,
    attributes: Vec<AttrPath>,
}

impl Expression {
    /// Compiles and checks an expression.
    ///
    /// # Errors
    /// [`CelError`] for the first thing that is wrong, at its line and column.
    pub fn compile(text: &str, over: Over) -> Result<Self, CelError> {
        let (tree, source) = syntax::parse(text)?;
        let mut checker = Checker { source: &source, over, bound: vec![], loops: 0 };
        checker.whole(&tree).map_err(|fault| fault.located(text))?;
        let mut plan = Plan::default();
        let tree = plan.rewrite(tree);
        let attributes = plan.attributes();
        Ok(Self { tree, slots: plan.slots, attributes })
    }

    /// The attributes of the resource that it reads, or asks for; tags stand below `Tags`. The
    /// empty path is all attributes. Where one of them is unknown, so is the answer.
    pub fn attributes(&self) -> &[AttrPath] {
        &self.attributes
    }

    /// The attributes of the resource whose values it reads, with what is below them; not those that
    /// it only asks for.
    pub fn values(&self) -> Vec<AttrPath> {
        let read = self.slots.iter().filter_map(|slot| match slot {
            Slot::Attribute(path) => Some(AttrPath::new(path.clone())),
            _ => None,
        });
        read.collect()
    }

    /// Whether it is true.
    ///
    /// # Errors
    /// [`EvalError`] when it is neither true nor false: it reads what is not there, or what is of
    /// another type, or its loops go over too much.
    pub fn evaluate(&self, facts: &Facts<'_>) -> Result<bool, EvalError> {
        let reader = read::Reader::new(&self.slots, facts);
        let mut context = Context::with_env(functions::ENV.clone());
        context.set_variable_resolver(&reader);
        match Value::resolve_val(&self.tree, &context) {
            Ok(value) => match value.downcast_ref::<CelBool>() {
                Some(truth) => Ok(*truth.inner()),
                None => {
                    let is = fail::type_name(value.get_type().name());
                    Err(EvalError(format!("the expression is {is}, not true or false")))
                }
            },
            Err(error) => Err(EvalError(fail::said(&reader, &error))),
        }
    }
}
