//! Texts by id, and how values get into them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use tenko_core::{Arg, Message};
use unic_langid::LanguageIdentifier;

use crate::lang::Lang;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/messages");

type Bundle = FluentBundle<FluentResource>;

static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En));
static JA: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Ja));

fn of(lang: Lang) -> &'static Bundle {
    match lang {
        Lang::En => &EN,
        Lang::Ja => &JA,
    }
}

fn bundle(lang: Lang) -> Bundle {
    let tag: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Marks around every value would be taken for the hidden characters that reports make visible.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(grouped(number)),
        _ => None,
    }));
    for (_, text) in sources(lang) {
        // A text that is no Fluent is found by a test; what is good in it is used.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(good, _)| good);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The files of a language, by name.
fn sources(lang: Lang) -> BTreeMap<String, &'static str> {
    let mut out = BTreeMap::new();
    let mut folders: Vec<_> = FILES.get_dir(lang.tag()).into_iter().collect();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            if let Some(text) = file.contents_utf8() {
                out.insert(file.path().display().to_string(), text);
            }
        }
    }
    out
}

/// With separators of thousands, which both languages write alike.
fn grouped(number: &FluentNumber) -> String {
    let text = format!("{:.0}", number.value);
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let mut out = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The message in a language; in English where the language lacks it, and with the bare id and values
/// where no language has it: a document of a later version may hold messages that this one does not
/// know.
pub fn say(lang: Lang, message: &Message) -> String {
    let (args, texts) = values(lang, message);
    for lang in [lang, Lang::En] {
        let bundle = of(lang);
        if let Some(pattern) = bundle.get_message(&message.id).and_then(|m| m.value()) {
            // What is lacking shows up as its name in the text, and in a test.
            return bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned();
        }
    }
    let values: Vec<_> = texts.iter().map(|(name, text)| format!("{name}={text}")).collect();
    format!("{} {}", message.id, values.join(" ")).trim_end().to_owned()
}

/// Whether a language has a text of its own for an id: names and remedies of rules have none in English,
/// and own rules in no language.
pub fn has(lang: Lang, id: &str) -> bool {
    of(lang).get_message(id).is_some_and(|message| message.value().is_some())
}

fn values(lang: Lang, message: &Message) -> (FluentArgs<'_>, Vec<(&str, String)>) {
    let mut args = FluentArgs::new();
    let mut texts = Vec::new();
    for (name, arg) in &message.args {
        let text = say_arg(lang, arg);
        match arg {
            Arg::Number(number) => args.set(name.as_ref(), *number),
            _ => args.set(name.as_ref(), FluentValue::String(Cow::Owned(text.clone()))),
        }
        texts.push((name.as_ref(), text));
    }
    (args, texts)
}

fn say_arg(lang: Lang, arg: &Arg) -> String {
    match arg {
        Arg::Number(number) => number.to_string(),
        Arg::Text(text) => text.clone(),
        Arg::Message(message) => say(lang, message),
        Arg::List(items) => {
            items.iter().map(|item| say_arg(lang, item)).collect::<Vec<_>>().join(lang.comma())
        }
    }
}

/// The ids that a language has, with the names of the values that their texts use.
pub fn ids(lang: Lang) -> BTreeMap<String, Vec<String>> {
    texts(lang).into_iter().map(|text| (text.id, text.values)).collect()
}

/// One text of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Text {
    /// The message's id.
    pub id: String,
    /// The file that it is in, below `messages`.
    pub file: String,
    /// The values that it uses, sorted, each once.
    pub values: Vec<String>,
}

/// All texts of a language, those twice that are there twice.
pub fn texts(lang: Lang) -> Vec<Text> {
    use fluent_syntax::ast::Entry;
    let mut out = Vec::new();
    for (file, source) in sources(lang) {
        let resource = match fluent_syntax::parser::parse(source) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut values = Vec::new();
            if let Some(pattern) = &message.value {
                variables(pattern, &mut values);
            }
            values.sort();
            values.dedup();
            out.push(Text { id: message.id.name.to_owned(), file: file.clone(), values });
        }
    }
    out
}

fn variables(pattern: &fluent_syntax::ast::Pattern<&str>, out: &mut Vec<String>) {
    use fluent_syntax::ast::{Expression, InlineExpression, PatternElement};
    fn inline(expression: &InlineExpression<&str>, out: &mut Vec<String>) {
        match expression {
            InlineExpression::VariableReference { id } => out.push(id.name.to_owned()),
            InlineExpression::Placeable { expression } => all(expression, out),
            _ => {}
        }
    }
    fn all(expression: &Expression<&str>, out: &mut Vec<String>) {
        match expression {
            Expression::Inline(one) => inline(one, out),
            Expression::Select { selector, variants } => {
                inline(selector, out);
                variants.iter().for_each(|variant| variables(&variant.value, out));
            }
        }
    }
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            all(expression, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use tenko_core::msg;

    use super::*;

    #[test]
    fn every_file_is_fluent() {
        for lang in Lang::ALL {
            for (file, text) in sources(lang) {
                if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
                    panic!("{file}: {errors:?}");
                }
            }
        }
    }

    #[test]
    fn every_language_says_every_message_with_the_same_values() {
        let english = ids(Lang::En);
        for lang in Lang::ALL {
            let own = ids(lang);
            for (id, values) in &english {
                assert_eq!(own.get(id), Some(values), "{lang} lacks {id}, or uses other values");
            }
            // Names and remedies of rules are in the rules, in English.
            let more = own.keys().filter(|id| !english.contains_key(*id) && !is_rules(id));
            assert_eq!(more.collect::<Vec<_>>(), Vec::<&String>::new(), "{lang} has more");
        }
    }

    fn is_rules(id: &str) -> bool {
        id.ends_with("-name") || id.ends_with("-fix")
    }

    #[test]
    fn no_message_is_there_twice() {
        for lang in Lang::ALL {
            let mut seen = BTreeMap::new();
            for text in texts(lang) {
                let before = seen.insert(text.id.clone(), text.file.clone());
                assert_eq!(before, None, "{} is in {} too", text.id, text.file);
            }
        }
    }

    #[test]
    fn numbers_are_grouped_and_plural_forms_chosen() {
        let more = |n: u64| msg!("some-and-more", shown = "a", more = n);
        assert_eq!(say(Lang::En, &more(1_234_567)), "a and 1,234,567 more");
    }

    #[test]
    fn what_is_not_known_is_said_all_the_same() {
        let message = msg!("no-such-message", name = "x", why = msg!("outcome-partial"));
        assert_eq!(say(Lang::En, &message), "no-such-message name=x why=read in part");
    }

    #[test]
    fn values_are_text() {
        let message = msg!("some-and-more", shown = "{ $more } \u{1b}[31m", more = 1_u64);
        assert_eq!(say(Lang::En, &message), "{ $more } \u{1b}[31m and 1 more");
    }
}
