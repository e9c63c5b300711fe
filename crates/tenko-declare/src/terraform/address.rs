//! Addresses as `terraform state list` prints them.

use std::fmt::Write;

use serde_json::Value;

/// Appends the key of an instance: `[0]`, `["web"]`.
pub(super) fn push_key(address: &mut String, key: &Value) {
    match key {
        Value::Null => {}
        Value::String(text) => {
            address.push('[');
            quote(address, text);
            address.push(']');
        }
        other => {
            let _ = write!(address, "[{other}]");
        }
    }
}

/// HCL's quoting: as Go's, with template markers doubled (Terraform, `addrs.StringKey`).
fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if rest.as_str().starts_with('{') => out.extend([c, c]),
            c if is_printed(c) => out.push(c),
            c if u32::from(c) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
}

/// What Go prints: letters, marks, numbers, punctuation, symbols and the space; not what controls
/// how others are shown.
fn is_printed(c: char) -> bool {
    let hidden = matches!(u32::from(c),
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e
        | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xe0000..=0x10_ffff);
    c == ' ' || !(hidden || c.is_control() || c.is_whitespace())
}

/// Terraform 0.11's form of a module path: `["root", "a", "b"]` is `module.a.module.b`.
pub(super) fn module_of_path(path: &[String]) -> String {
    let mut out = String::new();
    for name in path.iter().skip(usize::from(path.first().is_some_and(|p| p == "root"))) {
        let dot = if out.is_empty() { "" } else { "." };
        let _ = write!(out, "{dot}module.{name}");
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_quoted_as_terraform_does() {
        let key = |key: Value| {
            let mut out = String::from("aws_vpc.a");
            push_key(&mut out, &key);
            out
        };
        assert_eq!(key(json!(null)), "aws_vpc.a");
        assert_eq!(key(json!(0)), "aws_vpc.a[0]");
        assert_eq!(key(json!("eu-west-1")), r#"aws_vpc.a["eu-west-1"]"#);
        assert_eq!(key(json!("a\"b\\c\n")), r#"aws_vpc.a["a\"b\\c\n"]"#);
        assert_eq!(key(json!("${x}%{y}$z")), r#"aws_vpc.a["$${x}%%{y}$z"]"#);
        assert_eq!(key(json!("é 点\u{202e}\u{7}")), "aws_vpc.a[\"é 点\\u202e\\u0007\"]");
    }

    #[test]
    fn old_module_paths() {
        assert_eq!(module_of_path(&["root".into()]), "");
        assert_eq!(module_of_path(&["root".into(), "a".into(), "b".into()]), "module.a.module.b");
    }
}
