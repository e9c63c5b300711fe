//! Mistakes in a world. A misspelt operation would answer an empty list and
//! let a test pass for the wrong reason, so a server does not start with one.

use std::collections::BTreeSet;

use super::account::{Account, Data};
use super::tables;
use super::world::{Unit, World};

impl World {
    /// What is wrong with this world; empty where it is sound.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let ids: BTreeSet<&str> = self.accounts.iter().map(|a| a.id.as_str()).collect();
        if ids.len() < self.accounts.len() {
            out.push("two accounts have the same id".to_owned());
        }
        for key in self.keys.iter().filter(|k| !ids.contains(k.account.as_str())) {
            out.push(format!("key {} belongs to no account of the world", key.id));
        }
        let mut places = BTreeSet::new();
        if let Some(org) = &self.organization {
            if !ids.contains(org.management_account.as_str()) {
                out.push(format!("there is no management account {}", org.management_account));
            }
            let mut open: Vec<&Unit> = org.roots.iter().collect();
            while let Some(unit) = open.pop() {
                if !places.insert(unit.id.as_str()) {
                    out.push(format!("two units have the id {}", unit.id));
                }
                open.extend(&unit.units);
            }
            let targets = org.policies.iter().flat_map(|p| p.targets.iter().map(move |t| (p, t)));
            for (policy, target) in targets {
                if !places.contains(target.as_str()) && !ids.contains(target.as_str()) {
                    out.push(format!(
                        "policy {} is attached to {target}, which is nothing",
                        policy.id
                    ));
                }
            }
        }
        for one in self.identity_center.iter().flat_map(|center| &center.assignments) {
            if !ids.contains(one.account.as_str()) {
                out.push(format!("{} is assigned in {}, which is nothing", one.role, one.account));
            }
        }
        let roles: BTreeSet<String> =
            self.accounts.iter().flat_map(|a| a.roles.iter().map(|role| role.arn(a))).collect();
        for token in &self.web_identities {
            for role in token.roles.iter().filter(|role| !roles.contains(*role)) {
                out.push(format!("a token of {} opens {role}, which is nothing", token.subject));
            }
        }
        for account in &self.accounts {
            let names: BTreeSet<&str> = account.roles.iter().map(|r| r.name.as_str()).collect();
            if names.len() < account.roles.len() {
                out.push(format!("account {} has two roles of one name", account.id));
            }
            if let Some(parent) = account.parent.as_deref().filter(|p| !places.contains(p)) {
                out.push(format!("account {} is below {parent}, which is nothing", account.id));
            }
            self.data_problems(account, &mut out);
        }
        out
    }

    fn data_problems(&self, account: &Account, out: &mut Vec<String>) {
        for (region, operations) in &account.data {
            if region != "global" && self.region_status(account, region).is_none() {
                out.push(format!(
                    "account {} has data in {region}, which is no region",
                    account.id
                ));
            }
            for (id, data) in operations {
                let Some(op) = tables::operation(id) else {
                    out.push(format!(
                        "account {} has data of {id}, which is not simulated",
                        account.id
                    ));
                    continue;
                };
                let one = op.by.as_ref().is_some_and(|by| by.one);
                if has_items(data) && op.lists.len() != 1 && !one {
                    out.push(format!(
                        "account {}: {id} answers no single list: give a response",
                        account.id
                    ));
                }
            }
        }
    }
}

fn has_items(data: &Data) -> bool {
    data.items.is_some() || data.answers.iter().any(|a| a.items.is_some())
}
