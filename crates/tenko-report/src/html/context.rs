//! What every section of the page looks up.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tenko_core::{Cloud, Message, ResourceType, ScopeId};
use tenko_messages::{Lang, say};

use super::text::Text;
use crate::document::Document;
use crate::format::RenderOptions;
use crate::words;

pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) options: &'a RenderOptions,
    pub(super) lang: Lang,
    scopes: HashMap<(&'a Cloud, &'a ScopeId), &'a str>,
    /// Zones of owners who have one of their own that is known.
    zones: HashMap<&'a str, TimeZone>,
}

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Document, options: &'a RenderOptions) -> Self {
        let name = |row: &'a crate::rows::ScopeRow| {
            let known = !row.scope.name.is_empty();
            known.then_some(((&row.scope.cloud, &row.scope.id), row.scope.name.as_str()))
        };
        let zone = |owner: &'a String| {
            (owner.as_str(), words::zone_of(document, Some(owner), &options.timezone))
        };
        Self {
            document,
            options,
            lang: options.lang,
            scopes: document.scopes.iter().filter_map(name).collect(),
            zones: document.display.owners.keys().map(zone).collect(),
        }
    }

    /// A message.
    pub(super) fn say(&self, message: &Message) -> Text {
        Text::new(say(self.lang, message))
    }

    /// `acme-prod (111111111111)`, or only the id of a scope without a name.
    pub(super) fn scope(&self, cloud: &Cloud, id: &ScopeId) -> Text {
        match self.scopes.get(&(cloud, id)) {
            Some(name) => Text::new(format!("{} ({id})", Text::cut(name, 100))),
            None => Text::new(id.as_str()),
        }
    }

    /// The owner, if it is one who reads times in a zone of its own.
    pub(super) fn zoned(&self, owner: Option<&'a str>) -> Option<&'a str> {
        owner.filter(|owner| self.zones.contains_key(owner))
    }

    fn zone(&self, owner: Option<&str>) -> &TimeZone {
        owner.and_then(|owner| self.zones.get(owner)).unwrap_or(&self.options.timezone)
    }

    /// A time in the zone of who answers for the matter.
    pub(super) fn time(&self, owner: Option<&str>, at: Timestamp) -> Text {
        Text::new(words::time(at, self.zone(owner)))
    }

    /// The last day of a suppression, as it was typed.
    pub(super) fn until(&self, owner: Option<&str>, end: Timestamp) -> Text {
        Text::new(words::until(end, self.zone(owner)))
    }

    /// A day in the zone of who answers for the matter.
    pub(super) fn date(&self, owner: Option<&str>, at: Timestamp) -> Text {
        Text::new(words::date(at, self.zone(owner)))
    }
}

/// The end of a type's name, which is enough where the whole name is a look-up away.
pub(super) fn short_type(name: &ResourceType) -> String {
    let name = name.as_str();
    if let Some(rest) = name.strip_prefix("AWS::") {
        return rest.to_owned();
    }
    match name.split_once(".googleapis.com/") {
        Some((service, kind)) => format!("{service}/{kind}"),
        None => name.to_owned(),
    }
}
