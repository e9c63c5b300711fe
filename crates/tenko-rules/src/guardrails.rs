//! The policies of an organization that have effect in an account, by what they are attached to.
//!
//! Facts: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>.

use std::collections::HashMap;

use tenko_core::{Message, Resource, Scope, ScopeKey, ScopeKind, msg};

use crate::context::Context;
use crate::organization::is_outside;
use crate::policies::malformed;
use crate::sink::{Seen, Unread};
use tenko_iam::Document;

/// The organization, with the types of policy that are enabled in it.
pub(crate) const ORGANIZATION: &str = "AWS::Organizations::Organization";
/// The policies of the organization.
pub(crate) const POLICY: &str = "AWS::Organizations::Policy";
pub(crate) const SCP: &str = "SERVICE_CONTROL_POLICY";
pub(crate) const RCP: &str = "RESOURCE_CONTROL_POLICY";

/// What restrains an account from above.
#[derive(Clone, Debug, Default)]
pub(crate) struct Above {
    /// Service control policies: of the root, of each organizational unit, of the account.
    pub(crate) scps: Vec<Vec<Document>>,
    /// Resource control policies, likewise.
    pub(crate) rcps: Vec<Vec<Document>>,
    /// Why there may be more of them.
    pub(crate) gap: Option<Message>,
}

impl Above {
    fn unread(why: Message) -> Self {
        Self { gap: Some(why), ..Self::default() }
    }
}

/// One policy of the organization.
pub(crate) struct Policy<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) is_rcp: bool,
    /// What it says, or why that is not known.
    pub(crate) document: Result<Document, Message>,
}

/// Which types of policy have effect in an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Enabled {
    pub(crate) scp: bool,
    pub(crate) rcp: bool,
    /// The id of its root, where a type is enabled: it only matters where policies do.
    pub(crate) root: Option<String>,
}

impl Enabled {
    pub(crate) fn of(context: &Context<'_>, organization: &ScopeKey) -> Result<Self, Message> {
        if let Some(reason) = context.why_unread_organization(ORGANIZATION) {
            return Err(reason);
        }
        let all = context.of_type(ORGANIZATION).iter();
        let found = all.into_iter().find(|o| o.key.id == organization.id.as_str());
        let Some(found) = found else {
            let id = organization.id.as_str();
            return Err(
                msg!("data-shared-organization-missing", type = ORGANIZATION, organization = id),
            );
        };
        let lost = |Unread(attribute)| {
            msg!("rule-attribute-unread-of", attribute = attribute, resource = ORGANIZATION)
        };
        let seen = Seen::new(found);
        let types = seen.texts("PolicyTypes").map_err(lost)?;
        let (scp, rcp) = (types.contains(&SCP), types.contains(&RCP));
        let root = if scp || rcp { seen.text("RootId").map_err(lost)? } else { None };
        Ok(Self { scp, rcp, root: root.map(str::to_owned) })
    }

    pub(crate) fn has(&self, policy: &Policy<'_>) -> bool {
        if policy.is_rcp { self.rcp } else { self.scp }
    }
}

/// The SCPs and RCPs of the organization, by what they are attached to.
pub(crate) struct Guardrails<'a> {
    policies: Vec<Policy<'a>>,
    by_target: HashMap<String, Vec<usize>>,
    /// Why not all of them are known.
    pub(crate) gap: Option<Message>,
}

impl<'a> Guardrails<'a> {
    pub(crate) fn new(context: &Context<'a>) -> Self {
        let mut all = Self {
            policies: Vec::new(),
            by_target: HashMap::new(),
            gap: context.why_unread_organization(POLICY),
        };
        for resource in context.of_type(POLICY) {
            if let Err(Unread(attribute)) = all.add(resource) {
                let name = resource.label();
                all.gap.get_or_insert(msg!(
                    "data-shared-policy-unread",
                    attribute = attribute,
                    policy = name
                ));
            }
        }
        all
    }

    fn add(&mut self, resource: &'a Resource) -> Result<(), Unread> {
        let seen = Seen::new(resource);
        let is_rcp = match seen.text("Type")? {
            Some(SCP) => false,
            Some(RCP) => true,
            _ => return Ok(()),
        };
        let targets = seen.texts("TargetIds")?;
        let document = match seen.at("Content") {
            Ok(Some(content)) => Document::parse(content).map_err(|why| malformed(&why)),
            Ok(None) => Err(msg!("data-shared-policy-empty")),
            Err(Unread(attribute)) => Err(msg!("rule-was-not-read", what = attribute)),
        };
        for target in targets {
            self.by_target.entry(target.to_owned()).or_default().push(self.policies.len());
        }
        self.policies.push(Policy { resource, is_rcp, document });
        Ok(())
    }

    /// What is attached to a root, a unit or an account, of the types that have effect.
    pub(crate) fn attached(
        &self,
        target: &str,
        enabled: &Enabled,
    ) -> impl Iterator<Item = &Policy<'a>> {
        let of = self.by_target.get(target).into_iter().flatten();
        of.filter_map(|index| self.policies.get(*index)).filter(|policy| enabled.has(policy))
    }

    /// What has effect in an account. Nothing has in the management account, nor outside an
    /// organization.
    pub(crate) fn above(&self, context: &Context<'_>, account: &ScopeKey) -> Above {
        let name = account.to_string();
        let Some(scope) = context.scopes.get(account) else {
            return Above::unread(msg!("data-shared-scope-undiscovered", scope = name));
        };
        if scope.management || is_outside(context, scope) {
            return Above::default();
        }
        let path = context.path_of(account);
        let top = path.first().filter(|top| top.kind == ScopeKind::Organization);
        let Some(top) = top else {
            return Above::unread(msg!("data-shared-place-unknown", scope = name));
        };
        if let Some(gap) = &self.gap {
            return Above::unread(gap.clone());
        }
        // Where the tree could not be walked, discovery hangs accounts below the organization.
        if !path.iter().any(|scope| scope.kind == ScopeKind::Folder) {
            return Above::unread(msg!("data-shared-place-unknown", scope = name));
        }
        let enabled = match Enabled::of(context, &top.key()) {
            Ok(enabled) => enabled,
            Err(why) => return Above::unread(why),
        };
        let mut above = Above::default();
        for target in &targets(&path, &enabled) {
            let (mut scps, mut rcps) = (Vec::new(), Vec::new());
            for policy in self.attached(target, &enabled) {
                match &policy.document {
                    Ok(document) if policy.is_rcp => rcps.push(document.clone()),
                    Ok(document) => scps.push(document.clone()),
                    Err(why) => {
                        let (name, why) = (policy.resource.label(), why.clone());
                        above.gap.get_or_insert(msg!(
                            "data-shared-policy-reason",
                            policy = name,
                            reason = why
                        ));
                    }
                }
            }
            above.scps.push(scps);
            above.rcps.push(rcps);
        }
        above
    }
}

/// What policies may be attached to so that they have effect at the end of a path: what is on it,
/// and the root where discovery did not tell it.
pub(crate) fn targets(path: &[&Scope], enabled: &Enabled) -> Vec<String> {
    let mut targets: Vec<String> = path.iter().map(|s| s.id.as_str().to_owned()).collect();
    targets
        .extend(enabled.root.iter().filter(|root| !path.iter().any(|s| s.id == ***root)).cloned());
    targets
}
