//! What a document of infrastructure code is, by what stands at its top.

use std::fmt;
use std::path::Path;

use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};

/// The forms that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `tenants.yaml`, whatever it is called.
    Manifest,
    /// A list of a stack's resources, as CloudFormation's API gives it.
    Stack,
    /// A Terraform state, and whatever is not known.
    State,
    /// Something that belongs to infrastructure code and declares nothing, with the reason.
    Other(&'static str),
}

const TEMPLATE: &str = "it is a CloudFormation template, which does not say what was made of it: \
    hand in the output of `aws cloudformation describe-stack-resources --stack-name NAME`";
const STACKS: &str = "it describes stacks without their resources: hand in the output of `aws \
    cloudformation describe-stack-resources --stack-name NAME`";
const CONFIGURATION: &str = "it is Terraform's configuration, which does not say what was made of \
    it: hand in the output of `terraform state pull`";
const SHOWN: &str = "it is the output of `terraform show -json`, which is no state: hand in that of \
    `terraform state pull`";
const ZIP: &str = "it is a zip archive, such as a saved plan of Terraform: hand in the output of \
    `terraform state pull`";
const ZSTD: &str = "it is compressed with zstd; the name of a snapshot ends in .tenko.zst";

const NO_MANIFEST: &str = "it is no manifest: none of its keys is one of a manifest's (`version`, \
    `tenants`, `baselines`, ...)";
const UNKNOWN: &str = "line 1, column 1: it is neither a Terraform state nor a list of a stack's \
    resources, which are JSON objects, nor a manifest, which has `tenants`";

/// The keys of a manifest.
const MANIFEST: [&str; 12] = [
    "version",
    "tenants",
    "baselines",
    "aws",
    "google",
    "ownership",
    "shared",
    "parity",
    "rules",
    "trust",
    "networks",
    "login",
];

/// Keys at the top of a JSON document that tell what it is; the first in the document decides.
const KEYS: [(&str, Form); 18] = [
    ("tenants", Form::Manifest),
    ("baselines", Form::Manifest),
    ("StackResources", Form::Stack),
    ("StackResourceSummaries", Form::Stack),
    ("Stacks", Form::Other(STACKS)),
    ("StackSummaries", Form::Other(STACKS)),
    ("AWSTemplateFormatVersion", Form::Other(TEMPLATE)),
    ("Resources", Form::Other(TEMPLATE)),
    ("format_version", Form::Other(SHOWN)),
    ("terraform", Form::Other(CONFIGURATION)),
    ("provider", Form::Other(CONFIGURATION)),
    ("resource", Form::Other(CONFIGURATION)),
    ("terraform_version", Form::State),
    ("serial", Form::State),
    ("lineage", Form::State),
    ("resources", Form::State),
    ("modules", Form::State),
    ("encrypted_data", Form::State),
];

impl Form {
    /// The form of a document. A large state is not parsed for it: what tells stands near its
    /// beginning.
    pub(crate) fn of(name: &str, bytes: &[u8]) -> Self {
        match bytes {
            [b'P', b'K', 3, 4, ..] => return Self::Other(ZIP),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => return Self::Other(ZSTD),
            _ => {}
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = text.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(b'{')
            && let Some(form) = of_json(text)
        {
            return form;
        }
        let extension = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default();
        let head = text.get(..text.len().min(65536)).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" if has_key(head, &["AWSTemplateFormatVersion", "Resources"]) => {
                Self::Other(TEMPLATE)
            }
            // What is in braces, empty or broken is for the parser to say.
            "yaml" | "yml" if head.contains(&b':') && first != Some(b'{') => {
                if has_key(head, &MANIFEST) { Self::Manifest } else { Self::Other(NO_MANIFEST) }
            }
            "yaml" | "yml" | "toml" => Self::Manifest,
            "tf" | "hcl" | "tofu" => Self::Other(CONFIGURATION),
            _ if has_key(head, &["tenants"]) => Self::Manifest,
            _ if has_key(head, &["AWSTemplateFormatVersion"]) => Self::Other(TEMPLATE),
            _ if first.is_some_and(|byte| byte.is_ascii_graphic() && byte != b'{') => {
                Self::Other(UNKNOWN)
            }
            _ => Self::State,
        }
    }
}

/// Whether a line of YAML begins with one of these keys.
fn has_key(text: &[u8], keys: &[&str]) -> bool {
    let is_key = |line: &[u8], key: &str| {
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        let rest = line.strip_prefix(key.as_bytes());
        rest.is_some_and(|rest| matches!(rest.first(), Some(b':' | b'"' | b' ')))
    };
    text.split(|byte| *byte == b'\n').any(|line| keys.iter().any(|key| is_key(line, key)))
}

/// What the first telling key of an object says. What is broken before it says nothing.
fn of_json(text: &[u8]) -> Option<Form> {
    let mut found = None;
    // Ends with an error of its own as soon as the form is known.
    let _ = serde_json::Deserializer::from_slice(text).deserialize_map(Top(&mut found));
    found
}

struct Top<'f>(&'f mut Option<Form>);

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if let Some((_, form)) = KEYS.iter().find(|(known, _)| *known == key) {
                *self.0 = Some(*form);
                return Err(A::Error::custom("known"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_apart_by_their_content() {
        for (name, text, form) in [
            ("a.tfstate", r#"{"version": 4, "serial": 1"#, Form::State),
            // An output may be called anything.
            (
                "a.tfstate",
                r#"{"version": 4, "outputs": {"tenants": {}}, "resources": []}"#,
                Form::State,
            ),
            ("a.json", r#"{"version": 1, "tenants": {}}"#, Form::Manifest),
            ("a.json", "\u{feff}\n{\"StackResources\": []}", Form::Stack),
            ("a.json", r#"{"Stacks": [{"Parameters": []}]}"#, Form::Other(STACKS)),
            ("a.json", r#"{"Description": "x", "Resources": {}}"#, Form::Other(TEMPLATE)),
            ("a.yaml", "Resources:\n  Web: {}\n", Form::Other(TEMPLATE)),
            ("a.yaml", r#"{"lineage": "x"}"#, Form::State),
            ("a.yml", "services: {}\n", Form::Other(NO_MANIFEST)),
            ("a.yml", "# ours\nversion: 1\n", Form::Manifest),
            ("a.yml", "{tenants: {", Form::Manifest),
            ("-", "version: 1\ntenants: {}\n", Form::Manifest),
            ("-", "anything else", Form::Other(UNKNOWN)),
            ("-", "[]", Form::Other(UNKNOWN)),
            ("-", "\u{0}\u{1}", Form::State),
            ("main.tf", "resource \"aws_vpc\" \"x\" {}\n", Form::Other(CONFIGURATION)),
            ("plan", "PK\u{3}\u{4}...", Form::Other(ZIP)),
            ("show.json", r#"{"format_version": "1.0", "values": {}}"#, Form::Other(SHOWN)),
            ("empty", "", Form::State),
            ("broken", "{\"a\": [1", Form::State),
        ] {
            assert_eq!(Form::of(name, text.as_bytes()), form, "{name}: {text}");
        }
    }

    #[test]
    fn nothing_hostile_is_known_or_panics() {
        let deep = format!("{{\"a\": {}", "[".repeat(100_000));
        assert_eq!(Form::of("x", deep.as_bytes()), Form::State);
        assert_eq!(Form::of("x", b"{\"\xff\xfe\": 1}"), Form::State);
    }
}
