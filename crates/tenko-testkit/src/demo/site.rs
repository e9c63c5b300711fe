//! A place that is being furnished: one region of one account, and the tags of what is put there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::Account;

/// When most of it was made.
pub(super) const MADE: &str = "2025-11-04T09:12:00.000Z";
/// The same in seconds, as the JSON protocols send it.
pub(super) const MADE_SECONDS: u64 = 1_762_247_520;

/// Where data go that do not belong to one region.
const GLOBAL: &str = "global";

/// One region of one account.
pub(super) struct Site<'a> {
    account: &'a mut Account,
    region: &'static str,
    tags: BTreeMap<String, String>,
}

impl<'a> Site<'a> {
    pub(super) fn new(account: &'a mut Account, region: &'static str) -> Self {
        Self { account, region, tags: BTreeMap::new() }
    }

    /// Everything that is put here from now on has these tags.
    pub(super) fn tags<'t>(&mut self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) {
        let tags = tags.into_iter().filter(|(_, value)| !value.is_empty());
        self.tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    }

    /// The usual tags of an environment.
    pub(super) fn belongs_to(&mut self, tenant: &str, environment: &str, cost_center: &str) {
        self.tags([("tenant", tenant), ("environment", environment), ("cost-center", cost_center)]);
    }

    pub(super) fn account(&self) -> &str {
        &self.account.id
    }

    pub(super) fn region(&self) -> &'static str {
        self.region
    }

    /// Adds a record to what a listing of the region answers.
    pub(super) fn push(&mut self, operation: &str, item: Value) {
        self.push_in(self.region, operation, item);
    }

    /// The same for a listing of the whole account.
    pub(super) fn push_global(&mut self, operation: &str, item: Value) {
        self.push_in(GLOBAL, operation, item);
    }

    fn push_in(&mut self, region: &str, operation: &str, item: Value) {
        self.account.entry(region, operation).items.get_or_insert_default().push(item);
    }

    /// Adds an answer to requests with this input.
    pub(super) fn answer(&mut self, operation: &str, when: Value, response: Value) {
        self.answer_in(self.region, operation, when, response);
    }

    /// The same for the whole account.
    pub(super) fn answer_global(&mut self, operation: &str, when: Value, response: Value) {
        self.answer_in(GLOBAL, operation, when, response);
    }

    fn answer_in(&mut self, region: &str, operation: &str, when: Value, response: Value) {
        let answer = crate::sim::Answer { when, response: Some(response), ..Default::default() };
        self.account.entry(region, operation).answers.push(answer);
    }

    /// Sets the one answer of an operation for the whole account.
    pub(super) fn respond_global(&mut self, operation: &str, response: Value) {
        self.account.entry(GLOBAL, operation).response = Some(response);
    }

    /// Adds a record to one of several lists of an answer for the whole account.
    pub(super) fn push_to_list(&mut self, operation: &str, list: &str, item: Value) {
        let response = &mut self.account.entry(GLOBAL, operation).response;
        let map = response.get_or_insert_with(|| json!({}));
        if let Some(Value::Array(items)) =
            map.as_object_mut().map(|map| map.entry(list).or_insert_with(|| json!([])))
        {
            items.push(item);
        }
    }

    /// An id that AWS would make up: always the same for the same thing.
    pub(super) fn id(&self, prefix: &str, what: &str) -> String {
        let hash = self.hash(&[prefix, what]);
        // AWS's ids have 17 digits.
        format!("{prefix}-0{hash:016x}")
    }

    /// Another one, as IAM makes them up.
    pub(super) fn hex(&self, what: &str) -> String {
        format!("{:016x}{:016x}", self.hash(&[what]), self.hash(&[what, "more"]))
    }

    /// Another one, as keys and stacks have them.
    pub(super) fn uuid(&self, what: &str) -> String {
        let hex = self.hex(what);
        let ends = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
        ends.map(|(from, to)| hex.get(from..to).unwrap_or_default()).join("-")
    }

    /// FNV-1a: stable in every release, as the ids in snapshots of the demo should be.
    fn hash(&self, parts: &[&str]) -> u64 {
        let all = [self.account.id.as_str(), self.region].into_iter().chain(parts.iter().copied());
        all.flat_map(|part| part.bytes().chain([0])).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// `arn:aws:…` with region and account.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account.id)
    }

    /// `arn:aws:iam::…`
    pub(super) fn iam_arn(&self, resource: &str) -> String {
        format!("arn:aws:iam::{}:{resource}", self.account.id)
    }

    /// The tags as EC2 sends them, with a name.
    pub(super) fn ec2_tags(&self, name: &str) -> Value {
        let named = (!name.is_empty()).then_some(("Name", name));
        let tags = self.pairs().chain(named);
        tags.map(|(key, value)| json!({ "key": key, "value": value })).collect()
    }

    /// The tags as most services send them.
    pub(super) fn tag_list(&self) -> Value {
        self.pairs().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    }

    /// The tags with keys in small letters, as ECS sends them.
    pub(super) fn small_tag_list(&self) -> Value {
        self.pairs().map(|(key, value)| json!({ "key": key, "value": value })).collect()
    }

    /// The tags as a map.
    pub(super) fn tag_map(&self) -> Value {
        json!(self.tags)
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
