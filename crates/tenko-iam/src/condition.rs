//! Conditions: how they are written, and whether they hold.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.

use std::fmt;

use serde_json::Value;

use super::compare::{Compare, Operator};
use super::document::{Reader, Unread};
use super::keys::{Keys, Known};
use super::pattern::Text;
use super::truth::{Reason, Truth};

/// What must hold for a statement to have effect: all of its clauses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// In the order of operators and keys.
    pub clauses: Vec<Clause>,
}

/// How the values of a request stand to those of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// The key has one value.
    One,
    /// `ForAllValues:`, which holds too where there is no value.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// One key under one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The operator, as it is written: `ForAnyValue:StringLike`.
    pub operator: String,
    /// The condition key, as it is written.
    pub key: String,
    /// Its values: one of them is enough.
    pub values: Vec<Text>,
    pub(super) quantifier: Quantifier,
    pub(super) test: Operator,
    pub(super) if_exists: bool,
    /// The key in lower case: names of keys are in any case.
    pub(super) name: String,
}

/// `StringEquals aws:SourceVpc vpc-1 or vpc-2`.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operator, self.key)?;
        for (i, value) in self.values.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { " " } else { " or " }, value.written)?;
        }
        Ok(())
    }
}

impl Conditions {
    pub(super) fn read(reader: &mut Reader, value: Option<&Value>) -> Result<Self, Unread> {
        let mut clauses = Vec::new();
        let operators = match value {
            None | Some(Value::Null) => return Ok(Self::default()),
            Some(Value::Object(operators)) => operators,
            Some(_) => return Err(Unread::Form),
        };
        for (operator, keys) in operators {
            let Value::Object(keys) = keys else { return Err(Unread::Form) };
            for (key, values) in keys {
                reader.count(operator)?;
                reader.count(key)?;
                clauses.push(Clause::read(reader, operator, key, values)?);
            }
        }
        Ok(Self { clauses })
    }

    /// Whether they hold for a request of which this is known. A key of which nothing is known
    /// holds possibly, and the answer names it.
    pub fn hold(&self, keys: &Keys) -> Truth {
        Truth::all(self.clauses.iter().map(|clause| clause.holds(keys)))
    }
}

impl Clause {
    fn read(
        reader: &mut Reader,
        operator: &str,
        key: &str,
        values: &Value,
    ) -> Result<Self, Unread> {
        let lower = operator.to_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Quantifier::All, rest),
            Some(("foranyvalue", rest)) => (Quantifier::Any, rest),
            _ => (Quantifier::One, lower.as_str()),
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let test = match Operator::read(rest) {
            // There is neither `NullIfExists` nor `ForAllValues:Null`.
            Operator::Null if if_exists || quantifier != Quantifier::One => Operator::Unknown,
            test => test,
        };
        let texts = reader.texts(values, true)?;
        let values =
            texts.iter().map(|t| reader.value(t, test.has_wildcards(), test.has_variables()));
        Ok(Self {
            values: values.collect(),
            operator: operator.to_owned(),
            key: key.to_owned(),
            name: key.to_lowercase(),
            quantifier,
            test,
            if_exists,
        })
    }

    /// Whether it holds for a request of which this is known.
    pub fn holds(&self, keys: &Keys) -> Truth {
        if self.test == Operator::Unknown {
            return Truth::because(Reason::Operator(self.operator.clone()));
        }
        if self.values.is_empty() {
            return Truth::because(Reason::Value(self.key.clone()));
        }
        let known = keys.get(&self.name);
        if self.test == Operator::Null {
            return self.null(known);
        }
        match known {
            None if self.always_holds() => Truth::True,
            None => Truth::because(Reason::Key(self.key.clone())),
            Some(Known::Absent) => self.holds_absent().into(),
            Some(Known::Values(values)) => self.holds_with(values, keys),
        }
    }

    /// Whether it holds where the request does not have the key.
    pub(super) fn holds_absent(&self) -> bool {
        match self.quantifier {
            _ if self.if_exists => true,
            Quantifier::All => true,
            Quantifier::Any => false,
            Quantifier::One => self.test.is_negated(),
        }
    }

    /// Whether it holds whatever the key's value, and without one.
    fn always_holds(&self) -> bool {
        let everything = self.values.iter().any(Text::is_everything);
        everything && self.test.is_like() && !self.test.is_negated() && self.holds_absent()
    }

    fn null(&self, known: Option<&Known>) -> Truth {
        let is = |text: &str| self.values.iter().any(|v| v.written.eq_ignore_ascii_case(text));
        let (if_absent, if_there) = (is("true"), is("false"));
        match known {
            _ if !if_absent && !if_there => Truth::because(Reason::Value(self.key.clone())),
            _ if if_absent && if_there => Truth::True,
            None => Truth::because(Reason::Key(self.key.clone())),
            Some(Known::Absent) => if_absent.into(),
            Some(Known::Values(_)) => if_there.into(),
        }
    }

    fn holds_with(&self, values: &[String], keys: &Keys) -> Truth {
        let one = |value: &String| {
            let any = self.values.iter().map(|v| self.test.matches(v, value, keys, &self.key));
            let any = Truth::any(any);
            if self.test.is_negated() { any.not() } else { any }
        };
        // For these two, a text without characters is no value.
        let values_there = || values.iter().filter(|value| !value.is_empty());
        match self.quantifier {
            Quantifier::All => Truth::all(values_there().map(one)),
            Quantifier::Any => Truth::any(values_there().map(one)),
            // Of several values AWS says nothing: the negated operators are the others' opposite.
            Quantifier::One if self.test.is_negated() => Truth::all(values.iter().map(one)),
            Quantifier::One => Truth::any(values.iter().map(one)),
        }
    }
}

impl Operator {
    /// An operator's name in lower case, without what may stand before and behind it.
    fn read(name: &str) -> Self {
        let compare = |name: &str| match name {
            "equals" => Some(Compare::Equals),
            "notequals" => Some(Compare::NotEquals),
            "lessthan" => Some(Compare::Less),
            "lessthanequals" => Some(Compare::LessEquals),
            "greaterthan" => Some(Compare::Greater),
            "greaterthanequals" => Some(Compare::GreaterEquals),
            _ => None,
        };
        if let Some(rest) = name.strip_prefix("numeric") {
            return compare(rest).map_or(Self::Unknown, Self::Number);
        }
        if let Some(rest) = name.strip_prefix("date") {
            return compare(rest).map_or(Self::Unknown, Self::Date);
        }
        match name {
            "stringequals" => Self::Text { negated: false, fold: false },
            "stringnotequals" => Self::Text { negated: true, fold: false },
            "stringequalsignorecase" => Self::Text { negated: false, fold: true },
            "stringnotequalsignorecase" => Self::Text { negated: true, fold: true },
            "stringlike" => Self::Like { negated: false },
            "stringnotlike" => Self::Like { negated: true },
            "arnequals" | "arnlike" => Self::Arn { negated: false },
            "arnnotequals" | "arnnotlike" => Self::Arn { negated: true },
            "bool" => Self::Bool,
            "binaryequals" => Self::Binary,
            "ipaddress" => Self::Ip { negated: false },
            "notipaddress" => Self::Ip { negated: true },
            "null" => Self::Null,
            _ => Self::Unknown,
        }
    }
}
