//! The types that are told apart before an expression is evaluated, and the members of what it
//! can read.

/// The type of an expression, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    /// Whatever an attribute holds.
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Null,
    Duration,
    /// A time, which may be null.
    Time,
    /// A type itself: `type(x) == string`.
    Kind,
    List(Box<Self>),
    /// Keys are text unless a literal says otherwise; only values are told apart.
    Map(Box<Self>),
    /// One of the variables that have members.
    Struct(&'static Struct),
}

/// A variable that has members.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: &'static str,
    pub(crate) members: &'static [(&'static str, Member)],
}

impl PartialEq for Struct {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Text,
    Bool,
    /// May be null.
    Time,
    Texts,
    Tags,
    Attributes,
}

impl Member {
    pub(crate) fn of_type(self) -> Type {
        match self {
            Self::Text => Type::Text,
            Self::Bool => Type::Bool,
            Self::Time => Type::Time,
            Self::Texts => Type::List(Box::new(Type::Text)),
            Self::Tags => Type::Map(Box::new(Type::Text)),
            Self::Attributes => Type::Map(Box::new(Type::Dyn)),
        }
    }
}

pub(crate) static RESOURCE: Struct = Struct {
    name: "resource",
    members: &[
        ("cloud", Member::Text),
        ("account", Member::Text),
        ("region", Member::Text),
        ("type", Member::Text),
        ("id", Member::Text),
        ("name", Member::Text),
        ("tags", Member::Tags),
        ("attributes", Member::Attributes),
        ("created_at", Member::Time),
        ("made_by_provider", Member::Bool),
    ],
};

pub(crate) static SCOPE: Struct = Struct {
    name: "scope",
    members: &[
        ("cloud", Member::Text),
        ("id", Member::Text),
        ("name", Member::Text),
        ("kind", Member::Text),
        ("status", Member::Text),
        ("parent", Member::Text),
        ("path", Member::Texts),
        ("tags", Member::Tags),
        ("management", Member::Bool),
    ],
};

pub(crate) static ENVIRONMENT: Struct = Struct {
    name: "environment",
    members: &[
        ("tenant", Member::Text),
        ("name", Member::Text),
        ("stage", Member::Text),
        ("owner", Member::Text),
    ],
};

impl Struct {
    pub(crate) fn member(&self, name: &str) -> Option<Member> {
        self.members.iter().find(|(known, _)| *known == name).map(|(_, member)| *member)
    }
}

impl Type {
    /// For messages: text, a list.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Dyn => "a value",
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Uint => "an unsigned number",
            Self::Double => "a decimal number",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Null => "null",
            Self::Duration => "a duration",
            Self::Time => "a time",
            Self::Kind => "a type",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Struct(of) => return format!("the whole `{}`", of.name),
        }
        .to_owned()
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Uint | Self::Double)
    }

    /// Whether a value of one type can equal one of the other.
    pub(crate) fn can_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dyn, _) | (_, Self::Dyn) => true,
            // A time and the environment may be null; nothing else ever is.
            (Self::Null, Self::Time | Self::Struct(_))
            | (Self::Time | Self::Struct(_), Self::Null) => true,
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.can_equal(b),
            (a, b) => a == b || a.is_number() && b.is_number(),
        }
    }

    /// Whether one of the values can be smaller than the other.
    pub(crate) fn can_order(&self, other: &Self) -> bool {
        let ordered = |t: &Self| {
            !matches!(t, Self::Null | Self::Kind | Self::List(_) | Self::Map(_) | Self::Struct(_))
        };
        ordered(self) && ordered(other) && self.can_equal(other)
    }

    /// The type of values that are of one type or of the other.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Time, Self::Null) | (Self::Null, Self::Time) => Self::Time,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.or(*b))),
            (Self::Map(a), Self::Map(b)) => Self::Map(Box::new(a.or(*b))),
            _ => Self::Dyn,
        }
    }
}

/// The type of `a + b` and its like; `None` where there is none.
pub(crate) fn arithmetic(operator: &str, a: &Type, b: &Type) -> Option<Type> {
    use Type::{Bytes, Double, Duration, Dyn, Int, List, Text, Time, Uint};
    let possible: &[(Type, Type, Type)] = match operator {
        "+" => &[
            (Int, Int, Int),
            (Uint, Uint, Uint),
            (Double, Double, Double),
            (Text, Text, Text),
            (Bytes, Bytes, Bytes),
            (Time, Duration, Time),
            (Duration, Time, Time),
            (Duration, Duration, Duration),
        ],
        "-" => &[
            (Int, Int, Int),
            (Uint, Uint, Uint),
            (Double, Double, Double),
            (Time, Time, Duration),
            (Time, Duration, Time),
            (Duration, Duration, Duration),
        ],
        "%" => &[(Int, Int, Int), (Uint, Uint, Uint)],
        _ => &[(Int, Int, Int), (Uint, Uint, Uint), (Double, Double, Double)],
    };
    match (a, b) {
        (List(a), List(b)) if operator == "+" => {
            return Some(List(Box::new((**a).clone().or((**b).clone()))));
        }
        (List(_), Dyn) | (Dyn, List(_)) if operator == "+" => {
            return Some(List(Box::new(Dyn)));
        }
        _ => {}
    }
    let fits = |known: &Type, is: &Type| *is == Dyn || known == is;
    let mut results =
        possible.iter().filter(|(x, y, _)| fits(x, a) && fits(y, b)).map(|(_, _, z)| z.clone());
    let first = results.next()?;
    Some(results.fold(first, Type::or))
}
