//! Snapshots of databases in other accounts, and what there could not be read.

use std::collections::HashMap;

use tenko_core::{Cloud, Message, Resource, Scope, ScopeKey, msg};

use super::{CLUSTER_SNAPSHOT, DB_SNAPSHOT};
use crate::context::Context;
use crate::sink::{Seen, Unread, name_of};
use crate::stores::{CLUSTER, INSTANCE, account_of};

/// Snapshots in one account of what is in another.
pub(super) struct Snapshots {
    /// By the account, the kind and the name of the source: the time of the newest one that was
    /// copied elsewhere.
    pub(super) newest: HashMap<(String, &'static str, String), String>,
    /// For each kind, why there may be more of them.
    pub(super) gaps: HashMap<&'static str, Elsewhere>,
}

/// Why there may be more of a type in other accounts than one's own.
pub(super) struct Elsewhere {
    /// Why there may be more of it in any of them.
    everywhere: Option<Message>,
    /// Why there may be more of it in an account: of two accounts, of which one is another.
    accounts: Vec<(ScopeKey, Message)>,
}

impl Elsewhere {
    pub(super) fn new(context: &Context<'_>, resource_type: &str) -> Self {
        let is_incomplete = context.discovery_is_incomplete(&Cloud::aws());
        let gap = |scope: &Scope| {
            let key = scope.key();
            let why = context.why_unread(&key, &[resource_type])?;
            let why = msg!("rule-of-scope", scope = key.to_string(), reason = why);
            Some((key, why))
        };
        Self {
            everywhere: is_incomplete.then(|| msg!("rule-accounts-unknown")),
            accounts: context.accounts("aws").filter_map(gap).take(2).collect(),
        }
    }

    /// Why there may be more of it in another account than this one.
    pub(super) fn than(&self, here: &ScopeKey) -> Option<&Message> {
        let mut of = self.accounts.iter().filter(|(key, _)| key != here).map(|(_, why)| why);
        self.everywhere.as_ref().or_else(|| of.next())
    }
}

impl Snapshots {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let (mut newest, mut gaps) = (HashMap::new(), HashMap::new());
        for (kind, of, source, database) in [
            (INSTANCE, DB_SNAPSHOT, "SourceDBSnapshotIdentifier", "DBInstanceIdentifier"),
            (CLUSTER, CLUSTER_SNAPSHOT, "SourceDBClusterSnapshotArn", "DBClusterIdentifier"),
        ] {
            let mut gap = Elsewhere::new(context, of);
            for snapshot in context.of_type(of) {
                match copied(snapshot, source, database) {
                    Ok(Some((account, name, time))) => {
                        let last: &mut String = newest.entry((account, kind, name)).or_default();
                        if *last < time {
                            *last = time;
                        }
                    }
                    Ok(None) => {}
                    Err(Unread(path)) => {
                        let name = name_of(snapshot);
                        gap.everywhere.get_or_insert(msg!(
                            "rule-attribute-unread-of",
                            attribute = path,
                            resource = name
                        ));
                    }
                }
            }
            gaps.insert(kind, gap);
        }
        Self { newest, gaps }
    }
}

/// Of a snapshot that was copied from another account: that account, the database, and when.
fn copied(
    snapshot: &Resource,
    source: &str,
    database: &str,
) -> Result<Option<(String, String, String)>, Unread> {
    let seen = Seen::new(snapshot);
    let Some(account) = seen.text(source)?.and_then(account_of) else { return Ok(None) };
    if account == snapshot.key.scope.as_str() {
        return Ok(None);
    }
    let Some(database) = seen.text(database)? else { return Ok(None) };
    let time = seen.text("SnapshotCreateTime")?.unwrap_or_default();
    Ok(Some((account.to_owned(), database.to_owned(), time.to_owned())))
}
