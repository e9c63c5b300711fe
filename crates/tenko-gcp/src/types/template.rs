//! Texts with holes: ids made from resources, paths and parameters of calls.

use serde_json::Value;
use tenko_core::AttrPath;

use crate::types::DefError;

/// A template, or several of which the first whose holes can all be filled counts.
#[derive(Clone, Debug)]
pub(crate) struct Template(Vec<Vec<Part>>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Hole {
        path: AttrPath,
        take: Take,
    },
    /// `{project}`: the id of the project that is collected.
    Project,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Take {
    /// All of the value: `{+name}`.
    All,
    /// The segment so far from the end, 1 being the last: `{name}`, `{name[-3]}`.
    FromEnd(usize),
}

/// How values are written into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As they are.
    Plain,
    /// Percent-encoded for a path; slashes stay only in `{+x}`.
    Path,
}

/// What a path may hold unencoded: what RFC 3986 calls unreserved, and what Google's ids use besides.
const PATH: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b',')
    .remove(b'=');

impl Template {
    /// Reads a template. `name` is for messages.
    ///
    /// # Errors
    /// [`DefError::Template`].
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, DefError> {
        text.split(" | ").map(|one| parts(name, one)).collect::<Result<_, _>>().map(Self)
    }

    /// The text, or `None` when a hole has nothing to fill it with.
    pub(crate) fn fill(&self, project: &str, value: &Value, form: Form) -> Option<String> {
        self.0.iter().find_map(|parts| {
            let mut out = String::new();
            for part in parts {
                match part {
                    Part::Text(text) => out.push_str(text),
                    Part::Project => push(&mut out, project, Take::All, form),
                    Part::Hole { path, take } => {
                        let text = path.get(value)?.as_str().filter(|text| !text.is_empty())?;
                        push(&mut out, take.of(text)?, *take, form);
                    }
                }
            }
            Some(out)
        })
    }

    /// The text as a pattern of segments for the guard: `None` stands for one segment of any text,
    /// and an empty list of nothing. A `{+x}` matches one segment or more.
    pub(crate) fn pattern(&self) -> Option<Vec<Piece>> {
        let [parts] = self.0.as_slice() else { return None };
        let pieces = parts.iter().map(|part| match part {
            Part::Text(text) => Piece::Text(text.clone()),
            Part::Project | Part::Hole { take: Take::FromEnd(_), .. } => Piece::Segment,
            Part::Hole { take: Take::All, .. } => Piece::Segments,
        });
        Some(pieces.collect())
    }
}

/// A piece of a path that the guard lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Just this text.
    Text(String),
    /// One segment, not empty.
    Segment,
    /// One segment or more.
    Segments,
}

impl Take {
    fn of(self, text: &str) -> Option<&str> {
        match self {
            Self::All => Some(text),
            Self::FromEnd(n) => text.rsplit('/').nth(n - 1).filter(|part| !part.is_empty()),
        }
    }
}

fn push(out: &mut String, text: &str, take: Take, form: Form) {
    match form {
        Form::Plain => out.push_str(text),
        Form::Path => {
            for (i, segment) in text.split('/').enumerate() {
                if i > 0 {
                    out.push_str(if take == Take::All { "/" } else { "%2F" });
                }
                out.extend(percent_encoding::utf8_percent_encode(segment, PATH));
            }
        }
    }
}

fn parts(name: &str, text: &str) -> Result<Vec<Part>, DefError> {
    let faulty = |what: String| DefError::Template { name: name.to_owned(), what };
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let (hole, after) = after
            .split_once('}')
            .ok_or_else(|| faulty(format!("`{text}` has a brace that is not closed")))?;
        parts.push(hole_of(hole).map_err(|what| faulty(format!("`{{{hole}}}`: {what}")))?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

fn hole_of(text: &str) -> Result<Part, String> {
    if text == "project" {
        return Ok(Part::Project);
    }
    let (path, take) = if let Some(path) = text.strip_prefix('+') {
        (path, Take::All)
    } else if let Some((path, back)) = text.split_once("[-") {
        let back = back.strip_suffix(']').and_then(|n| n.parse().ok()).filter(|n| *n > 0);
        (path, Take::FromEnd(back.ok_or("`[-n]` takes a number from 1")?))
    } else {
        (text, Take::FromEnd(1))
    };
    let path = path.parse().map_err(|error: tenko_core::PathError| error.to_string())?;
    Ok(Part::Hole { path, take })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fill(text: &str, form: Form) -> Option<String> {
        let value = json!({
            "name": "projects/1/locations/global/pools/p/providers/q",
            "zone": "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west3-a",
            "plain": "a b/../c?d",
            "empty": "",
        });
        Template::parse("t", text).unwrap().fill("acme", &value, form)
    }

    #[test]
    fn holes_take_segments() {
        assert_eq!(fill("{zone}", Form::Plain).unwrap(), "europe-west3-a");
        assert_eq!(fill("{name[-3]}/{name}", Form::Plain).unwrap(), "p/q");
        let whole = "/v1/projects/1/locations/global/pools/p/providers/q:x";
        assert_eq!(fill("/v1/{+name}:x", Form::Path).unwrap(), whole);
        assert_eq!(fill("projects/{project}", Form::Plain).unwrap(), "projects/acme");
    }

    #[test]
    fn the_first_that_can_be_filled_counts() {
        assert_eq!(fill("{missing} | r/{zone}", Form::Plain).unwrap(), "r/europe-west3-a");
        assert_eq!(fill("{missing} | {empty}", Form::Plain), None);
    }

    #[test]
    fn values_cannot_leave_their_place_in_a_path() {
        assert_eq!(fill("/x/{plain}", Form::Path).unwrap(), "/x/c%3Fd");
        assert_eq!(fill("/x/{+plain}", Form::Path).unwrap(), "/x/a%20b/../c%3Fd");
    }

    #[test]
    fn faulty_templates_are_named() {
        for text in ["{", "{}", "{a[-0]}", "{a[-x]}", "{a..b}"] {
            assert!(Template::parse("t", text).is_err(), "{text}");
        }
    }
}
