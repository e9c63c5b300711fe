//! Answers that may be neither yes nor no, and why.

use std::collections::BTreeSet;
use std::fmt;

/// Why an answer is not certain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A condition key whose value nobody knows, as the policy writes it.
    Key(String),
    /// A policy variable in a resource or in a condition's value, without `${` and `}`.
    Variable(String),
    /// A condition operator that does not exist, or not yet.
    Operator(String),
    /// A condition key with a value that its operator cannot read, or with none at all.
    Value(String),
    /// An action pattern that covers only some of the actions that were asked about.
    Action(String),
    /// A resource pattern that covers only some of the resources that were asked about.
    Resource(String),
    /// A principal that may be the one that was asked about.
    Principal(String),
    /// A condition key whose value is of one owner, though AWS does not count it as fixed: it has
    /// a wildcard or a policy variable.
    NotFixed(String),
    /// A condition key of which it is not known whether strangers can satisfy it.
    Open(String),
    /// Texts too long to be compared.
    TooLong,
}

/// The reasons of one answer, each once.
pub type Reasons = BTreeSet<Reason>;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "the condition key {key} is not known"),
            Self::Variable(name) => write!(f, "the policy variable {name} is not known"),
            Self::Operator(name) => write!(f, "the condition operator {name} is not known"),
            Self::Value(key) => write!(f, "the value for the condition key {key} is not readable"),
            Self::Action(action) => write!(f, "{action} is only some of the actions"),
            Self::Resource(resource) => write!(f, "{resource} is only some of the resources"),
            Self::Principal(principal) => write!(f, "{principal} may be the principal"),
            Self::NotFixed(key) => {
                write!(f, "the value for the condition key {key} is not fixed")
            }
            Self::Open(key) => write!(f, "anyone may be able to satisfy the condition key {key}"),
            Self::TooLong => f.write_str("texts in the policy are too long to be compared"),
        }
    }
}

/// Yes, no, or perhaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Yes.
    True,
    /// No.
    False,
    /// It depends on what nobody knows here.
    Possible(Reasons),
}

impl Truth {
    /// Possible for one reason.
    pub fn because(reason: Reason) -> Self {
        Self::Possible(Reasons::from([reason]))
    }

    /// Whether it is certainly so.
    pub fn is_true(&self) -> bool {
        *self == Self::True
    }

    /// Whether it is certainly not so.
    pub fn is_false(&self) -> bool {
        *self == Self::False
    }

    /// Whether it is true or possible.
    pub fn may_be_true(&self) -> bool {
        !self.is_false()
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, other) | (other, Self::True) => other,
            (Self::Possible(mut a), Self::Possible(b)) => {
                a.extend(b);
                Self::Possible(a)
            }
        }
    }

    /// Either.
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// The opposite.
    pub(crate) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            possible => possible,
        }
    }

    /// Whether all are true; of none, yes.
    pub fn all(of: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::True;
        for one in of {
            all = all.and(one);
            if all.is_false() {
                break;
            }
        }
        all
    }

    /// Whether any is true; of none, no.
    pub fn any(of: impl IntoIterator<Item = Self>) -> Self {
        Self::all(of.into_iter().map(Self::not)).not()
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Whether an answer depends on what nobody knows here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It does not depend on anything.
    Certain,
    /// What it depends on.
    Possible(Reasons),
}
