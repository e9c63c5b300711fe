//! XML of AWS to JSON, with caps, all or nothing.
//!
//! # Shapes
//! - An element with text is a string. Everything in XML is: numbers and booleans are told apart by whoever knows the
//!   member.
//! - An element without text and children is `null`, or `[]` when it is one of the operation's `lists`. (An empty
//!   string can't be told from an empty structure; `null` can be indexed like either.)
//! - An element named in `lists` is an array of its children, whatever they are called and however few.
//! - Children called `member` make their parent an array, however few; `entry` children with `key` and `value` make
//!   it an object. No structure of the query protocol has members of these names.
//! - Another child that repeats is an array under its name.
//! - Attributes (namespaces, `xsi:type`) and comments are not looked at; names lose their prefix.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

/// No response of AWS comes near this depth.
pub const MAX_DEPTH: usize = 64;

/// Why a body is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// It is not well-formed; `0` says where and why.
    #[error("malformed XML {0}")]
    Malformed(String),
    /// It ends inside an element.
    #[error("XML ends inside <{0}>")]
    Truncated(String),
    /// It nests deeper than [`MAX_DEPTH`].
    #[error("XML nests deeper than {MAX_DEPTH}")]
    TooDeep,
    /// There is no element at all, or more than one.
    #[error("XML has no single root element")]
    NoRoot,
}

struct Open {
    name: String,
    text: String,
    children: Vec<(String, Value)>,
}

