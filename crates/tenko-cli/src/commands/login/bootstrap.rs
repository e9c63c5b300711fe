//! `tenko bootstrap`: what an administrator applies so that logins work.

use serde_json::Value;
use tenko::login::bootstrap::{
    BootstrapError, Plan, Trusting, cloudformation, google, hub_policies, overrides, terraform,
};
use tenko::model::Cloud;

use super::{Asking, Desk};
use crate::failure::Failure;
use crate::login_args::{BootstrapArgs, BootstrapForm};
use crate::output::Out;

pub(crate) fn run(args: &BootstrapArgs, out: &Out) -> Result<u8, Failure> {
    let desk = Desk::open(&args.place, Asking::Never)?;
    let cloud = match args.form {
        BootstrapForm::Google => Cloud::gcp(),
        _ => Cloud::aws(),
    };
    let mut targets = desk.many(&args.selectors)?;
    targets.retain(|target| target.scope.cloud == cloud);
    let plan = plan(&desk, &targets, &args.trust)?;
    match args.form {
        BootstrapForm::CloudFormation => out.text(&cloudformation(&plan))?,
        BootstrapForm::Terraform => out.text(&terraform(&plan))?,
        BootstrapForm::Google => out.text(&google(&plan))?,
        BootstrapForm::Parameters if out.is_json() => out.json(&Value::Array(overrides(&plan)))?,
        // Each line is one request, for a loop of the shell.
        BootstrapForm::Parameters => {
            let lines = overrides(&plan).into_iter().map(|one| format!("{one}\n"));
            out.text(&lines.collect::<String>())?;
        }
        BootstrapForm::Hub => {
            match hub_policies(&plan).as_slice() {
                [only] => out.json(only)?,
                several => {
                    out.note("the accounts do not fit into one policy of IAM's size: attach each of these");
                    out.json(&Value::Array(several.to_vec()))?;
                }
            }
        }
    }
    Ok(0)
}

/// What must be there for these targets.
pub(super) fn plan(
    desk: &Desk,
    targets: &[tenko::login::Target],
    trust: &[String],
) -> Result<Plan, Failure> {
    let trusting = Trusting::parse(trust).map_err(|error| unplanned(&error))?;
    let settings = &desk.manifest.declaration.login;
    Plan::of(targets, settings, &trusting).map_err(|error| unplanned(&error))
}

fn unplanned(error: &BootstrapError) -> Failure {
    Failure::of(error, error.hint())
}
