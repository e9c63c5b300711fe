//! The calls, as the guard knows them.

use serde::Deserialize;
use serde_json::Value;

use crate::call::Operation;
use crate::types::{Call, CallDef, DefError, Form, compile_call};

const FILE: &str = include_str!("calls.toml");

/// All calls that a login makes.
#[derive(Debug)]
pub(super) struct Calls {
    /// A token of a service account.
    pub(super) token: Call,
    /// Which of some permissions there are on a project.
    pub(super) test: Call,
    /// A service account.
    pub(super) account: Call,
    /// The keys of a service account that people made.
    pub(super) keys: Call,
    /// Who may do what to a service account.
    pub(super) account_policy: Call,
    /// Who may do what in a project.
    pub(super) project_policy: Call,
    /// Whose a person's token is.
    pub(super) person: Call,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    token: CallDef,
    test: CallDef,
    account: CallDef,
    keys: CallDef,
    account_policy: CallDef,
    project_policy: CallDef,
    person: CallDef,
}

impl Calls {
    /// Reads the file.
    ///
    /// # Errors
    /// A mistake in it.
    pub(super) fn load() -> Result<Self, DefError> {
        let name = "login/calls.toml";
        let file: File =
            toml::from_str(FILE).map_err(|e| DefError::Toml(name.to_owned(), Box::new(e)))?;
        Ok(Self {
            token: compile_call(name, "iamcredentials", &file.token)?,
            test: compile_call(name, "cloudresourcemanager", &file.test)?,
            account: compile_call(name, "iam", &file.account)?,
            keys: compile_call(name, "iam", &file.keys)?,
            account_policy: compile_call(name, "iam", &file.account_policy)?,
            project_policy: compile_call(name, "cloudresourcemanager", &file.project_policy)?,
            person: compile_call(name, "openidconnect", &file.person)?,
        })
    }

    pub(super) fn all(&self) -> [&Call; 7] {
        [
            &self.token,
            &self.test,
            &self.account,
            &self.keys,
            &self.account_policy,
            &self.project_policy,
            &self.person,
        ]
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = Operation> {
        self.all().into_iter().map(|call| call.operation.clone())
    }
}

/// The call with this body, or else its own, and its path.
pub(super) fn filled(
    call: &Call,
    project: &str,
    context: &Value,
    body: Option<toml::Table>,
) -> Option<(Call, String)> {
    let path = call.path.fill(project, context, Form::Path)?;
    let call = Call {
        def: CallDef { body: body.or_else(|| call.def.body.clone()), ..call.def.clone() },
        operation: call.operation.clone(),
        path: call.path.clone(),
        provides: Vec::new(),
    };
    Some((call, path))
}
