//! What a manifest may look like, as data: the same tables check the node tree and make the
//! published JSON Schema, so that the two cannot disagree.

use serde_json::{Map, Value, json};

use crate::context::{Context, Pos};
use crate::grammar::elsewhere;
use crate::node::{Kind, Node};

/// What a value may be.
pub(crate) enum Shape {
    /// Text that is not empty.
    Text,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// The number of the manifest's version.
    Version,
    /// An account or project: text, or an account number without quotes.
    Scope,
    /// An environment as `TENANT/ENVIRONMENT`, or what [`Shape::Scope`] is.
    EnvironmentOrScope,
    /// Text that may look like a number.
    Label,
    /// Text of a certain form: what it is, and the pattern for the schema. The reader says more
    /// of what is wrong with it than a pattern could.
    Form(&'static str, &'static str),
    /// The expectation about an attribute.
    Matcher,
    /// The expectation about a tag; a value is text, and may be written as a number.
    TagMatcher,
    /// The tag of an ignore rule: a value, or `{present: true}`.
    IgnoredTag,
    /// A list.
    List(&'static Self),
    /// A list, which may be left empty: what is left when the last element is deleted.
    ListOrNothing(&'static Self),
    /// A map with keys of one's own; the text says what they are.
    Map(&'static str, &'static Self),
    /// A map with the keys of a table.
    Object(&'static Object),
    /// Text, or a map with the keys of a table.
    TextOr(&'static Object),
}

/// The keys that a map may have.
pub(crate) struct Object {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static [&'static str],
    pub(crate) fields: &'static [Field],
}

/// One key of an [`Object`].
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) doc: &'static [&'static str],
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// Writes an [`Object`] as a table whose doc comments are the schema's descriptions.
macro_rules! object {
    ($(#[doc = $doc:literal])* $name:ident $title:literal {
        $($(#[doc = $field_doc:literal])* $need:ident $key:ident: $shape:expr,)*
    }) => {
        $(#[doc = $doc])*
        pub(crate) static $name: $crate::shape::Object = $crate::shape::Object {
            name: $title,
            doc: &[$($doc),*],
            fields: &[$($crate::shape::Field {
                key: stringify!($key),
                doc: &[$($field_doc),*],
                required: object!(@ $need),
                shape: $shape,
            }),*],
        };
    };
    (@ required) => { true };
    (@ optional) => { false };
}
pub(crate) use object;

/// Reports everything in the node that is not of this shape. `at` is where to point when the
/// value itself has no place to point at; `what` names it.
pub(crate) fn check(context: &mut Context<'_>, shape: &Shape, node: &Node, at: Pos, what: &str) {
    match (shape, &node.kind) {
        (Shape::Text | Shape::TextOr(_), Kind::Text(text)) if !text.is_empty() => {}
        (
            Shape::Text
            | Shape::Scope
            | Shape::EnvironmentOrScope
            | Shape::Label
            | Shape::Form(..)
            | Shape::TextOr(_),
            Kind::Text(text),
        ) if text.is_empty() => {
            context.error(node.pos, format!("`{what}` is empty"));
        }
        (Shape::Form(..), Kind::Text(_)) => {}
        (Shape::Text, Kind::Number(_, raw)) => {
            wrong(context, shape, node, at, what, &format!("write it in quotes: \"{raw}\""));
        }
        (Shape::Word(words), Kind::Text(text)) => {
            if !words.contains(&text.as_str()) {
                let meant = context.closest(text, words.iter().copied());
                let message = format!("`{what}` is `{text}`; it can be {}", either(words));
                context.error(node.pos, message).did_you_mean(meant);
            }
        }
        (Shape::Version, Kind::Number(number, _)) => {
            if number.as_u64() != Some(1) {
                let message = format!("version {number} is not known to this release");
                context.error(node.pos, message).help("write `version: 1`");
            }
        }
        (
            Shape::Scope | Shape::EnvironmentOrScope | Shape::Label,
            Kind::Text(_) | Kind::Number(..),
        ) => {}
        (Shape::Matcher | Shape::TagMatcher, Kind::Null) => {
            let help = "for an attribute or tag that must not be there write `{present: false}`";
            context.error(at, format!("`{what}` has no value")).help(help);
        }
        // The rest about matchers is said where they are decoded.
        (Shape::Matcher, _) => {}
        (
            Shape::TagMatcher | Shape::IgnoredTag,
            Kind::Text(_) | Kind::Number(..) | Kind::Bool(_) | Kind::Map(_),
        ) => {}
        (Shape::ListOrNothing(_), Kind::Null) => {}
        (Shape::List(inner) | Shape::ListOrNothing(inner), Kind::Seq(items)) => {
            for item in items {
                check(context, inner, item, item.pos, what);
            }
        }
        (Shape::Map(_, inner), Kind::Map(entries)) => {
            for (key, value) in entries {
                check(context, inner, value, key.pos, &key.text);
            }
        }
        (Shape::Object(object) | Shape::TextOr(object), Kind::Map(_)) => {
            check_object(context, object, node, at)
        }
        (Shape::List(_), Kind::Text(text)) => {
            wrong(context, shape, node, at, what, &format!("write `[{text}]`"));
        }
        (Shape::Object(object), Kind::Text(_))
            if object.fields.iter().any(|f| f.key == "terraform") =>
        {
            wrong(context, shape, node, at, what, "write `terraform: ` before it");
        }
        (Shape::Object(object), Kind::Seq(_))
            if object.fields.iter().any(|f| f.key == "scopes") =>
        {
            let help = "an environment is a map: write the accounts below `scopes`";
            wrong(context, shape, node, at, what, help);
        }
        _ => wrong(context, shape, node, at, what, ""),
    }
}

fn wrong(context: &mut Context<'_>, shape: &Shape, node: &Node, at: Pos, what: &str, help: &str) {
    let pos =
        if matches!(node.kind, Kind::Null | Kind::Map(_) | Kind::Seq(_)) { at } else { node.pos };
    let message = format!("`{what}` must be {}, not {}", shape.name(), node.kind_name());
    let report = context.error(pos, message);
    if !help.is_empty() {
        report.help(help);
    }
}

fn check_object(context: &mut Context<'_>, object: &Object, node: &Node, at: Pos) {
    let mut meant_keys = Vec::new();
    for (key, value) in node.entries() {
        match object.fields.iter().find(|f| f.key == key.text) {
            Some(field) => check(context, &field.shape, value, key.pos, field.key),
            None => {
                let keys = object.fields.iter().map(|f| f.key);
                let meant = context.closest(&key.text, keys.clone());
                let known: Vec<_> = keys.collect();
                meant_keys.extend(meant);
                let elsewhere = elsewhere(object.name, &key.text);
                let report = context
                    .error(key.pos, format!("unknown key `{}` in {}", key.text, object.name));
                match (elsewhere, meant) {
                    (Some(help), _) => report.help(help),
                    (None, Some(_)) => report.did_you_mean(meant),
                    (None, None) => report.help(format!("it can have {}", either(&known))),
                };
            }
        }
    }
    // A misspelt key is not missing as well.
    let missing =
        |f: &&Field| f.required && node.get(f.key).is_none() && !meant_keys.contains(&f.key);
    for field in object.fields.iter().filter(missing) {
        let message = format!("{} needs the key `{}`", object.name, field.key);
        context.error(at, message).help(first_sentence(field.doc));
    }
}

/// `a`, `b` or `c`.
pub(crate) fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(|w| format!("`{w}`")).collect();
            format!("{} or `{last}`", rest.join(", "))
        }
    }
}

fn first_sentence(doc: &[&str]) -> String {
    let text = describe(doc);
    text.split_inclusive(". ").next().unwrap_or_default().trim().to_owned()
}

fn describe(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

impl Shape {
    /// What to write, for messages.
    fn name(&self) -> &'static str {
        match self {
            Self::Text | Self::Word(_) | Self::Label => "text",
            Self::Version => "the number 1",
            Self::Scope => "an account or project",
            Self::EnvironmentOrScope => "an environment, an account or a project",
            Self::Form(what, _) => what,
            Self::Matcher => "a value or a matcher",
            Self::TagMatcher | Self::IgnoredTag => "a tag's value or a matcher",
            Self::List(_) | Self::ListOrNothing(_) => "a list",
            Self::Map(..) | Self::Object(_) => "a map",
            Self::TextOr(_) => "text or a map",
        }
    }

    /// The JSON Schema of this shape. Tables go to `defs`.
    pub(crate) fn schema(&self, defs: &mut Map<String, Value>) -> Value {
        let reference = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
        match self {
            Self::Text => json!({"type": "string", "minLength": 1}),
            Self::Word(words) => json!({"enum": words}),
            Self::Version => json!({"const": 1}),
            Self::Scope => json!({"anyOf": [
                {"type": "string", "pattern": "^([0-9]{12}|[a-z][a-z0-9-]*:.+)$"},
                {"type": "integer", "minimum": 100_000_000_000_u64, "maximum": 999_999_999_999_u64},
            ]}),
            Self::EnvironmentOrScope => json!({"anyOf": [
                {"type": "string", "pattern": "^([0-9]{12}|[a-z][a-z0-9-]*:.+|.+/.+)$"},
                {"type": "integer", "minimum": 100_000_000_000_u64, "maximum": 999_999_999_999_u64},
            ]}),
            Self::Label => json!({"anyOf": [Self::Text.schema(defs), {"type": "number"}]}),
            Self::Form(_, pattern) => json!({"type": "string", "pattern": pattern}),
            Self::Matcher => {
                define(defs, "Matcher", || matcher_schema(&json!({"not": {"type": "null"}})));
                reference("Matcher")
            }
            Self::TagMatcher => {
                define(defs, "TagMatcher", || matcher_schema(&tag_value()));
                reference("TagMatcher")
            }
            Self::IgnoredTag => json!({"anyOf": [tag_value(), {
                "type": "object",
                "properties": {"present": {"const": true}},
                "required": ["present"],
                "additionalProperties": false,
            }]}),
            Self::List(inner) => json!({"type": "array", "items": inner.schema(defs)}),
            Self::ListOrNothing(inner) => {
                json!({"type": ["array", "null"], "items": inner.schema(defs)})
            }
            Self::Map(keys, inner) => json!({
                "type": "object",
                "description": keys,
                "additionalProperties": inner.schema(defs),
            }),
            Self::TextOr(object) => {
                json!({"anyOf": [Self::Text.schema(defs), Self::Object(object).schema(defs)]})
            }
            Self::Object(object) => {
                let name = object.name_in_schema();
                if !defs.contains_key(&name) {
                    // Before its fields, so that a table that holds itself would end.
                    defs.insert(name.clone(), Value::Null);
                    let schema = object.schema(defs);
                    defs.insert(name.clone(), schema);
                }
                reference(&name)
            }
        }
    }
}

impl Object {
    /// The name in camel case, without its article.
    fn name_in_schema(&self) -> String {
        let mut out = String::new();
        for word in self.name.split(' ').skip(1) {
            let (first, rest) = word.split_at(1);
            out.push_str(&first.to_uppercase());
            out.push_str(rest);
        }
        out
    }

    /// The JSON Schema of a map with these keys.
    pub(crate) fn schema(&self, defs: &mut Map<String, Value>) -> Value {
        let mut properties = Map::new();
        for field in self.fields {
            let mut schema = field.shape.schema(defs);
            if let Value::Object(map) = &mut schema {
                map.insert("description".to_owned(), describe(field.doc).into());
            }
            properties.insert(field.key.to_owned(), schema);
        }
        let required: Vec<_> = self.fields.iter().filter(|f| f.required).map(|f| f.key).collect();
        json!({
            "type": "object",
            "description": describe(self.doc),
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

fn define(defs: &mut Map<String, Value>, name: &str, schema: impl FnOnce() -> Value) {
    if !defs.contains_key(name) {
        defs.insert(name.to_owned(), schema());
    }
}

fn tag_value() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

/// A value, or one of the matchers. A map with a matcher's name as its only key is always a
/// matcher.
fn matcher_schema(value: &Value) -> Value {
    let bound = json!({"type": "number"});
    let forms = [
        ("exact", json!({}), "Exactly this value, also where it looks like a matcher."),
        ("one_of", json!({"type": "array", "minItems": 1}), "One of these values."),
        (
            "range",
            json!({
                "type": "object",
                "properties": {"min": bound, "max": bound},
                "minProperties": 1,
                "additionalProperties": false,
            }),
            "A number within these bounds, both inclusive.",
        ),
        ("present", json!({"type": "boolean"}), "There with any value, or not there."),
    ];
    let literal = json!({"allOf": [value, {"not": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"enum": ["exact", "one_of", "range", "present"]},
    }}]});
    let matchers = forms.into_iter().map(|(key, schema, doc)| {
        json!({
            "type": "object",
            "description": doc,
            "properties": {key: schema},
            "required": [key],
            "additionalProperties": false,
        })
    });
    let any: Vec<_> = matchers.chain([literal]).collect();
    json!({"description": "A value (of a map, the keys that are named), or a matcher.", "anyOf": any})
}
