//! YAML (and with it JSON) into the node tree, from parser events: no recursion, so that deep
//! nesting ends in an error and not in a crash.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::Number;

use crate::context::{Context, Pos};
use crate::node::{Key, Kind, MAX_NESTING, Node, map};

/// How much may be copied for anchors and aliases, in nodes (long texts count as several): a few
/// lines of nested aliases would otherwise grow into gigabytes.
const MAX_COPIED: usize = 1_000_000;

/// How large a finished node is.
#[derive(Clone, Copy, Default)]
struct Size {
    weight: usize,
    height: usize,
}

/// A list or map that is not yet closed.
struct Frame {
    pos: Pos,
    anchor: usize,
    size: Size,
    items: Vec<Node>,
    entries: Vec<(Key, Node)>,
    key: Option<Key>,
    is_map: bool,
}

struct Builder<'c, 'a> {
    context: &'c mut Context<'a>,
    file: u32,
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Node, Size)>,
    copied: usize,
    root: Option<Node>,
    failed: bool,
}

/// Reads one document. `None` when it is no YAML at all; the errors are in the context.
pub(crate) fn parse(context: &mut Context<'_>, file: u32, text: &str) -> Option<Node> {
    let mut builder = Builder {
        context,
        file,
        stack: vec![],
        anchors: HashMap::new(),
        copied: 0,
        root: None,
        failed: false,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => builder.syntax(&error),
        }
        if builder.failed {
            return None;
        }
    }
    if builder.root.is_none() {
        let pos = Pos { file, ..Pos::default() };
        builder.context.error(pos, "the file is empty").help("begin with `version: 1`");
    }
    builder.root
}

impl Builder<'_, '_> {
    fn pos(&self, span: &Span) -> Pos {
        let one_line = span.start.line() == span.end.line();
        let width = if one_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
        Pos {
            file: self.file,
            line: u32::try_from(span.start.line()).unwrap_or(u32::MAX),
            column: u32::try_from(span.start.col() + 1).unwrap_or(u32::MAX),
            width: u32::try_from(width.max(1)).unwrap_or(u32::MAX),
        }
    }

    fn fail(&mut self, pos: Pos, message: impl Into<String>, help: &str) {
        self.failed = true;
        let report = self.context.error(pos, message);
        if !help.is_empty() {
            report.help(help);
        }
    }

    fn syntax(&mut self, error: &ScanError) {
        let pos = self.pos(&Span::empty(*error.marker()));
        self.fail(pos, format!("this is not valid YAML: {}", error.info()), "");
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        let pos = self.pos(&span);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(_) => {
                if self.root.is_some() {
                    let help = "give the second document a file of its own";
                    self.fail(pos, "a file holds one document, and here begins a second", help);
                }
            }
            Event::Alias(id) => self.alias(id, pos),
            Event::Scalar(text, style, anchor, tag) => {
                let keep_text = self.tag(tag.as_deref(), pos) || style != ScalarStyle::Plain;
                let kind = if keep_text { Kind::Text(text.into_owned()) } else { resolve(&text) };
                let size = Size { weight: weight(&kind), height: 0 };
                self.add(Node { pos, kind }, anchor, size, keep_text);
            }
            Event::SequenceStart(anchor, tag) => self.open(pos, anchor, tag.as_deref(), false),
            Event::MappingStart(anchor, tag) => self.open(pos, anchor, tag.as_deref(), true),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    /// Whether the tag makes it text.
    fn tag(&mut self, tag: Option<&Tag>, pos: Pos) -> bool {
        let Some(tag) = tag else { return false };
        if !tag.is_yaml_core_schema() {
            let help = "functions such as `!Ref` are not evaluated here; write the value itself";
            self.context.error(pos, format!("the tag `{tag}` has no meaning here")).help(help);
        }
        tag.suffix == "str"
    }

    fn open(&mut self, pos: Pos, anchor: usize, tag: Option<&Tag>, is_map: bool) {
        self.tag(tag, pos);
        if self.stack.len() >= MAX_NESTING {
            return self.too_deep(pos);
        }
        self.stack.push(Frame {
            pos,
            anchor,
            size: Size { weight: 1, height: 0 },
            items: vec![],
            entries: vec![],
            key: None,
            is_map,
        });
    }

    fn close(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        let kind =
            if frame.is_map { map(self.context, frame.entries) } else { Kind::Seq(frame.items) };
        let size = Size { height: frame.size.height + 1, ..frame.size };
        self.add(Node { pos: frame.pos, kind }, frame.anchor, size, false);
    }

    fn too_deep(&mut self, pos: Pos) {
        self.fail(pos, format!("nested deeper than {MAX_NESTING} levels"), "");
    }

    fn alias(&mut self, id: usize, pos: Pos) {
        let Some(size) = self.anchors.get(&id).map(|(_, size)| *size) else {
            return self.fail(pos, "this alias stands inside of what it names", "");
        };
        if self.stack.len() + size.height > MAX_NESTING {
            return self.too_deep(pos);
        }
        if !self.copy(size.weight, pos) {
            return;
        }
        if let Some((node, _)) = self.anchors.get(&id) {
            // The place of the alias: whoever reads the message looks at this line.
            let kind = node.kind.clone();
            self.add(Node { pos, kind }, 0, size, false);
        }
    }

    /// Whether this much more may be copied.
    fn copy(&mut self, weight: usize, pos: Pos) -> bool {
        self.copied = self.copied.saturating_add(weight);
        if self.copied > MAX_COPIED {
            let help = "write a baseline for what several environments have in common";
            self.fail(pos, "the aliases of this file expand to too much", help);
        }
        !self.failed
    }

    fn add(&mut self, node: Node, anchor: usize, size: Size, quoted: bool) {
        if anchor > 0 {
            if !self.copy(size.weight, node.pos) {
                return;
            }
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.size.weight = frame.size.weight.saturating_add(size.weight);
        frame.size.height = frame.size.height.max(size.height);
        if !frame.is_map {
            frame.items.push(node);
        } else if let Some(key) = frame.key.take() {
            frame.entries.push((key, node));
        } else {
            let key = self.key(node, quoted);
            if let Some(frame) = self.stack.last_mut() {
                frame.key = Some(key);
            }
        }
    }

    fn key(&mut self, node: Node, quoted: bool) -> Key {
        let pos = node.pos;
        let text = node.scalar().unwrap_or_else(|| {
            self.context
                .error(pos, format!("a key must be text, and this is {}", node.kind_name()));
            String::new()
        });
        if text == "<<" && !quoted {
            self.context
                .error(pos, "merge keys (`<<`) are not read")
                .help("write a baseline for what several environments have in common");
        }
        Key { pos, text, quoted }
    }
}

fn weight(kind: &Kind) -> usize {
    if let Kind::Text(text) = kind { 1 + text.len() / 32 } else { 1 }
}

/// The value of a plain scalar by the core schema of YAML 1.2: `no` and `on` are text.
fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        _ => {}
    }
    match number(text) {
        Some(number) => Kind::Number(number, text.to_owned()),
        None => Kind::Text(text.to_owned()),
    }
}

fn number(text: &str) -> Option<Number> {
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().map(Number::from);
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    // Rust also reads `inf` and `nan`, which JSON does not have.
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    plain
        .parse::<i64>()
        .map(Number::from)
        .or_else(|_| plain.parse::<u64>().map(Number::from))
        .ok()
        .or_else(|| plain.parse().ok().and_then(Number::from_f64))
}
