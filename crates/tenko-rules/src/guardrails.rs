//! The policies of an organization that have effect in an account, by what they are attached to.
//!
//! Facts: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>.

use std::collections::HashMap;

use tenko_core::{Resource, ScopeKey, ScopeKind};

use crate::context::Context;
use crate::iam::Document;
use crate::organization::is_outside;
use crate::sink::{Seen, Unread};

/// The organization, with the types of policy that are enabled in it.
pub(crate) const ORGANIZATION: &str = "AWS::Organizations::Organization";
/// The policies of the organization.
pub(crate) const POLICY: &str = "AWS::Organizations::Policy";
const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";

/// What restrains an account from above.
#[derive(Clone, Debug, Default)]
pub(crate) struct Above {
    /// Service control policies: of the root, of each organizational unit, of the account.
    pub(crate) scps: Vec<Vec<Document>>,
    /// Resource control policies, likewise.
    pub(crate) rcps: Vec<Vec<Document>>,
    /// Why there may be more of them.
    pub(crate) gap: Option<String>,
}

impl Above {
    fn unread(why: String) -> Self {
        Self { gap: Some(why), ..Self::default() }
    }
}

struct Policy {
    is_rcp: bool,
    document: Result<Document, String>,
}

/// The policies of the organization.
pub(crate) struct Guardrails {
    policies: Vec<Policy>,
    by_target: HashMap<String, Vec<usize>>,
    gap: Option<String>,
}

impl Guardrails {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let mut all = Self {
            policies: Vec::new(),
            by_target: HashMap::new(),
            gap: context.unread_organization(POLICY),
        };
        for resource in context.of_type(POLICY) {
            if let Err(Unread(attribute)) = all.add(resource) {
                let name = resource.label();
                all.gap.get_or_insert(format!("{attribute} of the policy {name} was not read"));
            }
        }
        all
    }

    fn add(&mut self, resource: &Resource) -> Result<(), Unread> {
        let seen = Seen::new(resource);
        let is_rcp = match seen.text("Type")? {
            Some(SCP) => false,
            Some(RCP) => true,
            _ => return Ok(()),
        };
        let name = resource.label();
        let document = match seen.at("Content") {
            Ok(Some(content)) => Document::parse(content).map_err(|why| format!("{name}: {why}")),
            _ => Err(format!("the content of {name} was not read")),
        };
        for target in seen.texts("TargetIds")? {
            self.by_target.entry(target.to_owned()).or_default().push(self.policies.len());
        }
        self.policies.push(Policy { is_rcp, document });
        Ok(())
    }

    /// What has effect in an account. Nothing has in the management account, nor outside an
    /// organization.
    pub(crate) fn above(&self, context: &Context<'_>, account: &ScopeKey) -> Above {
        let Some(scope) = context.scopes.get(account) else {
            return Above::unread(format!("{account} was not discovered"));
        };
        if scope.management || is_outside(context, scope) {
            return Above::default();
        }
        let path = context.path_of(account);
        let top = path.first().filter(|top| top.kind == ScopeKind::Organization);
        let Some(top) = top else {
            return Above::unread(format!("the place of {account} in its organization is unknown"));
        };
        if let Some(gap) = &self.gap {
            return Above::unread(gap.clone());
        }
        // Where the tree could not be walked, discovery hangs accounts below the organization.
        if !path.iter().any(|scope| scope.kind == ScopeKind::Folder) {
            return Above::unread(format!("the place of {account} in its organization is unknown"));
        }
        let (enabled, root) = match enabled(context, top.id.as_str()) {
            Ok(enabled) => enabled,
            Err(why) => return Above::unread(why),
        };
        let mut targets: Vec<String> = path.iter().map(|s| s.id.as_str().to_owned()).collect();
        targets.extend(root.filter(|root| !path.iter().any(|scope| scope.id.as_str() == root)));
        let mut above = Above::default();
        for target in &targets {
            let (mut scps, mut rcps) = (Vec::new(), Vec::new());
            let of = self.by_target.get(target).into_iter().flatten();
            for policy in of.filter_map(|index| self.policies.get(*index)) {
                let kind = if policy.is_rcp { RCP } else { SCP };
                if !enabled.iter().any(|enabled| enabled == kind) {
                    continue;
                }
                match &policy.document {
                    Ok(document) if policy.is_rcp => rcps.push(document.clone()),
                    Ok(document) => scps.push(document.clone()),
                    Err(why) => _ = above.gap.get_or_insert_with(|| why.clone()),
                }
            }
            above.scps.push(scps);
            above.rcps.push(rcps);
        }
        above
    }
}

/// The types of policy that are enabled in an organization, and the id of its root.
fn enabled(
    context: &Context<'_>,
    organization: &str,
) -> Result<(Vec<String>, Option<String>), String> {
    if let Some(reason) = context.unread_organization(ORGANIZATION) {
        return Err(reason);
    }
    let found = context.of_type(ORGANIZATION).iter().find(|o| o.key.id == organization);
    let Some(found) = found else {
        return Err(format!("{ORGANIZATION} {organization} was not found"));
    };
    let lost = |Unread(attribute)| format!("{attribute} of {ORGANIZATION} was not read");
    let seen = Seen::new(found);
    let types = seen.texts("PolicyTypes").map_err(lost)?;
    let root = seen.text("RootId").map_err(lost)?.map(str::to_owned);
    Ok((types.into_iter().map(str::to_owned).collect(), root))
}
