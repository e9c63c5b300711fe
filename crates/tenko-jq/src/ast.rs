//! What can be said of an expression without running it: which functions it calls, and which keys of
//! its input it looks at.

use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use jaq_core::load;
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::path::Part;

use crate::jq::PRELUDE;

type Ast<'a> = Term<&'a str>;

/// Parses an expression.
pub(crate) fn parse(source: &str) -> Option<Ast<'_>> {
    load::parse(source, |parser| parser.term())
}

/// A definition that every expression may use.
struct Known {
    def: Def<&'static str>,
    calls: Vec<&'static str>,
}

/// All definitions: jq's own, then the prelude's, which may stand on the former.
fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let prelude = load::parse(PRELUDE, |parser| parser.defs()).unwrap_or_default();
        let standard = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        standard
            .chain(prelude)
            .map(|def| {
                let mut calls = Vec::new();
                each_call(&def.body, &mut |name| calls.push(name));
                Known { def, calls }
            })
            .collect()
    })
}

/// What an expression needs of all that it could use. A compiled expression holds everything that it
/// was compiled with, and a catalogue has hundreds of them.
pub(crate) struct Needs {
    names: HashSet<String>,
}

impl Needs {
    pub(crate) fn of(term: &Ast<'_>) -> Self {
        let mut names = HashSet::new();
        let mut open = Vec::new();
        each_call(term, &mut |name| open.push(name.to_owned()));
        while let Some(name) = open.pop() {
            if names.contains(&name) {
                continue;
            }
            // All of one name: which of them is meant is for the compiler to say.
            for known in known().iter().filter(|known| known.def.name == name) {
                open.extend(known.calls.iter().map(|&call| call.to_owned()));
            }
            names.insert(name);
        }
        Self { names }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(crate) fn defs(&self) -> impl Iterator<Item = Def<&'static str>> {
        known().iter().filter(|known| self.contains(known.def.name)).map(|known| known.def.clone())
    }
}

/// Every name that is called, local ones too.
fn each_call<'a>(term: &Ast<'a>, f: &mut dyn FnMut(&'a str)) {
    if let Term::Call(name, _) | Term::Str(Some(name), _) = term {
        f(name);
    }
    each_child(term, &mut |child| each_call(child, f));
}

fn each_child<'t, 'a>(term: &'t Ast<'a>, f: &mut dyn FnMut(&'t Ast<'a>)) {
    match term {
        Term::Id | Term::Recurse | Term::Num(_) | Term::Break(_) | Term::Var(_) => {}
        Term::Str(_, parts) => {
            for part in parts {
                if let StrPart::Term(term) = part {
                    f(term);
                }
            }
        }
        Term::Arr(inner) => inner.iter().for_each(|t| f(t)),
        Term::Obj(entries) => entries.iter().for_each(|(key, value)| {
            f(key);
            value.iter().for_each(&mut *f);
        }),
        Term::Neg(inner) | Term::Label(_, inner) => f(inner),
        Term::BinOp(left, op, right) => {
            f(left);
            if let BinaryOp::Pipe(Some(pattern)) = op {
                each_key(pattern, f);
            }
            f(right);
        }
        Term::Fold(_, over, pattern, args) => {
            f(over);
            each_key(pattern, f);
            args.iter().for_each(f);
        }
        Term::TryCatch(body, catch) => {
            f(body);
            catch.iter().for_each(|t| f(t));
        }
        Term::IfThenElse(branches, other) => {
            for (condition, then) in branches {
                f(condition);
                f(then);
            }
            other.iter().for_each(|t| f(t));
        }
        Term::Def(defs, body) => {
            defs.iter().for_each(|def| f(&def.body));
            f(body);
        }
        Term::Call(_, args) => args.iter().for_each(f),
        Term::Path(head, path) => {
            f(head);
            for (part, _) in &path.0 {
                match part {
                    Part::Index(index) => f(index),
                    Part::Range(from, to) => from.iter().chain(to).for_each(&mut *f),
                }
            }
        }
    }
}

