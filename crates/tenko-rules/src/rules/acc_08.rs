use std::collections::BTreeSet;

use tenko_core::{Cloud, Message, Scope, ScopeKey, ScopeStatus, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Sink, scope_name};

rule! {
    /// An account or project is in use and the declaration does not name it, or the declaration
    /// names one that is suspended, closed or not in the organization.
    ///
    /// ## Why it is bad
    /// Nobody answers for an account that nobody declared: it is paid for, it may be reachable
    /// from others, and no one would notice what happens in it. One that is declared and not
    /// there means that what should run does not, or that the declaration is out of date and
    /// everything that relies on it with it.
    ///
    /// ## Example
    /// ```yaml
    /// tenants:
    ///   acme: { environments: { production: { scopes: ["111111111111"] } } }
    /// # and the organization also has 999999999999, active, which no environment names
    /// ```
    ///
    /// ## What it reads
    /// The discovered scopes with their status, and every scope that the declaration names, the
    /// shared ones too. Without any tenant there is no declared intent, and the rule is quiet.
    /// Projects that Apps Script makes for scripts by itself (`sys-` and 26 digits) need not be
    /// declared.
    ///
    /// ## Unknown
    /// Where the listing of accounts was incomplete: for every declared one that was not in it,
    /// and once for each organization, since it may have others that nobody declared. Also where
    /// the organization itself was not discovered, or did not tell the status of an account that
    /// did not answer.
    id: "ACC-08",
    name: "Live and declared accounts differ",
    severity: Medium,
    needs_tenants: true,
    references: [],
    remediation: "Declare the account for its tenant or as shared, or close it; correct a declaration that names an account which is gone.",
    parts: [Part::any(&[], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let declared = context.declaration.scopes();
    for scope in &declared {
        let judged = match context.scopes.get(scope) {
            Some(live) => of_live(context, scope, live),
            None => absent(context, scope),
        };
        sink.judge(context, *scope, judged);
    }
    for (key, scope) in &context.scopes {
        let live = scope.kind.holds_resources() && !is_gone(scope.status);
        if live && !declared.contains(key) && !is_of_apps_script(key) {
            let name = scope_name(scope);
            let message = match status(scope.status) {
                Some(status) => msg!("acc-08-undeclared", scope = name, status = status),
                None => msg!("acc-08-undeclared-status-unknown", scope = name),
            };
            sink.bad(context, key, message);
        }
    }
    for key in subjects(context) {
        if context.discovery_is_incomplete(&key.cloud) {
            let reason = incomplete(context, &key.cloud);
            sink.unknown(context, key, msg!("acc-08-more", reason = reason));
        }
    }
}

/// Whether it is a project that Apps Script made for a script of somebody's: `sys-` and 26 digits.
fn is_of_apps_script(key: &ScopeKey) -> bool {
    let digits = key.id.as_str().strip_prefix("sys-").filter(|_| key.cloud == Cloud::gcp());
    digits.is_some_and(|it| it.len() == 26 && it.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_gone(status: ScopeStatus) -> bool {
    use ScopeStatus::{Closed, PendingClosure, Suspended};
    matches!(status, Suspended | PendingClosure | Closed)
}

fn of_live(context: &Context<'_>, key: &ScopeKey, scope: &Scope) -> Judged {
    let name = key.to_string();
    match status(scope.status) {
        Some(status) if is_gone(scope.status) => {
            Judged::Bad(msg!("acc-08-gone", scope = name, status = status).into())
        }
        None if !context.is_answered(key) => {
            Judged::Unknown(msg!("acc-08-unanswered", scope = name).into())
        }
        _ => Judged::Pass,
    }
}

/// What a status is called, where there is one.
fn status(status: ScopeStatus) -> Option<Message> {
    Some(match status {
        ScopeStatus::Active => msg!("acc-08-active"),
        ScopeStatus::PendingActivation => msg!("acc-08-pending-activation"),
        ScopeStatus::Suspended => msg!("acc-08-suspended"),
        ScopeStatus::PendingClosure => msg!("acc-08-pending-closure"),
        ScopeStatus::Closed => msg!("acc-08-closed"),
        _ => return None,
    })
}

fn absent(context: &Context<'_>, scope: &ScopeKey) -> Judged {
    let name = scope.to_string();
    let reason = if context.discovery_is_incomplete(&scope.cloud) {
        incomplete(context, &scope.cloud)
    } else if !context.knows_organization_of(scope) {
        msg!("acc-08-organization-undiscovered")
    } else {
        return Judged::Bad(msg!("acc-08-absent", scope = name).into());
    };
    Judged::Unknown(msg!("acc-08-undiscovered", scope = name, reason = reason).into())
}

/// The topmost scope of each cloud: the organization, where it was discovered.
fn subjects(context: &Context<'_>) -> Vec<ScopeKey> {
    let mut seen = BTreeSet::new();
    let scopes = context.snapshot.scopes.iter();
    scopes.filter(|scope| seen.insert(&scope.cloud)).map(Scope::key).collect()
}

/// That the listing of a cloud's scopes was incomplete, with the first thing that went wrong.
fn incomplete(context: &Context<'_>, cloud: &Cloud) -> Message {
    let listing = if *cloud == Cloud::gcp() {
        msg!("acc-08-projects-incomplete")
    } else {
        msg!("acc-08-accounts-incomplete")
    };
    let problems = context.snapshot.discovery_problems.iter().filter(|p| p.cloud == *cloud);
    match problems.map(|p| (&p.problem.operation, &p.problem.code)).min() {
        None => listing,
        Some((operation, code)) => {
            msg!("acc-08-because", what = listing, operation = operation, code = code)
        }
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::*;

    let acme = |world: World| world.tenant("acme", &[("prod", "1"), ("dev", "2")]);
    vec![
        fires("declared nowhere", &["3"], acme(world().account("1").account("2").account("3"))),
        fires("gone", &["2"], acme(world().account("1"))),
        quiet(
            "Google: a project that Apps Script made",
            world()
                .project("p")
                .project("sys-12345678901234567890123456")
                .tenant("acme", &[("prod", "gcp:p")]),
        ),
        fires(
            "Google: a project that is only called so",
            &["gcp:sys-1"],
            world().project("p").project("sys-1").tenant("acme", &[("prod", "gcp:p")]),
        ),
        quiet("both agree", acme(world().account("1").account("2"))),
        unknown(
            "the listing was cut off",
            &["2", "o"],
            acme(world().account("1").discovery_failed("aws")),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use tenko_core::{Cloud, Finding, ScopeKind, ScopeStatus, ScopeTree, Snapshot, Verdict};

    use crate::testing::*;

    fn verdicts(snapshot: &Snapshot) -> Vec<(String, Verdict)> {
        let declared = declaration(vec![tenant("acme", &[("prod", "1"), ("dev", "2")])]);
        let findings: Vec<Finding> = of("ACC-08", snapshot, &declared);
        findings.iter().map(|f| (f.scope.to_string(), f.verdict)).collect()
    }

    fn with_status(status: ScopeStatus) -> Snapshot {
        let mut snapshot = snapshot(&["1", "2"]);
        snapshot.scopes = snapshot
            .scopes
            .iter()
            .cloned()
            .map(|mut scope| {
                if scope.id == "2" {
                    scope.status = status;
                }
                scope
            })
            .collect();
        snapshot
    }

    fn one(scope: &str, verdict: Verdict) -> Vec<(String, Verdict)> {
        vec![(scope.to_owned(), verdict)]
    }

    #[test]
    fn fires_on_an_account_that_is_declared_nowhere() {
        assert_eq!(verdicts(&snapshot(&["1", "2", "3"])), one("3", Verdict::Finding));
    }

    #[test]
    fn fires_on_a_declared_account_that_is_gone() {
        assert_eq!(verdicts(&snapshot(&["1"])), one("2", Verdict::Finding));
        for status in [ScopeStatus::Suspended, ScopeStatus::PendingClosure, ScopeStatus::Closed] {
            assert_eq!(verdicts(&with_status(status)), one("2", Verdict::Finding));
        }
        let declared = declaration(vec![tenant("acme", &[("prod", "1"), ("dev", "2")])]);
        let finding = &of("ACC-08", &snapshot(&["1"]), &declared)[0];
        assert_eq!(finding.environment.as_deref(), Some("dev"));
    }

    #[test]
    fn quiet_where_both_agree() {
        assert_eq!(verdicts(&snapshot(&["1", "2"])), []);
        assert_eq!(verdicts(&with_status(ScopeStatus::Unknown)), [], "it answered");
        let mut snapshot = snapshot(&["1", "2", "3"]);
        snapshot.scopes = snapshot
            .scopes
            .iter()
            .cloned()
            .map(|mut scope| {
                if scope.id == "3" {
                    scope.status = ScopeStatus::Closed;
                }
                scope
            })
            .collect();
        assert_eq!(verdicts(&snapshot), [], "closed and declared nowhere is as it should be");
    }

    #[test]
    fn quiet_on_what_is_declared_as_shared() {
        let mut declared = declaration(vec![tenant("acme", &[("prod", "1")])]);
        declared.shared.insert(key("2"), "log archive".to_owned());
        assert_eq!(of("ACC-08", &snapshot(&["1", "2"]), &declared), []);
    }

    #[test]
    fn unknown_where_discovery_was_incomplete() {
        let mut partial = snapshot(&["1"]);
        partial.discovery_problems.push(discovery_problem());
        let both = [one("2", Verdict::Unknown), one("o", Verdict::Unknown)].concat();
        assert_eq!(verdicts(&partial), both);
        partial.discovery_problems[0].cloud = Cloud::gcp();
        assert_eq!(
            verdicts(&partial),
            one("2", Verdict::Finding),
            "that is another cloud's listing"
        );
    }

    #[test]
    fn unknown_without_the_organization_or_a_status() {
        let mut alone = snapshot(&["1"]);
        let accounts = alone.scopes.iter().filter(|s| s.kind != ScopeKind::Organization);
        alone.scopes = accounts.cloned().collect::<ScopeTree>();
        assert_eq!(verdicts(&alone), one("2", Verdict::Unknown));
        let mut untold = with_status(ScopeStatus::Unknown);
        untold.answers.retain(|answer| answer.scope != "2");
        assert_eq!(verdicts(&untold), one("2", Verdict::Unknown));
    }
}
