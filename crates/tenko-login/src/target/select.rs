//! Selectors: what people write to name environments, accounts and projects.
//!
//! In this order, the first that names something counts: an environment (`acme/production`, or
//! with an account or project behind it), the id of an account or project, a name (of a tenant, an
//! environment, an account or a project), and then globs and filters. Words of people are compared
//! without regard to case, unless one is written exactly so; ids are exact.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use tenko_core::Cloud;

use super::error::shown;
use super::{Known, SelectError, Target, Targets};

/// Longer selectors are refused.
const LONGEST: usize = 1024;
/// So many suggestions are made.
const MOST_MEANT: usize = 3;
/// Longer words get no suggestion: edit distance takes the product of the lengths.
const LONGEST_WORD: usize = 100;
/// So many equals signs of a tag may be a part of its key.
const MOST_SIGNS: usize = 16;
/// What a filter can ask for.
const KEYS: [&str; 4] = ["tenant", "stage", "environment", "owner"];

type Found = BTreeSet<usize>;

impl Targets {
    /// What a selector names; never nothing.
    pub(super) fn find(
        &self,
        selector: &str,
        cloud: Option<&Cloud>,
    ) -> Result<Vec<&Target>, SelectError> {
        let found = self.indices(selector, cloud)?;
        Ok(found.into_iter().filter_map(|at| self.all.get(at)).collect())
    }

    /// As [`Self::find`], by their places among all.
    pub(super) fn indices(
        &self,
        selector: &str,
        cloud: Option<&Cloud>,
    ) -> Result<Found, SelectError> {
        if self.all.is_empty() {
            return Err(SelectError::NoEnvironments);
        }
        let text = selector.trim();
        let reason = if text.is_empty() {
            Some("it is empty".to_owned())
        } else if text.chars().nth(LONGEST).is_some() {
            Some(format!("it is longer than {LONGEST} characters"))
        } else if text.chars().any(char::is_control) {
            Some("it has a control character".to_owned())
        } else {
            None
        };
        if let Some(reason) = reason {
            return Err(malformed(text, &reason, None));
        }
        let Some(cloud) = cloud else { return self.resolve(text, &|_| true) };
        let error = match self.resolve(text, &|target| target.scope.cloud == *cloud) {
            Err(e @ (SelectError::Unknown { .. } | SelectError::NoMatch { .. })) => e,
            other => return other,
        };
        match self.resolve(text, &|_| true) {
            Ok(found) => Err(SelectError::OtherCloud {
                selector: shown(text),
                cloud: cloud.clone(),
                candidates: found.iter().filter_map(|at| self.all.get(*at)).cloned().collect(),
            }),
            Err(_) => Err(error),
        }
    }

    fn resolve(&self, text: &str, of: &dyn Fn(&Target) -> bool) -> Result<Found, SelectError> {
        // Names may hold a comma.
        let found = self.named(text, of);
        if !found.is_empty() {
            return Ok(found);
        }
        let terms = terms(text);
        if let [_] = terms.as_slice() {
            return self.term(text, of);
        }
        let mut found: Option<Found> = None;
        for term in terms {
            if term.is_empty() {
                return Err(malformed(text, "there is nothing before or after a comma", None));
            }
            let these = self.term(term, of)?;
            found = Some(match found {
                Some(before) => before.intersection(&these).copied().collect(),
                None => these,
            });
        }
        found
            .filter(|found| !found.is_empty())
            .ok_or_else(|| SelectError::NoMatch { selector: shown(text), meant: Vec::new() })
    }

    fn term(&self, text: &str, of: &dyn Fn(&Target) -> bool) -> Result<Found, SelectError> {
        let found = self.named(text, of);
        if !found.is_empty() {
            return Ok(found);
        }
        if let Some(tag) = text.strip_prefix("tag:") {
            return self.tagged(text, tag, of);
        }
        if let Some((key, value)) = text.split_once('=') {
            return self.filtered(text, key.trim(), value.trim(), of);
        }
        if is_glob(text) {
            let glob = glob(text, text, true)?;
            let found =
                self.places(of, |target| texts(target).iter().any(|text| glob.is_match(text)));
            return nonempty(found, || SelectError::NoMatch {
                selector: shown(text),
                meant: Vec::new(),
            });
        }
        Err(self.unknown(text))
    }

