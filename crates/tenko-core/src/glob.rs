//! Globs over names, and tags that must be there: what the manifest's rules are made of.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};

use crate::resource::Resource;

/// A glob over names. A pattern that is no glob stands for itself, so that a rule never takes
/// out more than it says.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Matches every name.
    Any,
    /// Matches what the glob does; `*` crosses `/`.
    Glob(GlobMatcher),
    /// Matches itself.
    Literal(String),
}

impl Pattern {
    /// Compiles a glob; `None` is any name.
    pub fn new(pattern: Option<&str>) -> Self {
        let Some(pattern) = pattern else { return Self::Any };
        // `*` crosses `/`: names are no file paths.
        match GlobBuilder::new(pattern).literal_separator(false).build() {
            Ok(glob) => Self::Glob(glob.compile_matcher()),
            Err(_) => Self::Literal(pattern.to_owned()),
        }
    }

    /// Whether the pattern matches the name.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Glob(glob) => glob.is_match(text),
            Self::Literal(literal) => literal == text,
        }
    }
}

/// Whether the resource has all these tags; a value of `None` is any value.
pub fn has_tags(resource: &Resource, tags: &BTreeMap<String, Option<String>>) -> bool {
    tags.iter().all(|(key, wanted)| {
        let value = resource.tags.get(key);
        value.is_some_and(|value| wanted.as_ref().is_none_or(|wanted| wanted == value))
    })
}
