//! Reads back the YAML that is written: block style, and texts in double quotes or plain keys. Whatever
//! else stands there is an error, so that nothing gets by as something that it is not.

use serde_json::{Map, Value};

pub(crate) fn parse(text: &str) -> Value {
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| (line.len() - line.trim_start().len(), line.trim_start()))
        .collect();
    let mut at = 0;
    let value = block(&lines, &mut at, 0);
    assert_eq!(at, lines.len(), "left: {:?}", lines.get(at));
    value
}

fn block(lines: &[(usize, &str)], at: &mut usize, indent: usize) -> Value {
    let is_item = |line: &str| line == "-" || line.starts_with("- ");
    if is_item(lines[*at].1) {
        let mut all = Vec::new();
        while *at < lines.len() && lines[*at].0 == indent && is_item(lines[*at].1) {
            let rest = lines[*at].1[1..].trim_start();
            if rest.is_empty() {
                *at += 1;
                all.push(block(lines, at, indent + 2));
            } else if key(rest).is_none() {
                all.push(scalar(rest));
                *at += 1;
            } else {
                // A map whose first entry stands behind the dash.
                let mut own = lines.to_vec();
                own[*at] = (indent + 2, rest);
                all.push(block(&own, at, indent + 2));
            }
        }
        return Value::Array(all);
    }
    let mut map = Map::new();
    while *at < lines.len() && lines[*at].0 == indent {
        let (name, rest) = key(lines[*at].1).expect("a key");
        *at += 1;
        let value = match rest {
            "" => block(lines, at, indent + 2),
            rest => scalar(rest),
        };
        assert!(map.insert(name.clone(), value).is_none(), "{name} twice");
    }
    Value::Object(map)
}

fn key(line: &str) -> Option<(String, &str)> {
    let (name, rest) = match line.starts_with('"') {
        true => {
            let mut texts = serde_json::Deserializer::from_str(line).into_iter::<String>();
            let name = texts.next()?.ok()?;
            (name, line.get(texts.byte_offset()..)?.strip_prefix(':')?)
        }
        false => {
            let end = line.find(": ").or_else(|| line.strip_suffix(':').map(str::len))?;
            (line[..end].to_owned(), &line[end + 1..])
        }
    };
    Some((name, rest.strip_prefix(' ').unwrap_or(rest)))
}

fn scalar(text: &str) -> Value {
    match text {
        "[]" => Value::Array(Vec::new()),
        "{}" => Value::Object(Map::new()),
        text => serde_json::from_str(text).expect(text),
    }
}
