//! Pages and their tokens.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::fault::FaultKind;
use super::methods::Method;
use super::refusal::{self, Refusal};

/// Where a page starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: usize,
    /// Number of the page, from 1.
    pub(super) number: usize,
    /// Whether an empty page came before.
    pub(super) after_empty: bool,
    /// Milliseconds since 1970 of the time that a listing of Asset Inventory reads at.
    pub(super) reads_at: Option<i64>,
}

impl Position {
    const FIRST: Self = Self { offset: 0, number: 1, after_empty: false, reads_at: None };
}

/// What a token belongs to: the same question by the same caller. The read time is left out:
/// a token brings its own.
pub(super) fn context(
    method: &Method,
    principal: &str,
    path: &str,
    query: &[(String, String)],
) -> u64 {
    let mut hasher = DefaultHasher::new();
    (method.service, method.operation, principal, path).hash(&mut hasher);
    let page = method.page.map(|page| [page.size, page.token]).unwrap_or_default();
    for (name, value) in query {
        if !page.contains(&name.as_str()) && name != "readTime" && !value.is_empty() {
            (name, value).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The page that a request asks for.
pub(super) fn position(
    method: &Method,
    context: u64,
    token: Option<&str>,
) -> Result<Position, Refusal> {
    // Generated clients send an empty token for none.
    let Some(text) = token.filter(|t| !t.is_empty()) else { return Ok(Position::FIRST) };
    let refuse = || refusal::invalid(method, format!("Invalid page token: '{text}'"));
    let inner = text.strip_prefix("C+/").and_then(|t| t.strip_suffix("==")).ok_or_else(refuse)?;
    let mut fields = inner.split('.');
    let mut number = || fields.next().and_then(|f| u64::from_str_radix(f, 16).ok());
    let (whose, offset) = (number().ok_or_else(refuse)?, number().ok_or_else(refuse)?);
    let (count, empty) = (number().ok_or_else(refuse)?, number().ok_or_else(refuse)?);
    let reads_at = number().and_then(|n| i64::try_from(n).ok());
    // Tokens are bound to the request that they continue.
    if whose != context {
        return Err(refuse());
    }
    Ok(Position {
        offset: usize::try_from(offset).map_err(|_| refuse())?,
        number: usize::try_from(count).map_err(|_| refuse())?,
        after_empty: empty != 0,
        reads_at,
    })
}

/// A token, with characters that do not go into a URL as they are.
pub(super) fn token(context: u64, at: Position) -> String {
    let tail = at.reads_at.map(|n| format!(".{n:x}")).unwrap_or_default();
    let Position { offset, number, after_empty, .. } = at;
    format!("C+/{context:x}.{offset:x}.{number:x}.{:x}{tail}==", u8::from(after_empty))
}

/// How many records a page may have; `None` where there are no pages.
pub(super) fn size(
    method: &Method,
    asked: Option<&str>,
    fixed: Option<usize>,
) -> Result<Option<usize>, Refusal> {
    let Some(page) = method.page else { return Ok(None) };
    let size = match asked.filter(|text| !text.is_empty()) {
        None => page.default,
        Some(text) => {
            let number = text.parse::<i64>().ok().and_then(|n| usize::try_from(n).ok());
            // Others take the most that they give.
            let number = number.filter(|n| method.service != "compute" || *n <= page.max);
            match number.ok_or_else(|| {
                let message = format!("Invalid value for field '{}': '{text}'.", page.size);
                refusal::invalid(method, message)
            })? {
                0 => page.default,
                n => n.min(page.max),
            }
        }
    };
    Ok(Some(fixed.unwrap_or(size).max(1)))
}

/// The part of a list that is on the page, and where the next one starts.
pub(super) fn cut(
    total: usize,
    at: Position,
    size: Option<usize>,
    faults: &[FaultKind],
) -> (Range<usize>, Option<Position>) {
    let start = at.offset.min(total);
    let Some(size) = size else { return (start..total, None) };
    let empty = faults.contains(&FaultKind::EmptyPage) && at.number == 1;
    let end = if empty { start } else { start.saturating_add(size).min(total) };
    let number = at.number + 1;
    let next = if faults.contains(&FaultKind::RepeatToken) {
        Some(at)
    } else if empty {
        Some(Position { after_empty: true, number, ..at })
    } else {
        (end < total).then_some(Position { offset: end, number, after_empty: false, ..at })
    };
    (start..end, next)
}
