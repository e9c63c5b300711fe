//! `tenko doctor`: whether the roles are what `tenko bootstrap` would make.

use futures_util::stream::{self, StreamExt};
use serde_json::json;
use tenko::login::aws::roles::NoRole;
use tenko::login::bootstrap::Role;
use tenko::login::doctor::{LiveRole, Remark, Severity, judge, judge_all, judge_login};
use tenko::login::{Ask, Target};
use tenko::model::Cloud;
use tenko::report::visible;

use super::{Asking, Desk, bootstrap};
use crate::failure::Failure;
use crate::login_args::DoctorArgs;
use crate::output::{Out, wrapped};

/// What was found of one role or service account.
pub(super) struct Patient {
    /// The environments that log in with it.
    pub(super) environments: Vec<String>,
    /// Its ARN or address.
    pub(super) what: String,
    pub(super) remarks: Vec<Remark>,
}

pub(crate) async fn run(args: &DoctorArgs, out: &Out) -> Result<u8, Failure> {
    super::exec::refuse_nested()?;
    let desk = Desk::open(&args.place, Asking::Allowed)?;
    let targets = desk.many(&args.selectors)?;
    if targets.is_empty() {
        // Nothing that was looked at is nothing that is good.
        return Err(Failure::new("the manifest declares nothing to log in to"));
    }
    let mut trust = args.trust.clone();
    let names_aws = trust.iter().any(|who| who.starts_with("arn:"));
    let needs_aws = targets.iter().any(|target| target.scope.cloud == Cloud::aws());
    if needs_aws && !names_aws && desk.manifest.declaration.login.aws.hub.is_none() {
        // Whoever logs in is whom the roles are to trust, where nobody else was named.
        trust.extend(desk.login.principal().await);
    }
    // Whom a project's service account is to let in, nobody can tell from here.
    let (known, unknown): (Vec<_>, Vec<_>) = targets.iter().cloned().partition(|target| {
        target.scope.cloud != Cloud::gcp() || trust.iter().any(|who| !who.starts_with("arn:"))
    });
    let plan = match known.as_slice() {
        [] => Default::default(),
        known => bootstrap::plan(&desk, known, &trust)?,
    };
    let mut patients = of_roles(&desk, &targets, &plan.roles, args.jobs.into()).await;
    patients.extend(
        super::doctor_google::of_projects(&desk, &targets, &plan.projects, args.jobs.into()).await,
    );
    patients.extend(unknown.iter().map(|target| Patient {
        environments: vec![target.label()],
        what: target.scope.to_string(),
        remarks: vec![Remark::unknown(
            "who is to log in to Google Cloud projects is not known",
            "name them: --trust group:NAME@DOMAIN",
        )],
    }));
    report(&patients, out)
}

async fn of_roles(desk: &Desk, targets: &[Target], roles: &[Role], jobs: usize) -> Vec<Patient> {
    let reads = roles.iter().map(|role| async move {
        let (live, remarks) = read(desk, targets, role).await;
        (role, live, remarks)
    });
    let read: Vec<_> = stream::iter(reads).buffered(jobs).collect().await;
    let seen: Vec<(&Role, &LiveRole)> =
        read.iter().filter_map(|(role, live, _)| Some((*role, live.as_ref()?))).collect();
    let shared = judge_all(&seen);
    let mut place = 0;
    let mut patients = Vec::new();
    for (role, live, remarks) in &read {
        let mut remarks = remarks.clone();
        if let Some(live) = live {
            remarks.extend(judge(role, live));
            remarks.extend(shared.iter().filter(|(at, _)| *at == place).map(|(_, r)| r.clone()));
            place += 1;
        }
        remarks.sort();
        let environments = role.environments.iter().cloned().collect();
        patients.push(Patient { environments, what: role.arn(), remarks });
    }
    patients
}

/// Reads a role by logging in with it, and tells what that alone says of it.
async fn read(desk: &Desk, targets: &[Target], role: &Role) -> (Option<LiveRole>, Vec<Remark>) {
    let arn = role.arn();
    let of_role = |target: &&Target| {
        target.scope.cloud == Cloud::aws()
            && target.scope.id.as_str() == role.account
            && role.environments.contains(&target.label())
    };
    let Some(target) = targets.iter().find(of_role) else {
        return (None, vec![Remark::unread(&arn, "no environment logs in with it")]);
    };
    // A ticket may be asked for; this look is for none. What a login was allowed an hour ago does not count.
    let ask = Ask { ticket: Some("tenko doctor".to_owned()), fresh: true, ..Ask::default() };
    let tried = desk.login.session(target, &ask).await;
    let mut remarks: Vec<_> = judge_login(&tried).into_iter().collect();
    let Ok(session) = tried else { return (None, remarks) };
    match desk.login.role(&session, &target.role).await {
        Ok(live) => return (Some(live), remarks),
        Err(NoRole::Absent) => remarks.push(Remark::absent(&arn)),
        Err(error) => remarks.push(Remark::unread(&arn, &error.to_string())),
    }
    (None, remarks)
}

fn report(patients: &[Patient], out: &Out) -> Result<u8, Failure> {
    let worst = |wanted: Severity| {
        patients.iter().flat_map(|patient| &patient.remarks).any(|remark| remark.severity == wanted)
    };
    let code = if worst(Severity::Error) || worst(Severity::Warning) {
        2
    } else if worst(Severity::Unknown) {
        3
    } else {
        0
    };
    if out.is_json() {
        let row = |patient: &Patient| {
            json!({
                "environments": patient.environments,
                "subject": patient.what,
                "remarks": patient.remarks,
            })
        };
        out.json(&json!({ "checked": patients.iter().map(row).collect::<Vec<_>>() }))?;
        return Ok(code);
    }
    let mut text = String::new();
    for patient in patients {
        let word = patient.remarks.first().map_or("good", |remark| remark.severity.as_str());
        text.push_str(&format!(
            "{word:<11}  {}  {}\n",
            visible(&patient.environments.join(", ")),
            visible(&patient.what)
        ));
        for remark in &patient.remarks {
            text.push_str(&wrapped(
                &format!("{}: {}", remark.severity, remark.message),
                4,
                out.width,
            ));
            text.push_str(&wrapped(&format!("Fix: {}", remark.fix), 6, out.width));
        }
    }
    out.text(&text)?;
    let good = patients.iter().filter(|patient| patient.remarks.is_empty()).count();
    out.note(&format!("{good} of {} are as they should be", patients.len()));
    Ok(code)
}
