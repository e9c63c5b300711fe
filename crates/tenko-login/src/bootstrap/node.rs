//! Values as they are written into templates: YAML for CloudFormation, HCL for Terraform.
//!
//! Every text that comes from outside goes through here, so that none can end its string or its
//! comment and become part of the template.

use std::fmt::Write as _;

use serde_json::Value;

/// A value of a template. Maps keep their order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Number(u32),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// An expression of HCL, written as it is: never a text from outside.
    Expression(&'static str),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Node {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<Node>> for Node {
    fn from(nodes: Vec<Node>) -> Self {
        Self::List(nodes)
    }
}

/// A map from its entries.
pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Node {
    Node::Map(entries.into_iter().map(|(key, node)| (key.into(), node)).collect())
}

/// A list of texts.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Node {
    Node::List(texts.into_iter().map(Node::from).collect())
}

/// A policy document: texts, lists and maps. The elements of its statements are put in the order in
/// which people read them.
pub(super) fn policy(value: &Value) -> Node {
    const ORDER: [&str; 7] =
        ["Version", "Sid", "Effect", "Principal", "Action", "NotAction", "Resource"];
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Array(values) => Node::List(values.iter().map(policy).collect()),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            let place = |key: &str| ORDER.iter().position(|one| *one == key);
            entries.sort_by_key(|(key, _)| place(key).unwrap_or(ORDER.len()));
            map(entries.into_iter().map(|(key, value)| (key.as_str(), policy(value))))
        }
        other => other.to_string().into(),
    }
}

/// The value as JSON; an expression is a text.
pub(super) fn json(node: &Node) -> Value {
    match node {
        Node::Text(text) => text.as_str().into(),
        Node::Number(number) => (*number).into(),
        Node::List(nodes) => nodes.iter().map(json).collect(),
        Node::Map(entries) => {
            Value::Object(entries.iter().map(|(key, node)| (key.clone(), json(node))).collect())
        }
        Node::Expression(text) => (*text).into(),
    }
}

/// A text for a comment: one line, and nothing in it that a terminal or a parser takes for more
/// than a character.
pub(super) fn comment(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => shown.push(c),
            other => shown.extend(other.escape_debug()),
        }
    }
    shown
}

/// A value as YAML in block style, `indent` spaces in, with a line break at its end. Texts are in
/// double quotes, so that none is taken for a number, a boolean or a reference.
pub(super) fn yaml(node: &Node, indent: usize) -> String {
    let mut out = String::new();
    block(&mut out, node, indent);
    out
}

fn block(out: &mut String, node: &Node, indent: usize) {
    match node {
        Node::Map(entries) if !entries.is_empty() => {
            for (key, node) in entries {
                pad(out, indent);
                entry(out, key, node, indent);
            }
        }
        Node::List(nodes) if !nodes.is_empty() => {
            for node in nodes {
                pad(out, indent);
                out.push('-');
                match node {
                    // The first entry stands behind the dash.
                    Node::Map(entries) if !entries.is_empty() => {
                        for (i, (key, node)) in entries.iter().enumerate() {
                            match i {
                                0 => out.push(' '),
                                _ => pad(out, indent + 2),
                            }
                            entry(out, key, node, indent + 2);
                        }
                    }
                    Node::List(nodes) if !nodes.is_empty() => {
                        out.push('\n');
                        block(out, node, indent + 2);
                    }
                    scalar => {
                        out.push(' ');
                        line(out, scalar);
                    }
                }
            }
        }
        scalar => {
            pad(out, indent);
            line(out, scalar);
        }
    }
}

fn entry(out: &mut String, key: &str, node: &Node, indent: usize) {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_');
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(plain)
        && !key.ends_with(':');
    match is_plain {
        true => out.push_str(key),
        false => quoted_yaml(out, key),
    }
    let is_block = match node {
        Node::Map(entries) => !entries.is_empty(),
        Node::List(nodes) => !nodes.is_empty(),
        _ => false,
    };
    if is_block {
        out.push_str(":\n");
        block(out, node, indent + 2);
    } else {
        out.push_str(": ");
        line(out, node);
    }
}

fn line(out: &mut String, node: &Node) {
    match node {
        Node::Text(text) => quoted_yaml(out, text),
        Node::Number(number) => out.push_str(&number.to_string()),
        Node::List(_) => out.push_str("[]"),
        Node::Map(_) => out.push_str("{}"),
        Node::Expression(text) => quoted_yaml(out, text),
    }
    out.push('\n');
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn quoted_yaml(out: &mut String, text: &str) {
    quoted(out, text, |_, _| false);
}

/// A string of HCL, in which nothing is an interpolation or a directive.
pub(super) fn hcl_text(text: &str) -> String {
    let mut out = String::new();
    quoted(&mut out, text, |c, next| matches!(c, '$' | '%') && next == Some('{'));
    out
}

/// In double quotes, with what is not printable ASCII as an escape that YAML and HCL both have.
fn quoted(out: &mut String, text: &str, twice: impl Fn(char, Option<char>) -> bool) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // Writing into a String does not fail.
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            c if twice(c, chars.peek().copied()) => write!(out, "{c}{c}"),
            ' '..='~' => write!(out, "{c}"),
            c if u32::from(c) > 0xffff => write!(out, "\\U{:08x}", u32::from(c)),
            c => write!(out, "\\u{:04x}", u32::from(c)),
        };
    }
    out.push('"');
}

/// A value as an expression of HCL as `terraform fmt` writes it, without a line break at its end.
/// It begins on a line that is `indent` spaces in.
pub(super) fn hcl(node: &Node, indent: usize) -> String {
    match node {
        Node::Text(text) => hcl_text(text),
        Node::Number(number) => number.to_string(),
        Node::Expression(text) => (*text).to_owned(),
        Node::List(nodes) => {
            const WIDTH: usize = 100;
            let items: Vec<_> = nodes.iter().map(|node| hcl(node, indent + 2)).collect();
            let short = format!("[{}]", items.join(", "));
            if !short.contains('\n') && short.len() + indent <= WIDTH {
                return short;
            }
            let line = |item: &String| format!("{}{item},\n", " ".repeat(indent + 2));
            let lines: String = items.iter().map(line).collect();
            format!("[\n{lines}{}]", " ".repeat(indent))
        }
        Node::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Node::Map(entries) => {
            format!("{{\n{}{}}}", attributes(entries, indent + 2), " ".repeat(indent))
        }
    }
}

/// Entries one a line; `=` stands below `=` between lines that hold a whole value.
fn attributes(entries: &[(String, Node)], indent: usize) -> String {
    let rows: Vec<_> =
        entries.iter().map(|(key, node)| (hcl_key(key), hcl(node, indent))).collect();
    let mut out = String::new();
    for run in rows.chunk_by(|a, b| !a.1.contains('\n') && !b.1.contains('\n')) {
        let width = run.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        for (key, value) in run {
            let _ = writeln!(out, "{}{key:width$} = {value}", " ".repeat(indent));
        }
    }
    out
}

fn hcl_key(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { key.to_owned() } else { hcl_text(key) }
}