fn each_key<'t, 'a>(pattern: &'t Pattern<&'a str>, f: &mut dyn FnMut(&'t Ast<'a>)) {
    match pattern {
        Pattern::Var(_) => {}
        Pattern::Arr(items) => items.iter().for_each(|item| each_key(item, f)),
        Pattern::Obj(entries) => entries.iter().for_each(|(key, inner)| {
            f(key);
            each_key(inner, f);
        }),
    }
}

/// The keys of its input that an expression looks at; `None` when it may look at all of it.
pub(crate) fn keys(term: &Ast<'_>) -> Option<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    match reads(term, &mut keys)? {
        Gives::Other => Some(keys),
        Gives::Whole => None,
    }
}

/// What comes out of a term.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    /// Perhaps the input as a whole.
    Whole,
    /// Something without the whole input in it.
    Other,
}

/// Notes what a term looks at that is run on the whole input.
fn reads(term: &Ast<'_>, keys: &mut BTreeSet<String>) -> Option<Gives> {
    let either = |a, b| if a == Gives::Whole { a } else { b };
    // What is made of the whole input is not followed any further.
    let used = |term: &Ast<'_>, keys: &mut BTreeSet<String>| match reads(term, keys)? {
        Gives::Whole => None,
        Gives::Other => Some(Gives::Other),
    };
    Some(match term {
        Term::Id => Gives::Whole,
        Term::Num(_) => Gives::Other,
        // Nothing that holds the whole input is ever bound to a variable below; `$ctx` and `$each`
        // are other things.
        Term::Var(_) => Gives::Other,
        Term::Str(_, parts) => {
            for part in parts {
                if let StrPart::Term(term) = part {
                    used(term, keys)?;
                }
            }
            Gives::Other
        }
        Term::Arr(None) => Gives::Other,
        Term::Arr(Some(inner)) | Term::Neg(inner) => used(inner, keys)?,
        Term::Obj(entries) => {
            for (key, value) in entries {
                match (key, value) {
                    (key, Some(value)) => {
                        used(key, keys)?;
                        used(value, keys)?;
                    }
                    // `{name}`, and `{$x}`.
                    (Term::Var(_), None) => {}
                    (key, None) => {
                        keys.insert(text(key)?.to_owned());
                    }
                }
            }
            Gives::Other
        }
        Term::BinOp(left, op, right) => match op {
            BinaryOp::Pipe(None) => match reads(left, keys)? {
                Gives::Whole => reads(right, keys)?,
                // It runs on something else.
                Gives::Other => Gives::Other,
            },
            BinaryOp::Pipe(Some(Pattern::Var(_))) => {
                used(left, keys)?;
                reads(right, keys)?
            }
            BinaryOp::Comma | BinaryOp::Alt => either(reads(left, keys)?, reads(right, keys)?),
            BinaryOp::Or | BinaryOp::And | BinaryOp::Math(_) | BinaryOp::Cmp(_) => {
                used(left, keys)?;
                used(right, keys)?
            }
            _ => return None,
        },
        Term::IfThenElse(branches, other) => {
            let mut gives = match other {
                Some(other) => reads(other, keys)?,
                None => Gives::Whole,
            };
            for (condition, then) in branches {
                used(condition, keys)?;
                gives = either(gives, reads(then, keys)?);
            }
            gives
        }
        Term::Call(name, args) => match (*name, args.as_slice()) {
            ("select", [condition]) => {
                used(condition, keys)?;
                Gives::Whole
            }
            ("has", [key]) => {
                keys.insert(text(key)?.to_owned());
                Gives::Other
            }
            ("empty" | "null" | "true" | "false", []) => Gives::Other,
            _ => return None,
        },
        Term::Path(head, path) => {
            if reads(head, keys)? == Gives::Whole {
                let Some((Part::Index(first), _)) = path.0.first() else { return None };
                keys.insert(text(first)?.to_owned());
            }
            for (part, _) in path.0.iter() {
                match part {
                    Part::Index(index) => {
                        used(index, keys)?;
                    }
                    Part::Range(from, to) => {
                        for bound in from.iter().chain(to) {
                            used(bound, keys)?;
                        }
                    }
                }
            }
            Gives::Other
        }
        _ => return None,
    })
}

/// A constant text.
fn text<'a>(term: &Ast<'a>) -> Option<&'a str> {
    match term {
        Term::Str(None, parts) => match parts.as_slice() {
            [StrPart::Str(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}
