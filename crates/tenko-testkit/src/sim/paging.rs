//! Pages and their tokens.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::account::ApiError;
use super::fault::FaultKind;
use super::refusal;
use super::tables::{Operation, Page};

/// Where a page starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: usize,
    /// Number of the page, from 1.
    pub(super) number: u32,
    /// Whether an empty page came before.
    pub(super) after_empty: bool,
}

impl Position {
    const FIRST: Self = Self { offset: 0, number: 1, after_empty: false };
}

/// An answer before it is cut into pages.
pub(super) struct Whole<'a> {
    /// Lists, in the operation's order.
    pub(super) lists: Vec<(&'a str, Vec<&'a Value>)>,
    /// Everything else.
    pub(super) rest: Map<String, Value>,
}

/// What a token belongs to: the same question asked by the same account.
pub(super) fn context(op: &Operation, account: &str, region: &str, input: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&op.id, account, region).hash(&mut hasher);
    if let (Value::Object(map), Some(page)) = (input, &op.page) {
        let skip = |name: &String| *name == page.token_in || Some(name) == page.limit.as_ref();
        for (name, value) in map.iter().filter(|(name, _)| !skip(name)) {
            (name, value.to_string()).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The page that a request asks for.
pub(super) fn position(op: &Operation, context: u64, input: &Value) -> Result<Position, ApiError> {
    let Some(page) = &op.page else { return Ok(Position::FIRST) };
    let text = match input.get(&page.token_in) {
        None | Some(Value::Null) => return Ok(Position::FIRST),
        Some(value) => value.as_str().unwrap_or_default(),
    };
    let refuse = || {
        refusal::invalid_input(
            op.service(),
            &format!("The token '{text}' is not valid for this request"),
        )
    };
    let mut fields = text.split('-');
    let mut number = || fields.next().and_then(|f| u64::from_str_radix(f, 16).ok());
    let (whose, offset) = (number().ok_or_else(refuse)?, number().ok_or_else(refuse)?);
    let (count, empty) = (number().ok_or_else(refuse)?, number().ok_or_else(refuse)?);
    // Tokens are bound to the request that they continue, as AWS's are.
    if whose != context {
        return Err(refuse());
    }
    Ok(Position {
        offset: usize::try_from(offset).map_err(|_| refuse())?,
        number: u32::try_from(count).map_err(|_| refuse())?,
        after_empty: empty != 0,
    })
}

fn token(context: u64, at: Position) -> String {
    format!("{context:x}-{:x}-{:x}-{:x}", at.offset, at.number, u8::from(at.after_empty))
}

/// How many records the page may have; `None` for all of them without a token.
fn size(
    op: &Operation,
    page: &Page,
    input: &Value,
    fixed: usize,
) -> Result<Option<usize>, ApiError> {
    let asked = page.limit.as_ref().and_then(|name| input.get(name)).filter(|v| !v.is_null());
    let asked = match asked {
        None => None,
        Some(value) => {
            let number = value.as_u64().or_else(|| value.as_str().and_then(|t| t.parse().ok()));
            let number = number.and_then(|n| usize::try_from(n).ok());
            let good = number.filter(|n| (page.min..=page.max).contains(n));
            Some(good.ok_or_else(|| {
                let name = page.limit.as_deref().unwrap_or_default();
                let message = format!(
                    "Value ( {value} ) for parameter {name} is invalid. Expecting a value between {} and {}.",
                    page.min, page.max
                );
                refusal::invalid_input(op.service(), &message)
            })?)
        }
    };
    Ok(match asked {
        None if page.needs_limit => None,
        _ if fixed > 0 => Some(fixed),
        None => Some(page.default),
        Some(n) => Some(n.min(page.cap)),
    })
}

/// The page at a position, with the faults of paging.
pub(super) fn cut(
    op: &Operation,
    whole: Whole<'_>,
    input: &Value,
    context: u64,
    at: Position,
    fixed: usize,
    faults: &[FaultKind],
) -> Result<Value, ApiError> {
    let Whole { lists, mut rest } = whole;
    let Some(page) = &op.page else {
        for (name, items) in lists {
            rest.insert(name.to_owned(), items.into_iter().cloned().collect());
        }
        return Ok(Value::Object(rest));
    };
    let total: usize = lists.iter().map(|(_, items)| items.len()).sum();
    let size = size(op, page, input, fixed)?;
    let empty = faults.contains(&FaultKind::EmptyPageWithToken) && !at.after_empty;
    let start = at.offset.min(total);
    let end =
        if empty { start } else { size.map_or(total, |n| start.saturating_add(n).min(total)) };
    let twice = faults.contains(&FaultKind::DuplicateItems) && !empty && end > start;
    // The record before this page comes again; on the first page its own first does.
    let again = if start > 0 { start - 1 } else { start };
    let mut index = 0;
    for (name, items) in lists {
        let mut out = Vec::new();
        for item in items {
            if twice && index == again {
                out.push(item.clone());
            }
            if (start..end).contains(&index) {
                out.push(item.clone());
            }
            index += 1;
        }
        rest.insert(name.to_owned(), Value::Array(out));
    }
    let next = if faults.contains(&FaultKind::RepeatToken) {
        Some(at)
    } else if empty {
        Some(Position { after_empty: true, number: at.number.saturating_add(1), ..at })
    } else if end < total {
        Some(Position { offset: end, number: at.number.saturating_add(1), after_empty: false })
    } else {
        None
    };
    if let Some(more) = &page.more {
        rest.insert(more.clone(), Value::Bool(next.is_some()));
    }
    if let Some(next) = next {
        rest.insert(page.token_out.clone(), Value::String(token(context, next)));
    }
    Ok(Value::Object(rest))
}