    fn places(&self, of: &dyn Fn(&Target) -> bool, is: impl Fn(&Target) -> bool) -> Found {
        let all = self.all.iter().enumerate();
        all.filter(|(_, target)| of(target) && is(target)).map(|(at, _)| at).collect()
    }

    /// What has exactly this label, id or name.
    fn named(&self, text: &str, of: &dyn Fn(&Target) -> bool) -> Found {
        let lower = text.to_lowercase();
        let exactly = |other: &str| other == text;
        let alike = |other: &str| other.to_lowercase() == lower;
        let label = |target: &Target, is: &dyn Fn(&str) -> bool| {
            let label = target.label();
            let key = target.scope.to_string();
            let ids = [Some(target.scope.id.as_str()), Some(key.as_str()), target.name.as_deref()];
            is(&label) || ids.into_iter().flatten().any(|id| is(&format!("{label}/{id}")))
        };
        let name = |target: &Target, is: &dyn Fn(&str) -> bool| {
            let names = [&target.tenant, &target.tenant_name, &target.environment];
            names.into_iter().chain(&target.name).any(|name| is(name))
        };
        let tiers: [&dyn Fn(&Target) -> bool; 5] = [
            &|target| label(target, &exactly),
            &|target| label(target, &alike),
            &|target| target.scope.id == *text || target.scope.to_string() == text,
            &|target| name(target, &exactly),
            &|target| name(target, &alike),
        ];
        let found = tiers.into_iter().map(|tier| self.places(of, tier));
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn filtered(
        &self,
        term: &str,
        key: &str,
        value: &str,
        of: &dyn Fn(&Target) -> bool,
    ) -> Result<Found, SelectError> {
        let Some(key) = KEYS.into_iter().find(|known| known.eq_ignore_ascii_case(key)) else {
            let meant = match key.strip_prefix("tags:") {
                Some(tag) => Some(format!("tag:{tag}={value}")),
                None => close(key, KEYS.iter().map(ToString::to_string), true)
                    .first()
                    .map(|known| format!("{known}={value}")),
            };
            let reason = "filters are `tenant=`, `stage=`, `environment=`, `owner=` and `tag:KEY=`";
            return Err(malformed(term, reason, meant));
        };
        if value.is_empty() {
            return Err(malformed(term, "there is nothing after the equals sign", None));
        }
        let values = |target: &Target| -> Vec<String> {
            match key {
                "tenant" => vec![target.tenant.clone(), target.tenant_name.clone()],
                "stage" => vec![target.stage.clone()],
                "environment" => vec![target.environment.clone()],
                _ => target.owner.clone().into_iter().collect(),
            }
        };
        let glob = if is_glob(value) { Some(glob(term, value, true)?) } else { None };
        let lower = value.to_lowercase();
        let fits = |have: &String| {
            have.to_lowercase() == lower || glob.as_ref().is_some_and(|glob| glob.is_match(have))
        };
        let found = self.places(of, |target| values(target).iter().any(fits));
        nonempty(found, || {
            let all: BTreeSet<_> = self.all.iter().flat_map(values).collect();
            let meant =
                close(value, all, true).iter().map(|value| format!("{key}={value}")).collect();
            SelectError::NoMatch { selector: shown(term), meant }
        })
    }

    fn tagged(
        &self,
        term: &str,
        tag: &str,
        of: &dyn Fn(&Target) -> bool,
    ) -> Result<Found, SelectError> {
        if !tag.contains('=') {
            return Err(malformed(
                term,
                "a tag has a value",
                Some(format!("tag:{}=VALUE", shown(tag))),
            ));
        }
        if !self.has_snapshot {
            return Err(SelectError::NoTags);
        }
        // A tag's key may hold an equals sign, as its value may.
        let mut pairs = Vec::new();
        for (at, _) in tag.match_indices('=').take(MOST_SIGNS) {
            let (key, value) =
                (tag.get(..at).unwrap_or_default(), tag.get(at + 1..).unwrap_or_default());
            let glob = if is_glob(value) { Some(glob(term, value, false)?) } else { None };
            pairs.push((key, value, glob));
        }
        let found = self.places(of, |target| {
            pairs.iter().any(|(key, value, glob)| {
                let have = target.tags.get(*key);
                let fits = |have: &String| {
                    have == value || glob.as_ref().is_some_and(|glob| glob.is_match(have))
                };
                have.is_some_and(fits)
            })
        });
        nonempty(found, || {
            let all = self.all.iter().flat_map(|target| &target.tags);
            let all: BTreeSet<_> = all.map(|(key, value)| format!("{key}={value}")).collect();
            let meant = close(tag, all, false).iter().map(|tag| format!("tag:{tag}")).collect();
            SelectError::NoMatch { selector: shown(term), meant }
        })
    }

    /// Why a word names nothing.
    fn unknown(&self, text: &str) -> SelectError {
        let lower = text.to_lowercase();
        let is = |known: &Known| {
            known.scope.id == *text
                || known.scope.to_string() == text
                || known.name.as_ref().is_some_and(|name| name.to_lowercase() == lower)
        };
        if let Some((known, purpose)) = self.shared.iter().find(|(known, _)| is(known)) {
            return SelectError::Shared { scope: known.scope.clone(), purpose: shown(purpose) };
        }
        if let Some(known) = self.undeclared.iter().find(|known| is(known)) {
            return SelectError::Undeclared { scope: known.scope.clone() };
        }
        let mut all = BTreeSet::new();
        for target in &self.all {
            all.extend([target.label(), target.tenant.clone(), target.tenant_name.clone()]);
            all.extend([target.scope.id.to_string(), target.scope.to_string()]);
            all.extend(target.name.clone());
        }
        SelectError::Unknown {
            selector: shown(text),
            meant: close(text, all, true),
            names_known: self.has_snapshot,
        }
    }
}

/// What a glob is held against.
fn texts(target: &Target) -> Vec<String> {
    let label = target.label();
    let key = target.scope.to_string();
    let mut out = vec![
        format!("{label}/{}", target.scope.id),
        label,
        key,
        target.scope.id.to_string(),
        target.tenant.clone(),
        target.tenant_name.clone(),
        target.environment.clone(),
    ];
    out.extend(target.name.clone());
    out
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// A glob in which `*` stops at a slash.
fn glob(term: &str, pattern: &str, fold: bool) -> Result<GlobSet, SelectError> {
    let mut builder = GlobBuilder::new(pattern);
    builder.literal_separator(true).backslash_escape(true).case_insensitive(fold);
    // A set says what is wrong with a glob where a single matcher would panic.
    let set = builder.build().and_then(|glob| GlobSetBuilder::new().add(glob).build());
    set.map_err(|error| malformed(term, &shown(&error.kind().to_string()), None))
}

/// The parts between commas, but for those in braces, which belong to a glob.
fn terms(text: &str) -> Vec<&str> {
    let mut depth = 0usize;
    let mut split = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    };
    text.split(&mut split).map(str::trim).collect()
}

fn nonempty(found: Found, error: impl FnOnce() -> SelectError) -> Result<Found, SelectError> {
    if found.is_empty() { Err(error()) } else { Ok(found) }
}

fn malformed(selector: &str, reason: &str, meant: Option<String>) -> SelectError {
    let meant = meant.map(|meant| shown(&meant));
    SelectError::Malformed { selector: shown(selector), reason: reason.to_owned(), meant }
}

/// The candidates that come close to a word, the closest first: what begins with it or holds it,
/// and what a few edits make of it. With `fold`, one word in two cases is one candidate.
fn close(word: &str, candidates: impl IntoIterator<Item = String>, fold: bool) -> Vec<String> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    if !(2..=LONGEST_WORD).contains(&length) {
        return Vec::new();
    }
    let most = (length / 3).clamp(1, 4);
    let distance = |candidate: &String| {
        let candidate = candidate.to_lowercase();
        if candidate.chars().nth(2 * LONGEST_WORD).is_some() {
            return None;
        }
        let edits = strsim::damerau_levenshtein(&candidate, &word);
        let part = if candidate.starts_with(&word) {
            Some(1)
        } else {
            candidate.contains(&word).then_some(2)
        };
        part.into_iter().chain((edits <= most).then_some(edits)).min()
    };
    let mut found: Vec<_> = candidates
        .into_iter()
        .filter_map(|have| Some((distance(&have)?, have.to_lowercase(), Reverse(have))))
        .collect();
    found.sort();
    if fold {
        found.dedup_by(|a, b| a.1 == b.1);
    }
    found.into_iter().take(MOST_MEANT).map(|(.., Reverse(have))| shown(&have)).collect()
}