/// Parses a body. The result is the root element's name and value.
///
/// # Errors
/// [`XmlError`]; there is no partial result.
pub fn parse(body: &str, lists: &[String]) -> Result<(String, Value), XmlError> {
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut stack: Vec<Open> = Vec::new();
    let mut root: Option<(String, Value)> = None;
    loop {
        let event = reader.read_event().map_err(|error| match stack.last() {
            // quick-xml reports an unclosed element as an error at the end of the input.
            Some(open) if reader.buffer_position() as usize >= body.len() => {
                XmlError::Truncated(open.name.clone())
            }
            _ => XmlError::Malformed(format!("at byte {}: {error}", reader.error_position())),
        })?;
        match event {
            Event::Start(start) => {
                if root.is_some() && stack.is_empty() {
                    return Err(XmlError::NoRoot);
                }
                if stack.len() >= MAX_DEPTH {
                    return Err(XmlError::TooDeep);
                }
                let name = start.local_name().into_inner().to_owned();
                stack.push(Open { name, text: String::new(), children: Vec::new() });
            }
            Event::End(_) => {
                let Some(open) = stack.pop() else { return Err(XmlError::NoRoot) };
                let (name, value) = close(open, lists);
                match stack.last_mut() {
                    Some(parent) => parent.children.push((name, value)),
                    None => root = Some((name, value)),
                }
            }
            Event::Text(text) => push(&mut stack, &text.xml10_content()),
            Event::CData(text) => push(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                push(&mut stack, resolve(&reference)?.encode_utf8(&mut [0; 4]))
            }
            // A document type can define entities; AWS sends none.
            Event::DocType(_) => {
                return Err(XmlError::Malformed("with a document type".to_owned()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (stack.pop(), root) {
        (Some(open), _) => Err(XmlError::Truncated(open.name)),
        (None, Some(root)) => Ok(root),
        (None, None) => Err(XmlError::NoRoot),
    }
}

fn push(stack: &mut [Open], text: &str) {
    if let Some(open) = stack.last_mut() {
        open.text.push_str(text);
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Ok(character);
    }
    match &*reference.xml10_content() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(XmlError::Malformed(format!("with an unknown entity &{other};"))),
    }
}

fn close(open: Open, lists: &[String]) -> (String, Value) {
    let Open { name, text, children } = open;
    let listed = lists.contains(&name);
    let all =
        |wanted: &str| !children.is_empty() && children.iter().all(|(child, _)| child == wanted);
    let value = if listed || all("member") {
        Value::Array(children.into_iter().map(|(_, value)| value).collect())
    } else if children.is_empty() {
        // Text beside children is indentation; text alone is the value, spaces included.
        if text.is_empty() { Value::Null } else { Value::String(text) }
    } else if all("entry") {
        entries(children)
    } else {
        members(children)
    };
    (name, value)
}

fn members(children: Vec<(String, Value)>) -> Value {
    let mut map = Map::new();
    let mut repeated: Vec<String> = Vec::new();
    for (name, value) in children {
        match map.get_mut(&name) {
            None => {
                map.insert(name, value);
            }
            Some(Value::Array(values)) if repeated.contains(&name) => values.push(value),
            Some(first) => {
                *first = Value::Array(vec![first.take(), value]);
                repeated.push(name);
            }
        }
    }
    Value::Object(map)
}

fn entries(children: Vec<(String, Value)>) -> Value {
    let mut map = Map::new();
    for (_, entry) in &children {
        match (entry.get("key"), entry.get("value")) {
            (Some(Value::String(key)), value) => {
                map.insert(key.clone(), value.cloned().unwrap_or_default());
            }
            _ => return Value::Array(children.into_iter().map(|(_, value)| value).collect()),
        }
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(body: &str, lists: &[&str]) -> Value {
        let lists: Vec<String> = lists.iter().map(|s| (*s).to_owned()).collect();
        parse(body, &lists).expect("well-formed").1
    }

    #[test]
    fn a_lone_member_is_a_list_of_one() {
        assert_eq!(
            value("<R><Tags><member><Key>a</Key></member></Tags></R>", &[]),
            json!({"Tags": [{"Key": "a"}]})
        );
        assert_eq!(
            value(
                "<R><DBInstances><DBInstance><Id>a</Id></DBInstance></DBInstances></R>",
                &["DBInstances"]
            ),
            json!({"DBInstances": [{"Id": "a"}]})
        );
    }

    #[test]
    fn an_empty_element_is_null_or_an_empty_list() {
        assert_eq!(
            value("<R><A/><B></B><L/><M>\n  </M></R>", &["L"]),
            json!({"A": null, "B": null, "L": [], "M": "\n  "})
        );
    }

    #[test]
    fn entries_are_an_object() {
        let body = "<R><Map><entry><key>Users</key><value>3</value></entry><entry><key>E</key><value/></entry></Map></R>";
        assert_eq!(value(body, &[]), json!({"Map": {"Users": "3", "E": null}}));
    }

    #[test]
    fn repeated_elements_are_an_array() {
        assert_eq!(
            value("<R><A>1</A><B>x</B><A>2</A><A>3</A></R>", &[]),
            json!({"A": ["1", "2", "3"], "B": "x"})
        );
    }

    #[test]
    fn text_is_unescaped_and_prefixes_dropped() {
        assert_eq!(
            value(
                r#"<?xml version="1.0"?><a:R xmlns:a="u"><a:T>x &lt;&amp;&#65;&#x42; <![CDATA[<y>]]></a:T></a:R>"#,
                &[]
            ),
            json!({"T": "x <&AB <y>"})
        );
    }

    #[test]
    fn what_is_not_whole_is_an_error() {
        for body in [
            "",
            "  ",
            "<R>",
            "<R><A>x</A>",
            "<R><A>x</",
            "<R><A>x",
            "<R></A></R>",
            "<R>&nope;</R>",
            "<R/><R/>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><R/>",
            "plain text",
        ] {
            assert!(parse(body, &[]).is_err(), "{body:?} was accepted");
        }
    }

    #[test]
    fn depth_is_capped() {
        let deep = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
        assert!(parse(&deep(MAX_DEPTH), &[]).is_ok());
        assert_eq!(parse(&deep(MAX_DEPTH + 1), &[]), Err(XmlError::TooDeep));
        assert_eq!(parse(&"<a>".repeat(1_000_000), &[]), Err(XmlError::TooDeep));
    }
}
